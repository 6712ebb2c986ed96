"""Reading a text before it is performed, so that what is wrong with it is told before anything is made."""

from pathlib import Path

from psi_ecs import AssetError
from psi_ecs.components.oscillator import Core
from psi_ecs.components.scene import Scene
from psi_ecs.systems.dynamics import load_core
from psi_ecs.systems.formats.scene import check_text, find_scene, load_scene
from psi_ecs.systems.formats.toml import line_of, read_text
from psi_ecs.systems.language import TextError, speakable


def proof_text(text: str, where: str) -> None:
    """AssetError in one line that begins with `where` unless something in the text can be spoken."""
    check_text(text, where)
    try:
        why = speakable(text)
    except TextError as wrong:
        raise AssetError(f"{where}: {wrong}") from wrong
    if why is not None:
        raise AssetError(f"{where}: nothing in the text can be spoken ({why}); write at least one English word")


def core_of(name: str | None) -> Core | None:
    """The field that an option --core names. AssetError in one line if it cannot be used."""
    return None if name is None else load_core(name)


def read_scene(name: str) -> tuple[Scene, Path]:
    """A scene by path or name, with the file it was read from, its texts proofread. AssetError in one line if it is wrong."""
    path = find_scene(name)
    scene = load_scene(path)
    if scene.core:
        try:
            load_core(scene.core, path.parent)
        except AssetError as why:
            raise AssetError(f"{path}:{line_of(read_text(path), 'core') or 1}: {why}") from why
    for i, line in enumerate(scene.line):
        if line.quote:
            continue
        try:
            proof_text(line.text, f"line {i + 1}")
        except AssetError as why:
            raise AssetError(f"{path}:{line_of(read_text(path), f'line[{i}].text') or 1}: {why}") from why
    return scene, path
