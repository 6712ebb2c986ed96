"""The graph grows from what is talked about: nouns and names become concepts; what is mentioned together is linked (Hebb)."""

from functools import cache, partial
from typing import NamedTuple

import numpy as np

from psi_ecs import Clock, Commands, Edges, Query, Res, Sparse, World, Write, system
from psi_ecs.components.concept import MOST, Concept, Discourse, Kind, Link, Meaning
from psi_ecs.systems.formats.embedding import embed, function_words, kind, listed, plain, singular, vector

from .activate import centre
from .graph import Graph, Graphs, mind, packed, spawn

EVERY = 30
"""Ticks between two looks at what was said: half a second."""
SAME, NEAR = 0.2, 0.1
"""Share of the way to 1 that a link goes when both are mentioned in one sentence, or in adjacent ones."""
WEAR = 1200.0
"""Seconds in which a learned link falls to a third; USED likewise for how often a concept was mentioned."""
USED = 3600.0
WEAK = 0.02
"""Learned strength below which a link that stands in no file is dropped."""
LINKS = 8
"""Links for each concept there is room for."""
LIKE, LIKELY = 0.45, 0.5
"""Cosine from which a new concept is linked to one that means the like, and strength of such a link for each unit of it."""
NAMED = 0.45
"""Cosine to the mean of first names from which a word with a capital is one."""
DULL = listed(
    "thing things way lot kind sort bit one something anything nothing everything someone anyone everyone people guy man woman",
    "course case rest part side end matter stuff use sir lady mister missus miss",
)
"""Nouns that name nothing."""
DETERMINERS = listed("a an the my your his her its our their this that these those some any no every each another")
VAGUE = ("time", "quantity", "relation", "top")
OVER = {"animal": "animal", "food": "food", "plant": "plant", "location": "place", "person": "person"}
"""Concept that a new one of this kind is a kind of."""


class Noun(NamedTuple):
    """Something new that is spoken of."""

    name: str
    sentence: int
    kind: str
    many: bool
    """Whether in the plural."""
    share: float
    """How much in the foreground."""


@cache
def _names() -> np.ndarray:
    names = ("anna", "peter", "sarah", "john", "michael", "maria", "susan", "david", "laura", "emma", "julia")
    mean = np.mean([v for v in map(vector, names) if v is not None], axis=0)
    return np.asarray(mean / np.linalg.norm(mean))


def is_name(word: str) -> bool:
    """Whether a word is a first name."""
    v = vector(word)
    return v is not None and float(v @ _names()) > NAMED


@system("remember", after=(centre,), every=EVERY)
def grow(
    concepts: Query[Write[Concept]], links: Edges[Write[Link]], discourse: Sparse[Discourse], graphs: Res[Write[Graphs]],
    clock: Res[Clock], cmd: Commands,
) -> None:  # fmt: skip
    """Think over what was said in the last half second, and forget a little."""
    dt = EVERY * clock.value.dt
    for (c,) in concepts:
        c.uses *= np.exp(-dt / USED)
    learned = links.value.learned
    if learned.any():
        learned *= np.exp(-dt / WEAR)
        graphs.value.stale = True
        lost = (links.value.weight == 0.0) & (learned < WEAK)
        if lost.any():
            links.keep(~lost)
    for entity, talk in discourse.items():
        if talk.words or talk.linked < len(talk.mentioned):
            cmd.call(partial(ponder, avatar=entity))


def ponder(world: World, avatar: int) -> None:
    """Make concepts of an avatar's new nouns, and link what was mentioned together."""
    talk = world.get_sparse(avatar, Discourse)
    if talk is None or not world.alive([avatar])[0]:
        return
    graph = mind(world, avatar)[0]
    fresh = nouns(talk.words, graph)
    talk.words.clear()
    if fresh:
        add(world, graph, fresh, world.resource(Clock).sample)
        talk.mentioned += [(noun.name, noun.sentence) for noun in fresh]
        talk.mentioned[talk.linked :] = sorted(talk.mentioned[talk.linked :], key=lambda m: m[1])
        graph = mind(world, avatar)[0]
    pairs: dict[tuple[int, int], float] = {}
    for k in range(talk.linked, len(talk.mentioned)):
        for j in range(k):
            (a, at), (b, before) = talk.mentioned[k], talk.mentioned[j]
            x, y = graph.at.get(a), graph.at.get(b)
            if x is not None and y is not None and x != y and abs(at - before) <= 1 and graph.topic[[x, y]].all():
                x, y = sorted((int(graph.ids[x]), int(graph.ids[y])))
                pairs[x, y] = max(pairs.get((x, y), 0.0), SAME if at == before else NEAR)
    tie(world, graph, pairs)
    talk.mentioned = [m for m in talk.mentioned if m[1] >= talk.sentence - 1][-40:]
    talk.linked = len(talk.mentioned)


def nouns(words: list[tuple[str, int, bool, float]], graph: Graph) -> list[Noun]:
    """New things in some words, which are as in `Discourse.words`."""
    found: dict[str, Noun] = {}
    k = 0
    while k < len(words):
        text, sentence, first, share = words[k]
        parts, at, k = [plain(text)], 0 if first else k, k + 1
        if any(graph.topic[c] for c in graph.stirred(text)) or not parts[0] or parts[0] in function_words():
            continue
        capital = text[:1].isupper() and not first
        while capital and k < len(words) and words[k][0][:1].isupper() and words[k][1] == sentence and text[-1:].isalpha():
            text = words[k][0]
            parts.append(plain(text))
            k += 1
        name, what = " ".join(parts), kind(parts[-1], False)
        if text[:1].isupper() and is_name(parts[0]):
            what, capital = "person", True
        base = name if capital else singular(name)
        mainly = kind(parts[-1]) or singular(name) != name or (at and plain(words[at - 1][0]) in DETERMINERS)
        usual = what and mainly and what not in VAGUE and base not in DULL and len(base) > 2
        if (capital and len(name) > 2) or usual:
            found.setdefault(base, Noun(base, sentence, what, base != name, share))
    return [n for n in found.values() if n.name not in graph.at]


def add(world: World, graph: Graph, fresh: list[Noun], sample: int | None = None) -> None:
    """New concepts with weak links to what means the like; awake if they were mentioned at a `sample`, else asleep. The least
    used of those grown before make room."""
    fresh = fresh[: MOST // 4]
    if not fresh:
        return
    _make_room(world, graph, len(graph.ids) + len(fresh) - MOST)
    graph = mind(world, graph.avatar)[0]
    made = [Meaning(name=n, words=(n,), kind=what, own=True, vector=packed(embed(n))) for n, _, what, _, _ in fresh]
    ids = spawn(world, graph.avatar, made)
    edges: list[tuple[int, int, float, Kind]] = []
    for i, (name, _, what, many, share) in zip(ids, fresh, strict=True):
        if sample is not None:
            c = world.get(i, Concept)
            c.source, c.uses, c.when, c.many = share, 1.0, sample, many
        like = (graph.vectors @ embed(name)) * graph.topic
        near = [int(k) for k in np.argsort(-like, kind="stable")[:3] if like[k] > LIKE]
        edges += [(i, int(graph.ids[k]), LIKELY * float(like[k]), Kind.RELATED) for k in near]
        over = graph.at.get(OVER.get(what, ""))
        if over is not None:
            edges.append((i, int(graph.ids[over]), 0.5, Kind.IS_A))
    if edges:
        source, target, weight, kinds = zip(*edges, strict=True)
        world.link(Link(kind=kinds, weight=weight, learned=0.0), source, target)


def _make_room(world: World, graph: Graph, over: int) -> None:
    """End the least used concepts that conversation brought."""
    if over <= 0:
        return
    rows = [(float(world.peek(i, Concept).uses[0]), i) for i in graph.ids.tolist() if world.sparse[Meaning][i].own]
    world.despawn([i for _, i in sorted(rows)[:over]])


def tie(world: World, graph: Graph, pairs: dict[tuple[int, int], float]) -> None:
    """Strengthen the links between pairs of concepts, or make them: learned goes that share of the way to 1 - weight."""
    edges = world.relation(Link)
    new: dict[tuple[int, int], float] = {}
    for (a, b), share in pairs.items():
        rows = [r for x, y in ((a, b), (b, a)) for r in range(edges.of(x).start, edges.of(x).stop) if edges.target[r] == y]
        if not rows:
            new[a, b] = share
        for r in rows[:1]:
            weight, learned = float(edges.value.weight[r]), float(edges.value.learned[r])
            edges.value.learned[r] = learned + share * max(1.0 - weight - learned, 0.0)
    if pairs:
        world.resource(Graphs).stale = True
    if new and int(np.isin(edges.source, graph.ids).sum()) + len(new) <= LINKS * MOST:
        source, target = zip(*new, strict=True)
        world.link(Link(kind=int(Kind.RELATED), weight=0.0, learned=list(new.values())), source, target)
