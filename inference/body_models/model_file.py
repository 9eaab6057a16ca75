"""The whole of a user's SMPL-X or FLAME file: mesh, joints, weights, shape and expression components, correctives.

Layouts: Pavlakos et al. 2019, "Expressive Body Capture" (SMPL-X); Li et al. 2017, "Learning a model of facial shape and
expression from 4D scans" (FLAME).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import BadCheckpoint
from ..skeleton import JOINT_NAMES, PARENTS
from .model_arrays import CHOOSE, not_a_number, read_model_arrays

Array = npt.NDArray[Any]
Doubles = npt.NDArray[np.float64]
Reals = npt.NDArray[np.floating[Any]]
Ints = npt.NDArray[np.int64]

SMPLX, FLAME = "smplx", "flame"
FLAME_JOINTS = ("root", "neck", "jaw", "left_eye", "right_eye")
_PARENTS = {SMPLX: PARENTS, FLAME: (-1, 0, 1, 1, 1)}
_JOINTS = {SMPLX: JOINT_NAMES, FLAME: FLAME_JOINTS}
_KINDS = {len(names): kind for kind, names in _JOINTS.items()}
_OTHER_KINDS = {16: "a MANO hand", 24: "an SMPL body", 33: "an SMAL animal", 35: "an SMAL animal", 52: "an SMPL-H body"}
"""Number of joints -> relatives of these models, which have no face."""
_WANTED = ("v_template", "f", "weights", "J_regressor", "shapedirs", "posedirs")
_OPTIONAL = ("kintree_table", "vt", "ft")
_SPLIT, _SHORT = (300, 100), (10, 10)
_LEAST_VERTICES, _MOST_VERTICES, _MOST_COMPONENTS = 4, 50_000, 1000
_GENDERS = (("female", "female"), ("male", "male"), ("neutral", "neutral"), ("generic", "generic"))


@dataclass(frozen=True, eq=False)
class BodyModel:
    """A body or a head; Y up, facing +Z, its left at +X, metres."""

    kind: str
    """:data:`SMPLX` or :data:`FLAME`."""
    gender: str
    """As the file's name says: ``"female"``, ``"male"``, ``"neutral"`` or ``"generic"``."""
    vertices: Doubles
    """(V, 3) at rest, mean shape."""
    faces: Ints
    """(F, 3)."""
    weights: Doubles
    """(V, J) shares of the joints."""
    regressor: Doubles
    """(J, V) makes joints of vertices."""
    shape: Reals
    """(V, 3, S) displacement per component of shape."""
    expression: Reals
    """(V, 3, E) the same of expression."""
    correctives: Reals
    """(V, 3, 9 (J - 1)) displacement per entry of the rotation matrices minus identity of all joints but the first, row
    by row."""
    uv: Doubles | None
    """(N, 2) texture coordinates, where the file has any."""
    uv_faces: Ints | None
    """(F, 3) places in ``uv``."""

    @property
    def joint_names(self) -> tuple[str, ...]:
        """J names; the first of a head is its root."""
        return _JOINTS[self.kind]

    @property
    def parents(self) -> tuple[int, ...]:
        """Index of each joint's parent, -1 for the first."""
        return _PARENTS[self.kind]

    @property
    def title(self) -> str:
        """What it is called."""
        return "SMPL-X" if self.kind == SMPLX else "FLAME"

    def joints(self, betas: npt.ArrayLike = (), expression: npt.ArrayLike = ()) -> Doubles:
        """Return (J, 3) rest joints of a shape and, since the authors' joints follow it too, an expression."""
        places = self.regressor @ self.vertices
        for components, given in ((self.shape, betas), (self.expression, expression)):
            values = np.asarray(given, np.float64).reshape(-1)[: components.shape[2]]
            if len(values):
                places = places + self.joint_components(components)[:, :, : len(values)] @ values
        return places

    def joint_components(self, components: Reals) -> Doubles:
        """Return (J, 3, N) displacement of the joints per component, of (V, 3, N) displacements of the vertices."""
        moved: Doubles = np.tensordot(self.regressor, components, 1)
        return moved


def read_body_model(path: Path) -> BodyModel:
    """Return the model in a user's SMPL-X or FLAME file.

    Raises
    ------
    BadCheckpoint
        When the file is missing, damaged, carries code, or is something else; the sentence says what.
    """
    arrays = read_model_arrays(path, _WANTED, _OPTIONAL, model="SMPL-X or FLAME model")
    weights = arrays["weights"]
    count = weights.shape[1] if weights.ndim == 2 else 0
    kind = _KINDS.get(count)
    if kind is None:
        other = _OTHER_KINDS.get(count, f"a model of {count} joints")
        raise BadCheckpoint(
            f"'{path.name}' is {other}, not SMPL-X (55 joints) or FLAME (5).",
            "Choose an SMPL-X or a FLAME model file.",
        )
    problem = _problem(arrays, kind)
    if problem:
        raise BadCheckpoint(f"'{path.name}' cannot be used as {kind.upper()} model: {problem}.", CHOOSE)
    own, expressive = _split(arrays["shapedirs"].shape[2])
    components = arrays["shapedirs"].astype(np.result_type(arrays["shapedirs"], np.float32), copy=False)
    textured = not _untextured(arrays)
    return BodyModel(
        kind=kind,
        gender=_gender(path.stem, kind),
        vertices=arrays["v_template"].astype(np.float64),
        faces=arrays["f"].astype(np.int64),
        weights=arrays["weights"].astype(np.float64),
        regressor=arrays["J_regressor"].astype(np.float64),
        shape=components[:, :, :own],
        expression=components[:, :, own : own + expressive],
        correctives=arrays["posedirs"].astype(np.result_type(arrays["posedirs"], np.float32), copy=False),
        uv=arrays["vt"].astype(np.float64) if textured else None,
        uv_faces=arrays["ft"].astype(np.int64) if textured else None,
    )


def _split(components: int) -> tuple[int, int]:
    """Return how many components are of shape and of expression, by the rule of the authors' own reader."""
    shape, expression = _SPLIT if components >= sum(_SPLIT) else _SHORT
    return min(shape, components), max(0, min(expression, components - shape))


def _gender(stem: str, kind: str) -> str:
    words = re.sub(r"[^a-z]+", " ", stem.lower())
    found = next((gender for word, gender in _GENDERS if word in words), "")
    return found or ("neutral" if kind == SMPLX else "generic")


def _problem(arrays: Mapping[str, Array], kind: str) -> str:
    """Return what keeps arrays from being a whole model, as a phrase; empty where nothing does."""
    template, faces, joints = arrays["v_template"], arrays["f"], len(_JOINTS[kind])
    if template.ndim != 2 or template.shape[1] != 3:
        return f"its template is {template.shape}"
    count = len(template)
    if not _LEAST_VERTICES <= count <= _MOST_VERTICES:
        return f"its mesh has {count} vertices"
    if faces.ndim != 2 or faces.shape[1] != 3 or not 0 < len(faces) <= 4 * count:
        return f"its faces are {faces.shape}"
    if arrays["weights"].shape != (count, joints):
        return "its weights do not fit its mesh"
    if arrays["J_regressor"].shape != (joints, count):
        return "its joint regressor does not fit its mesh"
    if arrays["posedirs"].shape != (count, 3, 9 * (joints - 1)):
        return "its pose correctives do not fit its mesh"
    shapes = arrays["shapedirs"]
    if shapes.ndim != 3 or shapes.shape[:2] != (count, 3) or not 0 < shapes.shape[2] <= _MOST_COMPONENTS:
        return "its shape components do not fit its mesh"
    if not_a_number([arrays[name] for name in _WANTED]):
        return "it holds values that are not numbers"
    if faces.dtype.kind not in "iu" or int(faces.min()) < 0 or int(faces.max()) >= count:
        return "its faces name vertices that it does not have"
    if "kintree_table" in arrays and not _tree_fits(arrays["kintree_table"], _PARENTS[kind]):
        return "its joints hang together in another way"
    return ""


def _tree_fits(table: Array, parents: tuple[int, ...]) -> bool:
    if table.shape != (2, len(parents)) or not_a_number([table]):
        return False
    # The root's parent is -1 as an unsigned number.
    return [int(parent) for parent in table[0, 1:]] == list(parents[1:])


def _untextured(arrays: Mapping[str, Array]) -> bool:
    """Tell whether there are no texture coordinates that fit the faces."""
    if "vt" not in arrays or "ft" not in arrays:
        return True
    places, corners = arrays["vt"], arrays["ft"]
    return bool(
        places.ndim != 2
        or places.shape[1] != 2
        or not len(places)
        or corners.shape != arrays["f"].shape
        or corners.dtype.kind not in "iu"
        or not_a_number([places])
        or int(corners.min()) < 0
        or int(corners.max()) >= len(places)
    )
