"""NLA tracks in order: nothing that shows changes, takes lie together, the artist's tracks stay where they are."""

from __future__ import annotations

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from mathutils import Quaternion
from small_character import SmallRig, add_small_character, small_performance

from soliloquy.inference.errors import SoliloquyError
from soliloquy.rigs.takes import curves, editing, nla
from soliloquy.rigs.takes import take as takes
from soliloquy.rigs.takes.bake import BakeOptions, bake
from soliloquy.rigs.takes.tidy_tracks import tidy


@pytest.fixture
def rig(blank_scene) -> SmallRig:
    """A character with three takes and a fix of the first, which plays."""
    made = add_small_character(bpy)
    for name, seed in (("One", 1), ("Two", 2), ("Three", 3)):
        bake(small_performance(60, seed=seed, speed=0.4), made, BakeOptions(name=name))
    one = takes.find_take(made, "One")
    takes.activate(made, one)
    editing.open_take(made, one, "head", fix=True)
    bpy.context.scene.frame_set(30)
    bone = made.armature.pose.bones["head"]
    bone.rotation_quaternion = bone.rotation_quaternion @ Quaternion((0.0, 0.0, 1.0), 0.4)
    bone.keyframe_insert("rotation_quaternion", frame=30)
    editing.leave(made)
    return made


def _shown(rig: SmallRig) -> np.ndarray:
    rows = []
    for frame in (-5, 1, 13, 30, 60, 80):
        bpy.context.scene.frame_set(frame)
        bones = [np.array(bone.matrix) for bone in rig.armature.pose.bones]
        keys = [block.value for block in rig.meshes[0].data.shape_keys.key_blocks]
        rows.append(np.concatenate([np.ravel(bones), keys]))
    return np.array(rows)


def _names(rig: SmallRig) -> list[str]:
    return [track.name.removeprefix("Soliloquy ") for track in rig.armature.animation_data.nla_tracks]


def test_unused_takes_lie_together_below_and_nothing_that_shows_changes(rig: SmallRig) -> None:
    before = {}
    for name in ("Two", "Three", "One"):
        takes.activate(rig, takes.find_take(rig, name))
        before[name] = _shown(rig)
    keys = {action.name: curves.key_state(action) for action in bpy.data.actions}
    assert _names(rig)[0].startswith("One"), "the oldest is lowest, though it plays"
    assert tidy(rig) > 0
    assert [name.split()[0] for name in _names(rig)] == ["Two"] * 5 + ["Three"] * 5 + ["One"] * 6
    assert _names(rig)[-1] == "One head fix"
    data = rig.armature.animation_data
    assert [track.strips[0].name for track in data.nla_tracks] == [track.name for track in data.nla_tracks]
    for name in ("One", "Two", "Three"):
        takes.activate(rig, takes.find_take(rig, name))
        np.testing.assert_allclose(_shown(rig), before[name], atol=1e-6)
    assert {action.name: curves.key_state(action) for action in bpy.data.actions} == keys
    tidy(rig)
    fixed = _names(rig)
    assert tidy(rig) == 0, "what is in order stays"
    assert fixed.index("One head fix") == fixed.index("One head") + 1, "above what it is added to"
    assert not takes.edited(rig, takes.find_take(rig, "One"))


def test_tracks_of_the_artist_stay_and_names_are_put_right(rig: SmallRig) -> None:
    data = rig.armature.animation_data
    mine = data.nla_tracks.new(prev=data.nla_tracks[6])
    mine.name = "Walk"
    action = bpy.data.actions.new("Walk")
    mine.strips.new("Walk", 1, action)
    data.nla_tracks[0].name = "NlaTrack.003"
    tidy(rig)
    names = _names(rig)
    assert names.index("Walk") == 7
    assert "NlaTrack.003" not in names
    weighted = next(item for item in nla.tracks(rig) if item.info["name"] == "Three")
    weighted.strip.use_animated_influence = True
    where = _names(rig).index(weighted.track.name.removeprefix("Soliloquy "))
    tidy(rig)
    assert _names(rig)[where] == weighted.track.name.removeprefix("Soliloquy ")


def test_while_keys_are_open_it_is_refused(rig: SmallRig) -> None:
    editing.open_take(rig, takes.find_take(rig, "One"), "head")
    with pytest.raises(SoliloquyError, match="open for editing"):
        tidy(rig)
    editing.leave(rig)
