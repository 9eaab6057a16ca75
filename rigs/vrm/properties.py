"""What a VRM file says, kept on the armature as text, so that it is saved with the scene; and what the add-on keeps.

An armature that the VRM add-on imported holds the same in ``data.vrm_addon_extension``; it is read from there.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from ...inference.plain_json import parse_object
from .file import MESH_MARK, Bind, Expression, Gaze, Vrm, humanoid_bone, preset

HUMANOID_PROPERTY = "soliloquy_vrm_humanoid"
"""Custom property of an armature object: JSON, humanoid bone (``"leftUpperArm"``, VRM 1.0's names) -> bone."""
EXPRESSIONS_PROPERTY = "soliloquy_vrm_expressions"
"""Custom property of an armature object: JSON with ``expressions`` and ``gaze``."""
_BY_BONES = Gaze(False, {})


def store(armature: Any, vrm: Vrm) -> None:
    """Keep what a file says on its armature object."""
    known = armature.data.bones
    bones = {name: bone for name, bone in vrm.bones.items() if bone in known}
    armature[HUMANOID_PROPERTY] = json.dumps(bones, ensure_ascii=False)
    said = {"expressions": [asdict(item) for item in vrm.expressions], "gaze": asdict(vrm.gaze)}
    armature[EXPRESSIONS_PROPERTY] = json.dumps(said, ensure_ascii=False)


def humanoid_of(armature: Any) -> dict[str, str]:
    """Return humanoid bone (VRM 1.0's names: ``"hips"``, ``"leftUpperArm"``) -> bone; empty for no VRM character."""
    said = _object(armature, HUMANOID_PROPERTY)
    known = armature.data.bones
    found = {str(name): bone for name, bone in said.items() if isinstance(bone, str) and bone in known}
    if found:
        return found
    version, extension = _add_on(armature)
    if extension is None:
        return {}
    bones = getattr(extension.humanoid, "human_bones", None)
    listed: Iterator[tuple[str, Any]]
    if version == "0":
        listed = ((item.bone, item) for item in bones or ())
    else:
        camel = {_snake(name): name for name in _HUMANOID}
        listed = ((name, getattr(bones, field)) for field, name in camel.items() if hasattr(bones, field))
    pairs = ((humanoid_bone(name, version), item.node.bone_name) for name, item in listed)
    return {name: bone for name, bone in pairs if bone in known}


def expressions_of(
    armature: Any, meshes: list[Any]
) -> tuple[list[tuple[Expression, list[tuple[Any, str, float]]]], Gaze]:
    """Return a VRM character's expressions, each with (mesh object, key, value where it shows whole), and its gaze.

    Parameters
    ----------
    armature : bpy.types.Object
        The armature.
    meshes : list of bpy.types.Object
        The character's meshes.
    """
    said = _object(armature, EXPRESSIONS_PROPERTY)
    if said:
        return _stored(said, meshes)
    version, extension = _add_on(armature)
    return _from_add_on(version, extension, meshes) if extension is not None else ([], _BY_BONES)


def _stored(said: dict[str, Any], meshes: list[Any]) -> tuple[list[Any], Gaze]:
    marked: dict[int, list[Any]] = {}
    for mesh in meshes:
        marked.setdefault(mesh.data.get(MESH_MARK, -1), []).append(mesh)
    found = []
    try:
        for item in said["expressions"]:
            binds = tuple(Bind(int(b["mesh"]), str(b["key"]), float(b["weight"])) for b in item["binds"])
            expression = Expression(**{**item, "binds": binds})
            parts = [(mesh, b.key, b.weight) for b in binds for mesh in marked.get(b.mesh, ()) if _has(mesh, b.key)]
            found.append((expression, parts))
        ranges = {str(way): (float(pair[0]), float(pair[1])) for way, pair in said["gaze"]["ranges"].items()}
        return found, Gaze(bool(said["gaze"]["by_keys"]), ranges)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError):
        return [], _BY_BONES  # text that somebody edited


def _from_add_on(version: str, extension: Any, meshes: list[Any]) -> tuple[list[Any], Gaze]:
    by_name = {mesh.name: mesh for mesh in meshes}
    found = []
    for name, known, item in _add_on_expressions(version, extension):
        binds = item.binds if version == "0" else item.morph_target_binds
        parts = []
        for bind in binds:
            holder = bind.mesh if version == "0" else bind.node
            mesh = by_name.get(getattr(holder, "mesh_object_name", ""))
            if mesh is not None and _has(mesh, bind.index) and bind.weight:
                parts.append((mesh, str(bind.index), float(bind.weight)))
        mouth, blink = (str(getattr(item, field, "none")) for field in ("override_mouth", "override_blink"))
        binary = bool(getattr(item, "is_binary", False))
        found.append((Expression(name, known, (), mouth, blink, binary=binary), parts))
    if version == "0":
        by_keys = str(extension.first_person.look_at_type_name) == "BlendShape"
    else:
        by_keys = str(extension.look_at.type) == "expression"
    return found, Gaze(by_keys, {})


def _add_on_expressions(version: str, extension: Any) -> Iterator[tuple[str, str, Any]]:
    if version == "0":
        for item in extension.blend_shape_master.blend_shape_groups:
            yield str(item.name), preset(str(item.preset_name)), item
        return
    presets = extension.expressions.preset
    for name in _EXPRESSIONS:
        item = getattr(presets, _snake(name), None)
        if item is not None:
            yield name, name, item
    for item in extension.expressions.custom:
        yield str(item.custom_name), "", item


def _add_on(armature: Any) -> tuple[str, Any]:
    """Return the version and the extension that the VRM add-on keeps with an armature; None without the add-on."""
    kept = getattr(armature.data, "vrm_addon_extension", None)
    if kept is None:
        return "", None
    version = "1" if str(getattr(kept, "spec_version", "")).startswith("1") else "0"
    return version, getattr(kept, f"vrm{version}", None)


def _object(armature: Any, name: str) -> dict[str, Any]:
    text = armature.get(name)
    return _parsed(text) if isinstance(text, str) else {}


@functools.lru_cache(maxsize=16)
def _parsed(text: str) -> dict[str, Any]:
    """Return the object that a text holds, which nobody changes: rigs are looked at often."""
    try:
        return parse_object(text)
    except ValueError:
        return {}


def _has(mesh: Any, key: str) -> bool:
    keys = mesh.data.shape_keys
    return keys is not None and key in keys.key_blocks


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


_EXPRESSIONS = (
    "happy", "angry", "sad", "relaxed", "surprised", "aa", "ih", "ou", "ee", "oh", "blink", "blinkLeft", "blinkRight",
    "lookUp", "lookDown", "lookLeft", "lookRight",
)  # fmt: skip
_TRUNK = ("hips", "spine", "chest", "upperChest", "neck", "head", "leftEye", "rightEye", "jaw")
_LIMBS = (
    "UpperLeg", "LowerLeg", "Foot", "Toes", "Shoulder", "UpperArm", "LowerArm", "Hand",
    "ThumbMetacarpal", "ThumbProximal", "ThumbDistal",
    *(f"{f}{part}" for f in ("Index", "Middle", "Ring", "Little") for part in ("Proximal", "Intermediate", "Distal")),
)  # fmt: skip
_HUMANOID = (*_TRUNK, *(f"{side}{limb}" for side in ("left", "right") for limb in _LIMBS))
