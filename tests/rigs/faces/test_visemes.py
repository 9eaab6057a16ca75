"""Faces of visemes: the mouth opens as the performed lips do, is shut where they are, and drives what it has."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from key_meshes import mouth_mesh
from small_character import add_small_character
from small_mouth import HALF
from spoken_lips import shown_gap, spoken_lips

from soliloquy.inference.label_track import LabelTrack
from soliloquy.rigs.rig import find_rig
from soliloquy.rigs.sample import sample_take
from soliloquy.rigs.takes import take as takes
from soliloquy.rigs.takes.bake import BakeOptions, bake
from soliloquy.rigs.takes.craft import LipCraft, craft_take

OCULUS = {
    "viseme_nn": (0.006, 0.0, 0.0),
    "viseme_sil": (0.0, 0.0, 0.0), "viseme_PP": (-0.0005, 0.0, -0.001), "viseme_FF": (0.001, 0.02, 0.0),
    "viseme_aa": (0.02, 0.0, 0.0), "viseme_E": (0.01, 0.12, 0.0), "viseme_I": (0.005, 0.2, 0.0),
    "viseme_O": (0.012, -0.2, 0.006), "viseme_U": (0.004, -0.35, 0.01), "viseme_kk": (0.006, 0.0, 0.0),
}  # fmt: skip
FOUR = {
    "A": (0.03, 0.3, 0.0),
    "I": (0.008, 0.5, 0.0),
    "U": (0.006, -0.1, 0.0),
    "E": (0.01, 0.4, 0.0),
    "O": (0.02, -0.2, 0.0),
}


def _values(mesh: Any, frame: int) -> dict[str, float]:
    bpy.context.scene.frame_set(frame)
    return {block.name: block.value for block in mesh.data.shape_keys.key_blocks[1:]}


@pytest.mark.parametrize(("keys", "rest_gap"), [(OCULUS, 0.0), (OCULUS, 0.002), (FOUR, 0.0)])
def test_the_gap_follows_the_performed_lips_and_is_shut_where_they_are(
    blank_scene: Any, keys: dict[str, Any], rest_gap: float
) -> None:
    blank_scene.render.fps = 30
    mesh, performance = mouth_mesh(keys, rest_gap=rest_gap), spoken_lips()
    rig = find_rig(mesh)
    assert rig is not None
    bake(performance, rig, BakeOptions(tolerance=0.0))
    gap, aperture = shown_gap(bpy, mesh, performance.frames), performance.lip_aperture
    assert np.corrcoef(gap, aperture)[0, 1] > 0.95
    assert gap[aperture < 0.006].max() <= rest_gap + 0.01 * 2 * HALF
    assert gap.max() > rest_gap + 0.3 * max(opening for opening, _, _ in keys.values())


def test_rounded_lips_are_shown_by_rounded_mouths(blank_scene: Any) -> None:
    blank_scene.render.fps = 30
    mesh = mouth_mesh(OCULUS)
    bake(spoken_lips(), find_rig(mesh), BakeOptions(tolerance=0.0))
    early, late = _values(mesh, 8), _values(mesh, 68)
    assert late["viseme_U"] + late["viseme_O"] > early["viseme_U"] + early["viseme_O"] + 0.2
    assert late["viseme_sil"] == early["viseme_sil"] == 0.0
    shut = _values(mesh, 31)
    assert shut["viseme_PP"] > 0.5
    assert all(0.0 <= value <= 1.0 for value in (*early.values(), *late.values(), *shut.values()))
    assert sum(late.values()) <= 1.001


def test_a_key_that_pushes_the_lips_into_each_other_is_held_back(blank_scene: Any) -> None:
    blank_scene.render.fps = 30
    mesh, performance = mouth_mesh({**OCULUS, "viseme_PP": (-0.004, 0.0, 0.0)}), spoken_lips()
    bake(performance, find_rig(mesh), BakeOptions(tolerance=0.0))
    gap = shown_gap(bpy, mesh, performance.frames)
    assert -0.011 * 2 * HALF < gap.min() < -0.003 * 2 * HALF


def test_what_is_heard_decides_between_mouths_that_lips_cannot_tell_apart(blank_scene: Any) -> None:
    blank_scene.render.fps = 30
    mesh, performance = mouth_mesh({**OCULUS, "viseme_SS": (0.004, 0.05, 0.0)}), spoken_lips()
    rig = find_rig(mesh)
    heard = LabelTrack(("kk", "FF", "SS"), np.array([[0.1, 0.4], [0.94, 1.1], [1.1, 1.4]]))
    shown = {}
    for name, tracks in (("heard", {"visemes": heard}), ("seen", {})):
        bake(dataclasses.replace(performance, tracks=tracks), rig, BakeOptions(tolerance=0.0, name=name))
        shown[name] = {frame: _values(mesh, frame) for frame in (8, 31, 38)}
        gap = shown_gap(bpy, mesh, performance.frames)
        assert np.corrcoef(gap, performance.lip_aperture)[0, 1] > 0.95
    for frame, viseme in ((8, "viseme_kk"), (31, "viseme_FF"), (38, "viseme_SS")):
        assert shown["heard"][frame][viseme] > shown["seen"][frame][viseme] + 0.2, viseme
    # A lip under the teeth is what parts the lips there; p, b and m stay shut.
    assert gap[45] < 0.01 * 2 * HALF


def test_the_jaw_bone_rests_and_every_mesh_with_the_mouths_moves(blank_scene: Any) -> None:
    blank_scene.render.fps = 30
    armature = add_small_character(bpy).armature
    armature.children[0].shape_key_clear()
    head, teeth = mouth_mesh(OCULUS), mouth_mesh({"viseme_aa": OCULUS["viseme_aa"]}, "Teeth")
    for mesh in (head, teeth):
        mesh.parent = armature
    rig = find_rig(armature)
    assert rig is not None
    assert rig.face == "oculus_visemes"
    bake(spoken_lips(), rig, BakeOptions(tolerance=0.0))
    assert _values(head, 8)["viseme_aa"] > 0.1
    assert _values(teeth, 8)["viseme_aa"] == _values(head, 8)["viseme_aa"]
    jaw = armature.pose.bones[rig.bones["jaw"]]
    assert np.allclose(jaw.matrix_basis, np.eye(4), atol=1e-6)


def test_one_blink_takes_the_greater_of_both_lids(blank_scene: Any) -> None:
    blank_scene.render.fps = 30
    mesh = mouth_mesh({**OCULUS, "Blink": (0.0, 0.0, 0.0)})
    bake(spoken_lips(), find_rig(mesh), BakeOptions(tolerance=0.0))
    assert _values(mesh, 22)["Blink"] == pytest.approx(1.0)
    assert _values(mesh, 52)["Blink"] == pytest.approx(0.7, abs=1e-4)


def test_a_take_of_visemes_is_crafted_and_removed(blank_scene: Any) -> None:
    blank_scene.render.fps = 30
    mesh = mouth_mesh(OCULUS)
    rig, performance = find_rig(mesh), spoken_lips()
    report = bake(performance, rig)
    before = shown_gap(bpy, mesh, performance.frames)
    craft_take(rig, report.take, LipCraft(articulation=1.4))
    crafted = shown_gap(bpy, mesh, performance.frames)
    assert crafted.max() > 1.15 * before.max()
    craft_take(rig, report.take, LipCraft())
    assert np.abs(shown_gap(bpy, mesh, performance.frames) - before).max() < 1e-5
    takes.remove(rig, takes.find_take(rig, report.take.id))
    assert all(value == 0.0 for value in _values(mesh, 8).values())


def test_a_take_of_visemes_comes_back_as_lips(blank_scene: Any) -> None:
    blank_scene.render.fps = 30
    mesh, performance = mouth_mesh(OCULUS), spoken_lips()
    rig = find_rig(mesh)
    found = sample_take(rig, bake(performance, rig, BakeOptions(tolerance=0.0)).take)
    shown, wanted = found.lip_aperture[: performance.frames], performance.lip_aperture
    assert np.corrcoef(shown, wanted)[0, 1] > 0.95
    assert shown[wanted < 0.006].max() < 0.01
    assert np.abs(shown.max() / wanted.max() - 1.0) < 0.2
    round_ = found.coefficient("mouthPucker") + found.coefficient("mouthFunnel")
    assert round_[68] > round_[8] + 0.1
    assert found.joint("jaw")[:, 0].max() > 0.05


def test_keys_that_cannot_open_so_far_are_told_of(blank_scene: Any) -> None:
    blank_scene.render.fps = 30
    mesh = mouth_mesh(
        {name: shape for name, shape in OCULUS.items() if name[7:] in ("aa", "I", "E", "U", "PP", "kk", "FF", "sil")}
    )
    mesh.data.shape_keys.key_blocks["viseme_aa"].slider_max = 0.1
    report = bake(spoken_lips(), find_rig(mesh))
    assert any("viseme_aa" in warning and "slider" in warning for warning in report.warnings)


@pytest.mark.parametrize("file", ["names_oculus15_mixamo.blend", "names_mmd_japanese.blend", "vrm0_godette.vrm"])
def test_files_of_others_speak(blank_scene: Any, rig_files: Path, file: str) -> None:
    from rig_files import open_rig

    from soliloquy.rigs.faces.key_shapes import key_shape
    from soliloquy.rigs.faces.visemes import Visemes

    blank_scene.render.fps = 30
    armature = next(obj for obj in open_rig(rig_files / file) if obj.type == "ARMATURE")
    rig, performance = find_rig(armature), spoken_lips()
    assert rig is not None
    (drive,) = (drive for drive in rig.drives if isinstance(drive, Visemes))
    mouth = drive.mouth
    assert mouth is not None
    gap = np.zeros(performance.frames)
    for channel in drive.channels(performance, "lips"):
        for target in channel.targets:
            name = target.owner.path_resolve(target.data_path.rpartition(".")[0]).name
            gap += channel.values[:, 0] * float(mouth.gap(key_shape(mouth.mesh, name)))
    assert np.corrcoef(gap, performance.lip_aperture)[0, 1] > 0.95
    assert gap[performance.lip_aperture < 0.006].max() <= 0.01 * mouth.width
