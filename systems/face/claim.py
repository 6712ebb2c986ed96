"""Who owns a channel: hosts drive some of them and hand them back, by priority, without a pop."""

import numpy as np
from numpy.typing import NDArray

from psi_ecs import Clock, PsiError, Reader, Res, Sparse, Write, system
from psi_ecs.components.event import Pose, Unpose
from psi_ecs.components.face import FACE, FACE_ID
from psi_ecs.components.life import Claim, Claims
from psi_ecs.systems.kernels import relax

F64 = NDArray[np.float64]

GONE = 1e-4
"""Share below which a claim that was handed back is over."""
LARGEST = 1.2
"""Radians that a turn may be driven to."""


def checked(pose: Pose) -> Pose:
    """A pose whose channels and numbers can be used; else PsiError in one line."""
    if not pose.channels:
        raise PsiError("pose: no channel is named; give some, as {'browInnerUp': 0.8}")
    for name, value in pose.channels.items():
        if name not in FACE_ID:
            raise PsiError(f"pose: no channel {name!r}; use ARKit names such as mouthSmileLeft, or headYaw")
        low, high = (0.0, 1.0) if FACE_ID[name] < 52 else (-LARGEST, LARGEST)
        if not low <= value <= high:
            raise PsiError(f"pose: {name} is {value}; give {low:g} to {high:g}")
    if not 0.0 <= pose.seconds <= 60.0:
        raise PsiError(f"pose: seconds is {pose.seconds}; give 0 to 60")
    return pose


@system("plan", after=("schedule", "open_moment"))
def claim(poses: Reader[Pose], backs: Reader[Unpose], claims: Sparse[Write[Claims]], clock: Res[Clock]) -> None:
    """Take note of what is claimed and handed back, and move every share by a tick."""
    for pose in poses:
        held = claims.get(pose.avatar) or Claims()
        claims[pose.avatar] = held
        row = _row(held, pose.owner, pose.priority)
        places = [FACE_ID[name] for name in pose.channels]
        fresh = row.share[places] == 0.0
        row.value[places] = list(pose.channels.values())
        row.want[places], row.rate = 1.0, 4.0 / max(pose.seconds, 1e-3)
        if pose.seconds == 0.0:
            row.share[np.array(places)[fresh]] = 1.0
    for back in backs:
        held = claims.get(back.avatar) or Claims()
        for row in held.rows:
            if row.owner == back.owner:
                row.want[[FACE_ID[n] for n in back.channels] if back.channels else slice(None)] = 0.0
                row.rate = 4.0 / max(back.seconds, 1e-3)
    for avatar, held in list(claims.items()):
        for row in held.rows:
            row.share, row.speed = relax.step(row.share, row.speed, row.want, np.full(len(FACE), row.rate), clock.value.dt)
        held.rows = [r for r in held.rows if r.want.any() or (r.share > GONE).any()]
        if not held.rows:
            del claims[avatar]


def _row(held: Claims, owner: str, priority: int) -> Claim:
    """The claim of an owner, made if there is none; of equal priority, the one named last comes last."""
    for row in held.rows:
        if row.owner == owner:
            break
    else:
        value, want, share, speed = np.zeros((4, len(FACE)))
        row = Claim(owner=owner, priority=priority, value=value, want=want, share=share, speed=speed, rate=20.0)
        held.rows.append(row)
    row.priority = priority
    held.rows.sort(key=lambda r: r.priority)
    return row


def owners(held: Claims | None) -> dict[str, str]:
    """Owner by channel, of those that are driven from outside."""
    out: dict[str, str] = {}
    for row in held.rows if held else ():
        out |= {FACE[i]: row.owner for i in np.flatnonzero(row.want).tolist()}
    return out


def mixed(w: F64, held: Claims, columns: slice) -> None:
    """Let the owners of one face's channels f64[61] have their shares of some columns, in place."""
    for row in held.rows:
        w[columns] += row.share[columns] * (row.value[columns] - w[columns])
