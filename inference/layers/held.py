"""Places that are held for a while and joined by single movements: poses of the head, weight, feet, leaning."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .noise import Doubles, quintic


@dataclass(frozen=True)
class Held:
    """Where something rests, one place after the other; movements between them never overlap.

    Every movement is the minimum-jerk curve of its length (Flash and Hogan, "The coordination of arm movements", 1985).
    """

    starts: Doubles
    """(K,) seconds at which each movement begins, rising; the first place is held from before the beginning."""
    lengths: Doubles
    """(K,) seconds that it takes."""
    places: Doubles
    """(K, C) what it leads to."""

    def part(self, times: Doubles, late: float = 0.0, slower: float = 1.0) -> tuple[npt.NDArray[np.int64], Doubles]:
        """Return (T,) number of the movement at every instant and how much of its time has gone by, 0..1.

        ``late`` seconds later, and ``slower`` times as slow where the next movement leaves the time.
        """
        number = np.maximum(np.searchsorted(self.starts + late, times, side="right") - 1, 0).astype(np.int64)
        room = np.append(np.diff(self.starts), np.inf)
        lengths = np.minimum(self.lengths * slower, room)
        part: Doubles = np.clip((times - self.starts[number] - late) / lengths[number], 0, 1)
        return number, part

    def at(self, times: Doubles, late: float = 0.0, slower: float = 1.0) -> Doubles:
        """Return (T, C) where it is."""
        number, part = self.part(times, late, slower)
        return self.between(number, quintic(part))

    def between(self, number: npt.NDArray[np.int64], share: Doubles) -> Doubles:
        """Return (T, C) places a share of the way along a movement."""
        before = self.places[np.maximum(number - 1, 0)]
        return before + (self.places[number] - before) * share[:, None]
