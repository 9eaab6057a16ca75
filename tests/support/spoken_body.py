"""What a body engine is told about a recording, as the pipeline tells it."""

from __future__ import annotations

import numpy as np

from soliloquy.inference.body.body import ground_track
from soliloquy.inference.body.track import SpokenBody
from soliloquy.inference.character import load_character
from soliloquy.inference.gestures.settings import GestureSettings
from soliloquy.inference.prosody import analyse
from soliloquy.inference.settings import EMOTIONS, AnimateSettings


def spoken_body(
    samples: np.ndarray, fps: float = 30.0, seed: int = 1, posture: str = "standing", arousal: float = 0.0
) -> SpokenBody:
    """A calm body at rest and the speech."""
    prosody = analyse(samples)
    times = np.arange(int(len(samples) / 16_000 * fps)) / fps
    calm = np.zeros((len(times), len(EMOTIONS)))
    calm[:, EMOTIONS.index("neutral")] = 1
    asked = AnimateSettings(body="masked", gestures=GestureSettings(posture=posture), seed=seed)
    ground = ground_track(times, prosody, asked, load_character(), calm)
    return SpokenBody(samples, prosody, fps, ground, np.full(len(times), arousal), seed)
