"""The figures of the benchmark see what is wrong with a take, and nothing where nothing is."""

from __future__ import annotations

from typing import Any

import pytest

bpy = pytest.importorskip("bpy")

from small_character import add_small_character
from turned_data import hang_arms

from soliloquy.rigs.measures.calibration import SWAY, calibration_performance
from soliloquy.rigs.measures.case import Case
from soliloquy.rigs.measures.file_state import changed, state_of
from soliloquy.rigs.measures.register import MEASURES
from soliloquy.rigs.rig import Rig, find_rig
from soliloquy.rigs.takes import take as takes
from soliloquy.rigs.takes.bake import BakeOptions, bake


@pytest.fixture
def rig(blank_scene: Any) -> Rig:
    blank_scene.render.fps = 30
    rig = add_small_character(bpy)
    hang_arms(bpy, rig.armature, 0.7)
    return find_rig(rig.armature)


def _figures(rig: Rig) -> dict[str, float]:
    performance = calibration_performance()
    case = Case("calibration", rig, performance, bake(performance, rig, BakeOptions(tolerance=0.0)))
    return {name: value for function in MEASURES for name, value in function(case).items()}


def test_a_take_that_shows_as_performed_is_without_fault(rig: Rig) -> None:
    figures = _figures(rig)
    for name in ("upper arm", "forearm", "thigh", "shin", "hand"):
        assert figures[f"{name} max"] < 0.2
    assert figures["curl max %"] < 1.0
    assert figures["head max"] < 0.1
    assert figures["travel %"] < 0.1
    assert figures["feet cm"] < 0.1


def test_each_fault_shows_in_its_figure(rig: Rig) -> None:
    performance = calibration_performance()
    report = bake(performance, rig, BakeOptions(tolerance=0.0))
    assert performance.trans[-1, 0] == pytest.approx(SWAY)
    for name in ("left_elbow", "right_index2", "head", "left_eye_smplhf"):
        item = rig.armature.pose.bones[name]
        held = item.constraints.new("LIMIT_ROTATION")
        held.use_limit_x = held.use_limit_y = held.use_limit_z = True
        held.owner_space = "LOCAL"
    case = Case("calibration", rig, performance, report)
    figures = {name: value for function in MEASURES for name, value in function(case).items()}
    for name in ("forearm max", "curl max %", "head max", "eyes max"):
        assert figures[name] > 10.0
    assert figures["shin max"] < 0.2


def test_what_a_take_changes_and_leaves_is_seen(rig: Rig) -> None:
    before = state_of(rig)
    take = bake(calibration_performance(), rig).take
    bpy.context.scene.frame_set(30)
    assert "bone head" in changed(before, state_of(rig))
    takes.remove(rig, take)
    assert changed(before, state_of(rig), 1e-6) == []
    rig.armature.pose.bones["head"].rotation_mode = "XYZ"
    assert "mode head" in changed(before, state_of(rig))
