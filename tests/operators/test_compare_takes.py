"""Two takes: switched by one key while they play, told apart in words and figures, one of them on a ghost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("bpy")

import bpy
from fake_layout import draw
from small_character import add_small_character, small_performance

from soliloquy.operators import compare_takes, take_list
from soliloquy.rigs import compat
from soliloquy.rigs.rig import find_rig
from soliloquy.rigs.takes import differences, nla
from soliloquy.rigs.takes.bake import BakeOptions, bake
from soliloquy.rigs.takes.ghost_data import ghosts
from soliloquy.rigs.takes.take import find_take, takes_of

PANEL = "SOLILOQUY_PT_takes"


@pytest.fixture
def scene(small_speaker: Any, client: Any, speech_wav: Path) -> Any:
    """A scene with a character and three takes at the same place."""
    for name, seed, emotion in (("Calm", 1, "NEUTRAL"), ("Loud", 2, "ANGRY"), ("Sad", 3, "SAD")):
        bpy.ops.soliloquy.animate(filepath=str(speech_wav), take_name=name, seed=seed, emotion=emotion)
    return small_speaker


def _rig() -> Any:
    found = find_rig(bpy.context.scene.soliloquy.character)
    assert found is not None
    return found


def _plays() -> list[str]:
    return [take.name for take in takes_of(_rig()) if take.active]


def test_one_key_goes_back_and_forth_between_the_last_two(scene: Any) -> None:
    assert _plays() == ["Sad"]
    bpy.ops.soliloquy.take_ab()
    assert _plays() == ["Loud"], "the one made before the last"
    bpy.ops.soliloquy.take_activate(take="Calm")
    for wanted in ("Loud", "Calm", "Loud"):
        bpy.ops.soliloquy.take_ab()
        assert _plays() == [wanted]
        shown = bpy.context.window_manager.soliloquy_takes
        assert shown.takes[shown.index].name == wanted, "the list shows which one plays"


def test_a_choice_is_kept_with_the_file_and_undone_with_the_rest(scene: Any) -> None:
    bpy.ops.soliloquy.take_activate(take="Calm")
    bpy.ops.ed.undo_push(message="before")
    bpy.ops.soliloquy.take_ab("EXEC_DEFAULT", True)
    assert _plays() == ["Sad"]
    bpy.ops.ed.undo()
    assert _plays() == ["Calm"]
    bpy.ops.soliloquy.take_ab()
    assert _plays() == ["Sad"]


def test_one_take_alone_is_said(blank_scene: Any, client: Any, speech_wav: Path) -> None:
    bpy.ops.soliloquy.animate(filepath=str(speech_wav))
    for name in ("take_ab", "compare_takes", "show_ghost"):
        with pytest.raises(RuntimeError, match=r"only one take|one take"):
            getattr(bpy.ops.soliloquy, name)()
    assert "soliloquy.take_ab" not in draw(PANEL).operators


def test_differences_are_said_in_words_and_measured(scene: Any) -> None:
    bpy.ops.soliloquy.craft(take="Loud", jaw=0.5)
    rig = _rig()
    calm, loud = find_take(rig, "Calm"), find_take(rig, "Loud")
    found = {what: (mine, theirs) for what, mine, theirs in differences.settings_apart(rig, calm, loud)}
    assert found == {"Emotion": ("Neutral", "Angry"), "Variation": ("1", "2"), "Lip Craft, Jaw": ("1", "0.5")}
    (lips,) = {apart.region for apart in differences.curves_apart(rig, calm, loud)}
    assert lips == "lips", "the stand-in performs all alike, the craft is what differs"
    for item in nla.tracks(rig, loud.id, region="head"):
        for curve in compat.strip_channelbag(item.strip).fcurves:
            if "head" in curve.data_path:
                for key in curve.keyframe_points:
                    key.co.y = float(curve.array_index == 0)
                curve.update()
    (head,) = [apart for apart in differences.curves_apart(rig, calm, loud) if apart.region == "head"]
    assert head.most == pytest.approx(11.46, abs=0.1), "0.2 radians"
    assert (head.unit, head.name) == ("degrees", "head")
    assert head.words.startswith("Head: ")
    bpy.context.window_manager.soliloquy_takes.index = 0
    bpy.ops.soliloquy.compare_takes(take="Calm", other="Loud")
    bpy.context.window_manager.soliloquy_takes.other = "Loud"
    drawn = draw(PANEL)
    assert {"Emotion", "Neutral", "Angry", "Lip Craft, Jaw"} <= set(drawn.labels)
    assert any(label.startswith("Head: ") for label in drawn.labels)
    bpy.ops.soliloquy.craft_reset(take="Loud")
    take_list.refresh()  # as the timer does
    assert "Lip Craft, Jaw" not in draw(PANEL).labels, "what was measured is no longer so"
    bpy.context.window_manager.soliloquy_takes.other = ""


def test_takes_at_different_places_are_laid_over_each_other(blank_scene: Any) -> None:
    rig = add_small_character(bpy)
    for name, first in (("Here", 1.0), ("There", 200.0)):
        bake(small_performance(60, seed=4), rig, BakeOptions(name=name, first_frame=first))
    here, there = takes_of(rig)
    assert differences.curves_apart(rig, here, there) == []


def test_the_ghost_comes_and_goes_as_one_step_each(scene: Any) -> None:
    bpy.ops.ed.undo_push(message="before")
    kinds = ("objects", "meshes", "shape_keys", "materials", "collections", "actions")

    def state() -> list[list[str]]:
        return [sorted(item.name for item in getattr(bpy.data, kind)) for kind in kinds]

    before = state()
    bpy.ops.soliloquy.show_ghost("EXEC_DEFAULT", True, other="Loud", look="CLEAR")
    assert {item["soliloquy_ghost_take"] for item in ghosts()} == {find_take(_rig(), "Loud").id}
    assert "soliloquy.hide_ghost" in draw(PANEL).operators
    with_ghost = state()
    bpy.ops.ed.undo()
    assert state() == before
    assert "soliloquy.show_ghost" in draw(PANEL).operators
    bpy.ops.ed.redo()
    assert state() == with_ghost
    bpy.ops.soliloquy.hide_ghost("EXEC_DEFAULT", True)
    assert state() == before
    assert bpy.ops.soliloquy.hide_ghost() == {"CANCELLED"}


def test_the_ghost_is_not_exported(scene: Any, tmp_path: Path) -> None:
    bpy.ops.soliloquy.export(filepath=str(tmp_path / "plain.glb"), take="Sad")
    bpy.ops.soliloquy.show_ghost(other="Loud")
    bpy.ops.soliloquy.export(filepath=str(tmp_path / "ghost.glb"), take="Sad")
    assert (tmp_path / "ghost.glb").stat().st_size == (tmp_path / "plain.glb").stat().st_size
    assert ghosts()
    take_list.refresh()


def test_two_takes_of_a_line_are_switched_not_one_of_another_line(scene: Any, speech_wav: Path) -> None:
    bpy.ops.soliloquy.animate(filepath=str(speech_wav), take_name="Next Line", first_frame=500)
    bpy.ops.soliloquy.take_activate(take="Calm")
    for wanted in ("Sad", "Calm"):
        bpy.ops.soliloquy.take_ab()
        assert _plays() == [wanted, "Next Line"]


def test_a_ghost_goes_with_its_deleted_character(scene: Any) -> None:
    assert bpy.ops.soliloquy.show_ghost() == {"FINISHED"}
    bpy.context.view_layer.update()
    assert not bpy.app.timers.is_registered(compare_takes._drop_lost), "it stays while its character is there"
    for item in scene.objects:
        if item not in ghosts():
            item.select_set(True)
    bpy.ops.object.delete()
    bpy.context.view_layer.update()
    assert bpy.app.timers.is_registered(compare_takes._drop_lost)
    compare_takes._drop_lost()
    assert ghosts() == []
    assert compare_takes._objects_changed in bpy.app.handlers.depsgraph_update_post
