"""Lip craft after the bake: the keys of one take's lips change, nothing else does, and the way back is exact."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from small_character import SmallRig, add_small_character
from spoken import CLOSURES, spoken

from soliloquy.inference.arkit import ARKIT_INDEX, REGION_COEFFICIENTS
from soliloquy.inference.character import load_character
from soliloquy.inference.craft import LipCraft, apply_craft
from soliloquy.inference.errors import SoliloquyError
from soliloquy.inference.performance import Performance
from soliloquy.rigs import compat
from soliloquy.rigs.takes import curves, lips_record, nla
from soliloquy.rigs.takes.bake import BakeOptions, bake
from soliloquy.rigs.takes.craft import carrier, craft_into_new_take, craft_of, craft_take, lips_tracks, touched, why_not
from soliloquy.rigs.takes.take import Take, active_take, edited, find_take, move, takes_of


@pytest.fixture
def rig(blank_scene: Any) -> SmallRig:
    blank_scene.render.fps = 30
    return add_small_character(bpy)


def state(*, regions: tuple[str, ...] = ()) -> dict[str, tuple[str, str]]:
    """Everything about the actions' keys and notes, all of them or those of some regions."""
    return {
        action.name: (action["soliloquy"], curves.key_state(action))
        for action in bpy.data.actions
        if not regions or nla.read_info(action)["region"] in regions
    }


def key_states() -> dict[str, str]:
    return {name: keys for name, (_, keys) in state().items()}


def curve_of(rig: Any, take: Take, path: str, index: int = 0) -> Any:
    for item in lips_tracks(rig, take):
        curve = compat.strip_channelbag(item.strip).fcurves.find(path, index=index)
        if curve is not None:
            return curve
    raise AssertionError(path)


JAW = 'key_blocks["jawOpen_corrective"].value'


def shown(rig: SmallRig, take: Take, performance: Performance, name: str = "jawOpen_corrective") -> np.ndarray:
    """What the take's curve says at every sample of the performance."""
    curve = curve_of(rig, take, f'key_blocks["{name}"].value')
    record = lips_record.read(carrier(rig, take))
    return np.array([curve.evaluate(frame) for frame in record.frames])


@pytest.mark.parametrize("interpolation", ["BEZIER", "LINEAR"])
@pytest.mark.parametrize(("fps", "first"), [(30.0, 1.0), (24.0, 10.25), (60.0, -3.0)])
def test_keys_become_the_crafted_performance_and_come_back_exactly(
    rig: SmallRig, interpolation: str, fps: float, first: float
) -> None:
    performance = spoken(fps=fps)
    bake(performance, rig, BakeOptions(first_frame=first, interpolation=interpolation))
    before = state()
    take = active_take(rig)
    craft = LipCraft(closure=1.4, jaw=0.6, articulation=1.3, offset=-0.06)
    craft_take(rig, take, craft)
    wanted = apply_craft(performance, craft)
    assert np.abs(shown(rig, take, performance) - wanted.coefficient("jawOpen")).max() < 0.006
    assert np.abs(shown(rig, take, performance, "mouthPucker") - wanted.coefficient("mouthPucker")).max() < 0.006
    assert craft_of(rig, active_take(rig)) == craft
    assert state() != before
    craft_take(rig, take, LipCraft())
    assert state() == before
    assert craft_of(rig, active_take(rig)).neutral


def test_closures_reach_the_keys_and_the_mesh_of_the_default_character(blank_scene: Any) -> None:
    from soliloquy.rigs.character.default_character import add_character

    blank_scene.render.fps = 30
    rig = add_character(bpy.context)
    bake(spoken(), rig)

    def keyed(frames: Any) -> np.ndarray:
        """The aperture on the mesh that the keys give."""
        character, frames = load_character(), np.asarray(frames) + 1
        arkit, poses = np.zeros((len(frames), 52), np.float32), np.zeros((len(frames), 165), np.float32)
        for name in REGION_COEFFICIENTS["lips"]:
            block = rig.shape_keys[name]
            curve = curve_of(rig, active_take(rig), f'key_blocks["{block}"].value')
            arkit[:, ARKIT_INDEX[name]] = [curve.evaluate(frame) for frame in frames]
        turn = curve_of(rig, active_take(rig), 'pose.bones["jaw"].rotation_quaternion', 1)
        poses[:, 66] = [2 * np.arcsin(turn.evaluate(frame)) for frame in frames]
        return character.lip_aperture(poses, arkit)

    craft_take(rig, active_take(rig), LipCraft(articulation=1.8, jaw=1.3, rounding=2))
    assert keyed(CLOSURES).max() < 0.008
    assert keyed(range(150, 170)).max() > 0.2
    craft_take(rig, active_take(rig), LipCraft(closure=0))
    assert keyed(CLOSURES).min() > 0.015


def test_other_takes_and_other_regions_keep_every_key(rig: SmallRig) -> None:
    bake(spoken(), rig, BakeOptions(name="One"))
    bake(spoken(0.3), rig, BakeOptions(name="Two", first_frame=40))
    one, two = takes_of(rig)
    before = key_states()
    craft_take(rig, two, LipCraft(jaw=0.4))
    changed = {name for name, keys in key_states().items() if keys != before[name]}
    assert changed == {item.strip.action.name for item in lips_tracks(rig, two)}
    assert not edited(rig, two), "what craft writes is no edit by hand"
    assert craft_of(rig, one).neutral


def test_the_number_of_keys_stays_right(rig: SmallRig) -> None:
    bake(spoken(), rig)
    craft_take(rig, active_take(rig), LipCraft(smoothing=0.2, jaw=0.3))
    counted = sum(
        len(curve.keyframe_points)
        for action in bpy.data.actions
        for bag in compat.channelbags(action)
        for curve in bag.fcurves
    )
    assert active_take(rig).meta["keys"] == counted


@pytest.mark.parametrize("how", ["add", "move", "handle", "delete"])
def test_keys_touched_by_hand_are_never_overwritten(rig: SmallRig, how: str) -> None:
    bake(spoken(), rig, BakeOptions(name="Mine"))
    take = active_take(rig)
    curve = curve_of(rig, take, JAW)
    if how == "add":
        curve.keyframe_points.insert(7.5, 0.9, keyframe_type="KEYFRAME")
    elif how == "move":
        curve.keyframe_points[3].co.y += 0.05
    elif how == "handle":
        curve.keyframe_points[3].handle_right.y += 0.02
    else:
        curve.keyframe_points.remove(curve.keyframe_points[3])
    before = state()
    assert touched(rig, take)
    with pytest.raises(SoliloquyError, match=r"'Mine' hold keys edited by hand.*new take"):
        craft_take(rig, take, LipCraft(jaw=0.5))
    assert state() == before
    report = craft_into_new_take(rig, take, LipCraft(jaw=0.5))
    assert state(regions=("head", "body")) == {k: v for k, v in before.items() if k in state(regions=("head", "body"))}
    for name, kept in before.items():
        assert state()[name] == kept
    new = report.take
    assert new.name == "Mine lips"
    assert new.regions == ("lips",)
    assert craft_of(rig, new) == LipCraft(jaw=0.5)
    wanted = apply_craft(spoken(), LipCraft(jaw=0.5)).coefficient("jawOpen")
    assert np.abs(shown(rig, new, spoken()) - wanted).max() < 0.006
    muted = {item.region: item.track.mute for item in nla.tracks(rig) if item.info["take"] == take.id}
    assert muted["lips"]
    assert not muted["head"], "the body of the take plays on"


def test_a_take_moved_in_the_nla_is_crafted_where_it_lies(rig: SmallRig) -> None:
    bake(spoken(), rig, BakeOptions(first_frame=1))
    take = move(rig, active_take(rig), 101.5)
    craft_take(rig, take, LipCraft(jaw=0.5))
    assert active_take(rig).first_frame == pytest.approx(101.5)
    wanted = apply_craft(spoken(), LipCraft(jaw=0.5)).coefficient("jawOpen")
    key = rig.meshes[0].data.shape_keys.key_blocks["jawOpen_corrective"]
    for sample in (12, 57, 120):
        place = 101.5 + sample
        bpy.context.scene.frame_set(int(place), subframe=place - int(place))
        assert key.value == pytest.approx(wanted[sample], abs=0.006)
    report = craft_into_new_take(rig, take, LipCraft(jaw=1.5))
    assert report.take.first_frame == pytest.approx(101.5)


def test_saved_and_opened_again_the_take_can_still_be_crafted(rig: SmallRig, tmp_path: Path) -> None:
    bake(spoken(), rig)
    before = state()
    craft_take(rig, active_take(rig), LipCraft(closure=2, jaw=1.4))
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "scene.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "scene.blend"))
    opened = _found()
    take = active_take(opened)
    assert craft_of(opened, take) == LipCraft(closure=2, jaw=1.4)
    assert why_not(opened, take) is None
    craft_take(opened, take, LipCraft())
    assert state() == before


def test_appended_to_another_file_the_take_can_still_be_crafted(rig: SmallRig, tmp_path: Path) -> None:
    bake(spoken(), rig)
    before = key_states()
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "scene.blend"))
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    with bpy.data.libraries.load(str(tmp_path / "scene.blend")) as (theirs, ours):
        ours.objects = theirs.objects
    for item in ours.objects:
        bpy.context.scene.collection.objects.link(item)
    found = _found()
    craft_take(found, active_take(found), LipCraft(jaw=0.2))
    assert key_states() != before
    craft_take(found, active_take(found), LipCraft())
    assert key_states() == before


def _found() -> Any:
    from soliloquy.rigs.rig import find_rig

    armature = next(item for item in bpy.data.objects if item.type == "ARMATURE")
    found = find_rig(armature)
    assert found is not None
    return found


def test_a_take_without_its_lips_says_so(rig: SmallRig) -> None:
    bake(spoken(), rig, BakeOptions(name="Old"))
    take = active_take(rig)
    del carrier(rig, take)[lips_record.PROPERTY]
    before = state()
    for attempt in (craft_take, craft_into_new_take):
        with pytest.raises(SoliloquyError, match=r"'Old' does not carry its original lips.*Animate again"):
            attempt(rig, take, LipCraft(jaw=0.5))
    assert state() == before
    bake(spoken(), rig, BakeOptions(name="Headless", regions=("head",), first_frame=500))
    with pytest.raises(SoliloquyError, match="'Headless' has no lips"):
        craft_take(rig, find_take(rig, "Headless"), LipCraft(jaw=0.5))
