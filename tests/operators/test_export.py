"""Export from the operator: formats, endings, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("bpy")

import bpy
import numpy as np


@pytest.fixture
def scene(blank_scene: Any, client: Any, speech_wav: Path) -> Any:
    """A scene with a character and two takes."""
    bpy.ops.soliloquy.animate(filepath=str(speech_wav), take_name="Calm", seed=1)
    bpy.ops.soliloquy.animate(filepath=str(speech_wav), take_name="Loud", seed=2, first_frame=30)
    return blank_scene


@pytest.mark.parametrize(("ending", "beginning"), [("fbx", b"Kaydara FBX Binary"), ("glb", b"glTF"), ("npz", b"PK")])
def test_the_ending_chooses_the_format(scene: Any, tmp_path: Path, ending: str, beginning: bytes) -> None:
    target = tmp_path / f"take.{ending}"
    assert bpy.ops.soliloquy.export(filepath=str(target), take="Calm") == {"FINISHED"}
    assert target.read_bytes().startswith(beginning)
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == [target.name]


def test_the_wanted_format_goes_before_the_ending(scene: Any, tmp_path: Path) -> None:
    bpy.ops.soliloquy.export(filepath=str(tmp_path / "take.v2"), format="NPZ", take="Loud")
    with np.load(tmp_path / "take.v2.npz", allow_pickle=False) as found:
        assert found["poses"].shape[1] == 165


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({}, "No file is named"),
        ({"filepath": "/nowhere/at/all/take.fbx"}, "There is no folder"),
        ({"filepath": "/tmp/take.fbx", "take": "Sad"}, "no take 'Sad'"),
    ],
)
def test_what_cannot_be_exported_is_said(scene: Any, given: dict[str, str], sentence: str) -> None:
    with pytest.raises(RuntimeError, match=sentence):
        bpy.ops.soliloquy.export(**given)


def test_an_fbx_is_made_for_the_program_of_the_panel_or_of_the_call(scene: Any, tmp_path: Path) -> None:
    def unit(name: str) -> float:
        """How many centimetres a unit of an FBX is."""
        data = (tmp_path / name).read_bytes()
        mark = b"NumberS\0\0\0\0D"
        at = data.index(mark, data.index(b"UnitScaleFactor")) + len(mark)
        return float(np.frombuffer(data[at : at + 8], "<f8")[0])

    scene.soliloquy.export_preset = "unreal"
    bpy.ops.soliloquy.export(filepath=str(tmp_path / "panel.fbx"), take="Calm")
    bpy.ops.soliloquy.export(filepath=str(tmp_path / "call.fbx"), take="Calm", preset="unity")
    assert unit("panel.fbx") == 1.0, "Unreal counts in centimetres"
    assert unit("call.fbx") == 100.0


def test_a_recorded_face_is_baked_as_a_face_and_goes_out_as_one(scene: Any, tmp_path: Path) -> None:
    bpy.ops.soliloquy.export(filepath=str(tmp_path / "line.csv"), take="Calm")
    bpy.ops.soliloquy.load_performance(filepath=str(tmp_path / "line.csv"), take_name="Recorded")
    from soliloquy.operators.choice import chosen_rig
    from soliloquy.rigs.takes.take import takes_of

    rig = chosen_rig(bpy.context)
    take = next(take for take in takes_of(rig) if take.name == "Recorded")
    assert set(take.regions) == {"lips", "upper_face", "eyes", "head"}
    bpy.ops.soliloquy.export(filepath=str(tmp_path / "again.csv"), take="Recorded")
    mouth = range(16, 54)
    first, again = (
        np.loadtxt(tmp_path / name, delimiter=",", skiprows=1, usecols=mouth) for name in ("line.csv", "again.csv")
    )
    count = min(len(first), len(again))
    assert np.abs(first[:count] - again[:count]).max() < 0.03
    assert first.max() > 0.2
