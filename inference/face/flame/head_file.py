"""Reads the head a user brings along: FLAME's ``.pkl`` or ``.npz``, SMPL-X's ``.npz``; executes nothing.

The pickles are of an old kind that holds ``chumpy`` arrays and ``scipy`` sparse matrices, see :mod:`.array_pickle`.

Layouts: Li et al. 2017, "Learning a model of facial shape and expression from 4D scans" (FLAME); Pavlakos et al. 2019,
"Expressive Body Capture" (SMPL-X).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from ...body_models.model_arrays import AGAIN, CHOOSE, read_model_arrays
from ...errors import BadCheckpoint

Doubles = npt.NDArray[np.float64]

_FLAME_JOINTS, _SMPLX_JOINTS = 5, 55
_JAW = {_FLAME_JOINTS: 2, _SMPLX_JOINTS: 22}
_EYES = {_FLAME_JOINTS: (3, 4), _SMPLX_JOINTS: (23, 24)}
_SHAPES = 300
_ALL_SHAPES = 400
_MOST_VERTICES = 50_000
_SMPLX_SHORT = (10, 20)  # older SMPL-X files: 10 components of shape, then 10 of expression


@dataclass(frozen=True, eq=False)
class HeadModel:
    """A head that an expression and a jaw move, at mean shape; Y up, facing +Z, metres, its left at +X."""

    vertices: Doubles
    """(V, 3) at rest."""
    expression: npt.NDArray[np.float32]
    """(V, 3, E) displacement per coefficient."""
    jaw_correctives: npt.NDArray[np.float32]
    """(V, 3, 9) displacement per entry of the jaw's rotation matrix minus identity, row by row."""
    jaw_share: Doubles
    """(V,) weight of the jaw joint; the rest stays with the head."""
    eye_share: Doubles
    """(V,) weight of the eye joints."""
    jaw_pivot: Doubles
    """(3,) the jaw joint."""
    jaw_pivot_expression: Doubles
    """(3, E) how it moves per coefficient."""
    eyes: Doubles
    """(2, 3) centres of the left and the right eye."""


_WANTED = ("v_template", "shapedirs", "posedirs", "J_regressor", "weights")


@lru_cache(maxsize=2)
def _read(path: Path, stamp: tuple[int, int]) -> HeadModel:
    # Large ones keep their type: SMPL-X's correctives alone are 15 million numbers.
    found = read_model_arrays(path, _WANTED)
    try:
        arrays = {key: value.astype(np.result_type(value, np.float32), copy=False) for key, value in found.items()}
    except TypeError as error:  # texts
        raise BadCheckpoint(f"'{path.name}' is damaged, cut short or no FLAME or SMPL-X model.", AGAIN) from error
    problem = _problem(arrays)
    if problem:
        raise BadCheckpoint(f"'{path.name}' is no FLAME or SMPL-X model: {problem}.", CHOOSE)
    return _head(arrays)


def read_head_model(path: Path) -> HeadModel:
    """Return the head in a user's FLAME or SMPL-X file, read once as long as the file stays as it is.

    Raises
    ------
    SoliloquyError
        Of kind ``"bad_checkpoint"`` when it is missing, damaged, carries code or is something else.
    """
    try:
        status = path.stat()
    except OSError as error:
        raise BadCheckpoint(f"There is no FLAME or SMPL-X model at '{path}'.", "Choose the model file.") from error
    return _read(path, (status.st_mtime_ns, status.st_size))


def _problem(arrays: Mapping[str, npt.NDArray[np.floating[Any]]]) -> str:
    template, weights = arrays["v_template"], arrays["weights"]
    if template.ndim != 2 or template.shape[1] != 3:
        return f"its template is {template.shape}"
    count = len(template)
    if not 3 <= count <= _MOST_VERTICES:
        return f"its mesh has {count} vertices"
    if weights.ndim != 2 or weights.shape[0] != count or weights.shape[1] not in _JAW:
        return f"it has {weights.shape[-1] if weights.ndim else 0} joints instead of 5 or 55"
    joints = weights.shape[1]
    if arrays["J_regressor"].shape != (joints, count):
        return "its joint regressor does not fit its mesh"
    if arrays["posedirs"].shape != (count, 3, 9 * (joints - 1)):
        return "its pose correctives do not fit its mesh"
    shapes = arrays["shapedirs"]
    enough = (*_SMPLX_SHORT[1:], _ALL_SHAPES) if joints == _SMPLX_JOINTS else (_ALL_SHAPES,)
    if shapes.ndim != 3 or shapes.shape[:2] != (count, 3) or shapes.shape[2] not in enough:
        return "it holds no expressions"
    if not all(np.isfinite(array).all() for array in arrays.values()):
        return "it holds values that are not numbers"
    return ""


def _head(arrays: Mapping[str, npt.NDArray[np.floating[Any]]]) -> HeadModel:
    weights = arrays["weights"].astype(np.float64)
    template, regressor = arrays["v_template"].astype(np.float64), arrays["J_regressor"].astype(np.float64)
    joints = weights.shape[1]
    jaw, eyes = _JAW[joints], _EYES[joints]
    first = _SHAPES if arrays["shapedirs"].shape[2] >= _ALL_SHAPES else _SMPLX_SHORT[0]
    expression = arrays["shapedirs"][:, :, first:]
    places = regressor @ template
    return HeadModel(
        vertices=template,
        expression=expression.astype(np.float32),
        jaw_correctives=arrays["posedirs"][:, :, 9 * (jaw - 1) : 9 * jaw].astype(np.float32),
        jaw_share=weights[:, jaw],
        eye_share=weights[:, list(eyes)].sum(1),
        jaw_pivot=places[jaw],
        jaw_pivot_expression=cast("Doubles", np.tensordot(regressor[jaw], expression, 1)),
        eyes=places[list(eyes)],
    )
