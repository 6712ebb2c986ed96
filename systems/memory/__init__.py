"""ψ-memory at work: turns are kept as they are spoken, and recalled, quoted, blended and travelled between.

`open_moment` and `keep` note all that a turn follows from, `remember` makes entries of it, `lean` lets them draw what is said
next, `begin_quotes` and `quote` show a moment again, `travel` moves a mood.
"""

from psi_ecs import App

from .keep import keep, open_moment
from .lean import lean, wear
from .library import Library, Mind
from .memoir import Memoir, heed
from .quote import Reruns, begin_quotes, quote
from .remember import remember
from .rerun import Rerun
from .travel import travel

__all__ = ["Library", "Memoir", "Mind", "Rerun", "Reruns", "memory", "travel"]


def memory(app: App) -> None:
    """Plugin: what is said is kept and can be recalled."""
    app.add(Library(), open_moment, keep, remember, lean, wear, begin_quotes, quote, heed)
