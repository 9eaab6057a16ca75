"""One menu directs by type of character."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("bpy")

import bpy

from soliloquy.inference.presets import presets


@pytest.mark.parametrize("name", list(presets()))
def test_a_type_sets_the_scene_and_the_next_one_replaces_it(blank_scene: Any, name: str) -> None:
    settings = blank_scene.soliloquy
    settings.seed, settings.openness = 7, 0.05
    assert bpy.ops.soliloquy.preset(preset="SHY_TEENAGER") == {"FINISHED"}
    assert bpy.ops.soliloquy.preset(preset=name.upper()) == {"FINISHED"}
    for field, value in presets()[name].values.items():
        shown = getattr(settings, field)
        assert shown == (value.upper() if isinstance(value, str) else pytest.approx(value)), field
    assert settings.seed == 7
