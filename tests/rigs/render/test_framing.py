"""Pictures look at what they promise, whatever the size of the character."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

bpy = pytest.importorskip("bpy")

from soliloquy.rigs.character.default_character import add_character
from soliloquy.rigs.render.framing import subject
from soliloquy.rigs.rig import Rig, find_rig


@pytest.fixture(scope="module")
def rig() -> Iterator[Rig]:
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    yield add_character(bpy.context)
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)


def test_the_head_the_upper_body_and_everything_are_in_the_picture(rig: Rig) -> None:
    bpy.context.view_layer.update()
    chin, crown, hips = 1.46, 1.68, 0.95
    for view, low, high in (("head", chin, crown), ("upper", hips, crown), ("body", 0.0, crown)):
        centre, tall, _ = subject(rig, view)
        assert centre.z - tall / 2 < low < high < centre.z + tall / 2
        assert tall < 2.2 * (high - low)


def test_a_character_of_another_size_fills_as_much_of_the_picture(rig: Rig) -> None:
    before = [subject(rig, view)[:2] for view in ("head", "upper", "body")]
    rig.armature.scale = (3.0, 3.0, 3.0)
    bpy.context.view_layer.update()
    larger = find_rig(rig.armature)
    assert larger is not None
    for view, (centre, tall) in zip(("head", "upper", "body"), before, strict=True):
        found, height, _ = subject(larger, view)
        assert height == pytest.approx(3.0 * tall, rel=1e-3)
        assert tuple(found) == pytest.approx(tuple(3.0 * centre), abs=1e-3)
    rig.armature.scale = (1.0, 1.0, 1.0)
    bpy.context.view_layer.update()
