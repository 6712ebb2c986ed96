"""Reads the asset of concepts: which words stir which modes."""

from functools import cache

import numpy as np

from psi_ecs import AssetError
from psi_ecs.asset import package_folder
from psi_ecs.components.expression import ROOM
from psi_ecs.components.oscillator import Role
from psi_ecs.components.resonance import CONCEPTS, Concept, Concepts

from .expression import packaged
from .pattern import ROLES
from .toml import index, line_of, parse_tables, read_text


@cache
def concepts() -> Concepts:
    """The package's concepts."""
    path = package_folder("assets") / "concepts" / "resonance.toml"
    return parse_concepts(read_text(path), str(path))


def parse_concepts(text: str, where: str) -> Concepts:
    """Concepts from the text of an asset. AssetError in one line that names the file, line and remedy."""
    found = parse_tables(text, Concept, where)
    if len(found) > CONCEPTS:
        raise AssetError(f"{where}: {len(found)} concepts, but there is room for {CONCEPTS}; remove some")
    shown = list(packaged())
    face, pump, fade = np.zeros((CONCEPTS, ROOM)), np.zeros((CONCEPTS, len(Role))), np.ones(CONCEPTS)
    whole: dict[str, tuple[int, ...]] = {}
    begun: dict[str, tuple[int, ...]] = {}
    for i, (name, concept) in enumerate(found.items()):
        fade[i] = 1.0 / concept.seconds
        for key, strength in concept.face.items():
            face[i, index(key, shown, f"{where}:{line_of(text, f'{name}.face.{key}') or 1}", "expression")] = strength
        for key, factor in concept.field.items():
            pump[i, index(key, ROLES, f"{where}:{line_of(text, f'{name}.field.{key}') or 1}", "oscillator")] = factor**2 - 1.0
        for word in concept.words:
            stem = word.rstrip("*")
            if not stem or stem != stem.lower() or "*" in stem or " " in stem:
                at = f"{where}:{line_of(text, f'{name}.words') or 1}"
                raise AssetError(f"{at}: {word!r} cannot be matched; write one word in small letters, with * for any ending")
            table = whole if stem == word else begun
            table[stem] = (*table.get(stem, ()), i)
    return Concepts(names=tuple(found), whole=whole, begun=begun, face=face, pump=pump, fade=fade)


def stirred(word: str, known: Concepts) -> list[int]:
    """Concepts that a word wakes, as it is spoken (capitals and punctuation do not matter)."""
    plain = "".join(c for c in word.lower() if c.isalpha() or c in "'’-").strip("'’-")
    found = set(known.whole.get(plain, ()))
    for n in range(3, len(plain) + 1):
        found |= set(known.begun.get(plain[:n], ()))
    return sorted(found)
