"""Mouth cues: which of nine drawn mouths shows from when to when, as cartoons use them.

The mouths are those of Hanna-Barbera in Rhubarb's letters: A shut on p b m, B teeth together, C open, D wide open,
E rounded, F puckered, G lower lip under the teeth, H tongue up, X at rest. Each is a mouth of the default character:
its lips are opened to a measured aperture, so that what is shut is shut, and a performance is read off the same way.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..arkit import ARKIT_INDEX, ARKIT_NAMES
from ..character import load_character
from ..face.lip_solver import solve_aperture
from ..performance import Performance
from ..skeleton import JOINT_NAMES
from ..time_filters import smooth
from .face_motion import face_performance

Doubles = npt.NDArray[np.float64]

MOUTHS = "ABCDEFGHX"
RATE = 60.0
"""Frames per second of performances that are made from cues."""
LONGEST = 4 * 3600.0
"""Seconds that a list of cues may last."""
MOST_CUES = 500_000
_BLEND = 0.05
"""Seconds in which one mouth turns into the next."""
_REST_AFTER = 0.3
"""Seconds after which shut lips are at rest, and no longer about to say p, b or m."""
_SWITCH = 0.015
"""What another mouth must be better by, times the seconds it shows, to be worth a cue."""
_HEARD = 0.35
"""What it costs to show another mouth than the one that is drawn for what is heard."""
_DRAWN = {
    "PP": "A", "FF": "G", "TH": "B", "DD": "B", "kk": "B", "CH": "B", "SS": "B", "RR": "E", "aa": "D", "E": "C",
    "I": "B", "O": "E", "U": "F",
}  # fmt: skip
"""Viseme -> mouth, as Rhubarb's own chart has them."""
_PRESSING = ("mouthPressLeft", "mouthPressRight", "mouthRollLower", "mouthRollUpper")
_PRESSED = 0.12
_PAIRS = ("mouthPucker", "mouthFunnel", "mouthRollLower", "tongueOut")


@dataclass(frozen=True)
class Cue:
    """One mouth."""

    start: float
    """Seconds."""
    mouth: str
    """A letter of :data:`MOUTHS`."""


_APERTURES = {"A": 0.0, "B": 0.03, "C": 0.075, "D": 0.13, "E": 0.085, "F": 0.045, "G": 0.03, "H": 0.07, "X": 0.0}
"""Inner-lip distance over eye-corner distance: the widest twentieth of plain speech is open to 0.13."""
_SHAPES: dict[str, dict[str, float]] = {
    "A": {"mouthPressLeft": 0.15, "mouthPressRight": 0.15, "mouthRollLower": 0.12, "mouthRollUpper": 0.08},
    "B": {"mouthStretchLeft": 0.2, "mouthStretchRight": 0.2, "mouthSmileLeft": 0.08, "mouthSmileRight": 0.08},
    "C": {"mouthStretchLeft": 0.15, "mouthStretchRight": 0.15},
    "D": {},
    "E": {"mouthFunnel": 0.25, "mouthPucker": 0.25},
    "F": {"mouthPucker": 0.65, "mouthFunnel": 0.2},
    "G": {"mouthRollLower": 0.55, "mouthUpperUpLeft": 0.2, "mouthUpperUpRight": 0.2},
    "H": {"tongueOut": 0.2, "mouthLowerDownLeft": 0.1, "mouthLowerDownRight": 0.1},
    "X": {},
}


def cues_to_performance(cues: list[Cue], end: float) -> Performance:
    """Return the performance that shows mouth cues, one turning into the next in 50 ms.

    Parameters
    ----------
    cues : list of Cue
        In order of time, at least one; before the first the mouth is at rest.
    end : float
        Seconds at which the last cue ends.
    """
    count = max(2, int(np.ceil(end * RATE)) + 1)
    times = np.arange(count) / RATE
    starts = np.array([cue.start for cue in cues])
    # Steps first, then a window as long as one mouth takes to become another.
    number = np.searchsorted(starts, times + 0.5 / RATE, side="right") - 1
    letters = np.array([MOUTHS.index(cue.mouth) for cue in cues] + [MOUTHS.index("X")])
    share = np.zeros((count, len(MOUTHS)))
    share[np.arange(count), letters[number]] = 1.0
    share = smooth(share, 0.3 * _BLEND * RATE)
    shut = share[:, MOUTHS.index("A")]
    arkit = (share @ _shapes()).astype(np.float32)
    opened = share @ np.array([_APERTURES[mouth] for mouth in MOUTHS])
    # In the middle of p, b or m the lips meet, however short it is.
    opened *= 1 - np.clip(2 * shut - 0.2, 0, 1)
    poses = np.zeros((count, 3 * len(JOINT_NAMES)), np.float32)
    _, arkit = solve_aperture(poses, arkit, opened.astype(np.float32), load_character())
    return face_performance(arkit, RATE, ("lips",))


def cues_of(performance: Performance) -> list[Cue]:
    """Return the mouth cues that a performance shows, from 0 s on, none twice in a row.

    Every frame is compared with the nine mouths, and with what is heard where the performance tells; a mouth that is
    hardly better than its neighbours gets no cue, but lips that shut always do.
    """
    cost = _unlikeness(performance)
    heard = _heard(performance)
    cost += _HEARD * (heard.sum(1, keepdims=True) - heard)
    path = _cheapest(cost, _SWITCH * performance.fps)
    shut, bitten = _shut(performance), heard[:, MOUTHS.index("G")] > 0.5
    # A lip under the teeth touches the other one too.
    path[shut & bitten] = MOUTHS.index("G")
    shut &= ~bitten
    path[shut] = MOUTHS.index("A")
    path[~shut & (path == MOUTHS.index("A"))] = MOUTHS.index("B")
    _rest(path, _pressed(performance), performance.fps)
    changes = np.flatnonzero(np.diff(path, prepend=-1))
    # A frame stands for the time around it.
    return [Cue(max(0.0, (int(at) - 0.5) / performance.fps), MOUTHS[path[at]]) for at in changes]


def _shapes() -> Doubles:
    """Return (9, 52) coefficients of each mouth but for how far it is open."""
    shapes = np.zeros((len(MOUTHS), len(ARKIT_NAMES)))
    for mouth, values in _SHAPES.items():
        for name, value in values.items():
            shapes[MOUTHS.index(mouth), ARKIT_INDEX[name]] = value
    return shapes


def _features(arkit: npt.ArrayLike, aperture: npt.ArrayLike) -> Doubles:
    """Return (T, 4): how far the lips are apart, how round, how far the lower one is under the teeth, the tongue."""
    pucker, funnel, roll, tongue = (np.asarray(arkit, np.float64)[:, ARKIT_INDEX[name]] for name in _PAIRS)
    return np.stack(
        [np.sqrt(np.asarray(aperture, np.float64)) / 0.2, (pucker + funnel) / 0.35, roll / 0.3, tongue / 0.2], 1
    )


def _unlikeness(performance: Performance) -> Doubles:
    """Return (T, 9) how little each frame is like each mouth."""
    aperture = load_character().lip_aperture(performance.poses, performance.arkit)
    mouths = _features(_shapes(), [_APERTURES[mouth] for mouth in MOUTHS])
    shown = _features(performance.arkit, aperture)
    cost = np.sqrt(np.square(shown[:, None] - mouths[None]).sum(-1))
    cost[:, MOUTHS.index("X")] = np.inf  # rest is told from a shut mouth by how long it lasts
    return cost


def _heard(performance: Performance) -> Doubles:
    """Return (T, 9) how much the voice asks for each mouth; zero where nothing is known."""
    asked = np.zeros((performance.frames, len(MOUTHS)))
    track = performance.tracks.get("visemes")
    if track is not None and len(track):
        for sound, share in track.shares(np.arange(performance.frames) / performance.fps, _BLEND).items():
            if sound in _DRAWN:
                asked[:, MOUTHS.index(_DRAWN[sound])] += share
    return asked


def _cheapest(cost: Doubles, price: float) -> npt.NDArray[np.intp]:
    """Return the (T,) mouths of least cost, with a price on every change (Viterbi, 1967)."""
    count, mouths = cost.shape
    came = np.zeros((count, mouths), np.intp)
    same = np.array(range(mouths), np.intp)
    total: Doubles = cost[0].copy()
    for frame in range(1, count):
        best = int(total.argmin())
        change = total[best] + price
        came[frame] = np.where(total <= change, same, best)
        total = np.minimum(total, change) + cost[frame]
    path = np.zeros(count, np.intp)
    path[-1] = total.argmin()
    for frame in range(count - 1, 0, -1):
        path[frame - 1] = came[frame, path[frame]]
    return path


def _shut(performance: Performance) -> npt.NDArray[np.bool_]:
    """Return (T,) where the lips are shut: within the lowest part of what this performance opens to."""
    aperture = performance.lip_aperture
    low, high = np.percentile(aperture, [5, 95])
    return np.asarray(aperture <= min(0.02, max(0.006, low + 0.08 * (high - low))), np.bool_)


def _pressed(performance: Performance) -> npt.NDArray[np.bool_]:
    """Return (T,) where the lips press on each other, as they do for p, b and m and not at rest."""
    press = sum(performance.coefficient(name) for name in _PRESSING)
    return np.asarray(press > _PRESSED, np.bool_)


def _rest(path: npt.NDArray[np.intp], pressed: npt.NDArray[np.bool_], fps: float) -> None:
    """Let mouths that stay shut without pressing be at rest, in place; at either end of the performance at once."""
    shut, rest = MOUTHS.index("A"), MOUTHS.index("X")
    edges = np.flatnonzero(np.diff(path, prepend=-1, append=-1))
    for start, stop in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        outermost = start == 0 or stop == len(path)
        if path[start] == shut and (outermost or stop - start > _REST_AFTER * fps):
            path[start:stop] = np.where(pressed[start:stop], shut, rest)
