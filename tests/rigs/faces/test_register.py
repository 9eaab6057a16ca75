"""A drive that nobody has met is one file beside the others: it is found, baked, read back, and its take removed."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from small_character import add_small_character, small_performance

from soliloquy.rigs import faces
from soliloquy.rigs.rig import find_rig
from soliloquy.rigs.takes import take as takes
from soliloquy.rigs.takes.bake import BakeOptions, bake

DRIVE = '''
"""Puffs a key of its own."""
from dataclasses import dataclass
from ..takes.channels import Channel, Target


@dataclass(frozen=True)
class Puff:
    mesh: object
    title = "a puff"
    joints = frozenset({"jaw"})
    coefficients = frozenset({"jawOpen"})

    def channels(self, performance, region):
        if region != "lips":
            return []
        target = Target(self.mesh.data.shape_keys, 'key_blocks["Puff"].value', "Shape Keys")
        return [Channel("coefficient", 0.5 * performance.coefficient("jawOpen")[:, None].astype(float), [target])]


def drive_of(parts):
    for mesh in parts.meshes:
        if mesh.data.shape_keys is not None and "Puff" in mesh.data.shape_keys.key_blocks:
            return Puff(mesh)
    return None
'''


@pytest.fixture
def puff(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The drive, as a file beside the others."""
    (tmp_path / "puff.py").write_text(DRIVE, encoding="utf-8")
    monkeypatch.setattr(faces, "__path__", [*faces.__path__, str(tmp_path)])
    importlib.invalidate_caches()
    yield
    sys.modules.pop("soliloquy.rigs.faces.puff", None)


def _character() -> Any:
    rig = add_small_character(bpy)
    rig.meshes[0].shape_key_add(name="Puff").value = 0.0
    return find_rig(rig.armature)


def test_one_file_makes_a_new_drive_work(puff: None, blank_scene: Any) -> None:
    blank_scene.render.fps = 30
    rig = _character()
    assert rig is not None
    assert [drive.title for drive in rig.drives] == ["a puff"]
    performance = small_performance(8)
    mesh = rig.meshes[0]
    block = mesh.data.shape_keys.key_blocks["Puff"]
    report = bake(performance, rig, BakeOptions(tolerance=0.0))
    blank_scene.frame_set(5)
    assert block.value == pytest.approx(0.5 * performance.coefficient("jawOpen")[4], abs=1e-5)
    jaw = rig.armature.pose.bones[rig.bones["jaw"]]
    assert np.allclose(jaw.matrix_basis, np.eye(4), atol=1e-6)  # the drive shows what the jaw does
    assert not any("Puff" in warning for warning in report.warnings)
    takes.remove(rig, report.take)
    assert block.value == 0.0
    assert mesh.data.shape_keys.animation_data is None or not mesh.data.shape_keys.animation_data.nla_tracks


def test_a_drive_that_something_holds_is_told_of(puff: None, blank_scene: Any) -> None:
    blank_scene.render.fps = 30
    rig = _character()
    assert rig is not None
    keys = rig.meshes[0].data.shape_keys
    keys.driver_add('key_blocks["Puff"].value').driver.expression = "0.0"
    report = bake(small_performance(8), rig, BakeOptions(tolerance=0.0))
    assert any("Puff" in warning and "driver" in warning for warning in report.warnings)


def test_without_the_file_nothing_drives_it(blank_scene: Any) -> None:
    rig = _character()
    assert rig is not None
    assert rig.drives == ()
