"""Pose correctives of the default character: keys that follow the rotations of joints, so that bends keep their flesh.

As in SMPL (Loper et al., "SMPL: A Skinned Multi-Person Linear Model", 2015) they are linear in the entries of a joint's
rotation matrix minus identity; here a joint has a few keys, each of which weighs its nine entries. In Blender a driver
computes the same from the bone.
"""

# numpy types some of its functions in part only.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .rotation import axis_angle_to_matrix
from .skeleton import JOINT_NAMES

Floats = npt.NDArray[np.floating[Any]]
Ints = npt.NDArray[np.int32]

_ENTRIES: tuple[dict[str, float], ...] = (
    {"y*y": -2, "z*z": -2}, {"x*y": 2, "w*z": -2}, {"x*z": 2, "w*y": 2},
    {"x*y": 2, "w*z": 2}, {"x*x": -2, "z*z": -2}, {"y*z": 2, "w*x": -2},
    {"x*z": 2, "w*y": -2}, {"y*z": 2, "w*x": 2}, {"x*x": -2, "y*y": -2},
)  # fmt: skip
"""Rotation matrix minus identity of a unit quaternion (w, x, y, z), row by row."""


@dataclass(frozen=True)
class PoseCorrective:
    """What one key follows."""

    name: str
    joint: int
    weights: tuple[float, ...]
    """Of the nine entries of the joint's rotation matrix minus identity, row by row."""

    @property
    def expression(self) -> str:
        """For a driver with the variables ``w``, ``x``, ``y``, ``z``, the joint's unit quaternion; plain enough for
        Blender to compute it without Python, and within a driver's 256 characters."""
        terms: dict[str, float] = {}
        for weight, entry in zip(self.weights, _ENTRIES, strict=True):
            for product, factor in entry.items():
                terms[product] = terms.get(product, 0.0) + weight * factor
        written = "+".join(f"{factor:.6g}*{product}" for product, factor in terms.items() if abs(factor) > 1e-9)
        return written.replace("+-", "-") or "0"


def read_pose_correctives(data: Mapping[str, npt.NDArray[Any]]) -> tuple[PoseCorrective, ...]:
    """Return the correctives of a pack, in the order of their keys.

    Raises
    ------
    ValueError
        When its arrays do not fit together.
    """
    joints, weights = data["pose_joints"].astype(int).tolist(), data["pose_weights"].astype(np.float64)
    if weights.shape != (len(joints), 9) or any(not 0 < joint < len(JOINT_NAMES) for joint in joints):
        raise ValueError("pose correctives that do not fit")
    return tuple(
        PoseCorrective(f"{JOINT_NAMES[joint]}_pose{joints[:k].count(joint)}", joint, tuple(weights[k].tolist()))
        for k, joint in enumerate(joints)
    )


def pose_corrective_values(correctives: Sequence[PoseCorrective], axis_angle: Floats) -> Floats:
    """Return the (correctives,) values for (55, 3) rotations of the joints."""
    if not correctives:
        return np.zeros(0)
    turns = axis_angle_to_matrix(axis_angle[[item.joint for item in correctives]]) - np.eye(3)
    return (turns.reshape(-1, 9) * [item.weights for item in correctives]).sum(1)


def fitted_key(key: tuple[Ints, Floats], rest: Floats, joint: Floats, moved: Floats, gone: Floats) -> Floats:
    """Return the (n, 3) offsets of a corrective key on another person: larger where the flesh at the joint is.

    Parameters
    ----------
    key : (n,), (n, 3) arrays
        Vertices and offsets on the default person.
    rest, joint : (V, 3), (3,) arrays
        Of the default person.
    moved, gone : (V, 3), (3,) arrays
        By what vertices and joint of the person lie elsewhere.
    """
    indices, offsets = key
    weight = np.linalg.norm(offsets, axis=1)
    away = rest[indices] - joint
    before = weight @ (away**2).sum(1)
    after = weight @ ((away + moved[indices] - gone) ** 2).sum(1)
    return offsets * np.float32(np.sqrt(after / before)) if before > 0 else offsets
