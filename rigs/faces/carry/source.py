"""The face that is carried over: the default character's head with its 52 keys."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from ....inference.arkit import ARKIT_INDEX
from ....inference.character import Character, load_character
from ....inference.skeleton import JOINT_INDEX
from .landmarks import Face, find_face
from .lips import halves
from .surface import Doubles, Flags, Ints, Surface

MOUTH_MATERIALS = ("teeth", "mouth")
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
    mouth: SourceMouth


@dataclass(frozen=True, eq=False)
class SourceMouth:
    """Teeth, gums and tongue of the default character, in the same metres."""

    surface: Surface
    vertices: Ints
    """(n,) the character's vertices."""
    deltas: Doubles
    """(52, n, 3)."""
    lower: Flags
    """(n,) hangs on the jaw."""
    tongue: Flags
    """(n,) is the tongue."""


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
    moved = np.stack([key.dense(len(points)) for key in character.arkit]) * face.unit
    deltas = moved[:, vertices].astype(np.float64)
    return SourceFace(face, halves(face), vertices, deltas, _mouth(character, moved, face.unit))


def mouth_material(character: Character) -> Ints:
    """Return (V,) the index in ``MOUTH_MATERIALS`` of what each vertex is made of, -1 for the rest of the body."""
    material = np.full(len(character.vertices), -1, np.int64)
    material[character.loops] = np.repeat(character.materials, character.sizes)
    found = np.full(len(material), -1, np.int64)
    for index, name in enumerate(MOUTH_MATERIALS):
        found[material == character.material_names.index(name)] = index
    return found


def _mouth(character: Character, moved: npt.NDArray[np.float32], unit: float) -> SourceMouth:
    inner = mouth_material(character) >= 0
    surface, kept = Surface(character.vertices.astype(np.float64) * unit, _triangles(character)).part(inner)
    jaw = (character.weights * (character.weight_joints == JOINT_INDEX["jaw"])).sum(axis=1)[kept] > 0.5
    out = np.linalg.norm(moved[ARKIT_INDEX["tongueOut"], kept], axis=1)
    islands, place = np.unique(surface.islands, return_inverse=True)
    tongue = np.bincount(place, out, len(islands)) / np.bincount(place) > 0.002
    return SourceMouth(surface, kept, moved[:, kept].astype(np.float64), jaw, tongue[place])
