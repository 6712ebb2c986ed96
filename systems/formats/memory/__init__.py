"""ψ-memory at rest: one SQLite file for each persona, and beside it a cache that makes a search among very many quick."""

from .place import folder, memory_file, open_memory, personas
from .rows import MemoryFileError
from .store import Merged, Report, Store

__all__ = ["MemoryFileError", "Merged", "Report", "Store", "folder", "memory_file", "open_memory", "personas"]
