"""Following speech word by word: what each wakes, and what a pronoun stands for."""

from collections.abc import Iterable
from dataclasses import dataclass

from psi_ecs import Edges, Entities
from psi_ecs.components.concept import Context, Discourse, Link
from psi_ecs.systems.formats.embedding import function_words, plain, singular

from .anaphora import POINTING, PRONOUNS, Anaphor, anaphor, plain_kept, prominence, verbal
from .graph import Graph, Graphs, Part
from .resolve import remembered, resolved

HEARD = 0.5
"""How far a word that is heard stirs its concepts' face and field, beside one that is said."""
ENDS = ".!?…"
ACT = 0.3
"""How far a verb brings to mind the concept of the noun that sounds alike."""
LAG = 2
"""Words that must follow a pronoun before it is clear what it is."""
LONGEST = 80
"""Words that are kept of a sentence."""


@dataclass(eq=False)
class Mind:
    """An avatar's graph while it is written to."""

    graph: Graph
    graphs: Graphs
    parts: list[Part]
    contexts: Iterable[tuple[Entities, Context]]
    links: Edges[Link]
    sample: int

    def stir(self, place: int, amount: float) -> None:
        """Let a concept act on face and field."""
        part, row = self.graphs.place(int(self.graph.rows[place]))
        stirred = self.parts[part][1].stirred
        stirred[row] = max(float(stirred[row]), amount)

    def hint(self, place: int, share: float) -> None:
        """A concept comes to mind, so much in the foreground."""
        part, row = self.graphs.place(int(self.graph.rows[place]))
        source = self.parts[part][1].source
        source[row] = 1.0 - (1.0 - source[row]) * (1.0 - share)

    def mention(self, place: int, share: float, many: bool | None = None) -> None:
        """A concept is spoken of, so much in the foreground."""
        self.hint(place, share)
        part, row = self.graphs.place(int(self.graph.rows[place]))
        c = self.parts[part][1]
        if many is not None:
            c.many[row] += (float(many) - c.many[row]) * (0.5 if c.when[row] >= 0 else 1.0)
        c.uses[row] += 1.0
        c.when[row] = self.sample

    def resolve(self, a: Anaphor, words: list[str]) -> int | None:
        """Place of what a word stands for."""
        memory = remembered(self.graph, self.parts, self.contexts, self.links)
        found = resolved(a, memory, " ".join(words))
        return None if found is None else found[0]


def follow(mind: Mind, talk: Discourse, speaker: int, text: str, amount: float) -> list[str]:
    """A word, with its mark, that somebody says; returns the names of the concepts that it wakes."""
    words = talk.heard.setdefault(speaker, [])
    words.append(plain_kept(text))
    k, ends = len(words) - 1, text.rstrip("\"'’”)]")[-1:] in ENDS
    graph, spelt = mind.graph, plain(text)
    found, meant = graph.stirred(text, words[max(k - 2, 0) : k]), _pointed(mind, words, k)
    clear = range(max(k - LAG, 0), k + 1) if ends else range(k - LAG, k - LAG + 1) if k >= LAG else ()
    pronouns = [a for j in clear if words[j] in PRONOUNS and (a := anaphor(words, j)) is not None and not a.noun]
    stand = [mind.resolve(a, words) for a in pronouns]
    dull = not found and spelt in function_words()
    acts = not dull and verbal(words, k)
    share, many = (0.0, False) if dull else (prominence(words, k), singular(spelt) != spelt)
    if not acts:
        talk.words.append((text, talk.sentence, k == 0, share))
    for c in found:
        mind.stir(c, amount)
        if acts or not (graph.topic[c] or graph.names[c] == singular(spelt)):
            mind.hint(c, ACT if acts else share)
        elif meant is None or c == meant:  # "that city": Paris is spoken of, not cities
            mind.mention(c, share, many)
            talk.mentioned.append((graph.names[c], talk.sentence))
    for c in {c for c in (meant, *stand) if c is not None and c not in found}:
        mind.stir(c, amount)
        mind.mention(c, 1.0)
        talk.mentioned.append((graph.names[c], talk.sentence))
    if ends or len(words) > LONGEST:
        talk.heard[speaker] = []
        talk.sentence += 1
    return [graph.names[c] for c in found]


def _pointed(mind: Mind, words: list[str], k: int) -> int | None:
    """What "that city" stands for when its noun is reached."""
    for j in range(max(k - 2, 0), k):
        if words[j] in POINTING:
            a = anaphor(words, j)
            if a is not None and a.noun and a.noun == singular(words[k]):
                return mind.resolve(a, [w for i, w in enumerate(words) if i != k])
    return None
