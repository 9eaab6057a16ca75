"""The figures of a face tell shut lips from open ones, and a face of visemes from one that stands still."""

from __future__ import annotations

from typing import Any

import pytest

bpy = pytest.importorskip("bpy")

from key_meshes import mouth_mesh
from spoken_lips import spoken_lips

from soliloquy.inference.arkit import ARKIT_NAMES
from soliloquy.rigs.measures.case import Case
from soliloquy.rigs.measures.face import lips
from soliloquy.rigs.rig import find_rig
from soliloquy.rigs.takes.bake import BakeOptions, bake

VOWELS = {
    "aa": (0.02, 0.0, 0.0),
    "ih": (0.006, 0.2, 0.0),
    "ou": (0.004, -0.3, 0.0),
    "ee": (0.01, 0.1, 0.0),
    "oh": (0.012, -0.2, 0.0),
}


def _case(mesh: Any) -> Case:
    bpy.context.scene.render.fps = 30
    rig, performance = find_rig(mesh), spoken_lips()
    assert rig is not None
    return Case("speech", rig, performance, bake(performance, rig, BakeOptions(tolerance=0.0)))


def _arkit() -> dict[str, tuple[float, float, float]]:
    return {name: (0.03 if name == "jawOpen" else 0.0, 0.0, 0.0) for name in ARKIT_NAMES}


def test_a_face_that_shuts_and_opens_as_performed_has_small_figures(blank_scene: Any) -> None:
    found = lips(_case(mouth_mesh(_arkit(), rest_gap=0.001)))
    assert found["lips shut %"] < 1.0
    assert found["lips share %"] < 5.0


def test_lips_that_stay_open_are_seen(blank_scene: Any) -> None:
    keys = {**_arkit(), "extra": (0.002, 0.0, 0.0)}
    mesh = mouth_mesh(keys)
    case = _case(mesh)
    still = lips(case)["lips shut %"]
    driver = mesh.data.shape_keys.key_blocks["extra"].driver_add("value").driver
    driver.expression = "frame > 0"
    case.show(0)
    mesh.data.shape_keys.key_blocks["extra"].value = 0.0
    assert lips(case)["lips shut %"] > still + 3.0


def test_visemes_are_held_against_the_lips(blank_scene: Any) -> None:
    assert lips(_case(mouth_mesh(VOWELS)))["viseme 1-r"] < 0.1
