"""Hold the lips where speech put them: solve jaw and mouth so that a face keeps its lip aperture under an expression."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .arkit import ARKIT_INDEX
from .character import Character
from .skeleton import JOINT_INDEX

Floats = npt.NDArray[np.float32]

_STEPS = 10
_CHUNK = 20_000
_TOLERANCE = 2e-5  # of the eye-corner distance: under 2 micrometres
_JAW, _CLOSE = ARKIT_INDEX["jawOpen"], ARKIT_INDEX["mouthClose"]
_JAW_POSE = slice(3 * JOINT_INDEX["jaw"], 3 * JOINT_INDEX["jaw"] + 3)


def solve_aperture(
    poses: npt.ArrayLike, arkit: npt.ArrayLike, target: npt.ArrayLike, character: Character
) -> tuple[Floats, Floats]:
    """Open or close the mouth until its aperture on the character's mesh is the target.

    One unknown per frame, by Newton's method: above zero it is ``jawOpen``, below zero it adds to ``mouthClose`` on a shut
    jaw.

    Parameters
    ----------
    poses : (T, 165) array
        Only the jaw is read and replaced; its opening follows ``jawOpen``.
    arkit : (T, 52) array
        Coefficients 0..1.
    target : (T,) array
        Inner-lip distance over outer eye-corner distance, >= 0.

    Returns
    -------
    (T, 165) and (T, 52) float32
        Copies. Where lips are further apart in depth than the target, they come as near as they can.
    """
    poses, arkit = np.array(poses, np.float32), np.array(arkit, np.float32)
    target = np.asarray(target, np.float32)
    for start in range(0, len(arkit), _CHUNK):
        rows = slice(start, start + _CHUNK)
        _solve(poses[rows], arkit[rows], target[rows], character)
    return poses, arkit


def _gap(poses: Floats, arkit: Floats, character: Character, eye: float) -> tuple[Floats, Floats]:
    points = character.lip_points(poses, arkit)
    difference = (points[:, 0] - points[:, 1]) / eye
    return difference[:, 1], np.hypot(difference[:, 0], difference[:, 2])


def _solve(poses: Floats, arkit: Floats, target: Floats, character: Character) -> None:
    basis = character.lip_basis()
    eye, radians = basis.eye_distance, np.float32(character.jaw_open_radians)
    jaw_span = float(basis.deltas[_JAW, 0, 1] - basis.deltas[_JAW, 1, 1]) / eye
    close_span = float(basis.deltas[_CLOSE, 1, 1] - basis.deltas[_CLOSE, 0, 1]) / eye
    poses[:, _JAW_POSE.start] = radians * arkit[:, _JAW]
    base = arkit[:, _CLOSE].copy()
    control = arkit[:, _JAW].astype(np.float64)
    todo = np.arange(len(arkit))
    for _ in range(_STEPS):
        gap, aside = _gap(poses[todo], arkit[todo], character, eye)
        wanted = np.sqrt(np.maximum(target[todo].astype(np.float64) ** 2 - aside**2, 0))
        error = wanted - gap
        todo, error = todo[np.abs(error) > _TOLERANCE], error[np.abs(error) > _TOLERANCE]
        if not len(todo):
            break
        now = control[todo]
        step = np.where((now > 0) | ((now == 0) & (error > 0)), error / jaw_span, error / close_span)
        crossing = (now > 0) & (now + step < 0) | (now < 0) & (now + step > 0)
        control[todo] = np.clip(np.where(crossing, 0, now + step), -1, 1)
        arkit[todo, _JAW] = np.maximum(control[todo], 0)
        arkit[todo, _CLOSE] = np.clip(base[todo] + np.maximum(-control[todo], 0), 0, 1)
        poses[todo, _JAW_POSE.start] = radians * arkit[todo, _JAW]
