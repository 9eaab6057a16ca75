"""Adds the default character to a scene: one mesh, one SMPL-X armature, face keys, shape components, materials."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import bpy
import numpy as np

from ...inference.arkit import ARKIT_NAMES
from ...inference.character import Character, SparseDelta
from ...inference.correctives import FACE_CORRECTIVES
from ...inference.errors import SoliloquyError
from ...inference.looks import HAIR_AS, CastLook, look_of
from ...inference.person import DEFAULT, written
from ...inference.skeleton import FINGER_JOINTS, JOINT_INDEX, JOINT_NAMES, PARENTS
from ...inference.twist import BONE_NAMES, TWIST_BONES, twist_places
from ..mappings.arkit import JAW_CORRECTIVE
from ..rig import Rig, find_rig
from ..rig_parts import JAW_OPEN_PROPERTY
from .bone_shapes import draw_bones
from .correctives import drive_face, drive_pose
from .marker import CHARACTER_PROPERTY
from .materials import COLOUR_ATTRIBUTE, REST_ATTRIBUTE, character_materials
from .placement import home_collection, leave_mode, show_in_local_view, view_of
from .shape import SHAPE_KEYS, to_blender
from .skin import add_weights, build_armature, hang
from .twist import drive_twist

ROOT_BONE = "root"
BONE_LENGTH = 0.1
SMALL_BONE_LENGTH = 0.03
_A_POSE = {"collar": 0.10, "shoulder": 0.68}
"""Radians by which each arm is lowered."""
_FACE_JOINTS = ("jaw", "left_eye_smplhf", "right_eye_smplhf")


def _build_mesh(name: str, character: Character, look: CastLook) -> Any:
    mesh = bpy.data.meshes.new(name)
    rest = to_blender(character.vertices).ravel()
    mesh.vertices.add(len(character.vertices))
    mesh.loops.add(len(character.loops))
    mesh.polygons.add(len(character.sizes))
    # Attributes are copied as they are; the properties that mean the same are set one by one.
    mesh.attributes["position"].data.foreach_set("vector", rest)
    mesh.attributes[".corner_vert"].data.foreach_set("value", character.loops)
    mesh.polygons.foreach_set("loop_start", (np.cumsum(character.sizes) - character.sizes).astype(np.int32))
    mesh.attributes.new("material_index", "INT", "FACE").data.foreach_set("value", character.materials)
    mesh.update(calc_edges=True)
    mesh.shade_smooth()
    mesh.uv_layers.new(name="UVMap").uv.foreach_set("vector", character.uv.ravel())
    colour = mesh.color_attributes.new(COLOUR_ATTRIBUTE, "FLOAT_COLOR", "POINT")
    rgba = np.ones((len(character.vertices), 4), np.float32)
    rgba[:, :3] = character.colours
    colour.data.foreach_set("color", rgba.ravel())
    mesh.attributes.new(REST_ATTRIBUTE, "FLOAT_VECTOR", "POINT").data.foreach_set("vector", rest)
    worn = {**look.materials, "hair": look.parts.get("hair")}
    for material in character_materials(character.material_names, worn):
        mesh.materials.append(material)
    return mesh


def _add_weights(obj: Any, character: Character) -> None:
    bones, shares = character.hung
    owners = np.repeat(np.arange(len(bones)), bones.shape[1])
    add_weights(obj, BONE_NAMES, owners, bones.ravel(), shares.ravel())


def _add_keys(obj: Any, character: Character, armature: Any) -> None:
    rest = to_blender(character.vertices)

    def add(name: str, lowest: float, highest: float) -> Any:
        block = obj.shape_key_add(name=name, from_mix=False)
        block.slider_min, block.slider_max, block.value = lowest, highest, 0.0
        return block

    def add_sparse(name: str, key: SparseDelta, lowest: float = 0.0, highest: float = 1.0) -> None:
        moved = rest.copy()
        moved[key.indices] += to_blender(key.offsets)
        add(name, lowest, highest).points.foreach_set("co", moved.ravel())

    obj.shape_key_add(name="Base", from_mix=False)
    for name, component in zip(SHAPE_KEYS, character.shape, strict=True):
        add(name, -5.0, 5.0).points.foreach_set("co", (rest + to_blender(component)).ravel())
    for name, key in zip(ARKIT_NAMES, character.arkit, strict=True):
        add_sparse(name, key)
    add_sparse(JAW_CORRECTIVE, character.jaw_corrective)
    for item, key in zip(FACE_CORRECTIVES, character.correctives, strict=True):
        add_sparse(item.name, key)
    for item, key in zip(character.pose_correctives, character.pose_keys, strict=True):
        add_sparse(item.name, key, -10.0, 10.0)
    drive_face(obj)
    drive_pose(obj, armature, character.pose_correctives)
    obj.active_shape_key_index = 0


def _build_armature(context: bpy.types.Context, name: str, character: Character, collection: Any, view: Any) -> Any:
    small = (*FINGER_JOINTS, *_FACE_JOINTS, *(bone.name for bone in TWIST_BONES))
    joints = character.joints.astype(np.float64)
    armature = build_armature(
        context,
        name,
        np.concatenate([np.zeros((1, 3)), joints, twist_places(joints)]),
        (ROOT_BONE, *BONE_NAMES),
        (-1, *(parent + 1 for parent in PARENTS), *(JOINT_INDEX[bone.joint] + 1 for bone in TWIST_BONES)),
        (BONE_LENGTH, *(SMALL_BONE_LENGTH if bone in small else BONE_LENGTH for bone in BONE_NAMES)),
        collection=collection,
        view=view,
    )
    collections = {title: armature.data.collections.new(title) for title in ("Body", "Left Hand", "Right Hand", "Face")}
    for bone in (ROOT_BONE, *JOINT_NAMES):
        hand = "Left Hand" if bone.startswith("left") else "Right Hand"
        title = hand if bone in FINGER_JOINTS else "Face" if bone in _FACE_JOINTS else "Body"
        collections[title].assign(armature.data.bones[bone])
    draw_bones(armature, joints, collections)
    drive_twist(armature)
    return armature


def _lower_arms(armature: Any) -> None:
    for side, sign in (("left", -1.0), ("right", 1.0)):
        for joint, angle in _A_POSE.items():
            half = sign * angle / 2
            armature.pose.bones[f"{side}_{joint}"].rotation_quaternion = (math.cos(half), 0, 0, math.sin(half))


def _wanted(person: str, mix: tuple[str, str, float] | None, parts: dict[str, str | None]) -> CastLook:
    if mix is None:
        return look_of(person).wearing(**parts)
    first, second, share = mix
    return look_of(first).mixed(look_of(second), share).wearing(**parts)


def add_character(
    context: bpy.types.Context,
    *,
    name: str = "Soliloquy",
    look: str = "A",
    location: Sequence[float] = (0.0, 0.0, 0.0),
    remark: Callable[[str], None] = lambda _text: None,
    person: str = DEFAULT,
    mix: tuple[str, str, float] | None = None,
    hair_as: str | None = None,
    **parts: str | None,
) -> Rig:
    """Add a character of the cast, standing on its feet.

    It goes to the active collection, or to the scene's own where the active one is linked, hidden, excluded or not
    selectable.

    Parameters
    ----------
    context : bpy.types.Context
        Its view layer receives the character; the mode becomes Object Mode.
    name : str
        Of the armature; the mesh is called ``<name> Body``.
    look : str
        ``"A"`` poses the arms lowered, ``"T"`` leaves them level. The rest pose is the T-pose either way, so that
        SMPL-X rotations fit unchanged.
    location : (3,) floats
        Of the point between the feet, in metres.
    remark : callable, optional
        Given a sentence where the character went elsewhere than to the active collection.
    person : str
        A name of ``looks.json``.
    mix : (str, str, float), optional
        Instead of ``person``: the first one's look, with face and body that are so much, 0..1, the second one's.
    hair_as : str, optional
        ``"cards"`` or ``"strands"``, of which its hair is made; None is what the look says.
    **parts : str or None
        Other parts than the look's: ``hair``, ``brows``, ``beard``, ``outfit``, ``glasses`` = a name of
        ``cast.part_names``, or ``"none"``.

    Returns
    -------
    Rig
        The new character, selected and active.

    Raises
    ------
    BadRig
        When the mode cannot be left, or the scene is another file's; nothing is added.
    SoliloquyError
        For a person, a part or a kind of hair that there is not.
    """
    wanted = _wanted(person, mix, parts)
    hair_as = hair_as or wanted.hair_as
    if hair_as not in HAIR_AS:
        raise SoliloquyError(f"Hair cannot be made of '{hair_as}'.", f"Choose one of: {', '.join(HAIR_AS)}.")
    character = wanted.character()
    collection, elsewhere = home_collection(context)
    leave_mode(context)
    for obj in context.view_layer.objects.selected:
        obj.select_set(False)
    view = view_of(context)
    armature = _build_armature(context, name, character, collection, view)
    mesh = _build_mesh(f"{name} Body", character, wanted)
    body = bpy.data.objects.new(mesh.name, mesh)
    collection.objects.link(body)
    if view is not None:
        show_in_local_view(view, [body])
    _add_weights(body, character)
    _add_keys(body, character, armature)
    hang(body, armature)
    armature[CHARACTER_PROPERTY] = body[CHARACTER_PROPERTY] = written(wanted.person)
    armature[JAW_OPEN_PROPERTY] = character.jaw_open_radians
    armature.location = location
    if look == "A":
        _lower_arms(armature)
    armature.select_set(True)
    context.view_layer.objects.active = armature
    context.view_layer.update()
    rig = find_rig(armature)
    if rig is None:
        raise RuntimeError("the default character does not recognise itself")
    if hair_as == "strands":
        from .strands.hair import put_on_strands  # most characters never need it

        put_on_strands(rig)
    if elsewhere:
        remark(elsewhere)
    return rig
