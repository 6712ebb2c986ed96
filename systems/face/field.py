"""The oscillators of faces, looked up by role and avatar."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from psi_ecs.components.oscillator import Oscillator, Part, Role

ROLES = len(Role)


class Field(NamedTuple):
    """Phases and frequencies of one table of avatars, views where they lie in a run, else copies; `row` finds them again in the
    oscillators' own table."""

    theta: NDArray[np.float64]
    """f64[ROLES, A], cycles."""
    freq: NDArray[np.float64]
    """f64[ROLES, A], Hz."""
    amp: NDArray[np.float32]
    """f32[ROLES, A]."""
    row: NDArray[np.intp]
    """intp[ROLES, A]."""
    source: Oscillator

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


class Index:
    """Resource, derived and not saved: where the oscillators of avatars lie. Columns that moved are new arrays."""

    def __init__(self) -> None:
        """Nothing looked up yet."""
        self._table: tuple[Oscillator | None, NDArray[np.uint64] | None] = None, None
        self._found = dict[int, tuple[NDArray[np.uint64], NDArray[np.intp] | None, Field | None]]()

    def field(self, ids: NDArray[np.uint64], source: Oscillator, part: Part) -> Field | None:
        """The field of avatars `ids` in one table of oscillators; None while any of them still lacks one."""
        if self._table[0] is not source or self._table[1] is not part.avatar:
            self._table = source, part.avatar
            self._found.clear()
        kept = self._found.get(id(ids))
        if kept is None or kept[0] is not ids:  # the array is kept, so that its id cannot be another's
            row = rows(ids, part.avatar, part.role)
            kept = self._found[id(ids)] = ids, row, None if row is None else viewed(row, source)
        _, row, view = kept
        if row is None or view is not None:
            return view
        return Field(source.theta[row], source.freq[row], source.amp[row], row, source)


def viewed(row: NDArray[np.intp], source: Oscillator) -> Field | None:
    """The field as views, if its rows intp[ROLES, A] lie avatar after avatar without a gap, as they are born; else None."""
    first = int(row.min(initial=len(source.theta)))
    if (row.T.ravel() != np.arange(first, first + row.size)).any():
        return None
    span, shape = slice(first, first + row.size), (-1, ROLES)
    theta, freq, amp = source.theta[span].reshape(shape), source.freq[span].reshape(shape), source.amp[span].reshape(shape)
    return Field(theta.T, freq.T, amp.T, row, source)


def rows(ids: NDArray[np.uint64], avatar: NDArray[np.uint64], role: NDArray[np.int16]) -> NDArray[np.intp] | None:
    """intp[ROLES, A]: the row of each avatar's oscillator of each role; None while any is missing."""
    order = np.argsort(ids)
    place = np.minimum(np.searchsorted(ids, avatar, sorter=order), len(ids) - 1)
    who = order[place]
    mine = np.flatnonzero(ids[who] == avatar)
    row = np.full((ROLES, len(ids)), -1, np.intp)
    row[role[mine], who[mine]] = mine
    return None if row.min(initial=0) < 0 else row
