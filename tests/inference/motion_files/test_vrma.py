"""A performance as a VRM animation: humanoid bones that turn as performed, mouths that close with the lips."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from soliloquy.inference.arkit import ARKIT_INDEX
from soliloquy.inference.character import load_character
from soliloquy.inference.errors import BadFile
from soliloquy.inference.glb import binary_chunk, read_glb, write_glb
from soliloquy.inference.motion_files.register import read_motion, write_motion
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


def test_what_is_written_is_read_back(performance: Performance, tmp_path: Path) -> None:
    performance.joint("left_eye_smplhf")[:, 1] = performance.joint("right_eye_smplhf")[:, 1] = 0.2
    found = read_motion(write_motion(performance, tmp_path / "a.vrma"))
    assert found.frames == FRAMES
    assert found.fps == pytest.approx(30.0)
    np.testing.assert_allclose(found.joint("left_elbow"), performance.joint("left_elbow"), atol=1e-5)
    np.testing.assert_allclose(found.trans, performance.trans, atol=2e-3)
    np.testing.assert_allclose(found.joint("right_eye_smplhf")[:, 1], 0.2, atol=1e-5)
    np.testing.assert_allclose(found.coefficient("eyeBlinkLeft"), np.linspace(1, 0, FRAMES), atol=1e-5)
    wanted = load_character().lip_aperture(performance.poses, performance.arkit)
    assert np.abs(found.lip_aperture - np.minimum(wanted, 0.13)).max() < 0.02
    assert found.lip_aperture[0] < 0.005
    assert set(found.regions) >= {"body", "lips", "eyes"}


def _again(path: Path, change: Any) -> Path:
    data, rest = read_glb(path)
    change(data)
    write_glb(path, json.dumps(data).encode(), binary_chunk(rest[8:]))
    return path


def test_axes_of_other_programs_bones_do_not_matter(performance: Performance, tmp_path: Path) -> None:
    half = float(np.sqrt(0.5))

    def lie_otherwise(data: dict[str, Any]) -> None:
        # A root above the hips that is turned, as bones of exporters for whom Z is up are, and undone below it.
        hips = next(n for n, node in enumerate(data["nodes"]) if node["name"] == "hips")
        data["nodes"].append(
            {"name": "Armature", "rotation": [-half, 0, 0, half], "children": [len(data["nodes"]) + 1]}
        )
        data["nodes"].append({"name": "Root", "rotation": [half, 0, 0, half], "children": [hips]})

    found = read_motion(_again(write_motion(performance, tmp_path / "a.vrma"), lie_otherwise))
    np.testing.assert_allclose(found.joint("left_elbow"), performance.joint("left_elbow"), atol=1e-5)
    np.testing.assert_allclose(found.trans, performance.trans, atol=2e-3)


def test_a_bone_turns_from_its_own_rest(performance: Performance, tmp_path: Path) -> None:
    def lie_otherwise(data: dict[str, Any]) -> None:
        node = next(node for node in data["nodes"] if node["name"] == "leftLowerArm")
        node["rotation"] = [0.0, float(np.sin(0.15)), 0.0, float(np.cos(0.15))]

    found = read_motion(_again(write_motion(performance, tmp_path / "a.vrma"), lie_otherwise))
    np.testing.assert_allclose(found.joint("left_elbow")[:, 1], performance.joint("left_elbow")[:, 1] - 0.3, atol=1e-5)
    assert not found.joint("left_wrist").any()


def test_perfect_sync_is_taken_as_it_is(performance: Performance, tmp_path: Path) -> None:
    def rename(data: dict[str, Any]) -> None:
        said = data["extensions"]["VRMC_vrm_animation"]["expressions"]
        said["custom"] = {"MouthSmileLeft": said["preset"].pop("blinkLeft")}

    found = read_motion(_again(write_motion(performance, tmp_path / "a.vrma"), rename))
    np.testing.assert_allclose(found.coefficient("mouthSmileLeft"), np.linspace(1, 0, FRAMES), atol=1e-5)


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data["accessors"][1].update(count=10**9),
        lambda data: data["accessors"][1].update(componentType=1),
        lambda data: data["animations"][0]["channels"][0].update(sampler=-1),
        lambda data: data["nodes"][0].update(children=[0]),
        lambda data: data.update(animations=[]),
        lambda data: data["extensions"]["VRMC_vrm_animation"].update(humanoid=[]),
        lambda data: data["bufferViews"][1].update(byteOffset=10**8),
    ],
)
def test_damage_is_said_in_words(performance: Performance, tmp_path: Path, change: Any) -> None:
    with pytest.raises(BadFile, match="damaged"):
        read_motion(_again(write_motion(performance, tmp_path / "a.vrma"), change))
