"""What the vocal tract does for each phone in its context: formant targets and loci, closures, frication, bursts, nasality.

Formants of a consonant start to be heard before it (its closing transition runs inside the vowel) and those of a vowel from the
release on; the relaxation between the two is the coarticulation. F2 at a consonant follows a locus equation.
"""

import numpy as np
from numpy.typing import NDArray

from psi_ecs.components.phone import PHONE, Manner

from .asset import BANDS, NASAL_POLE, SILENT, FormantTable, PhoneTable
from .gesture import Gestures, Segment

F64 = NDArray[np.float64]

FORMANT_RATE = 72.0
"""1/s: a transition of 91 % takes 55 ms."""
GLIDE_RATE = 48.0
SCHWA = (540.0, 1600.0, 2850.0, 4000.0)
SCHWA_LAST = (620.0, 1450.0, 2800.0, 4000.0)
"""Weak AH inside a word, and the more open one at a word's end (Flemming & Johnson 2007), between theirs and what a
recogniser understands best."""
VOICE_RATE = 280.0
NOISE_RATE = 260.0
BURST_RATE = 1600.0
QUIET = np.full(BANDS, SILENT)
SIDE = 2200.0
SONORANT = (Manner.GLIDE, Manner.LIQUID, Manner.NASAL)


class Tract:
    """Writes the tract's and the source's gestures of one sentence."""

    def __init__(self, table: FormantTable, out: Gestures, segments: list[Segment], scale: float, clarity: float = 1.0) -> None:
        """Scale multiplies all formants; clarity below 1 draws vowels toward the middle (manner.articulation)."""
        self.table, self.out, self.segments, self.scale, self.clarity = table, out, segments, scale, clarity

    def write(self) -> None:
        """All gestures of all segments."""
        for segment in self.segments:
            if segment.name == "SIL":
                self._silence(segment)
                continue
            manner = PHONE[segment.name].manner
            if PHONE[segment.name].vowel:
                self._vowel(segment)
            elif manner in (Manner.STOP, Manner.AFFRICATE):
                self._stop(segment)
            elif manner is Manner.FRICATIVE:
                self._breathed(segment) if segment.name == "HH" else self._fricative(segment)
            else:
                self._sonorant(segment)

    # Neighbours.

    def near(self, s: Segment, step: int) -> Segment | None:
        """The segment before (-1) or after (1), or None at the ends."""
        i = s.index + step
        return self.segments[i] if 0 <= i < len(self.segments) else None

    def vowel_near(self, s: Segment, step: int) -> PhoneTable:
        """The nearest vowel or glide within three segments on one side; schwa when there is none."""
        at = self.near(s, step)
        for _ in range(3):
            if at is None or at.name == "SIL":
                break
            if PHONE[at.name].vowel or at.name in ("W", "Y", "R", "L"):
                return self.table.phone[at.name]
            at = self.near(at, step)
        return self.table.phone["AH"]

    def lead(self, s: Segment, most: float) -> float:
        """Seconds by which a consonant's transition may run into the segment before it."""
        before = self.near(s, -1)
        if before is None or before.name == "SIL":
            return 0.1  # shaped in silence: nothing of it is heard
        return min(most, 0.45 * before.seconds)

    def locus(self, s: Segment, step: int) -> list[float]:
        """F1 to F4 of a consonant next to the vowel on one side."""
        own = self.table.phone[s.name]
        slope, intercept, follow = own.pull
        vowel = self.vowel_near(s, step).formants[0 if step > 0 else -1]
        f1, f2, f3, f4 = own.formants[0]
        if slope:
            f2 = slope * vowel[1] + intercept
        if s.name in ("K", "G", "NG") and vowel[1] > 1800.0:  # palatal before front vowels
            f2 = 0.35 * vowel[1] + 1550.0
        f3 = max((1.0 - follow) * f3 + follow * vowel[2], f2 + 200.0)
        return [f1, f2, f3, f4]

    # Building blocks.

    def formants(self, s: Segment, seconds: float, values: list[float], rate: float) -> None:
        """Aim F1 to F4."""
        self.out.add_block(seconds, s.index, rate, "f1", [v * self.scale for v in values])

    def bandwidths(self, s: Segment, seconds: float, shut: bool, rate: float = 150.0) -> None:
        """Aim B1 to B3."""
        self.out.add_block(
            seconds, s.index, rate, "b1", (self.table.shut_bandwidths if shut else self.table.open_bandwidths)[:3]
        )

    def voice(self, s: Segment, seconds: float, level: float | None, dull: float = 0.0, rate: float = VOICE_RATE) -> None:
        """Voice source at `level` dB re a vowel (None: off), and the loss behind a closure."""
        amplitude = 0.0 if level is None else min(1.0, 10.0 ** (level / 20.0))
        self.out.add(seconds, s.index, rate, voicing=amplitude, dull=dull)

    def hiss(self, s: Segment, seconds: float, bands: F64 | list[float], rate: float = NOISE_RATE) -> None:
        """Aim the noise bands."""
        self.out.add_block(seconds, s.index, rate, "n1", bands)

    def plain(self, s: Segment, seconds: float) -> None:
        """No nose, no side cavity, no breath beyond the persona's."""
        self.out.add(seconds, s.index, 120.0, nasal_zero=NASAL_POLE, side_pole=SIDE, side_zero=SIDE)
        self.out.add(seconds, s.index, 200.0, breath=0.0)

    # Phones.

    def _silence(self, s: Segment) -> None:
        self.voice(s, s.start + 0.005, None, rate=120.0)
        self.out.add(s.start, s.index, 90.0, breath=0.0)
        self.hiss(s, s.start, QUIET, 120.0)

    def _vowel(self, s: Segment) -> None:
        own = self.table.phone[s.name]
        diphthong = PHONE[s.name].manner is Manner.DIPHTHONG
        before = self.near(s, -1)
        first = s.start - (0.1 if before is None or before.name == "SIL" else 0.008)
        middle = self.table.phone["AH"].formants[0]
        weak = 0.0 if s.stress else 0.25 if s.name in ("AH", "IH") else 0.15
        rows = [
            [v + (m - v) * max(0.0, weak * (2.0 - self.clarity)) for v, m in zip(row, middle, strict=True)]
            for row in own.formants
        ]
        if s.name == "AH" and not s.stress:
            after = self.near(s, 1)
            rows = [list(SCHWA if after is not None and after.word == s.word else SCHWA_LAST)] * 2
        self.formants(s, first, rows[0], 55.0 if before is not None and before.name in ("W", "Y", "R") else FORMANT_RATE)
        turn = s.start + (0.3 if diphthong else 0.4) * s.seconds
        rate = float(np.clip(4.0 / (0.55 * s.seconds), 18.0, FORMANT_RATE)) if diphthong else 0.7 * FORMANT_RATE
        self.formants(s, turn, rows[-1], rate)
        self.bandwidths(s, s.start, shut=False)
        self.voice(s, s.start, own.level + (0.0 if s.stress else -2.0))
        self.hiss(s, s.start, QUIET)
        self.plain(s, s.start)

    def _sonorant(self, s: Segment) -> None:
        own = self.table.phone[s.name]
        nasal = PHONE[s.name].manner is Manner.NASAL
        lead = self.lead(s, 0.04 if nasal or s.name == "L" else 0.05)
        rate = FORMANT_RATE if nasal else GLIDE_RATE
        self.formants(s, s.start - lead, self.locus(s, -1), rate)
        self.formants(s, s.start + 0.4 * s.seconds, self.locus(s, 1), rate)
        self.bandwidths(s, s.start, shut=nasal)
        self.voice(s, s.start, own.level, own.dull, rate=VOICE_RATE if nasal else 120.0)
        self.hiss(s, s.start, QUIET)
        self.plain(s, s.start)
        if nasal:
            self.out.add(s.start - min(0.06, 1.4 * lead), s.index, 80.0, nasal_zero=400.0)
            pole, zero = {"M": (1200.0, 1250.0), "N": (2000.0, 1750.0), "NG": (1200.0, 1450.0)}[s.name]
            self.out.add(s.start, s.index, 250.0, nasal_zero=330.0, side_zero=zero * self.scale, side_pole=pole * self.scale)
        elif s.name == "L":
            self.out.add(s.start, s.index, 150.0, side_zero=1900.0 * self.scale, side_pole=2300.0 * self.scale)

    def _breathed(self, s: Segment) -> None:
        row = list(self.vowel_near(s, 1).formants[0])
        self.formants(s, s.start - self.lead(s, 0.02), [max(row[0], 450.0), *row[1:]], FORMANT_RATE)
        before = self.near(s, -1)
        voiced = before is not None and before.name != "SIL" and PHONE[before.name].voiced
        self.plain(s, s.start - 0.01)
        self.bandwidths(s, s.start, shut=True)
        self.voice(s, s.start, -24.0 if voiced else None, self.table.phone["HH"].dull)
        self.hiss(s, s.start, QUIET)
        self.out.add(s.start - 0.01, s.index, 180.0, breath=0.3)

    def _fricative(self, s: Segment) -> None:
        own = self.table.phone[s.name]
        self.formants(s, s.start - self.lead(s, 0.04), self.locus(s, -1), FORMANT_RATE)
        self.formants(s, s.start + 0.5 * s.seconds, self.locus(s, 1), FORMANT_RATE)
        self.plain(s, s.start)
        self.bandwidths(s, s.start - 0.01, shut=True)
        voiced = PHONE[s.name].voiced
        self.voice(s, s.start - (0.0 if voiced else 0.01), own.level if voiced else None, own.dull, rate=150.0)
        before = self.near(s, -1)
        sudden = before is not None and PHONE[before.name].manner in (Manner.STOP, Manner.SILENCE)
        self.hiss(s, s.start - (0.0 if sudden else 0.012), own.noise, 200.0)

    def _stop(self, s: Segment) -> None:
        own, voiced = self.table.phone[s.name], PHONE[s.name].voiced
        release = self.release(s)
        self.formants(s, s.start - self.lead(s, 0.04), self.locus(s, -1), FORMANT_RATE)
        self.formants(s, 0.5 * (s.start + release), self.locus(s, 1), FORMANT_RATE)
        self.plain(s, s.start)
        self.bandwidths(s, s.start, shut=True)
        self.voice(s, s.start - 0.006, own.level if voiced else None, 34.0, rate=300.0)
        self.hiss(s, s.start - 0.004, QUIET)
        after = self.near(s, 1)
        if after is not None and not own.noise and PHONE[after.name].manner in (Manner.STOP, Manner.AFFRICATE):
            return  # no audible release into another closure
        if voiced:
            self.voice(s, release - 0.012, -14.0, 34.0, rate=300.0)
        self.hiss(s, release - 0.004, self.burst(s), BURST_RATE)
        if s.name in ("T", "D") and after is not None and after.name == "R":  # affricated: tr, dr
            self.hiss(s, release + 0.004, np.asarray(self.table.phone["CH"].noise) - (4.0 if voiced else 0.0), 600.0)
            self.hiss(s, max(s.end - 0.03, release + 0.02), QUIET, 110.0)
            self._aspirate(s, release, after, voiced)
            return
        if own.noise:  # affricate
            self.hiss(s, release + 0.008, own.noise, 350.0)
        else:
            self.hiss(s, release + 0.003, QUIET, 420.0 if voiced else own.fade)
        self._aspirate(s, release, after, voiced)

    def _aspirate(self, s: Segment, release: float, after: Segment | None, voiced: bool) -> None:
        """Breath from the release of an unvoiced stop on, shaped by the formants of what follows."""
        if voiced or self.table.phone[s.name].noise:
            return
        self.out.add(release + 0.002, s.index, 300.0, breath=0.5 if s.end - release > 0.03 else 0.25, dull=0.0)
        if after is not None and after.name != "SIL":
            row = self.table.phone[after.name].formants[0]
            if PHONE[after.name].vowel or PHONE[after.name].manner in SONORANT[:2]:
                self.formants(s, release + 0.004, [max(row[0], 380.0), *row[1:]], FORMANT_RATE)

    def release(self, s: Segment) -> float:
        """When a stop's closure opens."""
        own, voiced = self.table.phone[s.name], PHONE[s.name].voiced
        before, after = self.near(s, -1), self.near(s, 1)
        length = own.release * 1e-3
        onset = after is not None and PHONE[after.name].manner in (Manner.VOWEL, Manner.DIPHTHONG, *SONORANT[:2])
        if not own.noise and not voiced:
            if not onset:
                length *= 0.6
            elif before is not None and before.name == "S" and before.word == s.word:
                length *= 0.3
            elif after is not None and not after.stress and not self._leads_stress(s):
                length *= 0.6
        return s.end - min(length, 0.62 * s.seconds)

    def _leads_stress(self, s: Segment) -> bool:
        """True when a stressed vowel follows in the stop's own syllable."""
        return any(o.stress and o.syllable == s.syllable for o in self.segments[s.index + 1 : s.index + 4])

    def burst(self, s: Segment) -> list[float]:
        """Burst spectrum before the vowel that follows."""
        own, f2 = self.table.phone[s.name], self.vowel_near(s, 1).formants[0][1]
        if f2 > 1800.0 and own.burst_front:
            return own.burst_front
        return own.burst_back if f2 < 1250.0 and own.burst_back else own.burst
