"""Hands and body: a body at rest on planted feet, and the gestures of a body engine on it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from ..character import Character
from ..emotion.affect import COORDINATES
from ..layers import emotion, posture
from ..layers.noise import layer_rng
from ..plausibility import settle
from ..prosody import Prosody
from ..settings import EMOTIONS, AnimateSettings
from .track import BodyEngine, BodyTrack, SpokenBody

Doubles = npt.NDArray[np.float64]


def moves_body(settings: AnimateSettings) -> bool:
    """Return whether the settings ask for anything below the neck."""
    return settings.body != "none" and bool({"body", "hands"} & set(settings.regions))


def ground_track(
    times: Doubles, prosody: Prosody, settings: AnimateSettings, character: Character, weights: Doubles
) -> BodyTrack:
    """Return T frames of the body at rest: posture, breath and shifting weight.

    Parameters
    ----------
    times : (T,) array
        Seconds.
    weights : (T, 8) array
        How strongly each emotion holds.
    """
    if not moves_body(settings):
        return BodyTrack(np.zeros((len(times), 165)), np.zeros((len(times), 3)))
    return posture.posture_layer(
        times, prosody, character.joints, layer_rng(settings.seed, "posture"), layer_rng(settings.seed, "breath"),
        breathing=settings.breathing, weight_shift=settings.weight_shift,
        slump=emotion.influence(weights, "slump"), shrug=emotion.influence(weights, "shrug"),
        posture=settings.gestures.posture,
    )  # fmt: skip


def arousal_of(weights: Doubles) -> Doubles:
    """Return (T,) arousal -1..1 of (T, 8) emotion weights."""
    return np.clip(weights @ np.array([COORDINATES[name][1] for name in EMOTIONS]), -1, 1)


def body_track(
    samples: npt.NDArray[np.float32],
    prosody: Prosody,
    settings: AnimateSettings,
    character: Character,
    weights: Doubles,
    engine: BodyEngine | None,
    progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> BodyTrack:
    """Return the body of a performance: at rest, or gesturing where an engine is given.

    Parameters
    ----------
    samples : (n,) array
        The recording, mono at 16 kHz.
    weights : (T, 8) array
        How strongly each emotion holds; T is the number of frames.
    """
    times = np.arange(len(weights)) / settings.fps
    ground = ground_track(times, prosody, settings, character, weights)
    if engine is None or not moves_body(settings) or settings.gestures.energy == 0:
        return ground
    report = progress or (lambda _fraction: None)
    speech = SpokenBody(samples, prosody, settings.fps, ground, arousal_of(weights), settings.seed, settings.device)
    track = engine.animate(speech, settings.gestures, progress=lambda done: report(0.8 * done), cancelled=cancelled)
    if not settings.gestures.contacts:
        return track
    return settle(track, character, settings.fps, progress=lambda done: report(0.8 + 0.2 * done), cancelled=cancelled)
