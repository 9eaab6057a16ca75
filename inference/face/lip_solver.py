"""Hold the lips where speech put them: solve jaw and mouth so that an expression leaves the lip aperture as it was."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..arkit import ARKIT_INDEX, REGION_COEFFICIENTS
from ..character import Character
from ..skeleton import JOINT_INDEX
from .aperture import lip_shapes, solve_opening

Floats = npt.NDArray[np.float32]

_EASINGS = 3
_BALANCINGS = 6
_STIFF = 1e-6
"""Square metres: what moves the lips by less than a millimetre does not give way for it."""
_CHUNK = 20_000
MARGIN = 0.003
"""Change of the aperture that is let pass: 2 % of a wide open mouth, a quarter of a millimetre."""
_JAW, _CLOSE = ARKIT_INDEX["jawOpen"], ARKIT_INDEX["mouthClose"]
_LIPS = [ARKIT_INDEX[name] for name in REGION_COEFFICIENTS["lips"]]
_OTHER_SIDE = np.arange(len(_LIPS))
for _name in REGION_COEFFICIENTS["lips"]:
    # Not jawLeft and mouthLeft, which move the whole.
    if _name.endswith("Left") and _name not in ("jawLeft", "mouthLeft"):
        _both = [_LIPS.index(ARKIT_INDEX[_name]), _LIPS.index(ARKIT_INDEX[f"{_name[:-4]}Right"])]
        _OTHER_SIDE[_both] = _both[::-1]
_PAIRED = np.arange(len(_LIPS)) != _OTHER_SIDE
_JAW_POSE = slice(3 * JOINT_INDEX["jaw"], 3 * JOINT_INDEX["jaw"] + 3)


def solve_aperture(
    poses: npt.ArrayLike, arkit: npt.ArrayLike, target: npt.ArrayLike, character: Character
) -> tuple[Floats, Floats]:
    """Open or close the mouth until its aperture on the character's mesh is the target.

    One unknown per frame, by Newton's method: above zero it is ``jawOpen``, below zero it adds to ``mouthClose`` on a
    shut jaw.

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


def hold_aperture(
    poses: npt.ArrayLike, arkit: npt.ArrayLike, speech: Floats, expression: Floats, character: Character
) -> tuple[Floats, Floats]:
    """Give a face with an expression the lip aperture that it has without.

    Lips that an expression moves apart sideways or in depth cannot be closed by any jaw; there the expression gives way
    until they are within :data:`MARGIN` of where they belong: first those of its coefficients that move the lips apart
    (:func:`_balanced`), so that pulled corners stay pulled over shut lips, at last all alike.

    Parameters
    ----------
    poses, arkit : (T, 165) and (T, 52) arrays
        The face with the expression.
    speech : (T, 52) array
        The coefficients without it.
    expression : (T, 52) array
        What was added.

    Returns
    -------
    (T, 165) and (T, 52) float32
        Copies, with the jaw and the mouth solved.
    """
    spoken = np.zeros((len(speech), 165), np.float32)
    spoken[:, _JAW_POSE.start] = character.jaw_open_radians * speech[:, _JAW]
    target = character.lip_aperture(spoken, speech)
    held, face = solve_aperture(poses, arkit, target, character)
    share = np.ones((len(speech), len(_LIPS)), np.float32)
    for easing in range(_BALANCINGS + _EASINGS):
        excess = np.abs(character.lip_aperture(held, face) - target)
        wide = np.flatnonzero(excess > MARGIN)
        if not len(wide):
            break
        said, felt = speech[wide][:, _LIPS], expression[wide][:, _LIPS]
        if easing < _BALANCINGS:
            share[wide] = _balanced(share[wide], felt, target[wide], held[wide], face[wide], character)
        else:
            share[wide] *= (0.95 * MARGIN / excess[wide])[:, None]
        eased = face[wide]
        eased[:, _LIPS] = np.clip(said + share[wide] * felt, 0, 1)
        held[wide], face[wide] = solve_aperture(held[wide], eased, target[wide], character)
    return held, face


def _balanced(share: Floats, felt: Floats, target: Floats, held: Floats, face: Floats, character: Character) -> Floats:
    """Return (T, L) what is left 0..1 of each of an expression's (T, L) coefficients of the lips.

    The smallest change, by least squares, that takes the gap between the lips to where it belongs; a coefficient that
    only moves the corners, or both lips alike, keeps all of it.
    """
    points = character.lip_points(held, face).astype(np.float64)
    gap = points[:, 0] - points[:, 1]
    length = np.linalg.norm(gap, axis=1)
    allowed = length / character.lip_aperture(held, face) * (target + 0.8 * MARGIN)
    beyond = gap * (1 - np.minimum(allowed / np.maximum(length, 1e-9), 1))[:, None]
    basis = character.lip_basis()
    parting = (basis.deltas[:, 0] - basis.deltas[:, 1])[_LIPS].astype(np.float64)
    parting[[_LIPS.index(_JAW), _LIPS.index(_CLOSE)]] = 0
    effect: npt.NDArray[np.float64] = felt[:, :, None] * parting
    # Both sides of a pair give way alike: a face keeps the side that shows more.
    effect = effect + np.where(_PAIRED[:, None], effect[:, _OTHER_SIDE], 0)
    # What has given way altogether can give no more.
    effect *= (share > 0)[:, :, None]
    weighed = effect * np.where(_PAIRED, 0.5, 1.0)[:, None]
    crossed = weighed.swapaxes(1, 2) @ effect + _STIFF * np.eye(3)
    change = (effect @ np.asarray(np.linalg.solve(crossed, beyond[:, :, None]), np.float64))[:, :, 0]
    return np.asarray(np.clip(share - change, 0, 1), np.float32)


def _eye_distance(arkit: Floats, character: Character) -> Floats:
    """Return the (T,) distance of the outer eye corners, which lids and brows move a little."""
    probe, jaw = arkit.copy(), np.zeros((len(arkit), 3 * len(JOINT_INDEX)), np.float32)
    probe[:, _LIPS] = 0
    probe[:, _JAW] = 1
    jaw[:, _JAW_POSE.start] = character.jaw_open_radians
    points = character.lip_points(jaw, probe)
    return np.linalg.norm(points[:, 0] - points[:, 1], axis=1) / character.lip_aperture(jaw, probe)


def _solve(poses: Floats, arkit: Floats, target: Floats, character: Character) -> None:
    """Solve some frames in place."""
    basis = character.lip_basis()
    found = solve_opening(
        basis,
        lip_shapes(basis, arkit),
        arkit[:, _CLOSE],
        target,
        start=arkit[:, _JAW],
        eye_distance=_eye_distance(arkit, character),
        jaw_aside=poses[:, _JAW_POSE][:, 1:],
    )
    arkit[:, _JAW] = found.jaw
    arkit[:, _CLOSE] = found.close
    poses[:, _JAW_POSE.start] = np.float32(character.jaw_open_radians) * arkit[:, _JAW]
