"""Assets: files that become values, by integer handle, with a cache of baked products and reload when a file changes."""

import os
from collections.abc import Callable
from difflib import get_close_matches
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NewType

from msgspec import Struct

from .codec import seal, unseal
from .error import AssetError, SnapshotError

Handle = NewType("Handle", int)
Load = Callable[[bytes, str], Any]
PRODUCT = b"psi-product\x01"


class AssetChanged(Struct, frozen=True):
    """Event: a file was changed and its asset loaded anew; handles stay."""

    handle: int
    path: str
    error: str = ""
    """Why the file could not be loaded; the asset is as it was then."""


class Assets:
    """Resource (not saved): loaded assets."""

    def __init__(self, cache: Path | None = None) -> None:
        """`cache` is the folder for baked products; the user's cache folder when left out."""
        self._cache = cache
        self._loaders: dict[str, Load] = {}
        self._handles: dict[str, Handle] = {}
        self._values: list[Any] = []
        self._files: list[Path] = []
        self._seen: list[tuple[int, int]] = []
        self.watching = False
        """Look for changed files at each tick's start."""

    def loader(self, extension: str, load: Load) -> None:
        """Files ending in `extension` become load(bytes, name), which raises AssetError if it cannot."""
        self._loaders[extension] = load

    def load(self, path: str | Path) -> Handle:
        """Load a file, or an asset of the package by its path under `assets/`. AssetError if it is missing or of no
        known kind."""
        file = find(path)
        key = str(file)
        if key not in self._handles:
            self._handles[key] = Handle(len(self._values))
            self._values.append(self._read(file))
            self._files.append(file)
            self._seen.append(_stamp(file))
        return self._handles[key]

    def __getitem__(self, handle: Handle) -> Any:
        """The value behind a handle."""
        return self._values[handle]

    def _read(self, file: Path) -> Any:
        if file.suffix not in self._loaders:
            known = ", ".join(sorted(self._loaders)) or "none"
            raise AssetError(f"{file}: no loader for {file.suffix or 'files without extension'}; there are loaders for {known}")
        try:
            return self._loaders[file.suffix](file.read_bytes(), file.stem)
        except OSError as why:
            raise AssetError(f"{file}: cannot be read: {why.strerror}") from why

    def changes(self) -> list[AssetChanged]:
        """Load again what changed on disk since last asked; where that fails the old value stays, and the event says why."""
        if not self.watching:
            return []
        found = []
        for i, file in enumerate(self._files):
            stamp = _stamp(file)
            if stamp != self._seen[i] and stamp != (0, 0):
                self._seen[i] = stamp
                try:
                    self._values[i] = self._read(file)
                except AssetError as why:  # half written, or a slip of its editor
                    found.append(AssetChanged(i, str(file), str(why)))
                else:
                    found.append(AssetChanged(i, str(file)))
        return found

    def product(
        self, make: Callable[[], Any], source: bytes, settings: object = None, version: int = 1, needs: tuple[bytes, ...] = ()
    ) -> Any:
        """What `make` returns (plain data and arrays), kept on disk under the hash of everything it depends on.

        `source` are the bytes it is made from, `settings` plain data, `version` the maker's own, `needs` further bytes.
        """
        key = blake2b(seal(PRODUCT, [source, settings, version, list(needs)]), digest_size=16).hexdigest()
        file = (self._cache or cache_folder()) / f"{key}.product"
        try:
            return unseal(PRODUCT, "a product", file.read_bytes())
        except (OSError, SnapshotError):
            value = make()
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            part = file.with_suffix(f".{os.getpid()}.part")
            part.write_bytes(seal(PRODUCT, value))
            os.replace(part, file)
        except OSError:
            return value  # a cache that cannot be written only costs time
        return value


def find(path: str | Path) -> Path:
    """A file by its path, or by its path under the package's `assets/`. AssetError if neither exists."""
    if Path(path).is_file():
        return Path(path).resolve()
    packaged = package_folder("assets") / path
    if packaged.is_file():
        return packaged
    near = get_close_matches(Path(path).name, _beside(Path(path)) | _beside(packaged), 1)
    hint = f"; did you mean {Path(path).with_name(near[0]).as_posix()}?" if near else ""
    raise AssetError(f"{path}: there is no such file or asset{hint}")


def _beside(path: Path) -> set[str]:
    """Names of the files in a path's folder; none if there is no such folder."""
    return {p.name for p in path.parent.iterdir() if p.is_file()} if path.parent.is_dir() else set()


def package_folder(name: str) -> Path:
    """A folder of package data: `assets` or `scenes`."""
    spec = find_spec(f"psi_ecs.{name}")
    places = list(spec.submodule_search_locations or []) if spec else []
    if not places:
        raise AssetError(f"the package's {name} folder is missing; install psi-ecs again")
    return Path(places[0])


def cache_folder() -> Path:
    """Where baked products go: $PSI_CACHE, else psi-ecs under the user's cache folder."""
    if os.environ.get("PSI_CACHE"):
        return Path(os.environ["PSI_CACHE"])
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    return (Path(base) if base else Path.home() / ".cache") / "psi-ecs"


def _stamp(file: Path) -> tuple[int, int]:
    try:
        state = file.stat()
    except OSError:
        return (0, 0)
    return (state.st_mtime_ns, state.st_size)
