"""When the mouth moves beside when it is heard: correlation, the lag at every stressed vowel, and how early lips get ready."""

from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from psi_ecs.components.event import Spoken
from psi_ecs.components.phone import BILABIAL_CLOSED, LABIODENTAL

F64 = NDArray[np.float64]

TICK = 400
RATE = 24_000
FINE = 4
"""Points a tick at which mouth and sound are compared: 240 a second."""
ROUNDED = frozenset({"UW", "OW", "OY", "W", "SH", "ZH", "CH", "JH"})
"""Lip-heavy sounds whose lips come forward."""
VOICE_BAND = (200.0, 3000.0)
"""Hz in which vowels are loud and hissing is not; onsets of vowels are heard in the middle band (Scott 1998, on P-centres)."""
FLOOR = 0.01
"""Share of a sentence's loudest moment below which it is silent."""
MOST_EARLY = 0.06
"""Seconds before a vowel from which the mouth's way to it is looked at, if the sound before is not longer."""
BACK = 0.25
"""Seconds before a sound in which its movement may begin."""
VISIBLE = {"rounded": 1.0, "bilabial": 2.0, "labiodental": 2.0}
"""mm of a movement from which its beginning is looked for."""
RISES = 1.5, 3.0
"""mm of opening and dB of sound from which a vowel counts as a rise of either."""
ONSET = 0.06
"""Seconds of a vowel in which its sound's onset ends: what swells later is its accent."""


class Take(Struct):
    """One sentence as it was spoken."""

    name: str
    weights: NDArray[np.float32]
    """f32[T, 61]."""
    audio: NDArray[np.float32]
    """f32[T * 400]."""
    phones: list[Spoken]
    stressed: set[int]
    """Samples at which stressed vowels begin."""
    lips: NDArray[np.float64]
    """f64[T, 3], inner-lip gap in mm."""
    tooth: NDArray[np.float64]
    """f64[T], lower lip to upper incisors in mm."""
    width: NDArray[np.float64]
    """f64[T], mouth width in mm."""

    def span(self, phone: Spoken, margin: float = 0.0) -> slice:
        """The ticks of a phone, widened by `margin` seconds on both sides; at least one."""
        first = max(0, round((phone.start - margin * RATE) / TICK))
        last = round((phone.end + margin * RATE) / TICK)
        return slice(min(first, len(self.weights) - 1), max(last, first + 1))

    def fine(self, track: F64) -> F64:
        """A track f64[T] at FINE points a tick; tick t shows what its block of sound begins with."""
        return np.interp(np.arange(len(track) * FINE) / FINE, np.arange(len(track)), track)


def opening(take: Take) -> F64:
    """Lip gap, mm, f64[T]."""
    return np.maximum(take.lips[:, 0], 0.0)


def loudness(take: Take, band: tuple[float, float] | None = None) -> F64:
    """Root mean square of the sound in windows of 60 ms, f64[T * FINE]; of a band in Hz if one is given."""
    sound = take.audio.astype(np.float64)
    if band is not None:
        spectrum, hertz = np.fft.rfft(sound), np.fft.rfftfreq(len(sound), 1.0 / RATE)
        sound = np.fft.irfft(spectrum * ((band[0] <= hertz) & (hertz <= band[1])), len(sound))
    level = (sound.reshape(-1, TICK // FINE) ** 2).mean(axis=1)
    window = np.hanning(15) / np.hanning(15).sum()
    return np.asarray(np.sqrt(np.maximum(np.convolve(level, window, "same"), 0.0)))


def lag(takes: list[Take], shown: Callable[[Take], F64] = opening) -> tuple[float, float]:
    """(milliseconds by which what is shown, f64[T], leads loudness, correlation there): the peak of the mean normalised
    cross-correlation within +-250 ms, at 240 points a second."""
    reach = 60
    total = np.zeros(2 * reach + 1)
    for take in takes:
        level, mouth = loudness(take), take.fine(shown(take))
        a, b = level - level.mean(), mouth - mouth.mean()
        scale = np.sqrt((a * a).sum() * (b * b).sum())
        full = np.correlate(np.pad(a, reach), b, "valid") / max(scale, 1e-12)  # index reach + k: sound k points after mouth
        total += full
    total /= len(takes)
    peak = int(total.argmax())
    return (peak - reach) * 1000.0 * TICK / FINE / RATE, float(total[peak])


def crossing(track: F64, first: int, peak: int, share: float) -> float:
    """Where between points a track has first made `share` of its way from the point `first` to the point `peak`."""
    way = np.abs(track[first : peak + 1] - track[first])
    level = share * abs(track[peak] - track[first])
    i = int((way >= level).argmax())
    return float(first + (i - (way[i] - level) / (way[i] - way[i - 1]) if i else i))


class Lag(NamedTuple):
    """How a stressed vowel is seen beside how it is heard."""

    lead: float
    """Milliseconds by which its mouth comes before its sound."""
    opens: bool
    """Whether the mouth's moment is that of its opening; else of its whole way to the vowel."""
    swells: bool
    """Whether the sound's moment is that of its swelling; else of the boundary between the phones."""


def stressed_lags(take: Take) -> dict[Spoken, Lag]:
    """By how much the mouth of every stressed vowel comes before its sound.

    Both moments are halfway from the second half of the phone before the vowel to the most in its first three quarters, for
    the sound within ONSET: the half-rise is where an onset is heard (Scott 1998), and an asynchrony is one between events of
    opening and sound (Schwartz & Savariaux 2014). The mouth may begin its way earlier, by MOST_EARLY. A mouth that does not
    open into its vowel goes to it by narrowing or widening: its way is then the distance it covers in opening and width. A
    sound that does not swell passes from one phone to the next at their boundary.
    """
    sound, out = loudness(take, VOICE_BAND), {}
    level = 20.0 * np.log10(np.maximum(sound / sound.max(initial=1e-9), FLOOR))
    opened, width = take.fine(opening(take)), take.fine(take.width)
    for before, phone in pairwise(take.phones):
        if phone.start not in take.stressed:
            continue
        middle, begin = _point((before.start + before.end) / 2), _point(phone.start)
        end = begin + max(3 * (_point(phone.end) - begin) // 4, 1)
        early = max(min(middle, begin - _point(MOST_EARLY * RATE)), 0)
        opens = _rise(opened, early, begin, end, RISES[0])
        swells = _rise(level, middle, begin, min(end, begin + _point(ONSET * RATE)), RISES[1])
        way = np.hypot(opened - opened[early], width - width[early])
        seen = opens if opens is not None else crossing(way, early, begin + int(way[begin:end].argmax()), 0.5)
        heard = swells if swells is not None else float(begin)
        out[phone] = Lag((heard - seen) * TICK / FINE / RATE * 1000.0, opens is not None, swells is not None)
    return out


def _point(sample: float) -> int:
    return round(sample * FINE / TICK)


def _rise(track: F64, early: int, begin: int, end: int, least: float) -> float | None:
    """The point halfway from the least of a track from `early` on to its most from `begin` to `end`; None if it rises by less
    than `least`."""
    peak = begin + int(track[begin:end].argmax())
    low = early + int(track[early : peak + 1].argmin())
    return crossing(track, low, peak, 0.5) if track[peak] - track[low] >= least else None


def readiness(take: Take) -> dict[str, list[float]]:
    """Milliseconds before a lip-heavy sound begins at which the lips have made a tenth of their way to it, by kind of sound.

    The way is that of the mouth's width for rounded sounds, of the lip gap for bilabials and of lip to teeth for labiodentals,
    from its last extremum before to its extremum in the sound.
    """
    out: dict[str, list[float]] = {kind: [] for kind in VISIBLE}
    for phone in take.phones:
        if phone.text in ROUNDED:
            kind, track = "rounded", take.width
        elif phone.text in BILABIAL_CLOSED:
            kind, track = "bilabial", take.lips[:, 0]
        elif phone.text in LABIODENTAL:
            kind, track = "labiodental", take.tooth
        else:
            continue
        path = take.fine(track)
        begin, end = _point(phone.start), _point(phone.end)
        peak = begin + int(path[begin : max(end, begin + 1)].argmin())
        early = max(begin - _point(BACK * RATE), 0)
        first = peak
        while first > early and path[first - 1] >= path[first] - 0.01:
            first -= 1
        if path[first] - path[peak] >= VISIBLE[kind]:
            out[kind].append((begin - crossing(path, first, peak, 0.1)) * TICK / FINE / RATE * 1000.0)
    return out
