"""What the tracks say about blinks, brows and head, and how drawn and rule-made motion compares with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from scipy.signal import find_peaks, peak_widths

from ...inference.arkit import ARKIT_INDEX
from ...inference.layers import brows, head
from ...inference.layers.noise import layer_rng
from ...inference.layers.upper_face import DOWN, INNER_UP, OUTER_UP, sample_motion, upper_face_layer
from ...inference.layers.upper_face_network import TorchVoice
from ...inference.prosody import Prosody
from ...models.upper_face.network import UpperFaceNetwork
from .tracks import CHANNELS, FPS, TrackedClip
from .train import FRAMES, context_loss, tensors

Floats = npt.NDArray[np.floating]

BROW_PROMINENCE, NOD_PROMINENCE = 0.004, float(np.radians(0.4))
"""What counts as a raise (outer eye-corner distances) and as a nod (radians)."""
_WINDOW = (-0.25, 0.2)
_STRONG = 0.3
_SHIFTS = (11, 23, 37, 53, 71)
_BOUT = 0.5
SEEDS = 3


@dataclass(frozen=True)
class BlinkFigures:
    """The tracked blinks."""

    per_minute: float
    speaking_per_minute: float
    silent_per_minute: float
    intervals: tuple[float, float, float]
    """p25, p50, p75 in seconds; NaN where no clip has two."""
    in_bouts: float
    """Share of bouts with more than one blink less than half a second apart."""
    profile: Floats
    """(16,) median closure of blinks on their own from 0.12 s before the peak to 0.48 s after it, in 40 ms steps."""


def blink_figures(clips: list[TrackedClip]) -> BlinkFigures:
    """Return what the tracked blinks are like."""
    minutes = sum(len(clip.closure) for clip in clips) / FPS / 60
    talked = sum(float((clip.prosody.speaking > 0.5).sum()) for clip in clips) / 100 / 60
    count = sum(len(clip.blinks) for clip in clips)
    talking = sum(int((clip.prosody.at(clip.prosody.speaking, clip.blinks) > 0.5).sum()) for clip in clips)
    gaps = np.concatenate([np.diff(clip.blinks) for clip in clips])
    bouts = [
        bout for clip in clips for bout in np.split(clip.blinks, np.flatnonzero(np.diff(clip.blinks) >= _BOUT) + 1)
    ]
    sizes = np.array([len(bout) for bout in bouts if len(bout)])
    profiles = []
    for clip in clips:
        for blink in clip.blinks:
            alone = np.sum(np.abs(clip.blinks - blink) < 0.7) == 1
            frame = round(blink * FPS)
            if not alone or frame < 9 or frame + 15 > len(clip.closure):
                continue
            part = clip.closure[frame - 9 : frame + 15]
            base = np.median(np.concatenate([part[:6], part[-4:]]))
            profiles.append((part - base) / (part[9] - base))
    low, middle, high = np.percentile(gaps, [25, 50, 75]) if len(gaps) else (np.nan,) * 3
    return BlinkFigures(
        count / minutes, talking / talked, (count - talking) / (minutes - talked), (low, middle, high),
        float((sizes > 1).mean()), np.median(profiles, 0)[6:22],
    )  # fmt: skip


def on_accents(
    motions: list[Floats], voices: list[Prosody], curve: Callable[[Floats], Floats], prominence: float
) -> tuple[float, float]:
    """Return the share of strong accents with a peak of the curve near them, and the same with other clips' voices.

    Parameters
    ----------
    motions : list of (T, channels) arrays
        One per clip, at 25 fps.
    voices : list of Prosody
        The clips' voices.
    curve : callable
        From (T, channels) to the (T,) curve whose peaks are looked for.
    """
    peaks = [find_peaks(curve(motion), prominence=prominence)[0] / FPS for motion in motions]

    def share(shift: int) -> float:
        hits, total = 0, 0
        for number, found in enumerate(peaks):
            voice = voices[(number + shift) % len(voices)]
            for time in voice.accent_times[voice.accent_strengths >= _STRONG]:
                total += 1
                hits += bool(((found - time > _WINDOW[0]) & (found - time < _WINDOW[1])).any())
        return hits / max(total, 1)

    return share(0), float(np.mean([share(shift) for shift in _SHIFTS]))


def brow(motion: Floats) -> Floats:
    """Return the (T,) rise of the inner brows."""
    return motion[:, :2].mean(1)


def nod(motion: Floats) -> Floats:
    """Return the (T,) pitch of the head."""
    return motion[:, 7]


def event_figures(motions: list[Floats], curve: Callable[[Floats], Floats], prominence: float) -> Floats:
    """Return (4,) events per minute, median and p90 height, median seconds at half height."""
    heights, widths, frames = [], [], 0
    for motion in motions:
        signal = curve(motion)
        peaks, found = find_peaks(signal, prominence=prominence)
        frames += len(signal)
        heights.extend(found["prominences"])
        if len(peaks):
            widths.extend(peak_widths(signal, peaks, 0.5)[0] / FPS)
    if not heights:
        return np.zeros(4)
    return np.array([len(heights) / frames * FPS * 60, *np.percentile(heights, [50, 90]), np.median(widths)])


def as_channels(arkit: Floats, turn: Floats) -> Floats:
    """Return (T, channels) of what coefficients and a head rotation do to the character; lids 0."""
    motion = np.zeros((len(arkit), len(CHANNELS)), np.float32)
    for column, side in ((0, "Left"), (1, "Right")):
        down = DOWN * arkit[:, ARKIT_INDEX[f"browDown{side}"]]
        motion[:, column] = INNER_UP * arkit[:, ARKIT_INDEX["browInnerUp"]] - down
        motion[:, 2 + column] = OUTER_UP * arkit[:, ARKIT_INDEX[f"browOuterUp{side}"]] - down
    motion[:, 7:] = turn
    return motion


def rule_motion(prosody: Prosody, seed: int) -> Floats:
    """Return (74, channels) of the rules, at strength 1."""
    times = np.arange(FRAMES) / FPS
    layer = brows.brow_layer(times, prosody, 1.0, layer_rng(seed, "brows"))
    return as_channels(layer, head.head_layer(times, FPS, prosody, 1.0, seed))


def layer_motion(prosody: Prosody, seed: int) -> Floats:
    """Return (74, channels) of the learned layer with the weights that ship, at strength 1."""
    face = upper_face_layer(np.arange(FRAMES) / FPS, np.zeros(0, np.float32), prosody, 1.0, 1.0, seed)
    assert face.head is not None
    return as_channels(face.arkit, face.head)


def deviations(motions: list[Floats]) -> Floats:
    """Return (channels,) deviation within clips."""
    return np.sqrt(np.mean([motion.var(0) for motion in motions], 0))


def mean_rate(motions: list[Floats], order: int) -> Floats:
    """Return (channels,) mean absolute difference of an order, from frame to frame."""
    return np.mean([np.abs(np.diff(motion, order, axis=0)).mean(0) for motion in motions], 0)


def head_speed(motions: list[Floats]) -> Floats:
    """Return (3,) p10, p50, p90 of the head's speed in degrees per second."""
    speeds = [np.degrees(np.linalg.norm(np.diff(motion[:, 7:], axis=0), axis=1)) * FPS for motion in motions]
    return np.percentile(np.concatenate(speeds), [10, 50, 90])


def _row(name: str, values: npt.ArrayLike | list[Any], digits: int = 2) -> str:
    return f"{name:<34}" + " ".join(f"{value:8.{digits}f}" for value in np.atleast_1d(np.asarray(values)))


def report_figures(clips: list[TrackedClip], network: UpperFaceNetwork) -> list[str]:
    """Return lines with all figures of docs/upper_face.md."""
    blinks = blink_figures(clips)
    lines = ["", "All clips: blinks"]
    lines.append(_row("per minute; speaking; silent", [
        blinks.per_minute, blinks.speaking_per_minute, blinks.silent_per_minute
    ], 1))  # fmt: skip
    lines.append(_row("intervals p25 p50 p75, s", blinks.intervals))
    lines.append(_row("share in bouts", blinks.in_bouts))
    lines.append(_row("profile, -0.12 to 0.48 s", blinks.profile))
    lines.append(_row("poses of clips, deviation, degrees", np.degrees(np.std([clip.pose for clip in clips], 0))))
    lines.append("All clips: raises (1000 = eye-corner distance) and nods (degrees): on accents, by chance; events")
    every, voices = [clip.channels for clip in clips], [clip.prosody for clip in clips]
    lines.append(_row("brow on accents, chance", on_accents(every, voices, brow, BROW_PROMINENCE), 3))
    lines.append(_row("nod on accents, chance", on_accents(every, voices, nod, NOD_PROMINENCE), 3))

    held_out = [clip for clip in clips if clip.held_out and len(clip.channels) >= FRAMES]
    motion, heard = tensors(held_out)
    voices = [clip.prosody for clip in held_out]
    tracked = list(motion.numpy())
    with torch.inference_mode():
        code = network.quantise(motion, None)
        coded = list(network.decode(code).numpy())
        own = float(context_loss(network, code, heard, 0.0))
        other = np.mean([float(context_loss(network, code, heard.roll(shift, 0), 0.0)) for shift in _SHIFTS])
    features, drawer = heard.numpy(), TorchVoice(network)
    drawn = [
        [sample_motion(drawer, one, np.random.default_rng([seed, number])) for number, one in enumerate(features)]
        for seed in range(SEEDS)
    ]
    made = {
        name: [[make(voice, seed * 1000 + number) for number, voice in enumerate(voices)] for seed in range(SEEDS)]
        for name, make in (("learned layer", layer_motion), ("rules", rule_motion))
    }
    units = np.array([1000.0] * 7 + [57.2958] * 3)
    lines += ["", f"{len(tracked)} held-out clips: {' '.join(CHANNELS)}"]
    sets = {"tracked": [tracked], "coded and decoded": [coded], "drawn": drawn, **made}
    reference = deviations(tracked)
    for name, runs in sets.items():
        flat = [one for run in runs for one in run]
        spread = deviations(flat)
        lines.append(_row(f"{name}: deviation", spread * units))
        if name != "tracked":
            lines.append(_row(f"{name}: / tracked", spread / reference))
            lines.append(_row(f"{name}: FDD brows lids head", [
                np.mean(np.abs(reference - spread)[part] / reference[part])
                for part in (slice(0, 4), slice(4, 7), slice(7, 10))
            ]))  # fmt: skip
            lines.append(_row(f"{name}: speed / tracked", mean_rate(flat, 1) / mean_rate(tracked, 1)))
            jitter = mean_rate(flat, 3) / mean_rate(tracked, 3)
            lines.append(_row(f"{name}: jitter / tracked", jitter))
            lines.append(_row(f"{name}: the same for its size", jitter / np.maximum(spread / reference, 1e-9)))
        for word, curve, least in (("brow", brow, BROW_PROMINENCE), ("nod", nod, NOD_PROMINENCE)):
            hits = np.mean([on_accents(run, voices, curve, least) for run in runs], 0)
            lines.append(_row(f"{name}: {word} on accents, chance", hits, 3))
            figures = event_figures(flat, curve, least) * [1, 1000 if word == "brow" else 57.2958, 1, 1]
            figures[2] *= 1000 if word == "brow" else 57.2958
            lines.append(_row(f"{name}: {word} /min, p50 p90, s", figures))
        lines.append(_row(f"{name}: head speed p10 p50 p90", head_speed(flat)))
        if len(runs) > 1:
            apart = np.sqrt(np.mean([(np.array(runs[0]) - np.array(run)) ** 2 for run in runs[1:]], (0, 1, 2)))
            lines.append(_row(f"{name}: seeds apart / sqrt(2) dev.", apart / (np.sqrt(2) * np.maximum(spread, 1e-9))))
    lines.append(_row("nats per class: own voice, others'", [own, other], 3))
    return lines
