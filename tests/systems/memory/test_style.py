import numpy as np
import pytest

from psi_ecs.components.face import FACE_ID
from psi_ecs.components.memory import KEY, STYLE
from psi_ecs.systems.memory import style

T = np.arange(400) / 24_000


def rows(pitch: float, level: float, hertz: float, weights: dict[str, float], n: int = 60) -> np.ndarray:
    """A steady vowel, as a tape."""
    states = np.tile([pitch, 1.0, 0.1, 3.0, 1.2, 0.0], (5, 1))
    face = np.zeros(61, np.float32)
    for name, value in weights.items():
        face[FACE_ID[name]] = value
    sound = (level * np.sin(2.0 * np.pi * hertz * T)).astype(np.float32)
    return np.stack([style.row(sound, states, np.full(5, 1.02), face)] * n)


def test_measures_of_a_steady_vowel() -> None:
    tape = rows(90.0, 0.1, 300.0, {"mouthSmileLeft": 0.4, "headPitch": 0.1})
    found = dict(zip(STYLE, style.style(tape, 88.0, 4, 1 / 60), strict=True))
    assert found["pitch"] == pytest.approx(2.0) and found["pitch_sd"] == 0.0
    assert found["rate"] == pytest.approx(4.0) and found["pause"] == 0.0
    assert found["breath"] == pytest.approx(0.1) and found["loudness"] == pytest.approx(3.0)
    assert found["rd"] == pytest.approx(1.2)
    assert found["roughness"] == pytest.approx(0.02, abs=1e-6)  # a whole turn of the folds is none
    assert found["mouthSmile"] == pytest.approx(0.2) and found["headPitch"] == pytest.approx(0.1) and found["headMotion"] == 0.0


def test_level_and_tilt_follow_the_sound() -> None:
    soft, loud, bright = (
        dict(zip(STYLE, style.style(rows(90.0, level, hertz, {}), 88.0, 4, 1 / 60), strict=True))
        for level, hertz in ((0.05, 300.0), (0.1, 300.0), (0.1, 3000.0))
    )
    assert loud["level"] - soft["level"] == pytest.approx(6.02, abs=0.01)
    assert bright["tilt"] - loud["tilt"] > 40.0


def test_silence_and_pauses() -> None:
    tape = rows(90.0, 0.1, 300.0, {})
    gap = np.zeros_like(tape[:20])
    found = dict(zip(STYLE, style.style(np.concatenate((gap, tape, gap, tape, gap)), 88.0, 8, 1 / 60), strict=True))
    assert found["pause"] == pytest.approx(20 / 140) and found["rate"] == pytest.approx(4.0)
    assert np.isfinite(style.style(gap, 88.0, 0, 1 / 60)).all()


def test_every_measure_has_a_scale_and_fits_the_key() -> None:
    assert len(style.SCALE) == len(style.MIDDLE) == len(STYLE) <= KEY // 2
    assert (style.SCALE > 0.0).all()
