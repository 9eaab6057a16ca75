"""Re-poses the source mesh from its A-pose into the SMPL-X T-pose with flat hands.

Dual quaternion skinning over the 163 source bones (Kavan et al., "Geometric Skinning with Approximate Dual Quaternion
Blending", 2008) keeps the volume of shoulders and wrists; the twist of the forearm is spread over its two bones.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation

from .makehuman import Floats, SourceRig

_INFLUENCES = 8


@dataclass(frozen=True)
class TPose:
    """A re-posed mesh."""

    vertices: Floats
    """(V, 3) in the unit of the input."""
    heads: dict[str, Floats]
    """Bone heads in the new pose."""
    rotations: Floats
    """(V, 4) quaternions (w, x, y, z) that turned each vertex; they turn displacements, too."""


def _unit(vector: Floats) -> Floats:
    return vector / np.linalg.norm(vector)


def _align(source: Floats, target: Floats) -> Floats:
    """Return the smallest rotation matrix that turns one direction into another."""
    a, b = _unit(source), _unit(target)
    axis = np.cross(a, b)
    cross = np.array([[0, -axis[2], axis[1]], [axis[2], 0, -axis[0]], [-axis[1], axis[0], 0]])
    return np.eye(3) + cross + cross @ cross / (1 + a @ b)


def _about(axis: Floats, angle: float) -> Floats:
    return Rotation.from_rotvec(_unit(axis) * angle).as_matrix()


def _angle_about(source: Floats, target: Floats, axis: Floats) -> float:
    a = _unit(source - axis * (source @ axis))
    b = _unit(target - axis * (target @ axis))
    return float(np.arctan2(np.cross(a, b) @ axis, a @ b))


def _multiply(a: Floats, b: Floats) -> Floats:
    w = a[..., :1] * b[..., :1] - (a[..., 1:] * b[..., 1:]).sum(-1, keepdims=True)
    v = a[..., :1] * b[..., 1:] + b[..., :1] * a[..., 1:] + np.cross(a[..., 1:], b[..., 1:])
    return np.concatenate([w, v], -1)


def rotate(quaternions: Floats, vectors: Floats) -> Floats:
    """Turn (V, 3) vectors by (V, 4) unit quaternions (w, x, y, z)."""
    twice = 2 * np.cross(quaternions[..., 1:], vectors)
    return vectors + quaternions[..., :1] * twice + np.cross(quaternions[..., 1:], twice)


def _bone_rotations(rig: SourceRig, head: dict[str, Floats], tail: dict[str, Floats]) -> dict[str, Floats]:
    """Return the world rotation of every bone between the two poses."""
    fixed: dict[str, Floats] = {}
    for letter, sign in (("L", 1.0), ("R", -1.0)):
        out = np.array([sign, 0, 0])
        upper = head[f"lowerarm01.{letter}"] - head[f"upperarm01.{letter}"]
        fore = head[f"wrist.{letter}"] - head[f"lowerarm01.{letter}"]
        raised = _align(upper, out)
        # The elbow's hinge ends up vertical, so that it bends forward.
        twist = _angle_about(raised @ np.cross(_unit(upper), _unit(fore)), np.array([0, -sign, 0.0]), out)
        fixed[f"upperarm01.{letter}"] = _about(out, twist / 2) @ raised
        arm = fixed[f"upperarm02.{letter}"] = _about(out, twist) @ raised
        straight = _align(arm @ fore, out) @ arm
        knuckles = straight @ (head[f"finger5-1.{letter}"] - head[f"finger2-1.{letter}"])
        palm_down = _angle_about(knuckles, np.array([0, 0, -1.0]), out)
        fixed[f"lowerarm01.{letter}"] = _about(out, palm_down * 0.33) @ straight
        fixed[f"lowerarm02.{letter}"] = _about(out, palm_down * 0.75) @ straight
        hand = _about(out, palm_down) @ straight
        hand = _align(hand @ (head[f"finger3-1.{letter}"] - head[f"wrist.{letter}"]), out) @ hand
        fixed[f"wrist.{letter}"] = hand
        for digit in "2345":
            ray = hand @ (head[f"finger{digit}-1.{letter}"] - head[f"wrist.{letter}"])
            spread = np.array([sign, 0, 0.45 * ray[2] / abs(ray[0])])
            for segment in "123":
                bone = f"finger{digit}-{segment}.{letter}"
                fixed[bone] = _align(hand @ (tail[bone] - head[bone]), spread) @ hand
        thigh = head[f"lowerleg01.{letter}"] - head[f"upperleg01.{letter}"]
        shin = head[f"foot.{letter}"] - head[f"lowerleg01.{letter}"]
        fixed[f"upperleg01.{letter}"] = fixed[f"upperleg02.{letter}"] = _align(thigh, np.array([0.085 * sign, -1, 0]))
        fixed[f"lowerleg01.{letter}"] = fixed[f"lowerleg02.{letter}"] = _align(
            shin, np.array([-0.03 * sign, -1, -0.06])
        )
        up = np.array([0, 1.0, 0])
        foot = tail[f"foot.{letter}"] - head[f"foot.{letter}"]
        fixed[f"foot.{letter}"] = _about(up, _angle_about(foot, np.array([0.08 * sign, 0, 1.0]), up))
    world: dict[str, Floats] = {}
    for bone in rig.bones:
        parent = rig.parents[bone]
        world[bone] = fixed.get(bone, world[parent] if parent else np.eye(3))
    return world


class TPoser:
    """Re-poses any phenotype of the base mesh."""

    def __init__(self, rig: SourceRig) -> None:
        self._rig = rig
        self._bones = np.argsort(-rig.weights, 1)[:, :_INFLUENCES]
        weights = np.take_along_axis(rig.weights, self._bones, 1)
        self._weights = (weights / np.maximum(weights.sum(1, keepdims=True), 1e-9))[..., None]

    def __call__(self, vertices: Floats) -> TPose:
        """Return the T-pose of (19158, 3) A-pose vertices."""
        rig = self._rig
        head = {bone: vertices[rig.heads[bone]].mean(0) for bone in rig.bones}
        tail = {bone: vertices[rig.tails[bone]].mean(0) for bone in rig.bones}
        world = _bone_rotations(rig, head, tail)
        moved: dict[str, Floats] = {}
        for bone in rig.bones:
            parent = rig.parents[bone]
            moved[bone] = moved[parent] + world[parent] @ (head[bone] - head[parent]) if parent else head[bone]
        real = np.roll(Rotation.from_matrix([world[bone] for bone in rig.bones]).as_quat(), 1, -1)
        shift = np.array([moved[bone] - world[bone] @ head[bone] for bone in rig.bones])
        dual = 0.5 * _multiply(np.concatenate([np.zeros((len(shift), 1)), shift], 1), real)
        parts = real[self._bones]
        signs = np.where((parts * parts[:, :1]).sum(-1, keepdims=True) < 0, -1.0, 1.0)
        blended = (self._weights * signs * parts).sum(1)
        blended_dual = (self._weights * signs * dual[self._bones]).sum(1)
        length = np.linalg.norm(blended, axis=1, keepdims=True)
        blended, blended_dual = blended / length, blended_dual / length
        offset = 2 * _multiply(blended_dual, blended * [1, -1, -1, -1])[:, 1:]
        return TPose(rotate(blended, vertices) + offset, moved, blended)
