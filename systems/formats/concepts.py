"""Reads concept files: words, what they stir, and how concepts go together."""

from difflib import get_close_matches
from functools import cache
from pathlib import Path

from psi_ecs import AssetError
from psi_ecs.asset import package_folder
from psi_ecs.components.concept import KINDS, MOST, Concepts, Seed

from .expression import packaged
from .pattern import ROLES
from .toml import index, line_of, parse_tables, read_text

DEFAULT = 0.5
"""Strength of a link that says none."""
LONGEST = 60
"""Letters of a name or a word; a word may be a phrase of PHRASE words."""
PHRASE = 3
WORDS = 64
"""Words of a concept at most, and links."""


@cache
def concepts() -> Concepts:
    """The package's concepts."""
    path = package_folder("assets") / "concepts" / "everyday.toml"
    return parse_concepts(read_text(path), str(path))


def load_concepts(name: str, base: Path | None = None) -> Concepts:
    """The package's concepts with those of a file (relative to `base`) added, or instead where names are the same."""
    path = (base or Path()) / name
    return added(concepts(), parse_concepts(read_text(path), str(path), concepts()), str(path))


def added(old: Concepts, new: Concepts, where: str) -> Concepts:
    """Concepts with others added; of the same name the new one counts. AssetError if they are too many."""
    seeds = {**old.seeds, **new.seeds}
    if len(seeds) > MOST:
        raise AssetError(f"{where}: makes {len(seeds)} concepts, but there is room for {MOST}; remove some")
    return Concepts(seeds, [*(link for link in old.links if link[0] not in new.seeds), *new.links])


def parse_concepts(text: str, where: str, known: Concepts | None = None) -> Concepts:
    """Concepts from the text of a file. Links may go to those of the file and those `known`. AssetError in one line that names
    the file, line and remedy."""
    seeds = parse_tables(text, Seed, where)
    if len(seeds) > MOST:
        raise AssetError(f"{where}: {len(seeds)} concepts, but there is room for {MOST}; remove some")
    names = [*seeds, *(known.seeds if known else ())]
    links: list[tuple[str, str, int, float]] = []
    for name, seed in seeds.items():
        _check(name, seed, text, where)
        links += _links(name, seed, names, text, where)
    return Concepts(seeds, links)


def _at(text: str, where: str, path: str) -> str:
    return f"{where}:{line_of(text, path) or 1}"


def _check(name: str, seed: Seed, text: str, where: str) -> None:
    """Names and words that can be matched, expressions and oscillators that there are."""
    if not (0 < len(name) <= LONGEST and name.isprintable() and name == name.strip()):
        raise AssetError(f"{_at(text, where, name)}: {name[:60]!r} cannot name a concept; use 1 to {LONGEST} letters")
    for what, value in (("words", seed.words), ("links", [t for k in seed.links.values() for t in k])):
        if len(value) > WORDS:
            raise AssetError(f"{_at(text, where, f'{name}.{what}')}: {name} has {len(value)} {what}; leave {WORDS} at most")
    for key in seed.face:
        if key not in packaged():
            index(key, list(packaged()), _at(text, where, f"{name}.face.{key}"), "expression")
    for key in seed.field:
        if key not in ROLES:
            index(key, ROLES, _at(text, where, f"{name}.field.{key}"), "oscillator")
    for word in seed.words:
        stem = word.removesuffix("*")
        good = stem == " ".join(stem.split()) and stem == stem.lower() and "*" not in stem and stem.isprintable()
        if not good or not stem or len(stem) > LONGEST or len(stem.split()) > (1 if stem != word else PHRASE):
            raise AssetError(
                f"{_at(text, where, f'{name}.words')}: {word!r} cannot be matched; write a word in small letters, with * for "
                f"any ending, or a phrase of up to {PHRASE}"
            )


def _links(name: str, seed: Seed, names: list[str], text: str, where: str) -> list[tuple[str, str, int, float]]:
    """The links of an entry, each to another concept that there is."""
    found: dict[str, tuple[str, str, int, float]] = {}
    for kind, targets in seed.links.items():
        if kind not in KINDS:
            index(kind, list(KINDS), _at(text, where, f"{name}.links.{kind}"), "kind of link")
        strengths = targets.items() if isinstance(targets, dict) else ((t, DEFAULT) for t in targets)
        for target, strength in strengths:
            place = f"{name}.links.{kind}" + (f".{target}" if isinstance(targets, dict) else "")
            if target not in names or target == name:
                near = get_close_matches(target, [n for n in names if n != name], 1)
                hint = f"did you mean {near[0]!r}?" if near else f"add [{target[:LONGEST]}], or leave the link out"
                raise AssetError(f"{_at(text, where, place)}: no other concept {target[:LONGEST]!r}; {hint}")
            if not 0.0 <= strength <= 1.0:
                raise AssetError(f"{_at(text, where, place)}: {target} is {strength:g}; a strength lies in 0 to 1")
            found[target] = (name, target, int(KINDS[kind]), float(strength))
    return list(found.values())
