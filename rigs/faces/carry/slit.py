"""Tells what is above and what is below an opening of the skin, along the surface, and whether it is one at all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .surface import Doubles, Flags, Ints, Surface

_BESIDE = 0.0065
"""Metres from the edge of a lip within which skin that shows begins it; of a lid, half as much."""
_REACH = 0.03
_ON = 0.0004
"""Metres from the edge within which skin is on neither side."""
_NEAR = 0.009
"""Metres from the edge beyond which skin that shows cannot be mistaken for the other lip's."""


@dataclass(frozen=True, eq=False)
class Slit:
    """An opening of the skin between two edges."""

    above: Doubles
    """(n,) metres by which each vertex lies above the upper edge; :attr:`below` the lower one."""
    below: Doubles
    ends: tuple[float, float]
    """Metres along x of its right and its left end."""
    upper: Flags
    """(n,) skin that begins the lip above; :attr:`lower` the one below."""
    lower: Flags


def find_slit(skin: Surface, outside: Flags, upper_line: Doubles, lower_line: Doubles, size: float) -> Slit | None:
    """Return the opening of the skin between two edges; None where they are a fold, or no skin begins there.

    Parameters
    ----------
    skin : Surface
        In metres of a head of ordinary size.
    outside : (n,) array
        Which of its vertices can be seen from somewhere.
    upper_line, lower_line : (k, 3) arrays
        The edges, from right to left.
    size : float
        1 for lips, 0.5 for lids.
    """
    points = skin.points
    left, right = upper_line[-1, 0], upper_line[0, 0]
    x = np.clip(points[:, 0], right, left)
    top, bottom = (np.interp(x, line[:, 0], line[:, 1]) for line in (upper_line, lower_line))
    above, below = points[:, 1] - top, bottom - points[:, 1]
    # In front of the edge that is nearer: an open jaw takes the lower lip back.
    fronts = [np.interp(x, line[:, 0], line[:, 2]) for line in (upper_line, lower_line)]
    depth = points[:, 2] - np.where(above > below, *fronts)
    between = (points[:, 0] > right + 0.001) & (points[:, 0] < left - 0.001)
    seen = between & (depth > -0.006) & outside & (np.maximum(above, below) < 4.0 * _BESIDE)
    seen[seen] = skin.from_front(np.nonzero(seen)[0])
    for wide in (1.0, 2.0, 4.0):
        reach = wide * size * _BESIDE
        upper, lower = seen & (above > _ON) & (above < reach), seen & (below > _ON) & (below < reach)
        if upper.sum() >= 3 and lower.sum() >= 3:
            break
    if not (upper.any() and lower.any()) or _continuous(skin, upper, lower, left, right):
        return None
    return Slit(above, below, (right, left), upper, lower)


def divide(skin: Surface, outside: Flags, labels: Ints, upper_line: Doubles, lower_line: Doubles, size: float) -> None:
    """Label what is above and what is below an opening with +1 and -1, in (n,) labels, where there is one.

    The other parameters are :func:`find_slit`'s.
    """
    slit = find_slit(skin, outside, upper_line, lower_line, size)
    if slit is None:
        return
    right, left = slit.ends
    x = skin.points[:, 0]
    up, down = (skin.reach(np.nonzero(seeds)[0], size * _REACH) for seeds in (slit.upper, slit.lower))
    aside = np.maximum(right - x, x - left)
    plain = outside & ((np.maximum(slit.above, slit.below) > size * _NEAR) | (aside > -0.001))
    reached = (np.isfinite(up) | np.isfinite(down)) & ~plain & (aside < 0.004)
    labels[reached & (up < down)] = 1
    labels[reached & (down < up)] = -1


def _continuous(skin: Surface, upper: Flags, lower: Flags, left: float, right: float) -> bool:
    """Tell whether edges lead from one side of an opening straight to the other: a fold of the skin, not a slit."""
    x = skin.points[:, 0]
    central = (x > right + 0.3 * (left - right)) & (x < left - 0.3 * (left - right))
    one, other = skin.edges[:, 0], skin.edges[:, 1]
    across = (upper[one] & lower[other]) | (lower[one] & upper[other])
    direct = int((across & central[one] & central[other]).sum())
    on = central & ~upper & ~lower & (skin.normals[:, 2] > 0.3)
    beside = np.zeros((2, len(x)), bool)
    for side, seeds in enumerate((upper, lower)):
        beside[side, one[seeds[other]]] = True
        beside[side, other[seeds[one]]] = True
    return direct + int((on & beside[0] & beside[1]).sum()) >= 2
