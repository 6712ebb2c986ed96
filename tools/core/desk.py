"""The equaliser: a fader for every knob of a core asset, in pages. Keys go in, lines and the edited asset come out; it knows
neither terminal nor window."""

from dataclasses import dataclass
from math import asinh, sinh

from psi_ecs import AssetError
from psi_ecs.components.oscillator import OUTSIDE, Core, Role
from psi_ecs.systems.dynamics.core import CoreSpec, build

from .edit import EMOTION, Change, edit, parse, spec_of
from .gauge import column

FINE, COARSE = 1.0 / 120.0, 1.0 / 20.0
"""Steps of a fader, as shares of its way."""
CELL = 11
"""Characters of a fader's column."""
HELP = "←→↑↓ PgUp PgDn  Tab page  u undo  r redo  0 as in the file  s save  q leave"
OUTER = [r.name.lower() for r in OUTSIDE]


@dataclass(frozen=True)
class Fader:
    """One knob, and how far along its way a value is: even in asinh(value / knee), so that small values are as fine."""

    path: str
    """As `parse` reads it."""
    below: tuple[str, str]
    """Two short lines that name it."""
    unit: str
    low: float
    high: float
    knee: float

    def share(self, value: float) -> float:
        """0 to 1."""
        a, b, x = (asinh(v / self.knee) for v in (self.low, self.high, value))
        return (x - a) / (b - a)

    def moved(self, value: float, by: float) -> float:
        """The value that lies `by` of the whole way further, to three digits, within bounds."""
        a, b = asinh(self.low / self.knee), asinh(self.high / self.knee)
        at = min(max(self.share(value) + by, 0.0), 1.0)
        raw = self.knee * sinh(a + at * (b - a))
        near = 0.0 if self.low <= 0.0 and abs(at - self.share(0.0)) < 0.5 * FINE else float(f"{raw:.3g}")
        return min(max(near, self.low), self.high)


class Desk:
    """The state of the equaliser."""

    def __init__(self, text: str, where: str) -> None:
        """Begin with an asset's text; `where` names it. AssetError if it is none."""
        self.core = build(text.encode(), where)
        self.text = self.first = self.saved = text
        self.where = where
        self.pages = pages(spec_of(text, where))
        self.page = 0
        self.at = [0] * len(self.pages)
        self.past: list[str] = []
        self.ahead: list[str] = []
        self.message = HELP
        self.save = self.done = self.again = False
        """Whether saving is asked for; whether all is over; whether leaving was asked for once, with something unsaved."""

    @property
    def title(self) -> str:
        """Name of the page."""
        return list(self.pages)[self.page]

    @property
    def faders(self) -> list[Fader]:
        """Those of the page."""
        return self.pages[self.title]

    @property
    def fader(self) -> Fader | None:
        """The one that is chosen; None on a page without any."""
        return self.faders[self.at[self.page]] if self.faders else None

    def value(self, fader: Fader, text: str | None = None) -> float:
        """What the asset says now, or another text."""
        return value_of(spec_of(self.text if text is None else text, self.where), fader)

    def press(self, key: str) -> None:
        """One key: a character, or left, right, up, down, pageup, pagedown, home, end, tab, backtab, escape."""
        again, self.again = self.again, False
        self.message = HELP
        if key in ("left", "right", "home", "end") and self.faders:
            last = len(self.faders) - 1
            here = self.at[self.page]
            self.at[self.page] = {"left": max(here - 1, 0), "right": min(here + 1, last), "home": 0, "end": last}[key]
        elif key in ("tab", "backtab"):
            self.page = (self.page + (1 if key == "tab" else -1)) % len(self.pages)
        elif key.isdigit() and 1 <= int(key) <= len(self.pages):
            self.page = int(key) - 1
        elif key in ("up", "down", "pageup", "pagedown"):
            size = FINE if key in ("up", "down") else COARSE
            self._turn(size if key in ("up", "pageup") else -size)
        elif key == "0" and self.fader is not None:
            self._set(self.fader, self.value(self.fader, self.first))
        elif key in ("u", "r"):
            self._undo(*((self.past, self.ahead) if key == "u" else (self.ahead, self.past)))
        elif key == "s":
            self.save = True
        elif key in ("q", "escape"):
            self.done = again or self.text == self.saved
            self.again = not self.done
            self.message = "not saved: q again leaves, s saves" if self.again else HELP

    def kept(self, path: object) -> None:
        """The asset was written."""
        self.save, self.saved, self.message = False, self.text, f"saved to {path}"

    def _turn(self, by: float) -> None:
        if self.fader is not None:
            self._set(self.fader, self.fader.moved(self.value(self.fader), by))

    def _set(self, fader: Fader, value: float) -> None:
        change = parse(f"{fader.path}={value!r}")
        try:
            text, told = edit(self.text, [change], self.where)
        except AssetError as why:
            self.message = str(why)
            return
        if text != self.text:
            self.past.append(self.text)
            self.ahead.clear()
            self._take(text)
        self.message = told[0]

    def _undo(self, source: list[str], target: list[str]) -> None:
        if not source:
            self.message = "nothing to undo or redo"
            return
        target.append(self.text)
        self._take(source.pop())

    def _take(self, text: str) -> None:
        self.text, self.core = text, build(text.encode(), self.where)

    def lines(self, width: int, height: int) -> list[str]:
        """The page: faders `height` lines high, as many as there is room for about the one that is chosen."""
        tabs = "  ".join(f"[{i} {name}]" if name == self.title else f" {i} {name} " for i, name in enumerate(self.pages, 1))
        out = [f"{self.where}{' *' if self.text != self.saved else ''}   {tabs}", ""]
        room, here = max(1, width // CELL), self.at[self.page]
        first = min(max(0, here - room // 2), max(0, len(self.faders) - room))
        shown = self.faders[first : first + room]
        spec = spec_of(self.text, self.where)
        columns = [self._fader(f, value_of(spec, f), i == here, height) for i, f in enumerate(shown, first)]
        out += ["".join(cells).rstrip() for cells in zip(*columns, strict=True)] if columns else ["nothing on this page"]
        if self.fader is not None:
            now, then = self.value(self.fader), self.value(self.fader, self.first)
            more = f"  ({here + 1} of {len(self.faders)})" if len(self.faders) > room else ""
            out += [
                f"{self.fader.path} = {now:g} {self.fader.unit}" + (f"   in the file {then:g}" if now != then else "") + more
            ]
        return [line[:width] for line in [*out, self.message]]

    def _fader(self, fader: Fader, value: float, chosen: bool, height: int) -> list[str]:
        zero = fader.share(min(max(0.0, fader.low), fader.high))
        cells = column(min(max(fader.share(value), 0.0), 1.0), zero, height, 4 if chosen else 2)
        names = [f"{value:.3g}", *fader.below, "▲" if chosen else ""]
        return [cell.center(CELL) for cell in cells] + [name[: CELL - 1].center(CELL) for name in names]


def pages(spec: CoreSpec) -> dict[str, list[Fader]]:
    """Every fader of an asset, by page."""
    pairs = list(dict.fromkeys((c.pulled, c.by) for c in spec.coupling))
    gain = max([100.0, *(2.0 * abs(c.gain) for c in spec.coupling)])
    low = -gain if any(c.gain < 0.0 for c in spec.coupling) else 0.0
    inner = [name for name in spec.oscillator if name not in OUTER]
    amp = max([3.0, *(min(2.0 * o.amp, 10.0) for o in spec.oscillator.values())])
    freq = max([20.0, *(2.0 * spec.oscillator[name].freq for name in inner)])
    return {
        "gains": [Fader(f"{p}.{b}.gain", (p, f"<{b}"), "rad/s", low, gain, 0.05) for p, b in pairs],
        "lags": [Fader(f"{p}.{b}.lag", (p, f"<{b}"), "cycles", -0.5, 0.5, 10.0) for p, b in pairs],
        "frequencies": [Fader(f"{name}.freq", (name, "Hz"), "Hz", 0.0, freq, 0.05) for name in inner],
        "amplitudes": [Fader(f"{name}.amp", (name, ""), "", 0.0, amp, 10.0 * amp) for name in inner],
        "feelings": _feelings(spec),
    }


def _feelings(spec: CoreSpec) -> list[Fader]:
    """What each feeling does to each knob: a factor, or cycles for a lag."""
    count = dict[tuple[str, str], int]()
    out = []
    for e in spec.emotion:
        number = count[e.feel, e.what] = count.get((e.feel, e.what), 0) + 1
        lag = e.what == "lag"
        path = f"{EMOTION}.{e.feel}.{e.what}" + (f".{number}" if number > 1 else "")
        bounds = (-0.5, 0.5, 10.0) if lag else (0.05, max(5.0, 2.0 * e.by), 0.2)
        out.append(Fader(path, (e.feel, f"{e.what} {number}" if number > 1 else e.what), "cycles" if lag else "times", *bounds))
    return out


def value_of(spec: CoreSpec, fader: Fader) -> float:
    """What an asset says of a fader."""
    change = parse(f"{fader.path}=0")
    found = _entry(spec, change)
    return float(getattr(found, change.key))


def _entry(spec: CoreSpec, change: Change) -> object:
    if change.role == EMOTION:
        return [e for e in spec.emotion if (e.feel, e.what) == (change.by, change.knob)][change.number - 1]
    if change.by is None:
        return spec.oscillator[change.role]
    return next(c for c in spec.coupling if (c.pulled, c.by) == (change.role, change.by))


def changed(before: Core, after: Core) -> list[tuple[str, float, float]]:
    """Role, frequency and amplitude of those that differ."""
    differ = (before.freq != after.freq) | (before.amp != after.amp)
    return [(r.name.lower(), float(after.freq[r]), float(after.amp[r])) for r in Role if differ[r]]
