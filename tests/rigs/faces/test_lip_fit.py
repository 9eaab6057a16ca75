"""ARKit lips on a face that answers otherwise: as far open as performed in share of its own jaw, shut where shut."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from key_meshes import mouth_mesh
from small_character import add_small_character, small_performance
from small_mouth import HALF
from spoken_lips import shown_gap, spoken_lips

from soliloquy.inference.arkit import ARKIT_INDEX, ARKIT_NAMES
from soliloquy.rigs.faces.lip_targets import full_gap, lip_measures
from soliloquy.rigs.rig import find_rig
from soliloquy.rigs.takes.bake import BakeOptions, bake

JAW = 0.04


def _face(**gaps: float) -> Any:
    """Return a mesh with all keys; those named part the lips by metres."""
    keys = {name: (gaps.get(name, 0.0), 0.0, 0.0) for name in ARKIT_NAMES}
    keys["jawOpen"] = (gaps.get("jawOpen", JAW), 0.0, 0.0)
    return mouth_mesh(keys)


@pytest.mark.parametrize(
    "gaps",
    [
        {"mouthUpperUpLeft": 0.006, "mouthUpperUpRight": 0.006, "mouthPucker": 0.002},
        {"mouthClose": -0.02, "mouthPressLeft": -0.001},
        {"mouthUpperUpLeft": 0.02, "mouthClose": -0.04},
    ],
)
def test_lips_open_as_large_a_share_as_performed_and_shut_where_they_do(
    blank_scene: Any, gaps: dict[str, float]
) -> None:
    blank_scene.render.fps = 30
    mesh, performance = _face(**gaps), spoken_lips()
    for name in ("mouthUpperUpLeft", "mouthUpperUpRight"):
        performance.arkit[:, ARKIT_INDEX[name]] = 0.25
    rig = find_rig(mesh)
    assert rig is not None
    bake(performance, rig, BakeOptions(tolerance=0.0))
    gap = shown_gap(bpy, mesh, performance.frames)
    performed = lip_measures(performance)[:, 0]
    opened, shut = performed > 0.004, performed < 3e-4
    share = (gap[opened] / JAW) / (performed[opened] / full_gap())
    assert np.abs(share - 1.0).max() < 0.15
    if shut.any():
        assert gap[shut].max() <= 0.01 * 2 * HALF


def test_other_keys_are_as_performed(blank_scene: Any) -> None:
    blank_scene.render.fps = 30
    mesh, performance = _face(mouthUpperUpLeft=0.01), small_performance(8)
    rig = find_rig(mesh)
    assert rig is not None
    assert rig.lip_fit is not None
    fitted = rig.lip_fit.fitted(performance)
    changed = {
        name for name in ARKIT_NAMES if not np.array_equal(fitted.coefficient(name), performance.coefficient(name))
    }
    assert changed <= {"jawOpen", "mouthUpperUpLeft"}
    assert (fitted.poses == performance.poses).all()
    assert (fitted.arkit >= 0.0).all()
    assert (fitted.arkit <= 1.0).all()


def test_faces_whose_jaw_is_a_bone_or_whose_lips_are_not_found_are_left_alone(blank_scene: Any) -> None:
    rig = add_small_character(bpy)
    assert rig.lip_fit is None
    still = find_rig(_face(jawOpen=0.0))
    assert still is not None
    assert still.lip_fit is not None
    performance = small_performance(8)
    assert still.lip_fit.fitted(performance) is performance
