"""Forecasts of our own avatar while it speaks: in closed form and by the online estimator, beside knowing nothing."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from psi_ecs.components.avatar import PAST, TRACE_EVERY
from psi_ecs.components.oscillator import Role
from psi_ecs.systems.dynamics import attended, phases
from psi_ecs.systems.host import Host
from psi_ecs.systems.kernels import koopman, lift
from psi_ecs.systems.kernels.forecast import Forecast

F64 = NDArray[np.float64]

TEXT = (
    "The boy was there when the sun rose. A rod is used to catch pink salmon. The source of the huge river is the clear "
    "spring. Kick the ball straight and follow through."
)  # Harvard sentences, list 2 (IEEE 1969); settings were chosen on list 1
SLOW = [r for r in Role if r not in (Role.GLOTTIS, Role.FOLD, Role.FLUTTER)]
"""Roles that turn less than half a cycle in 50 ms."""
WARM = 120
"""Ticks that the estimator may learn from before its forecasts count."""


def field(seconds: float, text: str = TEXT) -> dict[str, float]:
    """Root mean square errors of forecasts of psi = amp e^(2 pi i theta), and of the 61 weights, of a speaking avatar."""
    steps, host = round(seconds * 60), Host(seed=3)
    avatar = host.avatar("mira")
    host.say(avatar, text)
    shown, closed, psi, ahead, trust = [], [], [], [], []
    while not host.idle:
        shown.append(host.step().weights[0].astype(np.float64))
        told = host.predict(avatar, steps / 60.0)
        closed.append(told.weights)
        trust.append(told.trust)
        theta, freq, amp = (part[SLOW] for part in phases(host.app.world, avatar))
        z = np.asarray(amp * np.exp(2j * np.pi * theta), np.complex128)
        psi.append(_plain(z))
        ahead.append(_plain(koopman.advance(z, koopman.eigenvalue(freq, np.zeros(len(freq))), seconds)))
    face, field, sure = np.stack(shown), np.stack(psi), np.stack(trust)[WARM:-steps]
    learnt = _learnt(field, seconds)
    return {
        **_errors("psi", field, steps, {"closed form": np.stack(ahead), "online": learnt}),
        **_errors("face", face, steps, {"closed form": np.stack(closed)}),
        **_errors("trusted face", face, steps, {"closed form": np.stack(closed)}, sure),
        "mean trust": round(float(sure.mean()), 3),
    }


Path = Callable[[int], F64]
"""Where somebody is at a tick, f64[3] metres."""


def swaying(tick: int) -> F64:
    """40 cm to either side once in two seconds, and some up and down."""
    t = tick / 60.0
    return np.array([0.4 * np.sin(np.pi * t), 0.05 * np.sin(2.2 * np.pi * t), 1.0])


def wandering(seed: int) -> Path:
    """A walk at random, 1 cm a tick: nothing can be known of it but where it is."""
    walk = np.cumsum(np.random.default_rng(seed).normal(0.0, 0.01, (2000, 3)), axis=0) + np.array([0.0, 0.0, 1.0])
    return lambda tick: np.asarray(walk[tick])


def partner(seconds: float, path: Path, ticks: int = 720) -> tuple[dict[str, float], list[F64]]:
    """Errors in metres of where an avatar expects its partner, and trust and the error found, as shares of how far the
    partner has strayed, f64[2, 1] each."""
    steps, host = round(seconds * 60), Host(seed=3)
    avatar = host.avatar("mira")
    where, told, sure = [], [], []
    for tick in range(ticks):
        where.append(path(tick))
        x, y, z = where[-1].tolist()
        host.look_at(avatar, (x, y, z))
        host.step()
        point, trust = attended(host.app.world, avatar, seconds)
        told.append(point)
        sure.append(trust)
    track, ahead = np.stack(where), np.stack(told)
    found = _errors("m", track, steps, {"online": ahead}, begin=PAST * TRACE_EVERY)
    believed = []
    for tick in range(PAST * TRACE_EVERY, ticks - steps):
        spread = track[tick - PAST * TRACE_EVERY : tick + 1 : TRACE_EVERY].var(0)
        moves = spread > 1e-6
        miss = float(np.sqrt(np.mean((ahead[tick] - track[tick + steps])[moves] ** 2 / spread[moves])))
        believed.append(np.array([[sure[tick]], [miss]]))
    return found, believed


def _plain(z: NDArray[np.complex128]) -> F64:
    return np.concatenate((z.real, z.imag))


def _learnt(track: F64, seconds: float) -> F64:
    """What the online estimator expects after each row, from the rows before."""
    units = lift.Scale(np.zeros(track.shape[1]), np.ones(track.shape[1]))
    forecast, out = Forecast(units, 1.0 / 60.0, delays=2, memory=600.0, ridge=1.0), []
    for k, row in enumerate(track):
        forecast.push(row)
        if k % 30 == 0:
            forecast.refresh()
        out.append(forecast.predict(seconds)[0])
    return np.stack(out)


def _errors(
    what: str, track: F64, steps: int, forecasts: dict[str, F64], weight: F64 | None = None, begin: int = WARM
) -> dict[str, float]:
    """Error of each forecast and of persistence and the straight line, at the same moments."""
    now = track[begin:-steps]
    every = {**forecasts, "persistence": track, "linear": track + steps * (track - np.roll(track, 1, 0))}
    share = np.ones_like(now) if weight is None else weight
    gaps = {
        name: ((told[begin:-steps] - track[begin + steps :]) ** 2 * share).sum() / share.sum() for name, told in every.items()
    }
    return {f"{what}: {name}": float(np.sqrt(gap)) for name, gap in gaps.items()}
