"""How far a body's surface is from its bones where hands touch it: the front of the trunk, and the head.

Measured on the rest pose of the meshes, in the character's SMPL-X frame.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .faces.key_shapes import rest_points
from .rest_frame import world_matrix

Doubles = npt.NDArray[np.float64]

_STEPS = 8
_NEAR_MIDDLE = 0.6
"""Share of the shoulders' width within which the front of the trunk is looked at."""
_SHARE = 98.0
"""Percent of the points that lie within: single ones stick out."""
_MOST = 200_000
"""Points that are looked at."""


@dataclass(frozen=True, eq=False)
class BodySurface:
    """Sizes in metres."""

    trunk: Doubles
    """(3,) half the width of the shoulders, the height from pelvis to neck, and 1."""
    front: Doubles
    """(8,) how far in front of the pelvis the trunk's surface is, from the pelvis up to the neck."""
    head: Doubles
    """(3,) half the width, the height and the depth in front of the head joint."""


REFERENCE = BodySurface(
    trunk=np.array([0.1785, 0.448, 1.0]),
    front=np.array([0.171, 0.170, 0.167, 0.172, 0.170, 0.159, 0.132, 0.105]),
    head=np.array([0.075, 0.155, 0.116]),
)
"""The default character's."""


def measure_surface(points: Doubles, places: Mapping[str, Doubles]) -> BodySurface:
    """Measure a body by its points (V, 3) and where its joints are at rest; what is not seen is the reference's size.

    Joints needed: pelvis, both shoulders, head; the neck where there is one.
    """
    pelvis, head = places["pelvis"], places["head"]
    neck = places.get("neck", head)
    half = max(0.5 * float(np.linalg.norm(places["left_shoulder"] - places["right_shoulder"])), 1e-6)
    height = max(float(neck[1] - pelvis[1]), 1e-6)
    scale = height / REFERENCE.trunk[1]
    points = points[:: max(1, len(points) // _MOST)] - np.array([pelvis[0], 0.0, 0.0])
    middle = points[np.abs(points[:, 0]) < _NEAR_MIDDLE * half]
    level = (middle[:, 1] - pelvis[1]) / height * _STEPS
    front = REFERENCE.front * scale
    for step in range(_STEPS):
        inside = middle[(level >= step) & (level < step + 1), 2] - pelvis[2]
        if len(inside):
            front[step] = max(float(np.percentile(inside, _SHARE)), 0.02 * height)
    above = points[points[:, 1] > head[1]] - np.array([0.0, head[1], head[2]])
    above = above[np.abs(above[:, 0]) < 3.0 * half]
    size = REFERENCE.head * scale
    if len(above):
        size = np.array(
            [np.percentile(np.abs(above[:, 0]), _SHARE), above[:, 1].max(), np.percentile(above[:, 2], _SHARE)]
        )
    return BodySurface(np.array([half, height, 1.0]), front, np.maximum(size, 0.1 * REFERENCE.head * scale))


def body_points(armature: Any, meshes: list[Any], axes: Doubles, metres: float) -> Doubles:
    """Return (V, 3) the points of meshes that an armature deforms, at rest in its SMPL-X frame, in metres."""
    inverse, found = np.linalg.inv(world_matrix(armature)), [np.zeros((0, 3))]
    for mesh in meshes:
        if mesh.type != "MESH" or not any(m.type == "ARMATURE" and m.object == armature for m in mesh.modifiers):
            continue
        to_armature = inverse @ world_matrix(mesh)
        local = rest_points(mesh) @ to_armature[:3, :3].T + to_armature[:3, 3]
        found.append(metres * local @ axes)
    return np.concatenate(found)
