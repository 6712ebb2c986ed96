"""Words that are said or heard raise the modes they are tied to; habits show at sentences and concepts."""

from pathlib import Path

import numpy as np
import pytest

from psi_ecs import AssetError
from psi_ecs.components.avatar import Habit, Persona
from psi_ecs.components.face import FACE_ID
from psi_ecs.components.life import Life
from psi_ecs.systems.concepts.graph import mind, sow
from psi_ecs.systems.formats.concepts import concepts, parse_concepts
from psi_ecs.systems.formats.persona import load_persona
from psi_ecs.systems.host import Host

ASSET = """
[sea]
words = ["sea", "wave*"]
face = { puff = 0.8 }
field = { cheek = 2.0 }
seconds = 1.5
"""


def shown(text: str, listener: bool = False, **persona) -> tuple[np.ndarray, np.ndarray, list[int], Host]:
    """Weights f32[T, 61] and the cheek's amplitude f64[T] of who says a text, or hears it, and ticks of its words."""
    host = Host(seed=5, off=("emotion",))
    host.app.add(parse_concepts(ASSET, "sea.toml"))
    who = [host.avatar(Persona(name=n, voice=load_persona("mira").voice, **persona)) for n in ("a", "b")]
    host.step(5)
    host.say(who[0], text)
    weights, amp, words = [], [], []
    while not host.idle:
        frame = host.step()
        weights.append(frame.weights[int(listener)])
        amp.append(host.field(who[int(listener)]).amplitude["cheek"])
        words += [e.start // 400 - 5 for e in frame.events if e.kind == "word" and e.text.lower().startswith(("sea", "wave"))]
    return np.array(weights), np.array(amp), words, host


def test_a_word_raises_its_modes_and_lets_them_go() -> None:
    """The expression and the amplitude rise before the word sounds, come near what is asked, and fall after it; of another word
    nothing comes."""
    w, amp, words, _ = shown("The green field lies behind the old sea, and nothing else is there to be found in this place.")
    dry, flat, _, _ = shown("The green field lies behind the old tree, and nothing else is there to be found in this place.")
    at, press, n = words[0], FACE_ID["mouthPressLeft"], min(len(w), len(dry))
    peak = int((w[:n, press] - dry[:n, press])[: at + 120].argmax())
    assert at - 20 < peak < at + 60
    assert amp[at + 5] > 1.02 and amp[at : at + 90].max() > 1.3 and flat.max() < 1.05
    assert amp[-1] < 0.8 * amp.max()


def test_what_is_heard_stirs_less() -> None:
    """A listener's cheek answers the same word, but less."""
    _, said, _, _ = shown("The sea, the waves, and the wavering sea.")
    _, heard, _, _ = shown("The sea, the waves, and the wavering sea.", listener=True)
    assert 1.1 < heard.max() < said.max()


def test_levels_stay_between_nothing_and_all(tmp_path: Path) -> None:
    """Whatever is repeated, no level leaves [0, 1], and a saved world goes on with the same bytes."""
    host = Host(seed=2)
    who = host.avatar("mira")
    host.say(who, "Home, home, home, home, dear friends, welcome home, home, home.")
    for _ in range(150):
        host.step()
        graph, parts = mind(host.app.world, who)
        level = parts[0][1].level[graph.rows]
        assert level.min() >= 0.0 and level.max() <= 1.0
    assert level.max() > 0.5
    again = Host().load(host.save())
    assert host.step(60).weights.tobytes() == again.step(60).weights.tobytes()


@pytest.mark.parametrize(
    ("on", "at", "text", "times"),
    [
        ("question", "start", "Is it you? It is me. Are you sure?", 2),
        ("exclamation", "end", "It is you! How are you?", 1),
        ("joke", "start", "I was only joking. Honestly.", 1),
        ("question", "start", "Nothing is asked here.", 0),
    ],
)
def test_habits_show_where_they_belong(on: str, at: str, text: str, times: int) -> None:
    """As often as its kind of sentence or its concept comes, and never else."""
    host = Host(seed=5)
    who = host.avatar(Persona(name="a", habit=[Habit(on=on, show="puff", at=at, seconds=0.5)]))
    host.say(who, text)
    begun, before = 0, False
    while not host.idle:
        host.step()
        life = host.app.world.peek(who, Life)
        now = bool((life.until[0] > host.app.world.tick * 400).any())
        begun, before = begun + (now and not before), now
    assert begun == times


def test_chance_is_seeded() -> None:
    """The same seed wags the same; over many sentences about the share that was asked."""
    def count(seed: int) -> int:
        host = Host(seed=seed)
        who = host.avatar(Persona(name="a", habit=[Habit(on="statement", show="puff", chance=0.5, seconds=0.1)]))
        host.say(who, "Yes. No. Yes. No. Yes. No. Yes. No. Yes. No.")
        seen = 0
        while not host.idle:
            host.step()
            life = host.app.world.peek(who, Life)
            seen += bool((life.until[0] == (host.app.world.tick) * 400 + round(0.1 * 24000)).any())
        return seen

    assert count(1) == count(1) and 1 <= count(1) <= 9


def test_words_and_their_endings() -> None:
    """Whole words match whole, stems match any ending, plurals match their singular; capitals and punctuation do not matter."""
    host = Host()
    who = host.avatar("mira")
    sow(host.app.world, who, parse_concepts(ASSET, "sea.toml"))
    graph = mind(host.app.world, who)[0]
    heard = ("Sea,", "waves!", "seal", "wav", "WAVE", "—", "", "seas")
    assert [bool(graph.stirred(w)) for w in heard] == [1, 1, 0, 0, 1, 0, 0, 1]


def test_the_asset_that_comes_along() -> None:
    """Those that are no topics all move something; every link leads somewhere; every word has one concept that it names."""
    known = concepts()
    acting = [seed for seed in known.seeds.values() if not seed.topic]
    assert len(acting) >= 15 and all(seed.face or seed.field for seed in acting)
    assert len(known.seeds) > 150 and all(a in known.seeds and b in known.seeds for a, b, _, _ in known.links)
    linked = {name for a, b, _, _ in known.links for name in (a, b)}
    assert linked >= {name for name, seed in known.seeds.items() if seed.topic}


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        (ASSET.replace("puff", "pufff"), 4, "did you mean 'puff'"),
        (ASSET.replace("cheek", "chek"), 5, "did you mean 'cheek'"),
        (ASSET.replace('"sea"', '"Sea"'), 3, "cannot be matched"),
        (ASSET.replace("0.8", "1.8"), 4, "face"),
        (ASSET.replace("1.5", "0.0"), 6, "seconds"),
        ("[sea]\nface = {}", 1, "words"),
        (ASSET + 'links = { is-a = ["sky"] }', 7, "no other concept 'sky'"),
        (ASSET + 'links = { isa = ["sea"] }', 7, "did you mean 'is-a'"),
        (ASSET + 'links = { is-a = { sea = 0.5 } }', 7, "no other concept 'sea'"),
        (ASSET + 'links = { is-a = { sky = 7.5 } }\n[sky]\nwords = ["sky"]', 7, "0 to 1"),
    ],
)
def test_what_is_wrong_is_one_line(text: str, line: int, says: str) -> None:
    """File, line and remedy."""
    with pytest.raises(AssetError) as why:
        parse_concepts(text, "c.toml")
    assert str(why.value).startswith(f"c.toml:{line}: ") and says in str(why.value) and "\n" not in str(why.value)


def test_a_movement_is_cued_as_one() -> None:
    """A habit may be a movement, not an expression."""
    host = Host(seed=1)
    who = host.avatar(Persona(name="a", habit=[Habit(on="statement", show="nod")]))
    host.say(who, "Yes.")
    swing = 0.0
    while not host.idle:
        host.step()
        swing = max(swing, float(np.abs(host.app.world.peek(who, Life).swing[0, 2]).max()))
    assert swing > 0.1
