"""The default character without Blender: its pack, its skinning, and its lips."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from work import work_of

from soliloquy.inference.arkit import ARKIT_INDEX, ARKIT_NAMES
from soliloquy.inference.character import Character, load_character, read_character
from soliloquy.inference.errors import SoliloquyError
from soliloquy.inference.skeleton import JOINT_INDEX

AMOUNTS = np.linspace(0, 1, 21)


@pytest.fixture(scope="module")
def character() -> Character:
    """The character of the pack."""
    return load_character()


def mouth(character: Character, amounts: np.ndarray, **coefficients: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return poses and coefficients with the jaw open by ``amounts`` and further coefficients set."""
    poses, arkit = np.zeros((len(amounts), 165), np.float32), np.zeros((len(amounts), 52), np.float32)
    poses[:, 3 * JOINT_INDEX["jaw"]] = character.jaw_open_radians * amounts
    arkit[:, ARKIT_INDEX["jawOpen"]] = amounts
    for name, values in coefficients.items():
        arkit[:, ARKIT_INDEX[name]] = values
    return poses, arkit


def test_a_person_stands_on_the_ground_in_a_t_pose(character: Character) -> None:
    height = character.vertices[:, 1].max()
    assert 1.6 < height < 1.85
    assert abs(character.vertices[:, 1].min()) < 0.004
    wrist = character.joints[JOINT_INDEX["left_wrist"]]
    shoulder = character.joints[JOINT_INDEX["left_shoulder"]]
    assert wrist[0] - shoulder[0] > 0.4, "the left hand points to +X"
    assert abs(wrist[1] - shoulder[1]) < 0.02
    assert character.joints[JOINT_INDEX["left_foot"], 2] > character.joints[JOINT_INDEX["left_ankle"], 2] + 0.05


def test_pelvis_and_spine_lie_where_smplx_has_them(character: Character) -> None:
    y = {name: character.joints[index, 1] for name, index in JOINT_INDEX.items()}
    assert 0.08 < y["pelvis"] - (y["left_hip"] + y["right_hip"]) / 2 < 0.10
    assert y["pelvis"] < y["spine1"] < y["spine2"] < y["spine3"] < y["neck"] < y["head"]
    assert 0.6 < (y["spine3"] - y["pelvis"]) / (y["neck"] - y["pelvis"]) < 0.7


def test_weights_sum_to_exactly_one(character: Character) -> None:
    assert (character.weights.sum(1, dtype=np.float32) == np.float32(1)).all()
    assert character.weights.min() >= 0
    assert character.weight_joints.max() < 55


def test_every_arkit_key_moves_the_face_and_nothing_else(character: Character) -> None:
    assert len(character.arkit) == len(ARKIT_NAMES) == 52
    neck = character.joints[JOINT_INDEX["neck"], 1]
    for name, key in zip(ARKIT_NAMES, character.arkit, strict=True):
        moved = np.linalg.norm(key.offsets, axis=1)
        assert moved.max() > 5e-4, name
        assert character.vertices[key.indices[moved > 2e-4], 1].min() > neck - 0.05, name


def test_left_keys_move_the_left_side(character: Character) -> None:
    for name in ("eyeBlink", "mouthSmile", "browDown", "cheekSquint"):
        key = character.arkit[ARKIT_INDEX[f"{name}Left"]]
        centre = np.average(character.vertices[key.indices, 0], weights=np.linalg.norm(key.offsets, axis=1))
        assert centre > 0.01, name


def test_lips_are_sealed_at_rest_and_open_with_the_jaw(character: Character) -> None:
    aperture = character.lip_aperture(*mouth(character, AMOUNTS))
    assert aperture[0] < 0.005
    assert (np.diff(aperture) > 0.01).all()
    assert 0.3 < aperture[-1] < 0.6


def test_mouth_close_keeps_the_lips_shut_at_every_jaw_opening(character: Character) -> None:
    aperture = character.lip_aperture(*mouth(character, AMOUNTS, mouthClose=AMOUNTS))
    assert aperture.max() < 0.015


def test_smiling_widens_the_mouth(character: Character) -> None:
    ones = np.ones(1)
    rest = character.lip_points(*mouth(character, np.zeros(1)))[0]
    smile = character.lip_points(*mouth(character, np.zeros(1), mouthSmileLeft=ones, mouthSmileRight=ones))[0]
    pucker = character.lip_points(*mouth(character, np.zeros(1), mouthPucker=ones))[0]
    assert smile[2, 0] - smile[3, 0] > rest[2, 0] - rest[3, 0] + 0.004
    assert pucker[2, 0] - pucker[3, 0] < rest[2, 0] - rest[3, 0] - 0.004


def test_lip_points_are_those_of_the_skinned_mesh(character: Character) -> None:
    random = np.random.default_rng(3)
    arkit = random.random((4, 52))
    poses = np.zeros((4, 55, 3))
    poses[:, JOINT_INDEX["jaw"]] = random.normal(0, 0.2, (4, 3))
    points = character.lip_points(poses.reshape(4, -1), arkit)
    for frame in range(4):
        skinned = character.skin(poses[frame], arkit[frame])
        assert points[frame] == pytest.approx(skinned[character.landmarks[:4]], abs=1e-6)


def test_turning_the_head_does_not_open_the_mouth(character: Character) -> None:
    poses, arkit = mouth(character, np.array([0.3]))
    still = character.lip_aperture(poses, arkit)
    poses[:, 3 * JOINT_INDEX["head"] + 1] = 0.7
    assert character.lip_aperture(poses, arkit) == pytest.approx(still)


def test_the_lip_basis_predicts_the_lip_points(character: Character) -> None:
    basis = character.lip_basis()
    poses, arkit = mouth(character, AMOUNTS, mouthSmileLeft=AMOUNTS)
    linear = basis.rest + np.tensordot(arkit, basis.deltas, 1)
    assert linear == pytest.approx(character.lip_points(poses, arkit), abs=0.003)
    poses, arkit = mouth(character, np.ones(1))
    assert basis.rest + basis.deltas[ARKIT_INDEX["jawOpen"]] == pytest.approx(
        character.lip_points(poses, arkit)[0], abs=5e-5
    )
    assert 0.07 < basis.eye_distance < 0.11


def test_twenty_minutes_of_aperture_are_measured_on_arrays_not_frame_by_frame(character: Character) -> None:
    frames = 20 * 60 * 60
    poses, arkit = np.zeros((frames, 165), np.float32), np.zeros((frames, 52), np.float32)
    arkit[:, ARKIT_INDEX["mouthFunnel"]] = 0.5
    aperture = character.lip_aperture(poses, arkit)
    assert aperture.shape == (frames,)
    assert np.ptp(aperture) < 1e-6
    short = work_of(lambda: character.lip_aperture(poses[:600], arkit[:600]))
    assert work_of(lambda: character.lip_aperture(poses, arkit)).total() < short.total() + frames / 50


def test_jaw_bone_and_corrective_make_the_full_jaw_key(character: Character) -> None:
    pose = np.zeros((55, 3))
    pose[JOINT_INDEX["jaw"], 0] = character.jaw_open_radians
    arkit = np.zeros(52)
    arkit[ARKIT_INDEX["jawOpen"]] = 1
    key = character.arkit[ARKIT_INDEX["jawOpen"]].dense(len(character.vertices))
    off = np.abs(character.skin(pose, arkit) - character.vertices - key).max(1)
    bound = character.arkit[ARKIT_INDEX["jawOpen"]].dense(len(off)).any(1) & (character.base < 0)
    assert off[~bound].max() < 5e-5
    # Hair at the temples follows skin by shares of a 256th, half of which is .08 mm of the jaw's way.
    assert off.max() < 8e-5


@pytest.mark.parametrize("slider", ["masculine", "age", "muscle", "weight", "height"])
@pytest.mark.parametrize("value", [-1.0, 1.0])
def test_every_body_stands_on_the_ground_with_eyes_in_its_head(character: Character, slider: str, value: float) -> None:
    betas = character.betas({slider: value})
    body = character.vertices + np.tensordot(betas, character.shape, 1)
    assert np.abs(body - character.vertices).max() > 0.004
    assert abs(body[:, 1].min()) < 0.008
    joints = character.shaped_joints(betas)
    for side in ("left", "right"):
        joint = JOINT_INDEX[f"{side}_eye_smplhf"]
        eyeball = body[(character.weight_joints[:, 0] == joint) & (character.weights[:, 0] == 1)]
        assert joints[joint] == pytest.approx((eyeball.min(0) + eyeball.max(0)) / 2, abs=0.002)


def test_taller_and_heavier_do_what_they_say(character: Character) -> None:
    def height(**sliders: float) -> float:
        return float((character.vertices + np.tensordot(character.betas(sliders), character.shape, 1))[:, 1].max())

    def girth(**sliders: float) -> float:
        body = character.vertices + np.tensordot(character.betas(sliders), character.shape, 1)
        waist = body[(np.abs(body[:, 1] / body[:, 1].max() - 0.62) < 0.01) & (np.abs(body[:, 0]) < 0.3)]
        return float(np.ptp(waist[:, 2]))

    assert height(height=1) > height() + 0.1 > height(height=-1) + 0.2
    assert girth(weight=1) > girth() + 0.01 > girth(weight=-1) + 0.01


def test_an_unknown_slider_is_named(character: Character) -> None:
    with pytest.raises(SoliloquyError, match="wisdom"):
        character.betas({"wisdom": 1.0})


def test_a_damaged_pack_is_reported_in_words(tmp_path: Path) -> None:
    broken = tmp_path / "character.npz"
    broken.write_bytes(b"PK\x03\x04 not an archive")
    with pytest.raises(SoliloquyError, match="damaged"):
        read_character(broken)
    with pytest.raises(SoliloquyError, match="missing"):
        read_character(tmp_path / "nowhere.npz")
