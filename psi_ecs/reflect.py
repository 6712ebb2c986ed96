"""Reflection: what a world is made of, as plain data that an inspector or a remote can show."""

from inspect import cleandoc
from typing import Any

from msgspec import Struct, to_builtins

from .app import App
from .column import REGISTRY, fields


def describe(app: App) -> dict[str, Any]:
    """Components (fields with dtype, unit, range and doc), tables, relations, systems (stage, reads, writes, last ms),
    resources."""
    world = app.world
    used = {c for t in world.tables.values() for c in t.key} | set(world.edges)
    return {
        "tick": world.tick,
        "components": {c.__name__: _component(c) for c in sorted(used, key=lambda c: c.__name__)},
        "known": sorted(REGISTRY),
        "tables": [{"components": [c.__name__ for c in t.key], "rows": t.n} for t in world.tables.values()],
        "relations": {c.__name__: len(e) for c, e in sorted(world.edges.items(), key=lambda p: p[0].__name__)},
        "sparse": {c.__name__: len(v) for c, v in sorted(world.sparse.items(), key=lambda p: p[0].__name__)},
        "systems": [
            {
                "name": s.name,
                "stage": s.stage,
                "doc": (s.run.__doc__ or "").strip().split("\n")[0],
                "reads": sorted(_name(c) for c in s.reads),
                "writes": sorted(_name(c) for c in s.writes),
                "every": s.every,
                "last_ms": round(s.last_ms, 4),
            }
            for s in app.systems
        ],
        "resources": {
            c.__name__: to_builtins(r, enc_hook=repr) if isinstance(r, Struct) else type(r).__name__
            for c, r in sorted(world.resources.items(), key=lambda p: p[0].__name__)
        },
    }


def _component(cls: type) -> dict[str, Any]:
    return {
        "doc": cleandoc(cls.__doc__ or ""),
        "fields": {
            name: {
                "dtype": f.dtype.name,
                "shape": list(f.shape),
                "unit": f.unit,
                "range": [f.low, f.high],
                "doc": f.doc,
            }
            for name, f in fields(cls).items()
        },
    }


def _name(touched: Any) -> str:
    return f"{touched[0]}[{touched[1].__name__}]" if isinstance(touched, tuple) else str(touched.__name__)
