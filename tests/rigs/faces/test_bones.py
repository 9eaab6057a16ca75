"""Faces made of bones: lips shut, mouths open in proportion, lids meet, on whatever mesh hangs on the bones."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from small_bone_face import add_bone_face

from soliloquy.inference.arkit import ARKIT_INDEX
from soliloquy.inference.character import load_character
from soliloquy.inference.performance import Performance
from soliloquy.inference.skeleton import JOINT_INDEX
from soliloquy.rigs.faces import reference_face
from soliloquy.rigs.faces.bones import BoneFace
from soliloquy.rigs.rig import Rig
from soliloquy.rigs.takes import take as takes
from soliloquy.rigs.takes.bake import BakeOptions, bake

_SHUT = {"jawOpen": 0.25, "mouthClose": 0.27, "mouthPressLeft": 0.4, "mouthPressRight": 0.4}
_POSES = (
    {}, {"jawOpen": 1.0}, {"jawOpen": 0.5}, {"jawOpen": 0.3, "mouthFunnel": 0.4}, _SHUT,
    {"mouthSmileLeft": 0.9}, {"eyeBlinkLeft": 1.0, "eyeBlinkRight": 1.0}, {"browInnerUp": 1.0},
)  # fmt: skip
_REST, _FULL, _HALF, _ROUND, _PRESSED, _SMILE, _BLINK, _BROWS = range(len(_POSES))


def _performance() -> Performance:
    character = load_character()
    arkit = np.zeros((len(_POSES), 52), np.float32)
    poses = np.zeros((len(_POSES), 55, 3), np.float32)
    for row, pose in enumerate(_POSES):
        for name, value in pose.items():
            arkit[row, ARKIT_INDEX[name]] = value
        poses[row, JOINT_INDEX["jaw"], 0] = character.jaw_open_radians * pose.get("jawOpen", 0.0)
    flat = poses.reshape(len(_POSES), -1)
    return Performance(24.0, flat, np.zeros((len(_POSES), 3)), arkit, character.lip_aperture(flat, arkit))


def _shown(mesh: Any, pose: int) -> np.ndarray:
    """Return (V, 3) the points of a mesh as evaluated, in its own space."""
    bpy.context.scene.frame_set(1 + pose)
    evaluated = mesh.evaluated_get(bpy.context.evaluated_depsgraph_get())
    found = np.empty(3 * len(evaluated.data.vertices), np.float32)
    evaluated.data.vertices.foreach_get("co", found)
    return found.reshape(-1, 3).astype(float)


def _face(rig: Rig) -> BoneFace:
    return next(drive for drive in rig.drives if isinstance(drive, BoneFace))


def _played(rig: Rig) -> BoneFace:
    bpy.context.scene.render.fps = 24
    face = _face(rig)
    report = bake(_performance(), rig, BakeOptions(regions=("lips", "upper_face", "eyes"), tolerance=0.0))
    assert not [text for text in report.warnings if "not where" in text], report.warnings
    return face


def _gap(face: BoneFace, pose: int) -> float:
    """Return how far the lips are apart in the middle, as a share of the mouth's width."""
    mouth = face.mouth
    assert mouth is not None
    at = _shown(mouth.mouth.mesh, pose) * face.parts.frame.scale
    pairs = at[mouth.mouth.upper] - at[mouth.mouth.lower]
    return float(np.linalg.norm(pairs, axis=1)[mouth.mouth.middle].mean() / mouth.mouth.width)


@pytest.mark.parametrize(
    "kind",
    [
        {}, {"lips": False}, {"controls": True}, {"controls": True, "slides": 1.0},
        {"controls": True, "slides": 0.5, "lips": False},
    ],
)  # fmt: skip
def test_lips_shut_and_open_as_large_a_share_as_the_default_characters(blank_scene, kind) -> None:
    objects, scenes = len(bpy.data.objects), len(bpy.data.scenes)
    rig = add_bone_face(bpy, **kind)
    face = _played(rig)
    assert len(bpy.data.scenes) == scenes, "what was measured on copies is gone"
    assert len(bpy.data.objects) == objects + 1 + len(rig.attached)
    rest, full = _gap(face, _REST), _gap(face, _FULL)
    assert full - rest > 0.3
    assert _gap(face, _PRESSED) - rest < 0.01, "shut on p, b and m though the jaw is open"
    performance = _performance()
    wanted = reference_face.opening(performance.poses, performance.arkit)
    for pose in (_HALF, _ROUND):
        assert (_gap(face, pose) - rest) / (full - rest) == pytest.approx(wanted[pose], rel=0.15)


def test_a_jaw_that_opens_by_its_place_is_moved_and_not_turned(blank_scene) -> None:
    rig = add_bone_face(bpy, controls=True, slides=0.5, lips=False)
    _played(rig)
    bpy.context.scene.frame_set(1 + _FULL)
    jaw = rig.armature.pose.bones["jaw"]
    assert jaw.location.length > 0.01
    assert jaw.matrix_basis.to_quaternion().angle < 1e-6


def test_a_smile_lifts_its_own_corner_and_a_blink_shuts_both_eyes(blank_scene) -> None:
    rig = add_bone_face(bpy)
    face = _played(rig)
    corners = [rig.armature.pose.bones[f"{side}_cornerLip"] for side in "lr"]
    bpy.context.scene.frame_set(1 + _REST)
    before = [np.array(bone.head) for bone in corners]
    bpy.context.scene.frame_set(1 + _SMILE)
    left, right = (np.array(bone.head) - old for bone, old in zip(corners, before, strict=True))
    assert left[2] > 0.003
    assert left[0] > 0.001
    assert abs(right[2]) < 0.3 * left[2]
    mesh = next(item for item in rig.attached if item.name.startswith("Bony face"))
    lids = len(mesh.data.vertices) - 20
    for eye in (lids, lids + 10):
        gaps = [
            points[eye : eye + 5, 2].mean() - points[eye + 5 : eye + 10, 2].mean()
            for points in (_shown(mesh, _REST), _shown(mesh, _BLINK))
        ]
        assert -0.1 * gaps[0] < gaps[1] < 0.1 * gaps[0]
    assert face.joints == {"jaw"}


def test_a_blink_shuts_the_middle_of_an_eye_and_not_its_corners_alone(blank_scene) -> None:
    rig = add_bone_face(bpy, arched=True)
    _played(rig)
    mesh = next(item for item in rig.attached if item.name.startswith("Bony face"))
    lids = len(mesh.data.vertices) - 20
    for eye in (lids, lids + 10):
        rest, shut = (points[eye + 2, 2] - points[eye + 7, 2] for points in (_shown(mesh, _REST), _shown(mesh, _BLINK)))
        assert rest > 0.011
        assert -0.15 * rest < shut < 0.15 * rest


def test_brows_rise(blank_scene) -> None:
    rig = add_bone_face(bpy)
    _played(rig)
    heights = []
    for pose in (_REST, _BROWS):
        bpy.context.scene.frame_set(1 + pose)
        heights.append(rig.armature.pose.bones["l_brow"].head.z)
    assert heights[1] - heights[0] > 0.001


def test_removing_the_take_puts_every_bone_back(blank_scene) -> None:
    rig = add_bone_face(bpy)
    rig.armature.pose.bones["l_brow"].location = (0.001, 0.002, 0.003)
    _played(rig)
    takes.remove(rig, takes.takes_of(rig)[0])
    assert tuple(rig.armature.pose.bones["l_brow"].location) == pytest.approx((0.001, 0.002, 0.003))
    assert tuple(rig.armature.pose.bones["jaw"].rotation_quaternion) == (1.0, 0.0, 0.0, 0.0)


def test_what_has_no_bones_is_said(blank_scene) -> None:
    rig = add_bone_face(bpy, lips=False)
    assert "no bones for upper lip, lower lip, mouth corner" in _face(rig).title
    assert "it shows no upper lip" in rig.lacks["lips"]


def test_keys_go_before_bones(blank_scene) -> None:
    rig = add_bone_face(bpy, keys=True)
    assert not [drive for drive in rig.drives if isinstance(drive, BoneFace)]
