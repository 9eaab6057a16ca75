"""Writes a character as a VRM 1.0 avatar: Blender's glTF, and what makes an avatar of it.

The avatar is at rest and holds no animation, as avatars do; the take goes to any avatar as a VRM animation.
"""

from __future__ import annotations

import json
import math
import os
from typing import TYPE_CHECKING, Any

import bpy
import numpy as np

from ..inference.arkit import ARKIT_NAMES
from ..inference.errors import BadFile, BadRig
from ..inference.glb import read_glb, write_glb
from ..inference.vrm_names import HUMANOID_BONES, NEEDED_BONES
from .export import ExportReport, ready
from .export_file import incomplete, quiet, suffixed, written_file
from .export_prepare import deform_only
from .vrm.file import read_vrm
from .vrm.hierarchy import hang_on_parents
from .vrm.properties import expressions_of

if TYPE_CHECKING:
    from .rig import Rig
    from .takes.take import Take

_ALIKE = 0.02
"""Share of a bone's length, and radians, by which a deforming bone may lie aside of the control that moves it."""
_FACING = math.radians(5)
_RECIPES: dict[str, dict[str, float]] = {
    "aa": {"jawOpen": 0.6},
    "ih": {"jawOpen": 0.12, "mouthStretchLeft": 0.5, "mouthStretchRight": 0.5},
    "ou": {"mouthPucker": 0.8, "jawOpen": 0.1},
    "ee": {"jawOpen": 0.25, "mouthStretchLeft": 0.6, "mouthStretchRight": 0.6},
    "oh": {"mouthFunnel": 0.5, "mouthPucker": 0.3, "jawOpen": 0.35},
    "blink": {"eyeBlinkLeft": 1.0, "eyeBlinkRight": 1.0},
    "blinkLeft": {"eyeBlinkLeft": 1.0},
    "blinkRight": {"eyeBlinkRight": 1.0},
    "lookUp": {"eyeLookUpLeft": 1.0, "eyeLookUpRight": 1.0},
    "lookDown": {"eyeLookDownLeft": 1.0, "eyeLookDownRight": 1.0},
    "lookLeft": {"eyeLookOutLeft": 1.0, "eyeLookInRight": 1.0},
    "lookRight": {"eyeLookInLeft": 1.0, "eyeLookOutRight": 1.0},
    "happy": {"mouthSmileLeft": 0.7, "mouthSmileRight": 0.7, "cheekSquintLeft": 0.4, "cheekSquintRight": 0.4},
    "angry": {
        "browDownLeft": 0.8, "browDownRight": 0.8, "noseSneerLeft": 0.4, "noseSneerRight": 0.4,
        "mouthPressLeft": 0.4, "mouthPressRight": 0.4,
    },
    "sad": {"browInnerUp": 0.7, "mouthFrownLeft": 0.6, "mouthFrownRight": 0.6},
    "relaxed": {"mouthSmileLeft": 0.35, "mouthSmileRight": 0.35, "eyeSquintLeft": 0.3, "eyeSquintRight": 0.3},
    "surprised": {
        "browInnerUp": 0.6, "browOuterUpLeft": 0.6, "browOuterUpRight": 0.6, "eyeWideLeft": 0.6, "eyeWideRight": 0.6,
        "jawOpen": 0.25,
    },
}  # fmt: skip
"""VRM's presets, as coefficients of a face."""


def export_vrm(rig: Rig, take: Take, path: str | os.PathLike[str]) -> ExportReport:
    """Write the character as a VRM 1.0 avatar: humanoid bones, expressions from its face's keys, and who it is.

    An avatar that came as VRM keeps its own expressions; others get VRM's presets and one expression for each ARKit
    coefficient.

    Returns
    -------
    ExportReport

    Raises
    ------
    BadRig
        When bones that every VRM avatar has are missing.
    NotSaved
        When the file cannot be written.
    """
    bones = _humanoid(rig)
    missing = [bone for bone in NEEDED_BONES if bone not in bones]
    if missing:
        more = f" and {len(missing) - 1} more that every VRM avatar has" * (len(missing) > 1)
        raise BadRig(
            f"'{rig.holder.name}' has no bone for '{missing[0]}'{more}, so it cannot be a VRM avatar.",
            "Export it as glTF or FBX instead.",
        )
    with written_file(path, ".vrm") as aside:
        plain = aside.with_suffix(".glb")
        try:
            with ready(rig, take) as remarks, quiet():
                bpy.ops.export_scene.gltf(
                    filepath=str(plain),
                    export_format="GLB",
                    use_selection=True,
                    use_active_scene=True,
                    export_animations=False,
                    export_rest_position_armature=True,
                    export_morph=True,
                    export_morph_normal=False,
                    export_skins=True,
                    export_def_bones=deform_only(rig.armature),
                    export_cameras=False,
                    export_lights=False,
                    export_apply=False,
                )
            data, rest = read_glb(plain)
        except BadFile as error:
            raise incomplete(f"cannot be read back: {error.message}") from error
        finally:
            plain.unlink(missing_ok=True)
        _make_avatar(data, rig, bones)
        write_glb(aside, json.dumps(data, ensure_ascii=False).encode(), rest)
        found = read_vrm(read_glb(aside)[0], aside.name)
        if set(NEEDED_BONES) - set(found.bones):
            raise incomplete("lacks humanoid bones")
        meshes = tuple(sorted(str(node["name"]) for node in data["nodes"] if "mesh" in node))
    return ExportReport(suffixed(path, ".vrm"), meshes, 0.0, tuple(remarks))


def _humanoid(rig: Rig) -> dict[str, str]:
    """Return humanoid bone -> bone; of a control rig the bones that deform, not the controls."""
    found = {HUMANOID_BONES[joint]: bone for joint, bone in rig.bones.items() if joint in HUMANOID_BONES}
    for lower, upper in (("chest", "upperChest"), ("spine", "chest")):
        if lower not in found and upper in found:
            found[lower] = found.pop(upper)  # a bone above the chest needs one
    if deform_only(rig.armature):
        found = {name: held for name, bone in found.items() if (held := _deforming(rig.armature, bone)) is not None}
        hips = _hips(
            rig.armature, [found[name] for name in ("leftUpperLeg", "rightUpperLeg", "spine") if name in found]
        )
        if "hips" not in found and hips is not None:
            found["hips"] = hips
    return found


def _hips(armature: Any, parts: list[str]) -> str | None:
    """Return the nearest deforming bone that legs and spine hang on; where none is, the lowest of the spine."""
    above = [[bone, *bone.parent_recursive] for name in parts if (bone := armature.data.bones.get(name)) is not None]
    shared = [bone for bone in above[0] if all(bone in others for others in above[1:])] if above else []
    nearest = next((bone.name for bone in shared if bone.use_deform), None)
    spine = [bone.name for bone in above[-1][1:] if bone.use_deform] if above else []
    return nearest or (spine[-1] if spine else None)


def _deforming(armature: Any, control: str) -> str | None:
    """Return the deforming bone that lies at rest where a control does, or None."""
    bones = armature.data.bones
    wanted = bones[control]
    if wanted.use_deform:
        return control
    near = [
        bone
        for bone in bones
        if bone.use_deform
        and (bone.head_local - wanted.head_local).length < _ALIKE * max(wanted.length, bone.length)
        and bone.vector.length > 0
        and bone.matrix_local.col[1].xyz.angle(wanted.matrix_local.col[1].xyz) < _FACING
    ]
    return max(near, key=lambda bone: bone.length).name if near else None


def _make_avatar(data: dict[str, Any], rig: Rig, bones: dict[str, str]) -> None:
    """Make an avatar of a glTF file's JSON, in place."""
    nodes = data["nodes"]
    by_name: dict[str, int] = {}
    for number, node in enumerate(nodes):
        by_name.setdefault(str(node.get("name", "")), number)
        node.pop("weights", None)
    for mesh in data.get("meshes", ()):
        mesh.pop("weights", None)
    data.pop("animations", None)
    _face_front(data, rig)
    humanoid = {name: {"node": by_name[bone]} for name, bone in bones.items() if bone in by_name}
    hang_on_parents(data, {name: item["node"] for name, item in humanoid.items()})
    eyes = "leftEye" in humanoid and "rightEye" in humanoid
    preset, custom = _expressions(data, rig, by_name)
    said: dict[str, Any] = {
        "specVersion": "1.0",
        "meta": {
            "name": rig.holder.name,
            "version": "1",
            "authors": ["unknown"],
            "licenseUrl": "https://vrm.dev/licenses/1.0/",
            "avatarPermission": "onlyAuthor",
            "allowExcessivelyViolentUsage": False,
            "allowExcessivelySexualUsage": False,
            "commercialUsage": "personalNonProfit",
            "allowPoliticalOrReligiousUsage": False,
            "allowAntisocialOrHateUsage": False,
            "creditNotation": "required",
            "allowRedistribution": False,
            "modification": "prohibited",
        },
        "humanoid": {"humanBones": humanoid},
        "expressions": {"preset": preset, "custom": custom},
        "lookAt": {
            "type": "bone" if eyes else "expression",
            "offsetFromHeadBone": [0.0, 0.06, 0.0],
            **{
                f"rangeMap{way}": {"inputMaxValue": 90.0, "outputScale": (30.0 if eyes else 1.0)}
                for way in ("HorizontalInner", "HorizontalOuter", "VerticalDown", "VerticalUp")
            },
        },
    }
    data.setdefault("extensions", {})["VRMC_vrm"] = said
    data["extensionsUsed"] = list(dict.fromkeys([*data.get("extensionsUsed", ()), "VRMC_vrm"]))


def _face_front(data: dict[str, Any], rig: Rig) -> None:
    """Turn a character that does not face +Z by a node above all others, in place: an avatar faces +Z."""
    front = rig.turn @ np.array([0.0, -1.0, 0.0])
    angle = math.atan2(front[0], -front[1])  # about up, from -Y of Blender, which is +Z of glTF
    if abs(angle) < math.radians(1):
        return
    scene = data["scenes"][data.get("scene", 0)]
    turn = [0.0, math.sin(-0.5 * angle), 0.0, math.cos(-0.5 * angle)]
    data["nodes"].append({"name": "Facing", "rotation": turn, "children": list(scene.get("nodes", ()))})
    scene["nodes"] = [len(data["nodes"]) - 1]


def _expressions(data: dict[str, Any], rig: Rig, by_name: dict[str, int]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the preset and the custom expressions: the character's own, else those that its face's keys can show."""
    targets = {
        name: list(data["meshes"][data["nodes"][node]["mesh"]].get("extras", {}).get("targetNames", ()))
        for name, node in by_name.items()
        if "mesh" in data["nodes"][node]
    }

    def bind(parts: list[tuple[str, str, float]]) -> list[dict[str, Any]]:
        summed: dict[tuple[str, str], float] = {}
        for mesh, key, weight in parts:
            if key in targets.get(mesh, ()):
                summed[mesh, key] = summed.get((mesh, key), 0.0) + weight
        return [
            {"node": by_name[mesh], "index": targets[mesh].index(key), "weight": round(min(1.0, max(0.0, weight)), 4)}
            for (mesh, key), weight in summed.items()
            if weight > 1e-4
        ]

    own, _ = expressions_of(rig.armature, rig.attached) if rig.armature is not None else ([], None)
    if own:
        named = [
            (item, bind([(mesh.name, key, value) for mesh, key, value in parts])) for item, parts in own
        ]  # fmt: skip
        return (
            {item.preset: _expression(parts) for item, parts in named if item.preset},
            {item.name: _expression(parts) for item, parts in named if not item.preset},
        )
    shown: dict[str, list[tuple[str, str, float]]] = {name: [] for name in ARKIT_NAMES}
    for key in rig.keys:
        for name, weight in key.shows.mix:
            if name in shown:
                shown[name].append((key.mesh.name, key.name, float(weight)))
    presets = {
        name: bind([(mesh, key, share * weight) for part, share in recipe.items() for mesh, key, weight in shown[part]])
        for name, recipe in _RECIPES.items()
    }
    customs = {name: bind(parts) for name, parts in shown.items()}
    return (
        {name: _expression(parts) for name, parts in presets.items() if parts},
        {name: _expression(parts) for name, parts in customs.items() if parts},
    )


def _expression(binds: list[dict[str, Any]]) -> dict[str, Any]:
    return {"morphTargetBinds": binds, "isBinary": False}
