"""What belongs to a character and its scene: VRM, mappings, looks, presets, pictures, markers, notes on objects."""

from __future__ import annotations

import json
import struct
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import mutations as by
import numpy as np
from motion_file_inputs import written
from reader import JSON, Reader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from soliloquy.inference.looks import CastLook


def by_chunks(data: bytes, random: by.Random) -> bytes:
    """Damage the description of a binary glTF file, or say another length of it."""
    length = int.from_bytes(data[12:16], "little")
    if random.random() < 0.2 or not 0 < length < len(data):
        return by.by_bytes(data, random)
    content = by.by_json(data[20 : 20 + length], random)
    said = len(content) if random.random() < 0.8 else int(random.integers(2**32))
    return data[:12] + struct.pack("<I", said) + data[16:20] + content + data[20 + length :]


def _glb(content: dict[str, Any]) -> bytes:
    text = json.dumps(content).encode()
    return struct.pack("<4sIIII", b"glTF", 2, 20 + len(text), len(text), 0x4E4F534A) + text


def _vrm(_: Path) -> list[bytes]:
    nodes = [{"name": "Hips", "children": [1]}, {"name": "Spine"}, {"name": "Face", "mesh": 0}]
    mesh = {"name": "Face", "primitives": [{"targets": [{}, {}], "extras": {"targetNames": ["A", "Joy"]}}]}
    file = {"asset": {"version": "2.0"}, "nodes": nodes, "meshes": [mesh]}
    bind = {"node": 2, "index": 0, "weight": 1.0}
    new = {
        "humanoid": {"humanBones": {"hips": {"node": 0}, "spine": {"node": 1}}},
        "expressions": {
            "preset": {"aa": {"morphTargetBinds": [bind], "overrideMouth": "block", "isBinary": True}},
            "custom": {"wink": {"morphTargetBinds": [{**bind, "index": 1}], "overrideBlink": "blend"}},
        },
        "lookAt": {"type": "expression", "rangeMapVerticalUp": {"inputMaxValue": 30, "outputScale": 1}},
    }
    groups = [{"name": "A", "presetName": "a", "binds": [{"mesh": 0, "index": 0, "weight": 100}]}]
    old = {
        "humanoid": {"humanBones": [{"bone": "hips", "node": 0}, {"bone": "leftThumbProximal", "node": 1}]},
        "blendShapeMaster": {"blendShapeGroups": groups},
        "firstPerson": {"lookAtTypeName": "Bone", "lookAtVerticalUp": {"xRange": 90, "yRange": 10}},
    }
    required = {"extensionsRequired": ["VRMC_vrm", "KHR_texture_transform"]}
    return [_glb({**file, **required, "extensions": {"VRMC_vrm": new}}), _glb({**file, "extensions": {"VRM": old}})]


def _openable(_: Path) -> list[bytes]:
    """Return a character of bare nodes, which Blender's importer takes as it is."""
    nodes = [{"name": "Hips", "children": [1]}, {"name": "Spine"}]
    said = {"humanoid": {"humanBones": {"hips": {"node": 0}, "spine": {"node": 1}}}}
    file = {"asset": {"version": "2.0"}, "scene": 0, "scenes": [{"nodes": [0]}], "nodes": nodes}
    return [_glb({**file, "extensionsUsed": ["VRMC_vrm"], "extensions": {"VRMC_vrm": said}})]


def _read_vrm(path: Path) -> None:
    from soliloquy.inference.glb import read_glb
    from soliloquy.rigs.vrm.file import name_apart, read_vrm

    data, _ = read_glb(path)
    name_apart(data)
    vrm = read_vrm(data, path.name)
    assert all(np.isfinite(bind.weight) for expression in vrm.expressions for bind in expression.binds)


def _open_vrm(path: Path) -> None:
    import bpy

    from soliloquy.rigs.open_file import import_file

    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    import_file(path)


def _animated(path: Path) -> None:
    from soliloquy.inference.motion_files.register import read_motion

    made = read_motion(path)
    assert made.frames > 0
    assert np.isfinite(made.poses).all()
    assert np.isfinite(made.arkit).all()


def _presets(_: Path) -> list[bytes]:
    from soliloquy.inference.presets import FILE

    return [FILE.read_bytes()]


def _read_presets(path: Path) -> None:
    from soliloquy.inference import presets
    from soliloquy.inference.gestures.settings import GestureSettings
    from soliloquy.inference.settings import AnimateSettings

    presets.shipped_presets.cache_clear()
    with _instead(presets, FILE=path):
        for preset in presets.presets().values():
            GestureSettings(**preset.of(GestureSettings))
            AnimateSettings(**preset.of(AnimateSettings))
    presets.shipped_presets.cache_clear()


def _looks(_: Path) -> list[bytes]:
    from soliloquy.inference.looks import FILE

    return [json.dumps(dict(list(json.loads(FILE.read_text("utf-8")).items())[:3])).encode()]


def _read_looks(path: Path) -> None:
    from soliloquy.inference.looks import read_looks

    for look in read_looks(path).values():
        _named(look)


def _named(look: CastLook) -> None:
    """Ask for the parts of a look as the menus do, without building a mesh of each."""
    from soliloquy.inference.cast import NONE, part_names

    parts = {kind: name for kind, name in look.parts.items() if name == NONE or name in part_names(kind)}
    assert look.wearing(**parts).mixed(look, 0.5).person
    assert f"{look.title} {look.text}"
    assert look.voice[0] <= look.voice[1]


def _parts(_: Path) -> list[bytes]:
    from soliloquy.inference.cast import PARTS

    return [(PARTS / name).read_bytes() for name in ("hair_crop.npz", "outfit_dress.npz", "brows_natural.npz")]


def _read_part(path: Path) -> None:
    from soliloquy.inference.cast import assemble, read_part
    from soliloquy.inference.character_pack import load_pack

    assemble(load_pack(), None, set(), [read_part(path, load_pack())])


def _mapping(_: Path) -> list[bytes]:
    from soliloquy.rigs.mappings.saved import SavedMapping

    made = SavedMapping(
        {"head": "Kopf", "jaw": "Kiefer"}, {"jawOpen": "Mund auf", "aa": "A", "tongueOut": ""}, "0" * 32
    )
    return [made.to_json().encode()]


def _read_mapping(path: Path) -> None:
    from soliloquy.rigs.mapping_store import read_mapping_file

    read = read_mapping_file(path)
    armature = SimpleNamespace(name="Rig", data=SimpleNamespace(bones={"Kopf": None, "Kiefer": None}))
    read.on_skeleton(armature, None)
    read.on_face([], None)


def _read_markers(path: Path) -> None:
    from soliloquy.inference.settings import AnimateSettings
    from soliloquy.rigs.emotion_markers import read_markers

    lines = path.read_bytes().decode("utf-8", "replace").split("\n")
    markers = [SimpleNamespace(name=line[:64], frame=20 * row - 10) for row, line in enumerate(lines)]
    found = read_markers(SimpleNamespace(timeline_markers=markers))
    assert "\n" not in found.complaint
    AnimateSettings(emotion_curves=found.rows(1.0, 24.0, 10.0))


def _pictures(_: Path) -> list[bytes]:
    from soliloquy.rigs.character.materials.maps import MAPS

    return [(MAPS / "mouth.jpg").read_bytes(), (MAPS / "eye_normal.jpg").read_bytes()]


def _read_picture(path: Path) -> None:
    """Open a picture in the place of a shipped one: whatever Blender would make of it, it is held to the list first."""
    from soliloquy.inference import shipped
    from soliloquy.rigs.character.materials import maps

    folder = path.parent / "assets" / "cast" / "maps"
    (path.parent / shipped.MANIFEST).parent.mkdir(parents=True, exist_ok=True)
    (path.parent / shipped.MANIFEST).write_bytes((maps.ROOT / shipped.MANIFEST).read_bytes())
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "mouth.jpg").write_bytes(path.read_bytes())
    with _instead(shipped, ROOT=path.parent), _instead(maps, MAPS=folder):
        maps.load_map("mouth.jpg")


def _notes(_: Path) -> list[bytes]:
    expression = {"name": "A", "preset": "aa", "binds": [{"mesh": 0, "key": "A", "weight": 1.0}], "binary": False}
    faces = {"expressions": [expression], "gaze": {"by_keys": True, "ranges": {"up": [30.0, 1.0]}}}
    return [json.dumps(said).encode() for said in (faces, {"hips": "Hüfte", "head": "Kopf"}, {"Mund auf": [0.0, 1.0]})]


def _read_notes(path: Path) -> None:
    """Read what is kept on objects as text, which anybody may edit."""
    import bpy

    from soliloquy.rigs.mapping_store import MAPPING_PROPERTY, saved_mapping
    from soliloquy.rigs.takes import key_ranges
    from soliloquy.rigs.vrm import properties

    text = path.read_bytes().decode("utf-8", "replace").replace("\0", "")
    for armature in list(bpy.data.armatures):
        bpy.data.armatures.remove(armature)
    holder = bpy.data.objects.new("Rig", bpy.data.armatures.new("Rig"))
    for name in (properties.HUMANOID_PROPERTY, properties.EXPRESSIONS_PROPERTY, MAPPING_PROPERTY, key_ranges.PROPERTY):
        holder[name] = text
    properties.humanoid_of(holder)
    properties.expressions_of(holder, [])
    saved_mapping(holder)
    key_ranges._known(holder)


@contextmanager
def _instead(module: Any, **values: Any) -> Iterator[None]:
    before = {name: getattr(module, name) for name in values}
    vars(module).update(values)
    try:
        yield
    finally:
        vars(module).update(before)


_MARKERS = b"happy 0.5\nAngry\nsad 0.3 + surprised 0.2\nScene 2\nneutral\nhappyy 80%"
_GLB = (by_chunks, by_chunks, by.by_bytes)
READERS: tuple[Reader, ...] = (
    Reader("vrm", 800, "vrm", _vrm, _GLB, _read_vrm),
    Reader("opened vrm", 60, "vrm", _openable, _GLB, _open_vrm, "bpy"),
    Reader("vrm animation", 500, "vrma", written("vrma", "vrma"), _GLB, _animated, "scipy"),
    Reader("presets", 200, "json", _presets, JSON, _read_presets),
    Reader("looks", 400, "json", _looks, JSON, _read_looks),
    Reader("cast parts", 90, "npz", _parts, (by.by_members, by.by_bytes), _read_part),
    Reader("saved mapping", 600, "json", _mapping, JSON, _read_mapping),
    Reader("markers", 300, "txt", lambda _: [_MARKERS], (by.by_lines, by.by_bytes), _read_markers, "scipy"),
    Reader("pictures", 100, "jpg", _pictures, (by.by_bytes,), _read_picture, "bpy"),
    Reader("notes on objects", 500, "json", _notes, JSON, _read_notes, "bpy"),
)
