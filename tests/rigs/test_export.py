"""Exported files hold one take, and Blender and other readers see the character where the scene showed it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from small_character import small_performance

from soliloquy.inference.errors import SoliloquyError
from soliloquy.inference.performance import Performance
from soliloquy.inference.twist import BONE_NAMES
from soliloquy.rigs import compat, export
from soliloquy.rigs.character.default_character import add_character
from soliloquy.rigs.export import export_fbx, export_gltf, export_npz, frame_range
from soliloquy.rigs.takes import nla
from soliloquy.rigs.takes import take as takes
from soliloquy.rigs.takes.bake import BakeOptions, bake

FPS, FIRST, FRAMES = 25, 7, 16
SAMPLED = (7, 13, 22)


@dataclass
class Exported:
    """Files of one take, and what the scene showed before."""

    fbx: Path
    glb: Path
    npz: Path
    vertices: dict[int, np.ndarray]
    """Scene frame -> (V, 3) world positions in Blender's axes."""
    performance: Performance


def _body():
    return next(obj for obj in bpy.context.scene.objects if obj.type == "MESH" and obj.data.shape_keys)


def _world_vertices(obj) -> np.ndarray:
    shown = obj.evaluated_get(bpy.context.evaluated_depsgraph_get())
    mesh = shown.to_mesh()
    points = np.empty(3 * len(mesh.vertices), np.float32)
    mesh.vertices.foreach_get("co", points)
    matrix = np.array(shown.matrix_world)
    shown.to_mesh_clear()
    return points.reshape(-1, 3) @ matrix[:3, :3].T + matrix[:3, 3]


def _speech() -> Performance:
    performance = small_performance(FRAMES, FPS, seed=4)
    performance.poses *= 0.4
    performance.trans *= 0.5
    performance.joint("jaw")[:] = 0
    performance.joint("jaw")[:, 0] = 0.3 * performance.coefficient("jawOpen")
    return performance


def _stage(scene):
    """Add a character with two takes and more that must not get into the file."""
    scene.render.fps = FPS
    rig = add_character(bpy.context)
    performance = _speech()
    take = bake(performance, rig, BakeOptions(first_frame=FIRST)).take
    bake(small_performance(40, FPS, seed=9), rig, BakeOptions(first_frame=1))
    lamp = bpy.data.objects.new("Lamp", bpy.data.lights.new("Lamp", "POINT"))
    scene.collection.objects.link(lamp)
    stray = bpy.data.actions.new("stray")
    stray.use_fake_user = True
    return rig, takes.find_take(rig, take.id), performance


@pytest.fixture(scope="module")
def exported(tmp_path_factory) -> Exported:
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    scene = bpy.context.scene
    rig, take, performance = _stage(scene)
    folder = tmp_path_factory.mktemp("export")
    files = (
        export_fbx(rig, take, folder / "line.fbx").path,
        export_gltf(rig, take, folder / "line.glb").path,
        export_npz(rig, take, folder / "line.npz").path,
    )
    assert sorted(path.name for path in folder.iterdir()) == ["line.fbx", "line.glb", "line.npz"]
    takes.activate(rig, take)
    vertices = {}
    for frame in SAMPLED:
        scene.frame_set(frame)
        vertices[frame] = _world_vertices(rig.meshes[0])
    return Exported(*files, vertices, performance)


def _moves(exported: Exported) -> None:
    """A still character would pass every comparison."""
    shown = list(exported.vertices.values())
    assert np.abs(shown[0] - shown[1]).max() > 0.05


def test_fbx_comes_back_into_blender(exported, blank_scene) -> None:
    _moves(exported)
    blank_scene.render.fps = FPS
    bpy.ops.import_scene.fbx(filepath=str(exported.fbx), anim_offset=0.0)
    body = _body()
    for frame, wanted in exported.vertices.items():
        blank_scene.frame_set(frame)
        assert np.abs(_world_vertices(body) - wanted).max() < 1e-3
    names = [obj.type for obj in bpy.context.scene.objects]
    assert sorted(names) == ["ARMATURE", "MESH"]
    bones = next(obj for obj in bpy.context.scene.objects if obj.type == "ARMATURE").data.bones
    assert len(bones) == 1 + len(BONE_NAMES)
    assert not [bone.name for bone in bones if bone.name.endswith("_end")]


@pytest.mark.skipif("fbx_import" not in dir(bpy.ops.wm), reason="this Blender has only the Python importer")
def test_fbx_comes_back_through_the_second_importer(exported, blank_scene) -> None:
    blank_scene.render.fps = FPS
    bpy.ops.wm.fbx_import(filepath=str(exported.fbx), anim_offset=0.0)
    body = _body()
    for frame, wanted in exported.vertices.items():
        blank_scene.frame_set(frame)
        assert np.abs(_world_vertices(body) - wanted).max() < 1e-3


_READ_FBX = """
import json, os, sys
import numpy as np
import ufbx
path, folder, fps, frames = sys.argv[1], sys.argv[2], float(sys.argv[3]), [int(x) for x in sys.argv[4:]]
kept = []  # frees nothing on the way: the binding does not survive the order
for frame in frames:
    scene = ufbx.load_file(path)
    stack = scene.anim_stacks[0]
    shown = ufbx.evaluate_scene(scene, stack.anim, frame / fps, evaluate_skinning=True)
    mesh = shown.meshes[0]
    np.save(os.path.join(folder, f"{frame}.npy"), np.array(mesh.skinned_position.values))
    kept += [scene, stack, shown, mesh]
stacks = [(stack.name, stack.time_begin, stack.time_end) for stack in scene.anim_stacks]
print(json.dumps({"stacks": stacks, "fps": scene.settings.frames_per_second, "bones": len(scene.bones),
    "meshes": len(scene.meshes), "lights": len(scene.lights), "unit": scene.settings.unit_meters,
    "local": bool(mesh.skinned_is_local), "count": mesh.num_vertices}))
sys.stdout.flush()
os._exit(0)
"""


def test_fbx_in_a_reader_that_is_not_blenders(exported, tmp_path) -> None:
    pytest.importorskip("ufbx")
    arguments = [str(exported.fbx), str(tmp_path), str(FPS), *map(str, SAMPLED)]
    done = subprocess.run(
        [sys.executable, "-c", _READ_FBX, *arguments], capture_output=True, text=True, timeout=120, check=True
    )
    found = json.loads(done.stdout)
    assert len(found["stacks"]) == 1
    assert found["stacks"][0][0] == "Take 1"
    assert found["stacks"][0][1:] == pytest.approx([FIRST / FPS, (FIRST + FRAMES - 1) / FPS], abs=1e-4)
    assert (found["fps"], found["bones"], found["meshes"], found["lights"]) == (FPS, 1 + len(BONE_NAMES), 1, 0)
    assert found["unit"] == 1.0
    assert not found["local"]
    for frame, wanted in exported.vertices.items():
        x, y, z = np.load(tmp_path / f"{frame}.npy")[: found["count"]].T
        assert np.abs(np.stack([x, -z, y], axis=1) - wanted).max() < 1e-3


@pytest.mark.skipif(shutil.which("assimp") is None, reason="assimp is not installed")
def test_fbx_and_gltf_in_assimp(exported) -> None:
    for path in (exported.fbx, exported.glb):
        done = subprocess.run(["assimp", "info", str(path)], capture_output=True, text=True, timeout=120, check=True)
        assert "Animations:         1" in done.stdout


def _nearest(points: np.ndarray, tree) -> np.ndarray:
    return np.array([tree.find(point)[1] for point in points])


def test_gltf_comes_back_into_blender(exported, blank_scene) -> None:
    from mathutils.kdtree import KDTree

    blank_scene.render.fps = FPS
    bpy.ops.import_scene.gltf(filepath=str(exported.glb))
    bodies = [obj for obj in bpy.context.scene.objects if obj.type == "MESH" and obj.data.shape_keys]
    first = int(min(action.frame_range[0] for action in bpy.data.actions))
    match = None
    for frame, wanted in exported.vertices.items():
        blank_scene.frame_set(first + frame - FIRST)
        shown = np.concatenate([_world_vertices(body) for body in bodies])
        if match is None:
            # The importer splits vertices at seams; each is matched once and must stay on its vertex.
            tree = KDTree(len(wanted))
            for index, point in enumerate(wanted):
                tree.insert(point, index)
            tree.balance()
            match = _nearest(shown, tree)
            assert len(np.unique(match)) > 0.95 * len(wanted)
        distance = np.linalg.norm(shown - wanted[match], axis=1)
        # Where two vertices lay on the same spot the match is a guess; nearly all are not.
        assert np.quantile(distance, 0.98) < 1e-3
        assert distance.max() < 0.03


def test_gltf_in_a_reader_that_is_not_blenders(exported) -> None:
    pygltflib = pytest.importorskip("pygltflib")
    gltf = pygltflib.GLTF2().load(str(exported.glb))
    blob = gltf.binary_blob()

    def read(index: int) -> np.ndarray:
        accessor = gltf.accessors[index]
        assert accessor.componentType == pygltflib.FLOAT
        view = gltf.bufferViews[accessor.bufferView]
        width = {"SCALAR": 1, "VEC3": 3, "VEC4": 4}[accessor.type]
        start = (view.byteOffset or 0) + (accessor.byteOffset or 0)
        return np.frombuffer(blob, np.float32, accessor.count * width, start).reshape(-1, width)

    assert len(gltf.animations) == 1
    assert len(gltf.skins) == 1
    animation = gltf.animations[0]
    tracks = {}
    for channel in animation.channels:
        sampler = animation.samplers[channel.sampler]
        key = (gltf.nodes[channel.target.node].name, channel.target.path)
        tracks[key] = read(sampler.input)[:, 0], read(sampler.output)
    times, jaw = tracks["jaw", "rotation"]
    assert times[0] == pytest.approx(0.0, abs=1e-6)
    assert times[-1] == pytest.approx((FRAMES - 1) / FPS, abs=1e-5)
    wanted = exported.performance.joint("jaw")[:, 0]
    x, w = jaw[:, 0], jaw[:, 3]
    assert np.abs(2 * np.arctan2(x, w) - wanted[np.round(times * FPS).astype(int)]).max() < 0.003
    mesh_node = next(name for name, path in tracks if path == "weights")
    times, weights = tracks[mesh_node, "weights"]
    node = next(node for node in gltf.nodes if node.name == mesh_node)
    names = gltf.meshes[node.mesh].extras["targetNames"]
    weights = weights.reshape(len(times), len(names))
    picked = np.round(times * FPS).astype(int)
    for coefficient, key in (("mouthSmileLeft", "mouthSmileLeft"), ("jawOpen", "jawOpen_corrective")):
        wanted = exported.performance.coefficient(coefficient)[picked]
        assert np.ptp(wanted) > 0.1
        assert np.abs(weights[:, names.index(key)] - wanted).max() < 0.006


def test_npz_is_the_performance(exported) -> None:
    found = Performance.load(exported.npz)
    assert (found.frames, found.fps) == (FRAMES, FPS)
    assert np.abs(found.poses - exported.performance.poses).max() < 0.005
    assert np.abs(found.arkit - exported.performance.arkit).max() < 0.006
    assert np.abs(found.trans - exported.performance.trans).max() < 0.001
    assert np.ptp(found.lip_aperture) > 0.02
    assert found.meta["take"] == "Take 1"


def test_npz_holds_hand_edits(blank_scene, tmp_path) -> None:
    rig, take, performance = _stage(blank_scene)
    for action in bpy.data.actions:
        if (nla.read_info(action) or {}).get("take") != take.id:
            continue
        for bag in compat.channelbags(action):
            curve = bag.fcurves.find('key_blocks["mouthPucker"].value')
            if curve is not None:
                for key in curve.keyframe_points:
                    key.co.y = key.handle_left.y = key.handle_right.y = 0.77
                curve.update()
    found = Performance.load(export_npz(rig, take, tmp_path / "edited.npz").path)
    assert np.abs(found.coefficient("mouthPucker") - 0.77).max() < 1e-5
    assert np.abs(found.coefficient("mouthFunnel") - performance.coefficient("mouthFunnel")).max() < 0.006


@pytest.mark.parametrize("fails", [False, True])
def test_the_scene_is_left_as_it_was(blank_scene, tmp_path, monkeypatch, fails) -> None:
    rig, take, _ = _stage(blank_scene)
    blank_scene.frame_start, blank_scene.frame_end = 3, 99
    blank_scene.frame_set(17)
    for obj in blank_scene.objects:
        obj.select_set(obj.type == "LIGHT")
    rig.armature.select_set(True)
    bpy.context.view_layer.objects.active = rig.armature
    bpy.ops.object.mode_set(mode="POSE")
    rig.meshes[0].hide_viewport = True

    def state():
        owners = nla.owners(rig)
        return (
            [(obj.name, obj.select_get(), obj.hide_viewport, obj.mode) for obj in blank_scene.objects],
            bpy.context.view_layer.objects.active.name,
            [(t.name, t.mute, t.strips[0].extrapolation) for o in owners for t in o.animation_data.nla_tracks],
            (blank_scene.frame_start, blank_scene.frame_end, blank_scene.frame_current),
            [scene.name for scene in bpy.data.scenes],
            bpy.context.scene.name,
            bpy.context.window.scene.name,
            tuple(np.round(rig.armature.pose.bones["head"].rotation_quaternion, 5)),
        )

    before = state()
    if fails:

        def fail(rig) -> None:
            raise RuntimeError("no space left")

        monkeypatch.setattr(export, "modifiers_applied", fail)
        with pytest.raises(SoliloquyError, match="no space left"):
            export_fbx(rig, take, tmp_path / "a.fbx")
        assert list(tmp_path.iterdir()) == []
    else:
        export_fbx(rig, take, tmp_path / "a.fbx")
        assert [path.name for path in tmp_path.iterdir()] == ["a.fbx"]
    assert state() == before


def test_unwritable_places_are_refused_in_words(blank_scene, tmp_path) -> None:
    rig = add_character(bpy.context)
    take = bake(small_performance(3), rig).take
    for write in (export_fbx, export_gltf, export_npz):
        with pytest.raises(SoliloquyError, match="cannot be written"):
            write(rig, take, tmp_path / "missing" / "a.fbx")


def test_frame_range_covers_fractions(blank_scene) -> None:
    rig = add_character(bpy.context)
    blank_scene.render.fps = 30
    take = bake(small_performance(31), rig, BakeOptions(first_frame=4.5)).take
    assert frame_range(take) == (4, 35)
