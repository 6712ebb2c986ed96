"""Heads by name or path."""

from functools import lru_cache
from pathlib import Path

from psi_ecs import AssetError
from psi_ecs.asset import find
from psi_ecs.components.face import Head

from .glb import read_head


def load_head(name: str, base: Path | None = None) -> Head:
    """A head asset by name, or a GLB by its path (relative to `base`). AssetError if it is missing or broken."""
    if not name.endswith(".glb"):
        try:
            path = find(f"heads/{name}.glb")
        except AssetError as why:
            raise AssetError(f"no head {name!r}; name an asset in assets/heads, or the path of a GLB file") from why
    else:
        path = (base or Path()) / name
    try:
        state = path.stat()
        return _head(path, state.st_mtime_ns, state.st_size)
    except AssetError as why:
        raise AssetError(f"{path.parent / path.stem}{str(why).removeprefix(path.stem)}") from why
    except (OSError, ValueError) as why:  # a ValueError for a path with a NUL
        raise AssetError(f"{path}: {(getattr(why, 'strerror', None) or str(why)).lower()}; check the path of the head") from why


@lru_cache(maxsize=8)
def _head(path: Path, _: int, __: int) -> Head:
    """Heads are read once, and again when their file has changed; nobody writes into them."""
    return read_head(path.read_bytes(), path.stem)
