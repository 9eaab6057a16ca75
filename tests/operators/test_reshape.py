"""The sliders of a whole take: they act at once, leave hand-made keys alone, go back exactly, and need no file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("bpy")

import bpy
from fake_layout import draw

from soliloquy.inference.performance import Performance
from soliloquy.inference.setting import settings_of
from soliloquy.inference.shape.settings import Reshape
from soliloquy.operators import performances, reshape, session, take_list
from soliloquy.rigs import compat
from soliloquy.rigs.rig import find_rig
from soliloquy.rigs.takes import curves, nla, packed
from soliloquy.rigs.takes import reshape as written
from soliloquy.rigs.takes.take import active_take

from .conftest import performance

PANEL = "SOLILOQUY_PT_reshape"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A performance of three seconds whose head, arms, fingers, trunk, eye, lids and mouth move."""
    made = performance(90)
    for joint in ("left_shoulder", "right_shoulder"):
        made.joint(joint)[:, 2] = -1.0 if joint.startswith("left") else 1.0
    made.coefficient("browInnerUp")[:] = made.coefficient("jawOpen") * 0.5
    made.coefficient("mouthSmileLeft")[:] = 0.3
    made.joint("jaw")[:, 0] = 0.0
    return made.save(tmp_path / "spoken.npz")


@pytest.fixture
def scene(blank_scene: Any, client: Any, file: Path) -> Any:
    """A character with a take from a file, packed."""
    blank_scene.render.fps = 30
    bpy.ops.soliloquy.add_character()
    performances.load_as_take(blank_scene, _rig(), Performance.load(file), file, first=1)
    take_list.refresh()
    reshape.SLIDERS.forget()
    written.forget()
    return blank_scene


def _rig() -> Any:
    found = find_rig(bpy.context.scene.soliloquy.character)
    assert found is not None
    return found


def _take() -> Any:
    take = active_take(_rig())
    assert take is not None
    return take


def _sliders() -> Any:
    return packed.carrier(_rig(), _take()).soliloquy_reshape


def _keys() -> dict[str, str]:
    return {action.name: curves.key_state(action) for action in bpy.data.actions}


def _changed(before: dict[str, str]) -> set[str]:
    infos = [nla.read_info(bpy.data.actions[name]) for name, keys in _keys().items() if keys != before.get(name)]
    return {info["region"] for info in infos if info is not None}


def test_a_slider_writes_what_it_touches_and_goes_back_exactly(scene: Any) -> None:
    before = _keys()
    for name, regions in (
        ("fingers", {"hands"}), ("blinks", {"eyes"}), ("upper_face", {"upper_face"}), ("head", {"head", "eyes"}),
    ):  # fmt: skip
        setattr(_sliders(), name, 0.4)
        assert _changed(before) == regions, name
        setattr(_sliders(), name, 1.0)
        assert _keys() == before, name


def test_every_slider_reaches_its_setting(scene: Any) -> None:
    for name, item in settings_of(Reshape).items():
        assert item.high is not None
        setattr(_sliders(), item.shown_name, 0.6 * item.high * item.scale)
        assert getattr(written.reshape_of(_rig(), _take()), name) == pytest.approx(0.6 * item.high, abs=1e-4)


def test_the_lips_craft_and_their_mood_go_together(scene: Any) -> None:
    before = _keys()
    _sliders().emotion = 0.0
    assert "lips" in _changed(before)
    moodless = _keys()
    bpy.ops.soliloquy.craft(jaw=0.5)
    assert _keys() != moodless
    bpy.ops.soliloquy.craft_reset()
    assert _keys() == moodless
    bpy.ops.soliloquy.craft(jaw=0.5)
    crafted = _keys()
    _sliders().emotion = 1.0
    bpy.ops.soliloquy.craft_reset()
    assert crafted != _keys() == before


def test_keys_made_by_hand_stay_and_the_rest_follows(scene: Any) -> None:
    item = nla.tracks(_rig(), _take().id, region="head")[0]
    compat.strip_channelbag(item.strip).fcurves[0].keyframe_points.insert(5.5, 0.25, keyframe_type="KEYFRAME")
    reshape.SLIDERS.forget()
    before = _keys()
    _sliders().head = 0.5
    assert _changed(before) == {"eyes"}
    assert "edited by hand" in " ".join(draw(PANEL).labels)
    assert bpy.ops.soliloquy.reshape(head=0.3) == {"FINISHED"}
    assert _changed(before) == {"eyes"}


def test_it_needs_no_file_and_says_so_where_there_is_none(scene: Any, file: Path, tmp_path: Path) -> None:
    file.unlink()
    written.forget()
    before = _keys()
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "later.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "later.blend"))
    written.forget()
    assert bpy.ops.soliloquy.reshape(gestures=0.5) == {"FINISHED"}
    assert "body" in _changed(before)
    bpy.ops.soliloquy.reshape_reset()
    assert _keys() == before
    packed.unpack(_rig(), _take())
    written.forget()
    reshape.SLIDERS.forget()
    assert "is gone" in " ".join(draw(PANEL).labels)
    _sliders().head = 0.2
    assert _keys() == before
    assert _sliders().head == 1.0
    assert "is gone" in session.last_error().message


def test_bytes_that_are_something_else_are_refused(scene: Any, file: Path) -> None:
    action = packed.carrier(_rig(), _take())
    action[packed.PROPERTY] = b"PK\x03\x04" + bytes(100)
    file.unlink()
    written.forget()
    with pytest.raises(RuntimeError, match="is gone"):
        bpy.ops.soliloquy.reshape(head=0.5)


def test_packing_is_a_choice(scene: Any, file: Path) -> None:
    assert packed.packed_size(_rig(), _take()) == file.stat().st_size
    assert bpy.ops.soliloquy.pack_performance(unpack=True) == {"FINISHED"}
    assert packed.packed_size(_rig(), _take()) == 0
    assert bpy.ops.soliloquy.reshape(head=0.5) == {"FINISHED"}
    assert bpy.ops.soliloquy.pack_performance() == {"FINISHED"}
    assert packed.packed_size(_rig(), _take()) == file.stat().st_size
    assert "soliloquy.pack_performance" in draw(PANEL).operators


def test_undo_takes_slider_and_keys_back_together(scene: Any) -> None:
    bpy.ops.ed.undo_push(message="baked")
    before = _keys()
    _sliders().head = 0.4
    bpy.ops.ed.undo_push(message="shaped")
    after = _keys()
    bpy.ops.ed.undo()
    assert _keys() == before
    assert _sliders().head == 1.0
    bpy.ops.ed.redo()
    assert _keys() == after
    _sliders().head = 1.0
    assert _keys() == before


def test_influence_and_place_of_the_strips_stay(scene: Any) -> None:
    item = nla.tracks(_rig(), _take().id, region="head")[0]
    item.strip.use_animated_influence = True
    item.strip.influence = 0.5
    item.strip.frame_start_ui = 21
    _sliders().head = 1.5
    again = nla.tracks(_rig(), _take().id, region="head")[0]
    assert (again.strip.influence, again.strip.frame_start) == (0.5, 21)
