"""The Fix layer: opened with one click, what is keyed there is added to the take, and stays with it."""

from __future__ import annotations

import pytest

bpy = pytest.importorskip("bpy")

from hand_keys import apart, pose_at, smile, turn, with_two_takes
from small_character import SmallRig

from soliloquy.inference.craft import LipCraft
from soliloquy.rigs.takes import curves, editing, fix_layer, nla
from soliloquy.rigs.takes import take as takes
from soliloquy.rigs.takes.craft import craft_take


@pytest.fixture
def rig(blank_scene) -> SmallRig:
    return with_two_takes(bpy)


def _tracks(rig: SmallRig) -> list[tuple[str, str, bool]]:
    return [
        (owner.name, track.name, track.mute)
        for owner in nla.owners(rig)
        for track in owner.animation_data.nla_tracks
    ]  # fmt: skip


def test_what_is_keyed_in_the_layer_is_added_and_stays_with_the_take(rig) -> None:
    one, two = takes.takes_of(rig)
    plain = {frame: pose_at(bpy, rig, frame) for frame in (10, 30)}
    smiles = {frame: smile(bpy, rig, frame) for frame in (10, 30)}
    assert editing.open_take(rig, two, "head", fix=True) == ["head"]
    assert editing.open_regions(rig) == ["head fix"]
    assert apart(pose_at(bpy, rig, 30), plain[30]) < 1e-4, "an empty layer changes nothing"
    assert smile(bpy, rig, 30) == pytest.approx(smiles[30], abs=1e-5), "what is not open goes on"
    posed = turn(bpy, rig, 30)
    assert apart(pose_at(bpy, rig, 30), posed) < 1e-3, "it shows as posed"
    editing.leave(rig)
    assert apart(pose_at(bpy, rig, 30), posed) < 1e-3
    assert apart(pose_at(bpy, rig, 10), plain[10]) == pytest.approx(0.4, abs=1e-3), "moved, not frozen"
    assert not takes.edited(rig, two)
    takes.activate(rig, one)
    takes.activate(rig, two)
    assert apart(pose_at(bpy, rig, 30), posed) < 1e-3
    craft_take(rig, two, LipCraft(jaw=0.4))
    assert apart(pose_at(bpy, rig, 30), posed) < 1e-3
    (layer,) = fix_layer.layers(rig, two)
    assert layer.track.name == "Soliloquy Two head fix"
    assert layer.strip.action.name == "Small Two head fix"
    assert (layer.strip.frame_start, layer.strip.frame_end) == (two.first_frame, two.last_frame), "as long as the take"
    editing.open_take(rig, two, "head", fix=True)
    turn(bpy, rig, 40)
    editing.leave(rig)
    assert len(fix_layer.layers(rig, two)) == 1, "the same layer again"


def test_keys_of_another_region_go_to_its_own_layer(rig) -> None:
    two = takes.takes_of(rig)[1]
    editing.open_take(rig, two, "head", fix=True)
    posed = [turn(bpy, rig, 30), turn(bpy, rig, 30, "left_elbow")]
    editing.leave(rig)
    assert sorted(item.region for item in fix_layer.layers(rig, two)) == ["body", "head"]
    assert apart(pose_at(bpy, rig, 30), posed[0]) < 1e-3
    assert apart(pose_at(bpy, rig, 30, "left_elbow"), posed[1]) < 1e-3
    head = next(item for item in nla.tracks(rig, two.id, region="head"))
    head.track.mute = True
    nla.arrange(rig)
    assert {item.region: item.track.mute for item in fix_layer.layers(rig, two)} == {"head": True, "body": False}


def test_a_layer_without_keys_leaves_nothing(rig) -> None:
    two = takes.takes_of(rig)[1]
    before = _tracks(rig), sorted(action.name for action in bpy.data.actions)
    assert editing.open_take(rig, two, fix=True) == ["lips", "body"]
    editing.leave(rig)
    assert (_tracks(rig), sorted(action.name for action in bpy.data.actions)) == before


@pytest.mark.parametrize("keep", [False, True])
def test_removing_offers_to_keep_the_keys(rig, keep: bool) -> None:
    two = takes.takes_of(rig)[1]
    plain = pose_at(bpy, rig, 30)
    editing.open_take(rig, two, "head", fix=True)
    turn(bpy, rig, 30)
    editing.leave(rig)
    assert fix_layer.remove_layers(rig, two, keep=keep) == 4
    assert apart(pose_at(bpy, rig, 30), plain) < 1e-4
    assert fix_layer.layers(rig, two) == []
    kept = [name for _, name, _ in _tracks(rig) if name.startswith("Fix of")]
    assert kept == (["Fix of Two head"] if keep else [])
    assert any("fix" in action.name for action in bpy.data.actions) == keep


def test_the_layer_goes_along_to_another_take_of_the_same_speech(rig) -> None:
    one, two = takes.takes_of(rig)
    takes.activate(rig, one)
    plain = pose_at(bpy, rig, 30)
    takes.activate(rig, two)
    editing.open_take(rig, two, "head", fix=True)
    turn(bpy, rig, 30)
    editing.leave(rig)
    assert fix_layer.carry_over(rig, two, one) == 4
    takes.activate(rig, one)
    assert apart(pose_at(bpy, rig, 30), plain) == pytest.approx(0.4, abs=2e-3)
    first, second = fix_layer.layers(rig, one) + fix_layer.layers(rig, two)
    assert first.strip.action != second.strip.action
    assert curves.key_state(first.strip.action) == curves.key_state(second.strip.action)


def test_what_would_stay_behind_is_said_beforehand(rig) -> None:
    two = takes.takes_of(rig)[1]
    assert fix_layer.beforehand(rig, two, (), 0) == []
    editing.open_take(rig, two, "head")
    turn(bpy, rig, 30)
    editing.leave(rig)
    said = fix_layer.beforehand(rig, two, ("head",), 2)
    assert said[0].startswith("4 keys you set, and what you moved, in Head stay in Two; a new take starts without.")
    assert said[1] == "2 locked channels keep their keys."
    editing.open_take(rig, two, "head", fix=True)
    turn(bpy, rig, 40)
    editing.leave(rig)
    assert "Its fix (4 keys in Head) stays" in fix_layer.beforehand(rig, two, (), 0)[0]
