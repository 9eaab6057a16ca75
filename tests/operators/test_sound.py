"""The speech file in the Sequencer: once, where the take begins, and playback that keeps to it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

bpy = pytest.importorskip("bpy")

from soliloquy.operators import preferences, preferences_page, session
from soliloquy.operators.sound import add_sound_strip

needs_sound = pytest.mark.skipif(not bpy.app.build_options.audaspace, reason="this bpy was built without sound")


@needs_sound
def test_playback_follows_a_sound_that_animate_adds_and_the_panel_says_so(
    blank_scene: Any, client: Any, speech_wav: Path
) -> None:
    assert blank_scene.sync_mode == "NONE"
    bpy.ops.soliloquy.animate(filepath=str(speech_wav))
    assert blank_scene.sync_mode == "AUDIO_SYNC"
    assert blank_scene.use_audio_scrub
    assert "Sync to Audio), and scrubbing is heard" in session.notice()
    blank_scene.use_audio_scrub = False  # as an artist may want it, who is not asked twice
    bpy.ops.soliloquy.animate(filepath=str(speech_wav))
    assert "Sync to Audio" not in session.notice()
    assert not blank_scene.use_audio_scrub


def test_playback_stays_when_no_sound_is_added(blank_scene: Any, client: Any, speech_wav: Path) -> None:
    bpy.ops.soliloquy.animate(filepath=str(speech_wav), add_sound=False)
    assert blank_scene.sync_mode == "NONE"
    add_sound_strip(blank_scene, speech_wav, 1)
    blank_scene.sync_mode = "NONE"
    add_sound_strip(blank_scene, speech_wav, 1)  # it is there already
    assert blank_scene.sync_mode == "NONE"


def test_the_preferences_can_switch_it_off(
    blank_scene: Any, client: Any, speech_wav: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "follow_sound" in preferences_page.SoliloquyPreferences.__annotations__
    monkeypatch.setattr(preferences, "DEFAULTS", replace(preferences.DEFAULTS, follow_sound=False))
    bpy.ops.soliloquy.animate(filepath=str(speech_wav))
    assert blank_scene.sync_mode == "NONE"
    assert not blank_scene.use_audio_scrub
    assert "Sync to Audio" not in session.notice()
