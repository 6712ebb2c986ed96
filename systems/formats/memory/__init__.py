"""ψ-memory at rest: one SQLite file for each persona, and beside it a cache that makes a search among very many quick."""

from .rows import MemoryFileError
from .store import Merged, Report, Store

__all__ = ["MemoryFileError", "Merged", "Report", "Store"]
