"""Encryption at rest: SQLCipher encrypts every page of the file and of its log; here is the one door to it."""

import sys
from typing import Any

from psi_ecs import PsiError


def library() -> Any:
    """The module, like sqlite3. PsiError if it is not installed."""
    try:
        from sqlcipher3 import dbapi2
    except ImportError as why:
        raise PsiError("encryption needs another library; pip install 'psi-ecs[secret]'") from why
    return dbapi2


def errors() -> tuple[type[Exception], ...]:
    """What it raises, if it is in use."""
    module = sys.modules.get("sqlcipher3.dbapi2")
    return (module.Error,) if module is not None else ()
