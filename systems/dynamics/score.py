"""The score's state, read for this tick: for the voice at the moment of the sound, for the face a little ahead of it.

Between knots the state is a closed form, so nothing is integrated. What makes a voice live is added here, from the field: the
tremors of the larynx, and the roughness of two vocal folds that are pulled together. Jaw and head read the score where their
own oscillators are (`moment`).
"""

import numpy as np
from numpy.typing import NDArray

from psi_ecs import Clock, Entities, Query, Res, Sparse, Write, Writer, system
from psi_ecs.components.avatar import Avatar, Cast, Feeling
from psi_ecs.components.event import Cue, Spoken
from psi_ecs.components.face import Articulation
from psi_ecs.components.oscillator import Oscillator, Part, Role
from psi_ecs.components.phone import PHONES
from psi_ecs.components.regime import Regime
from psi_ecs.components.score import ARTICULATOR_REST, AT_REST, RATE, Score, articulator_slice
from psi_ecs.components.switch import Switches
from psi_ecs.components.voice import BLOCK, CONTROL, Speech
from psi_ecs.systems.kernels import relax
from psi_ecs.systems.kernels.waver import flutter

from .moment import TRAVELLERS, beat, exert, marks, offsets, ride
from .regime import felt, pace, quiver, show
from .wiring import Wiring

F64 = NDArray[np.float64]

LEAD = 0.03
"""Seconds by which mouth and face are ahead of the sound; ITU-R BT.1359 finds up to 45 ms late and 125 ms early unseen."""
SPAN = BLOCK // CONTROL
LOUD = 12.0
"""dB of effort above nominal that count as full loudness."""
TREMBLING = (Role.TREMOR, Role.QUAVER, Role.FLUTTER)
"""Oscillators that move the pitch."""
TREMORS = slice(Role.TREMOR, Role.FLUTTER + 1)
_TRAVELLERS = np.array(TRAVELLERS)
TREMOLO = 0.3
"""dB by which loudness goes with the tremor of amplitude 1: amplitude and pitch tremble together (Titze 1994)."""
_BORDERS = np.append(np.arange(CONTROL + 1) * SPAN / RATE, (LEAD, LEAD, LEAD))
FEELING_SECONDS = 0.45
"""Time constant with which a feeling takes hold."""


@system("simulate")
def evaluate(
    avatars: Query[Entities, Avatar, Write[Articulation], Write[Feeling]],
    speech: Sparse[Write[Speech]],
    oscillators: Query[Oscillator, Part],
    cast: Res[Cast],
    wiring: Res[Write[Wiring]],
    switches: Res[Switches],
    clock: Res[Clock],
    out: Writer[Spoken],
    cues: Writer[Cue],
) -> None:
    """Read each score at this tick: its state for the voice, the articulators a little ahead for the face, and what is
    reached."""
    sample, dt = clock.value.sample, clock.value.dt
    for ents, avatar, mouth, feeling in avatars:
        share = 1.0 - np.exp(-dt / FEELING_SECONDS)
        feeling.now[:] += (feeling.goal - feeling.now) * share
        for row, entity in enumerate(ents.id.tolist()):
            said = speech.get(entity)
            if said is None or said.score is None:
                mouth.now[row] += (ARTICULATOR_REST - mouth.now[row]) * (1.0 - np.exp(-dt * AT_REST))
                mouth.loudness[row] = mouth.pitch[row] = mouth.phone[row] = mouth.tune[row] = 0.0
                mouth.ahead[row] = 0.0
                continue
            persona = cast.value.personas[int(avatar.index[row])]
            place = sample - said.start
            said.clocks = [beat(m, place, BLOCK) for m in wiring.value.marks(entity, said.score, marks)]
            found = _oscillators(entity, oscillators, wiring.value)
            if found is not None:
                mouth.ahead[row] = offsets(found[0].theta[found[1][_TRAVELLERS]].tolist(), said.clocks)
            states = read(said, said.score, sample, mouth.ahead[row], "koopman" not in switches.value.off)
            if found is not None:
                _shake(*found, said.score.regime(place), states[: CONTROL + 1])
            if said.score.regimes:
                show(entity, said.score, place, cues)
                if "emotion" not in switches.value.off:
                    feeling.now[row] += share * felt(said.score, place, feeling.goal[row])
            said.states = states[: CONTROL + 1]
            shown, jaw, tune = states[CONTROL + 1 :]
            art = articulator_slice(said.score)
            ride(shown[art], float(jaw[art][0]))
            exert(shown[art], mouth.effort[row])
            mouth.now[row] = shown[art]
            mouth.loudness[row] = effort(shown)
            mouth.pitch[row], mouth.tune[row] = np.array([shown[0], tune[0]]) - 12.0 * np.log2(persona.voice.pitch)
            mouth.phone[row] = said.score.phone[phone_at(said.score, sample - said.start + round(LEAD * RATE))]
            announce(entity, said, said.score, sample, out)


def read(said: Speech, score: Score, sample: int, ahead: NDArray[np.float32], closed: bool = True) -> F64:
    """States at the tick's borders, and LEAD seconds after its start: there, and where jaw and head are, f32[2] seconds further
    along; f64[CONTROL + 4, C]."""
    solve, at = relax.at if closed else relax.stepped, _BORDERS + (sample - said.start) / RATE
    at[-2:] += ahead
    return solve(at, score.knot / RATE, score.target, score.rate, said.x, said.v)


def _oscillators(
    entity: int, oscillators: Query[Oscillator, Part], wires: Wiring
) -> tuple[Oscillator, NDArray[np.int64]] | None:
    """An avatar's oscillators, and their rows by role; None until it has them."""
    for osc, part in oscillators:
        row = wires.rows(part).get(entity)
        if row is not None:
            return osc, row
    return None


def _shake(osc: Oscillator, row: NDArray[np.int64], regime: Regime | None, states: F64) -> None:
    """Let pitch and loudness, and in a regime the whole voice, follow an avatar's tremors, in place;
    states f64[CONTROL + 1, C]."""
    rows = row[TREMORS]
    freq = osc.freq[rows] if regime is None else osc.freq[rows] * pace(regime, TREMBLING)
    turn = osc.theta[rows, None] + freq[:, None] * _BORDERS[: CONTROL + 1]
    wave = np.sin(2.0 * np.pi * turn)
    amp = osc.amp[rows]
    states[:, 0] += flutter(wave, amp)
    states[:, 3] += TREMOLO * amp[0] * wave[0]
    if regime is not None and (regime.tremolo or regime.crack):
        quiver(regime, states, *wave[:2])


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
