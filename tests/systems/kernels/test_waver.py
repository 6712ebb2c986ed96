"""Flutter and jitter: what makes a pitch live."""

import numpy as np

from psi_ecs.systems.kernels.waver import FLUTTER, JITTER, flutter, jitter


def test_any_part_of_the_jitter_is_what_the_whole_has_there() -> None:
    whole = jitter(0, 1000, 0.2, 7)
    for start, count in ((0, 5), (3, 1), (412, 5), (996, 4)):
        np.testing.assert_array_equal(jitter(start, count, 0.2, 7), whole[start : start + count])


def test_jitter_stays_within_its_bounds_and_has_no_drift() -> None:
    seen = jitter(0, 200_000, 0.0, 1)
    assert 0.99 * JITTER < np.abs(seen).max() <= JITTER
    assert abs(seen.mean()) < 1e-3


def test_roughness_adds_jitter_that_changes_from_border_to_border() -> None:
    smooth, rough = (jitter(50, 5000, r, 3) for r in (0.0, 0.5))
    more = rough - smooth
    assert 0.25 < np.abs(more).max() <= 0.3
    assert abs(np.corrcoef(more[1:], more[:-1])[0, 1]) < 0.05


def test_two_mouths_do_not_share_jitter() -> None:
    a, b = (jitter(0, 5000, 0.0, seed) for seed in (1, 2))
    assert abs(np.corrcoef(a, b)[0, 1]) < 0.05


def test_flutter_is_the_sum_of_its_tremors() -> None:
    """Their frequencies, their amplitudes, and the same wherever the clock is cut."""
    theta, freq, amp = np.array([0.1, 0.4, 0.7]), np.array([4.7, 7.1, 12.7]), np.array([1.0, 0.5, 0.0])
    at = np.arange(24_000) / 240.0
    seen = flutter(theta, freq, amp, at)
    power = np.abs(np.fft.rfft(seen * np.hanning(len(at)))) * 4.0 / len(at)
    hertz = np.fft.rfftfreq(len(at), 1.0 / 240.0)
    for f, a in zip(freq, amp, strict=True):
        assert abs(power[np.abs(hertz - f) < 0.05].max() - FLUTTER * a) < 0.02 * FLUTTER
    later = flutter((theta + 2.0 * freq) % 1.0, freq, amp, at[:-480])
    np.testing.assert_allclose(later, seen[480:], atol=1e-12)
