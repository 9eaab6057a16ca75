"""How well lips follow speech: the measures of the lip benchmark."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .corpora import clip_threshold

Array = npt.NDArray[np.floating]


def correlation(predicted: Array, measured: Array) -> float:
    """Return Pearson's r of two apertures over the frames where both are known."""
    known = np.isfinite(predicted) & np.isfinite(measured)
    a, b = predicted[known] - predicted[known].mean(), measured[known] - measured[known].mean()
    return float(np.sum(a * b) / np.sqrt(np.sum(a * a) * np.sum(b * b) + 1e-20))


def _near(flags: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    near = flags.copy()
    near[1:] |= flags[:-1]
    near[:-1] |= flags[1:]
    return near


@dataclass
class ClosureCount:
    """Counts behind precision, recall and F1 of closed frames; a frame counts as hit within +-1 frame."""

    predicted_hit: int = 0
    predicted: int = 0
    measured_hit: int = 0
    measured: int = 0

    def add(self, predicted: Array, measured: Array) -> None:
        """Add one clip's apertures, each closed below its own p5 + 0.15 (p95 - p5)."""
        ours, theirs = predicted < clip_threshold(predicted), measured < clip_threshold(measured)
        self.predicted += int(ours.sum())
        self.predicted_hit += int((ours & _near(theirs)).sum())
        self.measured += int(theirs.sum())
        self.measured_hit += int((theirs & _near(ours)).sum())

    @property
    def f1(self) -> float:
        """F1 over frames."""
        precision = self.predicted_hit / max(1, self.predicted)
        recall = self.measured_hit / max(1, self.measured)
        return 2 * precision * recall / max(1e-9, precision + recall)


def tracked_scores(predicted: list[Array], measured: list[Array]) -> tuple[float, float]:
    """Return mean correlation per clip and closure F1 averaged over clips of apertures at the same frame times."""
    correlations, scores = [], []
    for ours, theirs in zip(predicted, measured, strict=True):
        count = min(len(ours), len(theirs))
        known = np.isfinite(theirs[:count])
        correlations.append(correlation(ours[:count], theirs[:count]))
        closure = ClosureCount()
        closure.add(ours[:count][known], theirs[:count][known])
        scores.append(closure.f1)
    return float(np.mean(correlations)), float(np.mean(scores))


def phone_minima(
    aperture: Array, fps: float, phones: list[tuple[float, float, str]], wanted: tuple[str, ...], margin: float
) -> list[float]:
    """Return the smallest aperture within each wanted phone.

    A positive ``margin`` widens the phone by so many seconds, a negative one narrows it by that share of its length.
    """
    times = np.arange(len(aperture)) / fps
    minima = []
    for start, stop, label in phones:
        if label not in wanted or stop > times[-1]:
            continue
        edge = margin if margin >= 0 else margin * (stop - start)
        inside = (times >= start - edge) & (times <= stop + edge)
        if not inside.any():
            inside = np.arange(len(times)) == np.argmin(np.abs(times - (start + stop) / 2))
        minima.append(float(aperture[inside].min()))
    return minima


def shut_share(
    apertures: list[Array],
    fps: float,
    phones: list[list[tuple[float, float, str]]],
    speakers: list[str],
    wanted: tuple[str, ...],
    margin: float,
    share: float = 0.1,
) -> float:
    """Return the share of the wanted phones in which the lips are shut.

    Shut means below ``share`` of the speaker's range, the range running from p5 to p95 of all the speaker's frames.
    """
    shut, total = 0, 0
    for speaker in sorted(set(speakers)):
        chosen = [i for i, name in enumerate(speakers) if name == speaker]
        threshold = clip_threshold(np.concatenate([apertures[i] for i in chosen]), share)
        for i in chosen:
            minima = phone_minima(apertures[i], fps, phones[i], wanted, margin)
            shut += sum(value < threshold for value in minima)
            total += len(minima)
    return shut / max(1, total)
