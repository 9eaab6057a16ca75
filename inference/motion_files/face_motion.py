"""Performances that show a face only, made from coefficients: the joints that go with them, and what the file holds."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ..arkit import ARKIT_INDEX
from ..character import load_character
from ..eye_look import look_coefficients, look_turns
from ..performance import Performance
from ..rotation import axis_angle_to_matrix, matrix_to_axis_angle
from ..skeleton import JOINT_INDEX, JOINT_NAMES

Array = npt.NDArray[np.floating[Any]]
_LOOKED_UP = {name.lower(): index for name, index in ARKIT_INDEX.items()}
_SPELLINGS = {"_l": "left", "_r": "right"}


def coefficient_column(name: str) -> int | None:
    """Return the column of the ARKit coefficient that a name stands for, in any of its spellings, or None."""
    plain = name.strip().rpartition(".")[2].lower()
    if plain[-2:] in _SPELLINGS:
        plain = plain[:-2] + _SPELLINGS[plain[-2:]]
    return _LOOKED_UP.get(plain.replace("_", ""))


def columns(joint: str) -> slice:
    """Return the columns of ``poses`` that a joint has."""
    index = JOINT_INDEX[joint]
    return slice(3 * index, 3 * index + 3)


def face_performance(
    arkit: npt.ArrayLike, fps: float, regions: tuple[str, ...], head: Array | None = None, eyes: Array | None = None
) -> Performance:
    """Return the performance of a face.

    Parameters
    ----------
    arkit : (T, 52) array
        Coefficients, clipped to 0..1.
    fps : float
        Frames per second.
    regions : names
        What the file holds; the rest of the performance is at rest and is not meant to be baked.
    head : (T, 3, 3) array, optional
        Rotation of the head against the chest, SMPL-X frame; neck and head take half of it each.
    eyes : (T, 2, 3) array, optional
        Rotations of the left and the right eye; those that ``eyeLook*`` stand for when missing.
    """
    character = load_character()
    values = np.clip(np.nan_to_num(np.asarray(arkit, np.float32)), 0, 1)
    poses = np.zeros((len(values), 3 * len(JOINT_NAMES)), np.float32)
    poses[:, columns("jaw").start] = values[:, ARKIT_INDEX["jawOpen"]] * np.float32(character.jaw_open_radians)
    if eyes is not None:
        look_coefficients(values, eyes)
    turns = look_turns(values) if eyes is None else eyes
    for number, joint in enumerate(("left_eye_smplhf", "right_eye_smplhf")):
        poses[:, columns(joint)] = turns[:, number]
    if head is not None:
        half = 0.5 * matrix_to_axis_angle(head)
        poses[:, columns("neck")] = poses[:, columns("head")] = half
    return Performance(
        fps,
        poses,
        np.zeros((len(values), 3), np.float32),
        values,
        character.lip_aperture(poses, values),
        meta={"regions": list(regions)},
    )


def head_turn(performance: Performance) -> Array:
    """Return the (T, 3, 3) rotation of the head against the chest."""
    neck, head = (axis_angle_to_matrix(performance.joint(joint).astype(np.float64)) for joint in ("neck", "head"))
    return neck @ head
