"""Fits the pose correctives: keys that follow the rotations of joints, so that bends keep their flesh.

As SMPL's pose blend shapes they are linear in the entries of the joints' rotation matrices minus identity (Loper et
al., "SMPL: A Skinned Multi-Person Linear Model", 2015). There they were learned from scans; here from a skinning that
costs more (:mod:`.rotation_centres`), on poses drawn from within human limits, every pose with its mirror image.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ...inference.rotation import axis_angle_to_matrix, compose_axis_angle
from ...inference.skeleton import JOINT_INDEX, JOINT_NAMES
from .binding import closest_rows
from .flesh import Flesh
from .makehuman import Floats, Ints
from .pack import sparse_deltas

Single = npt.NDArray[np.float32]
_Range = tuple[tuple[float, float], tuple[float, float], tuple[float, float]]
RANGES: dict[str, _Range] = {
    "left_shoulder": ((-80, 80), (-105, 40), (-95, 75)),
    "left_elbow": ((-100, 100), (-150, 0), (-10, 10)),
    "left_wrist": ((-10, 10), (-45, 30), (-80, 80)),
    "left_hip": ((-125, 30), (-30, 30), (-20, 45)),
    "left_knee": ((0, 150), (-10, 10), (-5, 5)),
    "neck": ((-30, 35), (-45, 45), (-25, 25)),
    "head": ((-30, 35), (-45, 45), (-25, 25)),
}
"""Joint -> degrees about x, y and z from which poses are drawn; right joints mirror the left ones. A shoulder's x is
twist, applied before the swing about y and z."""
KEYS = {"shoulder": 3, "elbow": 2, "wrist": 1, "hip": 2, "knee": 1, "neck": 1, "head": 1}
"""Keys of a joint without its side. Blender goes through all vertices of the mesh for each, in every frame."""
_POSES = 250
_RIDGE = 3e-3
_SMALLEST = 2e-4
"""Metres; what moves no further is left out."""
_STEP = 4e-5
"""Metres of one unit of an offset."""
_DIGITS = 4
"""Of the coefficients after the point: a driver's expression has 256 characters."""
_CHUNK = 250
MIRROR = np.array([1.0, -1.0, -1.0])
JOINTS = tuple(
    JOINT_INDEX[name]
    for left in RANGES
    for name in ((left, left.replace("left_", "right_")) if left.startswith("left_") else (left,))
)
"""Joints that have correctives."""


def sampled_poses(count: int, seed: int = 0) -> Floats:
    """Return (4 * count, 55, 3) axis-angle poses: with all joints turned, with one, and the mirror images."""
    rng = np.random.default_rng(seed)
    poses = np.zeros((2 * count, 55, 3))
    for joint in JOINTS:
        left = JOINT_NAMES[joint].replace("right_", "left_")
        low, high = np.radians(RANGES[left]).T
        turns = rng.uniform(low, high, (2 * count, 3))
        if left == "left_shoulder":
            turns = compose_axis_angle(turns * [0, 1, 1], turns * [1, 0, 0])
        poses[:, joint] = turns * (MIRROR if JOINT_NAMES[joint].startswith("right_") else 1)
    alone = rng.integers(0, len(JOINTS), count)
    for row, number in enumerate(alone, start=count):
        turn = poses[row, JOINTS[number]].copy()
        poses[row] = 0
        poses[row, JOINTS[number]] = turn
    return np.concatenate([poses, mirrored(poses)])


def mirrored(poses: Floats) -> Floats:
    """Return (T, 55, 3) poses with left and right exchanged."""
    other = [
        JOINT_INDEX[
            name.replace("left_", "*").replace("right_", "left_").replace("*", "right_")
        ]
        for name in JOINT_NAMES
    ]  # fmt: skip
    return poses[:, other] * MIRROR


def pose_features(poses: Floats, joint: int) -> Floats:
    """Return (T, 9) entries of a joint's rotation matrix minus identity."""
    return (axis_angle_to_matrix(poses[:, joint]) - np.eye(3)).reshape(-1, 9)


@dataclass(frozen=True)
class PoseKeys:
    """Correctives of all joints."""

    joints: Ints
    """(K,)."""
    coefficients: Floats
    """(K, 9) what the joint's matrix minus identity is weighed by."""
    offsets: Floats
    """(K, V, 3) at 1, metres."""


def fit_pose_keys(flesh: Flesh, count: int = _POSES) -> PoseKeys:
    """Return the keys that bring linear blending nearest to the better skinning, in the least-squares sense.

    First every joint has all nine features; of what they do, the few combinations that matter most are kept, and fitted
    again.
    """
    poses = sampled_poses(count)
    turned = np.empty((len(poses), len(flesh.bent), 3, 3), np.float32)
    missing = np.empty((len(poses), len(flesh.bent), 3), np.float32)
    for row, pose in enumerate(poses):
        turned[row], missing[row] = flesh.missing(pose)
    features = np.concatenate([pose_features(poses, joint) for joint in JOINTS], 1)
    owners = np.repeat(np.arange(len(JOINTS)), 9)
    numbers, weights = _chosen(features, _fitted(flesh, features, owners, turned, missing))
    values = np.stack([features[:, owners == n] @ w for n, w in zip(numbers, weights, strict=True)], 1)
    offsets = _fitted(flesh, values, numbers, turned, missing)
    offsets[np.linalg.norm(offsets, axis=2) < _SMALLEST] = 0
    return PoseKeys(np.array(JOINTS)[numbers], weights, offsets)


def _fitted(flesh: Flesh, features: Floats, owners: Ints, turned: Single, missing: Single) -> Floats:
    """Return (F, V, 3) offsets of (T, F) features, each of which belongs to a joint of :data:`JOINTS`, of its skin."""
    result = np.zeros((features.shape[1], len(flesh.rest), 3))
    sets, which = np.unique(flesh.moved_by[flesh.bent], axis=0, return_inverse=True)
    for number, joints in enumerate(sets):
        rows, active = np.nonzero(which.ravel() == number)[0], np.nonzero(joints[owners])[0]
        for start in range(0, len(rows) if len(active) else 0, _CHUNK):
            part = rows[start : start + _CHUNK]
            found = _solved(features[:, active], turned[:, part], missing[:, part])
            result[active[:, None], flesh.bent[part]] = found.swapaxes(0, 1)
    return result


def _solved(features: Floats, turned: Single, missing: Single) -> Floats:
    """Return (n, F, 3) offsets at rest of every feature, ridge-regressed on T poses.

    Parameters
    ----------
    features : (T, F) array
    turned : (T, n, 3, 3) array
        What turns an offset at rest into the pose.
    missing : (T, n, 3) array
        The offsets wanted there.
    """
    poses, count, size = len(features), missing.shape[1], features.shape[1]
    squares = np.einsum("tnki,tnkj->tnij", turned, turned).reshape(poses, -1)
    products = (features[:, :, None] * features[:, None]).reshape(poses, -1)
    system = (products.T @ squares).reshape(size, size, count, 3, 3).transpose(2, 0, 3, 1, 4)
    system = system.reshape(count, 3 * size, 3 * size) + _RIDGE * poses * np.eye(3 * size)
    right = features.T @ np.einsum("tnki,tnk->tni", turned, missing).reshape(poses, -1)
    right = right.reshape(size, count, 3).transpose(1, 0, 2).reshape(count, -1, 1)
    return np.linalg.solve(system, right).reshape(count, size, 3)


def _chosen(features: Floats, fitted: Floats) -> tuple[Ints, Floats]:
    """Return (K,) numbers in ``JOINTS`` and (K, 9) weights of the combinations of features that do most on the poses.

    Weights are such that the largest value on the poses is one.
    """
    numbers, chosen = [], []
    for number, joint in enumerate(JOINTS):
        columns = slice(9 * number, 9 * number + 9)
        seen = features[:, columns]
        _, factor = np.linalg.qr(seen)
        left, _, _ = np.linalg.svd(factor @ fitted[columns].reshape(9, -1), full_matrices=False)
        inverse = np.linalg.pinv(factor, rcond=1e-3)
        for k in range(KEYS[JOINT_NAMES[joint].split("_")[-1]]):
            weights = inverse @ left[:, k]
            weights *= np.sign((seen @ weights).sum())  # mostly positive: some programs cut off what is negative
            numbers.append(number)
            chosen.append(np.round(weights / np.abs(seen @ weights).max(), _DIGITS))
    return np.array(numbers), np.array(chosen)


def pose_arrays(arrays: Mapping[str, np.ndarray]) -> dict[str, Any]:
    """Return what the pack of these arrays gains: joints and weights of the correctives, and their keys."""
    flesh = Flesh(arrays, JOINTS)
    keys = fit_pose_keys(flesh)
    moves = np.zeros((len(keys.joints), arrays["shape_values"].shape[1], 3))
    moves[:, : keys.offsets.shape[1]] = keys.offsets
    # The default clothes have displacements of their own; what is bound follows the body when a character is composed.
    outfit = np.nonzero(arrays["kinds"] == "outfit")[0]
    worn = np.unique(arrays["loops"][np.repeat(np.isin(arrays["face_kinds"], outfit), arrays["sizes"])]).astype(int)
    worn = worn[worn < moves.shape[1]]
    rows = closest_rows(arrays["vertices"][worn] * arrays["vertex_step"], flesh.rest, flesh.quads)
    for move, offsets in zip(moves, keys.offsets, strict=True):
        move[worn] = rows @ offsets
    packed = sparse_deltas(moves, "pose", _SMALLEST)
    scales = np.repeat(packed["pose_scales"], np.diff(packed["pose_starts"]))[:, None]
    return {
        **packed,
        "pose_values": np.round(packed["pose_values"] * scales / _STEP).astype(np.int16),
        "pose_scales": np.full(len(moves), _STEP, np.float32),
        "pose_joints": keys.joints.astype(np.uint8),
        "pose_weights": keys.coefficients.astype(np.float32),
    }
