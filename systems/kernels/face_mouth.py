"""The mouth in millimetres: from articulators to blendshapes whose mesh has exactly the lip gap that was asked for.

A rig answers its weights affinely (`components.face.Rig`): gap = row[0] + row[1:] . w, at the middle of the lips and on both
sides. Speech moves on two axes, jaw and lips (Edwards et al. 2016, JALI): the jaw opens by `jaw`, and what then
misses to the lip gap is made up by `mouthClose` when it is too wide and by the lip raisers when it is too narrow.
"""

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
TUCKED = 0.85
"""Amount of the tuck channel at which the lip is on the teeth."""
SEAL, CROSS = 0.35, -0.8
"""Bounds of the lip gap: mm above the goal, and mm of crossing."""
SIDES = np.array([1.0, 1.3, 1.3])
"""How wide the sides may stand when the middle stands 1 wide."""
RAISERS = np.zeros(52)
"""Shapes that part the lips beyond what the jaw does: the lower lip more than the upper."""
RAISERS[LOWER_DOWN], RAISERS[UPPER_UP] = 0.7, 0.4
SPEECH = np.zeros((9, 52))
"""Shapes of rounding, spreading, tucking, the tongue between the teeth, open rounding, pressing, the pressure behind shut lips,
effort, and effort of an open mouth."""
SPEECH[0, PUCKER] = 1.0
SPEECH[1, STRETCH], SPEECH[1, SMILE] = 0.32, 0.16
SPEECH[2, ROLL_LOWER], SPEECH[2, UPPER_UP] = 0.6, 0.12
SPEECH[3, TONGUE] = 0.5
SPEECH[4, [FUNNEL, PUCKER]] = 0.55, -0.5
SPEECH[5, PRESS], SPEECH[5, [ROLL_LOWER, ROLL_UPPER]] = 0.22, (0.18, 0.14)
SPEECH[6, PUFF], SPEECH[7, NOSE], SPEECH[8, CHEEK] = 0.12, 0.14, 0.25
ORDINARY = 0.55
"""Vocal effort above which a face shows it."""
WIDE = 12.0
"""mm of jaw at which a mouth is wide open."""
DEGREE, DEGREE_AT_0 = np.zeros((10, 9)), np.zeros(9)
DEGREE[[2, 3, 4, 8], [0, 1, 2, 3]] = 1.0
DEGREE[1, [4, 5]], DEGREE[0, 8] = (1.0 / 9.0, -0.5), 1.0 / WIDE
DEGREE[7, 6], DEGREE_AT_0[6] = -2.0, 1.0
DEGREE[9, 7], DEGREE_AT_0[7] = np.array((1.0, -ORDINARY)) / (1.0 - ORDINARY)
"""From articulators, tongue between the teeth and effort to how far each of SPEECH goes: the first four as they are, then a
wide ring, pressed lips, a shut velum, effort and an open mouth, which do not go beyond 0 and 1."""
HIGH = 9.0
"""mm of jaw at which the body of the tongue, which rides on it, is low whatever it does."""


def clamp(x: NDArray[Any], low: float | F64, high: float | F64) -> F64:
    """`np.clip` for small arrays, at half its price."""
    out: F64 = np.maximum(x, low)
    np.minimum(out, high, out=out)
    return out


def speech_shapes(art: F64, dental: F64, effort: F64) -> F64:
    """Shapes of the articulators, without jaw and closure, and those that effort brings with it.

    Args: art f64[A, 8] in the order of `components.score.ARTICULATORS`; dental f64[A] tongue between the teeth, 0 to 1;
    effort f64[A] of the voice, 0 to 1. Returns: f64[A, 52].

    Air behind shut lips fills the cheeks unless it leaves by the nose (/m/). Loud open vowels raise cheeks and nostrils.
    """
    degree: F64 = np.concatenate((art, dental[:, None], effort[:, None]), axis=1) @ DEGREE
    degree += DEGREE_AT_0
    np.minimum(np.maximum(degree[:, 4:], 0.0), 1.0, out=degree[:, 4:])
    degree[:, 4] *= degree[:, 0]  # an open rounded mouth is a funnel, a narrow one a pucker
    degree[:, 6] *= degree[:, 5]
    degree[:, 8] *= degree[:, 7]
    return degree @ SPEECH


def tongue_shapes(art: F64, dental: F64) -> F64:
    """Tip and body of the tongue up, f64[A, 2] in the order of `components.face.TONGUE`; arguments as in `speech_shapes`.

    The tip goes between the teeth instead in /th/. The body is up where it is far from the middle in a mouth that is not
    open: in front for /i/, at the back for /k/ and /u/ (the jaw carries the tongue: Lindblom & Sundberg 1971).
    """
    out = np.empty((len(art), 2))
    out[:, 0] = art[:, 5] * (1.0 - 0.7 * dental)
    out[:, 1] = np.abs(art[:, 6]) * (1.5 - art[:, 0] * (1.5 / HIGH))
    return clamp(out, 0.0, 1.0)


def gaps(weights: F64, lip_gap: F64) -> F64:
    """Inner-lip gap f64[A, 3] in mm of weights f64[A, 52] on rigs f64[A, 3, 53]."""
    return np.asarray(lip_gap[:, :, 0] + np.matmul(lip_gap[:, :, 1:], weights[:, :, None])[:, :, 0])


def hold(x: F64, goal: F64, free: F64, reach: F64, lip_gap: F64) -> F64:
    """Close or open the lips so that the middle gap is `goal`, and no place leaves its bounds whatever was mixed in.

    Args: x f64[A, 52] every shape, mouthClose 0, in [0, 1]; goal f64[A] mm; free f64[A], 0 where speech owns the mouth to 1
    where it is free; reach f64[A, 3] mm that RAISERS part the lips; lip_gap f64[A, 3, 53]. Returns: weights f64[A, 52].

    Gaps are affine in weights. Too wide a middle is closed by mouthClose; too narrow a one is opened by RAISERS, and
    beyond them by the jaw. If a side is then out of bounds, the face moves straight toward a pose of jaw and closure alone,
    which keeps them, and only as far as it must.
    """
    got = gaps(x, lip_gap)
    missing = goal - got[:, 0]
    part = np.maximum(missing, 0.0)
    share = np.minimum(part / reach[:, 0], 1.0)
    jaw, close = lip_gap[:, :, 1 + JAW_OPEN], lip_gap[:, :, 1 + CLOSE]
    more = (part - share * reach[:, 0]) / jaw[:, 0]
    shut = np.minimum(np.minimum(missing, 0.0) / close[:, 0], 1.0)
    w = x + share[:, None] * RAISERS
    w[:, JAW_OPEN] += more
    w[:, CLOSE] = shut
    w = clamp(w, 0.0, 1.0)
    got = got + share[:, None] * reach + more[:, None] * jaw + shut[:, None] * close
    wide = np.maximum(goal, 0.0)[:, None] * SIDES + (SEAL + 60.0 * free)[:, None]
    over = np.maximum(got - wide, CROSS - got)
    if (over > 0.0).any():
        _calm(w, over, wide, goal, lip_gap)
    return w


def _calm(w: F64, over: F64, wide: F64, goal: F64, lip_gap: F64) -> None:
    """Move `w` in place toward jaw and closure alone until nothing is over its bounds (mm, f64[A, 3])."""
    jaw, close = lip_gap[:, :, 1 + JAW_OPEN], lip_gap[:, :, 1 + CLOSE]
    calm = np.zeros_like(w)
    calm[:, JAW_OPEN] = np.maximum(w[:, JAW_OPEN], (goal - lip_gap[:, 0, 0]) / jaw[:, 0])
    shut = (goal - lip_gap[:, 0, 0] - jaw[:, 0] * calm[:, JAW_OPEN]) / close[:, 0]
    calm[:, CLOSE] = clamp(shut, 0.0, 1.0)
    rest = lip_gap[:, :, 0] + jaw * calm[:, JAW_OPEN, None] + close * calm[:, CLOSE, None]
    slack = np.maximum(rest - wide, CROSS - rest)
    step = np.where(over > 0.0, over / np.maximum(over - slack, 1e-9), 0.0).max(axis=1)
    step = np.minimum(step, 1.0)[:, None]
    w[:] = (1.0 - step) * w + step * calm


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
    """Bring the lower lip to the upper teeth as far as `amount` asks (f64[A]; from TUCKED on it touches) by moving the weights
    f64[A, 52] toward `pose`. Distance and crossing are convex in the weights: on the way both stay below their larger end."""
    step = clamp(amount / TUCKED, 0.0, 1.0)[:, None]
    return (1.0 - step) * w + step * pose
