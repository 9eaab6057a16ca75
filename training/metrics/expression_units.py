"""How alive the units of an expression are: spread, saturation, the two sides, and how they come and go; blinks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...inference.arkit import ARKIT_INDEX, ARKIT_NAMES

Doubles = npt.NDArray[np.float64]

PAIRS: tuple[str, ...] = tuple(name[:-4] for name in ARKIT_NAMES if name.endswith("Left") and "eyeLook" not in name)
"""Coefficients with a left and a right side, without it."""
_SATURATED = 0.95
_FLAT = 0.02
_ALONE = 3.0
"""How many times as strong as the other a side is that acts alone, as in a crooked smile."""
_SHUT, _DOUBLE = 0.5, 0.5  # share of a lid; seconds from one blink to the next


@dataclass(frozen=True)
class Unit:
    """One pair of coefficients over time."""

    name: str
    mean: float
    """Of the sides' mean, of one that acts alone of that side; so spread and saturation."""
    spread: float
    """95th less 5th percentile."""
    saturated: float
    """Share of the frames at 0.95 or more."""
    difference: float
    """Mean difference of the sides over the mean."""
    onset: float
    """Median seconds of the rises from a tenth to nine tenths of the spread; NaN without any."""
    apex: float
    """Median seconds above half the spread."""
    offset: float
    """Median seconds of the falls from nine tenths to a tenth."""


@dataclass(frozen=True)
class Blinks:
    """What the lids do."""

    per_minute: float
    doubles: float
    """Share of the blinks that come within half a second of the one before."""
    apart: float
    """Mean difference of the lids while they move, 0..1."""
    half_shut: float
    """Share of the frames in which the lids are between a quarter and two thirds shut."""


def unit(arkit: npt.ArrayLike, name: str, fps: float) -> Unit:
    """Measure one of :data:`PAIRS` in (T, 52) coefficients."""
    sides = np.stack([np.asarray(arkit, np.float64)[:, ARKIT_INDEX[name + side]] for side in ("Left", "Right")])
    each = sides.mean(1)
    curve = sides[each.argmax()] if each.max() > _ALONE * each.min() else sides.mean(0)
    low, high = np.percentile(curve, [5, 95])
    level = float(curve.mean())
    onset, apex, offset = _phases(curve, float(low), float(high), fps)
    return Unit(
        name, level, float(high - low), float((curve >= _SATURATED).mean()),
        float(np.abs(sides[0] - sides[1]).mean() / max(level, 1e-9)), onset, apex, offset,
    )  # fmt: skip


def strongest_unit(arkit: npt.ArrayLike, fps: float, among: tuple[str, ...]) -> Unit:
    """Return the one of some pairs with the highest mean."""
    return max((unit(arkit, name, fps) for name in among), key=lambda found: found.mean)


def blinks(arkit: npt.ArrayLike, fps: float) -> Blinks:
    """Measure the lids in (T, 52) coefficients."""
    lids = np.stack([np.asarray(arkit, np.float64)[:, ARKIT_INDEX[f"eyeBlink{side}"]] for side in ("Left", "Right")])
    mean = lids.mean(0)
    starts = np.flatnonzero((mean[1:] > _SHUT) & (mean[:-1] <= _SHUT)) / fps
    moving = np.abs(np.gradient(mean)) * fps > 1.0
    return Blinks(
        per_minute=60 * fps * len(starts) / len(mean),
        doubles=float((np.diff(starts) < _DOUBLE).sum() / len(starts)) if len(starts) else 0.0,
        apart=float(np.abs(lids[0] - lids[1])[moving].mean()) if moving.any() else 0.0,
        half_shut=float(((mean > 0.25) & (mean < 0.67)).mean()),
    )


def _phases(curve: Doubles, low: float, high: float, fps: float) -> tuple[float, float, float]:
    """Return median seconds of rises, of stays above the middle, and of falls; NaN where there are none."""
    size = high - low
    if size < _FLAT:
        return float("nan"), float("nan"), float("nan")
    up, down, middle = low + 0.9 * size, low + 0.1 * size, low + 0.5 * size
    above = np.concatenate([[False], curve > middle, [False]]).astype(int)
    edges = np.flatnonzero(np.diff(above))
    stays = (edges[1::2] - edges[::2]).astype(np.float64)
    onset, apex, offset = (
        float(np.median(frames) / fps) if len(frames) else float("nan")
        for frames in (_crossings(curve, down, up), stays, _crossings(curve[::-1], down, up))
    )
    return onset, apex, offset


def _crossings(curve: Doubles, low: float, high: float) -> Doubles:
    """Return frames from the last time below ``low`` to the first above ``high``, for every such rise."""
    found: list[float] = []
    start: int | None = None
    for frame, value in enumerate(curve):
        if value <= low:
            start = frame
        elif value >= high and start is not None:
            found.append(float(frame - start))
            start = None
    return np.array(found)
