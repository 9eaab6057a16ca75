"""How far, how fast and how often the parts of a body move: the measures of acting, on motion at any frame rate.

Rotation of a part is about its own mean (the principal eigenvector of the sum of q q^T; Markley et al., "Averaging
Quaternions", 2007), as an axis-angle vector in degrees; a range is its 97.5th less its 2.5th percentile. The head is
neck and head together, the spine its three joints. Windows are two seconds long, one every half second, and count
where somebody speaks in more than 60 % of them.
"""

# numpy and torch type some of their functions in part only.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...inference.rotation import axis_angle_to_quaternion, quaternion_multiply, quaternion_to_axis_angle
from ...inference.skeleton import JOINT_INDEX

Doubles = npt.NDArray[np.float64]

_CHAINS: dict[str, tuple[str, ...]] = {
    "head": ("neck", "head"),
    "spine": ("spine1", "spine2", "spine3"),
    "head joint": ("head",),
    "pelvis": ("pelvis",),
    **{
        f"{side}_{joint}": (f"{side}_{joint}",)
        for joint in ("collar", "shoulder", "elbow", "wrist")
        for side in ("left", "right")
    },
}
_ARMS = tuple(f"{side}_{joint}" for joint in ("shoulder", "elbow", "wrist") for side in ("left", "right"))
_WINDOW, _STEP = 2.0, 0.5  # seconds
_SPOKEN = 0.6
STILL = 2.0
"""Degrees: what stays this near to its mean throughout a window stands still."""
SLOW = 10.0
"""Degrees a second."""
_ON_GROUND = 0.01  # metres over a toe's lowest
_CONJUGATE = np.array([1.0, -1.0, -1.0, -1.0])


@dataclass(frozen=True)
class Acting:
    """The figures of one motion; degrees, seconds, shares 0..1."""

    head: Doubles
    """(3,) range of pitch, yaw, roll."""
    head_speed: float
    """Mean, degrees a second."""
    head_speed_p95: float
    spine: Doubles
    pelvis: Doubles
    collars: float
    """Norm of the three ranges, mean of both sides; so the next three."""
    shoulders: float
    elbows: float
    wrists: float
    elbow_speed: float
    """Mean of both, degrees a second."""
    head_still: float
    """Share of the windows of speech in which the head stands still; NaN without such windows."""
    head_joint_still: float
    """The same of the head joint alone, which makes a little more than half of the head's rotation."""
    all_still: float
    """Share in which head, spine, pelvis and arms all do."""
    arm_span: float
    """Median over windows of how far the farthest arm joint leaves its mean."""
    slow_frames: float
    """Share of the frames in which every arm joint is slower than :data:`SLOW`."""
    pelvis_travel: float
    """Diagonal of what the pelvis covers of the floor, cm."""
    feet_slide: float
    """Mean speed along the floor of a toe within a centimetre of its lowest place, cm/s."""


def part_rotations(poses: npt.ArrayLike, part: str) -> Doubles:
    """Return (T, 4) rotation of a part from (T, 165) axis-angle poses.

    ``part`` is ``"head"``, ``"head joint"`` (without the neck), ``"spine"``, ``"pelvis"``, or an arm's joint.
    """
    turns = np.asarray(poses, np.float64).reshape(-1, 55, 3)
    result = np.broadcast_to([1.0, 0.0, 0.0, 0.0], (len(turns), 4))
    for joint in _CHAINS[part]:
        result = quaternion_multiply(result, axis_angle_to_quaternion(turns[:, JOINT_INDEX[joint]]))
    return np.asarray(result, np.float64)


def about_mean(rotations: npt.ArrayLike) -> Doubles:
    """Return (..., T, 3) degrees of (..., T, 4) unit quaternions about the mean over T."""
    q = np.asarray(rotations, np.float64)
    mean = np.linalg.eigh(np.einsum("...ti,...tj->...ij", q, q))[1][..., -1]
    return np.degrees(quaternion_to_axis_angle(quaternion_multiply((mean * _CONJUGATE)[..., None, :], q)))


def ranges(turns: Doubles) -> Doubles:
    """Return (3,) ranges of (T, 3) degrees."""
    low, high = np.percentile(turns, [2.5, 97.5], axis=0)
    return high - low


def speeds(rotations: Doubles, fps: float) -> Doubles:
    """Return (T - 1,) degrees a second of (T, 4) unit quaternions."""
    steps = quaternion_multiply(rotations[:-1] * _CONJUGATE, rotations[1:])
    return fps * np.degrees(np.linalg.norm(quaternion_to_axis_angle(steps), axis=-1))


def window_excursions(rotations: Doubles, fps: float, speaking: npt.NDArray[np.bool_]) -> Doubles:
    """Return (W,) degrees by which a part leaves its mean at most, in every window of speech.

    Parameters
    ----------
    rotations : (T, 4) array
        Unit quaternions.
    speaking : (T,) array
        Where somebody speaks.
    """
    length, step = round(_WINDOW * fps), max(1, round(_STEP * fps))
    if len(rotations) < length:
        return np.zeros(0)
    rows = np.arange(0, len(rotations) - length + 1, step)[:, None] + np.arange(length)
    rows = rows[speaking[rows].mean(1) > _SPOKEN]
    return np.linalg.norm(about_mean(rotations[rows]), axis=-1).max(-1) if len(rows) else np.zeros(0)


def acting(
    poses: npt.ArrayLike, trans: npt.ArrayLike, places: npt.ArrayLike, fps: float, speaking: npt.NDArray[np.bool_]
) -> Acting:
    """Measure a motion.

    Parameters
    ----------
    poses : (T, 165) array
        Axis-angle, radians.
    trans : (T, 3) array
        Pelvis translation, metres, Y up.
    places : (T, 55, 3) array
        Joint positions, metres.
    speaking : (T,) array
        Where somebody speaks.
    """
    parts = {name: part_rotations(poses, name) for name in _CHAINS}
    spread = {name: ranges(about_mean(turns)) for name, turns in parts.items()}
    head_speed = speeds(parts["head"], fps)
    arms = np.stack([speeds(parts[name], fps) for name in _ARMS])
    windows = {name: window_excursions(turns, fps, speaking) for name, turns in parts.items()}
    head_still = windows["head"] < STILL
    moving = ("head", "spine", "pelvis", *_ARMS)
    head_alone = windows["head joint"] < STILL
    all_still = np.all([windows[name] < STILL for name in moving], axis=0)
    spans = np.max([windows[name] for name in _ARMS], axis=0)

    def both(joint: str) -> float:
        return float(np.mean([np.linalg.norm(spread[f"{side}_{joint}"]) for side in ("left", "right")]))

    return Acting(
        head=spread["head"],
        head_speed=float(head_speed.mean()),
        head_speed_p95=float(np.percentile(head_speed, 95)),
        spine=spread["spine"],
        pelvis=spread["pelvis"],
        collars=both("collar"),
        shoulders=both("shoulder"),
        elbows=both("elbow"),
        wrists=both("wrist"),
        elbow_speed=float(np.mean([speeds(parts[f"{side}_elbow"], fps).mean() for side in ("left", "right")])),
        head_still=float(head_still.mean()) if len(head_still) else float("nan"),
        head_joint_still=float(head_alone.mean()) if len(head_still) else float("nan"),
        all_still=float(all_still.mean()) if len(head_still) else float("nan"),
        arm_span=float(np.median(spans)) if len(spans) else float("nan"),
        slow_frames=float((arms < SLOW).all(0).mean()),
        pelvis_travel=pelvis_travel(trans),
        feet_slide=toes_slide(places, fps),
    )


def pelvis_travel(trans: npt.ArrayLike) -> float:
    """Return cm: the diagonal of the 2.5th to 97.5th percentiles of (T, 3) metres along the floor."""
    low, high = np.percentile(100 * np.asarray(trans, np.float64)[:, [0, 2]], [2.5, 97.5], axis=0)
    return float(np.linalg.norm(high - low))


def toes_slide(places: npt.ArrayLike, fps: float) -> float:
    """Return the mean cm/s along the floor of toes within a centimetre of their lowest place, (T, 55, 3) metres."""
    toes = np.asarray(places, np.float64)[:, [JOINT_INDEX["left_foot"], JOINT_INDEX["right_foot"]]]
    down = toes[..., 1] < toes[..., 1].min(0) + _ON_GROUND
    moved = 100 * fps * np.linalg.norm(np.diff(toes[..., [0, 2]], axis=0), axis=-1)
    touching = down[1:] & down[:-1]
    return float(moved[touching].mean()) if touching.any() else 0.0
