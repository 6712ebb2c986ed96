"""Scene files: read, checked, and described by a JSON Schema."""

import json
import unicodedata
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import msgspec

from psi_ecs import AssetError
from psi_ecs.asset import package_folder
from psi_ecs.components.scene import Scene
from psi_ecs.components.text import EMOTIONS

from .persona import load_persona
from .toml import _line_of, parse_toml, read_text

LONGEST = 50_000
"""Characters a line may hold."""
FEELINGS = (*EMOTIONS, "neutral", "valence", "arousal", "dominance")


def scenes() -> list[str]:
    """Names of the scenes that the package carries."""
    return sorted(p.stem for p in package_folder("scenes").glob("*.toml"))


def find_scene(name: str) -> Path:
    """A scene by its path, or by the name of one that the package carries. AssetError with the nearest name if there
    is none."""
    path = Path(name)
    if path.is_file():
        return path
    for candidate in (path.name, f"{path.name}.toml"):
        packaged = package_folder("scenes") / candidate
        if packaged.is_file() and (path.parent == Path() or path.parent.name == "scenes"):
            return packaged
    near = get_close_matches(path.stem, scenes(), 1, 0.4)
    hint = f"did you mean {near[0]!r}?" if near else f"scenes that come along: {', '.join(scenes())}"
    raise AssetError(f"{name}: there is no such scene; {hint}")


def load_scene(path: Path) -> Scene:
    """A scene file. AssetError in one line, with file, line and remedy, for whatever is wrong in it."""
    text = read_text(path)
    scene = parse_toml(text, Scene, str(path))
    check(scene, text, path)
    return scene


def check(scene: Scene, text: str, path: Path) -> None:
    """What the types cannot say: names that must exist, texts that can be spoken."""

    def at(key: str) -> str:
        return f"{path}:{_line_of(text, key) or 1}"

    names = [a.name for a in scene.avatar]
    for i, who in enumerate(names):
        if not who.strip():
            raise AssetError(f"{at(f'avatar[{i}].name')}: an avatar needs a name")
        if who in names[:i]:
            raise AssetError(f"{at(f'avatar[{i}].name')}: two avatars are called {who!r}; rename one")
        try:
            load_persona(scene.avatar[i].persona or who, path.parent)
        except AssetError as why:
            raise AssetError(f"{at(f'avatar[{i}]')}: {why}") from why
    for i, line in enumerate(scene.line):
        key = f"line[{i}]"
        _known(line.who, names, f"{at(key + '.who')}: line {i + 1}: no avatar is called")
        check_text(line.text, f"{at(key + '.text')}: line {i + 1}")
        feelings = [line.emotion] if isinstance(line.emotion, str) else list(line.emotion or ())
        for feeling in feelings:
            _known(feeling, list(FEELINGS), f"{at(key + '.emotion')}: line {i + 1}: no emotion is called")
        for feeling, share in line.emotion.items() if isinstance(line.emotion, dict) else ():
            if not (-1 if feeling in FEELINGS[-3:] else 0) <= share <= 1:
                raise AssetError(f"{at(key + '.emotion')}: line {i + 1}: {feeling} is {share:g}; it must lie in 0 to 1")
    for i, cue in enumerate(scene.cue):
        key = f"cue[{i}]"
        _known(cue.who, names, f"{at(key + '.who')}: cue {i + 1}: no avatar is called")
        if cue.line is not None and cue.line > len(scene.line):
            raise AssetError(f"{at(key + '.line')}: cue {i + 1}: there is no line {cue.line}; there are {len(scene.line)}")
        if cue.kind == "gaze" and cue.target is None:
            _known(cue.name, [*names, "camera"], f"{at(key + '.name')}: cue {i + 1}: nobody to look at is called")


def _known(name: str, names: list[str], lead: str) -> None:
    if name not in names:
        near = get_close_matches(name, names, 1, 0.4)
        raise AssetError(f"{lead} {name!r}; " + (f"did you mean {near[0]!r}?" if near else f"use one of {', '.join(names)}"))


def check_text(text: str, where: str) -> None:
    """Refuse text that cannot be spoken: empty, too long, or nothing but control characters."""
    if not text.strip():
        raise AssetError(f"{where}: the text is empty; write at least one word")
    if len(text) > LONGEST:
        raise AssetError(f"{where}: the text has {len(text)} characters; at most {LONGEST} are spoken at once, so split it")
    if not any(unicodedata.category(c)[0] in "LNSP" for c in text):
        raise AssetError(f"{where}: the text holds only control characters and spaces; write at least one word")


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of scene files, for editors."""
    made = msgspec.json.schema(Scene)
    made["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    made["title"] = "psi scene"
    return made


def schema_text() -> str:
    """The schema as the file that is kept in assets/schema."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"
