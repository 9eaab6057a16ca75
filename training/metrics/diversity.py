"""Diversity: how different the motion is between takes of one recording, and within one take.

Between takes: the mean distance of a joint in one take to the same joint at the same instant in another, over all pairs
(TalkSHOW's variance over samples, as a distance in metres instead of a squared norm). Within a take: the mean distance
of a joint to where it is on average (EMAGE's L1 diversity, per joint in metres).
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import numpy.typing as npt


def between_takes(takes: npt.ArrayLike) -> float:
    """Return metres for (N, T, P, 3) points of N takes; 0 for fewer than two."""
    points = np.asarray(takes, np.float64)
    pairs = [
        float(np.linalg.norm(points[a] - points[b], axis=-1).mean()) for a, b in combinations(range(len(points)), 2)
    ]
    return float(np.mean(pairs)) if pairs else 0.0


def within_take(points: npt.ArrayLike) -> float:
    """Return metres for the (T, P, 3) points of one take."""
    places = np.asarray(points, np.float64)
    return float(np.linalg.norm(places - places.mean(0), axis=-1).mean())
