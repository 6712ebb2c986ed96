"""Where an avatar's partner will be, told from where the partner has been."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from psi_ecs.components.avatar import PAST, TRACE_EVERY, Trace
from psi_ecs.components.face import FACE_ID
from psi_ecs.systems.dynamics import attended
from psi_ecs.systems.host import Host

F64 = NDArray[np.float64]
AHEAD = 6
"""Ticks: 100 ms."""


def watch(path: Callable[[float], tuple[float, float, float]], ticks: int = 480) -> tuple[Host, int, F64, F64, F64]:
    """A host whose avatar attends to a moving point: where that was, what was expected AHEAD ticks before, and trust."""
    host = Host(seed=3)
    avatar = host.avatar("mira")
    where, told, trust = [], [], []
    for k in range(ticks):
        where.append(path(k / 60.0))
        host.look_at(avatar, where[-1])
        host.step()
        point, sure = attended(host.app.world, avatar, AHEAD / 60.0)
        told.append(point)
        trust.append(sure)
    later = np.array(where[PAST * TRACE_EVERY // 2 + AHEAD :])
    return host, avatar, later, np.array(told)[-AHEAD - len(later) : -AHEAD], np.array(trust)


def rms(gap: F64) -> float:
    return float(np.sqrt((gap**2).mean()))


def swaying(t: float) -> tuple[float, float, float]:
    return 0.4 * float(np.sin(np.pi * t)), 0.05 * float(np.sin(2.2 * np.pi * t)), 1.0


def test_a_partner_who_sways_is_foretold() -> None:
    _, _, later, told, trust = watch(swaying)
    stays = rms(np.array([swaying(k / 60.0) for k in range(len(later))]) - [swaying((k + 6) / 60.0) for k in range(len(later))])
    assert rms(told - later) < 0.05 * stays
    assert trust[-1] > 0.95 and trust[20] == 0.0


def test_a_partner_who_stays_is_where_they_are() -> None:
    _, _, later, told, trust = watch(lambda t: (0.2, 0.0, 1.0), 200)
    np.testing.assert_allclose(told, later, atol=1e-6)
    assert trust[-1] == 1.0


def test_a_partner_who_wanders_at_random_is_not_guessed_at_much() -> None:
    walk = np.cumsum(np.random.default_rng(0).normal(0.0, 0.01, (480, 3)), axis=0) + np.array([0.0, 0.0, 1.0])
    _, _, later, told, _ = watch(lambda t: tuple(walk[round(t * 60.0)].tolist()))
    assert rms(told - later) < 1.02 * rms(walk[len(walk) - len(later) - AHEAD : -AHEAD] - later)


def test_the_gaze_is_foretold_with_the_partner() -> None:
    """Smoothly pursued: the predicted head turn is nearer to what comes than the last frame."""
    host, avatar, *_ = watch(swaying, 300)
    yaw, error, still = FACE_ID["headYaw"], 0.0, 0.0
    for k in range(300, 330):
        told, now = host.predict(avatar, AHEAD / 60.0), host.predict(avatar, 0.0)
        for j in range(AHEAD):
            host.look_at(avatar, swaying((k * AHEAD + j) / 60.0))
            frame = host.step()
        error += (told.weights[yaw] - frame.weights[0, yaw]) ** 2
        still += (now.weights[yaw] - frame.weights[0, yaw]) ** 2
    assert error < 0.25 * still


def test_a_restored_world_tells_the_same() -> None:
    host, avatar, *_ = watch(swaying, 201)
    other = Host().load(host.save())
    assert host.app.world.peek(avatar, Trace).count[0] == 51
    first, second = (attended(h.app.world, avatar, 0.1) for h in (host, other))
    np.testing.assert_array_equal(first[0], second[0])
    assert first[1] == second[1]
