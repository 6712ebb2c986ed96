"""The tone of a subject: learned from how it is spoken of, and given to what is said when it returns."""

import math
from functools import partial

import numpy as np
from numpy.typing import NDArray

from psi_ecs import Clock, Commands, Edges, Entities, Query, Reader, Res, Sparse, World, Write, system
from psi_ecs.components.concept import TONE, Concept, Context, Link, Meaning
from psi_ecs.components.event import Stop
from psi_ecs.components.memory import MEANING, Bias, Biases, Tone
from psi_ecs.components.moment import Quoting
from psi_ecs.components.switch import Switches
from psi_ecs.components.text import FEELINGS, Sentence
from psi_ecs.components.voice import Speech
from psi_ecs.systems.formats.embedding import kind, table, vector

from .anaphora import anaphor, plain_kept, prominence, verbal
from .graph import Graph, Graphs, Part, mind
from .grow import add, nouns
from .resolve import remembered, resolved

F64 = NDArray[np.float64]

KEEP = 0.9
"""What a mention leaves of the evidence before it: later ones weigh more, and neutral ones wear a tone off."""
SURE = 1.2
"""Confidence is 1 - exp(-SURE evidence): 0.7 after one mention of full tone."""
MOST = 0.7
"""Weight of a bias at most."""
BACKGROUND = 0.5
"""How far a concept that is awake but not named in the sentence counts."""
ALIEN = 0.5
"""Cosine up to which what is awake has nothing to do with what a sentence names."""
EXPLICIT = 0.5
"""Tone of the sentence itself from which it is left alone."""
FULL = 0.6
"""How toned a speech at the following marks is: a quarter faster or slower, 3 semitones, a third in range, 6 dB."""
_MARKS = np.array([0.22, 3.0, 0.35, 6.0])
COMMON = 200.0
"""Rank of the word at which a concept is half as telling as a rare one."""


def tone(sentence: Sentence) -> tuple[F64, str]:
    """Mean tone of a sentence's words, f64[TONE], and the manner of most of them, or none."""
    words = [w for w in sentence.words if w.regime is None or not w.regime.alone]
    if not words:
        return np.zeros(TONE), ""
    rows = []
    for w in words:
        e, p = w.emotion, w.prosody
        felt = [e.valence, e.arousal, e.dominance, *(e.names.get(name, 0.0) for name in FEELINGS[3:])]
        rows.append([*felt, math.log(p.rate), p.pitch, math.log(max(p.span, 0.1)), p.volume])
    manners = [w.regime.name for w in words if w.regime is not None]
    manner = max(sorted(set(manners)), key=manners.count, default="")
    return np.mean(rows, axis=0), manner if 2 * manners.count(manner) > len(words) else ""


def intensity(mean: NDArray[np.floating], manner: str = "") -> float:
    """How far a tone is from neutral, 0 to 1."""
    n = len(FEELINGS)
    return float(min(1.0, max(np.abs(mean[:n]).max(), FULL * (np.abs(mean[n:]) / _MARKS).max(), 0.8 if manner else 0.0)))


def told(values: NDArray[np.floating], manner: str = "") -> Tone:
    """A tone from its numbers, f[TONE]."""
    n, x = len(FEELINGS), [float(v) for v in values]
    return Tone(tuple(x[:n]), math.exp(x[n]), x[n + 1], math.exp(x[n + 2]), x[n + 3], manner)


@system("plan", after=("language",))
def topic(
    avatars: Query[Entities, Context], concepts: Query[Entities, Concept], meanings: Sparse[Meaning], links: Edges[Link],
    speech: Sparse[Speech], stops: Reader[Stop], quoting: Sparse[Quoting], biases: Sparse[Write[Biases]],
    graphs: Res[Write[Graphs]], switches: Res[Switches], clock: Res[Clock], cmd: Commands,
) -> None:  # fmt: skip
    """Before a sentence is planned: draw it to the tone that its subject was spoken of with, and learn from its own."""
    halted = {stop.avatar for stop in stops}
    parts: list[Part] = []
    begun: list[tuple[int, Sentence]] = []
    for entity, said in speech.items():
        busy = not said.due(clock.value.sample) or entity in quoting
        if busy or not said.queue or entity in halted or {"memory", "emotion"} & set(switches.value.off):
            continue
        parts = parts or list(concepts)
        graphs.value.look(parts, meanings)
        if entity not in graphs.value.of:
            continue
        graph = graphs.value.of[entity]
        named = spoken_of(said.queue[0], graph, parts, avatars, links)
        mean, manner = tone(said.queue[0])
        own = biases.get(entity) or Biases()
        bias = _bias(graph, graphs.value, parts, meanings, named, _things(said.queue[0], graph, named), intensity(mean, manner))
        if bias is None:
            own.standing.pop("topic", None)
        else:
            own.standing["topic"] = bias
        biases[entity] = own
        begun.append((entity, said.queue[0]))
    if begun:
        cmd.call(partial(learn, begun=begun))


def spoken_of(
    sentence: Sentence, graph: Graph, parts: list[Part], contexts: Query[Entities, Context], links: Edges[Link]
) -> dict[int, float]:
    """Concepts that a sentence speaks of, by name or by a pronoun, and how much in the foreground each is."""
    words = [plain_kept(w.text) for w in sentence.words]
    found: dict[int, float] = {}
    memory = None
    for k, word in enumerate(sentence.words):
        for c in graph.stirred(word.text, words[max(k - 2, 0) : k]):
            if graph.topic[c] and not verbal(words, k):
                found[c] = max(found.get(c, 0.0), prominence(words, k) * _telling(word.text))
        a = anaphor(words, k)
        if a is not None:
            memory = memory or remembered(graph, parts, contexts, links)
            meant = resolved(a, memory, " ".join(words))
            if meant is not None:
                found[meant[0]] = 1.0
    return found


def _things(sentence: Sentence, graph: Graph, named: dict[int, float]) -> NDArray[np.float32]:
    """Meanings of the nouns of a sentence and of what it speaks of, f32[k, MEANING]."""
    words = [w.text for w in sentence.words if kind(w.text)]
    found = [v for v in (vector(w) for w in words) if v is not None]
    return np.array([*found, *graph.vectors[list(named)]], np.float32).reshape(-1, MEANING)


def _telling(word: str) -> float:
    """How much a word tells of the subject: common ones go with everything."""
    rank = table().rank.get(plain_kept(word), len(table().words))
    return rank / (rank + COMMON)


def learn(world: World, begun: list[tuple[int, Sentence]]) -> None:
    """Let the concepts that avatars' sentences speak of, new ones among them, take on their tone: a mean in which the later
    ones weigh more."""
    fresh = []
    for avatar, sentence in begun:
        graph, words = mind(world, avatar)[0], [plain_kept(w.text) for w in sentence.words]
        said = [(w.text, 0, k == 0, prominence(words, k)) for k, w in enumerate(sentence.words) if not verbal(words, k)]
        fresh.append((graph, nouns(said, graph)))
    add(world, fresh)
    contexts: Query[Entities, Context] = Query(world, [(Entities, False), (Context, False)])
    for avatar, sentence in begun:
        graph, parts = mind(world, avatar)
        mean, manner = tone(sentence)
        for c, share in spoken_of(sentence, graph, parts, contexts, world.relation(Link)).items():
            i, new = int(graph.ids[c]), share * intensity(mean, manner)
            concept = world.get(i, Concept)
            concept.evidence[0] = KEEP * concept.evidence[0] + new
            if new > 0.0:
                concept.tone[0] += (mean - concept.tone[0]) * (new / concept.evidence[0])
                world.sparse[Meaning][i].manner = manner


def _bias(
    graph: Graph, graphs: Graphs, parts: list[Part], meanings: Sparse[Meaning], named: dict[int, float],
    about: NDArray[np.float32], own: float,
) -> Bias | None:
    """What the subjects of a sentence, and what else is awake, ask of its tone; None for nothing to speak of. `about`: the
    meanings of the things in it, f32[k, MEANING]; what is awake counts as far as it has to do with them."""
    places = [graphs.place(int(r)) for r in graph.rows] if len(parts) > 1 else [(0, int(r)) for r in graph.rows]
    evidence = np.array([parts[p][1].evidence[r] for p, r in places], np.float64)
    if not evidence.any():
        return None
    slow = np.array([parts[p][1].slow[r] for p, r in places])
    count = BACKGROUND * slow * graph.topic
    if len(about):
        near = (graph.vectors @ about.T).max(axis=1)
        count *= np.clip((near - ALIEN) / (1.0 - ALIEN), 0.0, 1.0)
    for c, share in named.items():
        count[c] = share
    force = count * -np.expm1(-SURE * evidence)
    tones = np.array([parts[p][1].tone[r] for p, r in places], np.float64)
    total = float(force.sum())
    if total < 1e-3:
        return None
    mean = force @ tones / total
    agreed = intensity(mean) / max(float(force @ np.array([intensity(t) for t in tones])) / total, 1e-9)
    weight = MOST * (1.0 - float(np.prod(1.0 - np.minimum(force, 1.0)))) * min(agreed, 1.0) * max(1.0 - own / EXPLICIT, 0.0)
    if weight < 0.01:
        return None
    chief = int(force.argmax())
    manner = meanings[int(graph.ids[chief])].manner if 2.0 * force[chief] > total else ""
    return Bias(tone=told(mean, manner), weight=weight, reason=f"{graph.names[chief]} was spoken of {described(mean, manner)}")


def described(values: NDArray[np.floating], manner: str = "") -> str:
    """A tone in words: "with sadness, slowly"."""
    names, n = FEELINGS[3:], len(FEELINGS)
    k = int(np.abs(values[3:n]).argmax())
    parts = [f"with {names[k]}"] if values[3 + k] > 0.1 else []
    words = (("slowly", "fast"), ("low", "high"), ("evenly", "lively"), ("softly", "loudly"))
    for x, mark, (less, more) in zip(values[n:], _MARKS, words, strict=True):
        if abs(x) > 0.3 * mark:
            parts.append(less if x < 0.0 else more)
    return ", ".join([*parts, *([f"in a {manner}"] if manner else [])]) or "plainly"
