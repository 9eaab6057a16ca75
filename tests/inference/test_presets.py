"""Types of character: data over the settings that there are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from soliloquy.inference import api
from soliloquy.inference.errors import SoliloquyError
from soliloquy.inference.gestures.settings import GestureSettings
from soliloquy.inference.presets import find_preset, presets
from soliloquy.inference.settings import AnimateSettings


def test_every_type_is_there_and_leaves_nothing_of_the_one_before() -> None:
    assert list(presets()) == ["news_reader", "teacher", "salesman", "shy_teenager", "villain", "idle_talker"]
    named = {name: set(preset.values) for name, preset in presets().items()}
    assert len({frozenset(names) for names in named.values()}) == 1, named
    for preset in presets().values():
        AnimateSettings(**preset.of(AnimateSettings), gestures=GestureSettings(**preset.of(GestureSettings)))
        assert set(preset.of(AnimateSettings)) | set(preset.of(GestureSettings)) == set(preset.values)


def test_what_is_chosen_goes_before_the_type() -> None:
    made = api.chosen_settings(AnimateSettings(), {**find_preset("salesman").values, "energy": 0.5})
    assert (made.gestures.style, made.gestures.energy, made.eye_contact) == ("enthusiastic", 0.5, 0.9)


def test_an_unknown_type_is_refused_with_the_ones_there_are() -> None:
    with pytest.raises(SoliloquyError, match="no preset 'pirate'") as refused:
        find_preset("pirate")
    assert "shy_teenager" in refused.value.hint


@pytest.mark.parametrize("settings", [5, "calm", [1], None, {"intensity": "x"}, {"nothing": 1}])
def test_a_damaged_file_is_refused_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    from soliloquy.inference import presets as module

    path = tmp_path / "presets.json"
    path.write_text(json.dumps({"calm": {"title": "Calm", "text": "x", "settings": settings}}), encoding="utf-8")
    monkeypatch.setattr(module, "FILE", path)
    monkeypatch.setattr(module, "presets", module.presets.__wrapped__)
    with pytest.raises(SoliloquyError) as caught:
        module.presets()
    assert caught.value.hint
