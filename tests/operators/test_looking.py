"""Looking at somebody means at the eyes; a camera that stands before a character is its listener."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("bpy")

import bpy

from soliloquy.operators.looking import eyes_of, gaze_points, listener_points
from soliloquy.rigs.rig import find_rig


@pytest.fixture
def pair(blank_scene: Any) -> tuple[Any, Any]:
    """Two characters, the second three metres before the first and a metre to its left."""
    rigs = []
    for place in ((0.0, 0.0, 0.0), (1.0, -3.0, 0.0)):
        bpy.ops.soliloquy.add_character()
        blank_scene.soliloquy.character.location = place
        rigs.append(find_rig(blank_scene.soliloquy.character))
    bpy.context.view_layer.update()
    return rigs[0], rigs[1]


def test_another_character_is_looked_in_the_eyes(blank_scene: Any, pair: tuple[Any, Any]) -> None:
    first, second = pair
    for part in (second.armature, second.meshes[0]):
        (seen,) = gaze_points(part, first, 1.0, None, blank_scene)
        # It faces the same way, so its eyes are on the far side of its head.
        assert seen == pytest.approx((1.0, 1.57, 3.14), abs=0.05)
    bare = np.array(eyes_of(second))
    second.joints.pop("left_eye_smplhf")
    np.testing.assert_allclose(np.array(eyes_of(second)), bare, atol=0.03)


def test_a_character_that_walks_is_followed_with_the_eyes(blank_scene: Any, pair: tuple[Any, Any]) -> None:
    first, second = pair
    for frame, x in ((1, 1.0), (31, 2.0)):
        second.armature.location.x = x
        second.armature.keyframe_insert("location", frame=frame)
    blank_scene.frame_set(1)
    blank_scene.render.fps = 30
    seen = np.array(gaze_points(second.armature, first, 1.0, 1.0, blank_scene))
    assert len(seen) == 30
    assert np.ptp(seen[:, 0]) == pytest.approx(1.0, abs=0.1)
    assert seen[:, 1] == pytest.approx(1.57, abs=0.05)


def test_a_camera_before_the_character_is_its_listener(blank_scene: Any, pair: tuple[Any, Any]) -> None:
    assert listener_points(pair[0], 1.0, None, blank_scene) == ()
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    blank_scene.collection.objects.link(camera)
    blank_scene.camera = camera
    for place, meant in (((0.5, -2.0, 1.6), True), ((3.0, -1.0, 1.6), False), ((0.0, 3.0, 1.6), False)):
        camera.location = place
        bpy.context.view_layer.update()
        seen = listener_points(pair[0], 1.0, None, blank_scene)
        assert bool(seen) == meant, place
        if meant:
            assert seen[0] == pytest.approx((place[0], place[2], -place[1]), abs=1e-3)


def test_an_order_names_camera_and_contact(blank_scene: Any, client: Any, speech_wav: Path) -> None:
    bpy.ops.soliloquy.add_character()
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    blank_scene.collection.objects.link(camera)
    blank_scene.camera = camera
    camera.location = (0.0, -2.0, 1.5)
    bpy.context.view_layer.update()
    bpy.ops.soliloquy.animate(filepath=str(speech_wav), eye_contact=0.9)
    settings = client.orders[0].settings
    assert settings.listener[0] == pytest.approx((0.0, 1.5, 2.0), abs=1e-3)
    assert settings.eye_contact == pytest.approx(0.9)
