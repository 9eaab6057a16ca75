"""An arm that reaches: shoulder, elbow and wrist for a hand that is to be somewhere, turned somehow."""

# numpy and torch type some of their functions in part only.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..rotation import axis_angle_to_matrix, matrix_to_axis_angle
from ..skeleton import JOINT_INDEX

Doubles = npt.NDArray[np.float64]
_STRAIGHT, _SOFT = 0.987, 0.024
"""How far an arm reaches against the length of its bones, and over how much of it it comes to its end."""


def reach_with_arm(
    side: str, rest: Doubles, collar: Doubles, start: Doubles, wrist: Doubles, hand: Doubles, pole: Doubles
) -> tuple[Doubles, Doubles, Doubles]:
    """Return (T, 3) axis-angle of shoulder, elbow and wrist, by two-bone inverse kinematics.

    The forearm takes the hand's twist, the wrist only bends. A hand out of reach is reached for as far as the arm goes.

    Parameters
    ----------
    side : str
        ``"left"`` or ``"right"``.
    rest : (55, 3) array
        Rest joints, metres.
    collar : (T, 3, 3) array
        World rotation of the collar.
    start : (T, 3) array
        Where the shoulder is, metres.
    wrist : (T, 3) array
        Where the wrist is to be.
    hand : (T, 3, 3) array
        World rotation that the hand is to have.
    pole : (T, 3) array
        Where the elbow points to, seen from the line between shoulder and wrist.
    """
    shoulder, elbow, end = (JOINT_INDEX[f"{side}_{name}"] for name in ("shoulder", "elbow", "wrist"))
    upper, lower = float(np.linalg.norm(rest[elbow] - rest[shoulder])), float(np.linalg.norm(rest[end] - rest[elbow]))
    along, hinge, bend = _solve(wrist - start, upper, lower, pole)
    # The upper arm's frame: +X (left) or -X (right) along the bone, the hinge about -Y (left) or +Y (right).
    sign = 1.0 if side == "left" else -1.0
    frame = np.stack([sign * along, -sign * hinge, -np.cross(along, hinge)], -1)
    nothing = np.zeros_like(bend)
    flexed = frame @ axis_angle_to_matrix(np.stack([nothing, -sign * bend, nothing], 1))
    twist = _twist_about_x(np.swapaxes(flexed, 1, 2) @ hand)
    forearm = flexed @ axis_angle_to_matrix(np.stack([twist, nothing, nothing], 1))
    first, second, third = (
        np.asarray(matrix_to_axis_angle(np.swapaxes(parent, 1, 2) @ child), np.float64)
        for parent, child in ((collar, frame), (frame, forearm), (forearm, hand))
    )
    return first, second, third


def _solve(reach: Doubles, upper: float, lower: float, pole: Doubles) -> tuple[Doubles, Doubles, Doubles]:
    """Return (T, 3) direction of the upper arm, (T, 3) axis of the elbow's hinge and (T,) radians of its bend."""
    length = np.linalg.norm(reach, axis=1)
    aim = reach / length[:, None]
    # Out of reach, or nearer than the elbow folds: as far as it goes. An arm that is nearly straight comes to its end
    # softly, as its elbow would snap otherwise.
    reached = (_STRAIGHT - _SOFT) * (upper + lower)
    soft = _SOFT * (upper + lower)
    length = np.where(length > reached, reached + soft * np.tanh((length - reached) / soft), length)
    length = np.maximum(length, abs(upper - lower) + 0.02)
    out = pole - (aim * pole).sum(1, keepdims=True) * aim
    out /= np.linalg.norm(out, axis=1, keepdims=True)
    cosine = (upper**2 + length**2 - lower**2) / (2 * upper * length)
    along = cosine[:, None] * aim + np.sqrt(1 - cosine**2)[:, None] * out
    bend = np.pi - np.arccos((upper**2 + lower**2 - length**2) / (2 * upper * lower))
    hinge = np.cross(along, aim)
    return along, hinge / np.linalg.norm(hinge, axis=1, keepdims=True), bend


def _twist_about_x(turn: Doubles) -> Doubles:
    """Return (T,) radians of the share of (T, 3, 3) rotations about X (swing and twist)."""
    # The quaternion's x over w, from the matrix' entries.
    twist: Doubles = 2.0 * np.arctan2(turn[:, 2, 1] - turn[:, 1, 2], 1 + turn[:, 0, 0] + turn[:, 1, 1] + turn[:, 2, 2])
    return twist
