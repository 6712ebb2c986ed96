"""The engine: tables and ticks. It knows nothing of voices or faces.

A world holds entities in tables of typed NumPy columns; systems are functions whose signatures say what they read and
write; an app runs them in stages, sixty ticks a second on an integer clock of audio samples.
"""

from pathlib import Path as _Path

_root = _Path(__file__).resolve().parent.parent
if (_root / "pyproject.toml").is_file() and (_root / "systems").is_dir():  # a source checkout: the folders lie side by side
    __path__.append(str(_root))

from .app import App
from .asset import AssetChanged, Assets, Handle
from .clock import Clock
from .component import (
    Col,
    Disabled,
    Tag,
    bool_,
    component,
    f32,
    f64,
    field,
    i8,
    i16,
    i32,
    i64,
    u8,
    u32,
    u64,
)
from .error import AssetError, EntityError, PsiError, ScheduleError, SnapshotError
from .event import Reader, Writer
from .query import Commands, Query, Res, Sparse, Write
from .reflect import describe
from .relation import Edges, relation
from .rng import Rng
from .schedule import System, system
from .snapshot import Journal, merge
from .state import States, entered, in_state, left
from .table import Entities
from .world import World

__all__ = [
    "App",
    "AssetChanged",
    "AssetError",
    "Assets",
    "Clock",
    "Col",
    "Commands",
    "Disabled",
    "Edges",
    "Entities",
    "EntityError",
    "Handle",
    "Journal",
    "PsiError",
    "Query",
    "Reader",
    "Res",
    "Rng",
    "ScheduleError",
    "SnapshotError",
    "Sparse",
    "States",
    "System",
    "Tag",
    "World",
    "Write",
    "Writer",
    "bool_",
    "component",
    "describe",
    "entered",
    "f32",
    "f64",
    "field",
    "i8",
    "i16",
    "i32",
    "i64",
    "in_state",
    "left",
    "merge",
    "relation",
    "system",
    "u8",
    "u32",
    "u64",
]
