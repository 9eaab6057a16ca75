"""Motion of other people's skeletons as performances: the same directions, the same way gone, nothing left behind."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from soliloquy.inference.character import load_character
from soliloquy.inference.errors import BadFile, BadRig
from soliloquy.inference.motion_files.register import write_motion
from soliloquy.inference.performance import Performance
from soliloquy.inference.plausibility.kinematics import joint_frames
from soliloquy.rigs.character.default_character import add_character
from soliloquy.rigs.export_take import export_take
from soliloquy.rigs.recorded_motion import load_motion
from soliloquy.rigs.takes.bake import BakeOptions, bake

FRAMES = 6


@pytest.fixture
def acted() -> Performance:
    rng = np.random.default_rng(7)
    poses = rng.normal(0, 0.2, (FRAMES, 165)).astype(np.float32)
    poses[:, 66:75] = 0.0
    trans = np.column_stack([np.linspace(0, 0.3, FRAMES), np.zeros(FRAMES), np.linspace(0, -0.2, FRAMES)])
    return Performance(
        30.0, poses, trans.astype(np.float32), np.zeros((FRAMES, 52), np.float32), np.zeros(FRAMES, np.float32)
    )


def turns_apart(one: Performance, other: Performance) -> float:
    """Return the largest angle in degrees between how any joint is turned against the world."""
    joints = load_character().joints
    turns = [joint_frames(item.poses, item.trans, joints)[0] for item in (one, other)]
    cosine = (np.einsum("tjik,tjik->tj", *turns) - 1) / 2
    return float(np.degrees(np.arccos(np.clip(cosine, -1, 1))).max())


def contents() -> dict[str, int]:
    kinds = ("objects", "armatures", "meshes", "actions", "scenes", "collections", "materials", "images")
    return {kind: len(getattr(bpy.data, kind)) for kind in kinds}


def test_a_written_bvh_comes_back_and_leaves_nothing(blank_scene: Any, tmp_path: Path, acted: Performance) -> None:
    before = contents()
    found = load_motion(write_motion(acted, tmp_path / "line.bvh"))
    assert turns_apart(acted, found) < 0.01
    np.testing.assert_allclose(found.trans, acted.trans, atol=1e-4)
    assert (found.frames, round(found.fps, 3)) == (FRAMES, 30.0)
    assert found.regions == ("head", "body", "hands")
    assert found.meta["imported"] == {"format": "bvh", "file": "line.bvh"}
    assert any("holds no face" in text for text in found.remarks)
    assert contents() == before
    assert bpy.context.scene == blank_scene


@pytest.mark.parametrize(("format", "suffix"), [("BVH", ".bvh"), ("GLTF", ".glb")])
def test_a_take_exported_from_a_character_comes_back(
    blank_scene: Any, tmp_path: Path, acted: Performance, format: str, suffix: str
) -> None:
    blank_scene.render.fps = 30
    rig = add_character(bpy.context)
    take = bake(acted, rig, BakeOptions(first_frame=1.0)).take
    path = tmp_path / f"line{suffix}"
    export_take(rig, take, path, format)
    found = load_motion(path, 30.0)
    assert found.frames == FRAMES
    assert turns_apart(acted, found) < 1.0
    np.testing.assert_allclose(found.trans, acted.trans, atol=5e-3)


NAMES = {
    "hip": ("", (0, 95, 0)), "abdomen": ("hip", (0, 10, 0)), "chest": ("abdomen", (0, 20, 0)),
    "neck": ("chest", (0, 22, 0)), "head": ("neck", (0, 9, 0)), "lCollar": ("chest", (3, 18, 0)),
    "lShldr": ("lCollar", (14, 0, 0)), "lForeArm": ("lShldr", (26, 0, 0)), "lHand": ("lForeArm", (24, 0, 0)),
    "rCollar": ("chest", (-3, 18, 0)), "rShldr": ("rCollar", (-14, 0, 0)), "rForeArm": ("rShldr", (-26, 0, 0)),
    "rHand": ("rForeArm", (-24, 0, 0)), "lThigh": ("hip", (9, -4, 0)), "lShin": ("lThigh", (0, -42, 0)),
    "lFoot": ("lShin", (0, -42, 0)), "rThigh": ("hip", (-9, -4, 0)), "rShin": ("rThigh", (0, -42, 0)),
    "rFoot": ("rShin", (0, -42, 0)),
}  # fmt: skip


def capture(turned: str, degrees: float, travel: float) -> str:
    """Return a capture of two frames: at rest, then one joint turned about Z and all moved to the left."""
    order: list[str] = []

    def lines(name: str, depth: int) -> list[str]:
        order.append(name)
        pad, children = "  " * depth, [child for child, (parent, _) in NAMES.items() if parent == name]
        kind = "ROOT" if not depth else "JOINT"
        channels = "6 Xposition Yposition Zposition" if not depth else "3"
        inside = [line for child in children for line in lines(child, depth + 1)]
        return [
            f"{pad}{kind} {name}", f"{pad}{{", f"{pad}  OFFSET {' '.join(map(str, NAMES[name][1]))}",
            f"{pad}  CHANNELS {channels} Zrotation Xrotation Yrotation", *inside,
            *([] if children else [f"{pad}  End Site", f"{pad}  {{", f"{pad}    OFFSET 0 5 0", f"{pad}  }}"]),
            f"{pad}}}",
        ]  # fmt: skip

    skeleton = lines("hip", 0)
    rows = []
    for part in (0.0, 1.0):
        values = [str(part * travel), "95", "0"]
        for name in order:
            values += [str(part * degrees if name == turned else 0.0), "0", "0"]
        rows.append(" ".join(values))
    return "\n".join(["HIERARCHY", *skeleton, "MOTION", "Frames: 2", "Frame Time: 0.04", *rows, ""])


def test_a_capture_with_names_of_its_own_turns_the_right_joint(blank_scene: Any, tmp_path: Path) -> None:
    path = tmp_path / "capture.bvh"
    path.write_text(capture("lShldr", -60.0, 20.0))
    found = load_motion(path)
    assert found.fps == pytest.approx(25.0)
    joints = load_character().joints
    _, places = joint_frames(found.poses, found.trans, joints)
    names = {"left_shoulder": 16, "left_elbow": 18, "right_shoulder": 17, "right_elbow": 19}
    arm = places[1, names["left_elbow"]] - places[1, names["left_shoulder"]]
    assert math.degrees(math.atan2(-arm[1], arm[0])) == pytest.approx(60.0, abs=1.0)
    other = places[1, names["right_elbow"]] - places[1, names["right_shoulder"]]
    assert math.degrees(math.atan2(-other[1], -other[0])) == pytest.approx(0.0, abs=1.0)
    # Legs of 84 cm there, of 81 here.
    assert found.trans[1, 0] - found.trans[0, 0] == pytest.approx(0.2 * 0.81 / 0.84, rel=0.05)
    assert "hands" not in found.regions


def test_what_cannot_be_played_is_said_in_a_sentence(blank_scene: Any, tmp_path: Path) -> None:
    before = contents()
    (tmp_path / "cut.bvh").write_text(capture("head", 5.0, 0.0)[:700])
    with pytest.raises(BadFile, match="cut short"):
        load_motion(tmp_path / "cut.bvh")
    (tmp_path / "rod.bvh").write_text(
        "HIERARCHY\nROOT rod\n{\nOFFSET 0 0 0\nCHANNELS 3 Xrotation Yrotation Zrotation\n"
        "End Site\n{\nOFFSET 0 1 0\n}\n}\n"
        "MOTION\nFrames: 1\nFrame Time: 0.04\n0 0 0\n"
    )
    with pytest.raises(BadRig, match="rod"):
        load_motion(tmp_path / "rod.bvh")
    (tmp_path / "still.fbx").write_bytes(b"nothing")
    with pytest.raises((BadFile, BadRig)):
        load_motion(tmp_path / "still.fbx")
    assert contents() == before
