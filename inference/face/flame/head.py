"""What a FLAME or SMPL-X face does in its owner's file, measured where one looks: lips, mouth corners, chin, brows.

Nothing of the licensed models is known here. The points are found by what they do: the lips are where vertices that lie
against each other at rest part when the jaw opens. Distances are in outer eye-corner distances, as in :mod:`.lips`.
"""

# numpy and torch type some of their functions in part only.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ...errors import BadCheckpoint, SoliloquyError
from ...rotation import axis_angle_to_matrix
from .head_file import HeadModel, read_head_model

Doubles = npt.NDArray[np.float64]
Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.intp]
Brows = tuple[Ints, Ints, Ints, Ints]

_TRIAL_JAW = 0.25
"""Radians the jaw is opened to see how chin and lips go together: a vowel."""
_CHUNK = 4096
_SIDES = (1, -1)  # left is +X
# All in radii of the eyeball, which is nearly the same in all people (12 mm):
_MIDLINE = 0.3
_SLIT_STEEPNESS = 3.0  # least change of the jaw's share per radius between two lips; skin has below 1
_EVEN = 0.9  # least reach of one mouth corner over the other's
_LID_REACH = 1.15  # skin this near to the eyeball's centre is lid
_CANTHUS = 1.12  # outer corner from the eye's centre, where no lid is found: (90 mm - 63 mm) / 2 / 12 mm
_BROW_HEIGHT = 1.8  # brows above the eye's centre: 20 to 22 mm
_BROW_PATCH = 0.6
_BROW_PLACES = (-0.7, 0.8)  # inner and outer half, from the eye's centre outwards


@dataclass(frozen=True)
class FacePoints:
    """Vertices of a head that tell what its face does."""

    upper: int
    """Inner lip middle above."""
    lower: int
    """Inner lip middle below."""
    corners: tuple[tuple[int, int], tuple[int, int]]
    """Left and right end of the slit between the lips, one vertex of either lip."""
    chin: int
    brows: Brows
    """Patches: left inner, left outer, right inner, right outer."""
    eye_distance: float
    """Metres between the outer eye corners."""


@dataclass(frozen=True)
class FaceMotion:
    """What a face does, frame by frame; all (T,) or (T, 2) with the left side first, in outer eye-corner distances."""

    aperture: Floats
    """Distance by which the inner lips part from where they touch at rest, >= 0."""
    width: Floats
    """Growth of the distance between the mouth corners."""
    upper: Floats
    """Rise of the upper lip."""
    jaw: Floats
    """Aperture that the same drop of the chin makes when the jaw alone turns."""
    corner_lift: Floats
    """(T, 2) rise of the mouth corners, the jaw's part taken off."""
    brow_inner: Floats
    """(T, 2) rise of the inner brows."""
    brow_outer: Floats
    """(T, 2) rise of the outer brows."""


def move(head: HeadModel, vertices: npt.ArrayLike, expressions: npt.ArrayLike, jaw: npt.ArrayLike) -> Doubles:
    """Return (T, n, 3) places of n vertices under expression and jaw, as ``smplx`` computes them; neck and eyes rest.

    Parameters
    ----------
    vertices : (n,) ints
        Which ones.
    expressions : (T, K) array
        Coefficients; those the head does not have, or K too few, count as zero.
    jaw : (T, 3) array
        Axis-angle of the jaw joint in radians.
    """
    chosen = np.asarray(vertices, np.intp)
    expressions, turns = np.asarray(expressions, np.float64), np.asarray(jaw, np.float64)
    known = min(expressions.shape[1], head.expression.shape[2])
    directions = head.expression[chosen, :, :known].astype(np.float64)
    correctives = head.jaw_correctives[chosen].astype(np.float64)
    share = head.jaw_share[chosen][:, None]
    result = np.empty((len(turns), len(chosen), 3))
    for start in range(0, len(turns), _CHUNK):
        rows = slice(start, start + _CHUNK)
        weights, matrix = expressions[rows, :known], axis_angle_to_matrix(turns[rows])
        shaped = head.vertices[chosen] + np.einsum("tk,nck->tnc", weights, directions)
        shaped += np.einsum("tk,nck->tnc", (matrix - np.eye(3)).reshape(-1, 9), correctives)
        pivot = (head.jaw_pivot + weights @ head.jaw_pivot_expression[:, :known].T)[:, None]
        result[rows] = shaped + share * (np.einsum("tij,tnj->tni", matrix, shaped - pivot) + pivot - shaped)
    return result


def find_face_points(head: HeadModel) -> FacePoints:
    """Find the points by geometry alone.

    Raises
    ------
    SoliloquyError
        When the mesh has no lips that part.
    """
    radius = _eye_radius(head)
    upper, lower = _slit(head, radius)
    middle = 0.5 * (head.vertices[upper] + head.vertices[lower])
    central = np.nonzero(np.abs(middle[:, 0]) < _MIDLINE * radius)[0]
    if not len(central):
        raise _no_lips()
    gap = np.linalg.norm(head.vertices[upper] - head.vertices[lower], axis=1)
    touching = central[gap[central] <= gap[central].min() + 0.05 * radius]
    # Of what touches the front is seen.
    best = int(touching[np.argmax(middle[touching, 2])])
    left, right = _corners(head, upper, lower)
    return FacePoints(
        upper=int(upper[best]),
        lower=int(lower[best]),
        corners=(left, right),
        chin=_chin(head, radius),
        brows=brow_patches(head.vertices, head.eye_share < 0.1, head.eyes, radius),
        eye_distance=float(_eye_corner(head, 0, radius) - _eye_corner(head, 1, radius)),
    )


def _no_lips() -> SoliloquyError:
    return BadCheckpoint(
        "The mesh of the FLAME or SMPL-X file has no lips that part when its jaw opens.",
        "Choose the model file itself.",
    )


def _eye_radius(head: HeadModel) -> float:
    radii: list[float] = []
    for centre in head.eyes:
        distance: Floats = np.linalg.norm(head.vertices - centre, axis=1)
        near = distance[(head.eye_share > 0.9) & (distance < 0.03)]
        radii.append(float(np.median(near)) if len(near) else 0.0)
    if min(radii) <= 0.0:
        raise BadCheckpoint("The mesh of the FLAME or SMPL-X file has no eyeballs.", "Choose the model file itself.")
    return sum(radii) / 2


def _slit(head: HeadModel, radius: float) -> tuple[Ints, Ints]:
    """Return (n,) vertices of the upper lip and those of the lower lip that lie against them."""
    front = (head.vertices[:, 2] > head.jaw_pivot[2]) & (head.eye_share < 0.1)
    front &= head.vertices[:, 1] < head.eyes[:, 1].min() - radius
    candidates = np.nonzero(front)[0]
    first, second = candidates[_near_pairs(head.vertices[candidates], 0.25 * radius)].T
    share = head.jaw_share
    gap = np.linalg.norm(head.vertices[first] - head.vertices[second], axis=1)
    steep = np.abs(share[first] - share[second]) / (gap + 0.02 * radius) * radius > _SLIT_STEEPNESS
    steep &= np.abs(share[first] - share[second]) > 0.15
    if not steep.any():
        raise _no_lips()
    first, second = first[steep], second[steep]
    swap = share[first] > share[second]
    return np.where(swap, second, first), np.where(swap, first, second)


def _near_pairs(points: Doubles, reach: float) -> Ints:
    """Return (n, 2) places of all pairs of (N, 3) points that lie no further apart, each pair once."""
    order = np.argsort(points[:, 0], kind="stable")
    across = points[order]
    ends = np.searchsorted(across[:, 0], across[:, 0] + reach, side="right")
    counts = ends - np.arange(len(across)) - 1
    first = np.repeat(np.arange(len(across)), counts)
    second = first + 1 + np.arange(len(first)) - np.repeat(np.cumsum(counts) - counts, counts)
    close = ((across[first] - across[second]) ** 2).sum(1) <= reach * reach
    return np.stack([order[first[close]], order[second[close]]], 1)


def _corners(head: HeadModel, upper: Ints, lower: Ints) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the outermost pair of either side; where one side ends early, the vertices opposite the other's."""
    middle = 0.5 * (head.vertices[upper] + head.vertices[lower])
    ends = [int(np.argmax(side * middle[:, 0])) for side in _SIDES]
    pairs = [(int(upper[end]), int(lower[end])) for end in ends]
    reach = [side * middle[end, 0] for side, end in zip(_SIDES, ends, strict=True)]
    further = int(np.argmax(reach))
    if min(reach) < _EVEN * max(reach):
        # Heads are symmetric; a coarse mesh may have no two vertices close enough at one corner.
        opposite = [head.vertices[vertex] * (-1, 1, 1) for vertex in pairs[further]]
        nearest = [int(np.argmin(np.linalg.norm(head.vertices - place, axis=1))) for place in opposite]
        pairs[1 - further] = (nearest[0], nearest[1])
    return pairs[0], pairs[1]


def _chin(head: HeadModel, radius: float) -> int:
    """Return the vertex of the jaw that is furthest down and to the front, on the midline."""
    jaw = np.nonzero((head.jaw_share > 0.8 * head.jaw_share.max()) & (np.abs(head.vertices[:, 0]) < radius))[0]
    return int(jaw[np.argmax(head.vertices[jaw, 2] - head.vertices[jaw, 1])])


def _eye_corner(head: HeadModel, eye: int, radius: float) -> float:
    """Return x of the outer corner: the outermost lid at the height of the eye."""
    away = (head.vertices - head.eyes[eye]) / radius
    lid = (np.linalg.norm(away, axis=1) < _LID_REACH) & (head.eye_share < 0.1)
    lid &= (np.abs(away[:, 1]) < 0.3) & (away[:, 2] > 0.5)
    outwards = _SIDES[eye] * away[lid, 0]
    reach = float(outwards.max()) if len(outwards) and outwards.max() > 0.7 else _CANTHUS
    return float(head.eyes[eye, 0] + _SIDES[eye] * reach * radius)


def brow_patches(
    vertices: npt.NDArray[np.floating[Any]], skin: npt.NDArray[np.bool_], eyes: Doubles, radius: float
) -> Brows:
    """Return the skin over the brows: left inner, left outer, right inner and right outer vertices.

    Brows have no vertices of their own in these models; they lie 20 to 22 mm above the eyes' centres.

    Parameters
    ----------
    vertices : (V, 3) array
        At rest.
    skin : (V,) bools
        Which of them are skin.
    eyes : (2, 3) array
        Centres of the left and the right eye.
    radius : float
        Of the eyeballs, metres.
    """
    patches: list[npt.NDArray[np.int64]] = []
    for eye, side in enumerate(_SIDES):
        for place in _BROW_PLACES:
            away = (vertices - eyes[eye]) / radius
            inside = (np.abs(side * away[:, 0] - place) < _BROW_PATCH) & (away[:, 2] > 0)
            patches.append(np.nonzero(inside & (np.abs(away[:, 1] - _BROW_HEIGHT) < 0.5) & skin)[0])
    return patches[0], patches[1], patches[2], patches[3]


def measure(head: HeadModel, points: FacePoints, expressions: npt.ArrayLike, jaw: npt.ArrayLike) -> FaceMotion:
    """Return what the face does over (T, K) expressions and (T, 3) jaw rotations."""
    expressions, jaw = np.asarray(expressions, np.float64), np.asarray(jaw, np.float64)
    corners = [vertex for pair in points.corners for vertex in pair]
    chosen = [points.upper, points.lower, *corners, points.chin]
    eye, rest = points.eye_distance, head.vertices[chosen]
    placed = move(head, chosen, expressions, jaw)
    still = move(head, corners, expressions, np.zeros_like(jaw))
    # Against rest, where the lips touch: a coarse mesh has no two vertices at one place.
    parted = (placed[:, 0] - placed[:, 1]) - (rest[0] - rest[1])
    # Lips pressed into one another are shut, not open.
    distance = np.where(parted[:, 1] < 0, 0, np.linalg.norm(parted, axis=1))
    ends = placed[:, 2:6].reshape(-1, 2, 2, 3).mean(2)
    ends_rest = rest[2:6].reshape(2, 2, 3).mean(1)
    width = np.linalg.norm(ends[:, 0] - ends[:, 1], axis=1) - np.linalg.norm(ends_rest[0] - ends_rest[1])
    lift = still.reshape(-1, 2, 2, 3).mean(2)[..., 1] - ends_rest[:, 1]
    brows = np.stack([_rise(head, patch, expressions) for patch in points.brows], 1)
    return FaceMotion(
        aperture=(distance / eye).astype(np.float32),
        width=(width / eye).astype(np.float32),
        upper=((placed[:, 0, 1] - rest[0, 1]) / eye).astype(np.float32),
        jaw=((rest[6, 1] - placed[:, 6, 1]) * _chin_to_lips(head, points) / eye).astype(np.float32),
        corner_lift=(lift / eye).astype(np.float32),
        brow_inner=(brows[:, [0, 2]] / eye).astype(np.float32),
        brow_outer=(brows[:, [1, 3]] / eye).astype(np.float32),
    )


def _rise(head: HeadModel, patch: Ints, expressions: Doubles) -> Doubles:
    if not len(patch):
        return np.zeros(len(expressions))
    known = min(expressions.shape[1], head.expression.shape[2])
    return expressions[:, :known] @ head.expression[patch, 1, :known].mean(0).astype(np.float64)


def _chin_to_lips(head: HeadModel, points: FacePoints) -> float:
    chosen = [points.upper, points.lower, points.chin]
    rest, opened = head.vertices[chosen], move(head, chosen, np.zeros((1, 1)), [[_TRIAL_JAW, 0, 0]])[0]
    parted = np.linalg.norm((opened[0] - opened[1]) - (rest[0] - rest[1]))
    return float(parted / max(rest[2, 1] - opened[2, 1], 1e-6))


@lru_cache(maxsize=2)
def _points(path: Path, stamp: tuple[int, int]) -> FacePoints:
    return find_face_points(read_head_model(path))


def read_head(path: Path) -> tuple[HeadModel, FacePoints]:
    """Return a user's head and its points, found once as long as the file stays as it is.

    Raises
    ------
    SoliloquyError
        Of kind ``"bad_checkpoint"`` when the file cannot be used.
    """
    head = read_head_model(path)
    status = path.stat()
    return head, _points(path, (status.st_mtime_ns, status.st_size))
