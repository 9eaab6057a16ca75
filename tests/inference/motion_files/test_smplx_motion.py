"""AMASS, SMPL-X and BEAT2 motion in and out: the same body in the same place, and what a file lacks said in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from body_model_files import posed_vertices, smplx_arrays

from soliloquy.inference.character import load_character
from soliloquy.inference.errors import BadFile
from soliloquy.inference.motion_files import smplx_motion
from soliloquy.inference.motion_files.register import read_motion, write_motion
from soliloquy.inference.performance import Performance
from soliloquy.inference.rotation import axis_angle_to_matrix, matrix_to_axis_angle
from soliloquy.inference.skeleton import JOINT_INDEX

FRAMES = 8
Y_TO_Z = np.array([[1.0, 0, 0], [0, 0, -1.0], [0, 1.0, 0]])


@pytest.fixture
def acted() -> Performance:
    """Somebody who turns, sways, talks and looks about, on the ground."""
    rng = np.random.default_rng(2)
    poses = rng.normal(0, 0.05, (FRAMES, 165)).astype(np.float32)
    poses[:, 66:69] = np.column_stack([np.linspace(0, 0.3, FRAMES), np.zeros((FRAMES, 2))])
    poses[:, 1] += np.linspace(0, 1.0, FRAMES)
    trans = np.column_stack([np.linspace(0, 0.3, FRAMES), np.zeros(FRAMES), np.linspace(0, -0.2, FRAMES)])
    return Performance(
        30.0,
        poses,
        trans.astype(np.float32),
        np.zeros((FRAMES, 52), np.float32),
        np.zeros(FRAMES, np.float32),
        expressions=rng.normal(size=(FRAMES, 10)).astype(np.float32),
        expression_space="smplx",
        betas=np.arange(10, dtype=np.float32),
    )


def same(one: Performance, other: Performance) -> None:
    turned = [axis_angle_to_matrix(item.poses.astype(np.float64).reshape(FRAMES, 55, 3)) for item in (one, other)]
    np.testing.assert_allclose(turned[0], turned[1], atol=2e-6)
    np.testing.assert_allclose(one.trans, other.trans, atol=2e-6)


@pytest.mark.parametrize("format", ["smplx", "amass"])
def test_what_is_written_comes_back(tmp_path: Path, acted: Performance, format: str) -> None:
    back = read_motion(write_motion(acted, tmp_path / "line.npz", format))
    same(acted, back)
    assert acted.expressions is not None
    assert back.expressions is not None
    np.testing.assert_array_equal(back.expressions, acted.expressions)
    assert back.expression_space == "smplx"
    assert (back.fps, back.gender, back.betas.tolist()) == (30.0, "neutral", acted.betas.tolist())
    assert back.regions == ("lips", "upper_face", "eyes", "head", "body", "hands")
    expected = np.clip(acted.joint("jaw")[:, 0] / load_character().jaw_open_radians, 0, 1)
    np.testing.assert_allclose(back.coefficient("jawOpen"), expected, atol=1e-6)


@pytest.mark.parametrize("format", ["smplx", "amass", "performance"])
def test_files_hold_what_the_official_addon_asks_for(tmp_path: Path, acted: Performance, format: str) -> None:
    with np.load(write_motion(acted, tmp_path / "line.npz", format)) as data:  # no pickles
        assert data["poses"].shape == (FRAMES, 165)
        assert data["trans"].shape == (FRAMES, 3)
        assert str(data["gender"]) == "neutral"
        assert float(data["mocap_frame_rate"]) == 30.0
        assert data["mocap_frame_rate"].shape == ()
        assert data["betas"].shape == (10,)
        assert data["expressions"].shape == (FRAMES, 10)


def test_a_model_that_plays_an_amass_file_stands_on_z_where_the_performance_stood(
    tmp_path: Path, acted: Performance
) -> None:
    arrays = smplx_arrays()
    nothing = np.zeros(1)
    with np.load(write_motion(acted, tmp_path / "line.npz", "amass")) as data:
        poses, trans = data["poses"].reshape(FRAMES, 55, 3).astype(float), data["trans"].astype(float)
    # The pelvis of this model lies where such files take it to be.
    arrays["v_template"] = arrays["v_template"] - (arrays["J_regressor"] @ arrays["v_template"])[0] + (0, -0.35, 0)
    arrays["posedirs"] = 0 * arrays["posedirs"]
    pelvis, foot = 4 * JOINT_INDEX["pelvis"], 4 * JOINT_INDEX["left_foot"]
    height = load_character().joints[JOINT_INDEX["pelvis"], 1]
    for frame in (0, FRAMES - 1):
        places = posed_vertices(arrays, nothing, nothing, poses[frame], trans[frame])
        x, y, z = acted.trans[frame]
        np.testing.assert_allclose(places[pelvis : pelvis + 4].mean(0), (x, -z, y + height), atol=1e-6)
        assert 0.0 < places[foot, 2] < 0.2


def amass_arrays(frames: int = 6) -> dict[str, Any]:
    """Somebody standing on Z as AMASS stores SMPL-H: 52 joints, 120 frames a second."""
    poses = np.random.default_rng(1).normal(0, 0.02, (frames, 156))
    poses[:, :3] = matrix_to_axis_angle(Y_TO_Z)
    trans = np.tile((1.0, 2.0 + 0.35, load_character().joints[0, 1]), (frames, 1))
    return {
        "poses": poses, "trans": trans, "betas": np.zeros(16), "dmpls": np.zeros((frames, 8)),
        "gender": np.array("female"), "mocap_framerate": np.float64(120.0),
    }  # fmt: skip


def test_amass_motion_stands_upright_and_leaves_the_face_alone(tmp_path: Path) -> None:
    arrays = amass_arrays()
    np.savez(tmp_path / "walk_poses.npz", **arrays)
    found = read_motion(tmp_path / "walk_poses.npz")
    assert (found.fps, found.gender, found.frames) == (120.0, "female", 6)
    np.testing.assert_allclose(found.joint("pelvis"), 0.0, atol=1e-6)
    np.testing.assert_allclose(found.trans, np.tile((1.0, 0.0, -2.0), (6, 1)), atol=1e-6)
    np.testing.assert_allclose(found.joint("left_index1"), arrays["poses"][:, 66:69], atol=1e-6)
    np.testing.assert_allclose(found.joint("left_elbow"), arrays["poses"][:, 54:57], atol=1e-6)
    assert found.regions == ("head", "body", "hands")
    assert any("holds no face" in text for text in found.meta["warnings"])
    assert found.meta["imported"] == {"format": "smplx", "file": "walk_poses.npz"}


def test_parts_stored_apart_and_one_row_for_all_frames(tmp_path: Path, acted: Performance) -> None:
    poses = acted.poses
    np.savez(
        tmp_path / "parameters.npz",
        global_orient=poses[:, :3], body_pose=poses[:, 3:66], jaw_pose=poses[:, 66:69], leye_pose=poses[:1, 69:72],
        reye_pose=poses[:1, 72:75], left_hand_pose=poses[:, 75:120], right_hand_pose=poses[:, 120:165],
        transl=acted.trans, betas=np.zeros((1, 10)), fps=25,
    )  # fmt: skip
    found = read_motion(tmp_path / "parameters.npz")
    assert found.fps == 25.0
    np.testing.assert_array_equal(found.joint("right_thumb3"), acted.joint("right_thumb3"))
    np.testing.assert_array_equal(found.joint("left_eye_smplhf"), np.tile(poses[0, 69:72], (FRAMES, 1)))
    np.testing.assert_array_equal(found.trans, acted.trans)


def test_relaxed_hands_are_those_of_the_users_file(
    tmp_path: Path, acted: Performance, monkeypatch: pytest.MonkeyPatch
) -> None:
    np.savez(
        tmp_path / "2_scott_0_1_1.npz", poses=acted.poses, trans=acted.trans, betas=np.zeros(300),
        expressions=np.zeros((FRAMES, 100)), model="smplx2020", gender="neutral", mocap_frame_rate=30,
    )  # fmt: skip
    hands = np.full((2, 15, 3), 0.1)
    monkeypatch.setattr("soliloquy.inference.body.mano_mean_hand.mean_hands", lambda: (hands, ""))
    found = read_motion(tmp_path / "2_scott_0_1_1.npz")
    np.testing.assert_allclose(found.poses[:, 75:], acted.poses[:, 75:] + 0.1, atol=1e-6)
    flat = smplx_motion.read_smplx_motion(tmp_path / "2_scott_0_1_1.npz", hands="flat")
    np.testing.assert_array_equal(flat.poses[:, 75:], acted.poses[:, 75:])
    monkeypatch.setattr("soliloquy.inference.body.mano_mean_hand.mean_hands", lambda: (hands * 0, "No mean hand."))
    assert "No mean hand." in read_motion(tmp_path / "2_scott_0_1_1.npz").meta["warnings"]


def test_feet_are_put_on_the_ground_where_the_file_has_another(tmp_path: Path, acted: Performance) -> None:
    moved = np.add(acted.trans, (0.0, 1.3, 0.0))
    np.savez(tmp_path / "grounded.npz", poses=acted.poses, trans=moved, mocap_frame_rate=30)
    found = read_motion(tmp_path / "grounded.npz")
    assert np.abs(found.trans[:, 1]).max() < 0.1
    assert any("ground lay 1." in text for text in found.meta["warnings"])


@pytest.mark.parametrize(
    ("arrays", "word"),
    [
        ({"poses": np.zeros((4, 100))}, "100 columns"),
        ({"poses": np.zeros((0, 165))}, "0 frames"),
        ({"poses": np.full((4, 165), np.nan)}, "not numbers"),
        ({"poses": np.zeros((4, 165)), "trans": np.zeros((3, 3))}, "3 frames, not 4"),
        ({"poses": np.array(["a", "b"])}, "not numbers"),
        ({"body_pose": np.zeros((4, 32))}, "32 columns"),
    ],
)
def test_what_does_not_fit_is_said_in_one_sentence(tmp_path: Path, arrays: dict[str, Any], word: str) -> None:
    np.savez(tmp_path / "odd.npz", **arrays)
    with pytest.raises(BadFile, match=word) as refused:
        read_motion(tmp_path / "odd.npz")
    assert refused.value.hint
    assert "\n" not in str(refused.value)


def test_a_performance_is_asked_for_by_name(tmp_path: Path) -> None:
    np.savez(tmp_path / "walk.npz", **amass_arrays())
    with pytest.raises(BadFile, match="soliloquy bake"):
        Performance.load(tmp_path / "walk.npz")
