"""What an avatar's graph has learned, as bytes: to be taken up again by the same persona in another world."""

import math
from typing import Annotated

import numpy as np
from msgspec import Meta, Struct
from numpy.typing import NDArray

from psi_ecs import SnapshotError, World
from psi_ecs.codec import seal, unseal
from psi_ecs.components.concept import MOST, TONE, Concept, Concepts, Kind, Link, Meaning
from psi_ecs.systems.formats.concepts import LONGEST
from psi_ecs.systems.formats.embedding import KINDS, embed

from .graph import Graph, Graphs, joined, mind, packed, sow, spawn
from .grow import LINKS

MAGIC = b"psi-concepts\x01"
WHAT = "remembered concepts"
FURTHEST = 100.0
"""Largest number that a tone may hold."""

Name = Annotated[str, Meta(min_length=1, max_length=LONGEST)]
Share = Annotated[float, Meta(ge=0.0, le=1.0)]


class Known(Struct, frozen=True, array_like=True):
    """What was learned of one concept."""

    name: Name
    kind: str
    topic: bool
    own: bool
    """Whether conversation brought it."""
    words: list[Name]
    uses: Annotated[float, Meta(ge=0.0, le=1e9)]
    evidence: Annotated[float, Meta(ge=0.0, le=1e3)]
    tone: list[float]
    """As `Concept.tone`; empty for none."""
    manner: Annotated[str, Meta(max_length=LONGEST)] = ""


class Tie(Struct, frozen=True, array_like=True):
    """A link that was learned, or that a grown concept has."""

    source: Name
    target: Name
    kind: int
    weight: Share
    learned: Share


class Learned(Struct, frozen=True):
    """All that an avatar's graph has learned."""

    concepts: list[Known]
    links: list[Tie]


def learned(world: World, avatar: int) -> Learned:
    """What an avatar's graph has learned, the most used first."""
    graph, parts = mind(world, avatar)
    uses, evidence = (joined([getattr(c, name) for _, c in parts], np.float64)[graph.rows] for name in ("uses", "evidence"))
    own = np.array([world.sparse[Meaning][i].own for i in graph.ids.tolist()], np.bool_)
    tones, found = joined([c.tone for _, c in parts], np.float64), []
    for k in np.flatnonzero(own | (uses > 0.01) | (evidence > 0.01)).tolist():
        m = world.sparse[Meaning][int(graph.ids[k])]
        tone = [round(x, 4) for x in tones[graph.rows[k]].tolist()] if evidence[k] > 0.01 else []
        words = list(m.words) if m.own else []
        numbers = round(float(uses[k]), 4), round(float(evidence[k]), 4)
        found.append(Known(m.name, m.kind, m.topic, m.own, words, *numbers, tone, m.manner))
    found.sort(key=lambda k: (-k.uses, k.name))
    return Learned(found, _ties(world, graph, graph.ids[own]))


def _ties(world: World, graph: Graph, own: NDArray[np.uint64]) -> list[Tie]:
    """Links that stand in no file."""
    edges, name = world.relation(Link), dict(zip(graph.ids.tolist(), graph.names, strict=True))
    value = edges.value
    new = (value.learned > 0.0) | np.isin(edges.source, own) | np.isin(edges.target, own)
    found = []
    for r in np.flatnonzero(new & np.isin(edges.source, graph.ids)).tolist():
        weight, more = (min(round(float(x), 4), 1.0) for x in (value.weight[r], value.learned[r]))
        found.append(Tie(name[int(edges.source[r])], name[int(edges.target[r])], int(value.kind[r]), weight, more))
    return sorted(found, key=lambda t: (t.source, t.target))


def remembered(world: World, avatar: int) -> bytes:
    """What an avatar's graph has learned: concepts that conversation brought, links, tones. PsiError before it has one."""
    return seal(MAGIC, learned(world, avatar))


def opened(blob: bytes) -> Learned:
    """What `remembered` gave, checked. SnapshotError in one line if it is something else, damaged or out of bounds."""
    found: Learned = unseal(MAGIC, WHAT, blob, Learned)
    names = [k.name for k in found.concepts]
    for good, what in (
        (len(names) <= MOST and len(set(names)) == len(names), f"names, of which {MOST} at most and each once may be"),
        (len(found.links) <= LINKS * MOST, f"links, of which {LINKS * MOST} at most may be"),
        (all(t.kind in list(Kind) and t.source != t.target for t in found.links), "kinds or ends of links"),
        (all((k.kind in KINDS and 0 < len(k.words) <= 64) or not k.own for k in found.concepts), "kinds or words"),
        (all(len(k.tone) in (0, TONE) and all(abs(x) <= FURTHEST for x in k.tone) for k in found.concepts), "tones"),
        (all(math.isfinite(x) for k in found.concepts for x in (k.uses, k.evidence, *k.tone)), "numbers"),
    ):
        if not good:
            raise SnapshotError(f"these bytes are {WHAT} with wrong {what}; use another copy")
    return found


def restore(world: World, avatar: int, blob: bytes) -> None:
    """Add what was learned to an avatar's concepts, which it is given now if it has none yet. SnapshotError, and nothing is
    changed, if the bytes cannot be used."""
    found = opened(blob)
    sow(world, avatar, world.resource(Concepts))
    graph = mind(world, avatar)[0]
    room = MOST - len(graph.ids)
    fresh = [k for k in found.concepts if k.own and k.name not in graph.at][: max(room, 0)]
    spawn(world, avatar, [
        Meaning(name=k.name, words=tuple(k.words), kind=k.kind, topic=k.topic, own=True, vector=packed(embed(k.name)))
        for k in fresh
    ])  # fmt: skip
    graph = mind(world, avatar)[0]
    for k in found.concepts:
        if k.name in graph.at:
            i = int(graph.ids[graph.at[k.name]])
            c = world.get(i, Concept)
            c.uses, c.evidence = k.uses, k.evidence
            c.tone = k.tone or [0.0] * TONE
            world.sparse[Meaning][i].manner = k.manner
    ties = [t for t in found.links if t.source in graph.at and t.target in graph.at]
    if ties:
        source, target = ([int(graph.ids[graph.at[getattr(t, end)]]) for t in ties] for end in ("source", "target"))
        world.link(Link(kind=[t.kind for t in ties], weight=[t.weight for t in ties], learned=[t.learned for t in ties]),
                   source, target)  # fmt: skip
    world.resource(Graphs).stale = True
