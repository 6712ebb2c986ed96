"""What a host is told of a moment to come."""

import numpy as np
import pytest

from psi_ecs import PsiError
from psi_ecs.components.face import FACE_ID
from psi_ecs.systems.host import Host


def speaking(ticks: int = 45) -> tuple[Host, int]:
    host = Host(seed=3)
    avatar = host.avatar("mira")
    host.say(avatar, "The birch canoe slid on the smooth planks. Glue the sheet to the wall.")
    host.step(ticks)
    return host, avatar


def test_now_is_the_last_frame() -> None:
    host, avatar = speaking()
    frame = host.step()
    np.testing.assert_allclose(host.predict(avatar, 0.0).weights, frame.weights[0], atol=2e-2)
    np.testing.assert_allclose(host.predict(avatar, 0.0).weights[[17, 18]], frame.weights[0][[17, 18]], atol=1e-6)


def test_the_next_frames_come_as_foretold() -> None:
    """50 ms ahead, while speaking: the mouth exactly as the score has it, the whole face far better than the last frame."""
    host, avatar = speaking(20)
    told, trust, shown = [], [], []
    for _ in range(120):
        shown.append(host.step().weights[0].astype(np.float64))
        found = host.predict(avatar, 0.05)
        told.append(found.weights)
        trust.append(found.trust)
    after, sure = np.stack(shown[3:]), np.stack(trust[:-3])
    error = ((np.stack(told[:-3]) - after) ** 2 * sure).sum(0)
    still = ((np.stack(shown[:-3]) - after) ** 2 * sure).sum(0)
    assert error.sum() < 0.1 * still.sum()
    jaw = FACE_ID["jawOpen"]
    assert error[jaw] < 0.01 * still[jaw]
    assert 0.5 < sure.mean() < 1.0


def test_articulators_come_from_the_score() -> None:
    """Exactly, but for the noise that moves the jaw, on which the lips ride."""
    host, avatar = speaking()
    told = host.predict(avatar, 0.1).articulators
    host.step(6)
    now = host.predict(avatar, 0.0).articulators
    np.testing.assert_allclose(now[2:], told[2:], atol=1e-9)
    np.testing.assert_allclose(now[:2], told[:2], atol=0.5)


def test_asking_changes_nothing() -> None:
    host, avatar = speaking()
    before = host.save()
    again = Host(seed=3).load(before)
    told = [host.predict(avatar, s).weights for s in (0.0, 0.05, 2.0)]
    assert host.save() == before
    host.step(30)
    again.step(30)
    assert host.save() == again.save()
    assert all(np.isfinite(w).all() and w[:52].min() >= 0.0 and w[:52].max() <= 1.0 for w in told)


def test_a_restored_world_foretells_the_same() -> None:
    host, avatar = speaking()
    other = Host().load(host.save())
    host.step()
    other.step()
    first, second = (h.predict(avatar, 0.2) for h in (host, other))
    np.testing.assert_array_equal(first.weights, second.weights)
    np.testing.assert_array_equal(first.trust, second.trust)


def test_a_sentence_not_planned_yet_is_not_trusted() -> None:
    host, avatar = speaking()
    assert host.predict(avatar, 0.05).trust[FACE_ID["jawOpen"]] == 1.0
    assert host.predict(avatar, 10.0).trust[FACE_ID["jawOpen"]] == 0.0


def test_the_gaze_is_trusted_only_until_a_fixation_ends() -> None:
    host, avatar = speaking()
    trust = [host.predict(avatar, s).trust[FACE_ID["leftEyeYaw"]] for s in (0.0, 0.05, 0.2, 0.5, 1.0, 2.0, 4.0)]
    assert trust[0] == 1.0 and trust[-1] == 0.0 and trust == sorted(trust, reverse=True)


@pytest.mark.parametrize("seconds", [-0.1, float("nan"), float("inf"), 11.0])
def test_a_moment_that_is_none(seconds: float) -> None:
    host, avatar = speaking(1)
    with pytest.raises(PsiError, match="seconds"):
        host.predict(avatar, seconds)


def test_before_the_first_tick_there_is_nothing_to_tell() -> None:
    host = Host()
    with pytest.raises(PsiError, match="make a tick"):
        host.predict(host.avatar("mira"), 0.1)
