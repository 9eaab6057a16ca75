"""One menu directs by type of character."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("bpy")

import bpy

from soliloquy.inference import presets as module
from soliloquy.inference.presets import find_preset, presets


@pytest.mark.parametrize("name", list(module.shipped_presets()))
def test_a_type_sets_the_scene_and_the_next_one_replaces_it(blank_scene: Any, name: str) -> None:
    settings = blank_scene.soliloquy
    settings.seed, settings.openness = 7, 0.05
    assert bpy.ops.soliloquy.preset(preset="SHY_TEENAGER") == {"FINISHED"}
    assert bpy.ops.soliloquy.preset(preset=name.upper()) == {"FINISHED"}
    for field, value in presets()[name].values.items():
        shown = getattr(settings, field)
        assert shown == (value.upper() if isinstance(value, str) else pytest.approx(value)), field
    assert settings.seed == 7


def test_a_type_of_ones_own_is_saved_chosen_and_removed(
    blank_scene: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "data_folder", lambda: tmp_path)
    settings = blank_scene.soliloquy
    settings.style, settings.openness, settings.eye_contact = "AGITATED", -0.6, 0.2
    assert bpy.ops.soliloquy.save_preset(name="Night Guard") == {"FINISHED"}
    assert find_preset("night_guard").values["style"] == "agitated"
    with pytest.raises(RuntimeError, match="already"):
        bpy.ops.soliloquy.save_preset(name="Night Guard")
    bpy.ops.soliloquy.preset(preset="TEACHER")
    assert bpy.ops.soliloquy.preset(preset="NIGHT_GUARD") == {"FINISHED"}
    assert (settings.style, settings.openness) == ("AGITATED", pytest.approx(-0.6))
    assert bpy.ops.soliloquy.remove_preset(preset="NIGHT_GUARD") == {"FINISHED"}
    assert "night_guard" not in presets()
    assert not bpy.ops.soliloquy.remove_preset.poll()


def test_letters_whose_capitals_are_others_are_a_name_too(
    blank_scene: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "data_folder", lambda: tmp_path)
    blank_scene.soliloquy.openness = -0.6
    assert bpy.ops.soliloquy.save_preset(name="Großmutter") == {"FINISHED"}
    bpy.ops.soliloquy.preset(preset="TEACHER")
    (own,) = module.own_presets()
    assert bpy.ops.soliloquy.preset(preset=own.upper()) == {"FINISHED"}
    assert blank_scene.soliloquy.openness == pytest.approx(-0.6)
    assert bpy.ops.soliloquy.remove_preset(preset=own.upper()) == {"FINISHED"}
    assert not module.own_presets()


def test_a_type_that_is_gone_is_said(blank_scene: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "data_folder", lambda: tmp_path)
    bpy.ops.soliloquy.save_preset(name="Night Guard")
    monkeypatch.setattr("soliloquy.operators.direct._items", lambda own: [("NIGHT_GUARD", "Night Guard", "")])
    (tmp_path / "presets" / "night_guard.json").unlink()
    with pytest.raises(RuntimeError, match="There is no preset 'night_guard'") as caught:
        bpy.ops.soliloquy.preset(preset="NIGHT_GUARD")
    assert "Traceback" not in str(caught.value)
