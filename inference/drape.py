"""Cloth over a chest: it hangs from what stands out and spans what lies between, instead of showing every form below.

The chest is drawn on a cylinder around the spine, and a low polynomial of angle and height is laid over it that leans
outward (expectile regression: Newey and Powell, "Asymmetric least squares estimation and testing", 1987).
"""

# numpy types some of its functions in part only.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from .skeleton import JOINT_INDEX

Doubles = npt.NDArray[np.float64]
_TRUNK = tuple(JOINT_INDEX[name] for name in ("pelvis", "spine1", "spine2", "spine3"))
_ALONG, _AROUND = 4, 4
"""Degrees of the polynomial in height and in angle."""
_ROUNDS = 6
_OUTWARD = 0.92
"""Share of the weight that what stands out over the polynomial has against what lies below it."""


def trunk_share(weight_joints: npt.NDArray[Any], weights: npt.NDArray[Any]) -> Doubles:
    """Return (V,) the share of pelvis and spine in skinning weights given as (V, k) joints and shares."""
    return np.where(np.isin(weight_joints, _TRUNK), weights, 0.0).sum(1).astype(np.float64)


def _step(value: Doubles, low: float, high: float) -> Doubles:
    share = np.clip((value - low) / (high - low), 0.0, 1.0)
    return share * share * (3.0 - 2.0 * share)


class Chest:
    """Where cloth spans a body in T-pose, and the polynomials that do.

    Parameters
    ----------
    vertices : (V, 3) array
        Metres, Y up, facing Z.
    joints : (55, 3) array
        Rest joints of the same body.
    trunk : (V,) array
        See :func:`trunk_share`.
    """

    def __init__(self, vertices: npt.NDArray[Any], joints: npt.NDArray[Any], trunk: Doubles) -> None:
        points = np.asarray(vertices, np.float64)
        low, high = float(joints[JOINT_INDEX["spine1"], 1]), float(joints[JOINT_INDEX["neck"], 1])
        tall = high - low
        spine = float(joints[JOINT_INDEX["spine2"], 2])
        x, y, z = points.T
        angle = np.arctan2(x, z - spine)
        height = (y - low) / tall
        around = np.abs(angle)
        share = _step(trunk, 0.35, 0.75) * (1.0 - _step(around, 1.25, 1.75))
        share *= _step(height, -0.45, 0.0) * (1.0 - _step(height, 0.72, 0.97))
        self.share: Doubles = share
        """(V,) 0..1, how much of the chest's front a vertex is."""
        self._there = np.nonzero(share > 1e-3)[0]
        self.outward: Doubles = np.stack([np.sin(angle), np.zeros_like(angle), np.cos(angle)], 1)
        """(V, 3) unit vectors away from the spine."""
        self._spine = spine
        u, v = angle[self._there] / 1.5, 2.0 * height[self._there] - 0.5
        terms = [u**i * v**j for i in range(_AROUND + 1) for j in range(_ALONG + 1) if i + j <= max(_AROUND, _ALONG)]
        self._terms: Doubles = np.stack(terms, 1)

    def spanned(self, values: npt.NDArray[Any], leaning: Doubles | None = None) -> Doubles:
        """Return (V, k) values with a polynomial in place of them where the chest is, blended by ``share``.

        Parameters
        ----------
        values : (V, k) array
            What vertices carry.
        leaning : (V,) array, optional
            The polynomial is laid rather above than below this, which must be linear in the values; None for the mean.
        """
        there, terms = self._there, self._terms
        given = np.asarray(values, np.float64)
        part = given[there]
        height = None if leaning is None else leaning[there]
        weight = self.share[there].copy()
        fitted = part
        for _ in range(1 if height is None else _ROUNDS):
            root = np.sqrt(weight)[:, None]
            columns = part if height is None else np.column_stack([part, height])
            answer = np.linalg.lstsq(terms * root, columns * root, rcond=None)[0]
            fitted = terms @ answer
            if height is not None:
                above = height > fitted[:, -1]
                weight = self.share[there] * np.where(above, _OUTWARD, 1.0 - _OUTWARD)
                fitted = fitted[:, :-1]
        result = given.copy()
        result[there] += self.share[there, None] * (fitted - part)
        return result

    def draped(self, vertices: npt.NDArray[Any]) -> Doubles:
        """Return (V, 3) the body's vertices where cloth would lie that touches it."""
        points = np.asarray(vertices, np.float64)
        away = points - np.array([0.0, 0.0, self._spine])
        radius = np.hypot(away[:, 0], away[:, 2])
        spanned = self.spanned(radius[:, None], radius)[:, 0]
        return points + (spanned - radius)[:, None] * self.outward

    def followed(self, displacements: npt.NDArray[Any]) -> Doubles:
        """Return (V, 3) displacements of another body as cloth follows them: its build, without its small forms."""
        moved = np.asarray(displacements, np.float64)
        return self.spanned(moved, (moved * self.outward).sum(1))
