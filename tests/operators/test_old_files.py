"""Files that older versions and other Blenders saved: their takes are listed, play, are crafted and made anew."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("bpy")

import bpy
import numpy as np
from fake_layout import draw

from soliloquy.operators import craft, regenerate
from soliloquy.rigs import compat
from soliloquy.rigs.rig import Rig, rigs_in_scene
from soliloquy.rigs.takes import lost
from soliloquy.rigs.takes.craft import craft_of
from soliloquy.rigs.takes.take import edited, find_take, takes_of

FILES = {"two_takes_42.blend": (4, 2), "two_takes_45.blend": (4, 5), "two_takes_52.blend": (5, 2)}


@pytest.fixture
def folder(root: Path, tmp_path: Path, blank_scene: Any, client: Any) -> Path:
    """The old files and their performances as they come to another machine: beside each other."""
    for path in (root / "tests" / "rigs" / "takes" / "fixtures").iterdir():
        shutil.copy(path, tmp_path)
    return tmp_path


def _open(folder: Path, name: str) -> Rig:
    bpy.ops.wm.open_mainfile(filepath=str(folder / name))
    craft.SLIDERS.forget()
    regenerate._looked.clear()
    return rigs_in_scene(bpy.context.scene)[0]


def _smile(rig: Rig, frame: int) -> float:
    bpy.context.scene.frame_set(frame)
    return rig.meshes[0].data.shape_keys.key_blocks["mouthSmileLeft"].value


@pytest.mark.parametrize("name", [name for name, version in FILES.items() if version <= bpy.app.version[:2]])
def test_takes_are_alive(folder: Path, client: Any, speech_wav: Path, name: str) -> None:
    if FILES[name] >= (4, 4) and not compat.has_slots():
        pytest.skip("this Blender cannot read all of the file")
    rig = _open(folder, name)
    shown = bpy.context.window_manager.soliloquy_takes.takes
    assert [(item.name, item.active) for item in shown] == [("Calm", False), ("Loud", True)]
    assert not any(edited(rig, take) for take in takes_of(rig))
    assert draw("SOLILOQUY_PT_takes").operators.count("soliloquy.keep_fix") == 0
    loud = [_smile(rig, frame) for frame in (15, 30, 45)]
    bpy.ops.soliloquy.take_activate(take="Calm")
    assert np.abs(np.subtract([_smile(rig, frame) for frame in (15, 30, 45)], loud)).max() > 0.05
    assert craft_of(rig, find_take(rig, "Calm")).jaw == 0.5
    bpy.ops.soliloquy.craft(jaw=1.5, closure=0.5)
    assert (craft_of(rig, find_take(rig, "Calm")).jaw, craft_of(rig, find_take(rig, "Loud")).jaw) == (1.5, 1.0)
    for action in bpy.data.actions:
        action["soliloquy"] = action["soliloquy"].replace("/home/artist/line.flac", str(speech_wav))
    bpy.ops.soliloquy.regenerate(joints="left_elbow", first=20, last=40)
    assert client.orders[-1].keep == str(folder / "calm.npz")
    assert [(take.name, take.active) for take in takes_of(rig)][-1] == ("Calm part", True)
    new = find_take(rig, "Calm part")
    assert new.regions == find_take(rig, "Calm").regions
    assert len(new.meta["performance_sha256"]) == 64
    bpy.ops.soliloquy.take_remove(take="Calm part")
    bpy.ops.soliloquy.take_rename(take="Loud", name="Louder")
    assert [take.name for take in takes_of(rig)] == ["Calm", "Louder"]


def test_what_an_older_blender_lost_is_said(folder: Path) -> None:
    rig = _open(folder, "two_takes_45.blend")
    text = " ".join(draw("SOLILOQUY_PT_takes").labels)
    if compat.has_slots():
        assert [lost.lost_regions(rig, take) for take in takes_of(rig)] == [[], []]
        assert "lost" not in text
        return
    assert [lost.lost_regions(rig, take) for take in takes_of(rig)] == [["lips", "eyes"]] * 2
    assert "'Loud' has lost keys of its lips and eyes" in text
    assert "do not save it here" in text
    with pytest.raises(RuntimeError, match="'Calm' has lost keys of its lips and eyes"):
        bpy.ops.soliloquy.craft(take="Calm", jaw=1.0)
    bpy.ops.soliloquy.load_performance(filepath=str(folder / "calm.npz"), first_frame=11)
    again = find_take(rig, "calm")
    assert lost.lost_regions(rig, again) == []
    assert (again.first_frame, again.active) == (11.0, True)
    assert _smile(rig, 30) > 0.05
