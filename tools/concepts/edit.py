"""Files of concepts of one's own."""

from pathlib import Path

from psi_ecs import AssetError
from psi_ecs.components.concept import Seed
from psi_ecs.systems.formats.concepts import concepts, parse_concepts
from psi_ecs.systems.formats.toml import read_text

from .net import Edge, Net, Node, of_concepts, text


def linked(file: Path, a: str, b: str, kind: str, weight: float) -> str:
    """The text of a file of concepts with a link from a to b; concepts that come along are taken over where they change.
    AssetError in one line if the file, or what would become of it, cannot be."""
    if file.suffix != ".toml":
        raise AssetError(f"{file}: concepts stand in a TOML file; give a name that ends in .toml")
    common = of_concepts(concepts())
    own = of_concepts(parse_concepts(read_text(file), str(file), concepts())) if file.exists() else Net(nodes={})
    if a not in own.nodes:
        own.nodes[a] = common.nodes.get(a) or Node(seed=Seed(words=[a.lower()]))
        own.edges += [e for e in common.edges if e.source == a]
    own.edges = [e for e in own.edges if (e.source, e.target) != (a, b)] + [Edge(a, b, kind, weight)]
    made = text(own)
    parse_concepts(made, str(file), concepts())
    return made
