"""How a character lies in its armature at rest: where SMPL-X's axes point, how long a metre is, how bones are turned.

Everything is measured from the bones' places and taken in the armature's own space, so that it does not matter how the
object was turned, scaled or parented afterwards.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .reference_skeleton import PLACES

Doubles = npt.NDArray[np.float64]

SMPLX_TO_BLENDER = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])
"""Takes a SMPL-X vector (Y up, facing +Z) to Blender's axes (Z up, facing -Y): (x, -z, y)."""

_TRUNK = (
    "pelvis", "spine1", "spine2", "spine3", "neck", "head", "jaw", "left_eye_smplhf", "right_eye_smplhf",
    *(f"{side}_{part}" for side in ("left", "right") for part in ("hip", "knee", "ankle", "collar", "shoulder")),
)  # fmt: skip
"""Joints that tell how a body stands, whatever its arms do."""

_ALIKE = 0.3
"""Radians within which axes that the data was made in count as the character's own."""


def _right_angles() -> list[Doubles]:
    """Return the 24 rotations that turn axes onto axes."""
    found = []
    for order in itertools.permutations(range(3)):
        for signs in itertools.product((1.0, -1.0), repeat=3):
            turn = np.zeros((3, 3))
            turn[range(3), order] = signs
            if np.linalg.det(turn) > 0.0:
                found.append(turn)
    return found


_RIGHT_ANGLES = _right_angles()


@dataclass(frozen=True)
class RestFrame:
    """SMPL-X's frame in an armature."""

    axes: Doubles
    """(3, 3) rotation that takes a SMPL-X vector to the armature's space."""
    scale: float
    """Metres per unit of the armature's space."""


def world_matrix(obj: Any) -> Doubles:
    """Return an object's (4, 4) matrix in the world as its own and its parents' settings say.

    Other than ``matrix_world`` it is right before the scene was evaluated too. Constraints, and parents that are bones
    or vertices, are left to Blender's last evaluation.
    """
    if len(obj.constraints) or (obj.parent is not None and obj.parent_type not in ("OBJECT", "ARMATURE")):
        return np.array(obj.matrix_world, np.float64)
    own = np.array(obj.matrix_basis, np.float64)
    if obj.parent is None:
        return own
    return world_matrix(obj.parent) @ np.array(obj.matrix_parent_inverse, np.float64) @ own


def turn_of(matrix: npt.ArrayLike) -> Doubles:
    """Return the (3, 3) columns of a matrix, each of length 1: its rotation where it does not shear."""
    columns = np.asarray(matrix, np.float64)[:3, :3]
    return columns / np.maximum(np.linalg.norm(columns, axis=0), 1e-30)


def rest_turns(armature: Any) -> dict[str, Doubles]:
    """Return bone -> (3, 3): its own axes at rest, as columns in the armature's space."""
    bones = armature.data.bones
    flat = np.empty(16 * len(bones), np.float32)
    bones.foreach_get("matrix_local", flat)
    # Blender hands out columns.
    turns = flat.reshape(-1, 4, 4).transpose(0, 2, 1)[:, :3, :3].astype(np.float64)
    turns /= np.maximum(np.linalg.norm(turns, axis=1, keepdims=True), 1e-30)
    return dict(zip(bones.keys(), turns, strict=True))


def measure(armature: Any, bones: Mapping[str, str], unit_scale: float, *, strides: bool = False) -> RestFrame:
    """Measure an armature object whose bones are known.

    Parameters
    ----------
    armature : bpy.types.Object
        The armature.
    bones : dict
        SMPL-X joint -> bone.
    unit_scale : float
        Metres per unit of the scene.
    strides : bool
        Take the scale from the size of the body alone; otherwise metres count as the file has them, where that makes
        a body of human size.

    Returns
    -------
    RestFrame
        Axes are those the data was made in (of the bones, the armature or the world) where one of them is near what
        the body says, else what the body says. A body that is flat or a point counts as made in Blender's axes.
    """
    world = world_matrix(armature)
    places = {joint: np.array(armature.data.bones[bone].head_local, np.float64) for joint, bone in bones.items()}
    turn, size = _fit(places)
    if turn is None:
        return RestFrame(SMPLX_TO_BLENDER.copy(), 1.0)
    shown = float(abs(np.linalg.det(world[:3, :3]))) ** (1 / 3)
    scale = 1.0 / size if strides else _metres(1.0 / size, shown, unit_scale)
    turns = rest_turns(armature)
    return RestFrame(_made_in(turn, np.array([turns[bone] for bone in bones.values()]), world), scale)


def _fit(places: Mapping[str, Doubles]) -> tuple[Doubles | None, float]:
    """Return the rotation and scale that take the reference body to these joints; None where they do not say."""
    known = [joint for joint in _TRUNK if joint in places]
    if len(known) < 3:
        return None, 1.0
    wanted, found = np.array([PLACES[joint] for joint in known]), np.array([places[joint] for joint in known])
    wanted, found = wanted - wanted.mean(axis=0), found - found.mean(axis=0)
    left, strength, right = np.linalg.svd(found.T @ wanted)
    spread = float((wanted**2).sum())
    if strength[0] <= 0.0 or strength[1] < 1e-3 * strength[0] or spread <= 0.0:
        return None, 1.0
    flip = np.array([1.0, 1.0, np.sign(np.linalg.det(left @ right)) or 1.0])
    size = float((strength * flip).sum() / spread)
    return (left * flip) @ right, max(size, 1e-9)


def _metres(measured: float, shown: float, unit_scale: float) -> float:
    """Return metres per unit: what object, scene or a power of ten say, where one is near what the body says."""
    ten = 10.0 ** round(float(np.log10(measured)))
    said = min(
        (value for value in (shown * unit_scale, shown, ten) if value > 0.0),
        key=lambda value: round(abs(float(np.log(value / measured))), 3),
    )
    # A float of the file is no more exact than that.
    return float(f"{said if 0.5 < said / measured < 2.0 else measured:.6g}")


def _made_in(turn: Doubles, rest: Doubles, world: Doubles) -> Doubles:
    """Return the rotation nearest to ``turn`` that turns axes onto axes of bones, armature or world; else ``turn``."""
    alike = int((np.abs(rest - rest[0]).max(axis=(1, 2)) < 1e-4).sum())
    # Bones that all lie alike, as SMPL-X's do, were made along the character's axes.
    for bases in ([rest[0]] if 2 * alike > len(rest) else [], [np.eye(3), turn_of(world).T]):
        options = np.array([base @ step for base in bases for step in _RIGHT_ANGLES])
        if not len(options):
            continue
        angles = np.arccos(np.clip(((options * turn).sum(axis=(1, 2)) - 1.0) / 2.0, -1.0, 1.0))
        if angles.min() < _ALIKE:
            found: Doubles = options[int(np.argmin(np.round(angles, 4)))]
            near = np.round(found)
            # The usual case exactly: rounding in a file must not tilt anything.
            return near if np.allclose(found, near, atol=1e-5) else found
    return turn
