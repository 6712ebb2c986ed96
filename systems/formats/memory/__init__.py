"""ψ-memory at rest: one file for each persona. SQLite holds it; a cache of cells beside it makes a search among very many quick."""

from .rows import MemoryFileError
from .store import Merged, Report, Store

__all__ = ["MemoryFileError", "Merged", "Report", "Store"]
