"""The engine: tables and ticks."""

from pathlib import Path as _Path

_root = _Path(__file__).resolve().parent.parent
if (_root / "pyproject.toml").is_file() and (_root / "systems").is_dir():  # a source checkout: the folders lie side by side
    __path__.append(str(_root))
