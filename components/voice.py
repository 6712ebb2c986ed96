"""Speaking: what an avatar is saying now, the sound of this tick, and what a voice asset must supply."""

from collections.abc import Callable
from typing import Any, Protocol

from msgspec import Struct
from msgspec import field as default
from numpy.typing import NDArray

from psi_ecs import Col, PsiError, component, f32, field

from .avatar import Persona
from .score import Channel, Score
from .text import Sentence

BLOCK = 400
"""Samples a tick: 24 000 Hz / 60."""
CONTROL = 4
"""Control intervals a tick; state and spectrum are evaluated at their CONTROL + 1 borders, 100 samples apart."""


@component
class Sound:
    """What one avatar's mouth emits in this tick."""

    block: Col[f32] = field(shape=(BLOCK,), unit="full scale", low=-1.0, high=1.0, doc="mono samples at 24 000 Hz")


class Speech(Struct, kw_only=True):
    """Sparse component of an avatar that has something to say: its turn, the sentence being sounded and those that wait."""

    turn: int
    start: int
    """Absolute sample of the current score's sample 0."""
    score: Score | None
    x: NDArray[Any]
    """f64[K, C]: state at each knot (closed form carried from knot to knot). With one row before there is a score, the state to
    begin with."""
    v: NDArray[Any]
    """f64[K, C]: its velocity, per second."""
    kind: str = ""
    """Of the sentence being sounded: question, exclamation or statement."""
    sentence: Sentence | None = None
    """The one being sounded, as it was planned."""
    queue: list[Sentence] = default(default_factory=list)
    """Sentences not planned yet."""
    turns: list[int] = default(default_factory=list)
    """Turn of each sentence in `queue`; when it is shorter, the rest belong to `turn`."""
    states: NDArray[Any] | None = None
    """f64[CONTROL + 1, C]: the state over this tick; voice and face both read it."""
    folds: NDArray[Any] | None = None
    """f64[CONTROL + 1], cycles: how far one vocal fold is ahead of the other over this tick."""
    clocks: list[tuple[float, float]] | None = None
    """Phase and frequency of nuclei and of accents at this tick; NaN for what there is not."""

    def due(self, sample: int) -> bool:
        """Whether the next sentence is to be planned at this absolute sample."""
        return self.score is None or self.start + self.score.length <= sample


class Larynx(Struct, kw_only=True):
    """Sparse component: what a mouth carries from block to block, amplitudes at its last border."""

    theta: float = 0.0
    """Glottal phase at the next block's first sample, cycles."""
    pitch: float = 0.0
    """Hz; 0 before the first block."""
    re: NDArray[Any]
    """f64[partials], real part of each partial; likewise the rest."""
    im: NDArray[Any]
    noise_re: NDArray[Any]
    """f64[bands] of each noise oscillator."""
    noise_im: NDArray[Any]
    fold: float = 0.0
    """Cycles by which one fold was ahead at the last border."""
    depth: float = 0.0
    """How deep the glottis modulates the noise, 0 to 1."""


class Voice(Protocol):
    """What a voice asset supplies. Nothing else knows which voice speaks."""

    name: str
    channels: tuple[Channel, ...]
    """Its tract channels; SOURCE goes before them and ARTICULATORS after."""
    pulse: float
    """How deep the glottis modulates noise while it vibrates, 0 to 1."""

    def plan(self, sentence: Sentence, persona: Persona, last: bool) -> Score:
        """Knots from phones in context. `last` says that no sentence follows in this turn."""
        ...

    def spectrum(self, states: NDArray[Any], persona: Persona, partials: int) -> tuple[NDArray[Any], NDArray[Any]]:
        """Partial and noise amplitudes from tract state.

        Args: states f64[T, C]; partials: how many harmonics of the pitch are wanted.
        Returns: complex128[T, partials] amplitude and phase of each harmonic, and f64[T, 101] linear peak amplitude of
        the noise oscillators, 120 Hz apart from 0 Hz to Nyquist (those two stay silent).
        """
        ...


class Voices:
    """Resource (made anew by the program, not saved): the voice assets that personas may name."""

    def __init__(self, load: Callable[[str], Voice | None] | None = None) -> None:
        """None yet; plugins add theirs to `by_name`, or a way to `load` what is asked for and not there yet."""
        self.by_name: dict[str, Voice] = {}
        self._load = load

    def __getitem__(self, name: str) -> Voice:
        """The voice of that name; `PsiError` if there is none."""
        if name not in self.by_name and self._load is not None and (found := self._load(name)) is not None:
            self.by_name[name] = found
        if name not in self.by_name:
            raise PsiError(
                f"no voice named {name!r}; there are {', '.join(sorted(self.by_name)) or 'none'}: correct voice.asset"
            )
        return self.by_name[name]
