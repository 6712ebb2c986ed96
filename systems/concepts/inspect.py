"""What is on an avatar's mind, for hosts to look at."""

import numpy as np
from msgspec import Struct

from psi_ecs import World
from psi_ecs.components.text import FEELINGS

from .feeling import SURE, described
from .graph import joined, mind


class Awake(Struct, frozen=True):
    """A concept, how awake it is, and how it was spoken of."""

    name: str
    active: float
    """0 to 1."""
    slow: float
    """Likewise, in working memory."""
    feeling: dict[str, float]
    """As FEELINGS, of the tone that it was spoken of with; what is 0 is left out."""
    confidence: float
    """In that, 0 to 1."""
    tone: str
    """The same in words; empty for none."""


def awake(world: World, avatar: int) -> list[Awake]:
    """An avatar's concepts, the most awake first. PsiError if it has none yet."""
    graph, parts = mind(world, avatar)
    active, slow, evidence, tone = (
        joined([getattr(c, name) for _, c in parts], np.float64)[graph.rows] for name in ("active", "slow", "evidence", "tone")
    )
    found = []
    for k in np.argsort(-active, kind="stable").tolist():
        sure = float(-np.expm1(-SURE * evidence[k]))
        felt = zip(FEELINGS, tone[k].tolist(), strict=False)
        feeling = {name: round(x, 4) for name, x in felt if abs(x) > 1e-3} if sure > 0.0 else {}
        told = described(tone[k]) if sure > 0.01 else ""
        found.append(Awake(graph.names[k], float(active[k]), float(slow[k]), feeling, sure, told))
    return found
