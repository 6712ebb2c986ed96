"""The public names of the engine. `psi_ecs` hands them out."""

from .app import App
from .asset import AssetChanged, Assets, Handle
from .clock import Clock
from .column import (
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
from .edge import Edges, relation
from .error import AssetError, EntityError, PsiError, ScheduleError, SnapshotError
from .event import Reader, Writer
from .journal import Journal
from .merging import merge
from .query import Commands, Query, Res, Sparse, Write
from .reflect import describe
from .rng import Rng
from .schedule import System, system
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
