"""Baking a performance: what Blender then evaluates is the performance, at any frame rate and offset."""

from __future__ import annotations

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from small_character import SmallRig, add_small_character, small_performance

from soliloquy.inference.arkit import ARKIT_NAMES, REGIONS
from soliloquy.inference.errors import SoliloquyError
from soliloquy.inference.performance import Performance
from soliloquy.inference.skeleton import JOINT_NAMES
from soliloquy.rigs import compat
from soliloquy.rigs.rig import find_rig
from soliloquy.rigs.takes import nla
from soliloquy.rigs.takes.bake import BakeOptions, Tolerance, bake
from soliloquy.rigs.takes.take import takes_of


@pytest.fixture
def rig(blank_scene) -> SmallRig:
    return add_small_character(bpy)


def _matrix(vector: np.ndarray) -> np.ndarray:
    """Rodrigues' formula."""
    angle = np.linalg.norm(vector)
    if angle < 1e-9:
        return np.eye(3)
    x, y, z = vector / angle
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross


def _angle(one: np.ndarray, two: np.ndarray) -> float:
    return float(np.arccos(np.clip((np.trace(one.T @ two) - 1) / 2, -1, 1)))


def _show(frame: float) -> None:
    whole = int(np.floor(frame))
    bpy.context.scene.frame_set(whole, subframe=float(frame - whole))


def _worst(rig: SmallRig, performance: Performance, sample: int) -> tuple[float, float, float]:
    """Return the evaluated scene's largest rotation, coefficient and location error against one sample."""
    turns = [
        _angle(
            np.array(rig.armature.pose.bones[joint].matrix_basis.to_3x3()),
            _matrix(performance.joint(joint)[sample].astype(float)),
        )
        for joint in JOINT_NAMES
    ]
    keys = rig.meshes[0].data.shape_keys.key_blocks
    faces = [
        abs(keys["jawOpen_corrective" if name == "jawOpen" else name].value - performance.coefficient(name)[sample])
        for name in ARKIT_NAMES
    ]
    moved = np.abs(np.array(rig.armature.pose.bones["pelvis"].location) - performance.trans[sample]).max()
    return max(turns), max(faces), float(moved)


@pytest.mark.parametrize("interpolation", ["BEZIER", "LINEAR"])
@pytest.mark.parametrize(
    ("fps", "base", "first"), [(30, 1.0, 1.0), (24000, 1001.0, 10.25), (120, 1.0, -7.5), (25, 1.0, 100.0)]
)
def test_evaluated_scene_equals_the_performance(rig, interpolation, fps, base, first) -> None:
    scene = bpy.context.scene
    if base == 1.0:
        scene.render.fps = fps
    else:
        scene.render.fps, scene.render.fps_base = 24, 1.001
    performance = small_performance(60, 30.0)
    options = BakeOptions(first_frame=first, interpolation=interpolation, tolerance=Tolerance(0.004, 0.006, 0.001))
    report = bake(performance, rig, options)
    rate = scene.render.fps / scene.render.fps_base
    worst = np.zeros(3)
    for sample in range(0, 60, 3):
        _show(first + sample * rate / 30.0)
        worst = np.maximum(worst, _worst(rig, performance, sample))
    assert worst[0] <= 0.0045
    assert worst[1] <= 0.0062
    assert worst[2] <= 0.00102
    # The report tells the truth: nothing evaluated is worse, and the bound is not vacuous.
    assert worst[0] <= report.errors["radians"] + 5e-4
    assert worst[1] <= report.errors["coefficient"] + 1e-4
    assert report.errors["coefficient"] <= 0.006
    assert report.max_error == max(report.errors.values())
    assert report.keys < report.samples
    assert report.take.first_frame == pytest.approx(first, abs=1e-4)


def test_keys_are_fewer_on_smooth_motion_and_all_generated(rig) -> None:
    report = bake(small_performance(300, 30.0, speed=0.4), rig)
    assert report.keys < report.samples / 5
    total = 0
    for action in bpy.data.actions:
        for bag in compat.channelbags(action):
            for curve in bag.fcurves:
                assert {key.type for key in curve.keyframe_points} == {"GENERATED"}
                total += len(curve.keyframe_points)
    assert total == report.keys == report.take.meta["keys"]


def test_without_tolerance_every_frame_is_a_key_on_whole_frames(rig) -> None:
    bpy.context.scene.render.fps = 30
    performance = small_performance(20)
    report = bake(performance, rig, BakeOptions(first_frame=5, tolerance=0.0))
    assert report.max_error < 1e-6
    action = next(a for a in bpy.data.actions if nla.read_info(a)["region"] == "head")
    curve = compat.channelbags(action)[0].fcurves[0]
    assert [key.co.x for key in curve.keyframe_points] == list(range(5, 25))


@pytest.mark.parametrize("tolerance", [Tolerance(), 0.0])
def test_a_performance_of_one_frame_is_a_pose(rig, tolerance) -> None:
    performance = small_performance(1)
    performance.joint("head")[:] = (0.3, 0.0, 0.0)
    report = bake(performance, rig, BakeOptions(first_frame=5, tolerance=tolerance))
    _show(5)
    assert _worst(rig, performance, 0)[0] < 1e-3
    assert report.take.first_frame == 5


def test_quaternions_do_not_flip(rig) -> None:
    performance = small_performance(90)
    # Turns on through half a turn, where axis-angle of at most pi would jump.
    performance.joint("left_wrist")[:] = np.outer(np.linspace(2.5, 3.8, 90), (1, 0, 0))
    wrapped = performance.joint("left_wrist")
    wrapped[wrapped[:, 0] > np.pi, 0] -= 2 * np.pi
    bake(performance, rig)
    path = 'pose.bones["left_wrist"].rotation_quaternion'
    curves = [
        bag.fcurves.find(path, index=i)
        for action in bpy.data.actions
        for bag in compat.channelbags(action)
        for i in range(4)
        if bag.fcurves.find(path, index=i) is not None
    ]
    values = np.array([[curve.evaluate(frame) for frame in np.arange(1, 72, 0.5)] for curve in curves])
    assert np.abs(np.linalg.norm(values, axis=0) - 1).max() < 0.01
    assert np.abs(np.diff(values, axis=1)).max() < 0.05


def test_regions_get_their_own_tracks_and_the_others_none(rig) -> None:
    report = bake(small_performance(), rig, BakeOptions(regions=("lips", "head")))
    assert report.take.regions == ("lips", "head")
    names = {track.name for owner in nla.owners(rig) for track in owner.animation_data.nla_tracks}
    assert names == {"Soliloquy Take 1 lips", "Soliloquy Take 1 head"}
    assert len(bpy.data.actions) == (2 if compat.has_slots() else 3)


def test_one_action_per_region(rig) -> None:
    bake(small_performance(), rig)
    regions = [nla.read_info(action)["region"] for action in bpy.data.actions]
    assert set(regions) == set(REGIONS)
    if compat.has_slots():
        assert len(regions) == len(REGIONS)
        lips = next(a for a in bpy.data.actions if nla.read_info(a)["region"] == "lips")
        assert sorted(slot.identifier[:2] for slot in lips.slots) == ["KE", "OB"]


def test_hand_made_animation_stays_and_is_reported(rig) -> None:
    head = rig.armature.pose.bones["head"]
    head.rotation_quaternion = (0.9, 0.1, 0.2, 0.3)
    head.keyframe_insert("rotation_quaternion", frame=12)
    action = rig.armature.animation_data.action
    own = rig.armature.animation_data.nla_tracks.new()
    own.name = "walk"
    report = bake(small_performance(), rig)
    assert rig.armature.animation_data.action is action
    bag = compat.active_channelbag(rig.armature)
    assert [key.co.x for curve in bag.fcurves for key in curve.keyframe_points] == [12] * 4
    assert "walk" in rig.armature.animation_data.nla_tracks
    assert any(action.name in warning and "plays over" in warning for warning in report.warnings)


def test_undo_removes_the_take_and_redo_brings_it_back(rig) -> None:
    bpy.ops.ed.undo_push(message="before")
    bake(small_performance(), rig)
    bpy.ops.ed.undo_push(message="bake")
    assert len(bpy.data.actions)
    bpy.ops.ed.undo()
    assert len(bpy.data.actions) == 0
    armature = bpy.data.objects["Small"]
    assert armature.animation_data is None or not len(armature.animation_data.nla_tracks)
    bpy.ops.ed.redo()
    again = find_rig(bpy.data.objects["Small"])
    assert [take.name for take in takes_of(again)] == ["Take 1"]


def test_nothing_is_left_when_the_bake_fails_half_way(rig, monkeypatch) -> None:
    written = nla.add_track

    def fail(owner, action, name, first, last):
        if "head" in name:
            raise RuntimeError("broken")
        return written(owner, action, name, first, last)

    monkeypatch.setattr(nla, "add_track", fail)
    with pytest.raises(RuntimeError, match="broken"):
        bake(small_performance(), rig)
    assert len(bpy.data.actions) == 0
    assert takes_of(rig) == []


def test_bad_input_is_refused_in_words(rig) -> None:
    performance = small_performance()
    performance.arkit[3, 4] = np.nan
    with pytest.raises(SoliloquyError, match="not numbers"):
        bake(performance, rig)
    with pytest.raises(SoliloquyError, match="There is no interpolation 'CUBIC'. Choose one of: BEZIER, LINEAR."):
        bake(small_performance(), rig, BakeOptions(interpolation="CUBIC"))
    with pytest.raises(SoliloquyError, match="There is no region 'tail'"):
        bake(small_performance(), rig, BakeOptions(regions=("tail",)))
    empty = SmallRig(rig.armature, [])
    with pytest.raises(SoliloquyError, match="no bones or shape keys"):
        bake(small_performance(), empty)
    assert len(bpy.data.actions) == 0


def test_whole_frames_option_resamples(rig) -> None:
    bpy.context.scene.render.fps = 24
    performance = small_performance(60, 50.0)
    report = bake(performance, rig, BakeOptions(first_frame=10.4, whole_frames=True, tolerance=0.0))
    for action in bpy.data.actions:
        for bag in compat.channelbags(action):
            for curve in bag.fcurves:
                assert all(key.co.x == round(key.co.x) for key in curve.keyframe_points)
    assert report.take.first_frame == 11.0
    _show(20)
    sample = (20 - 10.4) / 24 * 50
    low = int(sample)
    near = np.abs(rig.meshes[0].data.shape_keys.key_blocks["mouthSmileLeft"].value)
    wanted = np.interp(sample, [low, low + 1], performance.coefficient("mouthSmileLeft")[low : low + 2])
    assert near == pytest.approx(wanted, abs=1e-4)


def test_scene_end_grows_only_when_asked(rig) -> None:
    scene = bpy.context.scene
    scene.frame_end = 20
    bake(small_performance(60), rig)
    assert scene.frame_end == 20
    report = bake(small_performance(60), rig, BakeOptions(extend_scene=True))
    assert scene.frame_end == int(np.ceil(report.take.last_frame))


def test_a_single_frame_bakes(rig) -> None:
    performance = small_performance(1)
    bake(performance, rig, BakeOptions(first_frame=3))
    _show(3)
    assert max(_worst(rig, performance, 0)) < 1e-3


def test_a_strip_open_for_editing_is_refused(rig) -> None:
    bake(small_performance(), rig)
    data = rig.armature.animation_data
    data.nla_tracks[0].strips[0].select = True
    data.nla_tracks.active = data.nla_tracks[0]
    data.use_tweak_mode = True
    assert data.use_tweak_mode
    with pytest.raises(SoliloquyError, match="open for editing"):
        bake(small_performance(), rig)
    data.use_tweak_mode = False


def test_a_linked_character_is_refused(rig, tmp_path) -> None:
    path = str(tmp_path / "character.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path)
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    with bpy.data.libraries.load(path, link=True) as (_, wanted):
        wanted.objects = ["Small", "Small body"]
    armature, _ = wanted.objects
    for item in wanted.objects:
        bpy.context.scene.collection.objects.link(item)
    linked = find_rig(armature)
    with pytest.raises(SoliloquyError, match="linked from another file"):
        bake(small_performance(), linked)


def test_what_hides_the_take_is_reported(rig) -> None:
    rig.armature.pose.bones["head"].rotation_mode = "XYZ"
    rig.armature.pose.bones["head"].driver_add("rotation_euler", 0)
    rig.armature.animation_data_create().use_nla = False
    other = rig.meshes[0].data.shape_keys.animation_data_create().nla_tracks.new()
    other.is_solo = True
    words = " ".join(bake(small_performance(), rig).warnings)
    assert "'head' was switched to quaternion" in words
    assert "'head' is turned by a driver on a rotation that no longer acts" in words
    assert "switched off" in words
    assert "soloed" in words
    assert rig.armature.pose.bones["head"].rotation_mode == "QUATERNION"
