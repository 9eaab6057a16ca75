"""Sliders on the armature that change the default character's body: shape keys and bones together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import bpy
import numpy as np

from .marker import CHARACTER_PROPERTY

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from ..rig import Rig

SHAPE_KEYS = tuple(f"Shape{index:03d}" for index in range(10))


def to_blender(points: np.ndarray) -> np.ndarray:
    """Return (..., 3) points of the SMPL-X frame (Y up) in Blender's frame (Z up)."""
    return np.stack([points[..., 0], -points[..., 2], points[..., 1]], -1)


def slider_values(armature: Any) -> dict[str, float]:
    """Return the sliders of an armature by name."""
    from ...inference.character import load_character

    sliders = getattr(armature, "soliloquy_shape", None)
    return {} if sliders is None else {name: getattr(sliders, name) for name in load_character().slider_names}


def place_bones(armature: Any, places: Mapping[str, npt.NDArray[np.floating[Any]]]) -> None:
    """Move bones so that their heads lie at (3,) points of the SMPL-X frame; direction, length and roll stay."""
    from .placement import edit_bones

    with edit_bones(armature) as bones:
        for bone, place in places.items():
            edit = bones[bone]
            along = edit.tail - edit.head
            edit.head = to_blender(np.asarray(place, np.float64))
            edit.tail = edit.head + along


def apply_shape(rig: Rig) -> None:
    """Make the body follow the sliders of ``rig.armature.soliloquy_shape``.

    Sets the keys ``Shape000`` to ``Shape009`` and moves the bones to the joints of that body. Animation, mode and
    selection stay as they are. A rig that is not the default character is left alone.
    """
    from ...inference.character import load_character
    from ...inference.person import blend, parsed
    from ...inference.skeleton import JOINT_INDEX
    from ...inference.twist import TWIST_BONES, twist_places

    armature = rig.armature
    if armature is None or CHARACTER_PROPERTY not in armature:
        return
    character = load_character()
    person = blend(parsed(str(armature[CHARACTER_PROPERTY])))
    betas = character.betas(slider_values(armature))
    for mesh in rig.meshes:
        blocks = mesh.data.shape_keys.key_blocks if mesh.data.shape_keys is not None else {}
        for name, value in zip(SHAPE_KEYS, betas, strict=True):
            if name in blocks:
                blocks[name].value = float(value)
    if armature.name in bpy.context.view_layer.objects:
        joints = character.shaped_joints(betas)
        if person is not None:
            joints = joints + person.joints
        places = {bone: joints[JOINT_INDEX[joint]] for joint, bone in rig.bones.items()}
        helpers = {bone.name: place for bone, place in zip(TWIST_BONES, twist_places(joints), strict=True)}
        here = armature.data.bones
        place_bones(armature, {**places, **{bone: place for bone, place in helpers.items() if bone in here}})
        from ..control_layer.layer import refit

        refit(rig)


def _changed(sliders: Any, _context: Any) -> None:
    from ..rig import find_rig

    rig = find_rig(sliders.id_data)
    if rig is not None:
        apply_shape(rig)


def _slider(name: str, description: str) -> Any:
    return bpy.props.FloatProperty(
        name=name, description=description, default=0.0, min=-1.0, max=1.0, subtype="FACTOR", update=_changed
    )


class SoliloquyShape(bpy.types.PropertyGroup):
    """The body of a default character; zero everywhere is the character as it was added."""

    masculine: _slider("Feminine / Masculine", "Body and face from feminine (-1) to masculine (1)")
    age: _slider("Age", "From younger to older")
    muscle: _slider("Muscle", "From slack to muscular")
    weight: _slider("Weight", "From thin to heavy")
    height: _slider("Height", "From short to tall")


def register() -> None:
    """Add the sliders to every object; only default characters react to them."""
    bpy.utils.register_class(SoliloquyShape)
    bpy.types.Object.soliloquy_shape = bpy.props.PointerProperty(type=SoliloquyShape)


def unregister() -> None:
    """Remove the sliders; their values stay in the file."""
    del bpy.types.Object.soliloquy_shape
    bpy.utils.unregister_class(SoliloquyShape)
