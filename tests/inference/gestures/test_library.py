"""The gesture library: what is stored comes back, mirrors are exact, damage is one sentence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from made_up_gestures import made_up_clip, rows_of

from soliloquy.inference.character import load_character
from soliloquy.inference.errors import SoliloquyError
from soliloquy.inference.gestures.library import (
    WEIGHTS,
    Library,
    load_library,
    mirrored,
    pack_rotations,
    unpack_rotations,
)
from soliloquy.inference.rotation import axis_angle_to_quaternion, quaternion_to_axis_angle
from soliloquy.inference.skeleton import JOINT_NAMES
from soliloquy.training.gestures.motion import arm_paths

SWAP = str.maketrans({"<": "right_", ">": "left_"})
MIRRORED = [
    JOINT_NAMES.index(name.replace("left_", "<").replace("right_", ">").translate(SWAP)) for name in JOINT_NAMES
]

pytest.importorskip("torch")


def test_rotations_survive_packing() -> None:
    turns = np.random.default_rng(1).uniform(-1.7, 1.7, (50, 41, 3))
    back = quaternion_to_axis_angle(unpack_rotations(pack_rotations(turns)))
    assert np.abs(back - turns).max() < 1e-4


def test_a_clip_plays_as_it_was_recorded(library: Library) -> None:
    clip = made_up_clip("beat_left_0", "performer0", "beat", "left", 0.0)
    stored = next(item for item in library.clips if item.name == "beat_left_0")
    frames = np.arange(len(clip.rotations))
    played = library.sample(stored, frames / 30)
    assert np.abs((played * clip.rotations).sum(-1)).min() > 1 - 1e-6


def test_a_clip_is_smooth_between_its_frames(library: Library) -> None:
    clip = library.clips[4]
    times = np.arange(0.0, clip.seconds, 1 / 480)
    speed = np.diff(library.sample(clip, times).astype(np.float64), axis=0) * 480
    change = np.abs(np.diff(speed, axis=0)).max()
    assert change < 0.15 * np.abs(speed).max()


def test_mirrored_twice_is_the_original_and_once_swaps_the_hands(library: Library) -> None:
    clip = next(item for item in library.clips if item.hands == (1.0, 0.0))
    poses = library.sample(clip, np.linspace(0, clip.seconds, 20))
    other = mirrored(poses)
    assert np.array_equal(mirrored(other), poses)
    moved = np.ptp(quaternion_to_axis_angle(poses), axis=0).max(-1)
    moved_other = np.ptp(quaternion_to_axis_angle(other), axis=0).max(-1)
    assert moved[rows_of("left")].max() > 0.5 > 0.01 > moved[rows_of("right")].max()
    assert moved_other[rows_of("right")].max() > 0.5 > 0.01 > moved_other[rows_of("left")].max()


def test_a_mirrored_pose_is_the_pose_in_a_mirror(library: Library) -> None:
    joints = np.asarray(load_character().joints, np.float64)
    # A body that is the same on both sides, so that its mirror image is exact.
    joints = (joints + joints[MIRRORED] * [-1.0, 1.0, 1.0]) / 2
    clip = library.clips[8]
    poses = library.sample(clip, np.linspace(0, clip.seconds, 9)).astype(np.float64)
    seen, other = arm_paths(poses, joints), arm_paths(mirrored(poses), joints)
    assert np.abs(other[:, ::-1] * [-1.0, 1.0, 1.0] - seen).max() < 1e-6


def test_a_set_can_be_held_out(library: Library) -> None:
    rest = load_library(("performer0",), library.path)
    assert {clip.set for clip in rest.clips} == {"performer1"}
    assert [clip.index for clip in rest.clips] == list(range(24))
    twin = next(item for item in library.clips if item.name == rest.clips[5].name)
    seconds = np.linspace(0, twin.seconds, 9)
    assert np.array_equal(rest.sample(rest.clips[5], seconds), library.sample(twin, seconds))


def test_nothing_left_is_an_error(library: Library) -> None:
    with pytest.raises(SoliloquyError, match="No gestures are left"):
        load_library(("performer0", "performer1"), library.path)


def test_a_missing_file_says_how_to_mend_it(tmp_path: Path) -> None:
    with pytest.raises(SoliloquyError, match=r"'gone\.npz' is missing") as caught:
        load_library(path=tmp_path / "gone.npz")
    assert caught.value.hint
    assert caught.value.kind == "missing_files"


@pytest.mark.parametrize("damage", ["cut", "noise", "text", "key", "joints", "lengths"])
def test_a_damaged_file_is_one_sentence(library: Library, tmp_path: Path, damage: str) -> None:
    path = tmp_path / "bad.npz"
    content = library.path.read_bytes()
    with np.load(library.path) as file:
        stored = {key: file[key] for key in file.files}
    if damage == "cut":
        path.write_bytes(content[: len(content) // 2])
    elif damage == "noise":
        middle = len(content) // 2
        path.write_bytes(content[:middle] + bytes(200) + content[middle + 200 :])
    elif damage == "text":
        path.write_text("not a library")
    else:
        if damage == "key":
            del stored["phases"]
        elif damage == "joints":
            stored["joints"] = stored["joints"][::-1]
        else:
            stored["frames"] = stored["frames"] + 1
        np.savez_compressed(path, **stored)
    with pytest.raises(SoliloquyError, match=r"'bad\.npz' is damaged") as caught:
        load_library(path=path)
    assert "\n" not in str(caught.value)


def test_another_format_is_refused(library: Library, tmp_path: Path) -> None:
    with np.load(library.path) as file:
        stored = {key: file[key] for key in file.files}
    np.savez_compressed(tmp_path / "new.npz", **{**stored, "format": np.array(99)})
    with pytest.raises(SoliloquyError, match="of format 99"):
        load_library(path=tmp_path / "new.npz")


def test_the_shipped_gestures_are_small_licensed_and_gestures() -> None:
    library = load_library()
    assert WEIGHTS.stat().st_size < 2e6
    assert len(library.clips) > 150
    assert {clip.licence for clip in library.clips} <= {"LGPL-2.1", "CC-BY-SA-4.0"}
    assert all(clip.source.split(":")[0] for clip in library.clips)
    for clip in library.clips:
        assert (
            0
            <= clip.phases[0]
            <= clip.phases[1]
            < clip.phases[2]
            < clip.phases[3]
            < clip.phases[4]
            < clip.seconds + 1e-5
        )
        assert max(clip.hands) == 1.0
        assert clip.phases[0] <= clip.halfway <= clip.phases[2]


def test_the_hand_has_arrived_at_the_shipped_emphases() -> None:
    library = load_library()
    slow = []
    for clip in library.clips:
        times = np.arange(0, clip.seconds, 1 / 60)
        turns = quaternion_to_axis_angle(library.sample(clip, times))
        q = axis_angle_to_quaternion(turns)
        speed = 2 * np.arccos(np.clip(np.abs((q[1:] * q[:-1]).sum(-1)), 0, 1))[:, 3:11].sum(1) * 60
        stroke = speed[int(clip.phases[0] * 60) : int(clip.phases[2] * 60) + 1]
        slow.append(speed[round(clip.phases[2] * 60)] / stroke.max())
    assert np.median(slow) < 0.15
    assert np.mean(np.array(slow) < 0.4) > 0.95


@pytest.mark.parametrize("damage", ["cut", "noise", "text", "table"])
def test_a_damaged_vocabulary_is_one_sentence(tmp_path: Path, damage: str) -> None:
    content = WEIGHTS.read_bytes()
    path = tmp_path / "bad.safetensors"
    if damage == "cut":
        path.write_bytes(content[: len(content) // 2])
    elif damage == "noise":
        path.write_bytes(bytes(4000))
    elif damage == "text":
        path.write_text("not a library")
    else:
        path.write_bytes(content.replace(b"table.frames", b"table.framez"))
    with pytest.raises(SoliloquyError, match=r"'bad\.safetensors' are damaged") as caught:
        load_library(path=path)
    assert "\n" not in str(caught.value)
