"""Properties out of settings keep the names, places in menus and limits that files and scripts know."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("bpy")

import bpy

from soliloquy.inference.craft import LipCraft
from soliloquy.inference.gestures.settings import GestureSettings
from soliloquy.inference.setting import settings_of
from soliloquy.inference.settings import AnimateSettings
from soliloquy.operators.setting_properties import chosen, said, shown_settings, shown_value

MENUS = {
    "style": "CALM EXPLAINING ENTHUSIASTIC FORMAL SHY AGITATED",
    "posture": "STANDING SEATED",
    "emotion": "NEUTRAL HAPPY SAD SURPRISED FEAR DISGUSTED ANGRY CONTEMPT",
    "upper_face": "LEARNED RULES",
    "regions": "LIPS UPPER_FACE EYES HEAD BODY HANDS",
}
"""A .blend holds the place in the menu, not the name."""
NUMBERS = {
    "intensity": (pytest.approx(0.7), 0.0, 1.0),
    "voice_emotion": (0.0, 0.0, 1.0),
    "seed": (0, 0, 2**31 - 1),
    "energy": (1.0, 0.0, 2.0),
    "rate": (1.0, 0.0, 2.0),
    "handedness": (0.0, -1.0, 1.0),
    **dict.fromkeys(("blink_strength", "eye_darts", "brow_strength"), (1.0, 0.0, 4.0)),
    **dict.fromkeys(("head_motion", "breathing", "weight_shift"), (1.0, 0.0, 4.0)),
}
CRAFT = {
    **dict.fromkeys(("closure", "jaw", "rounding", "articulation"), (1.0, 0.0, 2.0)),
    **dict.fromkeys(("upper_lip", "lower_lip", "corners", "tongue"), (1.0, 0.0, 2.0)),
    "smoothing_ms": (0.0, 0.0, 200.0),
    "offset_ms": (0.0, -500.0, 500.0),
    "asymmetry": (0.0, -1.0, 1.0),
}


def _limits(properties: Any, names: Any) -> dict[str, tuple[float, float, float]]:
    known = {name: properties[name] for name in names}
    return {name: (item.default, item.hard_min, item.hard_max) for name, item in known.items()}


@pytest.mark.usefixtures("blank_scene")
def test_scene_and_operator_have_what_they_always_had() -> None:
    operator = bpy.ops.soliloquy.animate.get_rna_type().properties
    for properties in (bpy.context.scene.soliloquy.bl_rna.properties, operator):
        assert _limits(properties, NUMBERS) == NUMBERS
        for name, items in MENUS.items():
            assert [item.identifier for item in properties[name].enum_items] == items.split()
        assert properties["contacts"].default is True
        assert properties["style"].default == "EXPLAINING"
        assert properties["regions"].default_flag == set(MENUS["regions"].split())
        assert properties["head_motion"].soft_max == 2.0
        assert properties["energy"].description.startswith("Size and speed of the gestures")
    assert {"start", "stop", "valence", "arousal", "face", "body"} <= set(operator.keys())


@pytest.mark.usefixtures("blank_scene")
def test_sliders_and_operator_of_the_lips_have_what_they_always_had() -> None:
    action = bpy.data.actions.new("Lips")
    for properties in (action.soliloquy_craft.bl_rna.properties, bpy.ops.soliloquy.craft.get_rna_type().properties):
        assert _limits(properties, CRAFT) == CRAFT
        assert properties["offset_ms"].name == "Offset (ms)"


@pytest.mark.parametrize("cls", [AnimateSettings, GestureSettings, LipCraft])
def test_what_a_property_holds_means_the_value_again(cls: type[Any]) -> None:
    natural = cls()
    for name, item in shown_settings(cls).items():
        assert said(item, shown_value(item, getattr(natural, name))) == getattr(natural, name)
        if item.kind is float:
            assert said(item, shown_value(item, item.high)) == item.high


def test_the_32_bits_of_a_slider_do_not_show() -> None:
    item = settings_of(GestureSettings)["energy"]
    assert said(item, 1.2999999523162842) == 1.3
    assert said(item, 2.0000002384185791) == 2.0
    assert said(settings_of(LipCraft)["offset"], -40.00000190734863) == -0.04


def test_what_was_not_given_is_left_out() -> None:
    given = {"style": "SHY", "contacts": False}
    assert chosen(GestureSettings, given.__getitem__) == {"style": "shy", "contacts": False}
    assert chosen(AnimateSettings, {"regions": {"EYES", "LIPS"}}.__getitem__) == {"regions": ("lips", "eyes")}
