"""Nothing that belongs to a character is missing from an exported file, and a file that lacks something is not kept."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from mathutils import Matrix
from small_character import SmallRig, add_small_character, small_performance
from turned_data import turn_data

from soliloquy.inference.errors import NotSaved
from soliloquy.rigs import export
from soliloquy.rigs.export import ExportReport, export_fbx, export_gltf, export_npz
from soliloquy.rigs.exported_file import Contents, read_fbx, read_glb
from soliloquy.rigs.rig import find_rig
from soliloquy.rigs.takes.bake import BakeOptions, bake
from soliloquy.rigs.takes.take import Take

FPS, FRAMES = 30, 8
SECONDS = (FRAMES - 1) / FPS


@pytest.fixture
def rig(blank_scene: Any) -> SmallRig:
    blank_scene.render.fps = FPS
    return add_small_character(bpy)


def _take(rig: SmallRig, first: float = 1.0) -> Take:
    return bake(small_performance(FRAMES), find_rig(rig.armature), BakeOptions(first_frame=first, tolerance=0.0)).take


def _both(rig: SmallRig, take: Take, folder: Path) -> list[tuple[ExportReport, Contents]]:
    found = find_rig(rig.armature)
    fbx, glb = export_fbx(found, take, folder / "a.fbx"), export_gltf(found, take, folder / "a.glb")
    return [(fbx, read_fbx(fbx.path)), (glb, read_glb(glb.path))]


def _add_coat(rig: SmallRig) -> Any:
    """Add half a coat, deformed by the armature, hanging on nothing, with a modifier that makes it whole."""
    mesh = bpy.data.meshes.new("Coat")
    mesh.from_pydata([(0.1, 0.5, 1), (0.5, 0.5, 1), (0.1, 0.5, 2)], [], [(0, 1, 2)])
    coat = bpy.data.objects.new("Coat", mesh)
    bpy.context.scene.collection.objects.link(coat)
    coat.vertex_groups.new(name="spine3").add([0, 1, 2], 1.0, "REPLACE")
    coat.modifiers.new("Mirror", "MIRROR")
    coat.modifiers.new("Armature", "ARMATURE").object = rig.armature
    return coat


def _add_stranger() -> None:
    other = add_small_character(bpy, "Other")
    other.armature.location.x = 3.0
    bpy.ops.mesh.primitive_cube_add()


def _vertices(names: set[str]) -> np.ndarray:
    graph, points = bpy.context.evaluated_depsgraph_get(), []
    for item in bpy.context.scene.objects:
        if item.type == "MESH" and item.name.split(".")[0] in names:
            shown = item.evaluated_get(graph)
            points += [shown.matrix_world @ vertex.co for vertex in shown.to_mesh().vertices]
    return np.array(points)


def _again(path: Path, first: int) -> int:
    """Import a file into an empty scene; returns the frame at which the take's first sample lies."""
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    bpy.context.scene.render.fps = FPS
    if path.suffix == ".fbx":
        bpy.ops.import_scene.fbx(filepath=str(path), anim_offset=0.0)
        return first
    bpy.ops.import_scene.gltf(filepath=str(path))
    return int(min(action.frame_range[0] for action in bpy.data.actions))


def _box(points: np.ndarray) -> np.ndarray:
    return np.array([points.min(axis=0), points.max(axis=0)])


def test_clothes_that_only_the_armature_deforms_are_in_it_with_their_modifiers(rig: SmallRig, tmp_path: Path) -> None:
    coat = _add_coat(rig)
    _add_stranger()
    take = _take(rig)
    bpy.context.scene.frame_set(5)
    wanted = _vertices({"Coat"})
    assert len(wanted) == 6
    for report, found in _both(rig, take, tmp_path):
        assert found.meshes == {"Small body", "Coat"}
        assert report.meshes == ("Coat", "Small body")
        assert report.warnings == ()
        assert found.clips[0][1] == report.seconds == pytest.approx(SECONDS, abs=1e-3)
    assert len(coat.data.vertices) == 3
    assert [item.name for item in bpy.data.meshes if item.name.startswith("Coat")] == ["Coat"]
    assert coat.modifiers[1].show_viewport
    for path in (tmp_path / "a.fbx", tmp_path / "a.glb"):
        start = _again(path, 1)
        bpy.context.scene.frame_set(start + 4)
        shown = _vertices({"Coat"})
        assert len(shown) >= 6
        assert np.abs(_box(shown) - _box(wanted)).max() < 1e-3


def test_what_modifiers_make_of_a_face_is_said_to_be_left_out(rig: SmallRig, tmp_path: Path) -> None:
    rig.meshes[0].modifiers.new("Smooth", "SUBSURF")
    for report, _ in _both(rig, _take(rig), tmp_path):
        (said,) = report.warnings
        assert "'Small body' keeps its shape keys" in said
        assert "'Smooth'" in said


@pytest.mark.parametrize("turned", [False, True], ids=["plain", "y_up_centimetres"])
def test_a_character_that_hangs_on_something_is_where_it_was(rig: SmallRig, tmp_path: Path, turned: bool) -> None:
    if turned:
        turn_data(bpy, rig, Matrix.Rotation(-np.pi / 2, 4, "X") @ Matrix.Scale(100, 4))
    mover = bpy.data.objects.new("Mover", None)
    bpy.context.scene.collection.objects.link(mover)
    mover.rotation_euler, mover.scale = (0, 0, 0.5), (1.1, 1.1, 1.1)
    for frame, x in ((1, 1.0), (8, 2.0)):
        mover.location.x = x
        mover.keyframe_insert("location", frame=frame)
    rig.armature.parent = mover
    take = _take(rig)
    bpy.context.scene.frame_set(5)
    wanted = _vertices({"Small body"})
    for report, found in _both(rig, take, tmp_path):
        assert (report.meshes, len(found.clips)) == (("Small body",), 1)
    for path in (tmp_path / "a.fbx", tmp_path / "a.glb"):
        start = _again(path, 1)
        bpy.context.scene.frame_set(start + 4)
        assert np.abs(_box(_vertices({"Small body"})) - _box(wanted)).max() < 1e-3


def test_a_take_that_begins_before_frame_0_is_whole(rig: SmallRig, tmp_path: Path) -> None:
    rig.armature.keyframe_insert("location", frame=-20)
    rig.armature.location.y = 1.0
    rig.armature.keyframe_insert("location", frame=-13)
    take = _take(rig, -20.0)
    strips = [track.strips[0] for track in rig.armature.animation_data.nla_tracks]
    before = [(strip.frame_start, strip.frame_end) for strip in strips]
    live = rig.armature.animation_data.action
    bpy.context.scene.frame_set(-16)
    wanted = _vertices({"Small body"})
    for report, _ in _both(rig, take, tmp_path):
        assert report.seconds == pytest.approx(SECONDS, abs=1e-3)
    assert [(strip.frame_start, strip.frame_end) for strip in strips] == before
    assert rig.armature.animation_data.action == live
    assert [action.name for action in bpy.data.actions if action.name.startswith(live.name + ".")] == []
    report = export_npz(find_rig(rig.armature), take, tmp_path / "a.npz")
    assert report.seconds == pytest.approx(SECONDS, abs=1e-6)
    for path in (tmp_path / "a.fbx", tmp_path / "a.glb"):
        start = _again(path, 0)
        bpy.context.scene.frame_set(start + 4)
        assert np.abs(_box(_vertices({"Small body"})) - _box(wanted)).max() < 1e-3


@pytest.mark.parametrize("fps", [24, 30])
def test_rates_of_film_and_television_keep_their_seconds(rig: SmallRig, tmp_path: Path, fps: int) -> None:
    render = bpy.context.scene.render
    render.fps, render.fps_base = fps, 1.001
    found = find_rig(rig.armature)
    performed = small_performance(FRAMES)
    performed.fps = fps / 1.001
    take = bake(performed, found, BakeOptions(tolerance=0.0)).take
    for report, contents in _both(rig, take, tmp_path):
        assert contents.clips[0][1] == pytest.approx((FRAMES - 1) * 1.001 / fps, abs=1e-4)
        assert report.seconds == contents.clips[0][1]
    assert render.fps_base == pytest.approx(1.001)


def test_what_hangs_on_a_character_and_is_no_mesh_is_said_to_be_left_out(rig: SmallRig, tmp_path: Path) -> None:
    scene = bpy.context.scene.collection
    strap = bpy.data.objects.new("Strap", bpy.data.curves.new("Strap", "CURVE"))
    path = bpy.data.objects.new("Path", bpy.data.curves.new("Path", "CURVE"))  # shows nothing in a render
    leaves = bpy.data.objects.new("Leaves", None)
    plain = bpy.data.objects.new("Handle", None)
    for item in (strap, path, leaves, plain):
        scene.objects.link(item)
        item.parent = rig.armature
    strap.data.dimensions = path.data.dimensions = "3D"
    strap.data.bevel_depth = 0.1
    leaves.instance_type, leaves.instance_collection = "COLLECTION", bpy.data.collections.new("Tree")
    for report, _ in _both(rig, _take(rig), tmp_path):
        left = sorted(report.warnings)
        assert len(left) == 2, left
        assert "'Leaves' shows the collection 'Tree', which is not in the file" in left[0]
        assert "'Strap' is no mesh" in left[1]
        assert "Convert" in left[1]


@pytest.mark.parametrize("name", ["x" * 300 + ".glb", "nul\0.glb", "folder.glb"])
def test_names_that_no_file_can_have_are_refused_in_words(rig: SmallRig, tmp_path: Path, name: str) -> None:
    (tmp_path / "folder.glb").mkdir()
    with pytest.raises(NotSaved, match="cannot be written"):
        export_gltf(find_rig(rig.armature), _take(rig), tmp_path / name)


def _exclude(rig: SmallRig) -> None:
    hidden = bpy.data.collections.new("Away")
    bpy.context.scene.collection.children.link(hidden)
    for item in (rig.armature, rig.meshes[0]):
        bpy.context.scene.collection.objects.unlink(item)
        hidden.objects.link(item)
    bpy.context.view_layer.layer_collection.children["Away"].exclude = True


def _hide(rig: SmallRig) -> None:
    rig.meshes[0].hide_set(True)
    rig.meshes[0].hide_render = rig.armature.hide_viewport = True


@pytest.mark.parametrize("put_away", [_exclude, _hide])
def test_what_is_hidden_is_exported_too(rig: SmallRig, tmp_path: Path, put_away: Callable[[SmallRig], None]) -> None:
    take = _take(rig)
    put_away(rig)
    for report, _ in _both(rig, take, tmp_path):
        assert report.meshes == ("Small body",)
        assert report.seconds == pytest.approx(SECONDS, abs=1e-3)


@pytest.mark.parametrize(
    ("contents", "words"),
    [
        (Contents(frozenset(), (("Take 1", SECONDS),)), "lacks the mesh 'Small body'"),
        (Contents(frozenset({"Small body"}), ()), "holds 0 animations"),
        (Contents(frozenset({"Small body"}), (("Take 1", 0.1),)), "holds 0.10 of 0.23 seconds"),
    ],
)
def test_a_file_that_lacks_something_is_not_kept(
    rig: SmallRig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, contents: Contents, words: str
) -> None:
    take = _take(rig)
    (tmp_path / "a.glb").write_bytes(b"an older one")
    monkeypatch.setattr(export, "read_glb", lambda path: contents)
    with pytest.raises(NotSaved, match=words):
        export_gltf(find_rig(rig.armature), take, tmp_path / "a.glb")
    assert (tmp_path / "a.glb").read_bytes() == b"an older one"
    assert [path.name for path in tmp_path.iterdir()] == ["a.glb"]


def test_damaged_files_are_refused_and_take_no_memory(rig: SmallRig, tmp_path: Path) -> None:
    _both(rig, _take(rig), tmp_path)
    rng = np.random.default_rng(0)
    for path, read in ((tmp_path / "a.fbx", read_fbx), (tmp_path / "a.glb", read_glb)):
        data = path.read_bytes()
        for turn in range(150):
            broken = bytearray(data[: rng.integers(0, len(data))] if turn % 3 == 0 else data)
            for at in rng.integers(0, min(len(broken), 4000), 8) if broken else ():
                broken[at] = rng.integers(0, 256)
            path.write_bytes(broken)
            try:
                read(path)
            except ValueError:
                continue
    huge = struct.pack("<4sIIII", b"glTF", 2, 100, 0xFFFFFFF0, 0x4E4F534A)
    (tmp_path / "a.glb").write_bytes(huge + json.dumps({}).encode())
    with pytest.raises(ValueError, match="larger"):
        read_glb(tmp_path / "a.glb")
