"""Where the mouth and its waveform lie in a viewport: at its lower right, beside whatever Blender has there itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

WIDTH, HEIGHT = 372.0, 116.0
"""Of the whole, in pixels of an interface at 1x."""
_MARGIN, _GAP, _LINE, _MOUTH = 12.0, 10.0, 16.0, 108.0

_NAVIGATION = 44.0, 220.0
"""Width and height of the buttons that turn and move the view, at its upper right."""


@dataclass(frozen=True)
class Rect:
    """A part of a region in pixels, (0, 0) at its lower left."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def width(self) -> float:
        """How wide it is."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """How high it is."""
        return self.top - self.bottom

    @property
    def centre(self) -> tuple[float, float]:
        """Its middle."""
        return (self.left + self.right) / 2, (self.bottom + self.top) / 2

    def holds(self, x: float, y: float) -> bool:
        """Tell whether a point lies in it."""
        return self.left <= x <= self.right and self.bottom <= y <= self.top

    def meets(self, other: Rect) -> bool:
        """Tell whether two overlap."""
        return (
            self.left < other.right and other.left < self.right and self.bottom < other.top and other.bottom < self.top
        )

    def inset(self, by: float) -> Rect:
        """Return it smaller by so much on every side."""
        return Rect(self.left + by, self.bottom + by, self.right - by, self.top - by)


@dataclass(frozen=True)
class Place:
    """The whole and its parts."""

    whole: Rect
    mouth: Rect
    wave: Rect
    title: tuple[float, float]
    """Where the upper line of text begins."""
    line: tuple[float, float]
    """Where the lower one does."""
    keep: Rect
    """The button that keeps what was made."""
    drop: Rect
    """The button that discards it."""
    title_width: float
    scale: float

    def second(self, x: float, seconds: float) -> float:
        """Return which second of a recording lies at ``x``; its ends beyond them."""
        share = (x - self.wave.left) / max(self.wave.width, 1.0)
        return seconds * min(1.0, max(0.0, share))

    def x(self, second: float, seconds: float) -> float:
        """Return where a second of a recording lies."""
        return self.wave.left + self.wave.width * second / max(seconds, 1e-6)


def place(width: float, height: float, covered: Iterable[Rect], scale: float) -> Place | None:
    """Return where everything goes in a viewport, None where there is no room for it.

    Parameters
    ----------
    width, height : float
        Of the region, in pixels.
    covered : iterable of Rect
        What lies over it: sidebar, toolbar, headers, the last operation's panel.
    scale : float
        Of the interface.
    """
    margin, wide, high = _MARGIN * scale, WIDTH * scale, HEIGHT * scale
    covered = list(covered)
    # Bars lie along an edge; what floats is passed over by going above it.
    tall = [item for item in covered if item.height > 0.5 * height]
    flat = [item for item in covered if item not in tall and item.width > 0.5 * width]
    left = max([0.0, *(item.right for item in tall if item.centre[0] < width / 2)]) + margin
    right = min([width, *(item.left for item in tall if item.centre[0] >= width / 2)]) - margin
    bottom = max([0.0, *(item.top for item in flat if item.centre[1] < height / 2)]) + margin
    top = min([height, *(item.bottom for item in flat if item.centre[1] >= height / 2)]) - margin
    if bottom + high > top - _NAVIGATION[1] * scale:
        right -= _NAVIGATION[0] * scale
    wide = min(wide, right - left)
    whole = Rect(right - wide, bottom, right, bottom + high)
    for item in sorted((item for item in covered if item not in tall and item not in flat), key=lambda one: one.top):
        if whole.meets(item):
            whole = Rect(whole.left, item.top + margin, whole.right, item.top + margin + high)
    # Less than this is no waveform, and the upper half is Blender's own.
    if wide < 0.5 * WIDTH * scale or whole.top > min(top, 0.6 * height):
        return None
    inner, line = whole.inset(_GAP * scale), _LINE * scale
    mouth = Rect(inner.left, inner.bottom, inner.left + min(_MOUTH * scale, 0.38 * inner.width), inner.top)
    wave = Rect(mouth.right + _GAP * scale, inner.bottom + line + 2 * scale, inner.right, inner.top - line - 2 * scale)
    title, below = (wave.left, inner.top - 11 * scale), (wave.left, inner.bottom + 3 * scale)
    drop = Rect(inner.right - line, inner.top - line, inner.right, inner.top)
    keep = Rect(drop.left - 1.4 * line, drop.bottom, drop.left - 0.4 * line, drop.top)
    return Place(whole, mouth, wave, title, below, keep, drop, keep.left - wave.left - 4 * scale, scale)
