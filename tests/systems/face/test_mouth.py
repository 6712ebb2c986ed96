"""Speech in the face: closures, teeth, opening and smoothness, under every feeling."""

import numpy as np
import pytest
from numpy.typing import NDArray

PRESSED = np.array([3.0, -2.0, 0, 0, 0, 0, 0, 0])
OPEN = np.array([14.0, 12.0, 0, 0, 0, 0, 0, 0])
TUCKED = np.array([3.0, 2.0, 0, 0, 1.0, 0, 0, 0])


def chant(t: float) -> tuple[NDArray[np.float64], str]:
    """/ma fa/ over and over, four syllables a second: sealed at each half second, tucked between."""
    wave = np.cos(4.0 * np.pi * t)
    sealed, tucked = max(wave, 0.0) ** 2, max(-wave, 0.0) ** 2
    phone = "M" if sealed > 0.7 else "F" if tucked > 0.7 else "AA"
    return sealed * PRESSED + tucked * TUCKED + (1.0 - sealed - tucked) * OPEN, phone


@pytest.mark.parametrize("feeling", range(10))
def test_closure_and_teeth_hold_under_every_feeling(stage, feeling: int) -> None:
    """At full strength of each dimension and emotion, /m/ seals at all three places and /f/ reaches the teeth."""
    s = stage(feeling={feeling: 1.0})
    s.play.act = chant
    track = s.run(4.0)[60:]
    lips = s.lips(track)
    tooth = np.linalg.norm(s.tooth[:, 0] + track[:, :52] @ s.tooth[:, 1:].T, axis=1)
    beat = ((60 + np.arange(len(track))) / 60 * 2.0) % 1.0
    sealed, tucked = np.abs(beat) < 1e-6, np.abs(beat - 0.5) < 1e-6
    assert sealed.sum() == 6 and tucked.sum() == 6
    assert lips[sealed].max() <= 0.5
    assert lips.min() >= -1.0
    assert tooth[tucked].max() <= 2.0
    asked = np.array([chant((60 + k) / 60)[0] for k in range(len(track))])
    opening = (asked[:, 1] > 0.5) & (asked[:, 4] < 0.05)
    assert opening.sum() > 50
    np.testing.assert_allclose(lips[opening, 0], asked[opening, 1], atol=0.02)


def test_weights_are_bounded_and_finite(stage) -> None:
    """All feelings at once, cues on top, speech below: every weight stays in [0, 1] and every turn is modest."""
    s = stage(feeling=dict.fromkeys(range(10), 1.0))
    s.play.act = chant
    for name in ("grin", "wince", "pout", "tongue"):
        s.cue("expression", name=name, seconds=3.0)
    s.cue("nod")
    s.cue("shake")
    track = s.run(4.0)
    assert np.isfinite(track).all()
    assert track[:, :52].min() >= 0.0 and track[:, :52].max() <= 1.0
    assert np.abs(track[:, 52:]).max() < 1.2


def test_speech_does_not_pop(stage) -> None:
    """Between two ticks no mouth channel jumps, though speech starts, seals, tucks and stops."""
    s = stage(feeling={3: 0.8})
    s.play.act = lambda t: chant(t) if t < 2.0 else (PRESSED * np.exp(-8.0 * (t - 2.0)), "SIL")
    track = s.run(3.0)
    assert np.abs(np.diff(track[:, 14:41], axis=0)).max() < 0.3
    assert np.ptp(track[:, 17]) > 0.3
    assert np.abs(np.diff(track[:, 41:51], axis=0)).max() < 0.1


def test_expression_owns_the_silent_mouth_and_yields_to_speech(stage, channel) -> None:
    """Surprise opens the jaw in silence; while speaking the jaw is speech's, and the brows are still surprised."""
    s = stage(feeling={8: 1.0})
    silent = s.run(0.9)[-1]
    s.play.act = lambda t: (PRESSED, "M")
    speaking = s.run(1.0)[-1]
    assert silent[channel["jawOpen"]] > 0.15
    assert s.lips(silent[None])[0, 0] > 3.0
    assert s.lips(speaking[None]).max() <= 0.5
    assert speaking[channel["browInnerUp"]] > 0.5


def test_no_smile_in_a_pucker(stage, channel) -> None:
    """Joy does not pull the corners of a rounded mouth as it pulls those of a spread one."""
    smiles = []
    for rounding, spread in ((1.0, 0.0), (0.0, 0.8)):
        s = stage(feeling={3: 1.0})
        s.play.act = lambda t, r=rounding, p=spread: (np.array([4.0, 4.0, r, p, 0, 0, 0, 0]), "UW")
        smiles.append(s.run(2.0)[-1][channel["mouthSmileLeft"]])
    assert smiles[0] < 0.6 * smiles[1]
