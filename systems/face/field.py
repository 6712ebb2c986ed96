"""The oscillators of faces, looked up by role and avatar."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from psi_ecs.components.oscillator import Oscillator, Role

ROLES = len(Role)


class Field(NamedTuple):
    """Phases and frequencies of one table of avatars; `row` finds them again in the oscillators' own table."""

    theta: NDArray[np.float64]
    """f64[ROLES, A], cycles."""
    freq: NDArray[np.float64]
    """f64[ROLES, A], Hz."""
    row: NDArray[np.intp]
    """intp[ROLES, A]."""
    source: Oscillator

    def wrapped(self, role: Role, dt: float) -> NDArray[np.bool_]:
        """Whose oscillator began a new cycle in this tick."""
        return self.theta[role] < self.freq[role] * dt

    def restart(self, role: Role, who: NDArray[np.intp], period: NDArray[np.float64]) -> None:
        """Begin a new cycle of that many seconds now."""
        rows = self.row[role, who]
        self.source.theta[rows] = self.theta[role, who] = 0.0
        self.retime(role, who, period)

    def retime(self, role: Role, who: NDArray[np.intp], period: NDArray[np.float64]) -> None:
        """Let the running cycle last that many seconds, keeping the time since it began."""
        since = self.theta[role, who] / np.maximum(self.freq[role, who], 1e-9)
        rows = self.row[role, who]
        self.source.freq[rows] = self.freq[role, who] = 1.0 / period
        self.source.theta[rows] = self.theta[role, who] = np.minimum(since / period, 0.999)


def gather(ids: NDArray[np.uint64], source: Oscillator, avatar: NDArray[np.uint64], role: NDArray[np.int16]) -> Field | None:
    """The field of avatars `ids` from oscillator columns; None while any of them still lacks an oscillator."""
    order = np.argsort(ids)
    place = np.minimum(np.searchsorted(ids, avatar, sorter=order), len(ids) - 1)
    who = order[place]
    mine = np.flatnonzero(ids[who] == avatar)
    row = np.full((ROLES, len(ids)), -1, np.intp)
    row[role[mine], who[mine]] = mine
    if row.min(initial=0) < 0:
        return None
    return Field(source.theta[row], source.freq[row], row, source)
