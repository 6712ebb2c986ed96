"""The mouth in millimetres: from articulators to blendshapes whose mesh has exactly the lip gap that was asked for.

A rig answers its weights affinely (`components.face.Rig`): gap = row[0] + row[1:] . w, at the middle of the lips and on both
sides. Speech moves on two axes, jaw and lips (Edwards et al. 2016, JALI): the jaw opens by `jaw`, and what then
misses to the lip gap is made up by `mouthClose` when it is too wide and by the lip raisers when it is too narrow.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]

# Apple's order; tests/systems/kernels/test_face_mouth.py holds these to components.face.BLENDSHAPES.
JAW_FORWARD, JAW_OPEN, CLOSE, FUNNEL, PUCKER = 14, 17, 18, 19, 20
SMILE, DIMPLE, STRETCH, PRESS = slice(23, 25), slice(27, 29), slice(29, 31), slice(35, 37)
ROLL_LOWER, ROLL_UPPER, SHRUG_LOWER = 31, 32, 33
LOWER_DOWN, UPPER_UP, TONGUE = slice(37, 39), slice(39, 41), 51
PUFF, CHEEK, NOSE = 46, slice(47, 49), slice(49, 51)
LIPS = slice(14, 41)
"""Channels that move jaw and lips."""
INCISOR = 0.9
"""Incisor travel of jawOpen as a share of its lip travel: lips lie farther from the hinge (measured on the CC0 head)."""
TUCKING = (([JAW_OPEN], 0.05), ([CLOSE], 0.05), ([ROLL_LOWER], 0.02), ([SHRUG_LOWER], 0.2), ([35, 36], 8.0))
"""Shapes that bring the lower lip to the teeth, each with its cost in mm^2 at full strength."""
SLACK, TUCKED = 0.05, 0.95
"""Amounts of the tuck channel up to which the lip stays where it was held, and from which it counts as on the teeth."""
SEAL, CROSS = 0.35, -0.8
"""Bounds of the lip gap: mm above the goal, and mm of crossing."""
SIDES = 1.0, 1.3, 1.3
"""How wide the sides may stand when the middle stands 1 wide."""
RAISERS = np.zeros(52)
"""Shapes that part the lips beyond what the jaw does: the lower lip more than the upper."""
RAISERS[LOWER_DOWN], RAISERS[UPPER_UP] = 0.7, 0.4
PARTING = slice(37, 41)
PARTED: list[float] = RAISERS[PARTING].tolist()
SOFT = 1.5
"""mm of gap around which lips that are parted by RAISERS come to be closed by mouthClose."""
SPEECH = np.zeros((9, 52))
"""Shapes of rounding, spreading, the tongue between the teeth, open rounding, pressing, the pressure behind shut lips,
effort, effort of an open mouth, and the jaw; `speech` finds how far each goes."""
SPEECH[0, PUCKER] = 1.0
SPEECH[1, STRETCH], SPEECH[1, SMILE] = 0.32, 0.16
SPEECH[2, TONGUE] = 0.5
SPEECH[3, [FUNNEL, PUCKER]] = 0.55, -0.5
SPEECH[4, PRESS], SPEECH[4, [ROLL_LOWER, ROLL_UPPER]] = 0.22, (0.08, 0.14)
SPEECH[5, PUFF], SPEECH[6, NOSE], SPEECH[7, CHEEK], SPEECH[8, JAW_OPEN] = 0.12, 0.14, 0.25, 1.0
ORDINARY = 0.55
"""Vocal effort above which a face shows it."""
WIDE = 12.0
"""mm of jaw at which a mouth is wide open."""
FUNNELS = 9.0
"""mm between rounded lips at which they are a funnel throughout."""
HIGH = 9.0
"""mm of jaw at which the body of the tongue, which rides on it, is low whatever it does."""


def clamp(x: NDArray[Any], low: float | F64, high: float | F64) -> F64:
    """`np.clip` for small arrays, at half its price."""
    out: F64 = np.maximum(x, low)
    np.minimum(out, high, out=out)
    return out


def speech(art: Sequence[float], dental: float, effort: float, talk: float, reach: float) -> tuple[float, ...]:
    """How far each row of SPEECH goes in one face: the shapes of its articulators, without closure, and those that effort
    brings with it.

    Args: art, 8 values in the order of `components.score.ARTICULATORS`; dental, tongue between the teeth, 0 to 1; effort of the
    voice, 0 to 1; talk, factor on all; reach, mm that jawOpen = 1 parts the lips by.

    An open rounded mouth is a funnel, a narrow one a pucker. Air behind shut lips fills the cheeks unless it leaves by the
    nose (/m/). Loud open vowels raise cheeks and nostrils.
    """
    jaw, lips, rounding, spread, _, _, _, velum = art
    pressed = strained = puffed = wide = 0.0
    if lips < 0.0:
        pressed = talk * _unit(-0.5 * lips)
        puffed = pressed * _unit(1.0 - 2.0 * velum)
    if effort > ORDINARY:
        strained = talk * _unit((effort - ORDINARY) / (1.0 - ORDINARY))
        wide = strained * _unit(jaw / WIDE)
    rounded = talk * rounding
    funnel = rounded * _unit(lips / FUNNELS) if rounded else 0.0
    opened = talk * jaw / (INCISOR * reach)
    return rounded, talk * spread, talk * dental, funnel, pressed, puffed, strained, wide, opened


def _unit(x: float) -> float:
    return min(max(x, 0.0), 1.0)


def tongue(art: Sequence[float], dental: float) -> tuple[float, float]:
    """Tip and body of one face's tongue up, in the order of `components.face.TONGUE`; arguments as in `speech`.

    The tip goes between the teeth instead in /th/. The body is up where it is far from the middle in a mouth that is not
    open: in front for /i/, at the back for /k/ and /u/ (the jaw carries the tongue: Lindblom & Sundberg 1971). It passes the
    middle at the bottom of a curve.
    """
    return _unit(art[5] * (1.0 - 0.6 * dental)), _unit(art[6] ** 2 * (1.0 - (art[0] / HIGH) ** 2))


def gaps(weights: F64, lip_gap: F64) -> F64:
    """Inner-lip gap f64[A, 3] in mm of weights f64[A, 52] on rigs f64[A, 3, 53]."""
    return np.asarray(lip_gap[:, :, 0] + np.matmul(lip_gap[:, :, 1:], weights[:, :, None])[:, :, 0])


def reach(lip_gap: F64) -> F64:
    """How far the lips of rigs f64[A, 3, 53] stand apart at rest, and are parted by jawOpen, mouthClose and RAISERS, in mm
    f64[A, 4, 3]."""
    rest, jaw, close = lip_gap[:, :, 0], lip_gap[:, :, 1 + JAW_OPEN], lip_gap[:, :, 1 + CLOSE]
    return np.stack((rest, jaw, close, lip_gap[:, :, 1:] @ RAISERS), axis=1)


def hold(x: F64, goal: Sequence[float], free: Sequence[float], reach: F64, lip_gap: F64) -> F64:
    """Close or open the lips so that the middle gap is `goal`, and no place leaves its bounds whatever was mixed in.

    Args: x f64[A, 52] every shape, mouthClose 0, in [0, 1]; of each, goal in mm, and free, 0 where speech owns the mouth to 1
    where it is free; reach f64[A, 4, 3] as from `reach`; lip_gap f64[A, 3, 53]. Returns: weights f64[A, 52].

    Gaps are affine in weights. Too wide a middle is closed by mouthClose; too narrow a one is opened by RAISERS, and
    beyond them by the jaw; near where one hands over to the other both act, so that neither starts at once. Where sides would
    cross, the middle closes up to SEAL less. If a place is then out of bounds, the face moves straight toward a pose of jaw and
    closure alone, which keeps them, and only as far as it must.
    """
    w = x.copy()
    rows = zip(gaps(x, lip_gap).tolist(), goal, free, reach.tolist(), strict=True)
    for i, (got, aim, loose, (rest, jaw, close, parts)) in enumerate(rows):
        missing = aim - got[0]
        share, more, shut = _sharing(missing, SOFT * (1.0 - loose) * _unit(aim / SOFT), parts[0], jaw[0], close[0])
        if share > 0.0:
            w[i, PARTING] = [min(old + share * part, 1.0) for old, part in zip(x[i, PARTING].tolist(), PARTED, strict=True)]
        if more > 0.0:
            w[i, JAW_OPEN] = min(x.item(i, JAW_OPEN) + more, 1.0)
        got = [g + (share * p + more * j + shut * c) for g, p, j, c in zip(got, parts, jaw, close, strict=True)]
        widest = [max(aim, 0.0) * side + SEAL + 60.0 * loose for side in SIDES]
        low = min(got)
        if low < CROSS and shut > 0.0:
            k = got.index(low)
            less = min(shut, (low - CROSS) / close[k], max((widest[0] - got[0]) / -close[0], 0.0))
            shut -= less
            got = [g - less * c for g, c in zip(got, close, strict=True)]
        w[i, CLOSE] = shut
        if min(got) < CROSS - 1e-9 or got[0] > widest[0] or got[1] > widest[1] or got[2] > widest[2]:
            _calm(w[i], got, widest, aim, rest, jaw, close)
    return w


def _sharing(missing: float, soft: float, reach: float, jaw: float, close: float) -> tuple[float, float, float]:
    """What RAISERS, the jaw and mouthClose do about so many mm; they hand over within `soft` mm of none."""
    part = (missing + soft) ** 2 / (4.0 * soft) if abs(missing) < soft else max(missing, 0.0)
    share = min(part / reach, 1.0)
    return share, (part - share * reach) / jaw, _unit((missing - part) / close)


def _calm(
    w: F64, got: list[float], widest: list[float], goal: float, rest: list[float], jaw: list[float], close: list[float]
) -> None:
    """Move `w` f64[52] in place toward jaw and closure alone until no gap `got` is above `widest` or below CROSS (mm)."""
    opened = max(w.item(JAW_OPEN), (goal - rest[0]) / jaw[0])
    shut, step = _unit((goal - rest[0] - jaw[0] * opened) / close[0]), 0.0
    for g, most, r, j, c in zip(got, widest, rest, jaw, close, strict=True):
        calm = r + j * opened + c * shut
        over, slack = max(g - most, CROSS - g), max(calm - most, CROSS - calm)
        if over > 0.0:
            step = max(step, over / max(over - slack, 1e-9))
    step = min(step, 1.0)
    w *= 1.0 - step
    w[JAW_OPEN] += step * opened
    w[CLOSE] += step * shut


def tooth_distance(weights: F64, tooth_gap: F64) -> F64:
    """Distance f64[A] in mm from lower lip to upper incisors, of weights f64[A, 52] on rigs f64[A, 3, 53]."""
    return np.asarray(np.linalg.norm(gaps(weights, tooth_gap), axis=1))


def tuck_pose(lip_gap: F64, tooth_gap: F64) -> F64:
    """Weights f64[A, 52] that bring each rig's lower lip closest to its upper incisors (both f64[A, 3, 53]).

    Coordinate descent on |tooth gap|^2 plus a small cost per shape, over the shapes that raise and roll the lower lip. The
    upper lip is raised out of its way.
    """
    pose = np.zeros((len(tooth_gap), 52))
    gap = tooth_gap[:, :, 0].copy()
    for _ in range(200):
        for shapes, cost in TUCKING:
            act, old = tooth_gap[:, :, 1:][:, :, shapes].sum(axis=2), pose[:, shapes[0]].copy()
            power = np.einsum("ai,ai->a", act, act)
            new = clamp((power * old - np.einsum("ai,ai->a", act, gap)) / (power + cost), 0.0, 1.0)
            pose[:, shapes] = new[:, None]
            gap += (new - old)[:, None] * act
    least = gaps(pose, lip_gap).min(axis=1)
    raised = lip_gap[:, :, 1:][:, :, UPPER_UP].sum(axis=2).min(axis=1)
    pose[:, UPPER_UP] = clamp((0.5 - least) / np.maximum(raised, 0.1), 0.0, 1.0)[:, None]
    return pose


def tuck(w: F64, amount: F64, pose: F64) -> F64:
    """Bring the lower lip to the upper teeth as far as `amount` asks (f64[A], 0 to 1; none up to SLACK) by moving the weights
    f64[A, 52] toward `pose`. Distance and crossing are convex in the weights: on the way both stay below their larger end."""
    step = clamp((amount - SLACK) / (1.0 - SLACK), 0.0, 1.0)[:, None]
    return (1.0 - step) * w + step * pose
