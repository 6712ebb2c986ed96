"""Whisper, shout, laugh, cry and sigh: what is heard and seen of them, and what they leave alone."""

from functools import cache

import numpy as np
import pytest
from msgspec.structs import replace
from numpy.typing import NDArray

from psi_ecs import AssetError
from psi_ecs.components.face import FACE_ID
from psi_ecs.components.oscillator import Role
from psi_ecs.components.regime import Regime
from psi_ecs.components.score import RATE, Score
from psi_ecs.components.voice import BLOCK, Speech
from psi_ecs.systems.dynamics.core import load
from psi_ecs.systems.dynamics.regime import knobs
from psi_ecs.systems.formats.captions import captions, vtt
from psi_ecs.systems.formats.heads import load_head
from psi_ecs.systems.formats.persona import load_persona
from psi_ecs.systems.host import Host
from psi_ecs.systems.language import analyse
from psi_ecs.systems.language.regimes import build, over_words, regimes
from psi_ecs.systems.voice import FormantVoice
from psi_ecs.systems.voice.speak import states

F64 = NDArray[np.float64]
TEXT = "We were all away a year ago."


class Heard:
    """All that one line gave."""

    def __init__(self, text: str, seed: int = 1) -> None:
        host = Host(seed=seed)
        who = host.avatar("mira")
        host.say(who, text)
        frames, seen = [], []
        self.score: Score | None = None
        while not host.idle:
            frames.append(host.step())
            said = host.app.world.sparse[Speech].get(who)
            self.score = self.score if said is None or said.score is None else said.score
            seen.append(said.states[:-1, :5].copy() if said is not None and said.states is not None else np.zeros((4, 5)))
        self.audio = np.concatenate([f.audio for f in frames]).astype(np.float64)
        self.face = np.array([f.weights[0] for f in frames])
        self.states = np.concatenate(seen)
        self.events = [e for f in frames for e in f.events]
        self.words = [e for e in self.events if e.kind == "word"]

    def word(self, i: int = 0) -> F64:
        """Sound of a word."""
        return self.audio[self.words[i].start : self.words[i].end]

    def jaw(self, i: int = 0) -> F64:
        """Jaw of the face during a word, a tick apart."""
        return self.face[self.words[i].start // BLOCK : self.words[i].end // BLOCK, FACE_ID["jawOpen"]].astype(np.float64)

    def spoken(self) -> F64:
        """Sound from the first word to the last."""
        return self.audio[self.words[0].start : self.words[-1].end]


@cache
def heard(text: str) -> Heard:
    return Heard(text)


def manner(name: str) -> Heard:
    """TEXT in a regime; as it is for no name."""
    return heard(f"[{name}]{TEXT}[/]" if name else TEXT)


def harmonicity(sound: F64) -> float:
    """Median harmonics-to-noise ratio of the louder frames in dB, from the normalised autocorrelation (Boersma 1993)."""
    n, window = 960, np.hanning(960)
    frames = [sound[i : i + n] for i in range(0, len(sound) - n, 480)]
    most, found = max(float((f**2).sum()) for f in frames), list[float]()
    own = np.fft.irfft(np.abs(np.fft.rfft(window, 4 * n)) ** 2)
    for frame in frames:
        if (frame**2).sum() > 0.05 * most:
            r = np.fft.irfft(np.abs(np.fft.rfft((frame - frame.mean()) * window, 4 * n)) ** 2)
            lags = slice(RATE // 600, RATE // 80)
            peak = np.clip((r[lags] / r[0] / (own[lags] / own[0])).max(), 1e-3, 0.9999)
            found.append(float(10.0 * np.log10(peak / (1.0 - peak))))
    return float(np.median(found))


def level(sound: F64, low: float, high: float) -> float:
    """Energy between two frequencies, dB."""
    power, f = np.abs(np.fft.rfft(sound)) ** 2, np.fft.rfftfreq(len(sound), 1 / RATE)
    return float(10.0 * np.log10(power[(f > low) & (f < high)].sum()))


def centroid(sound: F64) -> float:
    """Mean frequency, Hz."""
    power, f = np.abs(np.fft.rfft(sound)) ** 2, np.fft.rfftfreq(len(sound), 1 / RATE)
    return float((power * f).sum() / power.sum())


def rhythm(series: F64, rate: float, low: float, high: float) -> tuple[float, float]:
    """Strongest frequency of a series between two, and the share of power within 1 Hz of it."""
    power = np.abs(np.fft.rfft((series - series.mean()) * np.hanning(len(series)), 16384)) ** 2
    f = np.fft.rfftfreq(16384, 1 / rate)
    power[(f < low) | (f > high)] = 0.0
    best = f[power.argmax()]
    return float(best), float(power[np.abs(f - best) < 1.0].sum() / power.sum())


def envelope(sound: F64) -> F64:
    """Loudness, 200 times a second."""
    return np.sqrt(np.array([(sound[i : i + 480] ** 2).mean() for i in range(0, len(sound) - 480, 120)]))


def bend(h: Heard) -> F64:
    """What the field does to the pitch of a single sentence, semitones, 240 times a second, from 0.4 s on."""
    assert h.score is not None
    first = h.words[0].start - h.score.words[0].start
    planned = states(h.score)[0][:-1, 0]
    return np.asarray(h.states[first // 100 :][: len(planned), 0] - planned)[96 : h.score.words[-1].end // 100]


# ---- what is heard
def test_a_whisper_has_no_harmonics() -> None:
    assert harmonicity(manner("").spoken()) > 12.0
    assert harmonicity(manner("whisper").spoken()) < 0.0
    assert manner("whisper").states[:, 1].max() == 0.0
    assert level(manner("whisper").spoken(), 60, 8000) < level(manner("").spoken(), 60, 8000) - 6.0


def test_a_shout_is_higher_louder_and_brighter() -> None:
    plain, shout = manner(""), manner("shout")
    at = [h.states[h.words[0].start // 100 : h.words[-1].end // 100, 0].mean() for h in (plain, shout)]
    assert at[1] > at[0] + 5.0
    assert level(shout.spoken(), 60, 8000) > level(plain.spoken(), 60, 8000) + 4.0
    tilt = [level(h.spoken(), 1000, 5000) - level(h.spoken(), 60, 1000) for h in (plain, shout)]
    assert tilt[1] > tilt[0] + 5.0
    assert shout.face[:, FACE_ID["jawOpen"]].max() > 1.2 * plain.face[:, FACE_ID["jawOpen"]].max()


def test_a_laugh_bursts_at_the_rate_of_its_oscillator_and_falls() -> None:
    laugh, sound = heard("[laugh]"), regimes()["laugh"].sound
    assert sound is not None
    rate, share = rhythm(envelope(laugh.word()), 200.0, 2.0, 12.0)
    assert 4.0 < rate < 6.0 and abs(rate - sound.pulse) < 0.6 and share > 0.5
    loud = envelope(laugh.word())
    assert loud[: len(loud) // 2].max() > 1.5 * loud[-len(loud) // 3 :].max()
    pitch = laugh.states[laugh.words[0].start // 100 : laugh.words[0].end // 100, 0]
    assert pitch[40:100].mean() > pitch[-60:].mean() + 3.0


def test_the_jaw_opens_with_each_burst_of_a_laugh() -> None:
    laugh = heard("[laugh]")
    jaw, voiced = laugh.jaw(), laugh.states[laugh.words[0].start // 100 : laugh.words[0].end // 100, 1]
    rate, _ = rhythm(jaw, 60.0, 2.0, 12.0)
    assert 4.0 < rate < 6.0
    begins = np.flatnonzero((voiced[1:] > 0.4) & (voiced[:-1] <= 0.4)) // 4
    assert len(begins) == 7
    for i in begins[1:]:  # the face leads by 30 ms, so it is looked at around the burst
        around = jaw[max(i - 5, 0) : i + 9]
        assert around.max() > around.min() + 0.06


def test_the_field_follows_a_laugh() -> None:
    host = Host(seed=1)
    who = host.avatar("mira")
    host.say(who, "[laugh 4s]")
    host.step(200)
    locks = host.field(who).locks
    assert locks["syllable-nucleus"][0] > 0.8 and locks["jaw-syllable"][0] > 0.8


def test_crying_trembles_at_five_to_seven_hertz() -> None:
    plain, cry = manner(""), manner("cry")
    rate, share = rhythm(bend(cry), 240.0, 3.0, 20.0)
    assert 5.0 < rate < 7.0 and share > 0.8
    assert bend(cry).std() > 0.5 > 5.0 * bend(plain).std()
    voiced = [h.states[h.words[0].start // 100 : h.words[-1].end // 100, 2].mean() for h in (plain, cry)]
    assert voiced[1] > voiced[0] + 0.1


def test_a_sigh_is_breath_that_grows_dark() -> None:
    sigh = heard("[sigh]")
    sound = sigh.word()
    quarter = len(sound) // 4
    assert centroid(sound[:quarter]) > 1.2 * centroid(sound[2 * quarter : 3 * quarter])
    assert harmonicity(sound) < 0.0 and sigh.states[:, 1].max() < 0.05
    loud = envelope(sound)
    assert loud[:60].max() > 5.0 * loud[-60:].max()


@pytest.mark.parametrize("name", ["chuckle", "giggle", "gasp", "breath", "cry"])
def test_other_sounds_are_heard(name: str) -> None:
    once = heard(f"[{name}]")
    assert 0.003 < np.sqrt((once.word() ** 2).mean()) < 0.12


def test_strength_and_seconds() -> None:
    assert heard("[laugh 3s]").word().size > 1.7 * heard("[laugh]").word().size
    assert np.abs(heard("[laugh:0.4]").word()).max() < 0.7 * np.abs(heard("[laugh]").word()).max()
    soft, half = manner("whisper"), heard(f"[whisper:0.5]{TEXT}[/]")
    assert soft.states[:, 1].max() < half.states[:, 1].max() < manner("").states[:, 1].max()


# ---- what is seen and told
def test_feelings_come_with_them() -> None:
    smile, brow = FACE_ID["mouthSmileLeft"], FACE_ID["browInnerUp"]
    laugh = heard("The box is here. [laugh] The box is on the table.")
    i = next(i for i, w in enumerate(laugh.words) if w.text == "(laughs)")
    spot = laugh.words[i].end // BLOCK
    assert laugh.face[spot, smile] > 0.3 > laugh.face[10, smile]
    assert manner("cry").face[:, brow].max() > manner("").face[:, brow].max() + 0.2


def test_captions_say_what_is_heard() -> None:
    laugh = heard("Oh! [laugh] Fine. [sigh]")
    text = vtt(captions([("Mira", e) for e in laugh.events]))
    assert "(laughs)" in text and "(sighs)" in text
    marks = [e for e in laugh.events if e.kind == "mark"]
    assert [m.text for m in marks] == ["laugh", "sigh"]
    assert marks[0].start == next(e for e in laugh.words if e.text == "(laughs)").start


# ---- what they leave alone
def test_words_without_tags_are_as_they_were() -> None:
    """A regime of strength 0 goes through all of it and changes no byte; text without one has none in its score."""
    plain, none = manner(""), heard(f"[cry:0]{TEXT}[/]")
    assert np.array_equal(plain.audio, none.audio) and np.array_equal(plain.states, none.states)
    voice, persona = FormantVoice(), load_persona("mira")
    one, two = analyse(f"{TEXT} It was fun.").sentences
    assert all(w.regime is None for w in (*one.words, *two.words)) and voice.plan(one, persona, True).regimes == []


def test_words_around_a_manner_keep_their_own() -> None:
    voice, persona = FormantVoice(), load_persona("mira")
    score = voice.plan(analyse("One two [whisper]three four[/] five six.").sentences[0], persona, True)
    assert [(s.start, s.end) for s in score.regimes] == [(score.words[2].start, score.words[3].end)]
    inside = (score.regimes[0].start <= score.knot) & (score.knot < score.regimes[0].end)
    voicing = score.target[:, score.index("voicing")]
    assert voicing[inside].max() == 0.0 and voicing[score.knot >= score.words[4].start].max() > 0.9


def test_it_can_be_saved_in_the_middle_of_a_laugh() -> None:
    text = "[cry] Well [/] [laugh] then."
    assert np.array_equal(heard(text).audio, Heard(text).audio)
    host = Host(seed=1)
    host.say(host.avatar("mira"), text)
    for ticks in (25, 50):
        host.step(ticks)
        other = Host(seed=9).load(host.save())
        ours, theirs = ([h.step() for _ in range(60)] for h in (host, other))
        for a, b in zip(ours, theirs, strict=True):
            assert a.audio.tobytes() == b.audio.tobytes() and a.weights.tobytes() == b.weights.tobytes()


# ---- text and assets
def test_tags_are_manners_or_sounds_by_how_they_close() -> None:
    def told(text: str) -> list[tuple[str, str]]:
        return [(w.text, ("!" if w.regime.alone else "") + w.regime.name if w.regime else "")
                for s in analyse(text).sentences for w in s.words]  # fmt: skip

    assert told("[laugh]so[/] ok") == [("so", "laugh"), ("ok", "")]
    assert told("oh [laugh] ok") == [("oh", ""), ("(laughs)", "!laugh"), ("ok", "")]
    assert told("[joy]oh [laugh] ok[/] so") == [("oh", ""), ("(laughs)", "!laugh"), ("ok", ""), ("so", "")]
    assert told("[joy]oh [laugh]ok[/laugh] so[/]") == [("oh", ""), ("ok", "laugh"), ("so", "")]
    assert told("[whisper]oh [sigh] ok") == [("oh", "whisper"), ("(sighs)", "!sigh"), ("ok", "whisper")]
    assert told("go[gasp]on") == [("go", ""), ("(gasps)", "!gasp"), ("on", "")]
    assert told("[laugh]") == [("(laughs)", "!laugh")]


def test_ssml_says_the_same() -> None:
    for tag in ('<express-as style="whispering">', '<effect name="whispered">'):
        word = analyse(f"<speak>{tag}so</{tag[1:].split()[0]}></speak>").sentences[0].words[0]
        assert word.regime == over_words("whisper")
    assert analyse('<speak><express-as style="shouting" styledegree="0.5">so</express-as></speak>').sentences[0].words[
        0
    ].regime == over_words("shout", 0.5)


def test_an_unknown_regime_is_told() -> None:
    assert analyse("[wisper]so[/]").notes[0] == "unknown tag [wisper] is dropped; did you mean [whisper]?"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[hum]\nvoicing = 2.0", r"\[hum\]: voicing is 2.0; give a number from 0 to 1"),
        ("[hum]\nvoising = 1.0", "voising"),
        ('[[hum.field]]\nwhat = "amp"\nof = ["tremer"]\nby = 2.0', "no role 'tremer'; did you mean 'tremor'"),
        ('[[hum.field]]\nwhat = "amp"\nof = ["tremor"]\nby = 0.0', "by is 0.0; give a factor above 0"),
        ("[hum]\nfeeling = { joi = 1.0 }", "no feeling 'joi'; did you mean 'joy'"),
        ("[hum]\nwords = false", r"neither words nor \[.sound\]"),
        ('[hum.sound]\ncaption = "(hums)"\nseconds = 1.0\ncourse = { picth = [[0.0, 1.0]] }', "no channel 'picth'"),
    ],
)
def test_a_wrong_asset_says_what_to_do(text: str, message: str) -> None:
    with pytest.raises(AssetError, match=message):
        build(text.encode(), "field/x.toml")


def test_knobs_grow_with_strength() -> None:
    core, cry = load(), over_words("cry")
    full, half = knobs(cry, core), knobs(replace(cry, strength=0.5), core)
    assert np.allclose(half, 0.5 * full)
    freq = full[2 * len(core.pulled) :][: len(Role)]
    assert np.isclose(np.exp(freq[Role.TREMOR]), 1.28) and not freq[Role.JAW]
    assert not knobs(Regime(), core).any()


@pytest.mark.parametrize("name", ["mumble", "clear", "whisper", "shout"])
def test_manners_move_jaw_and_lips_and_leave_closures_closed(name: str) -> None:
    """More of both in clear and shouted words, more of the lips alone in whispered ones, less of both in mumbled ones."""
    text, rows = "Papa may move happy bees.", load_head("mira").rig
    heard, plain = Heard(f"[{name}]{text}[/]"), Heard(text)
    gap = rows["lip_gap"][:, 0] + heard.face[:, :52] @ rows["lip_gap"][:, 1:].T
    for phone in (e for e in heard.events if e.kind == "phone" and e.text in ("P", "B", "M")):
        assert gap[phone.start // BLOCK - 3 : phone.end // BLOCK + 3].max(axis=1).min() <= 1.0
    assert gap.min() >= -1.0
    jaw = np.log(max(heard.jaw(i).max() for i in range(5)) / max(plain.jaw(i).max() for i in range(5)))
    assert (jaw < -0.3) if name == "mumble" else (jaw > 0.1) if name != "whisper" else (abs(jaw) < 0.15)
    assert heard.score is not None and plain.score is not None
    spread = plain.score.index("spread")
    lips = heard.score.target[:, spread].max() / plain.score.target[:, spread].max()
    assert (lips < 0.6) if name == "mumble" else (lips > 1.2)
