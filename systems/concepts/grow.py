"""The graph grows from what is talked about: nouns and names become concepts; what is mentioned together is linked (Hebb)."""

from functools import cache, partial
from typing import NamedTuple

import numpy as np

from psi_ecs import Clock, Commands, Edges, Query, Res, Sparse, World, Write, system
from psi_ecs.components.concept import MOST, Concept, Discourse, Kind, Link, Meaning
from psi_ecs.systems.formats.concepts import LONGEST, PHRASE
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
LATELY = 24
"""Mentions that are remembered for what comes next."""
LINKS = 8
"""Links for each concept there is room for."""
LIKE, LIKELY = 0.45, 0.5
"""Cosine from which a new concept is linked to one that means the like, and strength of such a link for each unit of it."""
NAMED = 0.45
"""Cosine to the mean of first names from which a word with a capital is one."""
DULL = listed(
    "thing things way lot kind sort bit one something anything nothing everything someone anyone everyone nobody somebody",
    "everybody anybody people guy man woman course case rest part side end matter stuff use sir lady mister missus miss",
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
    busy = [entity for entity, talk in discourse.items() if talk.words or talk.linked < len(talk.mentioned)]
    if busy:
        cmd.call(partial(ponder, avatars=busy))


def ponder(world: World, avatars: list[int]) -> None:
    """Make concepts of avatars' new nouns, and link what was mentioned together; all at once, for edges are kept sorted."""
    talks = [(a, t) for a in avatars if world.alive([a])[0] and (t := world.get_sparse(a, Discourse)) is not None]
    fresh = []
    for avatar, talk in talks:
        graph = mind(world, avatar)[0]
        fresh.append((graph, nouns(talk.words, graph)))
        talk.words.clear()
        talk.mentioned += [(noun.name, noun.sentence) for noun in fresh[-1][1]]
        talk.mentioned[talk.linked :] = sorted(talk.mentioned[talk.linked :], key=lambda m: m[1])[-LATELY:]
    add(world, fresh, world.resource(Clock).sample)
    pairs: dict[tuple[int, int], float] = {}
    for avatar, talk in talks:
        _meet(mind(world, avatar)[0], talk, pairs)
        talk.mentioned = [m for m in talk.mentioned if m[1] >= talk.sentence - 1][-LATELY:]
        talk.linked = len(talk.mentioned)
    tie(world, pairs)


def _meet(graph: Graph, talk: Discourse, pairs: dict[tuple[int, int], float]) -> None:
    """Put down the pairs of topics that were mentioned together, and how close."""
    topics = graph.topic.tolist()
    places = [(graph.at.get(name, -1), sentence) for name, sentence in talk.mentioned]
    known = [(c, sentence, k) for k, (c, sentence) in enumerate(places) if c >= 0 and topics[c]]
    for a, at, k in known:
        for b, before, j in known:
            if talk.linked <= k > j and a != b and abs(at - before) <= 1:
                pair = (int(graph.ids[a]), int(graph.ids[b]))
                pair = (min(pair), max(pair))
                pairs[pair] = max(pairs.get(pair, 0.0), SAME if at == before else NEAR)


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
        while capital and len(parts) < PHRASE and k < len(words) and text[-1:].isalpha():
            if not words[k][0][:1].isupper() or words[k][1] != sentence:
                break
            text = words[k][0]
            parts.append(plain(text))
            k += 1
        name, what = " ".join(parts), kind(parts[-1], False)
        if text[:1].isupper() and is_name(parts[0]):
            what, capital = "person", True
        base = name if capital else singular(name)
        mainly = kind(parts[-1]) or singular(name) != name or (at and plain(words[at - 1][0]) in DETERMINERS)
        usual = what and mainly and what not in VAGUE and base not in DULL and len(base) > 2
        if ((capital and len(name) > 2) or usual) and len(base) <= LONGEST:
            found.setdefault(base, Noun(base, sentence, what, base != name, share))
    return [n for n in found.values() if n.name not in graph.at]


def add(world: World, fresh: list[tuple[Graph, list[Noun]]], sample: int | None = None) -> None:
    """New concepts of some avatars, with weak links to what means the like; awake if they were mentioned at a `sample`, else
    asleep. The least used of those grown before make room."""
    fresh = [(graph, found[: MOST // 4]) for graph, found in fresh if found]
    if not fresh:
        return
    for graph, found in fresh:
        _make_room(world, graph, len(graph.ids) + len(found) - MOST)
    each = [(graph, noun) for graph, found in fresh for noun in found]
    made = [Meaning(name=n.name, words=(n.name,), kind=n.kind, own=True, vector=packed(embed(n.name))) for _, n in each]
    ids = spawn(world, [graph.avatar for graph, _ in each], made)
    edges: list[tuple[int, int, float, Kind]] = []
    for i, (graph, noun) in zip(ids, each, strict=True):
        if sample is not None:
            c = world.get(i, Concept)
            c.source, c.uses, c.when, c.many = noun.share, 1.0, sample, noun.many
        like = (graph.vectors @ embed(noun.name)) * graph.topic * world.alive(graph.ids)
        near = [int(k) for k in np.argsort(-like, kind="stable")[:3] if like[k] > LIKE]
        edges += [(i, int(graph.ids[k]), LIKELY * float(like[k]), Kind.RELATED) for k in near]
        over = graph.at.get(OVER.get(noun.kind, ""))
        if over is not None:
            edges.append((i, int(graph.ids[over]), 0.5, Kind.IS_A))
    if edges:
        source, target, weight, kinds = zip(*edges, strict=True)
        world.link(Link(kind=kinds, weight=weight, learned=0.0), source, target)


def _make_room(world: World, graph: Graph, over: int) -> None:
    """End the least used concepts that conversation brought."""
    if over > 0:
        rows = [(float(world.peek(i, Concept).uses[0]), i) for i in graph.ids.tolist() if world.sparse[Meaning][i].own]
        world.despawn([i for _, i in sorted(rows)[:over]])


def tie(world: World, pairs: dict[tuple[int, int], float]) -> None:
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
    room = LINKS * MOST * max(len(world.resource(Graphs).of), 1) - len(edges)
    if new and room > 0:
        source, target = zip(*list(new)[:room], strict=True)
        world.link(Link(kind=int(Kind.RELATED), weight=0.0, learned=list(new.values())[:room]), source, target)
