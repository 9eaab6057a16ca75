"""What gesture networks hear and are told: 16 channels at 30 fps.

Ten come from the recording's :class:`~.prosody.Prosody`, six are conditions. Levels are normalised per recording,
since neither the microphone's gain nor the speaker's range says anything about gestures. Every value belongs to its
instant on the recording's own clock and is taken from curves of the whole recording, so that a window has the same
values wherever it starts. Style is no channel: the networks have a class for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter1d

from ..prosody import STEP, Prosody

if TYPE_CHECKING:
    from .settings import GestureSettings

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]

FPS = 30.0
"""Frames per second; frame i is the instant i / 30 s."""
SPEECH_FEATURES: tuple[str, ...] = (
    "level", "onset", "pitch", "pitch_rise", "voiced", "speaking", "accent", "accent_near", "phrase_begins",
    "phrase_ends",
)  # fmt: skip
"""The channels that are heard, see :func:`speech_features`."""
CONDITIONS: tuple[str, ...] = ("energy", "rate", "left", "right", "seated", "arousal")
"""The channels that are asked for, see :func:`condition_features`."""
FEATURES: tuple[str, ...] = (*SPEECH_FEATURES, *CONDITIONS)
"""All 16 channels in their order."""

_RATE = 1 / STEP
_FLOOR_DB = -40.0  # below a recording's loud syllables
_NEAR, _EDGE = 0.15, 0.35  # seconds


def speech_features(prosody: Prosody, frames: int, first: int = 0) -> Floats:
    """Return what is heard.

    Parameters
    ----------
    frames : int
        T frames from frame ``first`` on; beyond the recording there is silence.

    Returns
    -------
    (T, 10) array
        Channels of :data:`SPEECH_FEATURES`:

        - ``level``: loudness over 40 dB below the recording's 95th percentile while speaking, 0..1;
        - ``onset``: how fast the loudness rises, 0 to about 1;
        - ``pitch``: semitones over the speaker's median, over 6, -2..2;
        - ``pitch_rise``: its change over 0.2 s, over 4 semitones, -2..2;
        - ``voiced``: share of voiced instants around, 0..1;
        - ``speaking``: 1 within a phrase, 0 in pauses, smooth;
        - ``accent``: how much a syllable stands out, 0..1, peaking at its middle;
        - ``accent_near``: the same, wider: accents within about a quarter of a second, coming or gone, 0..2;
        - ``phrase_begins``, ``phrase_ends``: 1 at a phrase's edge, falling off over a third of a second.
    """
    energy = prosody.energy_db.astype(np.float64)
    talking = prosody.speaking > 0.5
    loud = float(np.percentile(energy[talking], 95)) if talking.any() else 0.0
    level = gaussian_filter1d(np.clip((energy - loud - _FLOOR_DB) / -_FLOOR_DB, 0, 1), 0.03 * _RATE)
    if not talking.any():
        level[:] = 0
    onset = np.clip(np.gradient(gaussian_filter1d(level, 0.02 * _RATE)) * _RATE / 6, 0, 1.5)
    pitch = prosody.pitch_semitones.astype(np.float64)
    reach = round(0.1 * _RATE)
    around = np.pad(pitch, reach, mode="edge")
    rise = around[2 * reach :] - around[: -2 * reach]
    impulses = np.zeros(len(energy))
    peaks = np.round(prosody.accent_times * _RATE).astype(int)
    impulses[np.clip(peaks, 0, len(impulses) - 1)] = prosody.accent_strengths
    curves = np.stack(
        [
            level,
            onset,
            np.clip(pitch / 6, -2, 2),
            np.clip(rise / 4, -2, 2),
            gaussian_filter1d(prosody.voiced.astype(np.float64), 0.04 * _RATE),
            prosody.speaking.astype(np.float64),
            prosody.accent.astype(np.float64),
            np.clip(_bumps(impulses, _NEAR), 0, 2),
            _edges(prosody.phrases[:, 0], len(energy)),
            _edges(prosody.phrases[:, 1], len(energy)),
        ],
        axis=1,
    )
    times = (first + np.arange(frames)) / FPS
    inside = np.clip(times * _RATE, 0, len(curves) - 1)
    below = np.floor(inside).astype(int)
    above = np.minimum(below + 1, len(curves) - 1)
    share = (inside - below)[:, None]
    values = (1 - share) * curves[below] + share * curves[above]
    values[(times * _RATE > len(curves)) | (times < 0)] = 0
    return values.astype(np.float32)


def condition_features(settings: GestureSettings, arousal: npt.ArrayLike) -> Floats:
    """Return what is asked for.

    Parameters
    ----------
    arousal : (T,) array
        -1 (asleep) to 1 (agitated), at 30 fps.

    Returns
    -------
    (T, 6) array
        Channels of :data:`CONDITIONS`: ``energy`` and ``rate`` over 1 (0 natural, -1 none, 1 twice), ``left`` and
        ``right`` (how much that hand is wanted: 1 both alike, 0 not at all), ``seated`` (0 or 1), ``arousal``.
    """
    arousal = np.asarray(arousal, np.float64)
    constant = [
        settings.energy - 1,
        settings.rate - 1,
        min(1.0, 1 - settings.handedness),
        min(1.0, 1 + settings.handedness),
        float(settings.posture == "seated"),
    ]
    return np.column_stack([np.broadcast_to(constant, (len(arousal), len(constant))), arousal]).astype(np.float32)


def gesture_features(
    prosody: Prosody, settings: GestureSettings, arousal: npt.ArrayLike, frames: int | None = None
) -> Floats:
    """Return all channels for a whole recording.

    Parameters
    ----------
    arousal : (T,) array
        -1..1 at 30 fps, or a single value.
    frames : int
        T; where a single arousal is given.

    Returns
    -------
    (T, 16) array
        In the order of :data:`FEATURES`.
    """
    arousal = np.asarray(arousal, np.float64)
    if arousal.ndim == 0:
        arousal = np.full(frames if frames is not None else frames_of(prosody), float(arousal))
    return np.concatenate([speech_features(prosody, len(arousal)), condition_features(settings, arousal)], axis=1)


def frames_of(prosody: Prosody) -> int:
    """Return how many frames at 30 fps a recording has."""
    return int(len(prosody.times) * STEP * FPS)


def _bumps(impulses: Doubles, seconds: float) -> Doubles:
    """Return impulses widened to bells of their own height."""
    width = seconds * _RATE
    return gaussian_filter1d(impulses, width) * width * np.sqrt(2 * np.pi)


def _edges(seconds: Doubles, count: int) -> Doubles:
    """Return (count,) 1 at these instants, falling off linearly."""
    if not len(seconds):
        return np.zeros(count)
    times = np.arange(count) * STEP
    after = np.searchsorted(seconds, times)
    distance = np.minimum(
        np.abs(times - seconds[np.clip(after, 0, len(seconds) - 1)]),
        np.abs(times - seconds[np.clip(after - 1, 0, len(seconds) - 1)]),
    )
    return np.clip(1 - distance / _EDGE, 0, 1)
