"""The sliders of a take's lips: they act at once on the take that plays, can be undone, and go back exactly."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("bpy")

import bpy
from fake_layout import draw
from spoken import spoken

from soliloquy.inference.craft import LipCraft
from soliloquy.inference.setting import settings_of
from soliloquy.operators import craft, session, take_list
from soliloquy.rigs import compat
from soliloquy.rigs.rig import find_rig
from soliloquy.rigs.takes import curves, nla
from soliloquy.rigs.takes.bake import BakeOptions, bake
from soliloquy.rigs.takes.craft import carrier, craft_of, lips_tracks
from soliloquy.rigs.takes.take import active_take, find_take, takes_of

PANEL = "SOLILOQUY_PT_lip_craft"


@pytest.fixture
def scene(blank_scene: Any, client: Any) -> Any:
    """A character with two takes at the same place; the second plays."""
    blank_scene.render.fps = 30
    bpy.ops.soliloquy.add_character()
    for name in ("Calm", "Loud"):
        bake(spoken(), _rig(blank_scene), BakeOptions(name=name))
    take_list.refresh()
    craft.SLIDERS.forget()
    return blank_scene


def _rig(scene: Any = None) -> Any:
    found = find_rig((scene or bpy.context.scene).soliloquy.character)
    assert found is not None
    return found


def _sliders(name: str = "Loud") -> Any:
    return carrier(_rig(), find_take(_rig(), name)).soliloquy_craft


def _keys() -> dict[str, str]:
    return {action.name: curves.key_state(action) for action in bpy.data.actions}


def _changed(before: dict[str, str]) -> set[tuple[str, str]]:
    """Take and region of every action whose keys differ."""
    infos = [nla.read_info(bpy.data.actions[name]) for name, keys in _keys().items() if keys != before.get(name)]
    return {(info["name"], info["region"]) for info in infos}


def _jaw(frame: int) -> float:
    rig = _rig()
    bpy.context.view_layer.update()
    bpy.context.scene.frame_set(frame)
    return rig.meshes[0].data.shape_keys.key_blocks[rig.shape_keys["jawOpen"]].value


def _touch(name: str = "Loud") -> Any:
    """Add a key by hand to the lips of a take."""
    item = lips_tracks(_rig(), find_take(_rig(), name))[0]
    curve = compat.strip_channelbag(item.strip).fcurves[0]
    curve.keyframe_points.insert(5.5, 0.25, keyframe_type="KEYFRAME")
    craft.SLIDERS.forget()
    return item.strip.action


def test_a_slider_acts_at_once_on_the_take_that_plays_and_on_no_other(scene: Any) -> None:
    before = _keys()
    opened = max(range(1, 100), key=_jaw)
    wide = _jaw(opened)
    _sliders().jaw = 0.5
    assert _changed(before) == {("Loud", "lips")}
    assert _jaw(opened) == pytest.approx(0.5 * wide, abs=0.02)
    _sliders().jaw = 1.0
    assert _keys() == before
    assert _jaw(opened) == pytest.approx(wide)


def test_every_slider_reaches_its_setting(scene: Any) -> None:
    for name, item in settings_of(LipCraft).items():
        before = _keys()
        assert item.high is not None
        value = 0.75 * item.high
        setattr(_sliders(), f"{name}_ms" if name in ("smoothing", "offset") else name, item.scale * value)
        assert getattr(craft_of(_rig(), find_take(_rig(), "Loud")), name) == pytest.approx(value, abs=1e-4)
        assert _changed(before) == {("Loud", "lips")}, name
    bpy.ops.soliloquy.craft_reset()
    assert craft_of(_rig(), find_take(_rig(), "Loud")).neutral


def test_operator_changes_what_is_given_and_reset_restores_exactly(scene: Any) -> None:
    before = {action.name: (action["soliloquy"], curves.key_state(action)) for action in bpy.data.actions}
    assert bpy.ops.soliloquy.craft(closure=1.5, offset_ms=-40) == {"FINISHED"}
    bpy.ops.soliloquy.craft(jaw=0.7)
    assert craft_of(_rig(), active_take(_rig())) == LipCraft(closure=1.5, offset=-0.04, jaw=0.7)
    assert _sliders().closure == pytest.approx(1.5)
    assert _sliders().offset_ms == pytest.approx(-40)
    bpy.ops.soliloquy.craft(take="Calm", rounding=0)
    assert craft_of(_rig(), find_take(_rig(), "Calm")) == LipCraft(rounding=0)
    for take in ("Loud", "Calm"):
        assert bpy.ops.soliloquy.craft_reset(take=take) == {"FINISHED"}
    assert {a.name: (a["soliloquy"], curves.key_state(a)) for a in bpy.data.actions} == before
    assert craft.SLIDERS.shown(_sliders()).neutral


def test_undo_takes_slider_and_keys_back_together(scene: Any) -> None:
    bpy.ops.ed.undo_push(message="baked")
    before = _keys()
    _sliders().articulation = 0.4
    bpy.ops.ed.undo_push(message="crafted")
    after = _keys()
    assert after != before
    bpy.ops.ed.undo()
    assert _keys() == before
    assert _sliders().articulation == 1.0
    bpy.ops.ed.redo()
    assert _keys() == after
    assert _sliders().articulation == pytest.approx(0.4)
    _sliders().articulation = 1.0
    assert _keys() == before


def test_keys_made_by_hand_stay_and_a_new_take_is_offered(scene: Any) -> None:
    before = _keys()
    _touch()
    by_hand = _keys()
    _sliders().jaw = 0.5
    assert _keys() == by_hand
    assert _sliders().jaw == 1.0, "the slider shows what the lips are"
    assert "edited by hand" in session.last_error().message
    with pytest.raises(RuntimeError, match=r"edited by hand.*new take"):
        bpy.ops.soliloquy.craft(jaw=0.5)
    with pytest.raises(RuntimeError, match="edited by hand"):
        bpy.ops.soliloquy.craft_reset()
    drawn = draw(PANEL)
    assert "edited by hand" in " ".join(drawn.labels)
    assert "soliloquy.craft" in drawn.operators
    assert drawn.disabled == ["soliloquy.craft_reset"]
    assert bpy.ops.soliloquy.craft(new_take=True, jaw=0.5) == {"FINISHED"}
    assert [take.name for take in takes_of(_rig())] == ["Calm", "Loud", "Loud lips"]
    kept = _keys()
    assert {name: kept[name] for name in by_hand} == by_hand != before
    assert _sliders("Loud lips").jaw == 0.5
    # The new take is the one that is shown and crafted now.
    craft.SLIDERS.forget()
    assert craft.shown(bpy.context).take.name == "Loud lips"
    _sliders("Loud lips").closure = 2
    assert {name: _keys()[name] for name in by_hand} == by_hand


def test_panel_shows_the_take_chosen_in_the_list(scene: Any) -> None:
    drawn = draw(PANEL)
    assert {item.shown_name for item in settings_of(LipCraft).values()} <= set(drawn.properties)
    assert drawn.disabled == []
    assert craft.shown(bpy.context).take.name == "Loud"
    bpy.context.window_manager.soliloquy_takes.index = 0
    assert craft.shown(bpy.context).take.name == "Calm"


def test_panel_says_why_there_is_nothing_to_craft(blank_scene: Any) -> None:
    assert "Press Animate first" in " ".join(draw(PANEL).labels)
    bpy.ops.soliloquy.add_character()
    bake(spoken(), _rig(blank_scene), BakeOptions(name="Old"))
    del carrier(_rig(), active_take(_rig()))["soliloquy_lips"]
    craft.SLIDERS.forget()
    text = " ".join(draw(PANEL).labels)
    assert "'Old' does not carry its original lips" in text
    assert "Animate again" in text
    with pytest.raises(RuntimeError, match="does not carry its original lips"):
        bpy.ops.soliloquy.craft(jaw=0.5)


def test_saved_sliders_work_after_opening(scene: Any, tmp_path: Path) -> None:
    before = _keys()
    _sliders().rounding = 1.8
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "scene.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "scene.blend"))
    assert _sliders().rounding == pytest.approx(1.8)
    _sliders().rounding = 1.0
    assert _keys() == before


def test_the_sliders_of_a_duplicate_move_its_own_lips_alone(scene: Any) -> None:
    original = _rig().armature
    bpy.ops.object.select_all(action="SELECT")
    bpy.context.view_layer.objects.active = original
    bpy.ops.object.duplicate()
    twin = bpy.context.view_layer.objects.active
    scene.soliloquy.character = twin
    craft.SLIDERS.forget()
    drawn = draw(PANEL)
    assert "soliloquy.take_own" in drawn.operators
    assert "soliloquy.craft_reset" in drawn.disabled, "until the two are parted"
    before = _keys()
    _sliders().jaw = 0.3
    assert {name: _keys()[name] for name in before} == before
    assert _sliders().jaw == pytest.approx(0.3)
    scene.soliloquy.character = original
    assert _sliders().jaw == 1.0
    craft.SLIDERS.forget()
    assert "soliloquy.take_own" not in draw(PANEL).operators
