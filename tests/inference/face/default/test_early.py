"""The lips that are shown while the engine still listens are nearly those that come out in the end."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch")
soundfile = pytest.importorskip("soundfile")

from soliloquy.inference.arkit import ARKIT_INDEX
from soliloquy.inference.character import load_character
from soliloquy.inference.early_lips import Early, LipsSoFar
from soliloquy.inference.face.default.engine import WINDOW_FRAMES, DefaultFaceEngine


def test_windows_shown_early_are_nearly_the_lips_of_the_whole(speech_wav: Path) -> None:
    speech = np.tile(soundfile.read(speech_wav, dtype="float32")[0], 3)
    messages: list[dict[str, Any]] = []
    shown: list[int] = []
    early = Early(messages.append)
    early.sound(speech, 16_000)
    made = DefaultFaceEngine().animate(
        speech, 30.0, early=early, progress=lambda _: shown.append(sum(m["type"] == "lips" for m in messages))
    )
    windows = -(-(len(speech) // 320 + 1) // WINDOW_FRAMES)
    assert windows >= 3
    assert shown[:windows] == list(range(1, windows + 1)), "each window is shown before the next one is heard"
    seen = LipsSoFar()
    seen.hear(len(speech) / 16_000, b"")
    for message in messages[1:]:
        seen.see(message["first"], message["total"], base64.b64decode(message["rows"]))
    assert seen.made(500).all()
    poses = np.zeros((len(made.arkit), 165), np.float32)
    poses[:, 66:69] = made.jaw
    final = load_character().lip_aperture(poses, made.arkit)
    rows = [seen.at(frame / 30) for frame in range(len(final))]
    early_aperture = np.array([row["aperture"] if row is not None else np.nan for row in rows])
    assert np.nanmax(final) > 0.1
    apart = np.abs(early_aperture - final)
    assert np.percentile(apart, 80) < 0.006, "0.002 of it from the byte"
    assert np.percentile(apart, 98) < 0.03, "how casual the speech is weighs more of it than was heard"


def test_nobody_looking_changes_nothing(speech_wav: Path) -> None:
    speech = soundfile.read(speech_wav, dtype="float32")[0][:32_000]
    with_eyes = DefaultFaceEngine().animate(speech, 30.0, early=Early(lambda _: None))
    without = DefaultFaceEngine().animate(speech, 30.0)
    assert np.array_equal(with_eyes.arkit, without.arkit)
    assert without.arkit[:, ARKIT_INDEX["jawOpen"]].max() > 0.05
