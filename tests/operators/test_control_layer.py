"""The three buttons of the panel Controls, what the panel shows, and undo."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("bpy")

import bpy
from fake_layout import draw
from small_control_rig import add_small_control_rig
from spoken import spoken

from soliloquy.operators.choice import forget_seen
from soliloquy.rigs.control_layer.marker import has_controls
from soliloquy.rigs.rig import find_rig
from soliloquy.rigs.takes import nla
from soliloquy.rigs.takes.bake import BakeOptions, bake

PANEL = "SOLILOQUY_PT_controls"


@pytest.fixture
def scene(blank_scene: Any) -> Any:
    blank_scene.render.fps = 30
    bpy.ops.soliloquy.add_character()
    bake(spoken(), _rig(), BakeOptions(name="One"))
    forget_seen()
    return blank_scene


def _rig() -> Any:
    found = find_rig(next(item for item in bpy.data.objects if item.type == "ARMATURE"))
    assert found is not None
    return found


def _wrist(frame: int) -> np.ndarray:
    bpy.context.scene.frame_set(frame)
    return np.array(_rig().armature.pose.bones["left_wrist"].matrix)


def _left() -> dict[str, int]:
    """Return how much of each kind of thing there is."""
    rig = _rig()
    return {
        "bones": len(rig.armature.data.bones),
        "keys": len(rig.meshes[0].data.shape_keys.key_blocks),
        "tracks": len(nla.tracks(rig, fixes=True)),
        "actions": len(bpy.data.actions),
        "constraints": sum(len(bone.constraints) for bone in rig.armature.pose.bones),
    }


def test_the_panel_offers_what_can_be_done_next(scene: Any) -> None:
    assert draw(PANEL).operators == ["soliloquy.add_controls"]
    assert not bpy.ops.soliloquy.bake_controls.poll()
    assert not bpy.ops.soliloquy.remove_controls.poll()
    assert bpy.ops.soliloquy.add_controls() == {"FINISHED"}
    assert bpy.context.mode == "POSE"
    forget_seen()
    assert draw(PANEL).operators == ["soliloquy.bake_controls", "soliloquy.remove_controls"]
    assert not bpy.ops.soliloquy.add_controls.poll()
    assert bpy.ops.soliloquy.remove_controls() == {"FINISHED"}
    assert not has_controls(_rig().armature)
    assert bpy.context.mode == "POSE", "the mode is left as it was"


def test_a_skeleton_of_another_kind_is_told_that_it_gets_none(blank_scene: Any) -> None:
    bpy.context.view_layer.objects.active = add_small_control_rig(bpy)
    forget_seen()
    layout = draw(PANEL)
    assert layout.operators == []
    assert "SMPL-X" in " ".join(layout.labels)
    assert not bpy.ops.soliloquy.add_controls.poll()


def test_undo_brings_controls_and_keys_back_and_redo_bakes_again(scene: Any) -> None:
    bpy.ops.soliloquy.add_controls()
    hand = _rig().armature.pose.bones["CTL_hand.L"]
    for frame, up in ((1, 0.0), (20, 0.08)):
        hand.location = (-0.02, -0.05, up)
        hand.keyframe_insert("location", frame=frame)
    before, shown = _left(), _wrist(15)
    bpy.ops.ed.undo_push(message="before")
    assert bpy.ops.soliloquy.bake_controls() == {"FINISHED"}
    baked = _left()
    assert np.abs(_wrist(15) - shown).max() < 1e-3
    bpy.ops.ed.undo_push(message="baked")
    bpy.ops.ed.undo()
    forget_seen()
    assert _left() == before
    assert has_controls(_rig().armature)
    assert np.abs(_wrist(15) - shown).max() < 1e-6
    bpy.ops.ed.redo()
    forget_seen()
    assert _left() == baked
    assert np.abs(_wrist(15) - shown).max() < 1e-3
