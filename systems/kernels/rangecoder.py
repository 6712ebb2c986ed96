"""Numbers to bytes by their probability: a range coder (Martin 1979) with the carry of LZMA (Pavlov 1998), and its tables."""

from bisect import bisect_right
from collections.abc import Sequence

from psi_ecs.backend import BackendError

BITS = 14
"""Tables share out 2^BITS."""
TOP = 1 << 24
_ALL = 0xFFFFFFFF


class Writer:
    """Turns symbols into bytes; `bytes` ends it. What is written here is read by `Reader` with the same calls."""

    def __init__(self) -> None:
        """Nothing yet."""
        self._low, self._range, self._cache, self._held = 0, _ALL, 0, 1
        self._out = bytearray()

    @property
    def size(self) -> int:
        """Bytes so far."""
        return len(self._out) + self._held

    def code(self, table: Sequence[int], symbol: int) -> int:
        """Put a symbol by its cumulative table: table[s] to table[s + 1] of 2^BITS belong to s. Returns it."""
        part = self._range >> BITS
        self._low += part * table[symbol]
        self._range = part * (table[symbol + 1] - table[symbol])
        while self._range < TOP:
            self._range = (self._range << 8) & _ALL
            self._shift()
        return symbol

    def _shift(self) -> None:
        if self._low < 0xFF000000 or self._low > _ALL:
            carry = self._low >> 32
            for i in range(self._held):
                self._out.append(((self._cache if i == 0 else 0xFF) + carry) & 0xFF)
            self._held, self._cache = 0, (self._low >> 24) & 0xFF
        self._held += 1
        self._low = (self._low << 8) & _ALL

    def bytes(self) -> bytes:
        """What was put; zeros at the end are left out, since a reader sees zeros there."""
        for _ in range(5):
            self._shift()
        return bytes(self._out[1:]).rstrip(b"\0")


class Reader:
    """Takes symbols from bytes in the order in which they were put."""

    def __init__(self, data: bytes) -> None:
        """What a `Writer` made."""
        self._data, self._at, self._range = data, 4, _ALL
        self._code = int.from_bytes(data[:4].ljust(4, b"\0"), "big")

    def code(self, table: Sequence[int], symbol: int = 0) -> int:
        """The next symbol. Damaged bytes give some symbol, or a `BackendError` far beyond their end."""
        part = self._range >> BITS
        symbol = bisect_right(table, min(self._code // part, (1 << BITS) - 1)) - 1
        self._code -= part * table[symbol]
        self._range = part * (table[symbol + 1] - table[symbol])
        while self._range < TOP:
            if self._at > len(self._data) + 64:
                raise BackendError("range coder: the bytes end too early")
            byte = self._data[self._at] if self._at < len(self._data) else 0
            self._code, self._range, self._at = ((self._code << 8) | byte) & _ALL, (self._range << 8) & _ALL, self._at + 1
        return symbol


Coder = Writer | Reader


def table(weights: Sequence[float]) -> list[int]:
    """Cumulative table of symbols with these weights; none gets less than 1 of 2^BITS."""
    total, count = float(sum(weights)), len(weights)
    spare = (1 << BITS) - count
    out, run = [0], 0.0
    for i, weight in enumerate(weights):
        run += weight
        out.append(int(run / total * spare) + i + 1)
    out[-1] = 1 << BITS
    return out


class Learner:
    """A table that follows what it has seen."""

    def __init__(self, weights: Sequence[float], rate: float = 1.0 / 24.0) -> None:
        """With a first guess, and how far each symbol moves it."""
        total = sum(weights)
        self._weights, self._rate, self.table = [w / total for w in weights], rate, table(weights)

    def saw(self, symbol: int) -> None:
        """Move toward a symbol."""
        keep = 1.0 - self._rate
        self._weights = [w * keep for w in self._weights]
        self._weights[symbol] += self._rate
        self.table = table(self._weights)


_BIT = (0, 1 << (BITS - 1), 1 << BITS)


def bit(coder: Coder, value: int = 0) -> int:
    """A bit of which nothing is known."""
    return coder.code(_BIT, value)


def far(coder: Coder, number: int = 0) -> int:
    """A whole number from 0 on: the gamma code of number + 1 (Elias 1975). BackendError at 2^24 and above."""
    length, value = 1, 1
    while not bit(coder, int((number + 1).bit_length() == length)):
        length += 1
        if length > 24:
            raise BackendError("range coder: a number is too large")
    for i in range(length - 2, -1, -1):
        value = 2 * value + bit(coder, ((number + 1) >> i) & 1)
    return value - 1


def near(coder: Coder, learner: Learner, number: int = 0) -> int:
    """A whole number near 0 by a learner from `near_learner`."""
    reach = (len(learner.table) - 3) // 2
    symbol = coder.code(learner.table, number + reach if abs(number) <= reach else 2 * reach + 1)
    learner.saw(symbol)
    if symbol <= 2 * reach:
        return symbol - reach
    sign = -1 if bit(coder, int(number < 0)) else 1
    return sign * (far(coder, abs(number) - reach - 1) + reach + 1)


def near_learner(reach: int = 12) -> Learner:
    """Of the numbers -reach..reach and an escape, those near 0 likelier."""
    return Learner([0.66 ** abs(n) for n in range(-reach, reach + 1)] + [1e-3])
