"""Body & Gestures: the choices reach the order, and an engine without its files says so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("bpy")

import bpy
from fake_layout import draw

from soliloquy.inference import engines
from soliloquy.inference.gestures.settings import STYLES, GestureSettings
from soliloquy.inference.settings import AnimateSettings
from soliloquy.operators import engine_list, request

PANEL, DETAILS = "SOLILOQUY_PT_body", "SOLILOQUY_PT_body_details"


@pytest.fixture(autouse=True)
def _models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOLILOQUY_MODELS", str(tmp_path / "models"))
    engine_list.forget()


def test_untouched_the_panel_orders_what_the_settings_have_by_default(blank_scene: Any, speech_wav: Path) -> None:
    blank_scene.soliloquy.source, blank_scene.soliloquy.filepath = "FILE", str(speech_wav)
    settings = request.build(bpy.context, {}).order.settings
    assert settings.body == AnimateSettings().body
    assert settings.gestures == GestureSettings()


def test_every_choice_reaches_the_order_and_a_script_goes_first(blank_scene: Any, speech_wav: Path) -> None:
    panel = blank_scene.soliloquy
    panel.source, panel.filepath = "FILE", str(speech_wav)
    panel.body, panel.style, panel.posture, panel.contacts = "PHRASES", "SHY", "SEATED", False
    panel.energy, panel.rate, panel.handedness, panel.rest = 1.3, 0.4, -0.7, "LAP"
    settings = request.build(bpy.context, {"style": "FORMAL"}).order.settings
    assert settings.body == "phrases"
    assert settings.gestures == GestureSettings("formal", 1.3, 0.4, -0.7, "seated", False, "lap")


def test_every_engine_style_and_range_can_be_chosen(blank_scene: Any) -> None:
    known = blank_scene.soliloquy.bl_rna.properties
    for engine in engines.engines_of("body"):
        blank_scene.soliloquy.body = engine.spec.name.upper()
        assert blank_scene.soliloquy.body == engine.spec.name.upper()
    assert {item.identifier.lower() for item in known["style"].enum_items} == set(STYLES)
    for name, limits in {"energy": (0, 2), "rate": (0, 2), "handedness": (-1, 1)}.items():
        assert (known[name].hard_min, known[name].hard_max) == limits
        assert known[name].default == getattr(GestureSettings(), name)


def test_few_choices_show_and_the_rest_is_under_details(blank_scene: Any) -> None:
    assert draw(PANEL).properties == ["style", "energy", "posture", "rest"]
    assert draw(DETAILS).properties == ["body", "rate", "handedness", "contacts"]


def test_an_engine_without_its_files_says_why(
    blank_scene: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    blank_scene.soliloquy.body = "RELAXED"
    assert draw(PANEL).labels == []
    blank_scene.soliloquy.body = "PROBTALK"
    drawn = draw(PANEL)
    assert "ProbTalk's official weights are not there" in " ".join(drawn.labels)
    assert drawn.operators == ["soliloquy.models_folder"]
    monkeypatch.setattr(engines, "ROOT", tmp_path)
    blank_scene.soliloquy.body = "PHRASES"
    engine_list.forget()
    drawn = draw(PANEL)
    assert "'gestures.safetensors' is missing" in " ".join(drawn.labels)
    assert drawn.operators == []
