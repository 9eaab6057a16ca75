"""Timeline markers that direct emotion: read from the scene, and written to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..inference.emotion.words import Mixture, read_mixture, resembles_emotion, write_mixture
from ..inference.errors import SoliloquyError

Rows = tuple[tuple[float, ...], ...]

_STEP = 0.001  # seconds between the emotion before a marker and the one from it on; the onset is made when animating
_NOTHING: Mixture = (1.0, *(0.0,) * 7)


@dataclass(frozen=True)
class EmotionMarkers:
    """What the markers of a scene say."""

    markers: tuple[tuple[float, Mixture], ...]
    """Scene frame and mixture, in order of time."""
    unreadable: tuple[str, ...]
    """Names that look like an emotion but cannot be read."""
    notes: tuple[tuple[float, str], ...] = ()
    """Scene frame and direction in words of the markers that begin with ``@``, in order of time."""

    @property
    def complaint(self) -> str:
        """One sentence about the unreadable markers; empty when there are none."""
        if not self.unreadable:
            return ""
        names = ", ".join(f"'{name}'" for name in self.unreadable[:4])
        more = f" and {len(self.unreadable) - 4} more" if len(self.unreadable) > 4 else ""
        kind = "marker" if len(self.unreadable) == 1 else "markers"
        return f"Not read as emotion: {kind} {names}{more}. Write such as 'angry 0.8'."

    def rows(self, first_frame: float, fps: float, duration: float | None) -> Rows:
        """Return rows of ``AnimateSettings.emotion_curves`` for speech that starts at ``first_frame``.

        An emotion begins at its marker and holds until the next; before the first the face is neutral. ``duration`` is
        the speech's in s, None when it is not known.
        """
        placed = [((frame - first_frame) / fps, mixture) for frame, mixture in self.markers]
        before = [mixture for time, mixture in placed if time <= 0.0]
        current = before[-1] if before else _NOTHING
        rows: list[tuple[float, ...]] = [(0.0, *current)]
        for time, mixture in placed:
            if time <= 0.0 or (duration is not None and time >= duration):
                continue
            rows += [(max(time - _STEP, 0.0), *current), (time, *mixture)]
            current = mixture
        return tuple(rows)


def read_markers(scene: Any) -> EmotionMarkers:
    """Return what the timeline markers of a scene say about emotion; other markers are left alone."""
    found, unreadable, notes = [], [], []
    for marker in sorted(scene.timeline_markers, key=lambda item: item.frame):
        if marker.name.startswith("@"):
            notes.append((float(marker.frame), marker.name[1:]))
            continue
        try:
            found.append((float(marker.frame), read_mixture(marker.name)))
        except SoliloquyError:
            if resembles_emotion(marker.name):
                unreadable.append(marker.name)
    return EmotionMarkers(tuple(found), tuple(unreadable), tuple(notes))


def emotion_markers_between(scene: Any, first: float, last: float) -> list[Any]:
    """Return the markers with a readable emotion from frame ``first`` to ``last``."""
    found = []
    for marker in scene.timeline_markers:
        if not first <= marker.frame <= last:
            continue
        try:
            read_mixture(marker.name)
        except SoliloquyError:
            continue
        found.append(marker)
    return found


def write_markers(scene: Any, rows: Rows, first_frame: float, fps: float, seconds: float = 0.8) -> int:
    """Add a marker wherever the strongest emotion, or its strength by a quarter, changes; return their number.

    Parameters
    ----------
    rows : tuple
        Rows of ``AnimateSettings.emotion_curves``, in order of time.
    seconds : float
        Markers do not come closer than this; what lies between is passed over.
    """
    written: list[tuple[float, Mixture]] = []
    for time, *weights in rows:
        rounded = _rounded(tuple(weights))
        if written and (time - written[-1][0] < seconds or not _differs(rounded, written[-1][1])):
            continue
        written.append((time, rounded))
    for time, mixture in written:
        scene.timeline_markers.new(write_mixture(mixture), frame=round(first_frame + time * fps))
    return len(written)


def _rounded(weights: Mixture) -> Mixture:
    """Return what is worth naming: emotions of at least 0.15, in steps of 0.05."""
    return tuple(round(20 * weight) / 20 if weight >= 0.15 else 0.0 for weight in weights)


def _differs(one: Mixture, other: Mixture) -> bool:
    return any(abs(a - b) >= 0.25 for a, b in zip(one[1:], other[1:], strict=True)) or (any(one[1:]) != any(other[1:]))
