"""Lips that seal at rest and under ``mouthClose``, and a jaw bone fitted to the artist-made ``jawOpen``.

The lips are concentric edge loops around the mouth. Two of them, where the upper and the lower lip meet, are brought
together; a biharmonic field on the mesh spreads that correction smoothly over the lips.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_matrix, csr_matrix, diags
from scipy.sparse.linalg import splu
from scipy.spatial.transform import Rotation

from ...inference.skeleton import JOINT_INDEX
from .makehuman import RANGES, Floats, Ints

UPPER_CONTACT = (474, 520)
"""Base vertices in the middle of the upper lip's contact loops, from the outside in."""
LOWER_CONTACT = (493, 523)
"""Their partners on the lower lip."""
SPREAD_RINGS = 6
"""How many edges away from the contact loops the correction has died out."""


def _neighbour_map(quads: Ints) -> dict[int, set[int]]:
    result: dict[int, set[int]] = defaultdict(set)
    for quad in quads:
        for a, b in zip(quad, np.roll(quad, -1), strict=True):
            result[int(a)].add(int(b))
            result[int(b)].add(int(a))
    return result


def edge_loop(quads: Ints, first: int, second: int) -> list[int]:
    """Walk the closed edge loop that starts with the edge ``first``-``second`` of a quad mesh."""
    faces: dict[int, set[int]] = defaultdict(set)
    for index, quad in enumerate(quads):
        for vertex in quad:
            faces[int(vertex)].add(index)
    near = _neighbour_map(quads)
    loop = [first, second]
    while True:
        previous, current = loop[-2:]
        beside = {int(x) for face in faces[previous] & faces[current] for x in quads[face]}
        (following,) = near[current] - beside
        if following == first:
            return loop
        loop.append(following)


class LipSeal:
    """Brings the contact loops of the lips together; a linear operator, so it acts on shape components as well.

    Parameters
    ----------
    vertices : (V, 3) array
        Template of the base mesh.
    quads : (F, 4) array
        Its faces.
    """

    def __init__(self, vertices: Floats, quads: Ints) -> None:
        body = quads[quads.max(1) < RANGES["body"][1]]
        near = _neighbour_map(body)
        places: dict[int, tuple[bool, int, int, float]] = {}
        for upper, lower in zip(UPPER_CONTACT, LOWER_CONTACT, strict=True):
            for sideways in (x for x in near[upper] if abs(vertices[x, 0]) > 1e-3):
                loop = edge_loop(body, upper, sideways)
                half = loop[: loop.index(lower) + 1]
                corner = int(np.argmax(np.abs(vertices[half, 0])))
                above, below = half[: corner + 1], half[corner:][::-1]
                for is_upper, own, other in ((True, above[:-1], below), (False, below[:-1], above)):
                    reach = np.abs(vertices[other, 0])
                    for vertex in own:
                        k = int(np.clip(np.searchsorted(reach, abs(vertices[vertex, 0])), 1, len(other) - 1))
                        share = (abs(vertices[vertex, 0]) - reach[k - 1]) / max(reach[k] - reach[k - 1], 1e-9)
                        places[vertex] = (is_upper, other[k - 1], other[k], float(np.clip(share, 0, 1)))
        fixed = np.array(list(places))
        self.contacts: Ints = fixed
        self.is_upper = np.array([place[0] for place in places.values()])
        self._across = np.array([place[1:3] for place in places.values()], int)
        self._share = np.array([place[3] for place in places.values()])[:, None]
        region, edge = set(fixed.tolist()), set(fixed.tolist())
        for _ in range(SPREAD_RINGS):
            edge = {x for vertex in edge for x in near[vertex]} - region
            region |= edge
        inside = np.array(sorted(region))
        order = {int(vertex): k for k, vertex in enumerate(inside)}
        rows = [order[v] for v in inside for x in near[int(v)]]
        columns = [order.get(x, -1) for v in inside for x in near[int(v)]]
        keep = np.array(columns) >= 0
        links = coo_matrix(
            (np.ones(int(keep.sum())), (np.array(rows)[keep], np.array(columns)[keep])), (len(inside),) * 2
        )
        degree = np.bincount(rows, minlength=len(inside)).astype(float)
        laplacian = diags(degree) - links.tocsr()
        energy = csr_matrix(laplacian @ diags(1 / degree) @ laplacian)
        self._inside = inside
        self._fixed = np.array([order[int(x)] for x in fixed])
        self._free = np.setdiff1d(np.arange(len(inside)), self._fixed)
        self._solver = splu(energy[self._free][:, self._free].tocsc())
        self._coupling = energy[self._free][:, self._fixed]

    @property
    def upper(self) -> Ints:
        """Contact vertices of the upper lip."""
        return self.contacts[self.is_upper]

    def gaps(self, vertices: Floats) -> Floats:
        """Return (contacts, 3) from each contact vertex to the other lip's contact line at the same width."""
        across = vertices[self._across]
        return across[:, 0] * (1 - self._share) + across[:, 1] * self._share - vertices[self.contacts]

    def spread(self, known: Floats, count: int) -> Floats:
        """Return a (count, 3) displacement that moves the contact vertices by the given (contacts, 3) amounts."""
        field = np.zeros((len(self._inside), 3))
        field[self._fixed] = known
        field[self._free] = self._solver.solve(-(self._coupling @ known))
        result = np.zeros((count, 3))
        result[self._inside] = field
        return result

    def close(self, vertices: Floats) -> Floats:
        """Return the (V, 3) vertices with their contact loops brought together half way each."""
        return vertices + self.spread(self.gaps(vertices) / 2, len(vertices))


@dataclass(frozen=True)
class JawFit:
    """The rigid motion behind the artist-made ``jawOpen``."""

    radians: float
    """Angle about +X at ``jawOpen = 1``."""
    pivot: Floats
    """(3,) in the sagittal plane."""


def fit_jaw(vertices: Floats, jaw_open: Floats) -> JawFit:
    """Fit angle and pivot to the lower teeth, which ``jawOpen`` moves as one rigid piece."""
    teeth = slice(*RANGES["lower_teeth"])
    source, moved = vertices[teeth, 1:], (vertices + jaw_open)[teeth, 1:]
    a, b = source - source.mean(0), moved - moved.mean(0)
    covariance = a.T @ b
    angle = float(np.arctan2(covariance[0, 1] - covariance[1, 0], covariance[0, 0] + covariance[1, 1]))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    pivot = np.linalg.solve(np.eye(2) - turn, moved.mean(0) - turn @ source.mean(0))
    return JawFit(angle, np.array([0.0, *pivot]))


def jaw_motion(vertices: Floats, jaw: JawFit, amount: float) -> Floats:
    """Return the (V, 3) displacement of a full jaw rotation at ``jawOpen = amount``."""
    turn = Rotation.from_rotvec([jaw.radians * amount, 0, 0]).as_matrix()
    return (vertices - jaw.pivot) @ (turn - np.eye(3)).T


def jaw_weights(vertices: Floats, quads: Ints, jaw_open: Floats, jaw: JawFit, weights: Floats) -> Floats:
    """Return weights (V, 55) in which the jaw bone explains as much of ``jaw_open`` as a rotation can."""
    motion = jaw_motion(vertices, jaw, 1.0)
    share = np.clip((jaw_open * motion).sum(1) / np.maximum((motion * motion).sum(1), 1e-8), 0, 1)
    share[np.linalg.norm(jaw_open, axis=1) < 2e-5] = 0
    body = quads[quads.max(1) < RANGES["body"][1]]
    near = _neighbour_map(body)
    for _ in range(2):
        smooth = share.copy()
        for vertex, others in near.items():
            if share[vertex] > 0:
                smooth[vertex] = 0.5 * share[vertex] + 0.5 * np.mean(share[list(others)])
        share = smooth
    neck, head, bone = (JOINT_INDEX[name] for name in ("neck", "head", "jaw"))
    result = weights.copy()
    total = weights[:, [neck, head, bone]].sum(1)
    moved = np.minimum(share, total)
    left = np.where(total > 1e-9, (total - moved) / np.maximum(total, 1e-9), 1)
    result[:, head] = (weights[:, head] + weights[:, bone]) * left
    result[:, neck] = weights[:, neck] * left
    result[:, bone] = moved
    # The lips hang on head and jaw alone: their opening is then known from the jaw bone by itself.
    mouth = np.linalg.norm(jaw_open, axis=1) > 1e-2
    result[mouth, head] += result[mouth, neck]
    result[mouth, neck] = 0
    for name, joint in (("lower_teeth", bone), ("tongue", bone), ("upper_teeth", head)):
        rows = slice(*RANGES[name])
        result[rows] = 0
        result[rows, joint] = 1
    return result


def mend_mouth_close(
    seal: LipSeal,
    vertices: Floats,
    weights: Floats,
    jaw: JawFit,
    corrective: Floats,
    mouth_close: Floats,
) -> Floats:
    """Return ``mouthClose`` such that the lips stay shut when it rises together with ``jawOpen``.

    Keys are linear and the jaw turns, so no single displacement closes exactly at every opening; this one has the
    least squared gap over the whole range.
    """
    bone = JOINT_INDEX["jaw"]
    amounts = np.linspace(0.1, 1.0, 10)
    result = mouth_close.copy()
    move = np.where(seal.is_upper, 0.25, 0.75)[:, None]
    for _ in range(3):
        slope = np.zeros((len(seal.contacts), 3))
        for amount in amounts:
            shaped = vertices + amount * (corrective + result)
            posed = shaped + weights[:, [bone]] * jaw_motion(shaped, jaw, amount)
            back = Rotation.from_rotvec([-jaw.radians * amount, 0, 0])
            gaps = seal.gaps(posed)
            slope += amount * np.where(seal.is_upper[:, None], gaps, back.apply(gaps))
        result = result + seal.spread(move * slope / (amounts**2).sum(), len(vertices))
    return result
