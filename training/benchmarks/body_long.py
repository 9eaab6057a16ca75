"""A long recording: time, memory, and jerk where an engine's windows meet."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ...inference.body.body import gestured
from ...inference.body.track import BodyEngine
from ...inference.body.upper_body import upper_body_of
from ..body.recordings import load_stretches
from ..metrics.jitter import third_derivative
from .body_speech import FPS, Speech, as_speech
from .body_tables import markdown
from .body_takes import Take

PERIODS: tuple[float, ...] = (5.0, 4.27, 8.53, 10.0, 7.31)
"""Seconds: strides of 150, 128, 256 and 300 frames, and one that is nobody's, for comparison."""
_NEAR = 0.15  # seconds


@dataclass(frozen=True)
class LongRun:
    """Figures of one engine."""

    minutes: float
    wall_seconds: float
    cpu_seconds: float
    grown_mb: float
    """By which the process grew while the engine ran, its result included."""
    periods: dict[float, float]
    """Seconds between windows -> mean jerk within 0.15 s of the worst phase over the mean of all phases."""


def long_speech(data: Path, cache: Path, minutes: float) -> Speech:
    """Return held-out speech, one stretch after the other and again from the start, for so many minutes."""
    samples = np.concatenate([one.samples for one in load_stretches(data, cache / "speech", "held_out")])
    count = round(60 * minutes * 16_000)
    return as_speech("long", np.resize(samples, count).astype(np.float32))


def _memory(field: str) -> float:
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith(field):
            return int(line.split()[1]) / 1024
    return float("nan")


def phase_peak(points: npt.NDArray[np.floating], period: float) -> float:
    """Return the mean jerk around the worst phase of a period over the mean jerk of all phases.

    Seams every ``period`` seconds stand out as one phase; without them the figure is near 1 for many periods.

    Parameters
    ----------
    points : (T, P, 3) array
        Metres at 30 fps.
    """
    third = third_derivative(points, FPS).mean(1)
    phase = np.floor((np.arange(len(third)) + 1.5) % (period * FPS)).astype(int)
    sums = np.bincount(phase, third)
    counts = np.bincount(phase)
    means = sums / np.maximum(counts, 1)
    reach = round(_NEAR * FPS)
    around = np.convolve(np.concatenate([means[-reach:], means, means[:reach]]), np.ones(2 * reach + 1), "valid")
    return float((around / (2 * reach + 1)).max() / third.mean())


def run_long(engine: BodyEngine, speech: Speech, periods: Sequence[float] = PERIODS) -> LongRun:
    """Let an engine move to the whole recording, once."""
    spoken, settings = speech.spoken(0)
    before = _memory("VmRSS")
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak starts anew
    except OSError:
        before = float("nan")
    wall, cpu = time.perf_counter(), time.process_time()
    track = gestured(engine, spoken, settings)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    grown = _memory("VmHWM") - before
    take = Take("long", np.asarray(upper_body_of(track.poses, spoken.ground.poses), np.float64))
    peaks = {period: phase_peak(take.points, period) for period in periods}
    return LongRun(take.seconds / 60, wall, cpu, grown, peaks)


def long_table(runs: dict[str, LongRun]) -> str:
    """Return the figures of several engines."""
    rows = [
        [
            name, f"{run.minutes:.0f}", f"{run.wall_seconds:.1f}", f"{run.cpu_seconds:.1f}", f"{run.grown_mb:.0f}",
            ", ".join(f"{value:.2f} ({period:.2f} s)" for period, value in run.periods.items()),
        ]
        for name, run in runs.items()
    ]  # fmt: skip
    head = ("", "minutes", "wall s", "CPU s", "memory grown MB", "jerk at the worst phase (period)")
    return markdown("Long recording", head, rows)
