"""Cloth over a trunk: it hangs from what stands out and spans what lies between, instead of showing every form below.

The trunk is drawn as a radius around the spine over angle and height, without what is smaller than a hand's breadth;
cloth lies on its hull: around every slice the convex one, and along the height the least concave curve, which hangs
from chest and shoulder blades to the hips in a straight line.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from .easing import eased
from .skeleton import JOINT_INDEX

Doubles = npt.NDArray[np.float64]
TRUNK = ("pelvis", "left_hip", "right_hip", "spine1", "spine2", "spine3", "left_collar", "right_collar")
"""Joints whose skin is the trunk's."""
_TRUNK = tuple(JOINT_INDEX[name] for name in TRUNK)
_LOWEST, _HIGHEST, _ROWS, _COLUMNS = -0.16, 1.0, 40, 72
"""Of the grid: heights, hips 0 and neck 1, and how many; angles around the spine."""
_TALL, _WIDE = 0.042, 0.16
"""Deviations of the Gaussian that leaves out small forms: share of the height, radians."""
LOOSE, TAILORED, TUCKED = "loose", "tailored", "tucked"
"""Fits: what hangs to its hem; what is cut to the body and hangs; what is gathered at the waist."""
FITS = {"sweater": LOOSE, "tshirt": LOOSE, "jacket": TAILORED, "shirt": TUCKED, "dress": TUCKED}
"""Materials of the garments that hang on the trunk, outermost first."""
_HANGS = {LOOSE: (0.95, 0.55, 0.65), TAILORED: (0.7, 0.15, 0.3), TUCKED: (0.6, 0.2, 0.3)}
"""Share of the way from the smooth body to its hull: before, at the sides, behind."""
_WAIST = (0.18, 0.46)
"""Heights between which what is tucked in begins to hang."""
_TUCKED = (0.04, 0.14)
"""Heights between which what is tucked in leaves the body."""
_SEAT = (0.0, 0.15)
"""Heights between which what hangs leaves the seat, which it spans."""


def trunk_share(weight_joints: npt.NDArray[Any], weights: npt.NDArray[Any]) -> Doubles:
    """Return (V,) the share of pelvis, hips, spine and collars in skinning weights given as (V, k) joints and
    shares."""
    return np.where(np.isin(weight_joints, _TRUNK), weights, 0.0).sum(1).astype(np.float64)


def fit_of(materials: Iterable[str]) -> tuple[str, tuple[str, ...]]:
    """Return the fit of what is worn on the trunk in an outfit of these materials, the outermost garment's, and the
    materials that it goes for: where a top is tucked in, belt and trousers lie on it, else they lie on the skin."""
    there = tuple(materials)
    fit = next((fit for name, fit in FITS.items() if name in there), TUCKED)
    return fit, there if fit == TUCKED else tuple(name for name in there if name in FITS)


class Trunk:
    """Where cloth hangs on a body in T-pose.

    Parameters
    ----------
    vertices : (V, 3) array
        The default person's, metres, Y up, facing Z.
    joints : (55, 3) array
        Rest joints of the same body.
    trunk : (V,) array
        See :func:`trunk_share`.
    """

    def __init__(self, vertices: npt.NDArray[Any], joints: npt.NDArray[Any], trunk: Doubles) -> None:
        points = np.asarray(vertices, np.float64)
        height, angle, _ = _places(points, joints)
        aside = np.abs(points[:, 0]) / abs(float(joints[JOINT_INDEX["left_shoulder"], 0]))
        arm = eased(height, 0.64, 0.74) * eased(aside, 0.80, 1.08)
        share = eased(trunk, 0.3, 0.7) * (1.0 - arm) * (1.0 - eased(height, 0.86, 1.0))
        self._share: Doubles = share * (height > _LOWEST)
        self._places = height, angle
        self._drawn = np.nonzero((trunk > 0.5) & (aside < 0.97) & (height > _LOWEST - 0.08) & (height < 1.05))[0]
        # Rings of small faces weigh as much as the large ones around them.
        place = np.stack([height, angle * _TALL / _WIDE], 1)[self._drawn]
        apart = ((place[:, None] - place) ** 2).sum(2)
        self._weight: Doubles = 1.0 / np.exp(-apart / (2 * (0.4 * _TALL) ** 2)).sum(1)
        self._there = np.nonzero(self._share > 1e-3)[0]

    def shares(self, fit: str) -> Doubles:
        """Return (V,) 0..1, how much of the trunk on which cloth of a fit hangs a vertex is."""
        return self._share * eased(self._places[0], *_TUCKED) if fit == TUCKED else self._share

    def hung(self, vertices: npt.NDArray[Any], joints: npt.NDArray[Any], fit: str = LOOSE) -> Doubles:
        """Return (V, 3) the vertices of a body, numbered as the default person's, where cloth hangs that touches it.

        Parameters
        ----------
        vertices, joints : (V, 3), (55, 3) arrays
            Of the body in T-pose.
        fit : str
            :data:`LOOSE`, :data:`TAILORED` or :data:`TUCKED`.
        """
        points = np.asarray(vertices, np.float64)
        height, angle, radius = (value[self._there] for value in _places(points, joints))
        spanned = _read(self._surface(points, joints, fit), height, angle)
        # Towards the neck, where the skin is seen beside the cloth, this lies nowhere below it.
        spanned = np.maximum(spanned, radius - 0.03 * (1.0 - eased(height, 0.72, 0.86)))
        moved = (self.shares(fit)[self._there] * (spanned - radius))[:, None]
        result = points.copy()
        result[self._there] += moved * np.stack([np.sin(angle), np.zeros_like(angle), np.cos(angle)], 1)
        return result

    def followed(self, moved: npt.NDArray[Any], fit: str = LOOSE) -> Doubles:
        """Return (V, k) what a body's vertices carry as cloth follows it, linearly: without small forms."""
        given = np.asarray(moved, np.float64)
        height, angle = (value[self._there] for value in self._places)
        rows, columns = (value[self._drawn] for value in self._places)
        near = _near(height, rows, angle, columns) * self._weight
        even = near @ given[self._drawn] / near.sum(1)[:, None]
        result = given.copy()
        result[self._there] += self.shares(fit)[self._there, None] * (even - given[self._there])
        return result

    def _surface(self, points: Doubles, joints: npt.NDArray[Any], fit: str) -> Doubles:
        """Return (_ROWS, _COLUMNS) metres from the axis to the cloth."""
        height, angle, radius = (value[self._drawn] for value in _places(points, joints))
        rows, columns = _grid()
        near = np.exp(-(((rows[:, None] - height) / _TALL) ** 2) / 2)
        turn = np.angle(np.exp(1j * (columns[:, None] - angle)))
        across = np.exp(-((turn / _WIDE) ** 2) / 2)
        near *= self._weight
        even = (near @ (across * radius).T) / np.maximum(near @ across.T, 1e-200)
        apart = np.cos(columns[:, None] - columns)
        reach = (even[:, None, :] * apart).max(2)  # the hull's supporting lines in each direction, slice by slice
        reach = spanned(reach)
        facing = np.where(apart > 0.05, apart, np.nan)
        hull = np.nanmin(reach[:, None, :] / facing, 2)
        before, beside, behind = _HANGS[fit]
        ahead = np.cos(columns)
        amount = beside + (before - beside) * eased(ahead, 0.0, 0.8) + (behind - beside) * eased(-ahead, 0.0, 0.8)
        if fit == TUCKED:
            amount = amount * eased(rows, *_WAIST)[:, None]
        else:
            amount = amount + (1.0 - amount) * (1.0 - eased(rows, *_SEAT))[:, None]
        return _evened(even + amount * np.maximum(hull - even, 0.0))


def _places(points: Doubles, joints: npt.NDArray[Any]) -> tuple[Doubles, Doubles, Doubles]:
    """Return the (V,) heights, hips 0 and neck 1, of points, and their angles around and distances from an
    axis that is upright in the loin and bends to the neck."""
    low = float(joints[JOINT_INDEX["left_hip"], 1])
    loin, chest, neck = (joints[JOINT_INDEX[name]].astype(float) for name in ("spine1", "spine2", "neck"))
    x, y, z = points.T
    z = z - chest[2] - (neck[2] - chest[2]) * np.clip((y - loin[1]) / (neck[1] - loin[1]), 0.0, None) ** 2
    return (y - low) / (neck[1] - low), np.arctan2(x, z), np.hypot(x, z)


def _near(height: Doubles, rows: Doubles, angle: Doubles, columns: Doubles) -> Doubles:
    """Return (n, m) how near n places lie to m others: a Gaussian of height and angle."""
    turn = np.abs(angle[:, None] - columns)
    turn = np.minimum(turn, 2.0 * np.pi - turn)
    return np.exp(-(((height[:, None] - rows) / _TALL) ** 2 + (turn / _WIDE) ** 2) / 2)


def _grid() -> tuple[Doubles, Doubles]:
    return np.linspace(_LOWEST, _HIGHEST, _ROWS), np.linspace(-np.pi, np.pi, _COLUMNS, endpoint=False)


def spanned(values: Doubles) -> Doubles:
    """Return the least concave curves over the columns of (n, k) values."""
    result = values.copy()
    for first in range(len(values)):
        for last in range(first + 2, len(values)):
            share = np.linspace(0.0, 1.0, last - first + 1)[1:-1, None]
            line = (1.0 - share) * values[first] + share * values[last]
            np.maximum(result[first + 1 : last], line, out=result[first + 1 : last])
    return result


def _evened(surface: Doubles) -> Doubles:
    """Return a surface without the creases that a hull has."""
    for _ in range(3):
        surface = 0.5 * surface + 0.25 * (np.roll(surface, 1, 1) + np.roll(surface, -1, 1))
        padded = np.concatenate([2 * surface[:1] - surface[1:2], surface, 2 * surface[-1:] - surface[-2:-1]])
        surface = 0.5 * surface + 0.25 * (padded[:-2] + padded[2:])
    return surface


def _read(surface: Doubles, height: Doubles, angle: Doubles) -> Doubles:
    """Return the surface's (n,) radii at places between its rows and columns."""
    row = np.clip((height - _LOWEST) / (_HIGHEST - _LOWEST), 0.0, 1.0) * (_ROWS - 1)
    column = (angle + np.pi) / (2.0 * np.pi) * _COLUMNS
    low, left = np.minimum(row.astype(int), _ROWS - 2), column.astype(int)
    down, aside = row - low, column - left
    left, right = left % _COLUMNS, (left + 1) % _COLUMNS
    upper = (1.0 - aside) * surface[low + 1, left] + aside * surface[low + 1, right]
    lower = (1.0 - aside) * surface[low, left] + aside * surface[low, right]
    return (1.0 - down) * lower + down * upper
