"""The list of takes: play, rename, remove; keys made by hand survive."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("bpy")

import bpy
from fake_layout import draw

from soliloquy.operators import session, take_list, take_rows
from soliloquy.rigs import compat
from soliloquy.rigs.rig import find_rig
from soliloquy.rigs.takes import curves, nla
from soliloquy.rigs.takes.take import takes_of


@pytest.fixture
def scene(small_speaker: Any, client: Any, speech_wav: Path) -> Any:
    """A scene with a character and two takes at the same place."""
    bpy.ops.soliloquy.animate(filepath=str(speech_wav), take_name="Calm", seed=1)
    bpy.ops.soliloquy.animate(filepath=str(speech_wav), take_name="Loud", seed=2, emotion="ANGRY")
    return small_speaker


def _takes(scene: Any) -> dict[str, Any]:
    return {take.name: take for take in takes_of(find_rig(scene.soliloquy.character))}


def _shown() -> Any:
    return bpy.context.window_manager.soliloquy_takes


def test_list_shows_every_take_and_what_made_it(scene: Any) -> None:
    assert [item.name for item in _shown().takes] == ["Calm", "Loud"]
    assert [item.active for item in _shown().takes] == [False, True]
    assert _shown().index == 1
    summary = _shown().takes[1].summary
    assert "Angry" in summary
    assert [(item.variation, item.engine, item.length) for item in _shown().takes] == [
        ("1", "Gesture phrases", "1.0 s"),
        ("2", "Gesture phrases", "1.0 s"),
    ]
    assert [item.state for item in _shown().takes] == ["", ""]
    assert take_list.settings_of(bpy.context, _shown().takes[1].take_id) == [("Emotion", "Angry"), ("Variation", "2")]
    drawn = draw("SOLILOQUY_PT_takes")
    assert "1.0 s · Variation 2 · Gesture phrases" in drawn.labels
    _shown().takes[0].variation = "0"
    assert "1.0 s · Gesture phrases" in draw("SOLILOQUY_PT_takes").labels, "the usual variation takes no room"
    assert "Settings of Loud" in drawn.labels
    assert "Variation 2" in summary
    assert "keys" in summary
    assert "°" in summary


def test_play_by_operator_and_by_click(scene: Any) -> None:
    bpy.ops.soliloquy.take_activate(take="Calm")
    assert _takes(scene)["Calm"].active
    assert not _takes(scene)["Loud"].active
    _shown().index = 1
    assert _takes(scene)["Loud"].active
    assert not _takes(scene)["Calm"].active


def test_a_take_muted_in_the_nla_editor_is_no_longer_passed_over_from(
    small_speaker: Any, client: Any, speech_wav: Path
) -> None:
    for first, name in ((1, "First"), (171, "Second")):
        bpy.ops.soliloquy.animate(filepath=str(speech_wav), take_name=name, first_frame=first)
    rig = find_rig(small_speaker.soliloquy.character)
    assert rig is not None
    takes = _takes(small_speaker)
    assert all(take.active for take in takes.values())
    (head,) = nla.tracks(rig, takes["Second"].id, region="head")
    assert head.strip.blend_in > 1.0
    for found in nla.tracks(rig, takes["First"].id):
        found.track.mute = True
    draw("SOLILOQUY_PT_takes")  # which sees that the list is not current
    take_list._refresh_once()
    assert head.strip.blend_in == 0.0, "it would come out of the rest pose"
    assert head.strip.extrapolation == "HOLD"


def test_a_part_muted_by_hand_is_said_and_played_again_with_one_click(scene: Any) -> None:
    rig = find_rig(scene.soliloquy.character)
    assert rig is not None
    loud = _takes(scene)["Loud"].id
    assert not any("Muted in the NLA editor" in label for label in draw("SOLILOQUY_PT_takes").labels)
    for found in nla.tracks(rig, loud, region="head"):
        found.track.mute = True
    drawn = draw("SOLILOQUY_PT_takes")
    assert "Muted in the NLA editor: head." in drawn.labels
    assert "soliloquy.take_activate" in drawn.operators
    (calm,) = nla.tracks(rig, _takes(scene)["Calm"].id, region="head")
    calm.track.mute = False
    assert not any("Muted" in label for label in draw("SOLILOQUY_PT_takes").labels), "another take plays the head"
    calm.track.mute = True
    bpy.ops.soliloquy.take_activate(take="Loud")
    assert not any(found.track.mute for found in nla.tracks(rig, loud))
    assert not any("Muted" in label for label in draw("SOLILOQUY_PT_takes").labels)


def test_stars_are_given_by_click_and_by_script_and_kept_with_the_take(scene: Any) -> None:
    assert "soliloquy.take_rate" in draw("SOLILOQUY_PT_takes").operators
    bpy.ops.soliloquy.take_rate(take="Calm", stars=4, toggle=True)
    assert [item.rating for item in _shown().takes] == [4, 0]
    assert _takes(scene)["Calm"].rating == 4
    assert not take_rows.state_of(_takes(scene)["Calm"].id).edited, "stars are no change of keys"
    bpy.ops.soliloquy.take_rate(take="Calm", stars=4, toggle=True)
    assert _takes(scene)["Calm"].rating == 0, "the same star again takes them back"
    bpy.ops.soliloquy.take_rate(take="Loud", stars=5)
    assert (_takes(scene)["Loud"].rating, _takes(scene)["Loud"].active) == (5, True)


def test_the_list_is_sorted_and_filtered_by_stars_and_by_strip(scene: Any) -> None:
    bpy.ops.soliloquy.take_rate(take="Loud", stars=3)
    items = list(_shown().takes)
    assert take_rows.arranged(items, "RATING", 0, None) == ([True, True], [1, 0])
    assert take_rows.arranged(items, "NAME", 1, None) == ([False, True], [0, 1])
    (strip,) = {item.strip for item in items}
    assert take_rows.arranged(items, "MADE", 0, strip)[0] == [True, True]
    assert take_rows.arranged(items, "MADE", 0, "another")[0] == [False, False]


def test_what_became_of_a_take_is_said_in_its_row(scene: Any) -> None:
    bpy.ops.soliloquy.take_activate(take="Calm")
    bpy.ops.soliloquy.craft(take="Calm", jaw=0.5)
    assert [item.state for item in _shown().takes] == ["crafted", ""]
    action = next(item for item in bpy.data.actions if item.name.endswith("Loud head"))
    curve = compat.channelbags(action)[0].fcurves[0]
    curve.keyframe_points[0].co.y += 0.1
    curve.update()
    take_list.refresh(changed=[_takes(scene)["Loud"].id])
    assert [item.state for item in _shown().takes] == ["crafted", "edited by hand"]


def test_a_copy_shares_no_key_and_has_all_that_belongs_to_the_take(scene: Any) -> None:
    bone = scene.soliloquy.character.pose.bones["head"]
    bone.rotation_quaternion = (0.9, 0.1, 0.0, 0.0)
    bone.keyframe_insert("rotation_quaternion", frame=3)
    bpy.ops.soliloquy.keep_fix()
    bpy.ops.soliloquy.craft(take="Loud", jaw=0.5)
    bpy.ops.soliloquy.take_rate(take="Loud", stars=3)
    bpy.ops.soliloquy.take_duplicate(take="Loud", name="Louder")
    made = _takes(scene)
    assert set(made) == {"Calm", "Loud", "Louder"}
    assert (made["Louder"].active, made["Loud"].active) == (True, False)
    assert (made["Louder"].rating, made["Loud"].rating) == (0, 3)
    rig = find_rig(scene.soliloquy.character)
    mine, theirs = (nla.tracks(rig, made[name].id, fixes=True) for name in ("Louder", "Loud"))
    assert not {a.name for a in nla.actions(mine)} & {a.name for a in nla.actions(theirs)}
    for one, other in zip(mine, theirs, strict=True):
        assert curves.key_state(one.strip.action) == curves.key_state(other.strip.action)
        assert one.track.name == other.track.name.replace("Loud", "Louder")
    bpy.ops.soliloquy.craft_reset(take="Louder")
    assert [item.state for item in _shown().takes] == ["", "with a fix, crafted", "with a fix"]
    bpy.ops.soliloquy.reshape(take="Louder", head=0.2)
    assert _shown().takes[2].state == "with a fix, crafted", "it has the performance too"


def test_a_new_name_is_that_of_its_actions_and_tracks(scene: Any) -> None:
    rig = find_rig(scene.soliloquy.character)
    rig.armature.name = "Calm"
    bpy.ops.soliloquy.take_rename(take="Calm", name="Quiet")
    rig = find_rig(scene.soliloquy.character)
    found = nla.tracks(rig, _takes(scene)["Quiet"].id)
    for item in found:
        region = item.region.replace("_", " ")
        assert item.strip.action.name == f"Calm Quiet {region}"
        assert item.track.name == item.strip.name == f"Soliloquy Quiet {region}"
    names = [item.track.name for item in nla.tracks(rig)]
    assert len({(item.owner.name, item.track.name) for item in nla.tracks(rig)}) == len(names)


def test_a_locked_curve_keeps_its_keys(scene: Any) -> None:
    rig = find_rig(scene.soliloquy.character)
    (head,) = nla.tracks(rig, _takes(scene)["Loud"].id, region="head")
    bag = compat.strip_channelbag(head.strip)
    path = 'pose.bones["head"].rotation_quaternion'
    bag.fcurves.find(path, index=2).lock = True

    def keys() -> list[tuple[float, float]]:
        return [tuple(key.co) for key in bag.fcurves.find(path, index=2).keyframe_points]

    before = keys()
    bpy.ops.soliloquy.reshape(take="Loud", head=0.3)
    assert keys() == before
    bag.fcurves.find(path, index=2).lock = False
    bpy.ops.soliloquy.reshape(take="Loud", head=0.4)
    assert keys() != before


def test_rename_by_operator_and_in_the_list(scene: Any) -> None:
    bpy.ops.soliloquy.take_rename(take="Calm", name="Quiet")
    assert set(_takes(scene)) == {"Quiet", "Loud"}
    _shown().takes[1].name = "Furious"
    assert set(_takes(scene)) == {"Quiet", "Furious"}


def test_a_name_that_is_taken_is_refused_and_said(scene: Any) -> None:
    with pytest.raises(RuntimeError, match="already"):
        bpy.ops.soliloquy.take_rename(take="Calm", name="Loud")
    _shown().takes[0].name = "Loud"
    assert set(_takes(scene)) == {"Calm", "Loud"}
    assert "already" in session.last_error().message
    take_list.refresh()
    assert [item.name for item in _shown().takes] == ["Calm", "Loud"]


def test_remove_one_keeps_the_other(scene: Any) -> None:
    bpy.ops.soliloquy.take_remove(take="Loud")
    assert set(_takes(scene)) == {"Calm"}
    assert [item.name for item in _shown().takes] == ["Calm"]


def test_keys_made_by_hand_are_not_removed_unasked(scene: Any) -> None:
    action = next(item for item in bpy.data.actions if "Calm" in item.name)
    curve = compat.channelbags(action)[0].fcurves[0]
    curve.keyframe_points.insert(5.5, 0.25, keyframe_type="KEYFRAME")
    with pytest.raises(RuntimeError, match="by hand"):
        bpy.ops.soliloquy.take_remove(take="Calm")
    assert "Calm" in _takes(scene)
    bpy.ops.soliloquy.take_remove(take="Calm", force=True)
    assert "Calm" not in _takes(scene)


def test_a_take_that_does_not_exist_is_named_with_those_that_do(scene: Any) -> None:
    with pytest.raises(RuntimeError, match=r"no take 'Sad'.*'Calm', 'Loud'"):
        bpy.ops.soliloquy.take_activate(take="Sad")


def test_list_follows_undo_and_redo(scene: Any) -> None:
    bpy.ops.ed.undo_push(message="two takes")
    bpy.ops.soliloquy.take_remove("EXEC_DEFAULT", True, take="Loud")
    assert [item.name for item in _shown().takes] == ["Calm"]
    bpy.ops.ed.undo()
    assert [item.name for item in _shown().takes] == ["Calm", "Loud"]
    bpy.ops.ed.redo()
    assert [item.name for item in _shown().takes] == ["Calm"]


def test_a_click_and_a_name_typed_into_the_list_are_one_step_each(scene: Any) -> None:
    bpy.ops.ed.undo_push(message="two takes")
    _shown().index = 0
    _shown().takes[0].name = "Quiet"

    def state() -> list[tuple[str, bool]]:
        return [(take.name, take.active) for take in _takes(bpy.context.scene).values()]

    assert state() == [("Quiet", True), ("Loud", False)]
    bpy.ops.ed.undo()
    assert state() == [("Calm", True), ("Loud", False)]
    assert [(item.name, item.active) for item in _shown().takes] == state()
    bpy.ops.ed.undo()
    assert state() == [("Calm", False), ("Loud", True)]
    bpy.ops.ed.redo()
    bpy.ops.ed.redo()
    assert state() == [("Quiet", True), ("Loud", False)]
    assert [(item.name, item.active) for item in _shown().takes] == state()


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("take_activate", {"take": "Calm"}),
        ("take_rename", {"take": "Calm", "name": "Quiet"}),
        ("take_remove", {"take": "Calm"}),
        ("craft", {"jaw": 0.5}),
        ("craft", {"jaw": 0.5, "new_take": True}),
        ("keep_fix", {}),
        ("take_rate", {"take": "Calm", "stars": 3}),
        ("take_duplicate", {"take": "Calm"}),
        ("edit_take", {"take": "Loud", "region": "HEAD", "fix": True}),
        ("tidy_nla", {}),
    ],
)
def test_every_operator_is_one_step(scene: Any, name: str, given: dict[str, Any]) -> None:
    bone = scene.soliloquy.character.pose.bones["head"]
    bone.rotation_quaternion = (0.9, 0.1, 0.0, 0.0)
    bone.keyframe_insert("rotation_quaternion", frame=3)
    scene.soliloquy.character.animation_data.nla_tracks[0].name = "NlaTrack"
    bpy.ops.ed.undo_push(message="before")

    def state() -> list[Any]:
        owner = bpy.context.scene.soliloquy.character.animation_data
        found = [(take.name, take.active, take.rating, take.regions) for take in _takes(bpy.context.scene).values()]
        return [found, sorted(item.name for item in bpy.data.actions), [(t.name, t.mute) for t in owner.nla_tracks]]

    before = state()
    values = {action.name: curves.key_state(action) for action in bpy.data.actions}
    getattr(bpy.ops.soliloquy, name)("EXEC_DEFAULT", True, **given)
    after = state()
    changed = {action.name: curves.key_state(action) for action in bpy.data.actions}
    assert (after, changed) != (before, values)
    bpy.ops.ed.undo()
    assert state() == before
    assert {action.name: curves.key_state(action) for action in bpy.data.actions} == values
    bpy.ops.ed.redo()
    assert state() == after
    assert {action.name: curves.key_state(action) for action in bpy.data.actions} == changed


def test_keys_set_by_hand_are_named_and_kept_with_one_click(scene: Any) -> None:
    assert "soliloquy.keep_fix" not in draw("SOLILOQUY_PT_takes").operators
    bone = scene.soliloquy.character.pose.bones["head"]
    bone.rotation_quaternion = (0.9, 0.1, 0.0, 0.0)
    bone.keyframe_insert("rotation_quaternion", frame=3)
    drawn = draw("SOLILOQUY_PT_takes")
    assert "Keys set by hand on head are added to every take." in " ".join(drawn.labels)
    assert "soliloquy.keep_fix" in drawn.operators
    assert bpy.ops.soliloquy.keep_fix() == {"FINISHED"}
    assert "soliloquy.keep_fix" not in draw("SOLILOQUY_PT_takes").operators
    with pytest.raises(RuntimeError, match="No keys set by hand"):
        bpy.ops.soliloquy.keep_fix()


def test_without_takes_the_buttons_are_disabled(blank_scene: Any, client: Any) -> None:
    bpy.ops.soliloquy.add_character()
    for name in ("take_activate", "take_remove", "take_rename", "export"):
        assert not getattr(bpy.ops.soliloquy, name).poll()
