"""The mouth in millimetres: from articulators to blendshapes whose mesh has exactly the lip gap that was asked for.

A rig answers its weights affinely (`components.face.Rig`): gap = row[0] + row[1:] . w, at the middle of the lips and on both
sides. Speech moves on two axes, jaw and lips (Edwards et al. 2016, JALI): the jaw opens by `jaw`, and what then
misses to the lip gap is made up by `mouthClose` when it is too wide and by the lip raisers when it is too narrow.
"""

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]

# Apple's order; tests/systems/kernels/test_face_mouth.py holds these to components.face.BLENDSHAPES.
JAW_FORWARD, JAW_OPEN, CLOSE, FUNNEL, PUCKER = 14, 17, 18, 19, 20
SMILE, DIMPLE, STRETCH, PRESS = slice(23, 25), slice(27, 29), slice(29, 31), slice(35, 37)
ROLL_LOWER, ROLL_UPPER, SHRUG_LOWER = 31, 32, 33
LOWER_DOWN, UPPER_UP, TONGUE = slice(37, 39), slice(39, 41), 51
MOUTH = np.r_[14:41, 51]
"""Channels that move the mouth."""
INCISOR = 0.9
"""Incisor travel of jawOpen as a share of its lip travel: lips lie farther from the hinge (measured on the CC0 head)."""
TUCKING = ((JAW_OPEN, 0.05), (CLOSE, 0.05), (ROLL_LOWER, 0.02), (SHRUG_LOWER, 0.2), (35, 0.4), (36, 0.4))
"""Shapes that bring the lower lip to the teeth, each with its cost in mm^2 at full strength."""
SEAL, CROSS, WIDE = 0.35, -0.8, 1.3
"""Bounds of the lip gap: mm above the goal, mm of crossing, and the sides' share of the middle."""


def speech_shapes(art: F64, dental: F64, strength: F64) -> F64:
    """Lip and tongue shapes of the articulators, without jaw and closure.

    Args: art f64[A, 8] in the order of `components.score.ARTICULATORS`; dental f64[A] tongue between the teeth, 0 to 1;
    strength f64[A] articulation of the persona. Returns: f64[A, 52].
    """
    _, lips, rounding, spread, tuck = art[:, :5].T
    rounding = np.clip(rounding * (0.5 + 0.5 * strength), 0.0, 1.0)
    spread = np.clip(spread * strength, 0.0, 1.0)
    ring = np.clip(lips / 9.0, 0.0, 1.0)  # an open rounded mouth is a funnel, a narrow one a pucker
    press = np.clip(-lips / 2.0, 0.0, 1.0)
    x = np.zeros((len(art), 52))
    x[:, FUNNEL] = rounding * (0.15 + 0.45 * ring)
    x[:, PUCKER] = rounding * (0.85 - 0.5 * ring)
    x[:, STRETCH] = (0.32 * spread)[:, None]
    x[:, SMILE] = (0.16 * spread)[:, None]
    x[:, PRESS] = (0.22 * press)[:, None]
    x[:, ROLL_LOWER] = 0.18 * press + 0.6 * tuck
    x[:, ROLL_UPPER] = 0.14 * press
    x[:, UPPER_UP] = (0.12 * tuck)[:, None]
    x[:, TONGUE] = 0.28 * dental
    return x


def gaps(weights: F64, lip_gap: F64) -> F64:
    """Inner-lip gap f64[A, 3] in mm of weights f64[A, 52] on rigs f64[A, 3, 53]."""
    return lip_gap[:, :, 0] + np.matmul(lip_gap[:, :, 1:], weights[:, :, None])[:, :, 0]


def fit(x: F64, jaw: F64, goal: F64, raisers: F64, lip_gap: F64) -> F64:
    """Close or open the lips so that the middle gap is `goal`.

    Args: x f64[A, 52] every shape but jawOpen and mouthClose; jaw f64[A] weight of jawOpen; goal f64[A] mm; raisers f64[A, 52]
    the shapes that part the lips, at full use; lip_gap f64[A, 3, 53]. Returns: weights f64[A, 52].
    """
    w = x.copy()
    w[:, JAW_OPEN] = jaw
    w[:, CLOSE] = 0.0
    row = lip_gap[:, 0]
    missing = goal - row[:, 0] - np.einsum("aw,aw->a", row[:, 1:], w)
    reach = np.maximum(np.einsum("aw,aw->a", row[:, 1:], raisers), 1e-6)
    share = np.clip(missing / reach, 0.0, 1.0)
    w += share[:, None] * raisers
    w[:, JAW_OPEN] += np.maximum(missing - reach, 0.0) / row[:, 1 + JAW_OPEN]
    w[:, CLOSE] = np.maximum(-missing, 0.0) / -row[:, 1 + CLOSE]
    return np.clip(w, 0.0, 1.0, out=w)


def seal(w: F64, goal: F64, free: F64, raisers: F64, lip_gap: F64) -> F64:
    """Hold the lip gap within its bounds at all three places, whatever was mixed in.

    Each face moves straight toward a pose of jaw and closure alone, which keeps the bounds, and only as far as it must: gaps
    are affine in weights, so the step has a closed form. Args: free f64[A], 0 speech owns the mouth to 1 it is free.
    """
    got = gaps(w, lip_gap)
    wide = np.maximum(goal, 0.0)[:, None] * np.array([1.0, WIDE, WIDE]) + (SEAL + 60.0 * free)[:, None]
    over = np.maximum(got - wide, CROSS - got)
    if over.max(initial=0.0) <= 0.0:
        return w
    calm = fit(np.zeros_like(w), w[:, JAW_OPEN] * 1.0, goal, raisers, lip_gap)
    rest = gaps(calm, lip_gap)
    slack = np.maximum(rest - wide, CROSS - rest)
    step = np.max(np.where(over > 0.0, over / np.maximum(over - slack, 1e-9), 0.0), axis=1)
    step = np.clip(step, 0.0, 1.0)[:, None]
    return w + step * (calm - w)


def tooth_distance(weights: F64, tooth_gap: F64) -> F64:
    """Distance f64[A] in mm from lower lip to upper incisors, of weights f64[A, 52] on rigs f64[A, 3, 53]."""
    return np.linalg.norm(gaps(weights, tooth_gap), axis=1)


def tuck_pose(tooth_gap: F64) -> F64:
    """Weights f64[A, 52] that bring each rig's lower lip closest to its upper incisors (tooth_gap f64[A, 3, 53]).

    Coordinate descent on |tooth gap|^2 plus a small cost per shape, over the shapes that raise and roll the lower lip.
    """
    pose = np.zeros((len(tooth_gap), 52))
    gap = tooth_gap[:, :, 0].copy()
    for _ in range(200):
        for shape, cost in TUCKING:
            act, old = tooth_gap[:, :, 1 + shape], pose[:, shape].copy()
            power = np.einsum("ai,ai->a", act, act)
            new = np.clip((power * old - np.einsum("ai,ai->a", act, gap)) / (power + cost), 0.0, 1.0)
            pose[:, shape] = new
            gap += (new - old)[:, None] * act
    return pose


def tuck(w: F64, amount: F64, pose: F64, tooth_gap: F64) -> F64:
    """Bring the lower lip to the upper teeth as far as `amount` asks (f64[A], 1 touches), moving toward `pose` f64[A, 52] no
    farther than needed: the distance is convex in the weights, so the bound holds."""
    if amount.max(initial=0.0) <= 0.05:
        return w
    there, allowed = tooth_distance(pose, tooth_gap), 14.0 * np.maximum(0.8 - amount, 0.0)
    allowed = allowed + np.maximum(there + 0.1, 1.2)
    here = tooth_distance(w, tooth_gap)
    step = np.clip((here - allowed) / np.maximum(here - there, 1e-9), 0.0, 1.0)[:, None]
    return w + step * (pose - w)
