"""Where memories lie: DIR/NAME.psimem, and the key of an encrypted one."""

import os
from pathlib import Path

from . import secret as secrets
from .rows import MemoryFileError
from .store import Store

SUFFIX = ".psimem"
VARIABLE = "PSI_MEMORY"


def folder(given: Path | None = None) -> Path:
    """The given one, or what PSI_MEMORY names, or where this system keeps data of its user."""
    if given is None and not os.environ.get(VARIABLE):
        from platformdirs import user_data_path

        return user_data_path("psi-ecs", appauthor=False) / "memory"
    return given or Path(os.environ[VARIABLE])


def memory_file(persona: str, given: Path | None = None) -> Path:
    """The file of a persona. MemoryFileError for a name that is none."""
    strange = persona.startswith(".") or not persona.isprintable() or set(persona) & set('/\\:*?"<>|')
    if not persona or len(persona) > 100 or strange:
        raise MemoryFileError(f"{persona[:100]!r} is no name of a persona with a memory; give one such as mira")
    return folder(given) / (persona + SUFFIX)


def personas(given: Path | None = None) -> list[str]:
    """Who has a memory in a folder."""
    try:
        return sorted(p.stem for p in folder(given).glob("*" + SUFFIX) if p.is_file())
    except OSError:
        return []


def open_memory(
    persona: str, given: Path | None = None, *, key: Path | None = None, readonly: bool = False, threaded: bool = True
) -> Store:
    """The memory of a persona. Args: given: its folder; key: file of its key, else the keyring of this system is asked, if it
    is encrypted. MemoryFileError in one line if it cannot be used."""
    path = memory_file(persona, given)
    if readonly and not path.exists():
        there = personas(given)
        remedy = f"here remember {', '.join(there)}" if there else "speaking makes one, and psi memory new"
        raise MemoryFileError(f"{path}: {persona} has no memory here; {remedy}")
    secret = secrets.read(persona, path, key) if key is not None or secrets.encrypted(path) else None
    return Store(path, persona, secret=secret, readonly=readonly, threaded=threaded)
