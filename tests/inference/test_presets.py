"""Types of character: data over the settings that there are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from soliloquy.inference import api
from soliloquy.inference.errors import SoliloquyError
from soliloquy.inference.gestures.settings import GestureSettings
from soliloquy.inference.presets import (
    find_preset,
    own_folder,
    own_presets,
    presets,
    remove_preset,
    save_preset,
    shipped_presets,
)
from soliloquy.inference.settings import AnimateSettings


def test_every_type_is_there_and_leaves_nothing_of_the_one_before() -> None:
    assert list(shipped_presets()) == ["news_reader", "teacher", "salesman", "shy_teenager", "villain", "idle_talker"]
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
    monkeypatch.setattr(module, "shipped_presets", module.shipped_presets.__wrapped__)
    with pytest.raises(SoliloquyError) as caught:
        module.presets()
    assert caught.value.hint


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of one's own presets, empty and among the temporary files."""
    from soliloquy.inference import presets as module

    monkeypatch.setattr(module, "data_folder", lambda: tmp_path)
    return own_folder()


def test_a_type_of_ones_own_is_there_beside_the_others_and_in_the_api(own: Path) -> None:
    saved = save_preset("  My Old  Wizard ", {"style": "formal", "openness": -0.4, "seed": 3})
    assert (saved.name, saved.title) == ("my_old_wizard", "My Old Wizard")
    assert list(presets()) == [*shipped_presets(), "my_old_wizard"]
    assert own_presets() == {"my_old_wizard": saved}
    assert find_preset("my_old_wizard") == saved
    # What others hold is held too, nothing else is.
    assert set(saved.values) == set(find_preset("teacher").values)
    made = api.chosen_settings(AnimateSettings(), saved.values)
    assert (made.gestures.style, made.openness, made.seed) == ("formal", -0.4, 0)
    remove_preset("my_old_wizard")
    assert own_presets() == {}


def test_what_is_there_is_not_written_over_unasked(own: Path) -> None:
    with pytest.raises(SoliloquyError, match="comes with Soliloquy"):
        save_preset("Teacher", {})
    with pytest.raises(SoliloquyError, match="comes with Soliloquy"):
        remove_preset("teacher")
    save_preset("Ghost", {"energy": 0.3})
    with pytest.raises(SoliloquyError, match="already"):
        save_preset("ghost", {"energy": 0.4})
    assert find_preset("ghost").values["energy"] == 0.3
    assert save_preset("ghost", {"energy": 0.4}, replace=True).values["energy"] == 0.4
    for title in ("", " .. ", "x" * 41):
        with pytest.raises(SoliloquyError, match="no name"):
            save_preset(title, {})
    with pytest.raises(SoliloquyError, match="energy"):
        save_preset("Wild", {"energy": 9})
    assert sorted(path.name for path in own.iterdir()) == ["ghost.json"]


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{", '{"title": "x", "text": "", "settings": {"energy": 99}}', "[" * 100_000,
     '{"title": "x", "text": "", "settings": {"jaw": 1}}', '{"title": "' + "x" * 70_000 + '"}'],
    ids=["empty", "list", "broken", "range", "deep", "lips", "long"],
)  # fmt: skip
def test_a_damaged_file_of_ones_own_hides_only_itself_and_is_told(own: Path, content: str) -> None:
    save_preset("Ghost", {})
    (own / "bad.json").write_text(content, encoding="utf-8")
    assert list(own_presets()) == ["ghost"]
    with pytest.raises(SoliloquyError, match="bad") as refused:
        find_preset("bad")
    assert refused.value.hint


@pytest.mark.parametrize("name", ["../ghost", "/etc/passwd", "a/b", ""])
def test_a_name_is_no_path(own: Path, name: str) -> None:
    for do in (find_preset, remove_preset):
        with pytest.raises(SoliloquyError, match="no preset"):
            do(name)
