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
