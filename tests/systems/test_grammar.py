"""The grammar of speech: what ships is kept while speaking, is broken without it, and can be edited."""

from collections import Counter

import numpy as np
import pytest
from msgspec.structs import replace

from psi_ecs import AssetError
from psi_ecs.components.avatar import Persona
from psi_ecs.components.grammar import COLUMNS
from psi_ecs.systems.grammar import build, held, load
from psi_ecs.systems.host import Host
from psi_ecs.systems.kernels.grammar import violation
from psi_ecs.systems.language import analyse
from psi_ecs.systems.voice import FormantVoice

TEXT = "[joy] Papa may move five vans, Bob. [/] We saw two moons. Peter may buy my very best map."
CASES = {
    "lips sealed": ({"lip_gap": 0.3}, {"lip_gap": 4.0}),
    "lips not crossed": ({"lip_gap": -0.5}, {"lip_gap": -2.0}),
    "lip at the teeth": ({"lip_teeth": 1.0}, {"lip_teeth": 6.0}),
    "vowels are open": ({"lip_gap": 5.0}, {"lip_gap": 0.0}),
    "sealed lips are quiet": ({"level": -25.0, "loudness": 3.0}, {"level": -12.0, "loudness": 3.0}),
    "sealed lips take from the voice": ({"voicing": 0.85}, {"voicing": 1.0}),
    "no smile in a pucker": ({"smile": 0.6, "pucker": 0.3}, {"smile": 0.6, "pucker": 0.6}),
    "a smile ends at none": ({"smile": 0.0}, {"smile": -0.1}),
    "no wide shut eye": ({"blink": 0.4, "wide": 0.5}, {"blink": 1.0, "wide": 0.5}),
    "wide eyes end at open ones": ({"wide": 0.0}, {"wide": -0.1}),
    "head turns so far": ({"head_yaw": -1.0}, {"head_yaw": -1.5}),
    "head nods so far": ({"head_pitch": 0.5}, {"head_pitch": 0.9}),
    "head leans so far": ({"head_roll": -0.5}, {"head_roll": 0.7}),
    "eyes turn so far": ({"eye_yaw": 0.5}, {"eye_yaw": 0.9}),
    "eyes rise and fall so far": ({"eye_pitch": 0.5}, {"eye_pitch": -0.5}),
    "pitch of the persona": ({"pitch": 12.0}, {"pitch": 20.0}),
    "loudness of the persona": ({"loudness": -15.0}, {"loudness": 14.0}),
    "formants 1 and 2 apart": ({"f1": 700.0, "f2": 1100.0}, {"f1": 900.0, "f2": 950.0}),
    "formants 2 and 3 apart": ({"f2": 2000.0, "f3": 2600.0}, {"f2": 2000.0, "f3": 2050.0}),
    "formants 3 and 4 apart": ({"f3": 2600.0, "f4": 3600.0}, {"f3": 2600.0, "f4": 2650.0}),
}
"""For every rule that ships, what keeps it and what breaks it."""


def worst(off: tuple[str, ...] = ()) -> dict[str, float]:
    host = Host(seed=1, off=off)
    who = host.avatar("mira")
    host.say(who, TEXT)
    host.step(3)
    found: Counter[str] = Counter()
    while not host.idle:
        host.step()
        found |= Counter(host.broken(who))
    return {name: value for name, value in found.items() if value > 0.0}


def test_every_rule_has_a_case() -> None:
    assert set(CASES) == set(load().name)


@pytest.mark.parametrize("name", CASES)
def test_a_rule_tells_what_keeps_it_from_what_breaks_it(name: str) -> None:
    grammar = load()
    rows = [i for i, n in enumerate(grammar.name) if n == name]
    for values, broken in zip(CASES[name], (False, True), strict=True):
        x = np.array([values.get(o, 0.0) for o, _ in COLUMNS])
        assert bool(violation(x, grammar.a[rows], grammar.b[rows]).max() > 0.0) is broken


def test_speech_keeps_the_grammar_and_breaks_it_without() -> None:
    kept, free = worst(), worst(off=("grammar",))
    assert all(value < 0.1 for value in kept.values()), kept
    assert free["lips sealed"] > 2.0 and free["lip at the teeth"] > 2.0


def test_feelings_move_bounds() -> None:
    grammar = load()
    i = grammar.name.index("pitch of the persona")
    assert grammar.shift[i, 1] > 0.0  # excitement raises the upper bound


def test_targets_that_break_a_rule_are_moved_and_no_others() -> None:
    score = FormantVoice().plan(analyse("We owe Roy a warm year.").sentences[0], Persona(name="x"), True)
    assert held(score, load()) is None
    target = score.target.copy()
    f1, f2 = score.index("f1"), score.index("f2")
    target[3, [f1, f2]] = 800.0, 820.0
    moved = held(replace(score, target=target), load())
    assert moved is not None
    assert moved[3, f2] - moved[3, f1] >= 150.0 - 1e-6 and moved[3, [f1, f2]].sum() == pytest.approx(1620.0)
    np.testing.assert_array_equal(np.delete(moved, 3, axis=0), np.delete(target, 3, axis=0))


RULE = '[[constraint]]\nname = "x"\nunit = "mm"\nweight = 1.0\n'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (RULE + "of = { lip_gapp = 1.0 }\nmost = 1.0", "lip_gap"),
        (RULE + "of = { lip_gap = 1.0 }", "bounds nothing"),
        (RULE + "of = { lip_gap = nan }\nmost = 1.0", "finite"),
        (RULE.replace("1.0", "-1.0") + "of = { lip_gap = 1.0 }\nmost = 1.0", "weight"),
        (RULE + "of = { lip_gap = 1.0 }\nmost = 1.0\nwhen = 'never'", "never"),
        (RULE + "of = { lip_gap = 1.0 }\nmost = 1.0\nby = { angr = 1.0 }", "anger"),
        (RULE + "of = { lip_gap = 1.0 }\nmost = 1.0\nleast = 2.0", "swap"),
        (RULE + "off = 1\nof = { lip_gap = 1.0 }\nmost = 1.0", "off"),
    ],
)
def test_mistakes_are_one_line(text: str, says: str) -> None:
    with pytest.raises(AssetError, match=says) as caught:
        build(text.encode(), "speech.toml")
    assert "\n" not in str(caught.value) and "speech.toml" in str(caught.value)


def test_bytes_that_are_no_text_are_one_line() -> None:
    with pytest.raises(AssetError, match=r"speech\.toml"):
        build(b"\xff\xfe[[constraint]]", "speech.toml")
