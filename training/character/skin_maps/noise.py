"""Smooth noise in space with fixed seeds, and the shapes that fields are made of."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy import ndimage
from scipy.spatial import cKDTree

from ....inference.easing import eased, s_curve
from ..makehuman import Floats

_LATTICE = 48


@lru_cache(maxsize=64)
def _lattice(seed: int) -> npt.NDArray[np.float32]:
    return np.random.default_rng(seed).random((_LATTICE,) * 3, np.float32)


def noise(points: Floats, scale: float, seed: int) -> Floats:
    """Return (n,) value noise 0..1 at (n, 3) points, with features of 1 / ``scale`` metres."""
    place = points * scale
    whole = np.floor(place)
    between = whole + s_curve(place - whole)
    found = ndimage.map_coordinates(_lattice(seed), between.T + 7.0, order=1, mode="grid-wrap")
    return np.asarray(found, np.float64)


def layers(points: Floats, scale: float, seed: int, count: int = 3) -> Floats:
    """Return (n,) noise 0..1 of ``count`` octaves, each twice as fine and half as strong."""
    strengths = 0.5 ** np.arange(count)
    total = sum(share * noise(points, scale * 2**k, seed + k) for k, share in enumerate(strengths))
    return np.asarray(total) / strengths.sum()


def spot(points: Floats, centre: npt.ArrayLike, radius: npt.ArrayLike) -> Floats:
    """Return (n,) a Gaussian hill of height 1 around a (3,) centre, with (3,) radii in metres."""
    return np.exp(-(((points - np.asarray(centre)) / np.asarray(radius)) ** 2).sum(1))


def speckles(points: Floats, spacing: float, radius: float, seed: int) -> Floats:
    """Return (n,) soft round specks 0..1 strewn over the (n, 3) points of a surface.

    ``spacing`` is about the metres from speck to speck, ``radius`` the largest of their radii.
    """
    random = np.random.default_rng(seed)
    # One seed per cell of a grid, where the surface passes through it: even, and the same at every resolution.
    cells, first = np.unique(np.floor(points / spacing).astype(np.int64), axis=0, return_index=True)
    centres = points[first] + random.uniform(-0.5, 0.5, (len(cells), 3)) * spacing
    radii = radius * random.uniform(0.35, 1.0, len(cells)) ** 1.5
    strength = random.uniform(0.4, 1.0, len(cells))
    away, owner = cKDTree(centres).query(points, distance_upper_bound=2 * radius)
    near = np.isfinite(away)
    result = np.zeros(len(points))
    owner = owner[near]
    wobble = 1 + 0.5 * (noise(points[near], 0.8 / radius, seed) - 0.5)
    result[near] = strength[owner] * (1 - eased(away[near] * wobble / radii[owner], 0.55, 1.1))
    return result


def groove(values: Floats, width: float | Floats) -> Floats:
    """Return 1 where ``values`` are 0, falling off as a Gaussian."""
    return np.exp(-((values / width) ** 2))
