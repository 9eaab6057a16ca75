"""How far the joints of a human turn, as swing and twist, and a soft way to hold them there.

A joint's rotation is split into a swing of its bone and a twist about the bone (Grassia, "Practical parameterization of
rotations using the exponential map", 1998). Bones of the trunk lie along Y, those of arms and fingers along X. The
coordinates of a joint are three angles: the twist in the place of the bone's axis, the two components of the swing's
rotation vector in the places of the others. The left side is tabled; right joints are mirrored: (x, -y, -z).

The ranges follow the norms of the American Academy of Orthopaedic Surgeons (elbow 0 to 150 degrees, forearm 80 to 90
each way, wrist 80 and 70, spine 80 forward in all, finger joints 90, 100 and 80 to 90), widened where recorded gestures
go further; docs/plausibility.md has both side by side.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..body.upper_body import UPPER_BODY
from ..easing import eased
from ..rotation import axis_angle_to_quaternion, quaternion_multiply, quaternion_to_axis_angle
from ..skeleton import JOINT_INDEX

Doubles = npt.NDArray[np.float64]
Number = float | Doubles

_CHUNK = 2000  # frames
_LONGEST_SHOULDER_SWING = (150.0, 20.0)
_WRAP = (155.0, 180.0)  # degrees of twist over which what no joint can do fades, so that a full turn meets itself


@dataclass(frozen=True)
class JointLimit:
    """Lowest and highest angle about x, y and z of a left joint, and how softly they are reached; degrees."""

    x: tuple[float, float]
    y: tuple[float, float]
    z: tuple[float, float]
    soft: float | tuple[float, float, float]
    """A curve bends this far before its limit; up to there it is left exactly as it is. One for each axis, or all."""


_KNUCKLE = JointLimit((-34, 34), (-36, 36), (-108, 48), 10)
_MIDDLE = JointLimit((-30, 30), (-32, 34), (-116, 24), 8)
_LAST = JointLimit((-30, 30), (-30, 30), (-98, 24), 8)

LIMITS: dict[str, JointLimit] = {
    "spine1": JointLimit((-16, 38), (-18, 18), (-18, 18), 6),
    "spine2": JointLimit((-14, 30), (-18, 18), (-18, 18), 6),
    "spine3": JointLimit((-14, 30), (-18, 18), (-18, 18), 6),
    # Collar: y is forward (-) and back, z down (-) and up.
    "collar": JointLimit((-26, 26), (-42, 30), (-24, 48), 10),
    # Shoulder: y is forward (-) and back, z down (-) and up from the T-pose.
    "shoulder": JointLimit((-152, 125), (-140, 58), (-114, 105), 12),
    # Elbow: y bends it (-), x turns the forearm, z is the play of the hinge.
    "elbow": JointLimit((-112, 112), (-157, 6), (-26, 26), (12, 4, 13)),
    # Wrist: y is to the thumb (-) and to the little finger, z to the palm (-) and to the back.
    "wrist": JointLimit((-20, 20), (-72, 45), (-86, 90), 12),
    "index1": _KNUCKLE, "index2": _MIDDLE, "index3": _LAST,
    "middle1": _KNUCKLE, "middle2": _MIDDLE, "middle3": _LAST,
    "ring1": _KNUCKLE, "ring2": _MIDDLE, "ring3": _LAST,
    "pinky1": _KNUCKLE, "pinky2": _MIDDLE, "pinky3": _LAST,
    "thumb1": JointLimit((-66, 50), (-86, 60), (-42, 68), 10),
    "thumb2": JointLimit((-34, 56), (-44, 56), (-46, 42), 10),
    "thumb3": JointLimit((-62, 40), (-82, 46), (-30, 40), 10),
}  # fmt: skip
"""Joint without its side -> range."""

_JOINTS = [JOINT_INDEX[name] for name in UPPER_BODY]
_MIRROR = np.array([[1.0, -1.0, -1.0] if name.startswith("right") else [1.0, 1.0, 1.0] for name in UPPER_BODY])
# The bone's axis first, then the others in cyclic order: one formula for all.
_ORDER = np.array([[1, 2, 0] if name.startswith("spine") else [0, 1, 2] for name in UPPER_BODY])
_BACK = np.argsort(_ORDER, 1)
_TABLE = [LIMITS[name.split("_")[-1]] for name in UPPER_BODY]
_LOW, _HIGH = (
    np.take_along_axis(np.radians([[item.x[k], item.y[k], item.z[k]] for item in _TABLE]), _ORDER, 1) for k in (0, 1)
)
_SOFT = np.take_along_axis(np.radians([np.broadcast_to(item.soft, 3) for item in _TABLE]), _ORDER, 1)
_SHOULDERS = [UPPER_BODY.index(f"{side}_shoulder") for side in ("left", "right")]


def limit_joints(poses: npt.ArrayLike) -> Doubles:
    """Return (T, 165) poses with the 41 joints that gesture within human range.

    Angles within a few degrees of a limit (the table's ``soft``) and beyond it are bent smoothly towards it; a joint
    none of whose angles is that far comes back exactly as it was. Frames do not depend on each other.

    Parameters
    ----------
    poses : (T, 165) array
        Axis-angle, radians.
    """
    result = np.array(poses, np.float64)
    for start in range(0, len(result), _CHUNK):
        part = result[start : start + _CHUNK].reshape(-1, 55, 3)
        angles = _split(part[:, _JOINTS])
        held = _held(angles)
        frames, numbers = np.nonzero((np.abs(held - angles) > 1e-12).any(-1))
        part[frames, np.array(_JOINTS)[numbers]] = _join(held[frames, numbers], numbers)
    return result


def joint_coordinates(poses: npt.ArrayLike) -> Doubles:
    """Return (T, 41, 3) swing and twist of the joints that gesture, radians; right joints mirrored to the left."""
    angles = _split(np.asarray(poses, np.float64).reshape(-1, 55, 3)[:, _JOINTS])
    return np.take_along_axis(angles, np.broadcast_to(_BACK, angles.shape), -1)


def _split(turns: Doubles) -> Doubles:
    """Return (T, 41, 3) twist and the two components of the swing, the bone's axis first."""
    quaternion = axis_angle_to_quaternion(turns * _MIRROR)
    quaternion = np.where(quaternion[..., :1] < 0, -quaternion, quaternion)
    w = quaternion[..., 0]
    x, y, z = np.moveaxis(np.take_along_axis(quaternion[..., 1:], np.broadcast_to(_ORDER, turns.shape), -1), -1, 0)
    # q = swing * twist, with swing = (h, 0, sy, sz) and twist = (w, x, 0, 0) / h.
    h = np.maximum(np.hypot(w, x), 1e-12)
    sy, sz = (y * w - z * x) / h, (z * w + y * x) / h
    sine = np.hypot(sy, sz)
    scale = np.where(sine < 1e-9, 2.0, 2 * np.arctan2(sine, h) / np.maximum(sine, 1e-9))
    twist: Doubles = 2.0 * np.arctan2(x, w)
    return np.stack([twist, scale * sy, scale * sz], -1)


def _join(angles: Doubles, numbers: npt.NDArray[np.intp]) -> Doubles:
    """Return (n, 3) axis-angle of n angles as :func:`_split` has them, for joints by number."""
    swing, twist = angles.copy(), np.zeros_like(angles)
    swing[:, 0] = 0
    twist[:, 0] = angles[:, 0]
    turned = quaternion_multiply(axis_angle_to_quaternion(swing), axis_angle_to_quaternion(twist))
    return np.take_along_axis(quaternion_to_axis_angle(turned), _BACK[numbers], 1) * _MIRROR[numbers]


def _held(angles: Doubles) -> Doubles:
    held = _saturate(angles, _LOW, _HIGH, _SOFT)
    # Half a turn either way is the same rotation: what is held there must be the same too.
    fade = np.radians(_WRAP)
    held[..., 0] *= 1 - eased(np.abs(angles[..., 0]), fade[0], fade[1])
    longest, soft = np.radians(_LONGEST_SHOULDER_SWING)
    swing = held[:, _SHOULDERS, 1:]
    length = np.maximum(np.linalg.norm(swing, axis=-1, keepdims=True), 1e-12)
    held[:, _SHOULDERS, 1:] = swing * (_saturate(length, -longest, longest, soft) / length)
    return held


def _saturate(angles: Doubles, low: Number, high: Number, soft: Number) -> Doubles:
    """Bend values smoothly into low..high; those further inside than ``soft`` stay."""
    top, bottom = high - soft, low + soft
    above = top + soft * np.tanh((angles - top) / soft)
    below = bottom + soft * np.tanh((angles - bottom) / soft)
    return np.where(angles > top, above, np.where(angles < bottom, below, angles))
