"""Phones to the 15 Oculus visemes, for timelines and hosts that want a track of mouth shapes."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from psi_ecs.components.face import VISEMES
from psi_ecs.components.phone import PHONES

GROUPS = {
    "sil": "SIL", "PP": "P B M", "FF": "F V", "TH": "TH DH", "DD": "T D", "kk": "K G NG HH", "CH": "CH JH SH ZH", "SS": "S Z",
    "nn": "N L", "RR": "R ER", "aa": "AA AE AH AY AW", "E": "EH EY", "ih": "IH IY Y", "oh": "AO OW OY", "ou": "UH UW W",
}  # fmt: skip
"""Phones of each viseme (Oculus LipSync viseme reference; diphthongs by their first part)."""
_BY_NAME = {phone: VISEMES.index(viseme) for viseme, members in GROUPS.items() for phone in members.split()}
TABLE: NDArray[np.int16] = np.array([_BY_NAME[p.name] for p in PHONES], np.int16)
"""Viseme of each phone of `components.phone.PHONES`."""


def visemes(phones: ArrayLike) -> NDArray[np.int16]:
    """Indices into VISEMES of phone indices."""
    return TABLE[np.asarray(phones, np.intp)]
