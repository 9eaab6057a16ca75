"""A user's SMPL-X or FLAME file in Blender: the body that the published formula makes, laid out as add-ons do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from body_model_files import (
    Arrays,
    flame_arrays,
    posed_vertices,
    smplx_arrays,
    write_smplx_model,
)

bpy = pytest.importorskip("bpy")

from soliloquy.inference.errors import BadCheckpoint
from soliloquy.inference.rotation import axis_angle_to_quaternion
from soliloquy.inference.skeleton import JOINT_INDEX, JOINT_NAMES
from soliloquy.rigs.body_models.add import add_body_model
from soliloquy.rigs.body_models.joints import update_joints
from soliloquy.rigs.rig import Rig, find_rig

EXACT = 1e-5
"""Metres."""


def shown(rig: Rig) -> np.ndarray:
    """Return (V, 3) vertices as Blender shows them, in the model's own frame: the armature's, Y up."""
    bpy.context.view_layer.update()
    body = rig.attached[0].evaluated_get(bpy.context.evaluated_depsgraph_get())
    mesh = body.to_mesh()
    points = np.empty(3 * len(mesh.vertices), np.float32)
    mesh.vertices.foreach_get("co", points)
    body.to_mesh_clear()
    x, y, z = points.reshape(-1, 3).T
    return np.stack([x, z, -y], 1)


def show(rig: Rig, poses: np.ndarray, trans: np.ndarray, **components: np.ndarray) -> None:
    """Pose the bones, move the root joint and set the keys of ``Shape`` and ``Exp``."""
    names = JOINT_NAMES if "pelvis" in rig.armature.pose.bones else ("root", "neck", "jaw", "left_eye", "right_eye")
    for name, quaternion in zip(names, axis_angle_to_quaternion(poses), strict=True):
        rig.armature.pose.bones[name].rotation_quaternion = quaternion
    rig.armature.pose.bones[names[0]].location = trans
    blocks = rig.attached[0].data.shape_keys.key_blocks
    for family, values in components.items():
        for index, value in enumerate(values):
            blocks[f"{family}{index:03d}" if "Shape000" in blocks else f"{family}{index + 1}"].value = value


def someone(joints: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return betas, expression, poses of all joints and translation, drawn at random."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=10), rng.normal(size=10), rng.normal(0, 0.4, (joints, 3)), rng.normal(size=3)


@pytest.fixture(params=[20, 400])
def arrays(request: pytest.FixtureRequest) -> Arrays:
    return smplx_arrays(request.param)


def test_shape_expression_pose_and_correctives_are_the_models_own(
    blank_scene: Any, tmp_path: Path, arrays: Arrays
) -> None:
    path = write_smplx_model(tmp_path / "SMPLX_FEMALE.npz", arrays)
    rig = add_body_model(bpy.context, path)
    for seed in (1, 2):
        betas, expression, poses, trans = someone(55, seed)
        show(rig, poses, trans, Shape=betas, Exp=expression)
        update_joints(rig, expression=True)
        np.testing.assert_allclose(shown(rig), posed_vertices(arrays, betas, expression, poses, trans), atol=EXACT)


def test_the_authors_own_reader_makes_the_same_body(
    blank_scene: Any, tmp_path: Path, arrays: Arrays, monkeypatch: pytest.MonkeyPatch
) -> None:
    smplx = pytest.importorskip("smplx", reason="the authors' package is not installed")
    torch = pytest.importorskip("torch")
    path = write_smplx_model(tmp_path / "SMPLX_NEUTRAL.npz", arrays)
    # Landmarks of the real mesh, which a small one does not have.
    landmarks = smplx.body_models.VERTEX_IDS
    monkeypatch.setitem(landmarks, "smplx", dict.fromkeys(landmarks["smplx"], 0))
    theirs = smplx.SMPLX(
        str(path), ext="npz", use_pca=False, flat_hand_mean=True, num_betas=10, num_expression_coeffs=10,
        dtype=torch.float64,
    )  # fmt: skip
    betas, expression, poses, trans = someone(55, 3)
    parts = {"global_orient": (0, 1), "body_pose": (1, 22), "jaw_pose": (22, 23), "leye_pose": (23, 24),
             "reye_pose": (24, 25), "left_hand_pose": (25, 40), "right_hand_pose": (40, 55)}  # fmt: skip
    said = {name: torch.from_numpy(poses[a:b].reshape(1, -1)) for name, (a, b) in parts.items()}
    with torch.inference_mode():
        made = theirs(
            betas=torch.from_numpy(betas[None]), expression=torch.from_numpy(expression[None]),
            transl=torch.from_numpy(trans[None]), **said,
        )  # fmt: skip
    rig = add_body_model(bpy.context, path, betas=betas)
    show(rig, poses, trans, Exp=expression)
    update_joints(rig, expression=True)
    np.testing.assert_allclose(shown(rig), made.vertices[0].numpy(), atol=EXACT)


def test_a_flame_head_is_the_models_own(blank_scene: Any, tmp_path: Path) -> None:
    arrays = flame_arrays()
    rig = add_body_model(bpy.context, write_smplx_model(tmp_path / "FLAME.npz", arrays))
    betas, expression, poses, trans = someone(5, 4)
    show(rig, poses, trans, Shape=betas, Exp=expression)
    update_joints(rig, expression=True)
    np.testing.assert_allclose(shown(rig), posed_vertices(arrays, betas, expression, poses, trans), atol=EXACT)
    assert {"neck", "jaw", "left_eye_smplhf", "right_eye_smplhf"} <= set(rig.joints)
    assert {"Shape1", "Exp1", "Pose1", "Pose36"} <= set(rig.attached[0].data.shape_keys.key_blocks.keys())


def test_it_lies_as_in_the_official_addon(blank_scene: Any, tmp_path: Path) -> None:
    arrays = smplx_arrays()
    rig = add_body_model(bpy.context, write_smplx_model(tmp_path / "SMPLX_MALE.npz", arrays), location=(1, 2, 3))
    armature, body = rig.armature, rig.attached[0]
    assert (armature.name, body.name, body["smplx_gender"]) == ("SMPLX-male", "SMPLX-mesh-male", "male")
    assert set(rig.joints) == set(JOINT_NAMES)
    assert {bone.name for bone in armature.data.bones} == {"root", *JOINT_NAMES}
    for name, place in zip(JOINT_NAMES, arrays["J_regressor"] @ arrays["v_template"], strict=True):
        bone = armature.data.bones[name]
        np.testing.assert_allclose(bone.head_local, (place[0], -place[2], place[1]), atol=1e-6)
        np.testing.assert_allclose(bone.tail_local - bone.head_local, (0, 0, 0.1), atol=1e-6)
        np.testing.assert_allclose(bone.matrix_local.to_3x3(), [[1, 0, 0], [0, 0, -1], [0, 1, 0]], atol=1e-6)
    keys = body.data.shape_keys.key_blocks
    assert [key.name for key in keys[:3]] == ["Base", "Shape000", "Shape001"]
    assert len([key for key in keys if key.name.startswith("Pose")]) == 486
    assert (keys["Exp009"].slider_min, keys["Exp009"].slider_max) == (-10.0, 10.0)
    lowest = min((body.matrix_world @ vertex.co).z for vertex in body.data.vertices)
    assert lowest == pytest.approx(3.0, abs=1e-5)


@pytest.mark.parametrize(("which", "count"), [("JAW", 9), ("OFF", 0)])
def test_fewer_keys_where_fewer_are_wanted(blank_scene: Any, tmp_path: Path, which: str, count: int) -> None:
    arrays = smplx_arrays(400)
    path = write_smplx_model(tmp_path / "SMPLX_NEUTRAL.npz", arrays)
    rig = add_body_model(bpy.context, path, correctives=which, shapes=4, expressions=5)
    names = rig.attached[0].data.shape_keys.key_blocks.keys()
    poses = [name for name in names if name.startswith("Pose")]
    assert len(poses) == count
    assert (sum("Shape" in name for name in names), sum("Exp" in name for name in names)) == (4, 5)
    if poses:
        first = 9 * (JOINT_INDEX["jaw"] - 1)
        assert poses[0] == f"Pose{first:03d}"
    # The jaw alone turns: its own correctives are all it needs.
    turned = np.zeros((55, 3))
    turned[JOINT_INDEX["jaw"]] = (0.4, 0.05, -0.02)
    show(rig, turned, np.zeros(3))
    if which == "JAW":
        whole = posed_vertices(arrays, np.zeros(1), np.zeros(1), turned, np.zeros(3))
        np.testing.assert_allclose(shown(rig), whole, atol=EXACT)


def test_joints_lie_where_the_shape_puts_them(blank_scene: Any, tmp_path: Path) -> None:
    arrays = smplx_arrays()
    path = write_smplx_model(tmp_path / "SMPLX_NEUTRAL.npz", arrays)
    betas = np.array([2.0, -1.0, 0.5])
    built = add_body_model(bpy.context, path, betas=betas)
    later = add_body_model(bpy.context, path)
    show(later, np.zeros((55, 3)), np.zeros(3), Shape=betas)
    bpy.ops.object.mode_set(mode="POSE")
    update_joints(later)
    assert bpy.context.mode == "POSE"
    bpy.ops.object.mode_set(mode="OBJECT")
    shaped = arrays["v_template"] + arrays["shapedirs"][:, :, :3] @ betas
    for rig in (built, later):
        places = np.array([rig.armature.data.bones[name].head_local for name in JOINT_NAMES])
        x, y, z = (arrays["J_regressor"] @ shaped).T
        np.testing.assert_allclose(places, np.stack([x, -z, y], 1), atol=1e-6)


def test_correctives_follow_in_a_saved_file_whose_scripts_may_not_run(blank_scene: Any, tmp_path: Path) -> None:
    arrays = smplx_arrays()
    rig = add_body_model(bpy.context, write_smplx_model(tmp_path / "SMPLX_NEUTRAL.npz", arrays))
    drivers = rig.attached[0].data.shape_keys.animation_data.drivers
    assert all(curve.driver.is_simple_expression and curve.driver.is_valid for curve in drivers)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "saved.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "saved.blend"), use_scripts=False)
    rig = find_rig(bpy.data.objects["SMPLX-neutral"])
    assert rig is not None
    _, _, poses, trans = someone(55, 6)
    for name, vector in zip(JOINT_NAMES, poses, strict=True):
        bone = rig.armature.pose.bones[name]
        bone.rotation_mode = "AXIS_ANGLE"  # whichever mode an artist works in
        angle = float(np.linalg.norm(vector))
        bone.rotation_axis_angle = (angle, *(vector / angle))
    rig.armature.pose.bones["pelvis"].location = trans
    np.testing.assert_allclose(shown(rig), posed_vertices(arrays, np.zeros(1), np.zeros(1), poses, trans), atol=EXACT)
    update_joints(rig)  # what it needs is in the file


def test_a_file_that_is_no_model_adds_nothing(blank_scene: Any, tmp_path: Path) -> None:
    np.savez(tmp_path / "walk.npz", poses=np.zeros((3, 165)), trans=np.zeros((3, 3)))
    with pytest.raises(BadCheckpoint, match="motion"):
        add_body_model(bpy.context, tmp_path / "walk.npz")
    assert not bpy.data.objects
    assert not bpy.data.meshes
