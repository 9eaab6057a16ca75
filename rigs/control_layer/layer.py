"""Adds controls on top of takes to a character and takes them off again; the character is then as it was before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import bpy

from ...inference.errors import BadRig
from ..character.placement import edit_bones
from ..takes.access import own_data, why_locked
from . import board, limbs
from .bones import Added, place
from .marker import COLLECTION, HELPERS, PROPERTY, added_bones, has_controls, is_ours
from .shapes import draw_controls, remove_shapes

if TYPE_CHECKING:
    from ..rig import Rig

_NEEDED = ("pelvis", *(joint for limb in limbs.LIMBS for joint in limb.joints), "spine1", "spine2", "spine3", "neck")


def why_not(rig: Rig) -> BadRig | None:
    """Return why a character cannot have controls; None when it can, or has them."""
    armature = rig.armature
    if rig.skeleton != "smplx" or any(joint not in rig.joints for joint in (*_NEEDED, "head")):
        return BadRig(
            f"'{rig.holder.name}' has no SMPL-X skeleton of its own, so it gets no controls.",
            "Use the controls of its rig, or add a character of the cast.",
        )
    if rig.switches or any(rig.bones[joint] != item.segments[-1].bone for joint, item in rig.joints.items()):
        return BadRig(f"'{armature.name}' has controls of its own.", "Use these.")
    locked = why_locked(rig)
    if locked is not None:
        return locked
    if armature.data.library is not None or armature.data.override_library is not None:
        return BadRig(
            f"The bones of '{armature.name}' are linked from another file.", "Open that file and add the controls."
        )
    if armature.name not in bpy.context.view_layer.objects:
        return BadRig(f"'{armature.name}' is not in this view layer.", "Switch its collection on first.")
    return None


def _wanted(rig: Rig) -> list[Added]:
    return [*limbs.added(rig), *board.added(rig)]


def add_controls(rig: Rig) -> list[str]:
    """Add controls for hands, feet, trunk and face; the take plays on as it did until one is moved.

    Returns
    -------
    list of str
        What the character gets none for, one sentence each.

    Raises
    ------
    BadRig
        When it has them already, or cannot have them; nothing is changed then.
    """
    if has_controls(rig.armature):
        raise BadRig(f"'{rig.armature.name}' has its controls already.", "Select them in Pose Mode.")
    problem = why_not(rig)
    if problem is not None:
        raise problem
    own_data(rig)
    armature = rig.armature
    if armature.data.users > 1:
        armature.data = armature.data.copy()
    wanted = _wanted(rig)
    with edit_bones(armature) as bones:
        place(bones, wanted)
    armature.data[PROPERTY] = "\n".join(item.name for item in wanted)
    collections = {name: armature.data.collections.new(name) for name in (COLLECTION, HELPERS)}
    for item in wanted:
        collections[COLLECTION if item.control else HELPERS].assign(armature.data.bones[item.name])
        if item.control:
            armature.pose.bones[item.name].rotation_mode = "XYZ"
    collections[HELPERS].is_visible = False
    limbs.tie_trunk(rig)
    for limb in limbs.LIMBS:
        limbs.tie_limb(rig, limb)
    face = any(item.name == board.BOARD for item in wanted)
    if face:
        board.tie_board(rig)
    draw_controls(rig)
    bpy.context.view_layer.update()
    return [] if face else ["Its face has none of the 52 ARKit keys, so there is no face board."]


def refit(rig: Rig) -> None:
    """Put the controls where they belong after the character's bones have moved at rest."""
    if has_controls(rig.armature):
        known = set(added_bones(rig.armature))
        with edit_bones(rig.armature) as bones:
            place(bones, [item for item in _wanted(rig) if item.name in known])


def remove_controls(rig: Rig) -> None:
    """Take the controls off; what they did shows no longer. Their keys stay in their action, for when they come back.

    Raises
    ------
    BadRig
        When there are none.
    """
    armature = rig.armature
    names = added_bones(armature)
    if not names:
        raise BadRig(f"'{rig.holder.name}' has no controls.", "Press Add Controls first.")
    for mesh in rig.attached:
        if mesh.data.shape_keys is not None and mesh.is_editable:
            board.remove_keys(mesh)
    posed = armature.pose.bones
    paths = tuple(bone.path_from_id() for bone in posed if bone.name in names)
    for bone in posed:
        for constraint in [item for item in bone.constraints if is_ours(item)]:
            path = f"{constraint.path_from_id()}.influence"
            for curve in _drivers(armature):
                if curve.data_path == path:
                    armature.animation_data.drivers.remove(curve)
            bone.constraints.remove(constraint)
    for curve in _drivers(armature):
        if curve.data_path.startswith(paths):
            armature.animation_data.drivers.remove(curve)
    with edit_bones(armature) as bones:
        for name in reversed(names):
            if name in bones:
                bones.remove(bones[name])
    for name in (COLLECTION, HELPERS):
        collection = armature.data.collections.get(name)
        if collection is not None and not len(collection.bones):
            armature.data.collections.remove(collection)
    del armature.data[PROPERTY]
    bpy.context.view_layer.update()
    remove_shapes()


def _drivers(armature: Any) -> list[Any]:
    return list(armature.animation_data.drivers) if armature.animation_data is not None else []
