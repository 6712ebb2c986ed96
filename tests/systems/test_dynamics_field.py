"""The field at work: the core asset, locks while speaking, feelings and knobs on it, measures, and what switches cost."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from psi_ecs import AssetError, PsiError
from psi_ecs.components.oscillator import Core, Role, Tuning
from psi_ecs.components.switch import PARTS, switched
from psi_ecs.components.text import Emotion
from psi_ecs.systems.dynamics.core import build, load
from psi_ecs.systems.dynamics.wiring import Wiring
from psi_ecs.systems.host import Host

TEXT = "The quick brown fox jumps over the lazy dog, and then it sleeps all day in the warm sun."
ASSET = (
    b"""
[oscillator]
"""
    + "\n".join(f'{r.name.lower()} = {{ band = "body", freq = 1.0 }}' for r in Role).encode()
    + b"\n"
)
PULL = b'[[coupling]]\npulled = "jaw"\nby = "syllable"\ngain = 60.0\n'


def speaking(
    seconds: float, off: tuple[str, ...] = (), emotion: Emotion | None = None, core: Core | None = None
) -> tuple[Host, int]:
    host = Host(seed=1, off=off, core=core)
    who = host.avatar("mira")
    host.say(who, TEXT, emotion)
    host.step(round(60 * seconds))
    return host, who


def test_the_jaw_locks_to_the_syllables_of_the_score() -> None:
    host, who = speaking(4.0)
    locks = host.field(who).locks
    assert locks["jaw-syllable"][0] > 0.8 and abs(locks["jaw-syllable"][1]) < 0.06
    assert locks["syllable-nucleus"][0] > 0.8


def test_without_couplings_nothing_locks() -> None:
    host, who = speaking(4.0, off=("coupling",))
    found = host.field(who)
    assert found.locks["syllable-nucleus"][0] < 0.6
    assert found.energy == found.coherence == 0.0


def test_measures_are_in_their_bounds_and_repeat() -> None:
    host, who = speaking(2.0)
    found, again = host.field(who), host.field(who)
    assert found == again
    assert 0.0 <= found.coherence <= 1.0 and np.isfinite([found.energy, found.slope]).all()
    assert all(0.0 <= r <= 1.0 + 1e-9 for r, _ in found.order.values())
    assert all(0.0 <= p < 1.0 for p in found.phase.values()) and set(found.phase) == {r.name.lower() for r in Role}
    assert host.field(who).frequency["glottis"] > 80.0


def test_coherence_and_energy_say_the_same_of_a_locked_field() -> None:
    """Energy is at its floor, -K/2 a coupling, when every coupling has its way."""
    host, who = speaking(4.0)
    found = host.field(who)
    assert found.coherence > 0.9
    assert found.energy < -0.9 * 0.5 * float(load().gain[:2].sum())


def test_feelings_change_the_couplings_continuously() -> None:
    def gains(anger: float) -> float:
        host, _ = speaking(3.0, emotion=Emotion(names={"anger": anger}))
        net = host.app.world.resource(Wiring).net
        return float(np.hypot(net.a, net.b).max())

    calm, cross, angry = gains(0.0), gains(0.5), gains(1.0)
    assert calm < cross < angry
    assert angry / calm == pytest.approx(2.0, rel=0.05)


def test_calm_adds_lag_fear_tremor_sadness_slows() -> None:
    def felt(**names: float) -> tuple[float, float, float]:
        host, who = speaking(3.0, emotion=Emotion(names=names))
        found = host.field(who)
        return found.locks["jaw-syllable"][1], found.amplitude["tremor"], found.frequency["breath"]

    plain, calm, fear, sad = felt(), felt(calm=1.0), felt(fear=1.0), felt(sadness=1.0)
    assert calm[0] > plain[0] + 0.01
    assert fear[1] > 1.4 * plain[1]
    assert sad[2] < 0.75 * plain[2]


def test_switched_off_feelings_leave_no_trace() -> None:
    frames = []
    for emotion in (Emotion(names={"anger": 1.0}, arousal=0.8), None):
        host, _ = speaking(0.0, off=("emotion",), emotion=emotion)
        frames.append(np.concatenate([host.step().audio for _ in range(90)]))
    np.testing.assert_array_equal(frames[0], frames[1])


def test_tremors_move_the_pitch_by_their_amplitude() -> None:
    def spread(amp: float) -> float:
        host = Host(seed=1)
        who = host.avatar("mira")
        for name in ("tremor", "quaver", "flutter"):
            host.drive(who, name, amp=amp)
        host.say(who, "Mmm.")
        host.step(240)
        return host.field(who).amplitude["tremor"]

    assert spread(0.0) < 0.05 and spread(3.0) == pytest.approx(3.0, rel=0.1)


def test_a_drive_sets_frequency_phase_and_coupling() -> None:
    host, who = speaking(0.1)
    host.drive(who, "brow", freq=0.5, theta=0.25)
    host.step()
    assert host.field(who).phase["brow"] == pytest.approx(0.25 + 0.5 / 60.0, abs=2e-3)
    host.drive(who, "jaw", by="syllable", gain=0.0)
    host.step()
    net, row = host.app.world.resource(Wiring).net, host.app.world.resource(Wiring).row[0]
    edge = (net.target == row[Role.JAW]) & (net.source == row[Role.SYLLABLE])
    assert edge.any() and np.hypot(net.a, net.b)[edge].max() == 0.0


def test_a_drive_sets_the_lag_of_a_coupling() -> None:
    host, who = speaking(0.5)
    host.drive(who, "jaw", by="syllable", lag=0.2)
    host.step(200)
    assert host.field(who).locks["jaw-syllable"][1] == pytest.approx(0.2, abs=0.06)


def test_a_drive_adds_a_coupling_that_the_asset_has_not() -> None:
    host, who = speaking(0.1)
    for role, freq in (("brow", 0.4), ("tremor", 0.2)):
        host.drive(who, role, freq=freq)
    host.drive(who, "brow", by="tremor", gain=2.0, lag=0.1, ratio=(2, 1))
    host.step(600)
    found = host.field(who)
    assert (2 * found.phase["tremor"] - found.phase["brow"] - 0.1 + 0.5) % 1.0 - 0.5 == pytest.approx(0.0, abs=0.01)
    host.drive(who, "brow", by="tremor", gain=0.0)
    host.step()
    row = host.app.world.resource(Wiring).row[0]
    net = host.app.world.resource(Wiring).net
    edge = (net.target == row[Role.BROW]) & (net.source == row[Role.TREMOR])
    assert np.hypot(net.a, net.b)[edge].sum() == 0.0


def test_an_added_coupling_is_saved() -> None:
    host, who = speaking(0.1)
    host.drive(who, "brow", by="breath", gain=1.0)
    host.step(10)
    again = Host().load(host.save())
    assert host.step(60).weights.tobytes() == again.step(60).weights.tobytes()
    assert again.app.world.resource(Tuning).added


def test_a_push_turns_a_phase_that_its_coupling_brings_back() -> None:
    host, who = speaking(1.0, core=replace(load(), noise=np.zeros(len(Role))))
    before = host.field(who).phase["brow"]
    host.drive(who, "brow", push=0.25)
    host.drive(who, "jaw", push=0.25)
    host.step()
    found = host.field(who)
    assert (found.phase["brow"] - before) % 1.0 == pytest.approx(0.25 + found.frequency["brow"] / 60.0, abs=2e-3)
    off = (found.phase["jaw"] - found.phase["syllable"] + 0.5) % 1.0 - 0.5
    assert off > 0.03
    host.step(30)
    found = host.field(who)
    assert abs((found.phase["jaw"] - found.phase["syllable"] + 0.5) % 1.0 - 0.5) < 1e-3


def test_a_kick_dies_away() -> None:
    host, who = speaking(0.5)
    before = host.field(who).amplitude["brow"]
    host.drive(who, "brow", kick=3.0)
    host.step()
    assert host.field(who).amplitude["brow"] > 2.0 * before
    host.step(300)
    assert host.field(who).amplitude["brow"] == pytest.approx(before, rel=0.02)


@pytest.mark.parametrize(
    ("role", "knobs", "says"),
    [
        ("jow", {}, "jaw"),
        ("jaw", {"freq": -1.0}, "freq"),
        ("jaw", {"amp": float("nan")}, "amp"),
        ("jaw", {"by": "syllable", "gain": 1e9}, "gain"),
        ("jaw", {"by": "nobody", "gain": 1.0}, "nobody"),
        ("jaw", {"by": "jaw", "gain": 1.0}, "cannot pull itself"),
        ("glottis", {"by": "jaw", "gain": 1.0}, "set by the score"),
        ("jaw", {"gain": 1.0}, "by which role"),
        ("jaw", {"push": float("inf")}, "push"),
        ("brow", {"by": "mouth", "gain": 1.0, "ratio": (0, 1)}, "ratio"),
    ],
)
def test_a_drive_that_cannot_be_is_refused(role: str, knobs: dict[str, Any], says: str) -> None:
    host, who = speaking(0.1)
    with pytest.raises(PsiError, match=says):
        host.drive(who, role, **knobs)


@pytest.mark.parametrize("off", [(), *((part,) for part in PARTS)])
def test_every_switch_runs_and_repeats(off: tuple[str, ...]) -> None:
    first, second = (speaking(1.0, off=off)[0].step() for _ in range(2))
    assert np.isfinite(first.audio).all() and first.audio.any()
    assert first.audio.tobytes() == second.audio.tobytes() and first.weights.tobytes() == second.weights.tobytes()


def test_a_part_that_does_not_exist_is_named() -> None:
    with pytest.raises(PsiError, match="koopman"):
        switched(["kopman"])


def test_steps_instead_of_the_closed_form_are_another_sound() -> None:
    closed, stepped = (speaking(0.0, off=off)[0] for off in ((), ("koopman",)))
    a, b = (np.concatenate([h.step().audio for _ in range(90)]) for h in (closed, stepped))
    assert np.abs(a - b).max() > 1e-3


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (PULL.replace(b"jaw", b"jow"), "jow"),
        (PULL.replace(b"60.0", b"nan"), "gain"),
        (PULL.replace(b'"jaw"', b'"glottis"'), "cannot be pulled"),
        (PULL + b"ratio = [0, 1]\n", "ratio"),
        (PULL + b"lagg = 0.1\n", "lagg"),
        (PULL + b'[[emotion]]\nfeel = "ange"\nwhat = "gain"\nof = ["jaw"]\nby = 2.0\n', "anger"),
        (PULL + b'[[emotion]]\nfeel = "anger"\nwhat = "gain"\nof = ["brow"]\nby = 2.0\n', "brow"),
        (PULL + b'[[emotion]]\nfeel = "anger"\nwhat = "freq"\nof = ["brow"]\nby = 0.0\n', "by is 0.0"),
        (b"window = -1.0\n" + PULL, "window"),
    ],
)
def test_mistakes_in_the_asset_are_one_line(more: bytes, says: str) -> None:
    text = more[:14] + ASSET + more[14:] if more.startswith(b"window") else ASSET + more
    with pytest.raises(AssetError, match=says) as caught:
        build(text, "core.toml")
    assert "\n" not in str(caught.value) and "core.toml" in str(caught.value)


def test_an_oscillator_that_is_missing_is_named() -> None:
    with pytest.raises(AssetError, match="breath"):
        build((ASSET + PULL).replace(b'breath = { band = "body", freq = 1.0 }\n', b""), "core.toml")


def test_bytes_that_are_no_text_are_one_line() -> None:
    with pytest.raises(AssetError, match=r"core\.toml"):
        build(b"\xff\xfe[oscillator]", "core.toml")
