"""What "it" and "that city" stand for: the most awake concept that agrees in number and in kind."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from psi_ecs import Edges, Entities, PsiError, Query, World
from psi_ecs.components.concept import Context, Kind, Link
from psi_ecs.systems.formats.embedding import embed, kind, vector

from .anaphora import Anaphor, anaphor, split
from .graph import Graph, Part, joined, mind

F64 = NDArray[np.float64]

RECENT = 0.05
"""Activation or share of the context below which nothing is referred to."""
RING = 0.3
"""Weight of the last two minutes beside what is awake now."""
FIT = 0.5
"""Weight of how well a concept goes with the other words of the sentence."""
ALIKE = {
    "animal": ("animal",), "creature": ("animal",), "place": ("location",), "city": ("location",), "town": ("location",),
    "village": ("location",), "country": ("location",), "person": ("person",), "man": ("person",), "woman": ("person",),
    "meal": ("food",), "dish": ("food",), "food": ("food", "plant"), "drink": ("food",), "plant": ("plant",),
    "tree": ("plant",),
    "idea": ("cognition", "communication"), "thought": ("cognition",), "theory": ("cognition",), "story": ("communication",),
    "machine": ("artifact",), "vehicle": ("artifact",), "building": ("artifact",), "tool": ("artifact",),
    "instrument": ("artifact",), "event": ("event", "act"),
}  # fmt: skip
"""Kinds of things that a general noun may stand for."""
UNFIT = 0.12
"""Agreement up to which a concept cannot be meant."""
SCALES = ("time", "quantity", "relation")
"""Kinds that are seldom spoken of again: "six cups a day"."""
ANYTHING = ("thing", "stuff", "one", "topic", "subject", "matter")


@dataclass(eq=False)
class Memory:
    """What an avatar has in mind, by the places of its graph."""

    graph: Graph
    source: F64
    slow: F64
    when: NDArray[Any]
    many: NDArray[Any]
    ring: F64
    """Share of the last two minutes, 0 to 1."""
    links: Edges[Link]


def remembered(graph: Graph, parts: list[Part], contexts: Iterable[tuple[Entities, Context]], links: Edges[Link]) -> Memory:
    """What the avatar of this graph has in mind now."""
    ring = np.zeros(len(graph.names))
    for ents, context in contexts:
        for row in np.flatnonzero(ents.id == graph.avatar):
            order = np.argsort(graph.ids)
            at = order[np.minimum(np.searchsorted(graph.ids, context.top[row], sorter=order), len(order) - 1)]
            known = graph.ids[at] == context.top[row]
            np.add.at(ring, at[known], (context.share[row] * context.weight[row][:, None])[known])
            ring /= max(float(context.weight[row].sum()), 1.0)

    def column(name: str) -> NDArray[Any]:
        return np.asarray(joined([getattr(c, name) for _, c in parts], np.float64)[graph.rows])

    return Memory(graph, column("source"), column("slow"), column("when"), column("many"), ring, links)


def resolved(a: Anaphor, memory: Memory, rest: str = "") -> tuple[int, str] | None:
    """Place in the graph of what a word stands for, and why; None if nothing fits. `rest`: the words around it."""
    graph = memory.graph
    awake = np.maximum(memory.source, memory.slow) + RING * memory.ring
    can = (memory.when >= 0) & (awake > RECENT)
    if a.word in ("former", "latter"):
        order = [int(c) for c in np.argsort(memory.when, kind="stable")[::-1] if can[c]]
        place = 0 if a.word == "latter" else 1
        return (order[place], f"the last thing mentioned but {place}") if len(order) > place else None
    person = np.array([k == "person" for k in graph.kinds])
    fit = agreement(a.noun, memory) if a.noun and a.noun not in ANYTHING else np.where(person, 0.5 * a.many, 1.0)
    fit *= np.where(np.isin(graph.kinds, SCALES), 0.4, 1.0)
    fit *= 1.0 - (0.7 if a.noun else 0.85) * np.abs(memory.many - a.many)
    about = embed(rest)
    score = np.where(can & (fit > UNFIT), awake * fit * (1.0 + FIT * (graph.vectors @ about)), 0.0)
    best = int(score.argmax())
    if score[best] <= RECENT * RECENT:
        return None
    reason = f"most awake ({awake[best]:.2f})" + (f", and goes with {a.noun!r} ({fit[best]:.2f})" if a.noun else "")
    return best, reason


def agreement(noun: str, memory: Memory) -> F64:
    """How well each concept can be called by a noun, 0 to 1: by one of its words, by what it is a kind of, else by kind and
    meaning."""
    graph = memory.graph
    named = set(graph.stirred(noun))
    meant = vector(noun)
    fit = np.zeros(len(graph.names)) if meant is None else np.maximum(graph.vectors @ meant, 0.0).astype(np.float64)
    like = ALIKE.get(noun, (kind(noun, False),))
    fit *= np.where(np.isin(graph.kinds, like), 1.0, 0.5)
    fit = 0.05 + 0.75 * fit + 0.1 * np.isin(graph.kinds, like)
    for c, over in enumerate(_above(memory)):
        if over & named:
            fit[c] = max(fit[c], 0.95)
    fit[list(named)] = 1.0
    return np.minimum(fit, 1.0)


def _above(memory: Memory) -> list[set[int]]:
    """What each concept is a kind of, over two steps."""
    graph, links = memory.graph, memory.links
    edges = np.flatnonzero((links.value.kind == Kind.IS_A) & np.isin(links.source, graph.ids))
    place = {int(e): k for k, e in enumerate(graph.ids)}
    over: list[set[int]] = [set() for _ in graph.names]
    for a, b in zip(links.source[edges].tolist(), links.target[edges].tolist(), strict=True):
        over[place[a]].add(place[b])
    return [up.union(*(over[k] for k in up)) for up in over]


def resolve(world: World, avatar: int, phrase: str) -> tuple[str, str]:
    """The concept that the first "it", "that city" or the like in a phrase stands for, by its name, and why.

    PsiError if there is no such word in it, or nothing that it could stand for.
    """
    words = split(phrase)
    found = next((a for a in (anaphor(words, k) for k in range(len(words))) if a is not None), None)
    if found is None:
        raise PsiError(f"resolve: {phrase[:60]!r} has no word that stands for another; try it, they, or that city")
    graph, parts = mind(world, avatar)
    contexts: Query[Entities, Context] = Query(world, [(Entities, False), (Context, False)])
    memory = remembered(graph, parts, contexts, world.relation(Link))
    best = resolved(found, memory, phrase)
    if best is None:
        raise PsiError(f"resolve: nothing was mentioned lately that {phrase[:60]!r} could stand for")
    return graph.names[best[0]], best[1]
