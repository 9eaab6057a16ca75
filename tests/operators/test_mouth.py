"""What is the character's own about its mouth goes with the character, into every take of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("bpy")

import bpy

from soliloquy.operators.mouth import mouth_of
from soliloquy.rigs.character.default_character import add_character


def test_every_character_speaks_with_its_own_mouth(blank_scene: Any, client: Any, speech_wav: Path) -> None:
    one, other = add_character(bpy.context), add_character(bpy.context, location=(1.0, 0.0, 0.0))
    mouth_of(one).mouth_rest, mouth_of(one).diction = 3.0, 0.7
    names = [rig.armature.name for rig in (one, other)]
    for name in names:
        bpy.ops.soliloquy.animate(filepath=str(speech_wav), character=name)
    bpy.ops.soliloquy.idle(character=names[0], seconds=2.0)
    bpy.ops.soliloquy.animate(filepath=str(speech_wav), character=names[0], diction=1.5)
    asked = [(order.settings.mouth_rest, order.settings.diction) for order in client.orders]
    assert asked == [(3.0, 0.7), (0.0, 1.0), (3.0, 1.0), (3.0, 1.5)]


def test_a_copy_of_a_character_has_its_mouth(blank_scene: Any) -> None:
    rig = add_character(bpy.context)
    mouth_of(rig).mouth_rest = 2.5
    assert rig.armature.copy().soliloquy_mouth.mouth_rest == pytest.approx(2.5)
