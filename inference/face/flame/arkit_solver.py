"""FLAME and SMPL-X faces on the default character: the same lips on its own mesh, as ARKit coefficients."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ...arkit import ARKIT_INDEX
from ...character import Character, load_character
from ...easing import s_curve
from ...skeleton import JOINT_INDEX
from ..aperture import lip_shapes, solve_opening
from ..lips import SEALED_APERTURE, LipSolver, MouthMotion
from ..track import FaceTrack
from .head import FaceMotion, brow_patches, measure, read_head
from .head_models import find_head_model, missing_head_model

Floats = npt.NDArray[np.float32]

_SEAL = (0.003, 0.008)
"""Apertures between which lips go over from sealed to parted: a quarter to three quarters of a millimetre."""
_STILL = 0.004
"""Rise of a mouth corner or a brow that is not yet an expression (a third of a millimetre)."""
_SIDES = ("Left", "Right")
_SKIN = ("skin", "face skin")


def head_face_track(
    expressions: npt.ArrayLike, jaw: npt.ArrayLike, space: str, head_model: Path | None = None
) -> FaceTrack:
    """Return a face for the default character from coefficients of a FLAME or SMPL-X head.

    With the user's file the lips part exactly as far as on that head. Without it only the jaw speaks, and a warning
    says what to add.

    Parameters
    ----------
    expressions : (T, K) array
        Coefficients.
    jaw : (T, 3) array
        Axis-angle of the jaw joint in radians.
    space : str
        ``"flame2020"``, ``"flame2023"`` or ``"smplx"``.
    head_model : path or None
        The user's file; None looks for it among the official files.

    Raises
    ------
    SoliloquyError
        Of kind ``"bad_checkpoint"`` when the file cannot be used.
    """
    expressions, jaw = np.asarray(expressions, np.float32), np.asarray(jaw, np.float32)
    path = find_head_model(space) if head_model is None else head_model
    character = load_character()
    warnings: tuple[str, ...] = ()
    if path is None:
        arkit = _jaw_only(jaw, character)
        warnings = (missing_head_model(space),)
    else:
        head, points = read_head(path)
        arkit = coefficients(measure(head, points, expressions, jaw), jaw, character)
    turned = jaw.copy()
    turned[:, 0] = arkit[:, ARKIT_INDEX["jawOpen"]] * character.jaw_open_radians
    return FaceTrack(arkit, turned, expressions=expressions, expression_space=space, warnings=warnings)


def _jaw_only(jaw: Floats, character: Character) -> Floats:
    """Open the jaw as far as it turns beyond where this clip's mouth is nearest to shut."""
    arkit = np.zeros((len(jaw), len(ARKIT_INDEX)), np.float32)
    turn = jaw[:, 0] - max(0.0, float(np.percentile(jaw[:, 0], 5)))
    arkit[:, ARKIT_INDEX["jawOpen"]] = np.clip(turn / character.jaw_open_radians, 0, 1)
    return arkit


def coefficients(motion: FaceMotion, jaw: npt.ArrayLike, character: Character) -> Floats:
    """Return (T, 52) ARKit coefficients that make the default character's face do the same.

    Width, upper lip and chin go through :class:`~.lips.LipSolver`; raised and lowered mouth corners become smile and
    frown, brows become brows; at last the jaw is solved again for the aperture, with all of that on the mesh.
    """
    aperture = np.asarray(motion.aperture, np.float32)
    part = np.clip((aperture - _SEAL[0]) / (_SEAL[1] - _SEAL[0]), 0, 1)
    sealed = (1 - s_curve(part)).astype(np.float32)
    nothing = np.zeros_like(aperture)
    basis = character.lip_basis()
    visemes = dict.fromkeys(_visemes(), nothing)
    mouth = MouthMotion(aperture, motion.width, motion.upper, motion.jaw, sealed, visemes)
    arkit = LipSolver(basis).solve(mouth)
    _corners(arkit, motion.corner_lift, character)
    _brows(arkit, motion)
    jaw_column, close_column = ARKIT_INDEX["jawOpen"], ARKIT_INDEX["mouthClose"]
    opening = solve_opening(
        basis,
        lip_shapes(basis, arkit),
        arkit[:, close_column],
        aperture * (1 - sealed) + SEALED_APERTURE * sealed,
        start=arkit[:, jaw_column],
        jaw_aside=np.asarray(jaw, np.float64)[:, 1:],
    )
    arkit[:, jaw_column] = np.clip(opening.jaw, 0, 1)
    arkit[:, close_column] = opening.close
    return arkit


@lru_cache(maxsize=1)
def _visemes() -> tuple[str, ...]:
    from ....models.face.visemes import VISEMES

    return tuple(VISEMES)


def _corners(arkit: Floats, lift: Floats, character: Character) -> None:
    """Add smile and frown until the corners stand as high as measured, in place."""
    basis = character.lip_basis()
    rises = basis.deltas[:, 2:4, 1] / basis.eye_distance
    jaw, close = ARKIT_INDEX["jawOpen"], ARKIT_INDEX["mouthClose"]
    still = arkit.copy()
    still[:, [jaw, close]] = 0
    missing = np.asarray(lift, np.float64) - still @ rises
    for number, side in enumerate(_SIDES):
        smile, frown = ARKIT_INDEX[f"mouthSmile{side}"], ARKIT_INDEX[f"mouthFrown{side}"]
        given, wanted = arkit[:, smile] * rises[smile, number], missing[:, number]
        beyond = wanted - np.clip(wanted, -_STILL, _STILL)
        # A smile gives way before a frown begins, and to less than a frown needs: a mouth's width smiles on both sides.
        arkit[:, smile] = np.clip((given + np.minimum(wanted, 0) + np.maximum(beyond, 0)) / rises[smile, number], 0, 1)
        lowered = np.minimum(given + beyond, 0)
        arkit[:, frown] = np.clip(arkit[:, frown] + lowered / rises[frown, number], 0, 1)


def _brows(arkit: Floats, motion: FaceMotion) -> None:
    """Raise and lower the brows as measured, in place."""
    spans = brow_spans()

    def beyond(values: Floats) -> Floats:
        return np.maximum(values - _STILL, 0)

    arkit[:, ARKIT_INDEX["browInnerUp"]] = np.clip(beyond(motion.brow_inner.mean(1)) / spans["browInnerUp"], 0, 1)
    for number, side in enumerate(_SIDES):
        up, down = f"browOuterUp{side}", f"browDown{side}"
        arkit[:, ARKIT_INDEX[up]] = np.clip(beyond(motion.brow_outer[:, number]) / spans[up], 0, 1)
        arkit[:, ARKIT_INDEX[down]] = np.clip(beyond(-motion.brow_inner[:, number]) / spans[down], 0, 1)


@lru_cache(maxsize=1)
def brow_spans() -> dict[str, float]:
    """Return how far each brow coefficient at 1 moves the default character's brow, in outer eye-corner distances.

    Measured over the same patches of skin as on the user's head.
    """
    character = load_character()
    eyes = character.joints[[JOINT_INDEX[name] for name in ("left_eye_smplhf", "right_eye_smplhf")]].astype(np.float64)
    ball = character.weight_joints[:, 0] == JOINT_INDEX["left_eye_smplhf"]
    away: Floats = np.linalg.norm(character.vertices[ball] - eyes[0], axis=1)
    radius = float(np.median(away))
    painted = [index for index, name in enumerate(character.material_names) if name in _SKIN]
    skin = np.zeros(len(character.vertices), bool)
    skin[character.loops[np.isin(np.repeat(character.materials, character.sizes), painted)]] = True
    left_inner, left_outer, right_inner, right_outer = brow_patches(character.vertices, skin, eyes, radius)
    places = {
        "browInnerUp": np.concatenate([left_inner, right_inner]),
        "browOuterUpLeft": left_outer,
        "browOuterUpRight": right_outer,
        "browDownLeft": left_inner,
        "browDownRight": right_inner,
    }
    count, eye = len(character.vertices), character.lip_basis().eye_distance
    return {
        name: abs(float(character.arkit[ARKIT_INDEX[name]].dense(count)[patch, 1].mean())) / eye
        for name, patch in places.items()
    }
