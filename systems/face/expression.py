"""Reads the two tables of `assets/expressions/`: what each feeling does to a face, and what each named expression is."""

import tomllib
from collections.abc import Mapping
from importlib.resources import files

import numpy as np

from psi_ecs import PsiError
from psi_ecs.components.face import FACE, FACE_ID
from psi_ecs.components.life import NAMED, Expressions
from psi_ecs.components.text import EMOTIONS

FEELINGS = ("pleasure", "displeasure", "arousal", "languor", "dominance", "submission", *EMOTIONS)
"""Rows of the emotion table."""
DAMP = {
    "jawOpen": 0.0, "mouthClose": 0.0, "tongueOut": 0.0, "cheekPuff": 0.0, "jawForward": 0.4, "jawLeft": 0.3, "jawRight": 0.3,
    "mouthFunnel": 0.15, "mouthPucker": 0.15, "mouthLeft": 0.4, "mouthRight": 0.4,
    "mouthSmileLeft": 0.6, "mouthSmileRight": 0.6,
    "mouthFrownLeft": 0.6, "mouthFrownRight": 0.6, "mouthDimpleLeft": 0.6, "mouthDimpleRight": 0.6, "mouthStretchLeft": 0.45,
    "mouthStretchRight": 0.45, "mouthRollLower": 0.2, "mouthRollUpper": 0.2, "mouthShrugLower": 0.25, "mouthShrugUpper": 0.2,
    "mouthPressLeft": 0.2, "mouthPressRight": 0.2, "mouthLowerDownLeft": 0.4, "mouthLowerDownRight": 0.4,
    "mouthUpperUpLeft": 0.5, "mouthUpperUpRight": 0.5,
}  # fmt: skip
"""The share of each mouth channel that is left to expression while speaking: speech owns the jaw, feeling keeps the corners."""


class ExpressionError(PsiError):
    """An expression table that cannot be used."""


def load() -> Expressions:
    """The project's own tables."""
    folder = files("psi_ecs.assets") / "expressions"
    emotions = (folder / "emotions.toml").read_text(encoding="utf-8")
    return build(emotions, (folder / "named.toml").read_text(encoding="utf-8"))


def build(emotions: str, named: str) -> Expressions:
    """Expressions from the text of the two tables; ExpressionError names table, key and remedy."""
    feeling = _parse(emotions, "emotions.toml")
    shown = _parse(named, "named.toml")
    if set(feeling) != set(FEELINGS):
        odd = ", ".join(sorted(set(feeling) ^ set(FEELINGS)))
        raise ExpressionError(f"expressions/emotions.toml: needs exactly the tables {', '.join(FEELINGS)}; check {odd}")
    if len(shown) > NAMED:
        raise ExpressionError(f"expressions/named.toml: {len(shown)} expressions, but there is room for {NAMED}; remove some")
    matrix = np.zeros((len(FEELINGS) + NAMED, len(FACE)))
    rate = np.full(NAMED, 12.0)
    for i, name in enumerate(FEELINGS):
        _row(matrix[i], feeling[name], f"expressions/emotions.toml [{name}]")
    for i, (name, table) in enumerate(shown.items()):
        onset = table.pop("onset", 0.3)
        if not 0.05 <= onset <= 5.0:
            raise ExpressionError(f"expressions/named.toml [{name}]: onset is {onset}, use 0.05 to 5 seconds")
        rate[i] = 4.0 / onset
        _row(matrix[len(FEELINGS) + i], table, f"expressions/named.toml [{name}]")
    damp = np.array([DAMP.get(name, 1.0) for name in FACE])
    return Expressions(matrix=matrix, damp=damp, rate=rate, names=tuple(shown))


def _parse(text: str, name: str) -> dict[str, dict[str, float]]:
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ExpressionError(f"expressions/{name}: {error}") from error
    for table, rows in tables.items():
        numbers = isinstance(rows, dict) and all(isinstance(v, int | float) and not isinstance(v, bool) for v in rows.values())
        if not numbers:
            raise ExpressionError(f"expressions/{name}: [{table}] must be a table of channel = number")
    return tables


def _row(row: "np.ndarray[tuple[int], np.dtype[np.float64]]", table: Mapping[str, float], place: str) -> None:
    for channel, value in table.items():
        if channel not in FACE_ID:
            raise ExpressionError(f"{place}: no channel {channel!r}; use ARKit names such as mouthSmileLeft, or headPitch")
        low, high = (0.0, 1.0) if FACE_ID[channel] < 52 else (-0.8, 0.8)
        if not low <= value <= high:
            raise ExpressionError(f"{place}: {channel} is {value}, use {low:g} to {high:g}")
        row[FACE_ID[channel]] = value
