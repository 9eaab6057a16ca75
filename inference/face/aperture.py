"""How far jaw and lips must go for an asked lip aperture: the one search behind everything that solves for it.

One unknown per frame, found by Newton steps of constant slope: above zero it opens the jaw, below zero it closes the
lips on a shut jaw. The jaw's turn and what its corrective key adds are exact; all other keys are linear on the mesh.
"""

# numpy and torch type some of their functions in part only.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..arkit import ARKIT_INDEX
from ..character import LipBasis
from ..rotation import axis_angle_to_matrix

Doubles = npt.NDArray[np.float64]

_STEPS = 24
_TOLERANCE = 1e-6
"""Of the eye-corner distance, a tenth of a micrometre: well below what float32 coefficients resolve on the mesh."""
_JAW, _CLOSE = ARKIT_INDEX["jawOpen"], ARKIT_INDEX["mouthClose"]
_LIPS = slice(0, 2)  # of a basis' points: inner lip middle above and below


@dataclass(frozen=True)
class Opening:
    """What :func:`solve_opening` found; all (T,)."""

    jaw: Doubles
    """``jawOpen``, 0..1."""
    close: Doubles
    """``mouthClose``, 0..1."""
    aside: Doubles
    """Distance of the lips sideways and in depth that no jaw can close, in the unit of the target."""


def lip_shapes(basis: LipBasis, arkit: npt.ArrayLike) -> Doubles:
    """Return (T, 2, 3) inner lip points of (T, 52) coefficients without ``jawOpen`` and ``mouthClose``, jaw at rest."""
    deltas = basis.deltas[:, _LIPS].astype(np.float64)
    deltas[[_JAW, _CLOSE]] = 0
    moved = np.asarray(arkit, np.float64) @ deltas.reshape(len(deltas), -1)
    return basis.rest[_LIPS] + moved.reshape(-1, 2, 3)


def solve_opening(
    basis: LipBasis,
    shapes: Doubles,
    close: npt.ArrayLike,
    target: npt.ArrayLike,
    *,
    start: npt.ArrayLike = 0.0,
    eye_distance: npt.ArrayLike | None = None,
    jaw_aside: npt.ArrayLike | None = None,
) -> Opening:
    """Find jaw and lips for an asked aperture.

    Parameters
    ----------
    basis : LipBasis
        The character's mouth.
    shapes : (T, 2, 3) array
        From :func:`lip_shapes`, metres in head space.
    close : (T,) array
        ``mouthClose`` to begin with; a shut jaw adds to it.
    target : (T,) array
        Inner-lip distance over outer eye-corner distance, >= 0.
    start : (T,) array or float
        ``jawOpen`` to begin the search with.
    eye_distance : (T,) array, optional
        Metres between the outer eye corners; the basis' own when missing.
    jaw_aside : (T, 2) array, optional
        y and z of the jaw joint's axis-angle in radians; a jaw that only opens when missing.

    Returns
    -------
    Opening
        Where the target is out of reach, the nearest there is.
    """
    frames = len(shapes)
    close = np.asarray(close, np.float64)
    wanted = np.asarray(target, np.float64)
    eye = np.broadcast_to(np.asarray(basis.eye_distance if eye_distance is None else eye_distance, np.float64), frames)
    turn = None if jaw_aside is None or not np.any(jaw_aside) else np.asarray(jaw_aside, np.float64)
    jaw_slope = float(basis.deltas[_JAW, 0, 1] - basis.deltas[_JAW, 1, 1]) / basis.eye_distance
    close_slope = float(basis.deltas[_CLOSE, 1, 1] - basis.deltas[_CLOSE, 0, 1]) / basis.eye_distance
    control = np.array(np.broadcast_to(start, frames), np.float64)
    aside = np.zeros(frames)
    todo = np.arange(frames)
    before, damping = np.zeros(frames), np.ones(frames)
    for step_number in range(_STEPS + 1):
        now = control[todo]
        jaw, shut = np.maximum(now, 0), np.clip(close[todo] - np.minimum(now, 0), 0, 1)
        difference = _difference(basis, shapes[todo], jaw, shut, None if turn is None else turn[todo])
        difference /= eye[todo, None]
        aside[todo] = np.hypot(difference[:, 0], difference[:, 2])
        error = np.sqrt(np.maximum(wanted[todo] ** 2 - aside[todo] ** 2, 0)) - difference[:, 1]
        open_ = np.abs(error) > _TOLERANCE
        todo, now, error = todo[open_], now[open_], error[open_]
        if not len(todo) or step_number == _STEPS:
            break
        # Where depth alone is nearly as far as the target, the height that is left changes faster than the slope says:
        # steps that swing from one side to the other are halved.
        damping[todo] *= np.where((error * before[todo] < 0) & (np.abs(error) > 0.5 * np.abs(before[todo])), 0.5, 1.0)
        before[todo] = error
        step = damping[todo] * np.where((now > 0) | ((now == 0) & (error > 0)), error / jaw_slope, error / close_slope)
        # The two slopes meet at a shut jaw without extra closing: never step across.
        crossing = (now > 0) & (now + step < 0) | (now < 0) & (now + step > 0)
        control[todo] = np.clip(np.where(crossing, 0, now + step), -1, 1)
    return Opening(np.maximum(control, 0), np.clip(close - np.minimum(control, 0), 0, 1), aside)


def _difference(basis: LipBasis, shapes: Doubles, jaw: Doubles, close: Doubles, turn: Doubles | None) -> Doubles:
    """Return (T, 3) upper minus lower inner lip in metres."""
    closing = basis.deltas[_CLOSE, _LIPS].astype(np.float64)
    moved = shapes + jaw[:, None, None] * basis.corrective[_LIPS] + close[:, None, None] * closing
    share = basis.jaw_weights[_LIPS].astype(np.float64)
    local = moved - basis.jaw_pivot
    if turn is None:
        angle = basis.jaw_open_radians * jaw[:, None]
        cos, sin = np.cos(angle), np.sin(angle)
        moved[..., 1] += share * (cos * local[..., 1] - sin * local[..., 2] - local[..., 1])
        moved[..., 2] += share * (sin * local[..., 1] + cos * local[..., 2] - local[..., 2])
    else:
        matrix = axis_angle_to_matrix(np.column_stack([basis.jaw_open_radians * jaw, turn]))
        moved += share[:, None] * (np.einsum("tij,tpj->tpi", matrix, local) - local)
    return moved[:, 0] - moved[:, 1]
