"""A performance as a VRM animation: humanoid bones that turn as performed, mouths that close with the lips."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from soliloquy.inference.arkit import ARKIT_INDEX
from soliloquy.inference.character import load_character
from soliloquy.inference.glb import read_glb
from soliloquy.inference.motion_files.register import write_motion
from soliloquy.inference.performance import Performance
from soliloquy.inference.rotation import axis_angle_to_quaternion
from soliloquy.inference.settings import AnimateSettings
from soliloquy.inference.skeleton import JOINT_INDEX
from soliloquy.inference.vrm_names import NEEDED_BONES

FRAMES = 12


@pytest.fixture
def performance() -> Performance:
    arkit = np.zeros((FRAMES, 52), np.float32)
    arkit[:, ARKIT_INDEX["jawOpen"]] = np.linspace(0, 0.3, FRAMES)
    arkit[:, ARKIT_INDEX["eyeBlinkLeft"]] = np.linspace(1, 0, FRAMES)
    poses = np.zeros((FRAMES, 165), np.float32)
    poses[:, 3 * JOINT_INDEX["left_elbow"] + 1] = np.linspace(0, -1.2, FRAMES)
    poses[:, 3 * JOINT_INDEX["jaw"]] = 0.424 * arkit[:, ARKIT_INDEX["jawOpen"]]
    trans = np.linspace([0, 0, 0], [0.1, 0.02, -0.05], FRAMES)
    return Performance(30.0, poses, trans, arkit, np.zeros(FRAMES))


class _Read:
    """What a file animates, by the name of the humanoid bone or expression."""

    def __init__(self, path: Path) -> None:
        self.data, rest = read_glb(path)
        self.said = self.data["extensions"]["VRMC_vrm_animation"]
        binary = rest[8:]
        self.tracks: dict[tuple[str, str], np.ndarray] = {}
        clip = self.data["animations"][0]
        for channel in clip["channels"]:
            sampler = clip["samplers"][channel["sampler"]]
            name = self.data["nodes"][channel["target"]["node"]]["name"]
            self.tracks[name, channel["target"]["path"]] = self._numbers(sampler["output"], binary)
            self.times = self._numbers(sampler["input"], binary)[:, 0]

    def _numbers(self, accessor: int, binary: bytes) -> np.ndarray:
        item = self.data["accessors"][accessor]
        view = self.data["bufferViews"][item["bufferView"]]
        found = np.frombuffer(binary, "<f4", view["byteLength"] // 4, view["byteOffset"])
        return found.reshape(item["count"], -1)


def test_bones_turn_as_performed(performance: Performance, tmp_path: Path) -> None:
    read = _Read(write_motion(performance, tmp_path / "a.vrma"))
    assert set(NEEDED_BONES) <= set(read.said["humanoid"]["humanBones"])
    assert read.times == pytest.approx(np.arange(FRAMES) / 30)
    turned = read.tracks["leftLowerArm", "rotation"]
    wanted = axis_angle_to_quaternion(performance.joint("left_elbow"))
    assert np.abs((np.roll(turned, 1, axis=1) * wanted).sum(1)) == pytest.approx(1, abs=1e-5)
    travel = read.tracks["hips", "translation"] - load_character().joints[0]
    np.testing.assert_allclose(travel, performance.trans, atol=1e-6)
    assert not {"leftEye", "rightEye"} & set(read.said["humanoid"]["humanBones"])
    assert ("lookAt", "rotation") in read.tracks


def test_every_bone_hangs_on_its_parent_in_the_t_pose(performance: Performance, tmp_path: Path) -> None:
    read = _Read(write_motion(performance, tmp_path / "a.vrma"))
    nodes = read.data["nodes"]
    names = {node["name"]: node for node in nodes}
    assert "rotation" not in names["leftUpperArm"]
    chain = [nodes[child]["name"] for child in names["leftUpperArm"]["children"]]
    assert chain == ["leftLowerArm"]
    assert names["leftLowerArm"]["translation"][0] > 0.15


def test_mouths_open_with_the_lips_and_lids_with_the_eyes(performance: Performance, tmp_path: Path) -> None:
    read = _Read(write_motion(performance, tmp_path / "a.vrma"))
    mouths = np.stack([read.tracks[name, "translation"][:, 0] for name in ("aa", "ih", "ou", "ee", "oh")], 1)
    assert mouths[0].max() < 1e-3, "shut lips show no mouth"
    assert mouths[-1, 0] > 0.8
    assert mouths.sum(1).max() < 1.0001
    np.testing.assert_allclose(read.tracks["blinkLeft", "translation"][:, 0], np.linspace(1, 0, FRAMES), atol=1e-6)
    assert set(read.said["expressions"]["preset"]) == {"aa", "ih", "ou", "ee", "oh", "blinkLeft", "blinkRight"}


def test_an_emotion_that_was_directed_goes_with_the_animation(performance: Performance, tmp_path: Path) -> None:
    performance.meta["settings"] = AnimateSettings(emotion="happy", intensity=0.6).to_json()
    read = _Read(write_motion(performance, tmp_path / "a.vrma"))
    assert {"happy", "aa", "blinkLeft"} <= set(read.said["expressions"]["preset"])
    assert not {"sad", "angry", "surprised"} & set(read.said["expressions"]["preset"])
    np.testing.assert_allclose(read.tracks["happy", "translation"][:, 0], 0.6, atol=1e-5)
