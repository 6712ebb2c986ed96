"""A graph of concepts as plain data, wherever it comes from: a file, what an avatar has learned, or an avatar itself."""

from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec import field as default
from numpy import array

from psi_ecs import AssetError, SnapshotError, World
from psi_ecs.components.concept import KINDS, Concept, Concepts, Kind, Link, Meaning, Seed
from psi_ecs.systems.concepts.feeling import described
from psi_ecs.systems.concepts.graph import mind
from psi_ecs.systems.concepts.keep import MAGIC, Learned, opened
from psi_ecs.systems.formats.concepts import DEFAULT, concepts, load_concepts
from psi_ecs.systems.formats.memory import Store
from psi_ecs.systems.formats.memory.place import SUFFIX
from psi_ecs.systems.formats.toml import toml_text

NAME: dict[int, str] = {int(kind): name for name, kind in KINDS.items()}
"""Names of kinds of links by number."""


class Node(Struct, kw_only=True):
    """A concept."""

    seed: Seed
    uses: float = 0.0
    """How often it was mentioned, slowly forgotten."""
    active: float = 0.0
    evidence: float = 0.0
    tone: str = ""
    """How it was spoken of, in words."""


class Edge(Struct, frozen=True):
    """A link."""

    source: str
    target: str
    kind: str
    weight: float
    learned: float = 0.0


class Net(Struct, kw_only=True):
    """The graph."""

    nodes: dict[str, Node]
    edges: list[Edge] = default(default_factory=list)

    def of(self, name: str) -> list[Edge]:
        """Links of a concept, both ways, the strongest first."""
        found = [e for e in self.edges if name in (e.source, e.target)]
        return sorted(found, key=lambda e: (-e.weight - e.learned, e.source, e.target))


def opened_net(name: str | None) -> Net:
    """The graph of the concepts that come along, or with those of a TOML file added, or with what an avatar remembers. One line
    of AssetError or SnapshotError if that cannot be."""
    if name is None:
        return of_concepts(concepts())
    path = Path(name)
    if path.suffix == ".toml":
        return of_concepts(load_concepts(name))
    try:
        blob = remembered_in(path) if path.suffix == SUFFIX else path.read_bytes()
    except OSError as why:
        raise AssetError(f"{name}: {(why.strerror or str(why)).lower()}; check the path") from why
    if not blob.startswith(MAGIC[:-1]):
        raise AssetError(f"{name}: neither a TOML file of concepts nor what an avatar remembers; give one of these")
    try:
        return of_learned(concepts(), opened(blob))
    except SnapshotError as why:
        raise SnapshotError(f"{name}: {why}") from why


def remembered_in(path: Path) -> bytes:
    """What concepts have learned in the memory of a persona. AssetError if there is nothing, MemoryFileError if the file cannot
    be read."""
    with Store(path, path.stem, readonly=True) as store:
        kept = store.take("concepts")
    if kept is None:
        raise AssetError(f"{path}: nothing was said yet; its concepts are those that come along")
    return kept


def of_concepts(known: Concepts) -> Net:
    """From a file."""
    edges = [Edge(a, b, NAME[kind], weight) for a, b, kind, weight in known.links]
    return Net(nodes={name: Node(seed=seed) for name, seed in known.seeds.items()}, edges=edges)


def of_learned(known: Concepts, learned: Learned) -> Net:
    """From what an avatar remembers, over the concepts that come along."""
    net = of_concepts(known)
    for k in learned.concepts:
        if k.own or k.name in net.nodes:
            node = net.nodes.setdefault(k.name, Node(seed=Seed(words=list(k.words), topic=k.topic)))
            node.uses, node.evidence = k.uses, k.evidence
            node.tone = described(array(k.tone), k.manner) if k.tone else ""
    new = [
        Edge(t.source, t.target, NAME[t.kind], t.weight, t.learned)
        for t in learned.links if t.source in net.nodes and t.target in net.nodes
    ]  # fmt: skip
    ends = {(e.source, e.target) for e in new}
    net.edges = [e for e in net.edges if (e.source, e.target) not in ends] + new
    return net


def of_world(world: World, avatar: int) -> Net:
    """From an avatar as it is now."""
    graph = mind(world, avatar)[0]
    nodes = {}
    for i in graph.ids.tolist():
        m, c = world.sparse[Meaning][i], world.peek(i, Concept)
        evidence = float(c.evidence[0])
        seed = Seed(words=list(m.words), face=m.face, field=m.field, seconds=1.0 / float(c.fade[0]), topic=m.topic)
        nodes[m.name] = Node(seed=seed, uses=float(c.uses[0]), active=float(c.active[0]), evidence=evidence,
                             tone=described(c.tone[0], m.manner) if evidence > 0.01 else "")  # fmt: skip
    links, name = world.relation(Link), dict(zip(graph.ids.tolist(), graph.names, strict=True))
    edges = [
        Edge(name[a], name[b], NAME[kind], weight, learned)
        for a, b, kind, weight, learned in zip(
            *(x.tolist() for x in (links.source, links.target, links.value.kind, links.value.weight, links.value.learned)),
            strict=True,
        ) if a in name and b in name
    ]  # fmt: skip
    return Net(nodes=nodes, edges=edges)


def text(net: Net, only: set[str] | None = None) -> str:
    """The graph, or only these of its concepts, as a TOML file of concepts. Learned strengths are added to the given."""
    tables: dict[str, Any] = {}
    for name, node in net.nodes.items():
        if only is not None and name not in only:
            continue
        seed = node.seed
        table: dict[str, Any] = {"words": list(seed.words)}
        if seed.seconds != Seed(words=[]).seconds:
            table["seconds"] = round(seed.seconds, 4)
        if not seed.topic:
            table["topic"] = False
        table |= {key: dict(value) for key, value in (("face", seed.face), ("field", seed.field)) if value}
        links: dict[str, dict[str, float]] = {}
        for e in net.edges:
            if e.source == name:
                links.setdefault(e.kind, {})[e.target] = round(min(e.weight + e.learned, 1.0), 4)
        if links:
            table["links"] = {k: list(v) if set(v.values()) == {DEFAULT} else v for k, v in links.items()}
        tables[name] = table
    return toml_text(tables)


def linked(net: Net, source: str, target: str, kind: str, weight: float) -> Net:
    """The graph with a link added, or changed. AssetError if one of the two is not there."""
    edges = [e for e in net.edges if (e.source, e.target) != (source, target)]
    return Net(nodes=net.nodes, edges=[*edges, Edge(source, target, kind, weight)])


__all__ = ["Edge", "Kind", "Net", "Node", "linked", "of_concepts", "of_learned", "of_world", "opened_net", "text"]
