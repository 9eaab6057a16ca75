"""Which parts of a head may be the skin that bears its face: of its islands those that show most from the front.

Hair, glasses and helmets may show more than the skin; which island it is says what is found on each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from .picture import look
from .surface import Doubles, Ints, Surface

WIDTH = 0.165
"""Metres that the default character's head is wide, ears and all."""
_LEAST = 0.05
"""Share of what shows most that another island must show to be looked at."""
_MOST = 4
"""Islands that are looked at."""


def skins(surface: Surface, given: Mapping[str, Doubles]) -> Iterator[tuple[Surface, Ints, float]]:
    """Yield islands that may bear a face, the likeliest first, each scaled to the size of an ordinary head.

    Parameters
    ----------
    surface : Surface
        All of a head that shows.
    given : dict
        Landmark -> (3,) where somebody says that it lies: the island nearest to all of them is the only one then.

    Yields
    ------
    tuple
        The island, the (n,) vertices of the surface that it is made of, and what a unit of it is in metres of such
        a head.
    """
    if len(surface.triangles) < 50:
        return
    low, high = surface.points.min(axis=0), surface.points.max(axis=0)
    size = high - low
    step = float(max(size[0], size[1])) / 90
    centre = 0.5 * (low + high)
    wide = min(0.5 * size[0], 0.35 * size[1])
    seen = look(surface, centre[0] - 0.5 * wide, centre[0] + 0.5 * wide, low[1], high[1], step)
    islands = surface.islands[surface.triangles[seen.triangles[seen.triangles >= 0], 0]]
    names, counts = np.unique(islands, return_counts=True)
    order = [name for name, count in sorted(zip(names, counts, strict=True), key=lambda pair: -pair[1])
             if count >= _LEAST * counts.max()][:_MOST]  # fmt: skip
    if given and order:
        order = [min(order, key=lambda name: _off(surface.points[surface.islands == name], given))]
    for name in order:
        part, kept = surface.part(surface.islands == name)
        unit = WIDTH / max(_head_width(part.points), 1e-9)
        yield Surface(part.points * unit, part.triangles), kept, unit


def _off(points: Doubles, given: Mapping[str, Doubles]) -> float:
    """Return how far given places are from the nearest of some points, together."""
    return sum(float(np.linalg.norm(points - place, axis=1).min()) for place in given.values())


def _head_width(points: Doubles) -> float:
    """Return how wide a head is; a neck or shoulders below it do not count."""
    top = points[:, 1].max()
    width = np.ptp(points[:, 0])
    for _ in range(4):
        upper = points[points[:, 1] > top - 1.1 * width]
        width = min(width, float(np.ptp(upper[:, 0])))
    return float(width)
