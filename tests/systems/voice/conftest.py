"""Words made by hand, and the ways to hear them."""

from collections.abc import Callable, Iterable

import numpy as np
import pytest
from numpy.typing import NDArray

from psi_ecs.components.avatar import Persona, VoiceStyle
from psi_ecs.components.phone import PHONE, PHONES
from psi_ecs.components.score import Score
from psi_ecs.components.text import Emotion, Prosody, Sentence, Word
from psi_ecs.systems.formats.persona import load_persona
from psi_ecs.systems.voice import FormantVoice, speak
from psi_ecs.systems.voice.speak import states

F64 = NDArray[np.float64]
BIRDS = ("DH AH", "B ER D Z", "AA R", "S IH NG IH NG", "L AW D L IY", "T AH D EY")


class Ear:
    """Sentences from ARPAbet, and their plans, states and sound by one persona."""

    def __init__(self, voice: FormantVoice, persona: Persona) -> None:
        self.voice, self.persona = voice, persona

    @staticmethod
    def word(
        phones: str, accent: float = 1.0, break_after: int = 1, stressed: int = 0, pause: float | None = None,
        emotion: Emotion | None = None, prosody: Prosody | None = None,
    ) -> Word:  # fmt: skip
        """Syllables go by vowels, consonants with the vowel after them; the stress is on vowel `stressed`."""
        names = phones.split()
        syllable, stress, vowels = list[int](), list[int](), 0
        total = sum(PHONE[n].vowel for n in names)
        for name in names:
            syllable.append(min(vowels, max(total - 1, 0)))
            stress.append(int(PHONE[name].vowel and vowels == stressed))
            vowels += PHONE[name].vowel
        return Word(
            text=phones.replace(" ", "").lower(), start=0, end=len(phones), phones=names, stress=stress, syllable=syllable,
            accent=accent, break_after=break_after, pause=pause, emotion=emotion or Emotion(), prosody=prosody or Prosody(),
        )  # fmt: skip

    @classmethod
    def sentence(cls, *words: Word | str, kind: str = "statement") -> Sentence:
        """A sentence of words, or of ARPAbet."""
        made = [cls.word(w) if isinstance(w, str) else w for w in words]
        made[-1].break_after = 4
        return Sentence(words=made, kind=kind)

    @classmethod
    def birds(cls, kind: str = "statement", emotion: Emotion | None = None, prosody: Prosody | None = None) -> Sentence:
        """ "The birds are singing loudly today": ordinary length, weak and strong words."""
        return cls.sentence(
            *(
                cls.word(p, accent=0.2 if i in (0, 2) else 1.0, stressed=int(i == 5), emotion=emotion, prosody=prosody)
                for i, p in enumerate(BIRDS)
            ),
            kind=kind,
        )

    def plan(self, said: Sentence, last: bool = True) -> Score:
        return self.voice.plan(said, self.persona, last)

    def path(self, said: Sentence) -> tuple[Score, dict[str, F64]]:
        """The score, and what each channel does at 240 borders a second."""
        score = self.plan(said)
        seen = states(score)[0]
        return score, {c.name: seen[:, i] for i, c in enumerate(score.channels)}

    @staticmethod
    def names(score: Score) -> list[str]:
        """Phones of a score."""
        return [PHONES[p].name for p in score.phone.tolist()]

    def seconds(self, said: Sentence, name: str, nth: int = 0) -> float:
        """Duration of the nth phone of that name."""
        score = self.plan(said)
        i = [i for i, n in enumerate(self.names(score)) if n == name][nth]
        return float(score.end[i] - score.start[i]) / 24_000.0

    def sound(self, said: Sentence | Iterable[Sentence], seed: int = 0) -> NDArray[np.float32]:
        sentences = [said] if isinstance(said, Sentence) else list(said)
        return speak(sentences, self.persona, self.voice, seed)[0]


@pytest.fixture(scope="session")
def voice() -> FormantVoice:
    return FormantVoice()


@pytest.fixture(scope="session")
def ear(voice: FormantVoice) -> Ear:
    """An ordinary voice without habits."""
    return Ear(voice, Persona(name="plain", voice=VoiceStyle(pitch=200.0)))


@pytest.fixture(scope="session")
def ear_of(voice: FormantVoice) -> Callable[[str], Ear]:
    """Ears of the personas in assets."""
    return lambda name: Ear(voice, load_persona(name))
