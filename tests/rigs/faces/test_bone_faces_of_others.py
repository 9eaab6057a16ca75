"""Real characters with faces of bones, and a real control rig: shut, open and looking as performed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from spoken_face import spoken_face

from soliloquy.rigs.measures.body import directions, trunk
from soliloquy.rigs.measures.case import Case
from soliloquy.rigs.measures.file_state import changed, state_of
from soliloquy.rigs.measures.mouths import mouths
from soliloquy.rigs.rig import Rig, find_rig
from soliloquy.rigs.takes import take as takes
from soliloquy.rigs.takes.bake import BakeOptions, bake


def _opened(files: Path, name: str, *, keys: bool = True) -> Rig:
    from rig_files import armature_of, open_rig

    objects = open_rig(files / name)
    for mesh in [item for item in objects if item.type == "MESH" and not keys]:
        mesh.shape_key_clear()
    rig = find_rig(armature_of(objects))
    assert rig is not None
    bpy.context.scene.render.fps = 30
    return rig


@pytest.mark.parametrize(
    ("file", "keys"),
    [("sumerian_luke_boneface.glb", True), ("rocketbox_m08_body_only.fbx", True), ("mpfb_rigify_face.blend", False)],
)
def test_lips_of_bones_shut_and_open_in_proportion(blank_scene: Any, rig_files: Path, file: str, keys: bool) -> None:
    rig, performance = _opened(rig_files, file, keys=keys), spoken_face()
    before = state_of(rig)
    report = bake(performance, rig, BakeOptions(regions=("lips", "eyes", "upper_face")))
    figures = mouths(Case("speech", rig, performance, report))
    assert figures["lips shut %"] <= 1.0
    assert figures["lips share %"] <= 15.0
    takes.remove(rig, report.take)
    assert changed(before, state_of(rig), 1e-6) == []


def test_a_rigify_rig_points_where_the_performance_points(blank_scene: Any, rig_files: Path) -> None:
    from small_character import small_performance

    rig, performance = _opened(rig_files, "mpfb_rigify_face.blend"), small_performance(20)
    assert rig.skeleton == "rigify"
    report = bake(performance, rig, BakeOptions())
    assert not [text for text in report.warnings if "not where" in text], report.warnings
    case = Case("made up", rig, performance, report)
    figures = {**directions(case), **trunk(case)}
    assert max(value for name, value in figures.items() if name.endswith("max")) < 3.0, figures
    shown = rig.armature.evaluated_get(bpy.context.evaluated_depsgraph_get()).pose.bones
    forearm = np.array(shown["DEF-forearm.L"].head) - np.array(shown["DEF-upper_arm.L"].head)
    control = np.array(shown["forearm_fk.L"].head) - np.array(shown["upper_arm_fk.L"].head)
    assert np.allclose(forearm, control, atol=2e-3), "the deforming bones lie on the controls"
