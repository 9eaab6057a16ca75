"""What operators are called, and what their tooltips say: found by searching, told apart, learnt from."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("bpy")

import bpy

SHORTEST_TOOLTIP = 40


def _operators() -> list[Any]:
    return [getattr(bpy.types, name) for name in dir(bpy.types) if name.startswith("SOLILOQUY_OT_")]


def _tooltip(item: Any) -> str:
    """What Blender shows, without the full stop that it adds."""
    return getattr(bpy.ops.soliloquy, item.bl_idname.rpartition(".")[2]).get_rna_type().description


def test_no_two_operators_share_a_label() -> None:
    labels = [item.bl_label.lower() for item in _operators()]
    assert sorted(labels) == sorted(set(labels))
    assert len(labels) >= 50


def test_a_label_found_by_searching_says_what_it_is_about() -> None:
    """In a search every operator of Blender stands beside ours: one common word says nothing there."""
    vague = {"cancel", "check", "dismiss", "export", "forget", "import", "install", "remove", "reset", "test", "undo"}
    assert not [item.bl_label for item in _operators() if item.bl_label.lower() in vague]


def test_every_operator_has_a_tooltip_that_teaches() -> None:
    for item in _operators():
        text = _tooltip(item)
        assert len(text) >= SHORTEST_TOOLTIP, f"{item.bl_label}: {text}"
        assert text.lower() != item.bl_label.lower()
        assert not text.endswith("."), text


def test_artists_read_variation_where_scripts_say_seed() -> None:
    seed = bpy.context.scene.soliloquy.bl_rna.properties["seed"]
    assert seed.name == "Variation"
    shown = [
        seed.description,
        *(item.bl_label for item in _operators()),
        *map(_tooltip, _operators()),
    ]
    assert not [text for text in shown if "seed" in text.lower()]
    assert "seed" in bpy.ops.soliloquy.animate.get_rna_type().properties
