"""Syllable and jaw are steered to the frequency of the nuclei that they are meant to follow."""

from dataclasses import replace

import numpy as np
import pytest

from psi_ecs.components.oscillator import Role
from psi_ecs.systems.dynamics import load_core, phases
from psi_ecs.systems.host import Host

TEXT = "The birch canoe slid on the smooth planks."
QUIET = replace(load_core(), noise=np.zeros(len(Role)))


def followed(off: tuple[str, ...] = (), emotion: str = "") -> tuple[float, float, float]:
    """Mean distance of syllable and of jaw from the nuclei in cycles, and the jaw's mean lag at last, over a sentence."""
    host = Host(seed=3, off=off, core=QUIET)
    avatar = host.avatar("mira")
    host.say(avatar, emotion + TEXT)
    gaps = []
    while not host.idle:
        host.step()
        theta = phases(host.app.world, avatar)[0]
        gap = theta[[Role.SYLLABLE, Role.JAW]] - theta[Role.NUCLEUS]
        gaps.append(np.abs(gap - np.round(gap)))
    syllable, jaw = np.mean(gaps, axis=0)
    return float(syllable), float(jaw), host.field(avatar).locks["jaw-syllable"][1]


def test_steered_phases_stay_with_their_clock() -> None:
    steered, alone = followed(), followed(("koopman",))
    assert steered[0] < 0.002 and steered[1] < 0.004
    assert alone[0] > 10.0 * steered[0] and alone[1] > 10.0 * steered[1]


def test_what_is_not_pulled_is_not_steered() -> None:
    assert followed(("coupling",))[1] > 0.05


def test_a_lag_that_feelings_ask_for_remains() -> None:
    assert abs(followed(emotion="[calm] ")[2]) == pytest.approx(0.08, abs=0.02)


def test_the_frequency_told_is_the_clocks() -> None:
    host = Host(seed=3, core=QUIET)
    avatar = host.avatar("mira")
    host.say(avatar, TEXT)
    host.step(50)
    told = host.field(avatar).frequency
    assert told["jaw"] == pytest.approx(told["nucleus"], rel=1e-3)
