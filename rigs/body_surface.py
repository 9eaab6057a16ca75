"""How far a body's surface is from its bones where hands touch it: front of the trunk, head, upper arms, thighs.

Measured on the rest pose of the meshes, in the character's SMPL-X frame.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .faces.key_shapes import rest_points
from .reference_skeleton import PLACES
from .rest_frame import world_matrix

Doubles = npt.NDArray[np.float64]

_STEPS = 8
_NEAR_MIDDLE = 0.6
"""Share of the shoulders' width within which the front of the trunk is looked at."""
_SHARE = 98.0
"""Percent of the points that lie within: single ones stick out."""
_SIDES = ("left", "right")
_ARM = (("shoulder", "elbow"), ("elbow", "wrist"), ("wrist", "middle3"))
_OUT = (0.3, 0.8)
"""Cosines with the outside up to which the outer surface does not count, and from which on it alone does."""
_OUTER = 90.0
"""Percent of the outer points that lie within: single ones stick out."""
_THICK, _FEW = 0.5, 4
"""Share of a limb's length within which points may belong to it, and how many of them tell how thick it is."""
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


@dataclass(frozen=True, eq=False)
class LimbSurface:
    """How far the surface is from the line between a limb's ends, in metres, from beginning to end."""

    around: Doubles
    """(5,) in the middle of what is seen."""
    outwards: Doubles
    """(5,) on the side that looks away from the other limb: hips, skirts, a belly that is wider than its legs."""

    def thickness(self, along: Doubles, outwards: Doubles) -> Doubles:
        """Return (...) metres at shares of the way along, in directions of which cosines to the outside are given."""
        steps = (np.arange(len(self.around)) + 0.5) / len(self.around)
        around, outside = (np.interp(along, steps, radii) for radii in (self.around, self.outwards))
        found: Doubles = around + (outside - around) * np.clip((outwards - _OUT[0]) / (_OUT[1] - _OUT[0]), 0.0, 1.0)
        return found


LIMBS: Mapping[str, tuple[str, str, LimbSurface]] = {
    "upper arm": (
        "shoulder", "elbow",
        LimbSurface(np.array([0.066, 0.052, 0.047, 0.049, 0.047]), np.array([0.066, 0.052, 0.047, 0.049, 0.047])),
    ),
    "thigh": (
        "hip", "knee",
        LimbSurface(np.array([0.098, 0.091, 0.080, 0.067, 0.058]), np.array([0.075, 0.078, 0.072, 0.062, 0.055])),
    ),
}  # fmt: skip
"""Part of a limb -> the joints where it begins and ends, and the default character's surface."""


def limb_surfaces(points: Doubles, places: Mapping[str, Doubles], limb: str) -> dict[str, LimbSurface]:
    """Return side -> the surface of a part of a limb; the reference's in proportion where nothing is seen.

    Parameters
    ----------
    points : (V, 3) array
        The body's, at rest.
    places : dict
        Joint -> (3,) where it lies at rest; both ends of the limb are needed.
    limb : str
        One of :data:`LIMBS`.
    """
    begin, end, reference = LIMBS[limb]
    points = points[:: max(1, len(points) // _MOST)]
    beside = {side: _beside(points, places[f"{side}_{begin}"], places[f"{side}_{end}"]) for side in _SIDES}
    nearest = np.min([far for _, far in beside.values()], axis=0)
    if begin == "hip":
        arms = [
            _beside(points, places[f"{side}_{first}"], places[f"{side}_{last}"], clipped=True)[1]
            for side in _SIDES for first, last in _ARM if {f"{side}_{first}", f"{side}_{last}"} <= set(places)
        ]  # fmt: skip
        kept = nearest < np.min([np.full(len(points), np.inf), *arms], axis=0)
    else:
        kept = np.ones(len(points), bool)
    found = {}
    for side, (at, far) in beside.items():
        first, last = places[f"{side}_{begin}"], places[f"{side}_{end}"]
        length = max(float(np.linalg.norm(last - first)), 1e-9)
        own = kept & (far <= nearest)
        close = own & (far < _THICK * length)
        out = first - places[f"{'right' if side == 'left' else 'left'}_{begin}"]
        off = points - first - at[:, None] * (last - first)
        outer = own & (off @ out > _OUT[1] * far * np.linalg.norm(out))
        scale = length / float(np.linalg.norm(PLACES[f"left_{end}"] - PLACES[f"left_{begin}"]))
        around, outwards = reference.around * scale, np.zeros(len(reference.around))
        for step in range(len(around)):
            level = (at * len(around) >= step) & (at * len(around) < step + 1)
            if np.count_nonzero(level & close) >= _FEW:
                around[step] = np.median(far[level & close])
            outwards[step] = around[step]
            if begin == "hip" and np.count_nonzero(level & outer) >= _FEW:
                outwards[step] = np.percentile(far[level & outer], _OUTER)
        found[side] = LimbSurface(around, outwards)
    return found


def _beside(points: Doubles, first: Doubles, last: Doubles, *, clipped: bool = False) -> tuple[Doubles, Doubles]:
    """Return (V,) at which share of the way between two places points lie, and how far from it."""
    way = last - first
    at = (points - first) @ way / max(float(way @ way), 1e-18)
    at = np.clip(at, 0.0, 1.0) if clipped else at
    return at, np.linalg.norm(points - first - at[:, None] * way, axis=1)


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
