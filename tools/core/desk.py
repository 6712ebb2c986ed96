"""The equaliser of a core asset: a fader for every knob."""

from psi_ecs.components.oscillator import OUTSIDE, Core, Role
from psi_ecs.systems.dynamics.core import CoreSpec, build
from psi_ecs.tools.faders import Board, Fader

from .edit import EMOTION, Change, edit, parse, spec_of

OUTER = [r.name.lower() for r in OUTSIDE]


class Desk(Board):
    """The state of the equaliser."""

    thing: Core

    def read(self, text: str) -> Core:
        """The field that an asset describes."""
        return build(text.encode(), self.where)

    def paged(self) -> dict[str, list[Fader]]:
        """Gains, lags, frequencies, amplitudes and feelings."""
        return pages(spec_of(self.text, self.where))

    def value(self, fader: Fader, text: str | None = None) -> float:
        """What the asset says now, or another text."""
        return value_of(spec_of(self.text if text is None else text, self.where), fader)

    def edited(self, fader: Fader, value: float) -> tuple[str, str]:
        """One knob turned, comments kept."""
        text, told = edit(self.text, [parse(f"{fader.path}={value!r}")], self.where)
        return text, told[0]


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
