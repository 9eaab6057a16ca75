"""Every state of the panels in a real Blender with windows: the words, no error, pictures in build/window/panels."""

from __future__ import annotations

import wave
from pathlib import Path
from typing import Any

import pytest
from window_session import run_in_window

pytestmark = pytest.mark.window


@pytest.fixture(scope="module")
def seen(root: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the panels said in one session."""
    sound = pytest.importorskip("soundfile", reason="NO WINDOW TEST: the speech is cut with soundfile.")
    folder = tmp_path_factory.mktemp("states")
    samples, rate = sound.read(root / "assets" / "demo_speech.flac")
    speech = folder / "Line 012.wav"
    sound.write(speech, samples[: 5 * rate], rate)
    with wave.open(str(folder / "other.wav"), "wb") as other:
        other.setnchannels(1)
        other.setsampwidth(2)
        other.setframerate(16000)
        other.writeframes(b"\0\0" * 5 * 16000)
    output = root / "build" / "window" / "panels"
    report = run_in_window(Path(__file__).with_name("panel_states.py"), output, speech, folder)
    return {**report, "log": (output / "blender.log").read_text(encoding="utf-8")}


def _said(seen: dict[str, Any], state: str, panel: str, what: str = "labels") -> str:
    return " ".join(seen["states"][state][panel][what])


def test_every_state_was_reached_and_drawn_without_an_error(seen: dict[str, Any]) -> None:
    assert seen.get("traceback") is None, seen["traceback"]
    assert seen["finished"]
    assert "Traceback" not in seen["log"], seen["log"][seen["log"].index("Traceback") :][:2000]


def test_without_a_runtime_the_panel_asks_for_one(seen: dict[str, Any]) -> None:
    assert "soliloquy.runtime_install" in _said(seen, "no_runtime", "setup_needed", "operators")
    assert "See AI Runtime." in _said(seen, "no_runtime", "animate")


def test_the_first_page_says_how_to_begin_and_goes(seen: dict[str, Any]) -> None:
    assert "Press Animate" in _said(seen, "nothing", "welcome")
    assert "let Animate add it" in _said(seen, "nothing", "character")
    assert "setup_needed" not in seen["states"]["nothing"]
    assert "welcome" not in seen["states"]["character"]


def test_the_main_path_says_what_is_missing_until_nothing_is(seen: dict[str, Any]) -> None:
    assert "Add a sound strip to the Sequencer" in _said(seen, "character", "speech")
    assert "soliloquy.animate" in _said(seen, "character", "animate", "disabled")
    assert "Line 012" in _said(seen, "ready", "speech")
    assert seen["states"]["ready"]["animate"]["disabled"] == []


def test_a_click_starts_the_job_and_its_stage_shows(seen: dict[str, Any]) -> None:
    assert seen["pressed_with_mouse"], "Animate was in sight without scrolling"
    ((_, text),) = seen["states"]["running"]["animate"]["progress"]
    assert text
    assert "soliloquy.cancel" in _said(seen, "running", "animate", "operators")
    assert "keys in" in _said(seen, "done", "animate")
    assert "soliloquy.edit_take" in _said(seen, "done", "takes", "operators")


def test_what_does_not_fit_is_flagged_with_the_button_that_mends_it(seen: dict[str, Any]) -> None:
    assert "soliloquy.animate_again" in _said(seen, "stale", "takes", "operators")
    assert "Spoken by 'Soliloquy' so far." in _said(seen, "wrong_speaker", "speech")
    assert "soliloquy.choose_speaker" in _said(seen, "wrong_speaker", "speech", "operators")
    assert "It is asked to look at itself." in _said(seen, "look_at_oneself", "animate")
    assert "soliloquy.look_elsewhere" not in _said(seen, "mended", "animate", "operators")
    assert "soliloquy.choose_speaker" not in _said(seen, "mended", "speech", "operators")


def test_a_failure_is_said_with_its_mend(seen: dict[str, Any]) -> None:
    assert "gone.wav" in _said(seen, "failed", "animate")
    assert "soliloquy.copy_report" in _said(seen, "failed", "animate", "operators")


def test_the_tab_moves_where_the_artist_wants_it(seen: dict[str, Any]) -> None:
    assert seen["moved_tab"] == "Animation"
