"""The engine: tables and ticks. It knows nothing of voices or faces.

A world holds entities in tables of typed NumPy columns; systems are functions whose signatures say what they read and
write; an app runs them in stages, sixty ticks a second on an integer clock of audio samples.
"""

import importlib
import typing
from pathlib import Path as _Path

_root = _Path(__file__).resolve().parent.parent
if (_root / "pyproject.toml").is_file() and (_root / "systems").is_dir():  # a source checkout: the folders lie side by side
    __path__.append(str(_root))

if typing.TYPE_CHECKING:
    from .api import *  # noqa: F403
    from .api import __all__ as __all__
else:

    def __getattr__(name):
        """Bring in the public names when the first is asked for: without NumPy, `psi --help` answers at once."""
        if name.startswith("__") and name != "__all__":
            raise AttributeError(name)
        api = importlib.import_module(f"{__name__}.api")
        found = {each: getattr(api, each) for each in api.__all__} | {"__all__": api.__all__}
        globals().update(found)
        if name not in found:
            raise AttributeError(f"psi_ecs has no {name!r}")
        return found[name]
