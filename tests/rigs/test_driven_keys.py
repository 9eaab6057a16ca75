"""Shape keys that drivers move: the property that drives them is animated, and given back."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from small_character import add_small_character, small_performance

from soliloquy.rigs.rig import Rig, find_rig
from soliloquy.rigs.takes import take as takes
from soliloquy.rigs.takes.bake import BakeOptions, bake

KEY = "mouthSmileLeft"


def _drive(owner: Any, path: str, expression: str, *sources: tuple[Any, str]) -> None:
    driver = owner.driver_add(path).driver
    driver.type, driver.expression = "SCRIPTED", expression
    for name, (source, source_path) in zip("abc", sources, strict=False):
        variable = driver.variables.new()
        variable.name = name
        if source.id_type != "OBJECT":
            variable.targets[0].id_type = source.id_type
        variable.targets[0].id, variable.targets[0].data_path = source, source_path


def _path(key: str) -> str:
    return f'key_blocks["{key}"].value'


def _driven_character(how: str) -> Rig:
    small = add_small_character(bpy)
    armature, keys = small.armature, small.meshes[0].data.shape_keys
    armature["smile"], armature["other"] = 0.0, 0.5
    if how == "straight":
        _drive(keys, _path(KEY), "a", (armature, '["smile"]'))
    elif how == "percent":
        _drive(keys, _path(KEY), "max(a, 0) / 100", (armature, '["smile"]'))
    elif how == "by another":
        armature.data["smile(fin)"] = 0.0
        _drive(armature.data, '["smile(fin)"]', "a + 0.1 * b", (armature, '["smile"]'), (armature, '["other"]'))
        _drive(keys, _path(KEY), "a - 0.02", (armature.data, '["smile(fin)"]'))
    elif how == "on the data":
        armature.data["smile"] = 0.0
        _drive(keys, _path(KEY), "a", (armature.data, '["smile"]'))
    elif how == "muted":
        _drive(keys, _path(KEY), "a", (armature, '["smile"]'))
        keys.animation_data.drivers[0].mute = True
    elif how == "bent":
        _drive(keys, _path(KEY), "a * a", (armature, '["smile"]'))
    elif how == "of something else":
        prop = bpy.data.objects.new("Lamp", None)
        prop["smile"] = 0.0
        _drive(keys, _path(KEY), "a", (prop, '["smile"]'))
    else:
        _drive(keys, _path(KEY), "a", (armature, '["smile"]'))
        _drive(keys, _path("eyeBlinkLeft"), "a", (armature, '["smile"]'))
    rig = find_rig(armature)
    assert rig is not None
    return rig


@pytest.mark.parametrize("how", ["straight", "percent", "by another", "on the data", "muted"])
def test_a_key_shows_what_is_performed_and_its_property_is_given_back(blank_scene: Any, how: str) -> None:
    blank_scene.render.fps = 30
    rig, performance = _driven_character(how), small_performance(20)
    performance.coefficient(KEY)[:] = np.linspace(0.0, 0.8, 20)
    report = bake(performance, rig, BakeOptions(first_frame=1.0, tolerance=0.0))
    assert not [warning for warning in report.warnings if "driver" in warning]
    block = rig.meshes[0].data.shape_keys.key_blocks[KEY]
    for frame in (5, 12, 20):
        blank_scene.frame_set(frame)
        assert block.value == pytest.approx(performance.coefficient(KEY)[frame - 1], abs=0.01)
        assert rig.armature["other"] == 0.5
    takes.remove(rig, report.take)
    bpy.context.view_layer.update()
    assert block.value == pytest.approx(0.03 if how == "by another" else 0.0, abs=1e-6)
    assert rig.armature["smile"] == 0.0
    assert rig.armature.data.animation_data is None or not rig.armature.data.animation_data.nla_tracks


@pytest.mark.parametrize("how", ["expression", "bent", "of something else"])
def test_a_driver_that_is_no_plain_movement_of_the_character_is_left_alone_and_said(blank_scene: Any, how: str) -> None:
    blank_scene.render.fps = 30
    rig = _driven_character(how)
    assert not rig.driven
    report = bake(small_performance(8), rig, BakeOptions(first_frame=1.0))
    assert any("moved by a driver" in warning for warning in report.warnings)
    assert rig.armature["smile"] == 0.0
