"""What of a character in the scene can be animated: its armature, meshes, joints and face keys."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import bpy

from ..inference.arkit import ARKIT_NAMES
from ..inference.skeleton import JOINT_NAMES

JAW_CORRECTIVE = "jawOpen_corrective"
JAW_OPEN_PROPERTY = "soliloquy_jaw_open_radians"
JAW_OPEN_RADIANS = 0.424
"""Where a rig does not say how far its jaw turns at ``jawOpen = 1``."""
_JOINT_ALIASES = {"left_eye": "left_eye_smplhf", "right_eye": "right_eye_smplhf"}
_ENOUGH_JOINTS = 20
_ENOUGH_KEYS = 10


@dataclass
class Rig:
    """A character that performances can be baked onto."""

    armature: Any
    """The armature object, or None for a face without bones."""
    meshes: list[Any]
    """Mesh objects that carry face keys; for a body without any, the meshes the armature deforms."""
    bones: dict[str, str] = field(default_factory=dict)
    """SMPL-X joint -> bone."""
    shape_keys: dict[str, str] = field(default_factory=dict)
    """ARKit coefficient -> shape key."""
    jaw_corrective: str | None = None
    """Shape key that takes the value of ``jawOpen`` while the jaw bone turns."""
    jaw_open_radians: float = JAW_OPEN_RADIANS


def _plain(name: str) -> str:
    """Return a key's name without case, with ``_L`` / ``.R`` endings spelled out."""
    for ending, side in (("_L", "Left"), ("_R", "Right"), (".L", "Left"), (".R", "Right")):
        if name.endswith(ending):
            name = name[:-2] + side
    return name.replace("_", "").lower()


_KEY_OF_PLAIN = {_plain(name): name for name in ARKIT_NAMES}


def _face_keys(mesh: Any) -> dict[str, str]:
    keys = mesh.data.shape_keys
    if keys is None:
        return {}
    found: dict[str, str] = {}
    for block in keys.key_blocks:
        name = _KEY_OF_PLAIN.get(_plain(block.name))
        if name is not None:
            found.setdefault(name, block.name)
    return found


def _joints(armature: Any) -> dict[str, str]:
    names = {bone.name.lower(): bone.name for bone in armature.data.bones}
    found = {joint: names[joint] for joint in JOINT_NAMES if joint in names}
    for alias, joint in _JOINT_ALIASES.items():
        if joint not in found and alias in names:
            found[joint] = names[alias]
    return found


def _armature_of(obj: Any) -> Any | None:
    """Return the armature an object is, hangs on, or is deformed by."""
    walk = obj
    while walk is not None:
        if walk.type == "ARMATURE":
            return walk
        for modifier in walk.modifiers:
            if modifier.type == "ARMATURE" and modifier.object is not None:
                return modifier.object
        walk = walk.parent
    return None


def _meshes_of(armature: Any) -> list[Any]:
    attached = [child for child in armature.children_recursive if child.type == "MESH"]
    for scene in armature.users_scene:
        for obj in scene.objects:
            if obj.type == "MESH" and obj not in attached and _armature_of(obj) is armature:
                attached.append(obj)
    return attached


def _face_first(meshes: Iterable[Any]) -> list[tuple[Any, dict[str, str]]]:
    keyed = [(mesh, _face_keys(mesh)) for mesh in meshes]
    return sorted((pair for pair in keyed if pair[1]), key=lambda pair: -len(pair[1]))


def find_rig(obj: Any) -> Rig | None:
    """Return the rig an object belongs to, or None when it is not a character.

    Parameters
    ----------
    obj : bpy.types.Object or None
        An armature, a mesh it deforms, or anything parented to either.

    Notes
    -----
    Recognised are armatures with the SMPL-X joint names and meshes with ARKit's key names, in any letter case.
    """
    if obj is None:
        return None
    armature = _armature_of(obj)
    bones = {} if armature is None else _joints(armature)
    attached = _meshes_of(armature) if armature is not None else [obj] if obj.type == "MESH" else []
    faces = _face_first(attached)
    shape_keys: dict[str, str] = {}
    for _, keys in faces:
        for name, key in keys.items():
            shape_keys.setdefault(name, key)
    if len(bones) < _ENOUGH_JOINTS and len(shape_keys) < _ENOUGH_KEYS:
        return None
    meshes = [mesh for mesh, _ in faces] or attached
    corrective = None
    for mesh in meshes:
        keys = mesh.data.shape_keys
        if keys is not None and JAW_CORRECTIVE in keys.key_blocks:
            corrective = JAW_CORRECTIVE
    radians = JAW_OPEN_RADIANS if armature is None else float(armature.get(JAW_OPEN_PROPERTY, JAW_OPEN_RADIANS))
    return Rig(armature, meshes, bones, shape_keys, corrective, radians)


def rigs_in_scene(scene: bpy.types.Scene) -> list[Rig]:
    """Return every rig of a scene once, in the order of the scene's objects."""
    found: list[Rig] = []
    seen: set[Any] = set()
    for obj in scene.objects:
        if obj.type not in ("ARMATURE", "MESH") or obj in seen:
            continue
        rig = find_rig(obj)
        if rig is None:
            continue
        members = {rig.armature, *rig.meshes} if rig.armature is not None else {obj}
        if not members & seen:
            found.append(rig)
        seen |= members
    return found
