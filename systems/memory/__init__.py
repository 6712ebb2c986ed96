"""ψ-memory at work: turns are kept as they are spoken, and recalled, quoted, blended and travelled between."""

from psi_ecs import App

from .keep import keep, open_moment
from .rerun import Rerun

__all__ = ["Rerun", "memory"]


def memory(app: App) -> None:
    """Plugin: what is said is kept."""
    app.add(open_moment, keep)
