"""Which sound moves the lips, and when."""

import numpy as np
import pytest
from msgspec.structs import replace

from psi_ecs.components.phone import PHONES
from psi_ecs.components.score import RATE, Score
from psi_ecs.systems.voice.mouth import HEAVY, LEAD, PARTED, shapes

HEAVY_SOUNDS = {"UW", "OW", "OY", "W", "SH", "ZH", "CH", "JH"}


def track(ear, *words: str) -> tuple[Score, dict[str, np.ndarray]]:
    """A plan, and each channel 240 times a second."""
    return ear.path(ear.sentence(*words))


def edges(planned: Score, phone: str) -> tuple[float, float]:
    i = [PHONES[int(p)].name for p in planned.phone].index(phone)
    return planned.start[i] / RATE, planned.end[i] / RATE


def value(planned: Score, path: dict[str, np.ndarray], channel: str, seconds: float) -> float:
    return float(np.interp(seconds, np.linspace(0.0, planned.length / RATE, len(path[channel])), path[channel]))


def test_lip_heavy_sounds_are_those_of_jali() -> None:
    def first(shape) -> float:
        r = shape.rounding
        return 0.0 if r is None else r[0] if isinstance(r, tuple) else r

    assert {name for name, shape in shapes().items() if first(shape) >= HEAVY} == HEAVY_SOUNDS


def test_sounds_of_the_tongue_leave_the_lips_to_their_neighbours(ear) -> None:
    """The same /t/ is round in "toot" and spread in "teat"; its own table asks nothing of rounding, spread or gap."""
    for name in ("L", "N", "T", "D", "G", "K", "NG", "HH"):
        shape = shapes()[name]
        assert (shape.lips, shape.rounding, shape.spread) == (None, None, None), name
    middle = {}
    for vowel in ("UW", "IY"):
        planned, path = track(ear, f"B {vowel} N {vowel} B")
        start, end = edges(planned, "N")
        middle[vowel] = [value(planned, path, c, 0.5 * (start + end)) for c in ("rounding", "spread", "lips")]
    assert middle["UW"][0] > 0.7 and middle["UW"][1] < 0.1
    assert middle["IY"][0] < 0.1 and middle["IY"][1] > 0.6
    assert middle["IY"][2] > middle["UW"][2] and middle["UW"][2] > 0.7 * PARTED


def test_h_copies_what_is_around_it(ear) -> None:
    planned, path = track(ear, "AA HH AA")
    start, end = edges(planned, "HH")
    for channel in ("jaw", "lips"):
        held = path[channel][round(start * 240) : round(end * 240)]
        assert held.min() > 0.8 * path[channel].max(), channel


def test_rounding_begins_early_through_what_leaves_the_lips_alone_and_ends_late(ear) -> None:
    planned, path = track(ear, "B IY S T UW B IY")
    start, end = edges(planned, "UW")
    assert value(planned, path, "rounding", start - 0.02) > 0.6, "round in the /t/ before"
    assert value(planned, path, "rounding", start - 0.12) < 0.1
    assert 0.02 < value(planned, path, "rounding", end + 0.10) < 0.6
    assert value(planned, path, "rounding", end + 0.16) < 0.12, "JALI: decay within 120 to 150 ms"


def test_equal_neighbours_are_one_shape(ear) -> None:
    """Lips stay shut from one bilabial to the next."""
    planned, path = track(ear, "AA P B AA")
    first, last = edges(planned, "P")[0], edges(planned, "B")
    inside = path["lips"][round((first + LEAD) * 240) : round((last[0] + 0.3 * (last[1] - last[0])) * 240)]
    assert inside.max() < 0.0


@pytest.mark.parametrize("level", [0.5, 1.5])
def test_one_number_goes_from_mumbling_to_over_articulation(ear, level: float) -> None:
    """Jaw, lips and their rates go with it; closures stay; the sound of the score does not know of it."""
    said = ear.sentence("B AA B", "B IY", "B UW")
    plain = ear.plan(said)
    manner = replace(ear.persona.manner, articulation=level)
    changed = ear.voice.plan(said, replace(ear.persona, manner=manner), True)
    columns = {c.name: i for i, c in enumerate(plain.channels)}
    for name in ("jaw", "spread"):
        assert changed.target[:, columns[name]].max() == pytest.approx(
            min(level * plain.target[:, columns[name]].max(), 1.0 if name == "spread" else np.inf)
        )
    shut = plain.target[:, columns["lips"]] < 0.0
    np.testing.assert_array_equal(changed.target[shut, columns["lips"]], plain.target[shut, columns["lips"]])
    np.testing.assert_array_equal(changed.rate[shut, columns["lips"]], plain.rate[shut, columns["lips"]])
    assert (changed.rate[:, columns["jaw"]] >= plain.rate[:, columns["jaw"]]).all() == (level > 1.0)
