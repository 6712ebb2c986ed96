"""Flutter and jitter: a function of place and seed, and of nothing that ran before."""

import numpy as np

from psi_ecs.systems.kernels.waver import FLUTTER, JITTER, waver

SPACING = 100.0 / 24_000.0


def test_any_part_is_what_the_whole_has_there() -> None:
    whole = waver(0, 1000, SPACING, 0.2, 7)
    for start, count in ((0, 5), (3, 1), (412, 5), (996, 4)):
        np.testing.assert_array_equal(waver(start, count, SPACING, 0.2, 7), whole[start : start + count])


def test_it_stays_within_its_bounds_and_has_no_drift() -> None:
    seen = waver(0, 200_000, SPACING, 0.0, 1)
    assert np.abs(seen).max() <= 3.0 * FLUTTER + JITTER
    assert np.abs(seen).max() > 2.0 * FLUTTER  # the sines do come together
    assert abs(seen.mean()) < 2e-3


def test_roughness_adds_jitter_only() -> None:
    smooth, rough = (waver(50, 5000, SPACING, r, 3) for r in (0.0, 0.5))
    jitter = rough - smooth
    assert 0.25 < np.abs(jitter).max() <= 0.3
    assert abs(np.corrcoef(jitter[1:], jitter[:-1])[0, 1]) < 0.05  # border to border, not slow


def test_two_mouths_share_flutter_but_not_jitter() -> None:
    a, b = (waver(0, 5000, SPACING, 0.0, seed) for seed in (1, 2))
    apart = a - b
    assert 0.5 * JITTER < apart.std() < 1.2 * JITTER
    assert abs(np.corrcoef(apart[1:], apart[:-1])[0, 1]) < 0.05


def test_flutter_has_the_three_frequencies() -> None:
    count = 24_000
    power = np.abs(np.fft.rfft(waver(0, count, SPACING, 0.0, 5) * np.hanning(count))) ** 2
    hertz = np.fft.rfftfreq(count, SPACING)
    floor = np.median(power)
    for f in (12.7, 7.1, 4.7):
        assert power[np.abs(hertz - f) < 0.05].max() > 1e4 * floor
