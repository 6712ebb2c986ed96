"""Encryption at rest: SQLCipher encrypts every page of the file and of its log (AES-256, HMAC-SHA512). Here is the one door to
it, and to the keyring of the system; keys are 32 random bytes, so nothing is derived from a word that could be guessed."""

import os
import secrets
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from .rows import MemoryFileError

SERVICE = "psi-ecs memory"
_HEAD = b"SQLite format 3\0"


def library() -> Any:
    """The module, like sqlite3. MemoryFileError if it is not installed."""
    try:
        from sqlcipher3 import dbapi2
    except ImportError as why:
        raise MemoryFileError("an encrypted memory needs another library; pip install 'psi-ecs[secret]'") from why
    return dbapi2


def errors() -> tuple[type[Exception], ...]:
    """What it raises, if it is in use."""
    module = sys.modules.get("sqlcipher3.dbapi2")
    return (module.Error,) if module is not None else ()


def encrypted(path: Path) -> bool:
    """Whether a file looks encrypted: it is a whole number of pages without a head that can be read."""
    try:
        with path.open("rb") as file:
            head = file.read(len(_HEAD))
        return bool(head) and head != _HEAD and path.stat().st_size % 4096 == 0
    except (OSError, ValueError):
        return False


def read(persona: str, path: Path, key: Path | None) -> bytes:
    """The key of a memory, from a file or from the keyring. MemoryFileError in one line if there is none."""
    if key is not None:
        return _from_file(key)
    text = _keyring().get_password(SERVICE, str(path.absolute()))
    if not text:
        raise MemoryFileError(f"{path}: is encrypted or damaged, and the keyring has no key of it; give --key FILE")
    return _parsed(text, f"the keyring's key of {persona}")


def make(path: Path, key: Path | None) -> bytes:
    """A new key for a new memory, put into a file that only its owner can read, or into the keyring."""
    made = secrets.token_bytes(32)
    if key is None:
        _keyring().set_password(SERVICE, str(path.absolute()), made.hex())
        return made
    try:
        with os.fdopen(os.open(key, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(made.hex() + "\n")
    except OSError as why:
        raise MemoryFileError(f"{key}: cannot be made: {(why.strerror or str(why)).lower()}; choose another file") from why
    return made


def _from_file(key: Path) -> bytes:
    try:
        mode = key.stat().st_mode
        if os.name == "posix" and mode & 0o077:
            raise MemoryFileError(f"{key}: others can read this key (mode {mode & 0o777:04o}); chmod 600 it first")
        text = key.read_text("ascii")
    except (OSError, ValueError) as why:
        reason = getattr(why, "strerror", None) or "it is no text"
        raise MemoryFileError(f"{key}: cannot be read as a key: {reason.lower()}; check the path") from why
    return _parsed(text, str(key))


def _parsed(text: str, where: str) -> bytes:
    with suppress(ValueError):
        if len(found := bytes.fromhex(text.strip())) == 32:
            return found
    raise MemoryFileError(f"{where}: is no key of 64 hexadecimal digits; psi memory new --encrypt makes one")


def _keyring() -> Any:
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError as why:
        raise MemoryFileError("the keyring needs another library; pip install 'psi-ecs[secret]', or give --key FILE") from why
    try:
        keyring.get_password(SERVICE, "")
    except KeyringError as why:
        reason = " ".join(str(why).split())[:120]
        raise MemoryFileError(f"this system has no keyring that can be used ({reason}); give --key FILE") from why
    return keyring
