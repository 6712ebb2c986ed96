"""Forecasts 50 ms ahead, beside persistence and linear extrapolation in the same run, on recordings and on our own field.

Recordings become log energies of bands (mel-spaced, 20 ms windows each 10 ms, all on the same samples for every method). Some
files are fitted, later ones by name are tested; how many delays to take, and whether one step is 10 ms or the whole 50 ms, is
decided on the last quarter of the fitted ones. Nothing of a tested file is seen before its forecast.
"""

import json
import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from psi_ecs import PsiError
from psi_ecs.systems.formats.media import decoded
from psi_ecs.systems.kernels import dmd, lift
from psi_ecs.systems.kernels.forecast import Forecast
from psi_ecs.systems.kernels.koopman import Modes

from .foresee import field, partner, swaying, wandering

F64 = NDArray[np.float64]

HOP, WINDOW = 0.010, 0.020
AHEAD = 5
"""Steps of HOP: 50 ms from the middle of the last window to the middle of the one that is forecast."""
BANDS = 20
FLOOR = 60.0
"""dB below the loudest band of a file at which energy counts as silence."""
DELAYS = (1, 2, 3, 4, 6, 8)


KINDS = (".wav", ".flac")
"""Recordings that are looked for."""


def read(path: Path) -> tuple[F64, int]:
    """WAV of 16-bit samples, or FLAC: f64[n] mean of its channels, full scale 1, and its rate. PsiError if it is none."""
    if path.suffix.lower() != ".wav":
        return decoded(path)[:2]
    try:
        with wave.open(str(path), "rb") as file:
            rate, channels, width = file.getframerate(), file.getnchannels(), file.getsampwidth()
            raw = file.readframes(file.getnframes())
    except (wave.Error, EOFError, OSError) as why:
        raise PsiError(f"{path}: {str(why) or 'is cut short'}; give WAV files of 16-bit samples") from why
    if width != 2 or rate < 8000:
        raise PsiError(f"{path}: {8 * width} bits at {rate} Hz; give WAV files of 16-bit samples at 8000 Hz or more")
    return np.frombuffer(raw, "<i2").reshape(-1, channels).mean(1) / 32768.0, rate


def features(x: F64, rate: int) -> F64:
    """Log band energies in dB of sound f64[n]: f64[T, BANDS], one row each HOP seconds."""
    size, hop = round(WINDOW * rate), round(HOP * rate)
    if len(x) < size:
        return np.zeros((0, BANDS))
    frames = np.lib.stride_tricks.sliding_window_view(x, size)[::hop] * np.hanning(size)
    power = np.abs(np.fft.rfft(frames, axis=1)) ** 2 @ _bands(size, rate)
    level = 10.0 * np.log10(np.maximum(power, 1e-12))
    return np.asarray(np.maximum(level, level.max() - FLOOR))


def _bands(size: int, rate: int) -> F64:
    """Triangles, evenly spaced in mel from 80 Hz to 7600 Hz or the Nyquist frequency: f64[bins, BANDS]."""
    top = min(7600.0, 0.5 * rate)
    mel = 1127.0 * np.log1p(np.array([80.0, top]) / 700.0)
    edge = 700.0 * np.expm1(np.linspace(mel[0], mel[1], BANDS + 2) / 1127.0)
    hertz = np.fft.rfftfreq(size, 1.0 / rate)[:, None]
    up, down = (hertz - edge[:-2]) / (edge[1:-1] - edge[:-2]), (edge[2:] - hertz) / (edge[2:] - edge[1:-1])
    return np.asarray(np.maximum(np.minimum(up, down), 1e-9))


def files(folder: Path) -> list[F64]:
    """Features of every WAV and FLAC file below a folder that is long enough, by name."""
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in KINDS)
    tracks = [track for path in paths if len(track := features(*read(path))) > max(DELAYS) + 2 * AHEAD]
    if len(tracks) < 1:
        raise PsiError(f"{folder}: no WAV or FLAC files of speech; give a folder of recordings")
    return tracks


def pairs(tracks: list[F64], delays: int, step: int) -> tuple[F64, F64]:
    """Observables of `delays` samples each and those `step` samples later, of all tracks."""
    lifted = [lift.affine(lift.delays(t, delays)) for t in tracks]
    return np.concatenate([x[:-step] for x in lifted]), np.concatenate([x[step:] for x in lifted])


def fitted(tracks: list[F64], delays: int, step: int) -> Modes:
    """Koopman modes of some tracks in standard units."""
    return dmd.fit(*pairs(tracks, delays, step), dt=step * HOP)


def foretold(modes: Modes, track: F64, delays: int) -> F64:
    """Rows max(DELAYS) - 1 + AHEAD and on of a track, as forecast from AHEAD rows before."""
    now = lift.affine(lift.delays(track, delays))[max(DELAYS) - delays : len(track) - delays + 1 - AHEAD]
    return np.asarray((now @ modes.propagator(AHEAD * HOP).T)[:, 1 : 1 + track.shape[1]])


def streamed(track: F64, forecast: Forecast, believed: list[F64] | None = None) -> F64:
    """As `foretold`, by the online estimator, that has learnt from what went before only; the trust in each forecast, and its
    error as a share of the spread of a channel, f64[2, D], are added to a list."""
    out = []
    for k, row in enumerate(track):
        forecast.push(row)
        if k % 50 == 0:
            forecast.refresh()
        if max(DELAYS) - 1 <= k < len(track) - AHEAD:
            out.append(forecast.predict(AHEAD * HOP)[0])
            trust = forecast.trust(AHEAD * HOP)
            if believed is not None and trust.min() > 0.0 and trust.max() < 1.0:
                spread = forecast.error(AHEAD * HOP) / np.sqrt(1.0 - trust)
                believed.append(np.stack((trust, np.abs(out[-1] - track[k + AHEAD]) / spread)))
    forecast.gap()
    return np.stack(out)


def plain(track: F64) -> tuple[F64, F64]:
    """As `foretold`: the last row again, and the line through the last two."""
    now = track[max(DELAYS) - 1 : len(track) - AHEAD]
    return now, now + AHEAD * (now - track[max(DELAYS) - 2 : len(track) - AHEAD - 1])


def error(forecasts: list[F64], tracks: list[F64]) -> float:
    """Root mean square over all bands and moments."""
    gaps = [((f - t[max(DELAYS) - 1 + AHEAD :]) ** 2).mean(1) for f, t in zip(forecasts, tracks, strict=True)]
    return float(np.sqrt(np.concatenate(gaps).mean()))


def choose(tracks: list[F64]) -> tuple[int, int]:
    """Delays and step that do best on the last quarter of the tracks, fitted on the rest."""
    cut = max(1, len(tracks) * 3 // 4) if len(tracks) > 1 else 1
    held = tracks[cut:] or tracks
    found = {}
    for delays in DELAYS:
        for step in (1, AHEAD):
            modes = fitted(tracks[:cut], delays, step)
            found[error([foretold(modes, t, delays) for t in held], held), delays, step] = (delays, step)
    return found[min(found)]


def reliability(believed: list[F64], bins: int = 5) -> dict[str, float]:
    """Forecasts in order of trust, in as many groups: the error found of each; in its name, trust and the error that it means,
    sqrt(1 - trust) of the spread."""
    trust, found = np.concatenate(believed, axis=1)
    rows = np.array_split(np.argsort(trust, kind="stable"), bins)
    root = [(float(trust[r].mean()), float(np.sqrt((found[r] ** 2).mean()))) for r in rows]
    return {f"trust {t:.4f}, error {np.sqrt(1.0 - t):.4f} expected": found for t, found in root}


def speech(train: list[F64], test: list[F64], online: bool = True, believed: list[F64] | None = None) -> dict[str, float]:
    """Errors in dB, and what was chosen, on tracks that were not used to fit; `believed` as in `streamed`."""
    scale = lift.scale(np.concatenate(train))
    units, later = [scale.to(t) for t in train], [scale.to(t) for t in test]
    delays, step = choose(units)
    modes = fitted(units, delays, step)
    last, line = zip(*(plain(t) for t in test), strict=True)
    result = {
        "fitted files": len(train), "tested files": len(test), "delays": delays, "step ms": 1e3 * step * HOP,
        "dB: koopman": error([scale.back(foretold(modes, t, delays)) for t in later], test),
        "dB: persistence": error(list(last), test), "dB: linear": error(list(line), test),
    }  # fmt: skip
    if online:
        learner = Forecast(scale, HOP, delays=2, memory=3000.0)
        result["dB: online"] = error([streamed(t, learner, believed) for t in test], test)
    return result


def run(folders: list[Path], out: Path | None = None) -> dict[str, dict[str, float]]:
    """Fit on the first folder and test on the second (or, with one, on its last quarter by name); print ratios, write JSON.

    Args: folders of WAV or FLAC files; none for the field alone. Returns the figures by case.
    """
    result: dict[str, dict[str, float]] = {}
    if folders:
        tracks = [files(folder) for folder in folders[:2]]
        if len(tracks) == 1:
            if len(tracks[0]) < 2:
                raise PsiError(f"{folders[0]}: one recording only; at least two are needed, to fit one and test the other")
            cut = min(max(1, len(tracks[0]) * 3 // 4), len(tracks[0]) - 1)
            tracks = [tracks[0][:cut], tracks[0][cut:]]
        believed: list[F64] = []
        result["speech"] = speech(tracks[0], tracks[1], believed=believed)
        result["error by trust, of the spread: online, speech"] = reliability(believed)
    result["field"] = field(AHEAD * HOP)
    for name, path in (("sways", swaying), ("wanders at random", wandering(1))):
        figures, believed = partner(AHEAD * HOP, path)
        result[f"a partner who {name}"] = figures
        result[f"error by trust, of the spread: a partner who {name}"] = reliability(believed)
    print(table(result))
    if out is not None:
        out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return result


def table(result: dict[str, dict[str, float]]) -> str:
    """Figures for people: errors, and each forecast's ratio to the two that know nothing (below 1 is better)."""
    lines = [f"{'50 ms ahead':34}{'error':>10}{'/ persistence':>16}{'/ linear':>12}"]
    for case, figures in result.items():
        told = ", ".join(f"{k} {v:g}" for k, v in figures.items() if ": " not in k)
        if "by trust" in case:
            lines += [case, *(f"  {name:40}{figure:10.4f} found" for name, figure in figures.items())]
            continue
        lines.append(f"{case}" + (f" ({told})" if told else ""))
        for name in (k for k in figures if ": " in k):
            what = name.split(": ")[0]
            ratios = (figures[name] / figures[f"{what}: {base}"] for base in ("persistence", "linear"))
            lines.append(f"  {name:32}{figures[name]:10.4f}" + "{:16.3f}{:12.3f}".format(*ratios))
    return "\n".join(lines)
