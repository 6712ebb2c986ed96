"""Concepts: a graph of them in every avatar, woken by words, spreading, and coloured by how they were spoken of."""

from psi_ecs import App
from psi_ecs.systems.formats.concepts import concepts as packaged

from .activate import centre, spread
from .feeling import topic
from .graph import Graphs, sow
from .grow import grow
from .inspect import Awake, awake
from .keep import remembered, restore
from .mention import attune, resonate
from .resolve import resolve

__all__ = ["Awake", "awake", "concepts", "remembered", "resolve", "restore", "sow"]


def concepts(app: App) -> None:
    """Plugin: words wake concepts."""
    app.add(packaged(), Graphs(), topic, attune, resonate, spread, centre, grow)
