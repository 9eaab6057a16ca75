"""BVH as text: what is written is a whole file in the joints' own places, and what is damaged is refused in words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from soliloquy.inference.character import load_character
from soliloquy.inference.errors import BadFile
from soliloquy.inference.motion_files.bvh_file import outline
from soliloquy.inference.motion_files.register import read_motion, write_motion
from soliloquy.inference.performance import Performance
from soliloquy.inference.skeleton import JOINT_NAMES

WHOLE = """\
HIERARCHY
ROOT hip
{
  OFFSET 0 0 0
  CHANNELS 6 Xposition Yposition Zposition Zrotation Xrotation Yrotation
  JOINT left thigh
  {
    OFFSET 1 0 0
    CHANNELS 3 Zrotation Xrotation Yrotation
    End Site
    {
      OFFSET 0 -4 0
    }
  }
}
MOTION
Frames: 2
Frame Time: 0.025
0 0 0 0 0 0 0 0 0
0 1 0 0 0 0 10 0 0
"""


def test_a_written_file_holds_all_joints_in_centimetres(tmp_path: Path) -> None:
    poses = np.random.default_rng(0).normal(0, 0.5, (4, 165)).astype(np.float32)
    moved = np.full((4, 3), 0.25, np.float32)
    performance = Performance(24.0, poses, moved, np.zeros((4, 52), np.float32), np.zeros(4, np.float32))
    path = write_motion(performance, tmp_path / "line.bvh")
    found = outline(path)
    assert set(found.joints) == set(JOINT_NAMES)
    assert (found.frames, round(found.fps, 4)) == (4, 24.0)
    first = np.array(path.read_text().splitlines()[-4].split(), float)
    np.testing.assert_allclose(first[:3], 100 * (load_character().joints[0] + 0.25), atol=1e-4)
    assert len(first) == 3 + 3 * len(JOINT_NAMES)


def test_other_peoples_files_are_outlined_and_sent_to_blender(tmp_path: Path) -> None:
    path = tmp_path / "walk.bvh"
    path.write_text(WHOLE.replace("\n", "\r\n"))
    found = outline(path)
    assert found.joints == ("hip", "left thigh")
    assert found.fps == pytest.approx(40.0)
    with pytest.raises(BadFile, match="Load Performance"):
        read_motion(path)


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("HIERARCHY", "", "no BVH file"),
        ("MOTION", "", "no BVH file"),
        ("Frames: 2", "Frames: 999999999", "999,999,999 frames"),
        ("Frames: 2", "Frames: 3", "2 of 3 frames"),
        ("Frames: 2", "Frames: two", "how many frames"),
        ("0.025", "0.0", "a frame takes"),
        ("10 0 0", "10 0", "does not fit"),
        ("10 0 0", "10 0 nan", "does not fit"),
        ("10 0 0", "10 0 x", "something else than numbers"),
        ("OFFSET 1 0 0", "OFFSET 1 0", "damaged"),
        ("CHANNELS 3", "CHANNELS 30", "channels"),
        ("  }\n}", "  }", "not whole"),
    ],
)
def test_what_is_damaged_is_said_in_one_sentence(tmp_path: Path, old: str, new: str, word: str) -> None:
    path = tmp_path / "walk.bvh"
    assert old in WHOLE
    path.write_text(WHOLE.replace(old, new))
    with pytest.raises(BadFile, match=word) as refused:
        outline(path)
    assert refused.value.hint
    assert "\n" not in str(refused.value)
