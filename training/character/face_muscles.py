"""What the artist's face units leave out: the skin that muscles bunch, fold and wrinkle.

The units of the source move skin smoothly from one place to another. A face is read by more: the nose wrinkles and its
wings rise in disgust, the forehead furrows above raised inner brows, the skin stands in two ridges between knit ones.
Here those are drawn on the default person, in millimetres about the middle between the eyeballs (x to the left, y up,
z forward); other people take them over with the units. Wrinkles run along the rows of the mesh, one in, the next out,
so that they are as fine as it can carry.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from ...inference.arkit import ARKIT_NAMES
from ...inference.easing import s_curve
from .makehuman import Floats, Ints

MILLIMETRE = 1e-3


@dataclass(frozen=True)
class Pull:
    """Skin about a place that is drawn along; it fades like a bell."""

    place: tuple[float, float, float]
    reach: tuple[float, float, float]
    move: tuple[float, float, float]
    """Millimetres at the place itself."""


@dataclass(frozen=True)
class Fold:
    """A line along which skin sinks in (or, below 0, stands out) along its normal."""

    line: tuple[tuple[float, float, float], ...]
    reach: float
    depth: float


@dataclass(frozen=True)
class Wrinkles:
    """Rows of the mesh across the middle of the face that sink in and stand out in turn."""

    furrows: tuple[float, ...]
    """Heights, where rows that sink cross the middle; those beside them stand out. Two rows between furrows are read by
    light and shade; with one, normals at the rows look the same way, and smooth shading shows no furrow."""
    wide: float
    """How far to the side of ``middle`` they have faded to a third."""
    depth: float
    middle: float = 0.0
    """How far from the middle of the face they are deepest."""


@dataclass(frozen=True)
class Action:
    """What a muscle adds to a unit; drawn for the left side, or for both where the unit has no side."""

    pulls: tuple[Pull, ...] = ()
    folds: tuple[Fold, ...] = ()
    wrinkles: tuple[Wrinkles, ...] = ()


ACTIONS: dict[str, Action] = {
    # Levator labii superioris alaeque nasi with procerus: AU 9.
    "noseSneer": Action(
        (
            Pull((15, -38, 26), (8, 8, 12), (1.2, 4.6, -0.4)),  # wing
            Pull((9, -43, 30), (6, 5, 10), (0.8, 2.2, 0.2)),  # nostril
            Pull((0, -33, 40), (9, 9, 12), (0.0, 1.3, -0.6)),  # tip
            Pull((14, -18, 24), (8, 10, 14), (0.6, 3.2, 1.4)),  # side of the nose, bunched below the inner corner
            Pull((12, -57, 31), (6.5, 7, 12), (0.6, 4.0, 0.9)),  # upper lip, highest beside the philtrum
            Pull((27, -34, 17), (11, 10, 14), (0.4, 3.0, 1.8)),  # cheek beside the fold
            Pull((28, -12, 12), (13, 5.5, 10), (0.0, 1.6, 0.5)),  # lower lid
            Pull((9, 13, 26), (9, 8, 12), (-0.2, -1.4, 0.6)),  # inner end of the brow
        ),
        (
            Fold(((17, -33, 23), (20, -41, 22), (25, -50, 21), (30, -58, 18)), 3.6, 1.7),  # nasolabial
            Fold(((18.5, -27, 20), (24, -36, 20), (30, -46, 18)), 4.0, -0.9),
        ),
        (Wrinkles((7.0, 0.3, -5.6, -13.0), 12.0, 1.2),),
    ),
    # Corrugator and depressor supercilii: AU 4.
    "browDown": Action(
        (
            Pull((11, 16, 26), (8, 9, 12), (-1.6, -2.6, 0.6)),
            Pull((24, 15, 23), (12, 7, 12), (-1.5, -0.8, 0.8)),
            Pull((14, 10, 22), (7, 5, 10), (-0.6, -1.0, 1.0)),
        ),
        (
            Fold(((6.7, 9, 26), (6.7, 17, 27), (7.0, 26, 27)), 2.8, 2.3),
            Fold(((14.5, 11, 25), (15, 18, 26), (16, 26, 25)), 3.6, -1.4),
            Fold(((0, 8, 26), (0, 16, 27), (0, 25, 27)), 2.6, -0.4),
        ),
        (Wrinkles((3.5,), 12.0, 0.5),),
    ),
    # Orbicularis oculi, the part around the socket: AU 6.
    "cheekSquint": Action(
        (
            Pull((33, -22, 14), (14, 9, 14), (-0.4, 2.2, 2.0)),
            Pull((50, -6, 2), (9, 9, 14), (-0.8, 0.8, 0.6)),
        ),
        (
            Fold(((49, 3, 5), (60, 8, -5)), 2.4, 0.8),  # crow's feet
            Fold(((50, -3, 4), (62, -5, -8)), 2.4, 0.8),
        ),
    ),
    # Zygomaticus major: AU 12.
    "mouthSmile": Action(
        (Pull((33, -38, 14), (12, 10, 14), (0.0, 0.8, 2.4)),),
        (Fold(((17, -34, 23), (24, -42, 21), (31, -51, 18), (36, -60, 13)), 3.6, 1.8),),
    ),
    # Inner part of the frontalis, with a little of the corrugator: AU 1.
    "browInnerUp": Action(
        (
            Pull((12, 17, 26), (9, 8, 14), (-0.8, 1.0, 0.5)),
            Pull((15, 7, 20), (7, 5, 10), (0.0, 1.8, 0.2)),
            Pull((36, 17, 20), (11, 8, 14), (0.0, -1.0, 0.0)),
        ),
        (),
        (Wrinkles((36.2, 53.8), 27.0, 2.0),),
    ),
    # Outer part of the frontalis: AU 2. Its furrows arch over the brow and meet those of the inner part.
    "browOuterUp": Action((), (), (Wrinkles((36.2, 53.8), 19.0, 1.6, 30.0),)),
}  # fmt: skip
"""Unit, without its side -> what is added."""
_MIDDLE = 3.0
"""Millimetres over which skin in the middle passes from one side's muscle to the other's."""
_ROW_STEPS = 5
"""How many edges a wrinkle goes to the side."""


def muscle_actions(vertices: Floats, quads: Ints, middle: Floats) -> dict[str, Floats]:
    """Return what :data:`ACTIONS` add to face units: ARKit name -> (V, 3) displacement, metres.

    Parameters
    ----------
    vertices, quads : (V, 3), (F, 4) arrays
        The default person's base mesh and the faces of its skin.
    middle : (3,) array
        Between the eyeballs.
    """
    face = _Face(vertices, quads, middle)
    result: dict[str, Floats] = {}
    for name, action in ACTIONS.items():
        left, right = (face.share(side) * face.moved(action, side) for side in (1, -1))
        if name in ARKIT_NAMES:
            result[name] = left + right
        else:
            result[f"{name}Left"], result[f"{name}Right"] = left, right
    return result


class _Face:
    """The skin on which actions are drawn, in millimetres about the middle of the eyes."""

    def __init__(self, vertices: Floats, quads: Ints, middle: Floats) -> None:
        self._places = (vertices - middle) / MILLIMETRE
        self._quads = quads
        self._normals = _normals(vertices, quads)
        self._skin = np.zeros(len(vertices), bool)
        self._skin[quads] = True
        self._near: dict[int, set[int]] = defaultdict(set)
        self._faces: dict[int, set[int]] = defaultdict(set)
        low, high = self._places[quads].min(1), self._places[quads].max(1)
        front = (high[:, 2] > 5) & (low[:, 1] > -30) & (high[:, 1] < 80) & (np.abs(low[:, 0]) < 60)
        for index in np.nonzero(front)[0]:
            for a, b in zip(quads[index], np.roll(quads[index], -1), strict=True):
                self._near[int(a)].add(int(b))
                self._near[int(b)].add(int(a))
                self._faces[int(a)].add(int(index))

    def share(self, side: int) -> Floats:
        """Return (V, 1) how much of the middle belongs to the muscle of a side, 1 left, -1 right."""
        return s_curve(0.5 + side * self._places[:, :1] / (2 * _MIDDLE))

    def moved(self, action: Action, side: int) -> Floats:
        """Return the (V, 3) displacement, metres, of a side's muscle, on both halves of the face."""
        turn = np.array([side, 1, 1])
        places = self._places * turn
        total = np.zeros_like(places)
        for pull in action.pulls:
            near = np.exp(-(((places - pull.place) / pull.reach) ** 2).sum(1))
            total += near[:, None] * np.array(pull.move) * turn
        along = np.zeros(len(places))
        for fold in action.folds:
            along -= fold.depth * np.exp(-((_distance(places, fold.line) / fold.reach) ** 2))
        for wrinkles in action.wrinkles:
            along += self._rows(wrinkles)
        total += along[:, None] * self._normals
        return total * self._skin[:, None] * MILLIMETRE

    def _rows(self, wrinkles: Wrinkles) -> Floats:
        """Return (V,) how far rows of the mesh go out along the normal, millimetres."""
        spine = [v for v in self._near if abs(self._places[v, 0]) < 0.2 and self._places[v, 2] > 15]
        spine.sort(key=lambda v: -self._places[v, 1])
        heights = self._places[spine, 1]
        furrows = {int(np.abs(heights - height).argmin()) for height in wrinkles.furrows}
        ridges = {row + step for row in furrows for step in (-1, 1)} - furrows
        out = np.zeros(len(self._places))
        for rows, depth in ((furrows, -wrinkles.depth), (ridges, wrinkles.depth)):
            for row in rows:
                for vertex in self._across(spine[row]):
                    aside = abs(self._places[vertex, 0]) - wrinkles.middle
                    out[vertex] = depth * np.exp(-((aside / wrinkles.wide) ** 2))
        return out

    def _across(self, start: int) -> Iterable[int]:
        """Yield a vertex of the middle and those beside it, along the mesh's row."""
        yield start
        for side in (1, -1):
            before, here = start, max(self._near[start], key=lambda v: side * self._places[v, 0])
            for _ in range(_ROW_STEPS):
                yield here
                beside = {int(v) for f in self._faces[before] & self._faces[here] for v in self._quads[f]}
                ahead = self._near[here] - beside
                if len(ahead) != 1:
                    break
                before, here = here, ahead.pop()


def _normals(vertices: Floats, quads: Ints) -> Floats:
    """Return (V, 3) unit normals of the vertices of some faces."""
    a, b, c, d = (vertices[quads[:, k]] for k in range(4))
    across = np.cross(c - a, d - b)
    total = np.zeros_like(vertices)
    for k in range(4):
        np.add.at(total, quads[:, k], across)
    return total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-15)


def _distance(places: Floats, line: tuple[tuple[float, float, float], ...]) -> Floats:
    """Return (V,) distances to a line of several points."""
    points = np.array(line, float)
    best = np.full(len(places), np.inf)
    for start, stop in itertools.pairwise(points):
        step = stop - start
        share = np.clip((places - start) @ step / (step @ step), 0, 1)
        best = np.minimum(best, np.linalg.norm(places - start - share[:, None] * step, axis=1))
    return best
