"""Scene files: read, checked, and described by a JSON Schema."""

import ast
import inspect
import json
from collections.abc import Callable
from difflib import get_close_matches
from functools import partial
from itertools import pairwise
from math import dist
from pathlib import Path
from typing import Any

import msgspec

from psi_ecs import AssetError
from psi_ecs.asset import package_folder
from psi_ecs.components import scene as model
from psi_ecs.components.scene import Line, Scene, SceneAvatar, SceneCue
from psi_ecs.components.text import EMOTIONS

from .concepts import load_concepts
from .expression import load_expression
from .pattern import load_pattern
from .persona import load_persona
from .toml import line_of, parse_toml, read_text

LONGEST = 50_000
"""Characters a line may hold."""
FEELINGS = (*EMOTIONS, "neutral", "valence", "arousal", "dominance")
Wrong = Callable[[str, str], AssetError]
"""Makes the error for a key of the part that is being checked, and what is wrong with it."""


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
    """What the types cannot say: names that must exist, texts that are not empty, a camera that stands off its target."""

    def wrong(place: str, lead: str, key: str, message: str) -> AssetError:
        return AssetError(f"{path}:{line_of(text, place + key) or 1}: {lead}{message}")

    names = [a.name for a in scene.avatar]
    for i, avatar in enumerate(scene.avatar):
        _check_avatar(avatar, names[:i], path, partial(wrong, f"avatar[{i}]", ""))
    for i, line in enumerate(scene.line):
        _check_line(line, names, partial(wrong, f"line[{i}]", f"line {i + 1}: "))
    for i, cue in enumerate(scene.cue):
        _check_cue(cue, names, len(scene.line), path, partial(wrong, f"cue[{i}]", f"cue {i + 1}: "))
    eye, target = scene.camera.position, scene.camera.target
    if eye is not None and target is not None and dist(eye, target) < 0.05:
        raise wrong("camera", "", ".target", "the camera stands at its own target; move one of them at least 5 cm away")


def _check_avatar(avatar: SceneAvatar, before: list[str], path: Path, wrong: Wrong) -> None:
    name = avatar.name
    if not name.strip():
        raise wrong(".name", "an avatar needs a name")
    if len(name) > 60 or not name.isprintable() or name[0] == "." or set(name) & set('/\\<>:"|?*'):
        raise wrong(".name", f"{name[:60]!r} cannot name an avatar; use up to 60 letters, digits, spaces, - and _")
    if name in before:
        raise wrong(".name", f"two avatars are called {name!r}; rename one")
    try:
        load_persona(avatar.persona or name, path.parent)
    except AssetError as why:
        raise wrong(".persona" if avatar.persona else ".name", str(why)) from why
    if avatar.pattern:
        _check_asset(load_pattern, avatar.pattern, path, partial(wrong, ".pattern"))
    if avatar.concepts:
        _check_asset(load_concepts, avatar.concepts, path, partial(wrong, ".concepts"))


def _check_line(line: Line, names: list[str], wrong: Wrong) -> None:
    _known(line.who, names, "no avatar is called", ".who", wrong)
    if line.quote and line.text:
        raise wrong(".quote", "a line is said or quoted; leave out text or quote")
    try:
        check_text(line.quote or line.text, "text")
    except AssetError as why:
        raise wrong(".quote" if line.quote else ".text", str(why).removeprefix("text: ")) from why
    for feeling in [line.emotion] if isinstance(line.emotion, str) else list(line.emotion or ()):
        _known(feeling, list(FEELINGS), "no emotion is called", ".emotion", wrong)
    for feeling, share in line.emotion.items() if isinstance(line.emotion, dict) else ():
        low = -1 if feeling in FEELINGS[-3:] else 0
        if not low <= share <= 1:
            raise wrong(".emotion", f"{feeling} is {share:g}; it must lie in {low} to 1")


def _check_cue(cue: SceneCue, names: list[str], lines: int, path: Path, wrong: Wrong) -> None:
    _known(cue.who, names, "no avatar is called", ".who", wrong)
    if cue.line is not None and cue.line > lines:
        raise wrong(".line", f"there is no line {cue.line}; lines are numbered from 1 to {lines}")
    if cue.kind == "gaze" and cue.target is None:
        _known(cue.name, [*names, "camera"], "nobody to look at is called", ".name", wrong)
    for kinds, load in ((("expression", "micro"), load_expression), (("recall",), load_pattern)):
        if cue.kind in kinds:
            _check_asset(load, cue.name, path, partial(wrong, ".name"))


def _check_asset(load: Callable[[str, Path], object], name: str, path: Path, wrong: Callable[[str], AssetError]) -> None:
    try:
        load(name, path.parent)
    except AssetError as why:
        raise wrong(str(why)) from why


def _known(name: str, names: list[str], lead: str, key: str, wrong: Wrong) -> None:
    if name not in names:
        near = get_close_matches(name, names, 1, 0.4)
        raise wrong(key, f"{lead} {name!r}; " + (f"did you mean {near[0]!r}?" if near else f"use one of {', '.join(names)}"))


def check_text(text: str, where: str) -> None:
    """Refuse text that is empty, too long, or no text at all."""
    if not text.strip():
        raise AssetError(f"{where}: the text is empty; write at least one word")
    if len(text) > LONGEST:
        raise AssetError(f"{where}: the text has {len(text)} characters; at most {LONGEST} are spoken at once, so split it")
    if any("\ud800" <= c <= "\udfff" for c in text):
        raise AssetError(f"{where}: the text is not UTF-8; save or type it as UTF-8")


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of scene files, for editors; every key carries what its field's docstring says."""
    made = msgspec.json.schema(Scene)
    told = _docs()
    for name, part in made["$defs"].items():
        for key, spec in part["properties"].items():
            if key in told.get(name, {}):
                part["properties"][key] = _described(spec, told[name][key])
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "psi scene", **made}


def _described(spec: dict[str, Any], text: str) -> dict[str, Any]:
    return {"allOf": [spec], "description": text} if "$ref" in spec else {**spec, "description": text}


def _docs() -> dict[str, dict[str, str]]:
    """Record -> field -> the docstring below the field."""
    out: dict[str, dict[str, str]] = {}
    for record in ast.parse(inspect.getsource(model)).body:
        if isinstance(record, ast.ClassDef):
            for field, text in pairwise(record.body):
                if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant):
                    out.setdefault(record.name, {})[ast.unparse(field.target)] = " ".join(str(text.value.value).split())
    return out


def schema_text() -> str:
    """The schema as the file that is kept in assets/schema."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"
