"""Heads from wherever people have them."""

from pathlib import Path

from psi_ecs import AssetError
from psi_ecs.components.face import Head
from psi_ecs.systems.formats.glb import guarded, read_any
from psi_ecs.systems.formats.importing import Report, import_head
from psi_ecs.systems.formats.obj import read_folder
from psi_ecs.tools.commands.options import watch

LARGEST = 300_000_000
"""Bytes of a GLB that are read at most."""


def bring(source: Path, scale: float | None = None) -> tuple[Head, Report | None]:
    """A head from a GLB, a VRM or a folder of OBJ files; no report of one of our own. AssetError in one line."""
    kind = source.suffix.lower()
    if source.is_dir():
        try:
            found = read_folder(source, lambda files: list(watch("reading", files)))
        except OSError as why:
            raise AssetError(f"{source}: {(why.strerror or str(why)).lower()}; check the folder") from why
        return guarded(lambda: import_head(found, source.name, scale), str(source), "broken OBJ", "export it again")
    if kind == ".obj":
        raise AssetError(f"{source}: one OBJ has no shapes; give the folder that holds it and one OBJ an expression")
    if kind not in (".glb", ".vrm"):
        raise AssetError(f"{source}: is neither GLB nor VRM nor a folder of OBJ files; export it as one of them")
    try:
        if source.exists() and not source.is_file():
            raise AssetError(f"{source}: is no file; give a GLB or VRM")
        if source.stat().st_size > LARGEST:
            raise AssetError(f"{source}: larger than {LARGEST // 1_000_000} MB; export the head alone")
        data = source.read_bytes()
    except (OSError, ValueError) as why:
        raise AssetError(f"{source}: {(getattr(why, 'strerror', None) or str(why)).lower()}; check the path") from why
    try:
        return read_any(data, source.stem, scale)
    except AssetError as why:
        raise AssetError(f"{source}{str(why).removeprefix(source.stem + '.glb')}") from why
