"""The face that is carried over: the default character's head with its 52 keys."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ....inference.arkit import ARKIT_NAMES
from ....inference.character import Character, load_character
from ....inference.skeleton import JOINT_INDEX
from .landmarks import Face, find_face
from .lips import lip_labels
from .surface import Doubles, Ints, Surface

_HEAD = ("head", "jaw", "left_eye_smplhf", "right_eye_smplhf")


@dataclass(frozen=True, eq=False)
class SourceFace:
    """The default character's face, in metres of a head of ordinary size."""

    face: Face
    labels: Ints
    """(n,) which lip the vertices of the skin belong to."""
    vertices: Ints
    """(n,) the character's vertex of each of the skin's."""
    deltas: Doubles
    """(52, n, 3) displacements of the skin at each coefficient, jaw bone included."""
    corrective: Doubles
    """(n, 3) the part of ``jawOpen`` that is not the jaw bone's."""


def _triangles(character: Character) -> Ints:
    starts = np.cumsum(character.sizes) - character.sizes
    loops = character.loops.astype(np.int64)
    found = [np.stack([loops[starts], loops[starts + 1], loops[starts + 2]], axis=1)]
    four = starts[character.sizes == 4]
    found.append(np.stack([loops[four], loops[four + 2], loops[four + 3]], axis=1))
    return np.concatenate(found)


def head_weights(character: Character) -> Doubles:
    """Return (V,) the share of the head and of what hangs on it."""
    on_head = np.isin(character.weight_joints, [JOINT_INDEX[joint] for joint in _HEAD])
    return (character.weights * on_head).sum(axis=1).astype(np.float64)


@lru_cache(maxsize=1)
def source_face() -> SourceFace:
    """Return the default character's face, made once per process.

    Raises
    ------
    SoliloquyError
        When the character's file is missing or damaged.
    """
    character = load_character()
    points = character.vertices.astype(np.float64)
    whole, kept = Surface(points, _triangles(character)).part(head_weights(character) > 0.5)
    face = find_face(whole)
    if face is None:
        raise RuntimeError("the default character has no face")
    vertices = kept[face.kept]
    deltas = np.stack([key.dense(len(points))[vertices] for key in character.arkit]).astype(np.float64)
    corrective = character.jaw_corrective.dense(len(points))[vertices].astype(np.float64)
    unit = face.unit
    assert len(deltas) == len(ARKIT_NAMES)
    return SourceFace(face, lip_labels(face), vertices, deltas * unit, corrective * unit)
