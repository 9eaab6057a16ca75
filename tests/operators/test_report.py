"""The report an artist copies for whoever is asked for help."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("bpy")

import bpy

from soliloquy.inference.errors import OutOfMemory
from soliloquy.operators import report, session


def test_report_names_versions_error_and_next_step(blank_scene: Any, client: Any) -> None:
    session.set_error(OutOfMemory("The card is full.", "Close other programs."))
    text = report.report_text()
    assert bpy.app.version_string in text
    assert "The card is full." in text
    assert "Close other programs." in text
    assert "out_of_memory" in text


def test_another_seed_is_another_seed(blank_scene: Any) -> None:
    blank_scene.soliloquy.seed = 5
    bpy.ops.soliloquy.seed_reroll()
    assert blank_scene.soliloquy.seed != 5
