import pytest
from spoken import run

from psi_ecs import PsiError
from psi_ecs.components.memory import Bias, Tone, Wish
from psi_ecs.components.text import FEELINGS
from psi_ecs.systems.host import Host
from psi_ecs.systems.memory import tone
from psi_ecs.systems.memory.wish import asked


@pytest.fixture(scope="module")
def spoken() -> tuple[Host, int]:
    """Somebody who has said three things in three ways."""
    host = Host(seed=1)
    me = host.avatar("mira")
    for line in ("[remember greeting][joy][fast] Hello! [/][/]", "[remember farewell][sadness][slow] Goodbye. [/][/]", "Yes."):
        host.say(me, line)
        run(host)
    return host, me


def last(host: Host, me: int) -> Tone:
    """Tone of what was said last."""
    return max((f.entry for f in host.memory(me).find(Wish(kind="utterance", limit=50))), key=lambda e: e.id).tone


@pytest.mark.parametrize(("what", "feeling", "rate"), [
    ("greeting", "joy", 1.25), ("in the greeting", "joy", 1.25), ("farewell", "sadness", 0.8), ("earlier", "sadness", 0.8),
    ("feeling joy", "joy", 1.25), ("#2", "sadness", 0.8), ("saying hello", "joy", 1.25),
])  # fmt: skip
def test_words_take_on_the_tone_that_is_asked_for(spoken: tuple[Host, int], what: str, feeling: str, rate: float) -> None:
    host, me = spoken
    bias = host.memory(me).like(what)
    assert dict(zip(FEELINGS, bias.tone.feeling, strict=True))[feeling] == pytest.approx(1.0)
    assert bias.tone.rate == pytest.approx(rate) and bias.weight == 1.0 and "entry" in bias.reason
    copy = Host(seed=5)
    who = copy.avatar("mira")
    for found in reversed(host.memory(me).find(Wish(limit=3, ids=(1, 2, 3)))):
        copy.memory(who).store.add(found.entry)
    copy.say(who, f"[like {what}] Nine. [/]")
    run(copy)
    assert dict(zip(FEELINGS, last(copy, who).feeling, strict=True))[feeling] > 0.9
    assert last(copy, who).rate == pytest.approx(rate, rel=0.02)


def test_weights_and_what_lies_between(spoken: tuple[Host, int]) -> None:
    host, me = spoken
    memory = host.memory(me)
    assert memory.like("greeting 0.4").weight == 0.4
    half = memory.like("between greeting and farewell 0.5").tone
    assert half.rate == pytest.approx((1.25 * 0.8) ** 0.5)
    assert half == tone.blended(memory.like("greeting").tone, memory.like("farewell").tone, 0.5)


def test_only_the_words_within_the_tag_follow(spoken: tuple[Host, int]) -> None:
    host, me = spoken
    host.say(me, "[like greeting] Nine. [/] Ten eleven.")
    run(host)
    found = host.memory(me).find(Wish(kind="utterance", limit=1))[0].entry
    assert 0.2 < dict(zip(FEELINGS, found.tone.feeling, strict=True))["joy"] < 0.6  # one of three words


def test_what_nobody_remembers_is_said_as_it_comes(spoken: tuple[Host, int], caplog: pytest.LogCaptureFixture) -> None:
    host, me = spoken
    host.say(me, "[like the coronation] Nine. [/]")
    run(host)
    assert "Mira remembers nothing of 'the coronation'; it is said as it comes" in caplog.text
    assert tone.salience(last(host, me)) < 0.3


def test_leaning_on_a_memory_lasts_until_it_ends(spoken: tuple[Host, int]) -> None:
    host, me = spoken
    memory = host.memory(me)
    memory.lean("greeting", 0.8)
    assert memory.biases.standing["recall"].weight == 0.8
    host.say(me, "Nine.")
    run(host)
    assert dict(zip(FEELINGS, last(host, me).feeling, strict=True))["joy"] > 0.7
    memory.lean(None)
    assert "recall" not in memory.biases.standing


def test_phrases() -> None:
    assert asked("earlier").phrases[0].toned
    assert asked("with Theo").phrases[0].wishes[0].person == "theo"
    assert asked("about my home 0.3") == (asked("about home").phrases and asked("about my home 0.3"))
    assert asked("about my home 0.3").share == 0.3 and asked("about my home").phrases[0].wishes[0].concepts == ("home",)
    assert asked("#12").phrases[0].wishes[0].ids == (12,)
    both = asked("between the greeting and #3 0.25")
    assert both.share == 0.25 and [p.text for p in both.phrases] == ["the greeting", "#3"]
    with pytest.raises(PsiError, match="did you mean joy"):
        asked("feeling joi")
    with pytest.raises(PsiError, match="like what"):
        asked("  ")


def test_expressions_that_were_worn_are_worn_again(spoken: tuple[Host, int]) -> None:
    host, me = spoken
    host.say(me, "[remember wedding] We are.")
    host.cue(me, "expression", name="grin", strength=0.8, seconds=2.0)
    run(host)
    assert host.memory(me).like("wedding").tone.shown == (("grin", 0.8),)
    host.say(me, "[like wedding] Nine. [/]")
    cued = [e for _ in range(30) for e in _cues(host, me)]
    assert ("grin", 0.8) in [(e.name, e.strength) for e in cued]
    run(host)


def _cues(host: Host, me: int) -> list:
    from psi_ecs.components.event import Cue

    host.step()
    channel = host.app.world.channels[Cue]
    return [e for t, _, e in channel.items if t == host.app.world.tick and e.avatar == me]


def test_what_is_similar_is_told_by_what_is_said() -> None:
    host = Host(seed=8)
    me = host.avatar("mira")
    for line in ("[joy] The dog ran across the meadow. [/]", "[sadness] The bank raised its interest rates. [/]"):
        host.say(me, line)
        run(host)
    for line, feeling in (("A puppy was in the garden.", "joy"), ("The loan costs money.", "sadness")):
        host.say(me, f"[like similar] {line} [/]")
        run(host)
        assert dict(zip(FEELINGS, last(host, me).feeling, strict=True))[feeling] > 0.8


def test_named_trademarks_come_first(spoken: tuple[Host, int]) -> None:
    host, me = spoken
    memory = host.memory(me)
    memory.name("signature")
    assert memory.find(Wish(name="signature"))[0].entry.kind == "intonation"
    assert isinstance(memory.like("signature"), Bias)
