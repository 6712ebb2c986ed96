"""A persona with its voice in one file, which another machine opens: a ZIP of persona.toml, the voice asset, and what says
under which licence it may be used.

Where the path of a persona may stand, such a file may; a file within it is named as if the pack were a folder.
"""

import io
import zipfile
from pathlib import Path

from psi_ecs import AssetError

PERSONA = "persona.toml"
LARGEST = 512 << 20
"""Bytes that one file of a pack may unpack to."""
_THEN = (1980, 1, 1, 0, 0, 0)


def packed(name: str | Path) -> bool:
    """Whether a path leads into a pack."""
    return Path(name).parent.suffix == ".zip"


def read_packed(path: Path) -> bytes:
    """A file within a pack, PACK.zip/NAME. AssetError in one line if there is none or it is damaged."""
    pack = path.parent
    try:
        with zipfile.ZipFile(pack) as file:
            if path.name not in file.namelist():
                raise AssetError(f"{pack}: holds no {path.name}; give a pack made by psi voice export")
            if file.getinfo(path.name).file_size > LARGEST:
                raise AssetError(f"{path}: is larger than {LARGEST >> 20} MiB; make it smaller")
            return file.read(path.name)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as why:  # the last three: packed in a way zipfile
        # does not know, encrypted, cut short
        raise AssetError(f"{pack}: is no ZIP file, or damaged ({why}); give a pack made by psi voice export") from why
    except (OSError, ValueError) as why:
        raise AssetError(f"{pack}: {(getattr(why, 'strerror', None) or str(why)).lower()}; check the path") from why


def pack(files: dict[str, bytes]) -> bytes:
    """A pack of files by name; the same files give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, _THEN)
            entry.external_attr = 0o644 << 16
            stored = name.endswith(".voice")  # compressed already
            file.writestr(entry, data, zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED)
    return out.getvalue()
