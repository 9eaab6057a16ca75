"""Shape keys of a body model: its shape, its expression, its pose correctives, named as the official add-ons name them.

SMPL-X's count from 0 with three digits (``Shape000``), FLAME's from 1 without padding (``Shape1``).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ...inference.body_models.model_file import SMPLX, BodyModel
from ..character.shape import to_blender

SHAPE, EXPRESSION, POSE = "Shape", "Exp", "Pose"
RANGE = 10.0
"""Reach of the sliders either way, in standard deviations; Blender allows no more."""


def key_name(kind: str, family: str, index: int) -> str:
    """Return the name of a shape key.

    Parameters
    ----------
    kind : str
        Of the model, ``"smplx"`` or ``"flame"``.
    family : str
        :data:`SHAPE`, :data:`EXPRESSION` or :data:`POSE`.
    index : int
        Of the component, from 0.
    """
    return f"{family}{index:03d}" if kind == SMPLX else f"{family}{index + 1}"


def add_components(
    obj: Any, model: BodyModel, family: str, components: npt.NDArray[np.floating[Any]], values: npt.ArrayLike = ()
) -> list[Any]:
    """Add a shape key per component to a mesh object.

    Parameters
    ----------
    components : (V, 3, N) array
        Displacements in the SMPL-X frame.
    values : (up to N,) array
        Of the new keys; 0 for the others.

    Returns
    -------
    list of bpy.types.ShapeKey
    """
    if obj.data.shape_keys is None:
        obj.shape_key_add(name="Base", from_mix=False)
    given = np.asarray(values, np.float64).reshape(-1)
    made = []
    for index in range(components.shape[2]):
        block = obj.shape_key_add(name=key_name(model.kind, family, index), from_mix=False)
        moved = to_blender(model.vertices + components[:, :, index])
        block.points.foreach_set("co", np.ascontiguousarray(moved, np.float32).ravel())
        block.slider_min, block.slider_max = -RANGE, RANGE
        block.value = float(given[index]) if index < len(given) else 0.0
        made.append(block)
    return made
