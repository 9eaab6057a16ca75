"""What is said when: labels over stretches of time, such as the visemes of a voice or the words of a transcript."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .errors import SoliloquyError

Floats = npt.NDArray[np.float32]

TRACK_NAMES = ("visemes", "words")
"""The tracks that a performance may hold, beside its motion; others in a file are not read.

``visemes``: which class of sounds the voice makes, of ``models.face.visemes.VISEMES`` but for silence.
``words``: what is said, each word with the punctuation after it."""
MOST_SPANS = 1 << 20
"""Labels of one track."""
LONGEST_LABEL = 64
"""Characters of a label."""
_PREFIX, _LABELS, _SPANS = "track_", "_labels", "_spans"


@dataclass(frozen=True, eq=False)
class LabelTrack:
    """Labels in order of time, none over another; where there is none, nothing is said.

    Raises
    ------
    SoliloquyError
        When the spans are no such stretches, or do not fit the labels.
    """

    labels: tuple[str, ...]
    """N names."""
    spans: Floats
    """(N, 2) seconds from the performance's start at which each begins and ends."""

    def __post_init__(self) -> None:
        spans = np.ascontiguousarray(self.spans, np.float32).reshape(-1, 2)
        object.__setattr__(self, "labels", tuple(self.labels))
        object.__setattr__(self, "spans", spans)
        if len(spans) != len(self.labels):
            raise SoliloquyError(f"A track has {len(self.labels)} labels for {len(spans)} spans.")
        if len(spans) > MOST_SPANS:
            raise SoliloquyError(f"A track has {len(spans):,} labels, more than {MOST_SPANS:,}.")
        if any(not label or len(label) > LONGEST_LABEL for label in self.labels):
            raise SoliloquyError(f"A track's labels must have 1 to {LONGEST_LABEL} characters.")
        # Comparisons with what is no number are false.
        if not ((spans >= 0) & np.isfinite(spans)).all() or not (np.diff(spans.reshape(-1)) >= 0).all():
            raise SoliloquyError("A track's spans are not in order of time.")

    def __len__(self) -> int:
        return len(self.labels)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LabelTrack) and self.labels == other.labels and np.array_equal(self.spans, other.spans)

    __hash__ = None  # type: ignore[assignment]

    def shares(self, times: npt.ArrayLike, blend: float) -> dict[str, npt.NDArray[np.float64]]:
        """Return label -> (T,) how far it holds at each time, 0..1; together at most 1.

        Parameters
        ----------
        times : (T,) array
            Seconds.
        blend : float
            Seconds in which one turns into the next; what is shorter than that never holds wholly.
        """
        at = np.asarray(times, np.float64)
        found: dict[str, npt.NDArray[np.float64]] = {}
        names = np.array(self.labels)
        for label in dict.fromkeys(self.labels):
            edges = self.spans[names == label].astype(np.float64)
            # Seconds of this label before each edge: a line that rises within its spans and is level between them.
            before = np.concatenate([[0.0], np.cumsum(edges[:, 1] - edges[:, 0])])
            level = np.repeat(before, 2)[1:-1]

            until, since = (np.interp(at + half, edges.reshape(-1), level) for half in (0.5 * blend, -0.5 * blend))
            found[label] = np.asarray((until - since) / blend, np.float64)
        return found

    def moved(self, old: npt.ArrayLike, new: npt.ArrayLike) -> LabelTrack:
        """Return the track on another clock: what was at ``old`` seconds is at ``new`` ones, with lines in between.

        What lies outside of the first and the last of them is cut off.
        """
        spans = np.interp(self.spans, np.asarray(old, np.float64), np.asarray(new, np.float64)).astype(np.float32)
        kept = [row for row, (start, end) in enumerate(spans.tolist()) if end > start]
        return LabelTrack(tuple(self.labels[row] for row in kept), spans[kept])

    def later(self, seconds: float, duration: float) -> LabelTrack:
        """Return the track with everything later, cut to 0..``duration``."""
        start, end = max(0.0, -seconds), min(duration, duration - seconds)
        if end <= start:
            return LabelTrack((), np.zeros((0, 2), np.float32))
        return self.moved([start, end], [start + seconds, end + seconds])


def tracks_to_arrays(tracks: Mapping[str, LabelTrack]) -> dict[str, npt.NDArray[Any]]:
    """Return the arrays that hold tracks in an archive: ``track_NAME_labels`` and ``track_NAME_spans``."""
    found: dict[str, npt.NDArray[Any]] = {}
    for name, track in tracks.items():
        if name not in TRACK_NAMES:
            raise SoliloquyError(f"A performance has no track '{name}'.", f"Choose one of {', '.join(TRACK_NAMES)}.")
        found[_PREFIX + name + _LABELS] = np.array(track.labels, f"<U{max(map(len, track.labels), default=1)}")
        found[_PREFIX + name + _SPANS] = track.spans
    return found


def track_arrays() -> Iterable[str]:
    """Return the names of all arrays that tracks may have in an archive."""
    return [_PREFIX + name + part for name in TRACK_NAMES for part in (_LABELS, _SPANS)]


def tracks_from_arrays(arrays: Mapping[str, npt.NDArray[Any]]) -> dict[str, LabelTrack]:
    """Return the tracks that an archive holds; none in files from before there were any.

    Raises
    ------
    SoliloquyError
        When arrays of a track are not of their kind and shape.
    """
    found: dict[str, LabelTrack] = {}
    for name in TRACK_NAMES:
        labels, spans = (arrays.get(_PREFIX + name + part) for part in (_LABELS, _SPANS))
        if labels is None or spans is None:
            continue
        fits = labels.ndim == 1 and labels.dtype.kind == "U" and labels.dtype.itemsize <= 4 * LONGEST_LABEL
        if not fits or spans.dtype.kind != "f" or spans.shape != (len(labels), 2) or len(labels) > MOST_SPANS:
            raise SoliloquyError(f"Its track of {name} is {labels.shape} and {spans.shape}.")
        found[name] = LabelTrack(tuple(labels.tolist()), spans)
    return found
