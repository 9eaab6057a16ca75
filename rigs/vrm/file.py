"""The JSON of a VRM file, read with bounds: humanoid bones, expressions, and names that glTF importers keep.

VRM 0.x keeps them in the extension ``VRM``, VRM 1.0 in ``VRMC_vrm``. No part of this needs Blender.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ...inference.errors import BadFile

MESH_MARK = "soliloquy_gltf_mesh"
"""Custom property of a mesh: its number in the file, by which expressions name it."""
_MOST_EXPRESSIONS, _MOST_BINDS, _LONGEST = 512, 4096, 60
_AGAIN = "Export the character again as VRM, or as glTF binary."


@dataclass(frozen=True)
class Bind:
    """One shape key's part in an expression."""

    mesh: int
    """Number of the mesh in the file."""
    key: str
    weight: float
    """Value of the key where the expression is 1."""


@dataclass(frozen=True)
class Expression:
    """A named face: what the keys of one or more meshes are where it shows whole."""

    name: str
    preset: str
    """The preset's name in VRM 1.0, ``""`` for an expression of the artist's own."""
    binds: tuple[Bind, ...]
    mouth: str = "none"
    """What it does to visemes: ``"none"``, ``"block"`` or ``"blend"``."""
    blink: str = "none"
    materials: bool = False
    """Whether it changes materials too, which keys cannot show."""
    binary: bool = False
    """Whether it is there whole or not at all: from one half on."""


@dataclass(frozen=True)
class Gaze:
    """How the eyes look somewhere."""

    by_keys: bool
    """By the expressions ``lookUp`` .. ``lookRight``; else by bones."""
    ranges: Mapping[str, tuple[float, float]]
    """``"out"``, ``"up"``, ``"down"`` -> degrees of gaze, and weight of the expression there."""


@dataclass(frozen=True)
class Vrm:
    """What a file says about its character."""

    version: str
    """``"0"`` or ``"1"``."""
    bones: Mapping[str, str]
    """Humanoid bone in VRM 1.0's spelling (``"leftUpperArm"``) -> name of its node, as in the copy."""
    expressions: tuple[Expression, ...]
    gaze: Gaze


_PRESETS = {
    "a": "aa", "i": "ih", "u": "ou", "e": "ee", "o": "oh", "joy": "happy", "angry": "angry", "sorrow": "sad",
    "fun": "relaxed", "surprised": "surprised", "blink": "blink", "blink_l": "blinkLeft", "blink_r": "blinkRight",
    "lookup": "lookUp", "lookdown": "lookDown", "lookleft": "lookLeft", "lookright": "lookRight", "neutral": "neutral",
}  # fmt: skip
"""Presets of VRM 0.x, in lower case -> of VRM 1.0."""
_THUMBS = {"Proximal": "Metacarpal", "Intermediate": "Proximal", "Distal": "Distal"}


def preset(name: str) -> str:
    """Return the name in VRM 1.0 of a preset of either version, ``""`` for none."""
    return _PRESETS.get(name.lower(), name if name in _PRESETS.values() else "")


def humanoid_bone(name: str, version: str) -> str:
    """Return the name in VRM 1.0 of a humanoid bone; VRM 0.x counts a thumb's bones from one joint further out."""
    for side in ("left", "right") if version == "0" else ():
        part = name.removeprefix(f"{side}Thumb")
        if part != name and part in _THUMBS:
            return f"{side}Thumb{_THUMBS[part]}"
    return name


def name_apart(data: dict[str, Any]) -> None:
    """Give nodes and morph targets names that stay as they are in Blender, mark meshes with their number; in place.

    Blender reads names of morph targets from the mesh alone, while many exporters leave them with its primitives; it
    shortens and numbers names that are long or double, and refuses files that require an extension it does not know.
    """
    _distinct(_dicts(data.get("nodes")), "Node")
    for number, mesh in enumerate(_dicts(data.get("meshes"))):
        parts = _dicts(mesh.get("primitives"))
        extras = mesh["extras"] if isinstance(mesh.get("extras"), dict) else {}
        known = [extras, *(part.get("extras") for part in parts)]
        said = next(
            (e["targetNames"] for e in known if isinstance(e, dict) and isinstance(e.get("targetNames"), list)), []
        )
        count = max((len(part["targets"]) for part in parts if isinstance(part.get("targets"), list)), default=0)
        names = [{"name": said[index] if index < len(said) else f"target_{index}"} for index in range(count)]
        _distinct(names, "target")
        mesh["extras"] = {**extras, MESH_MARK: number}
        if count:
            mesh["extras"]["targetNames"] = [item["name"] for item in names]
    required = data.get("extensionsRequired")
    if isinstance(required, list):
        kept = [name for name in required if not str(name).startswith("VRM")]
        data.pop("extensionsRequired")
        if kept:
            data["extensionsRequired"] = kept


def _distinct(items: Iterable[dict[str, Any]], what: str) -> None:
    taken: set[str] = set()
    for number, item in enumerate(items):
        name = item.get("name")
        name = name if isinstance(name, str) and name else f"{what}_{number}"
        while len(name.encode("utf-8", "replace")) > _LONGEST:
            name = name[:-1]
        if name in taken:
            name = f"{name[:20]}_{what[0]}{number}"
        taken.add(name)
        item["name"] = name


def read_vrm(data: dict[str, Any], name: str) -> Vrm:
    """Return what the JSON of a file, as :func:`name_apart` leaves it, says about its character.

    What is malformed is left out: half of an expression is better than no character.

    Raises
    ------
    BadFile
        When it holds neither version of VRM.
    """
    extensions = _dict(data.get("extensions"))
    if "VRMC_vrm" in extensions:
        said = _dict(extensions["VRMC_vrm"])
        bones = {
            bone: _dict(item).get("node") for bone, item in _dict(_dict(said.get("humanoid")).get("humanBones")).items()
        }
        return Vrm("1", _bones(data, bones, "1"), tuple(_expressions_1(data, said)), _gaze_1(_dict(said.get("lookAt"))))
    if "VRM" in extensions:
        said = _dict(extensions["VRM"])
        listed = _dicts(_dict(said.get("humanoid")).get("humanBones"))
        bones = {str(item.get("bone")): item.get("node") for item in listed}
        return Vrm(
            "0", _bones(data, bones, "0"), tuple(_expressions_0(data, said)), _gaze_0(_dict(said.get("firstPerson")))
        )
    raise BadFile(f"'{name}' says nothing about a VRM character.", "Rename it to .glb, or export it as VRM again.")


def _bones(data: dict[str, Any], nodes: Mapping[str, Any], version: str) -> dict[str, str]:
    known = _dicts(data.get("nodes"))
    return {
        humanoid_bone(bone, version): str(known[node]["name"])
        for bone, node in nodes.items()
        if isinstance(node, int) and 0 <= node < len(known)
    }


def _expressions_0(data: dict[str, Any], said: dict[str, Any]) -> Iterable[Expression]:
    groups = _dicts(_dict(said.get("blendShapeMaster")).get("blendShapeGroups"))
    for group in groups[:_MOST_EXPRESSIONS]:
        own = str(group.get("presetName", ""))
        binds = _binds(
            data, ((b.get("mesh"), b.get("index"), b.get("weight"), 100.0) for b in _dicts(group.get("binds")))
        )
        yield Expression(
            str(group.get("name", own))[:_LONGEST],
            preset(own),
            binds,
            materials=bool(group.get("materialValues")),
            binary=group.get("isBinary") is True,
        )


def _expressions_1(data: dict[str, Any], said: dict[str, Any]) -> Iterable[Expression]:
    nodes, found = _dicts(data.get("nodes")), _dict(said.get("expressions"))
    listed = [(name, item, preset(name)) for name, item in _dict(found.get("preset")).items()]
    listed += [(name, item, "") for name, item in _dict(found.get("custom")).items()]
    for name, item, known in listed[:_MOST_EXPRESSIONS]:
        item = _dict(item)
        parts = []
        for bind in _dicts(item.get("morphTargetBinds")):
            node = bind.get("node")
            mesh = nodes[node].get("mesh") if isinstance(node, int) and 0 <= node < len(nodes) else None
            parts.append((mesh, bind.get("index"), bind.get("weight"), 1.0))
        yield Expression(
            str(name)[:_LONGEST], known, _binds(data, parts),
            mouth=_override(item.get("overrideMouth")), blink=_override(item.get("overrideBlink")),
            materials=bool(item.get("materialColorBinds") or item.get("textureTransformBinds")),
            binary=item.get("isBinary") is True,
        )  # fmt: skip


def _override(value: Any) -> str:
    return value if value in ("block", "blend") else "none"


def _binds(data: dict[str, Any], parts: Iterable[tuple[Any, Any, Any, float]]) -> tuple[Bind, ...]:
    meshes, found = _dicts(data.get("meshes")), []
    for mesh, index, weight, whole in parts:
        if not (isinstance(mesh, int) and 0 <= mesh < len(meshes) and isinstance(index, int) and index >= 0):
            continue
        names = _dict(meshes[mesh].get("extras")).get("targetNames") or []
        value = _number(weight, whole) / whole
        if index < len(names) and value != 0.0 and len(found) < _MOST_BINDS:
            found.append(Bind(mesh, str(names[index]), value))
    return tuple(found)


def _gaze_0(said: dict[str, Any]) -> Gaze:
    curves = {"out": "lookAtHorizontalOuter", "up": "lookAtVerticalUp", "down": "lookAtVerticalDown"}
    return _gaze(said.get("lookAtTypeName") == "BlendShape", said, curves, "xRange", "yRange")


def _gaze_1(said: dict[str, Any]) -> Gaze:
    curves = {"out": "rangeMapHorizontalOuter", "up": "rangeMapVerticalUp", "down": "rangeMapVerticalDown"}
    return _gaze(said.get("type") == "expression", said, curves, "inputMaxValue", "outputScale")


def _gaze(by_keys: bool, said: dict[str, Any], curves: Mapping[str, str], degrees: str, weight: str) -> Gaze:
    ranges = {}
    for way, name in curves.items():
        curve = _dict(said.get(name))
        ranges[way] = (max(1.0, _number(curve.get(degrees), 90.0)), min(1.0, max(0.0, _number(curve.get(weight), 1.0))))
    return Gaze(by_keys, ranges)


def _number(value: Any, instead: float) -> float:
    return float(value) if isinstance(value, int | float) and math.isfinite(value) and abs(value) < 1e4 else instead


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _dicts(value: Any) -> list[dict[str, Any]]:
    """Return a list of objects; what is none in it stays as an empty one, so that numbers go on counting."""
    if not isinstance(value, list):
        return []
    for index, item in enumerate(value):
        if not isinstance(item, dict):
            value[index] = {}
    return value
