"""Measuring flesh: where the middle of a part of the mesh is, and how thick it is around it."""

from __future__ import annotations

from itertools import pairwise
from typing import cast

import numpy as np
import numpy.typing as npt

from ..character import Character

Doubles = npt.NDArray[np.float64]

_SLICE = 0.055  # metres between two slices
_SPREAD = 95.0  # percentile of the skin's distance: cloth gives, and a few vertices stand out
_ROUNDNESS = 0.72  # radius of a slice's edges over half its depth
_THICKNESS = 65.0  # percentile of a limb's skin around its line
_GRAIN = 0.008  # metres between vertices that are looked at
_ALL_BUT = ("hair", "eye", "iris", "pupil", "teeth", "mouth")


def outer_skin(character: Character, points: Doubles) -> npt.NDArray[np.intp]:
    """Return vertices spread evenly over skin and clothes: faces have many more of them than legs.

    Hair is left out, as hands may go through it, and what is inside the mouth and the eyes.
    """
    inside = [name in _ALL_BUT for name in character.material_names]
    faces = np.repeat(np.array(inside)[character.materials], character.sizes)
    outer = np.setdiff1d(np.arange(len(points)), character.loops[faces])
    _, first = np.unique(np.floor(points[outer] / _GRAIN).astype(np.int64), axis=0, return_index=True)
    return outer[np.sort(first)]


def slices(points: Doubles) -> list[tuple[float, Doubles, float]]:
    """Cut a (n, 3) cloud into lying capsules: height, (2, 3) line and radius of each.

    A slice wider than deep is two of them along X, one to the front and one to the back, as a trunk is rather a rounded
    box than an oval; a slice deeper than wide is one along Z.
    """
    bottom, top = np.percentile(points[:, 1], (1, 99.5))
    count = max(2, round((top - bottom) / _SLICE))
    edges = cast("Doubles", np.linspace(bottom, top, count + 1))
    result: list[tuple[float, Doubles, float]] = []
    for low, high in pairwise(edges):
        part = points[(points[:, 1] >= low - 0.01) & (points[:, 1] <= high + 0.01)]
        if len(part) < 8:
            continue
        wide = float(np.percentile(np.abs(part[:, 0]), _SPREAD))
        back, front = np.percentile(part[:, 2], (100 - _SPREAD, _SPREAD))
        height, deep, centre = (low + high) / 2, (front - back) / 2, (front + back) / 2
        # A capsule is round above and below too: it must not stand out at either end of the stack.
        room = min(top - height, height - bottom) + 0.5 * _SLICE
        if wide >= deep:
            radius = min(_ROUNDNESS * deep, wide, room)
            for depth in (front - radius, back + radius):
                half = np.array([wide - radius, 0.0, 0.0])
                heart = np.array([0.0, height, depth])
                result.append((height, cast("Doubles", np.stack([heart - half, heart + half])), radius))
        else:
            radius = min(wide, room)
            half = np.array([0.0, 0.0, deep - radius])
            heart = np.array([0.0, height, centre])
            result.append((height, cast("Doubles", np.stack([heart - half, heart + half])), radius))
    return result


def limb(flesh: Doubles, line: Doubles, cut: tuple[float, float]) -> tuple[Doubles, tuple[float, float]]:
    """Return line and radii of a limb's flesh between two shares of its bone; the line runs through its middle."""
    bone = line[1] - line[0]
    along = (flesh - line[0]) @ bone / (bone @ bone)
    ends: list[Doubles] = []
    radii: list[float] = []
    for share in cut:
        part = flesh[np.abs(along - share) < 0.14]
        spot = line[0] + share * bone
        centre = spot + _across(np.array([middle(column) for column in (part - spot).T]), bone)
        thickness: Doubles = np.linalg.norm(_across(part - centre, bone), axis=-1)
        radii.append(float(np.percentile(thickness, _THICKNESS)))
        ends.append(centre)
    return np.stack(ends), (radii[0], radii[1])


def _across(vectors: Doubles, bone: Doubles) -> Doubles:
    along = unit(bone)
    return vectors - (vectors @ along)[..., None] * along


def off_line(points: Doubles, start: Doubles, end: Doubles) -> Doubles:
    """Return (n,) distances of (n, 3) points from the line through two points."""
    return np.linalg.norm(_across(points - start, end - start), axis=-1)


def middle(values: Doubles) -> float:
    """Return the middle between the outermost of some values, but for a twentieth on either side."""
    return float(np.percentile(values, (5, 95)).mean())


def unit(vector: Doubles) -> Doubles:
    """Return a vector of length 1."""
    return vector / np.linalg.norm(vector)
