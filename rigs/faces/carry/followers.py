"""What lies in and on a face moves with it: teeth and tongue, eyeballs, lashes, brows, beard, helpers."""

from __future__ import annotations

import numpy as np

from ....inference.arkit import ARKIT_INDEX
from .landmarks import Face
from .nearest import barycentric
from .registration import similar
from .source import SourceFace
from .surface import Doubles, Flags, Ints, Surface
from .warp import similarity

_SMALL = 0.015
"""Metres up to which an island goes as a whole with its root: a lash, a tuft."""
_BOTH_JAWS = 0.015
"""Metres from which on an island that lies on upper and lower teeth holds both."""
_ROOT = 0.0015
"""Metres from the skin within which a vertex counts as rooted in it."""
_ON = 0.004
_OFF = 0.016
"""Metres from the skin within which islands go with it, and beyond which they do not."""
_WORN = 0.007
"""Metres from the skin that half of an island lies when it is worn, as glasses are: it does not bend."""
_WITH_JAW, _BEARD = 0.3, 0.5
"""Share of the jaw's movement with which skin is of the chin, and of an island over it that makes it a beard."""


def follow(
    head: Surface, face: Face, deltas: Doubles, source: SourceFace, laid: Surface
) -> tuple[Doubles, dict[str, Flags]]:
    """Return (52, n, 3) displacements of a whole head, and side -> (n,) the vertices of that eyeball.

    Parameters
    ----------
    head : Surface
        Every vertex of the head, in the face's metres.
    face : Face
        Whose ``kept`` says which of them are the skin.
    deltas : (52, s, 3) array
        Of the skin.
    source, laid
        The default character's face, and where its skin lies on this one.
    """
    count = len(head.points)
    moved = np.zeros((len(deltas), count, 3))
    moved[:, face.kept] = deltas
    skin = np.zeros(count, bool)
    skin[face.kept] = True
    inner = InsideOfMouth(face, source, laid)
    eyes = {side: np.zeros(count, bool) for side in ("left", "right")}
    bound = _Bound(face, np.linalg.norm(deltas[ARKIT_INDEX["jawOpen"]], axis=1))
    for island in _islands(head, ~skin):
        points = head.points[island]
        side = _ball(points, face)
        if side:
            eyes[side][island] = True
        elif inner.holds(points):
            moved[:, island] = inner.carried(points)
        else:
            bound.add(island, points)
    bound.carry(deltas, moved)
    return moved, eyes


def _islands(surface: Surface, chosen: Flags) -> list[Ints]:
    """Return the vertices of every island among those chosen."""
    some = np.nonzero(chosen)[0]
    some = some[np.argsort(surface.islands[some], kind="stable")]
    return np.split(some, np.nonzero(np.diff(surface.islands[some]))[0] + 1) if len(some) else []


def _ball(points: Doubles, face: Face) -> str:
    """Return the side of the eyeball that an island is, or is a layer of; empty for other islands."""
    size, centre = np.ptp(points, axis=0), 0.5 * (points.max(axis=0) + points.min(axis=0))
    for side, (middle, radius) in face.balls.items():
        away = np.linalg.norm(centre - middle)
        upright = 0.6 * size[0] < size[1] < 1.6 * size[0]
        if away < 1.1 * radius and size.max() < 3.0 * radius and upright and size[0] > 0.4 * radius:
            return side
    for side in ("left", "right"):
        middle = face.points.get(f"{side} eye middle")
        if middle is None or side in face.balls:
            continue
        width = abs(face.points[f"{side} eye outer"][0] - face.points[f"{side} eye inner"][0])
        near = np.linalg.norm((centre - middle)[:2]) < 0.4 * width and centre[2] < middle[2]
        if near and 0.7 * size[0] < size[1] < 1.4 * size[0] and 0.5 * width < size[0] < 1.6 * width:
            return side
    return ""


class InsideOfMouth:
    """The inside of the mouth: where the default character's teeth, gums and tongue come to lie."""

    def __init__(self, face: Face, source: SourceFace, laid: Surface) -> None:
        self._face, self._mouth = face, source.mouth
        scale, turn, shift = similar(source, laid)
        placed = scale * source.mouth.surface.points @ turn.T + shift
        self._surface = Surface(placed, source.mouth.surface.triangles)
        self._deltas = scale * source.mouth.deltas @ turn.T
        bone = ~source.mouth.tongue
        self._rigid = {
            low: _rigid(placed[bone & (source.mouth.lower == low)], self._deltas[:, bone & (source.mouth.lower == low)])
            for low in (False, True)
        }

    @property
    def points(self) -> Doubles:
        """(n, 3) the default character's teeth, gums and tongue, fitted."""
        return self._surface.points

    @property
    def deltas(self) -> Doubles:
        """(52, n, 3) how they move."""
        return self._deltas

    def filled(self, head: Surface, face: Face) -> bool:
        """Tell whether a head (in its own units) has something behind its lips already."""
        points = head.points * face.unit
        skin = np.zeros(len(points), bool)
        skin[face.kept] = True
        return any(self.holds(points[island]) for island in _islands(head, ~skin))

    def holds(self, points: Doubles) -> bool:
        """Tell whether an island lies behind the lips."""
        lips = self._face.lips
        if lips is None:
            return False
        centre = points.mean(axis=0)
        wide = lips[-1, 0] - lips[0, 0]
        middle = lips[len(lips) // 2]
        inside = abs(centre[0] - middle[0]) < 0.65 * wide and abs(centre[1] - middle[1]) < 0.035
        return bool(
            inside and middle[2] - 0.09 < points[:, 2].max() < middle[2] + 0.001 and centre[2] < middle[2] - 0.003
        )

    def with_jaw(self, points: Doubles) -> Doubles:
        """Return (52, n, 3) how points (n, 3) move that hang on the lower teeth."""
        turns, shifts = self._rigid[True]
        return np.einsum("kij,nj->kni", turns, points) + shifts[:, None] - points

    def carried(self, points: Doubles) -> Doubles:
        """Return (52, n, 3): an island moves as the nearest part does, teeth as a whole, a tongue by places."""
        near = [self._surface.tree.find_nearest(point.tolist()) for point in points]
        triangles = np.array([item[2] for item in near])
        places = np.array([item[0] for item in near])
        corners = self._surface.triangles[triangles]
        shares = barycentric(self._surface.points[corners], places)
        found = np.einsum("qc,kqci->kqi", shares, self._deltas[:, corners])
        tongue = self._mouth.tongue[corners[:, 0]]
        if tongue.mean() > 0.5:
            return found
        lower = float(self._mouth.lower[corners[:, 0]].mean())
        if 0.2 < lower < 0.8 and np.ptp(points[:, 1]) > _BOTH_JAWS:
            return found
        turns, shifts = self._rigid[lower > 0.5]
        return np.einsum("kij,nj->kni", turns, points) + shifts[:, None] - points


def _rigid(points: Doubles, deltas: Doubles) -> tuple[Doubles, Doubles]:
    """Return (52, 3, 3) turns and (52, 3) shifts that come nearest to displacements (52, n, 3)."""
    found = [similarity(points, points + delta) for delta in deltas]
    turns = np.stack([turn for _, turn, _ in found])
    middle = points.mean(axis=0)
    shifts = middle + deltas.mean(axis=1) - turns @ middle
    return turns, shifts


class _Bound:
    """Vertices that go with a place on the skin."""

    def __init__(self, face: Face, jaw: Doubles) -> None:
        self._skin = face.skin
        self._jaw = jaw > _WITH_JAW * jaw.max(initial=1e-9)
        self._islands: list[Ints] = []
        self._triangles: list[Ints] = []
        self._shares: list[Doubles] = []
        self._fades: list[Doubles] = []

    def add(self, island: Ints, points: Doubles) -> None:
        """Bind an island (n,) at points (n, 3); one that is far from the skin, or worn before it, stays as it is."""
        low, high = self._skin.points.min(axis=0) - _OFF, self._skin.points.max(axis=0) + _OFF
        if (points.max(axis=0) < low).any() or (points.min(axis=0) > high).any():
            return
        near = [self._skin.tree.find_nearest(point) for point in points.tolist()]
        away = np.array([item[3] for item in near])
        if away.min() > _OFF:
            return
        place = np.array([item[0] for item in near])
        triangle = np.array([item[2] for item in near])
        fade = np.clip((_OFF - away) / (_OFF - _ON), 0.0, 1.0)
        holder = np.arange(len(points))
        if self._jaw[self._skin.triangles[triangle]].any(axis=1).mean() > _BEARD:
            fade[:] = 1.0  # a beard stands off the chin and still goes with it
        elif float(np.median(away)) > _WORN:
            return
        if np.ptp(points, axis=0).max() < _SMALL:
            holder[:] = away.argmin()
            fade[:] = 1.0
        else:
            # What stands out, as a lash does, goes with its own root, not with the lid that it comes near.
            border = max(_ROOT, float(np.sort(away)[int(0.3 * len(away))]))
            root, loose = np.nonzero(away <= border)[0], np.nonzero(away > border)[0]
            if len(loose):
                nearest = np.linalg.norm(points[loose, None] - points[root][None], axis=2).argmin(axis=1)
                holder[loose] = root[nearest]
        self._islands.append(island)
        self._triangles.append(triangle[holder])
        self._shares.append(barycentric(self._skin.points[self._skin.triangles[triangle]], place)[holder])
        self._fades.append(fade[holder])

    def carry(self, deltas: Doubles, moved: Doubles) -> None:
        """Enter what displacements of the skin (52, s, 3) do to the vertices into ``moved``, in place."""
        if not self._islands:
            return
        corners = self._skin.triangles[np.concatenate(self._triangles)]
        shares = np.concatenate(self._shares) * np.concatenate(self._fades)[:, None]
        vertices = np.concatenate(self._islands)
        for mine, theirs in zip(moved, deltas, strict=True):
            mine[vertices] = np.einsum("qc,qci->qi", shares, theirs[corners])
