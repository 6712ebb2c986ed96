"""Makes assets/concepts/words.npz: what words mean, for `systems.formats.embedding`.

    python -m psi_ecs.tools.concepts.words glove.6B.50d.txt WORDNET words.npz

Sources: vectors of GloVe 6B 50d (Pennington, Socher & Manning 2014; public domain, PDDL 1.0), the 50 000 most frequent that are
words; kinds and plurals of nouns from the folder WORDNET of WordNet 3.0 (Princeton University). The mean and the two largest
principal components are taken out, for they tell how frequent a word is rather than what it means (Mu & Viswanath 2018); then
each vector is put at unit length and rounded to 8 bits.
"""

import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

COUNT = 50_000
VAGUE, FAINT = (3, 23, 24, 25), 0.3
"""Files of most general nouns, quantities, relations and shapes, and how much they count beside others."""
COMMON = 20_000
"""Words from which mean and components are taken."""
ENDINGS = (
    ("ies", "y"), ("ves", "f"), ("ches", "ch"), ("shes", "sh"), ("xes", "x"), ("zes", "z"), ("ses", "s"), ("men", "man"),
    ("s", ""),
)  # fmt: skip
"""WordNet's rules of detachment for nouns."""


def main() -> None:
    """Read the sources and write the table."""
    glove, wordnet, out = (Path(name) for name in sys.argv[1:4])
    words, vectors = read_vectors(glove)
    kind, plural, singular = read_nouns(words, wordnet)
    text = np.frombuffer("\n".join(words).encode(), np.uint8)
    np.savez_compressed(out, words=text, vectors=rounded(vectors), kind=kind, plural=plural, singular=singular)


def read_vectors(path: Path) -> tuple[list[str], NDArray[np.float32]]:
    """The most frequent words, and their vectors f32[COUNT, 50]."""
    words, rows = [], []
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            word, _, numbers = line.rstrip("\n").partition(" ")
            if re.fullmatch(r"[a-z]+(?:['.-][a-z]+)*\.?", word):
                words.append(word)
                rows.append(np.array(numbers.split(), np.float32))
            if len(words) == COUNT:
                break
    return words, np.array(rows)


def rounded(x: NDArray[np.float32]) -> NDArray[np.int8]:
    """Vectors without mean and largest components, each scaled to 127 at its largest number, i8[n, 50]."""
    z = x - x[:COMMON].mean(axis=0)
    top = np.linalg.svd(z[:COMMON], full_matrices=False)[2][:2]
    z -= (z @ top.T) @ top
    return np.asarray(np.round(z / (np.abs(z).max(axis=1, keepdims=True) / 127.0)), np.int8)


def read_nouns(words: list[str], folder: Path) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Of each word that can be a noun the lexicographer file of its commonest sense (3 to 28, `lexnames(5WN)`), below 0 if it
    is mainly something else, as i8[n]; and pairs of plural and singular by index, i32[p] each."""
    files = _files(folder)
    senses = {word: [files[offset] for offset in offsets] for word, offsets in _senses(folder)}
    counts = _counts(folder)
    other = {row.split(" ", 1)[0] for part in ("adj", "adv") for row in _rows(folder / f"index.{part}")}
    irregular = dict(row.split()[:2] for row in (folder / "noun.exc").read_text(encoding="ascii").splitlines())
    index = {word: i for i, word in enumerate(words)}
    kind, pairs = np.zeros(len(words), np.int8), []
    for i, word in enumerate(words):
        lemma = word if word in senses else _singular(word, irregular, senses)
        if lemma is None:
            continue
        tagged = counts.get(lemma, Counter[str]())
        nouns = sum(n for key, n in tagged.items() if key[0] == "1")
        total = sum(tagged.values())
        if not total and (word in other or word.endswith(("ing", "ed"))):
            continue
        kind[i] = _usual(senses[lemma], tagged)
        if nouns < 0.5 * total:
            kind[i] *= -1
        base = _singular(word, irregular, senses) if lemma == word else lemma
        if base is not None and base != word and base in index and not tagged:
            pairs.append((i, index[base]))
        elif lemma != word and lemma in index:
            pairs.append((i, index[lemma]))
    plural, singular = np.array(sorted(set(pairs)), np.int32).T
    return kind, plural, singular


def _singular(word: str, irregular: dict[str, str], nouns: dict[str, list[int]]) -> str | None:
    """The noun that a word is a plural of."""
    if word in irregular and irregular[word] in nouns:
        return irregular[word]
    for end, base in ENDINGS:
        if word.endswith(end) and len(word) > len(end) + 1 and word[: -len(end)] + base in nouns:
            return word[: -len(end)] + base
    return None


def _rows(path: Path) -> Iterator[str]:
    """The rows of a WordNet file, after its licence."""
    return (row for row in path.read_text(encoding="ascii").splitlines() if row and row[0] != " ")


def _usual(senses: list[int], tagged: Counter[str]) -> int:
    """The commonest lexicographer file of a noun's senses, which stand in the order of use."""
    score = Counter[int]()
    for place, file in enumerate(senses):
        score[file] += (1.0 / (1 + place)) * (FAINT if file in VAGUE else 1.0)  # type: ignore[assignment]
    for file in set(senses):
        score[file] += tagged[f"1{file:02}"] * (FAINT if file in VAGUE else 1.0)  # type: ignore[assignment]
    return score.most_common(1)[0][0]


def _senses(folder: Path) -> Iterator[tuple[str, list[int]]]:
    """Each noun with the offsets of its synsets."""
    for row in _rows(folder / "index.noun"):
        cells = row.split()
        yield cells[0], [int(c) for c in cells[-int(cells[2]) :]]


def _files(folder: Path) -> dict[int, int]:
    """Lexicographer file of each noun synset."""
    return {int(row[:8]): int(row[9:11]) for row in _rows(folder / "data.noun")}


def _counts(folder: Path) -> dict[str, Counter[str]]:
    """How often each word was tagged, by part of speech (one digit) and lexicographer file (two)."""
    found: dict[str, Counter[str]] = {}
    for row in _rows(folder / "cntlist.rev"):
        key, _, count = row.split()
        word, _, sense = key.partition("%")
        part, file = sense.split(":")[:2]
        found.setdefault(word, Counter())[part + file] += int(count)
    return found


if __name__ == "__main__":
    main()
