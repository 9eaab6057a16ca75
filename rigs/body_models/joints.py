"""The joints of a body model follow its shape: where they lie per component is kept with the mesh, in the .blend."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ...inference.body_models.model_file import BodyModel
from ...inference.errors import BadRig
from ..character.shape import place_bones
from .components import EXPRESSION, SHAPE, key_name

Doubles = npt.NDArray[np.float64]

JOINTS_PROPERTY = "soliloquy_joints"
"""Custom property of the mesh data: the model's kind, its bones, their places and how components move them."""


def remember_joints(mesh: Any, model: BodyModel, shape: int, expression: int) -> None:
    """Keep with mesh data what its first so many components do to the joints."""
    mesh[JOINTS_PROPERTY] = {
        "kind": model.kind,
        "bones": " ".join(model.joint_names),
        "rest": model.joints().ravel().tolist(),
        SHAPE: model.joint_components(model.shape[:, :, :shape]).ravel().tolist(),
        EXPRESSION: model.joint_components(model.expression[:, :, :expression]).ravel().tolist(),
    }


def body_mesh(rig: Any) -> Any | None:
    """Return the mesh object of a rig that a body model was built as, None where there is none."""
    return next((mesh for mesh in rig.attached if JOINTS_PROPERTY in mesh.data), None)


def update_joints(rig: Any, *, expression: bool = False) -> None:
    """Move the bones of a body model to the joints of the shape that its ``Shape`` keys show now.

    Parameters
    ----------
    rig : Rig
        Whose body was added by :func:`~.add.add_body_model`.
    expression : bool
        Let them follow the ``Exp`` keys as well, as the authors' own model does: by a tenth of a millimetre in faces
        of scans. For the shown expression only; an animation needs none of it.

    Raises
    ------
    BadRig
        When the body was not added from its model file, or its skeleton cannot be edited.
    """
    mesh, armature = body_mesh(rig), rig.armature
    if mesh is None or armature is None:
        raise BadRig(
            f"'{rig.holder.name}' was not added from a model file, so that where its joints go is not known.",
            "Use Add Body Model.",
        )
    if armature.data.library is not None or armature.data.override_library is not None:
        raise BadRig(f"The skeleton of '{armature.name}' is linked from another file.", "Open that file.")
    kept = mesh.data[JOINTS_PROPERTY]
    bones = str(kept["bones"]).split()
    places: Doubles = np.array(kept["rest"], np.float64).reshape(len(bones), 3)
    for family in (SHAPE, EXPRESSION) if expression else (SHAPE,):
        moves = np.array(kept[family], np.float64).reshape(len(bones), 3, -1)
        places = places + moves @ _values(mesh, str(kept["kind"]), family, moves.shape[2])
    there = {bone: place for bone, place in zip(bones, places, strict=True) if bone in armature.data.bones}
    place_bones(armature, there)


def _values(mesh: Any, kind: str, family: str, count: int) -> Doubles:
    """Return (count,) values of a family of shape keys, 0 for those that are gone or muted."""
    keys = mesh.data.shape_keys
    blocks = keys.key_blocks if keys is not None else {}
    found = [blocks.get(key_name(kind, family, index)) for index in range(count)]
    return np.array([0.0 if block is None or block.mute else block.value for block in found])
