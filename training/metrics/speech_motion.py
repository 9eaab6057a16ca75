"""Motion and what is said in it, side by side: the joint Frechet distance and how motion goes with speech.

A window has four blocks: the 32 features of :mod:`.motion_autoencoder`; how fast each wrist moves; how accented and
how spoken the speech is, the last three in steps of 8 frames (0.27 s). Their cross-covariances are what relates motion
to speech: whether hands set off with accents and rest in pauses. Every block is scaled to a variance of 1 in the
reference.

The joint distance is mostly one of motion; the relation alone is in :func:`relation_error`: the squared difference of
the correlations between motion and speech from the reference's, over the sum of the reference's squares. 0 is the same
relation as the reference's, 1 is none; the same motion against shifted speech shows what none comes to.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter1d

from ...inference.prosody import Prosody

Doubles = npt.NDArray[np.float64]

STEP = 8
"""Frames that are averaged."""
_WIDE = 8  # values of the prosody: the accents' bumps get 0.1 s wide


def speech_curves(prosody: Prosody, frames: int, fps: float) -> Doubles:
    """Return (T, 2): accents as bumps of 0.1 s, and 1 where somebody speaks."""
    times = np.arange(frames) / fps
    accent = gaussian_filter1d(prosody.accent.astype(np.float64), _WIDE)
    return np.stack([np.interp(times, prosody.times, curve) for curve in (accent, prosody.speaking)], 1)


def step_means(curves: npt.ArrayLike, length: int, hop: int) -> Doubles:
    """Return (N, C, length / 8) means over steps of windows of (T, C) curves."""
    values = np.asarray(curves, np.float64)
    view = np.lib.stride_tricks.sliding_window_view(values, length, axis=0)[::hop]
    return view.reshape(*view.shape[:2], length // STEP, STEP).mean(-1)


def joint_blocks(
    features: npt.ArrayLike, wrist_speed: npt.ArrayLike, speech: npt.ArrayLike, length: int, hop: int
) -> list[Doubles]:
    """Return the blocks, each (N, D).

    Parameters
    ----------
    features : (N, 32) array
        Of the windows of ``length`` frames every ``hop``.
    wrist_speed : (T, 2) array
        m/s of left and right.
    speech : (T, 2) array
        From :func:`speech_curves`.
    """
    count = len(np.asarray(features))
    speed = step_means(wrist_speed, length, hop)[:count].reshape(count, -1)
    heard = step_means(speech, length, hop)[:count]
    return [np.asarray(features, np.float64), speed, heard[:, 0], heard[:, 1]]


def block_scales(blocks: Sequence[Sequence[npt.ArrayLike]]) -> Doubles:
    """Return (4,) factors that bring every block of a reference's recordings to a total variance of 1."""
    together = [np.concatenate([np.asarray(one[k]) for one in blocks]) for k in range(len(blocks[0]))]
    return np.array([1 / np.sqrt(max(part.var(0).sum(), 1e-12)) for part in together])


def joint_features(blocks: Sequence[npt.ArrayLike], scales: npt.ArrayLike) -> Doubles:
    """Return (N, 50) features of one recording."""
    return np.concatenate([scale * np.asarray(part) for part, scale in zip(blocks, np.asarray(scales), strict=True)], 1)


def relation(features: npt.ArrayLike, motion: int) -> Doubles:
    """Return the (motion, D - motion) correlations between the first ``motion`` of (N, D) features and the others."""
    values = np.asarray(features, np.float64)
    centred = values - values.mean(0)
    unit = centred / np.maximum(np.sqrt((centred**2).mean(0)), 1e-9)
    return unit[:, :motion].T @ unit[:, motion:] / len(values)


def relation_error(reference: npt.ArrayLike, other: npt.ArrayLike) -> float:
    """Return how far correlations are from a reference's, in squares, over the reference's own squares."""
    wanted, found = np.asarray(reference, np.float64), np.asarray(other, np.float64)
    return float(((found - wanted) ** 2).sum() / max(float((wanted**2).sum()), 1e-12))
