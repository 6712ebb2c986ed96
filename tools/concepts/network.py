"""The only door of networkx: graphs of concepts for layouts and paths, and to and from GraphML and JSON (node-link)."""

import math
import warnings
from pathlib import Path
from typing import Annotated, Any
from xml.sax.handler import ContentHandler

import msgspec
import numpy as np
from msgspec import Meta, Struct
from numpy.typing import NDArray

from psi_ecs import AssetError
from psi_ecs.components.concept import KINDS, MOST, Seed
from psi_ecs.systems.formats.concepts import parse_concepts
from psi_ecs.systems.formats.toml import read_text
from psi_ecs.systems.formats.xml import read_xml

from .net import Edge, Net, Node, of_concepts, text

DEEP, ELEMENTS = 8, 40_000
"""How deep a GraphML file may be nested, and how many elements it may have."""
LINKS = 8 * MOST
Word = Annotated[str, Meta(min_length=1, max_length=60)]


class JsonNode(Struct):
    """A node of a node-link file."""

    id: Word
    words: str = ""
    topic: bool = True
    seconds: float = 4.0
    face: str = ""
    field: str = ""


class JsonLink(Struct):
    """A link of a node-link file."""

    source: Word
    target: Word
    kind: str = "related"
    weight: float = 0.5


class JsonGraph(Struct):
    """A node-link file, as networkx writes it."""

    nodes: Annotated[list[JsonNode], Meta(max_length=MOST)]
    links: Annotated[list[JsonLink], Meta(max_length=LINKS)]


def networked(net: Net) -> Any:
    """The graph as a networkx.DiGraph with all that is known of nodes and edges."""
    import networkx

    graph = networkx.DiGraph()
    for name, node in net.nodes.items():
        seed = node.seed
        graph.add_node(
            name, words=", ".join(seed.words), topic=seed.topic, seconds=round(seed.seconds, 4), face=_spelt(seed.face),
            field=_spelt(seed.field), uses=round(node.uses, 4), active=round(node.active, 4), tone=node.tone,
        )  # fmt: skip
    for e in net.edges:
        graph.add_edge(e.source, e.target, kind=e.kind, weight=round(min(e.weight + e.learned, 1.0), 4))
    return graph


def _spelt(values: dict[str, float]) -> str:
    """Names with numbers: "smile=0.3, tender=0.2"."""
    return ", ".join(f"{name}={value:g}" for name, value in values.items())


def _unspelt(values: str, where: str) -> dict[str, float]:
    found = {}
    for pair in filter(None, (p.strip() for p in values.split(","))):
        name, _, number = pair.partition("=")
        try:
            found[name.strip()] = float(number)
        except ValueError:
            raise AssetError(f"{where}: {pair[:40]!r} is no name with a number; write smile=0.3") from None
    return found


def path(net: Net, start: str, end: str) -> list[str]:
    """The concepts along the strongest way from one to another, both included; none if there is no way."""
    import networkx

    graph = networked(net).to_undirected()
    try:
        found: list[str] = networkx.shortest_path(graph, start, end, weight=lambda a, b, e: 1.5 - e["weight"])
    except networkx.NetworkXNoPath:
        return []
    return found


def layout(net: Net, names: list[str], seed: int = 7) -> dict[str, NDArray[np.float64]]:
    """A place for each of these concepts, springs along their links; the same graph gives the same places."""
    import networkx

    graph = networked(net).to_undirected().subgraph(names)
    ordered = networkx.Graph()
    ordered.add_nodes_from(names)
    ordered.add_weighted_edges_from(sorted((min(a, b), max(a, b), d["weight"]) for a, b, d in graph.edges(data=True)))
    placed: dict[str, NDArray[np.float64]] = networkx.spring_layout(
        ordered, k=2.2 / math.sqrt(max(len(names), 1)), iterations=250, seed=seed, method="force"
    )
    return placed


def written(net: Net, suffix: str) -> bytes:
    """The graph as a file with this suffix: .graphml, .json or .toml. AssetError for another."""
    import networkx

    if suffix == ".toml":
        return text(net).encode()
    if suffix == ".json":
        plain = networkx.node_link_data(networked(net), edges="links")
        return msgspec.json.format(msgspec.json.encode(plain), indent=1) + b"\n"
    if suffix == ".graphml":
        return ("\n".join(networkx.generate_graphml(networked(net))) + "\n").encode()
    raise AssetError(f"a graph of concepts is no {suffix or 'file without a suffix'}; write .graphml, .json or .toml")


def read(file: Path) -> Net:
    """A graph from a .graphml, .json (node-link) or .toml file. AssetError in one line for whatever is wrong in it."""
    source = read_text(file)
    if file.suffix == ".json":
        found = _json(source, str(file))
    elif file.suffix == ".graphml":
        found = _graphml(source, str(file))
    elif file.suffix == ".toml":
        return of_concepts(parse_concepts(source, str(file)))
    else:
        raise AssetError(f"{file}: a graph of concepts is a .graphml, .json or .toml file")
    return _net(found, str(file))


def _json(source: str, where: str) -> JsonGraph:
    try:
        return msgspec.json.decode(source, type=JsonGraph)
    except (msgspec.MsgspecError, RecursionError) as why:
        raise AssetError(f"{where}: {' '.join(str(why).split())}; write it as networkx.node_link_data does") from None


class _Outline(ContentHandler):
    """Refuses a document that is too deep or too large before anything is made of it."""

    def __init__(self, where: str) -> None:
        super().__init__()
        self.where, self.depth, self.count = where, 0, 0

    def startElement(self, name: str, attrs: Any) -> None:
        """Count."""
        self.depth += 1
        self.count += 1
        if self.depth > DEEP or self.count > ELEMENTS:
            raise AssetError(f"{self.where}: more than {DEEP} levels or {ELEMENTS} elements; this is no graph of concepts")

    def endElement(self, name: str) -> None:
        """Count."""
        self.depth -= 1


def _graphml(source: str, where: str) -> JsonGraph:
    """By networkx, after it was seen to be harmless."""
    import networkx

    read_xml(source.encode(), _Outline(where), f"{where}: GraphML")
    try:
        with warnings.catch_warnings(action="ignore"):  # what it takes amiss is checked below
            graph = networkx.parse_graphml(source.removeprefix("\ufeff"))
        nodes = [{"id": str(name), **data} for name, data in graph.nodes(data=True)]
        links = [{"source": str(a), "target": str(b), **data} for a, b, data in graph.edges(data=True)]
        return msgspec.convert({"nodes": nodes, "links": links}, JsonGraph, strict=False)
    except (networkx.NetworkXException, LookupError, TypeError, ValueError, AttributeError, SyntaxError) as why:
        raise AssetError(f"{where}: no GraphML of concepts: {' '.join(str(why).split())}") from None


def _net(found: JsonGraph, where: str) -> Net:
    """Checked as a TOML file of concepts is, for it becomes one."""
    nodes: dict[str, Node] = {}
    for n in found.nodes:
        if n.id in nodes:
            raise AssetError(f"{where}: two nodes are called {n.id!r}; rename one")
        words = [w for w in (" ".join(w.split()).lower() for w in n.words.split(",")) if w] or [n.id.lower()]
        seed = Seed(words=words, face=_unspelt(n.face, where), field=_unspelt(n.field, where), seconds=n.seconds, topic=n.topic)
        nodes[n.id] = Node(seed=seed)
    for link in found.links:
        if not math.isfinite(link.weight) or link.kind not in KINDS:
            what = f"{link.source} to {link.target} is {link.kind!r}, {link.weight}"
            raise AssetError(f"{where}: {what}; a weight lies in 0 to 1, and kinds are {', '.join(KINDS)}")
    net = Net(nodes=nodes, edges=[Edge(e.source, e.target, e.kind, e.weight) for e in found.links])
    try:
        return of_concepts(parse_concepts(text(net), "as TOML"))
    except AssetError as why:
        raise AssetError(f"{where}: {why}") from None
