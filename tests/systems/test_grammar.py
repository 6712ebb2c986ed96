"""The grammar of speech: what ships is kept while speaking, is broken without it, and can be edited."""

from collections import Counter

import numpy as np
import pytest
from msgspec.structs import replace
from numpy.typing import NDArray

from psi_ecs import AssetError
from psi_ecs.components.avatar import Limit, Persona, VoiceStyle
from psi_ecs.components.face import FACE_ID
from psi_ecs.components.grammar import COLUMNS, OBSERVED
from psi_ecs.components.phone import PHONE_ID
from psi_ecs.components.score import Score
from psi_ecs.components.voice import Speech
from psi_ecs.systems.formats.grammar import own_bounds
from psi_ecs.systems.formats.persona import load_persona
from psi_ecs.systems.grammar import build, held, load
from psi_ecs.systems.host import Host
from psi_ecs.systems.kernels import face_mouth
from psi_ecs.systems.kernels.grammar import bounds, violation
from psi_ecs.systems.language import analyse
from psi_ecs.systems.voice import FormantVoice

TEXT = "[joy] Papa may move five vans, Bob. [/] We saw two moons. Peter may buy my very best map."
EXACT = 1e-6
"""Weights are float32."""
HARD = {name for name, hard in zip(load().name, load().hard, strict=True) if hard}
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


def worst(off: tuple[str, ...] = (), text: str = TEXT, aside: bool = False) -> dict[str, float]:
    """The worst violation of every rule that is broken at all."""
    host = Host(seed=1, off=off)
    who = host.avatar("mira")
    host.say(who, text)
    if aside:
        host.look_at(who, (-1.0, 1.5, -1.0))  # behind and above
    host.step(3)
    found: Counter[str] = Counter()
    while not host.idle:
        host.step()
        found |= Counter(host.broken(who))
    return {name: value for name, value in found.items() if value > EXACT}


def test_every_rule_has_a_case() -> None:
    assert set(CASES) == set(load().name)


def test_everything_hard_is_held_somewhere() -> None:
    rules = load()
    held_rows = {i for part in rules.parts.values() for i in part.rows.tolist()}
    for i in np.flatnonzero(rules.hard).tolist():
        groups = {OBSERVED[o].group for (o, _), use in zip(COLUMNS, rules.a[i] != 0.0, strict=True) if use}
        assert i in held_rows or groups == {"mouth"}


@pytest.mark.parametrize("name", CASES)
def test_a_rule_tells_what_keeps_it_from_what_breaks_it(name: str) -> None:
    grammar = load()
    rows = [i for i, n in enumerate(grammar.name) if n == name]
    for values, broken in zip(CASES[name], (False, True), strict=True):
        x = np.array([values.get(o, 0.0) for o, _ in COLUMNS])
        assert bool(violation(x, grammar.a[rows], grammar.b[rows]).max() > 0.0) is broken


def test_speech_keeps_what_is_hard_and_breaks_it_without() -> None:
    kept, free = worst(), worst(off=("grammar",))
    assert not HARD & set(kept), kept
    assert free["lips sealed"] > 1.0 and free["lip at the teeth"] > 1.0


def test_the_mouth_is_held_to_less_than_the_rules_allow() -> None:
    rules = load()
    bound = {(name, sign): sign * b for name, sign, b in zip(rules.name, rules.sign, rules.b, strict=True)}
    assert bound["lips sealed", 1.0] >= face_mouth.SEAL and bound["lips not crossed", -1.0] <= face_mouth.CROSS


def test_head_eyes_and_lids_are_held_where_something_pulls_them_away() -> None:
    text = "[surprise] What on earth is that? [/] Oh."
    kept, free = worst(text=text, aside=True), worst(("grammar",), text, aside=True)
    assert not HARD & set(kept), kept
    assert free["head turns so far"] > 0.3 and free["eyes turn so far"] > 0.1 and free["no wide shut eye"] > 0.02


def test_a_smile_yields_to_a_pucker() -> None:
    text = "[joy] Who knew you two would do it too? [/]"
    assert "no smile in a pucker" not in worst(text=text) and worst(("grammar",), text)["no smile in a pucker"] > 0.05


def score(text: str = "We owe Roy a warm year.") -> Score:
    return FormantVoice().plan(analyse(text).sentences[0], Persona(name="x"), True)


def planned(score: Score, feeling: float = 0.0, **own: Limit) -> NDArray[np.float64] | None:
    """Targets as the grammar moves them for somebody aroused so much, None if it does not."""
    rules, persona = load(), Persona(name="x", grammar={name.replace("_", " "): limit for name, limit in own.items()})
    part = rules.parts["score"]
    feel = np.zeros(10)
    feel[1] = feeling
    b = bounds(own_bounds(rules, [persona])["score"][0], part.shift, feel)
    return held(score, rules, b, 12.0 * np.log2(persona.voice.pitch))


def test_targets_that_break_a_rule_are_moved_and_no_others() -> None:
    s = score()
    assert planned(s) is None
    target = s.target.copy()
    f1, f2 = s.index("f1"), s.index("f2")
    target[3, [f1, f2]] = 800.0, 820.0
    moved = planned(replace(s, target=target))
    assert moved is not None
    assert moved[3, f2] - moved[3, f1] >= 150.0 - 1e-6 and moved[3, [f1, f2]].sum() == pytest.approx(1620.0)
    np.testing.assert_array_equal(np.delete(moved, 3, axis=0), np.delete(target, 3, axis=0))


@pytest.mark.parametrize(("channel", "name", "most", "by"), [("pitch", "pitch_of_the_persona", 16.0, 4.0),
                                                             ("loudness", "loudness_of_the_persona", 10.0, 5.0)])  # fmt: skip
def test_persona_and_emotion_move_what_is_planned(channel: str, name: str, most: float, by: float) -> None:
    """A soft row of weight w leaves 1 / (1 + w) of what is beyond the bound, wherever that has been moved to."""
    s = score()
    target, column = s.target.copy(), s.index(channel)
    low = 12.0 * np.log2(200.0) if channel == "pitch" else 0.0
    target[3, column] = low + 22.0
    for feeling, own, bound in ((0.0, {}, most), (1.0, {}, most + by), (0.5, {name: Limit(most=8.0)}, 8.0 + 0.5 * by)):
        moved = planned(replace(s, target=target), feeling, **own)
        assert moved is not None
        assert moved[3, column] == pytest.approx(low + bound + (22.0 - bound) / 11.0)


def test_a_closure_that_is_voiced_becomes_a_murmur() -> None:
    """Behind lips that are asked shut the voice is held back; behind open ones it is not."""
    s = score("Mama may move.")
    target, voicing = s.target.copy(), s.index("voicing")
    target[:, voicing] = 1.0
    shut = (target[:, s.index("lips")] <= 0.0) & (s.phone[s.knot_phone] == PHONE_ID["M"]) & (s.knot >= s.start[s.knot_phone])
    moved = planned(replace(s, target=target))
    assert moved is not None and shut.any() and not shut.all()
    assert moved[shut, voicing].max() < 0.92
    np.testing.assert_array_equal(moved[~shut, voicing], 1.0)


def test_formants_stay_apart_on_the_way() -> None:
    """Targets that are apart do not keep the state apart: F1 falls slowly, F2 at once."""
    host = Host(seed=1)
    who = host.avatar(Persona(name="x", voice=VoiceStyle(asset="formant")))
    host.say(who, "Ah.")
    host.step(4)
    said = host.app.world.get_sparse(who, Speech)
    assert said is not None and said.score is not None
    f1, f2 = said.score.index("f1"), said.score.index("f2")
    said.x[:, [f1, f2]], said.v[:, [f1, f2]] = (900.0, 2000.0), 0.0
    said.score.target[:, [f1, f2]], said.score.rate[:, [f1, f2]] = (300.0, 600.0), (1.0, 300.0)
    apart = []
    for _ in range(6):
        host.step()
        states = host.app.world.get_sparse(who, Speech).states
        apart.append((states[:, f2] - states[:, f1]).min())
        assert host.broken(who)["formants 1 and 2 apart"] <= EXACT
    assert min(apart) == pytest.approx(150.0)


def test_a_persona_has_limits_of_its_own() -> None:
    still = load_persona("mira")
    still.grammar = {"head turns so far": Limit(least=-0.2, most=0.2)}
    host = Host(seed=1)
    who, other = host.avatar(still), host.avatar("mira")
    for avatar in (who, other):
        host.look_at(avatar, (-1.0, 0.0, 0.5))
    yaw = np.abs([host.step().weights[:, FACE_ID["headYaw"]] for _ in range(240)]).max(axis=0)
    assert yaw[0] == pytest.approx(0.2, abs=EXACT) and yaw[1] > 0.5
    assert host.broken(who)["head turns so far"] <= EXACT
    ahead = host.predict(who, 0.2).weights[FACE_ID["headYaw"]]
    assert abs(ahead) <= 0.2 + EXACT


def test_bounds_that_a_persona_cannot_have_are_refused_when_it_comes_in() -> None:
    with pytest.raises(AssetError, match="'x': grammar: no constraint 'head turn'; did you mean"):
        Host().avatar(Persona(name="x", grammar={"head turn": Limit(most=0.2)}))


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
        (RULE + "of = { lip_gap = 1.0 }\nmost = nan", "bounds nothing"),
        (RULE + "of = { lip_gap = 0.0 }\nmost = 1.0", "bounds nothing"),
        (RULE.replace("1.0", "inf") + "of = { lip_gap = 1.0 }\nmost = 1.0", "finite"),
        (2 * (RULE + "of = { smile = 1.0 }\nmost = 1.0\n"), "'x' is there twice"),
        (RULE + "of = { smile = 1.0, lip_gap = 1.0 }\nmost = 1.0\nhard = true", "nothing holds smile with lip_gap"),
        (RULE + "of = { smile = 1.0 }\nmost = 1.0\nhard = true\nwhen = 'vowel'", "nothing holds smile when vowel"),
        (RULE + "of = { smile = 1.0 }\nmost = 0.2\nhard = true\n" + RULE.replace('"x"', '"y"')
         + "of = { smile = 1.0 }\nleast = 0.5\nhard = true", "'x' and 'y' cannot hold together, always"),
        (RULE + "of = { lip_gap = 1.0 }\nmost = 1.0\nby = { anger = 1.0 }", "alike in every mood"),
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
