"""Time: an integer count of audio samples. Everything else derives from it."""

from msgspec import Struct


class Clock(Struct):
    """Resource: a fixed step of `block` samples at `rate` a second; 400 at 24 000 Hz is 60 ticks a second."""

    tick: int = 0
    rate: int = 24_000
    block: int = 400

    @property
    def sample(self) -> int:
        """First sample of this tick."""
        return self.tick * self.block

    @property
    def fps(self) -> int:
        """Ticks a second."""
        return self.rate // self.block

    @property
    def dt(self) -> float:
        """Seconds a tick."""
        return self.block / self.rate

    @property
    def time(self) -> float:
        """Seconds at the start of this tick."""
        return self.sample / self.rate
