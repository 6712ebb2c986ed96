"""The field in motion: oscillators advance under their couplings, and the score's state is read for this tick.

The syllable oscillator is driven by the nuclei of the score (one cycle a syllable), and the jaw oscillator is locked to it 1:1;
the glottal oscillator runs at the pitch of the state, in step with the sound. Everything else runs at its own
frequency, and pulls weakly (breath on sway, sway on its other axes), so that no two movements of an avatar are unrelated.
"""

import numpy as np
from numpy.typing import NDArray

from psi_ecs import App, Clock, Commands, Entities, Query, Res, Rng, Sparse, Write, Writer, system
from psi_ecs.components.avatar import Avatar, Cast, Feeling
from psi_ecs.components.event import Spoken
from psi_ecs.components.face import Articulation
from psi_ecs.components.oscillator import Oscillator, Part, Role
from psi_ecs.components.phone import PHONES
from psi_ecs.components.score import ARTICULATOR_REST, RATE, Score, articulator_slice
from psi_ecs.components.voice import BLOCK, CONTROL, Speech

from .kernels import kuramoto, relax
from .kernels.waver import waver

F64 = NDArray[np.float64]

LEAD = 0.03
"""Seconds by which mouth and face are ahead of the sound; ITU-R BT.1359 finds up to 45 ms late and 125 ms early unseen."""
SPAN = BLOCK // CONTROL
FREQUENCY: dict[Role, float] = {
    Role.GLOTTIS: 200.0, Role.SYLLABLE: 4.5, Role.JAW: 4.5, Role.BREATH: 0.23, Role.BLINK: 0.28, Role.GAZE_YAW: 1.1,
    Role.GAZE_PITCH: 0.43, Role.SWAY_YAW: 0.11, Role.SWAY_PITCH: 0.17, Role.SWAY_ROLL: 0.083, Role.BROW: 0.19, Role.MOUTH: 0.13,
    Role.PHRASE: 0.5,
}  # fmt: skip
"""Intrinsic frequencies in Hz. Syllables: the modulation peak of speech, 4.5 Hz (Ding et al. 2017); breath 14 a minute."""
LOCK = 60.0
"""Pull of the score on the syllable oscillator and of that on the jaw, rad/s: phase errors fade in 17 ms."""
PULLS: tuple[tuple[Role, Role, float], ...] = (
    (Role.JAW, Role.SYLLABLE, LOCK),
    (Role.SWAY_PITCH, Role.BREATH, 0.06),
    (Role.SWAY_YAW, Role.SWAY_ROLL, 0.05),
    (Role.SWAY_ROLL, Role.SWAY_YAW, 0.05),
    (Role.MOUTH, Role.BROW, 0.04),
)
"""Couplings: who is pulled, by whom, how strongly (rad/s)."""
LOUD = 12.0
"""dB of effort above nominal that count as full loudness."""
_BORDERS = np.append(np.arange(CONTROL + 1) * SPAN / RATE, LEAD)
VOWEL = np.array([phone.vowel for phone in PHONES])
FEELING_SECONDS = 0.45
"""Time constant with which a feeling takes hold."""


@system("input")
def awaken(avatars: Query[Entities, Avatar], parts: Query[Part], rng: Res[Rng], cmd: Commands) -> None:
    """Give every new avatar its oscillators, at random phases."""
    known = {a for (part,) in parts for a in part.avatar.tolist()}
    for ents, _ in avatars:
        for entity in ents.id.tolist():
            if entity in known:
                continue
            n = len(Role)
            freq = np.array([FREQUENCY[r] for r in Role])
            drawn = rng.value.stream("field").random((2, n))
            slow = (freq < 2.0) & (np.arange(n) != Role.BLINK)
            freq = np.where(slow, freq * (0.9 + 0.2 * drawn[1]), freq)
            theta = np.where(freq < 2.0, drawn[0], 0.0)
            cmd.spawn(n, Oscillator(theta=theta, freq=freq), Part(avatar=np.full(n, entity, np.uint64), role=np.arange(n)))


@system("simulate")
def evaluate(
    avatars: Query[Entities, Avatar, Write[Articulation], Write[Feeling]],
    speech: Sparse[Write[Speech]],
    cast: Res[Cast],
    clock: Res[Clock],
    rng: Res[Rng],
    out: Writer[Spoken],
) -> None:
    """Read each score at this tick: its state for the voice, the articulators a little ahead for the face, and what is
    reached."""
    sample, dt = clock.value.sample, clock.value.dt
    for ents, avatar, mouth, feeling in avatars:
        feeling.now[:] += (feeling.goal - feeling.now) * (1.0 - np.exp(-dt / FEELING_SECONDS))
        for row, entity in enumerate(ents.id.tolist()):
            said = speech.get(entity)
            if said is None or said.score is None:
                mouth.now[row] += (ARTICULATOR_REST - mouth.now[row]) * (1.0 - np.exp(-dt * 14.0))
                mouth.loudness[row] = mouth.pitch[row] = mouth.phone[row] = 0.0
                continue
            persona = cast.value.personas[int(avatar.index[row])]
            seed = rng.value.seed * 1024 + int(avatar.index[row])
            states = read(said, said.score, sample)
            states[:-1, 0] += waver(sample // SPAN, CONTROL + 1, SPAN / RATE, persona.voice.roughness, seed)
            said.states = states[:-1]
            mouth.now[row] = states[-1, articulator_slice(said.score)]
            mouth.loudness[row] = effort(states[-1])
            mouth.pitch[row] = states[-1, 0] - 12.0 * np.log2(persona.voice.pitch)
            mouth.phone[row] = said.score.phone[phone_at(said.score, sample - said.start + round(LEAD * RATE))]
            announce(entity, said, said.score, sample, out)


def read(said: Speech, score: Score, sample: int) -> F64:
    """States at the tick's borders and, in the last row, LEAD seconds after the tick's start; f64[CONTROL + 2, C]."""
    return relax.at(_BORDERS + (sample - said.start) / RATE, score.knot / RATE, score.target, score.rate, said.x, said.v)


def effort(state: F64) -> float:
    """Relative vocal effort, 0 to 1: 0.5 is an ordinary vowel."""
    voiced = max(state[1], 0.5 * state[2])
    return float(min(max(voiced * (0.5 + 0.5 * state[3] / LOUD), 0.0), 1.0))


def phone_at(score: Score, sample: int) -> int:
    """Index of the phone sounding at a sample of the score."""
    return min(max(int(score.start.searchsorted(sample, side="right")) - 1, 0), len(score.start) - 1)


def announce(entity: int, said: Speech, score: Score, sample: int, out: Writer[Spoken]) -> None:
    """Send what begins within this tick: sentence, words, phones and marks."""
    low, high = sample - said.start, sample - said.start + BLOCK
    base, turn = said.start, said.turn

    def send(kind: str, text: str, start: int, end: int, chars: tuple[int, int] = (0, 0)) -> None:
        out.send(Spoken(avatar=entity, turn=turn, kind=kind, text=text, start=base + start, end=base + end,
                        char_start=chars[0], char_end=chars[1]))  # fmt: skip

    if low <= 0 < high and score.words:
        text = " ".join(w.text for w in score.words)
        send("sentence", text, 0, score.length, (score.words[0].char_start, score.words[-1].char_end))
    for word in score.words:
        if low <= word.start < high:
            send("word", word.text, word.start, word.end, (word.char_start, word.char_end))
    for i in range(*score.start.searchsorted((low, high)).tolist()):
        send("phone", PHONES[int(score.phone[i])].name, int(score.start[i]), int(score.end[i]))
    for name, place in score.marks:
        if low <= place < high:
            send("mark", name, place, place)


class Wiring:
    """Resource, derived and not saved: where each oscillator lies, and who pulls whom. Columns that moved are new arrays."""

    def __init__(self) -> None:
        """Nothing looked up yet."""
        self._avatar: NDArray[np.uint64] | None = None
        self.place: dict[tuple[int, int], int] = {}
        self.pulled = self.by = np.zeros(0, np.int64)
        self.gain = np.zeros(0)

    def look(self, part: Part) -> None:
        """Find the oscillators of a table by (avatar, role), and their couplings."""
        if self._avatar is part.avatar:
            return
        self._avatar = part.avatar
        self.place = {pair: i for i, pair in enumerate(zip(part.avatar.tolist(), part.role.tolist(), strict=True))}
        found = [
            (self.place[a, q], self.place[a, p], gain)
            for a in sorted(set(part.avatar.tolist()))
            for q, p, gain in PULLS
            if (a, q) in self.place and (a, p) in self.place
        ]
        self.pulled, self.by = (np.array([row[i] for row in found], np.int64) for i in (0, 1))
        self.gain = np.array([row[2] for row in found], np.float64)


@system("simulate", after=(evaluate,))
def advance(
    oscillators: Query[Write[Oscillator], Part],
    avatars: Query[Entities, Avatar],
    speech: Sparse[Speech],
    wiring: Res[Write[Wiring]],
    clock: Res[Clock],
) -> None:
    """Move every phase by one tick."""
    now, wires = clock.value, wiring.value
    for osc, part in oscillators:
        wires.look(part)
        freq, drive = osc.freq.copy(), dict[int, float]()
        glottal = dict[int, float]()
        for ents, _ in avatars:
            for entity in ents.id.tolist():
                said = speech.get(entity)
                if said is None or said.states is None or said.score is None or (entity, Role.GLOTTIS) not in wires.place:
                    continue
                pitch = np.exp2(said.states[:, 0] / 12.0)
                i, j = wires.place[entity, Role.GLOTTIS], wires.place[entity, Role.SYLLABLE]
                osc.freq[i] = 0.5 * (pitch[:-1] + pitch[1:]).mean()  # straight between borders, as in the sound
                glottal[i] = (osc.theta[i] + osc.freq[i] * now.dt) % 1.0
                if (nuclei := beat(said.score, now.sample - said.start, now.block)) is not None:
                    drive[j], freq[j] = nuclei
        osc.theta[:] = couple(osc.theta, freq, drive, wires, now.dt)
        for i, theta in glottal.items():
            osc.theta[i] = theta


def beat(score: Score, sample: int, block: int) -> tuple[float, float] | None:
    """Phase in cycles that the syllable nuclei of a score prescribe at a sample (whole at each nucleus) and its frequency in
    Hz; None with fewer than two."""
    nuclei = score.start[VOWEL[score.phone]]
    if len(nuclei) < 2:
        return None
    here, there = np.interp([sample, sample + block], nuclei, np.arange(len(nuclei)))
    return float(here % 1.0), float((there - here) * RATE / block)


def couple(theta: F64, freq: F64, drive: dict[int, float], wires: Wiring, dt: float) -> F64:
    """Phases after one tick; `drive` gives the outside phase that pulls some oscillators with LOCK."""
    pulled = np.concatenate((wires.pulled, np.fromiter(drive, np.int64, len(drive))))
    gain = np.concatenate((wires.gain, np.full(len(drive), LOCK))) / (2.0 * np.pi)
    outside = np.fromiter(drive.values(), np.float64, len(drive))

    def slope(at: F64, out: F64) -> None:
        angle = (2.0 * np.pi) * (np.concatenate((at[wires.by], outside)) - at[pulled])
        out[:] = np.bincount(pulled, gain * np.sin(angle), len(out))

    return kuramoto.step(theta, freq, dt, slope)


def dynamics(app: App) -> None:
    """Plugin: the field and the score move."""
    app.add(Wiring(), awaken, evaluate, advance)
