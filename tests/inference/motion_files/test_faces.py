"""Recorded and generated faces: Live Link Face and Audio2Face come in as they went out."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from soliloquy.inference.arkit import ARKIT_INDEX, ARKIT_NAMES
from soliloquy.inference.errors import BadFile, NotSaved
from soliloquy.inference.motion_files.face_motion import head_turn
from soliloquy.inference.motion_files.register import formats, read_motion, write_motion
from soliloquy.inference.performance import Performance
from soliloquy.inference.rotation import axis_angle_to_matrix
from soliloquy.inference.skeleton import JOINT_INDEX


def talking(frames: int = 40, fps: float = 30.0) -> Performance:
    """A face that talks, looks about and turns its head."""
    times = np.arange(frames) / fps
    arkit = np.zeros((frames, len(ARKIT_NAMES)), np.float32)
    arkit[:, ARKIT_INDEX["jawOpen"]] = 0.3 + 0.3 * np.sin(9 * times)
    arkit[:, ARKIT_INDEX["eyeLookOutLeft"]] = arkit[:, ARKIT_INDEX["eyeLookInRight"]] = 0.4 + 0.2 * np.sin(3 * times)
    poses = np.zeros((frames, 165), np.float32)
    for joint, turn in (("neck", (0.1, 0.2, 0.05)), ("head", (-0.2, 0.25, 0.1))):
        poses[:, 3 * JOINT_INDEX[joint] :][:, :3] = np.sin(2 * times)[:, None] * turn
    return Performance(fps, poses, np.zeros((frames, 3)), arkit, np.zeros(frames))


def angle(a: np.ndarray, b: np.ndarray) -> float:
    """Largest angle between rotations, degrees."""
    turn = a.transpose(0, 2, 1) @ b
    return float(np.degrees(np.arccos(np.clip((np.trace(turn, axis1=1, axis2=2) - 1) / 2, -1, 1))).max())


def test_a_recording_has_61_columns_at_60_frames_per_second(tmp_path: Path) -> None:
    path = write_motion(talking(), tmp_path / "take.csv")
    header, first, second, *_ = path.read_text().split("\n")
    assert header.startswith("Timecode,BlendShapeCount,EyeBlinkLeft,EyeLookDownLeft")
    assert header.endswith("LeftEyeYaw,LeftEyePitch,LeftEyeRoll,RightEyeYaw,RightEyePitch,RightEyeRoll")
    assert first.startswith("00:00:00:00.000,61,")
    assert second.startswith("00:00:00:01.000,61,")
    assert len(header.split(",")) == len(first.split(",")) == 63


def test_the_header_is_that_of_the_app(tmp_path: Path, root: Path) -> None:
    sample = root.parent / "shared" / "data" / "rigs" / "livelinkface_sample.csv"
    if not sample.is_file():
        pytest.skip(f"there is no {sample}")
    path = write_motion(talking(), tmp_path / "take.csv")
    assert path.read_text().split("\n")[0] == sample.read_text().split("\n")[0]
    found = read_motion(sample)
    assert (found.frames, found.fps) == (196, 30.0)
    assert found.meta["regions"] == ["lips", "upper_face", "eyes"]


def test_a_recording_comes_back_with_head_and_eyes(tmp_path: Path) -> None:
    was = talking()
    found = read_motion(write_motion(was, tmp_path / "take.csv"))
    assert found.fps == 60
    assert found.meta["regions"] == ["lips", "upper_face", "eyes", "head"]
    assert np.abs(found.arkit[::2][:40] - was.arkit).max() < 1e-5
    assert angle(head_turn(found)[::2][:40], head_turn(was)) < 0.01
    assert angle(head_turn(found)[:1], head_turn(found)[-1:]) > 5
    left = found.joint("left_eye_smplhf")
    assert left[0, 1] > 0.1, "out is to the left for the left eye"
    assert found.joint("jaw")[:, 0] == pytest.approx(0.42413476 * found.coefficient("jawOpen"), abs=1e-6)
    assert found.lip_aperture.max() > 0.1


def test_yaw_turns_right_pitch_down_and_roll_tilts_left(tmp_path: Path) -> None:
    path = write_motion(talking(2), tmp_path / "take.csv")
    lines = path.read_text().strip().split("\n")
    header = lines[0].split(",")
    forward, up = np.array([0.0, 0, 1]), np.array([0.0, 1, 0])
    for name, vector, axis, sign in (
        ("HeadYaw", forward, 0, -1),
        ("HeadPitch", forward, 1, -1),
        ("HeadRoll", up, 0, 1),
    ):
        cells = ["0"] * len(header)
        cells[0], cells[header.index(name)] = "00:00:00:00.000", "0.3"
        (tmp_path / "one.csv").write_text("\n".join([lines[0], ",".join(cells)]))
        turned = head_turn(read_motion(tmp_path / "one.csv"))[0] @ vector
        assert turned[axis] * sign == pytest.approx(np.sin(0.3), abs=1e-5), name


def test_dropped_rows_and_midnight_are_bridged(tmp_path: Path) -> None:
    lines = write_motion(talking(60), tmp_path / "take.csv").read_text().strip().split("\n")
    rows = []
    for number, line in enumerate(lines[1:]):
        frame = 23 * 3600 * 60 + 59 * 3600 + 59 * 60 + 30 + number  # half a second before midnight
        seconds = frame // 60 % 86_400
        clock = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}:{frame % 60:02d}.250"
        if number % 7 != 3:
            rows.append(clock + line[line.index(",") :])
    (tmp_path / "b.csv").write_text("\r\n".join([lines[0], *rows]))
    found = read_motion(tmp_path / "b.csv")
    whole = read_motion(tmp_path / "take.csv")
    assert (found.frames, found.fps) == (whole.frames, 60)
    assert np.abs(found.arkit - whole.arkit).max() < 0.01


def test_eye_angles_count_where_coefficients_are_missing(tmp_path: Path) -> None:
    lines = write_motion(talking(2), tmp_path / "take.csv").read_text().strip().split("\n")
    header = lines[0].split(",")
    cells = ["0"] * len(header)
    cells[0], cells[header.index("LeftEyeYaw")] = "00:00:00:00.000", "-0.2"
    (tmp_path / "one.csv").write_text("\n".join([lines[0], ",".join(cells)]))
    found = read_motion(tmp_path / "one.csv")
    assert found.joint("left_eye_smplhf")[0] == pytest.approx([0, 0.2, 0], abs=1e-6)
    assert found.coefficient("eyeLookOutLeft")[0] == pytest.approx(0.2 / np.radians(30), abs=1e-5)


def test_audio2face_comes_back(tmp_path: Path) -> None:
    was = talking(10, 25.0)
    path = write_motion(was, tmp_path / "weights.json", "audio2face")
    said = json.loads(path.read_text())
    assert said["numPoses"] == 52
    assert said["numFrames"] == 10
    assert said["exportFps"] == 25
    assert said["facsNames"][0] == "eyeBlinkLeft"
    assert len(said["weightMat"][0]) == 52
    found = read_motion(path)
    assert found.fps == 25
    assert np.abs(found.arkit - was.arkit).max() < 1e-5
    assert found.meta["imported"] == {"format": "audio2face", "file": "weights.json"}


def test_the_older_shapes_of_audio2face_find_their_coefficients(tmp_path: Path) -> None:
    said = {
        "exportFps": 30,
        "facsNames": ["jawDrop", "lipCornerPullerL", "eyesLookLeft"],
        "weightMat": [[0.5, 0.25, 1]],
    }
    (tmp_path / "a.json").write_text(json.dumps(said))
    found = read_motion(tmp_path / "a.json")
    shown = {name: found.coefficient(name)[0] for name in ARKIT_NAMES if found.coefficient(name)[0]}
    assert shown == {"jawOpen": 0.5, "mouthSmileLeft": 0.25, "eyeLookOutLeft": 1, "eyeLookInRight": 1}
    assert axis_angle_to_matrix(found.joint("left_eye_smplhf"))[0, 0, 2] > 0.4


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("a.csv", "a,b\n1,2\n", "no table of ARKit"),
        ("a.json", "{}", "no .* or "),
        ("a.json", '{"facsNames": ["jawOpen"], "weightMat": [[NaN]], "exportFps": 30}', "damaged"),
        ("a.json", '{"facsNames": ["nose"], "weightMat": [[1]], "exportFps": 30}', "no face shape"),
        ("a.json", '{"facsNames": ["jawOpen"], "weightMat": [[1, 2]], "exportFps": 30}', "do not fit"),
        ("a.xyz", "hello", "nor of another format"),
    ],
)
def test_what_is_none_is_refused_in_words(tmp_path: Path, name: str, text: str, sentence: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(BadFile, match=sentence):
        read_motion(tmp_path / name)


def test_damaged_rows_are_named_by_their_line(tmp_path: Path) -> None:
    path = write_motion(talking(5), tmp_path / "take.csv")
    lines = path.read_text().split("\n")
    path.write_text("\n".join([*lines[:3], lines[3].replace("0.", "x."), *lines[4:]]))
    with pytest.raises(BadFile, match="line 4"):
        read_motion(path)
    with pytest.raises(BadFile, match="no performance file"):
        read_motion(tmp_path / "none.csv")


def test_an_unknown_ending_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(NotSaved, match="no known format"):
        write_motion(talking(2), tmp_path / "a.xyz")
    with pytest.raises(NotSaved, match="no format 'wmf'"):
        write_motion(talking(2), tmp_path / "a.csv", "wmf")
    assert not list(tmp_path.iterdir())


def test_every_format_has_its_own_name() -> None:
    names = [item.name for item in formats()]
    assert len(set(names)) == len(names)
    assert {"livelink", "audio2face", "rhubarb-tsv", "moho", "performance"} <= set(names)


def test_formats_are_there_where_only_numpy_is(root: Path) -> None:
    """As in Blender's own Python."""
    lines = (
        "import sys",
        "sys.modules.update(dict.fromkeys(('scipy', 'torch', 'av', 'bpy')))",
        f"sys.path.insert(0, {str(root.parent)!r})",
        "from soliloquy.inference.motion_files.register import formats",
        "print(len(formats()))",
    )
    done = subprocess.run([sys.executable, "-c", "; ".join(lines)], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == str(len(formats())), done.stderr
