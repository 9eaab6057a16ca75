"""Turns strands into hair cards: flat strips with a picture of a lock on them, bound to the body below."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix, diags, vstack
from scipy.spatial import cKDTree

from ...inference.easing import eased
from ...inference.skeleton import JOINT_INDEX
from .binding import closest_rows
from .hair_atlas import card_uv, columns, roots_uv
from .hair_growth import Ground, unit
from .makehuman import RANGES, Floats, Ints
from .part import MATERIALS, Part, blend_rows
from .scalp import Scalp

_RIGID_KEY = 0.0004
"""Metres that a face key may move a vertex hair is bound to; hair does not follow cheeks and brows."""

_BEND, _FIRST_ROW = 1.35, 0.008
"""How much closer rows stand near the root, and metres that the first one is away from it at most."""
_OFF = 0.0007
"""Metres that the middle of a quad keeps from the skin."""
_LEAVES = 0.0030
"""Metres above the skin up to which hair moves with it."""


@dataclass
class Cards:
    """Strips, faces and all, before they are bound."""

    points: Floats
    """(n, 3)."""
    faces: Ints
    """(m, 4)."""
    uv: Floats
    """(m, 4, 2)."""
    tone: Floats
    """(n,) 0..1, for viewers without the picture."""


def join(pieces: list[Cards]) -> Cards:
    """Return all pieces as one."""
    starts = np.cumsum([0, *(len(piece.points) for piece in pieces)])
    return Cards(
        np.concatenate([piece.points for piece in pieces]),
        np.concatenate([piece.faces + start for piece, start in zip(pieces, starts[:-1], strict=True)]),
        np.concatenate([piece.uv for piece in pieces]),
        np.concatenate([piece.tone for piece in pieces]),
    )


def cut_cards(
    path: Floats,
    ground: Ground,
    column: Ints,
    half_width: Floats,
    roll: Floats,
    *,
    segments: int,
    taper: float = 0.45,
    tent: float = 0.0,
    out: Floats | None = None,
) -> Cards:
    """Cut strips along paths.

    Parameters
    ----------
    path : (n, steps, 3) array
        Strands, evenly spaced along each.
    ground : Ground
        Cards lie along it.
    column, half_width, roll : (n,) arrays
        Picture column, metres, radians about the strand.
    segments : int
        Rows of quads.
    taper : float
        Share of its width that a card loses towards the tip.
    tent : float
        Height of a card's middle over its width; 0 leaves cards flat, two vertices wide.
    out : (n, steps, 3) array, optional
        Where cards face, in place of the ground's normals.
    """
    count, steps = path.shape[:2]
    # Rows stand closer near the root, where strands bend over the head: a longer first step would cut through it.
    length = float(np.median(np.linalg.norm(np.diff(path, axis=1), axis=2).sum(1)))
    bend = max(_BEND, math.log(length / _FIRST_ROW) / math.log(segments)) if segments > 1 else _BEND
    rows = np.linspace(0, 1, segments + 1) ** bend * (steps - 1)
    below = np.minimum(rows.astype(int), steps - 2)
    share = (rows - below)[None, :, None]

    def at_rows(along: Floats) -> Floats:
        return along[:, below] + share * (along[:, below + 1] - along[:, below])

    tangent = unit(at_rows(unit(np.gradient(path, axis=1))))
    centre = at_rows(path)
    facing = ground.look(centre.reshape(-1, 3))[1].reshape(centre.shape) if out is None else at_rows(out)
    across = unit(np.cross(facing, tangent))
    facing = np.cross(tangent, across)
    turn = roll[:, None, None]
    across = np.cos(turn) * across + np.sin(turn) * facing
    facing = np.cross(tangent, across)
    t = rows / (steps - 1)
    half = (half_width[:, None] * (1 - taper * t**3) * (0.8 + 0.2 * eased(t, 0, 0.2)))[..., None]
    if tent > 0:
        places = (0.0, 0.5, 1.0)
        strip = np.stack([centre - across * half, centre + facing * half * tent, centre + across * half], 2)
    else:
        places = (0.0, 1.0)
        strip = np.stack([centre - across * half, centre + across * half], 2)
    strip = _over_the_head(strip, ground)
    wide = len(places)
    size = wide * (segments + 1)
    row, place = np.meshgrid(np.arange(segments), np.arange(wide - 1), indexing="ij")
    first = (row * wide + place).ravel()
    pattern = np.stack([first, first + 1, first + wide + 1, first + wide], 1)
    faces = (pattern[None] + (np.arange(count) * size)[:, None, None]).reshape(-1, 4)
    u, v = np.broadcast_arrays(np.array(places)[None, None, :], t[None, :, None])
    uv = card_uv(
        column[:, None, None], np.broadcast_to(u, (count, *u.shape[1:])), np.broadcast_to(v, (count, *v.shape[1:]))
    )
    tone = np.broadcast_to((0.35 + 0.35 * t)[None, :, None], (count, segments + 1, wide))
    return Cards(strip.reshape(-1, 3), faces, uv.reshape(-1, 2)[faces], tone.ravel().copy())


def _over_the_head(strip: Floats, ground: Ground) -> Floats:
    """Return (n, rows, wide, 3) strips whose quads' middles, too, are off the head, which curves between two rows."""
    strip = strip.copy()
    for row in range(strip.shape[1] - 1):
        middle = strip[:, row : row + 2].mean(1)
        height, normals = ground.look(middle.reshape(-1, 3), ears=False)
        lift = (np.clip(_OFF - height, 0, 0.004)[:, None] * normals).reshape(middle.shape)
        # Roots stay where they are.
        strip[:, row] += lift * (row > 0)
        strip[:, row + 1] += lift * (1.0 if row else 2.0)
    return strip


def pick_columns(random: np.random.Generator, layer: Floats, kind: str, thin: Floats | None = None) -> Ints:
    """Return a column of a kind of lock for each card, the darker ones for lower layers.

    ``thin`` (n,) 0..1 is the share of dense cards that become loose ones, as along the hairline.
    """
    choice = columns(kind)
    place = np.clip(0.75 * layer + random.normal(0.12, 0.16, len(layer)), 0, 0.999)
    column = choice.start + (place * len(choice)).astype(np.int64)
    if thin is None or kind != "dense":
        return column
    loose = columns("loose")
    other = loose.start + (place * len(loose)).astype(np.int64)
    return np.where(random.random(len(layer)) < thin, other, column)


def scalp_cap(scalp: Scalp, quads: Ints, above: Floats, *, lift: float = 0.0005) -> Cards:
    """Return the scalp's own faces above the hairline as a sheet of short roots, transparent along its edge.

    Parameters
    ----------
    scalp : Scalp
        The head.
    quads : (m, 4) array
        The body's faces.
    above : (V,) array
        Metres of every vertex above the hairline.
    lift : float
        Metres above the skin.
    """
    good = np.zeros(len(scalp.vertices), bool)
    good[scalp.candidates] = True
    faces = quads[good[quads].all(1) & (above[quads].max(1) > 0)]
    # What lies below the hairline is drawn up to it, so that the sheet ends in a line and not in steps.
    goal, count = np.zeros((len(above), 4)), np.zeros(len(above))
    inside = above[faces] > 0
    for first in range(4):
        for second in range(4):
            low, high = faces[:, first], faces[:, second]
            pull = ~inside[:, first] & inside[:, second]
            row = np.column_stack([scalp.vertices[high], above[high]])[pull]
            np.add.at(goal, low[pull], row)
            np.add.at(count, low[pull], 1)
    used, local = np.unique(faces, return_inverse=True)
    points, height = scalp.vertices[used], above[used]
    outside = height <= 0
    mean = goal[used] / np.maximum(count[used], 1)[:, None]
    share = np.where(outside, -height / np.maximum(mean[:, 3] - height, 1e-9), 0)
    points = points + share[:, None] * (mean[:, :3] - points) + lift * scalp.normals[used]
    offset = points - scalp.centre
    azimuth = np.abs(np.arctan2(offset[:, 0], offset[:, 2])) / np.pi
    up = 1 - np.exp(-np.maximum(height, 0) / 0.055)
    faces = local.reshape(-1, 4)
    return Cards(points, faces, roots_uv(azimuth, up)[faces], np.full(len(points), 0.25))


def cards_part(
    name: str, cards: Cards, rows: csr_matrix, weights: Floats, material: str, *, bound: bool = True
) -> Part:
    """Return cards as a part of the character that follows the base mesh by ``rows`` (n, base)."""
    colours = np.repeat(cards.tone[:, None], 3, 1)
    which = np.full(len(cards.faces), MATERIALS.index(material))
    return Part(name, cards.points, cards.faces, which, colours, rows @ weights, rows, rows, uv=cards.uv, bound=bound)


class Binder:
    """Binds hair to body vertices that hardly move with the face.

    Parameters
    ----------
    scalp : Scalp
        The head.
    ears : (V,) array
        0..1 where ears are; hair is not bound to them.
    weights : (V, 55) array
        Joint weights of the base mesh.
    keys : (K, V, 3) array
        The face's keys, metres.
    """

    def __init__(self, scalp: Scalp, ears: Floats, weights: Floats, keys: Floats) -> None:
        body = np.arange(*RANGES["body"])
        moves = np.linalg.norm(keys[:, body], axis=2).max(0)
        still = (moves < _RIGID_KEY) & (weights[body, JOINT_INDEX["jaw"]] < 0.01) & (ears[body] < 0.3)
        place = scalp.vertices[body] - scalp.eyes
        outward = np.isin(body, scalp.candidates)
        self._skull = body[still & outward & (place[:, 1] > -0.06)]
        self._trunk = body[still & (place[:, 1] < -0.11) & (place[:, 1] > -0.56) & (np.abs(place[:, 0]) < 0.26)]
        self._trees = cKDTree(scalp.vertices[self._skull]), cKDTree(scalp.vertices[self._trunk])
        self._eyes, self._weights, self._base = scalp.eyes, weights, len(scalp.vertices)
        self._vertices = scalp.vertices

    def rows(self, points: Floats, *, hangs: bool) -> csr_matrix:
        """Return (n, base) shares: the skull below each point, passing to neck and shoulders for hair that hangs."""
        near, skull = self._trees[0].query(points, k=4)
        shares = 1 / (near**2 + 1e-5)
        if not hangs:
            return blend_rows(self._skull[skull], shares / shares.sum(1, keepdims=True), self._base)
        low, trunk = self._trees[1].query(points, k=2)
        upper = shares[:, :2] / shares[:, :2].sum(1, keepdims=True)
        lower = 1 / (low**2 + 1e-5)
        lower /= lower.sum(1, keepdims=True)
        share = 0.8 * eased(self._eyes[1] - points[:, 1], 0.06, 0.24)[:, None]
        index = np.column_stack([self._skull[skull[:, :2]], self._trunk[trunk]])
        return blend_rows(index, np.hstack([upper * (1 - share), lower * share]), self._base)

    def part(self, name: str, cards: Cards, *, hangs: bool, lying: int, skin: Ints) -> Part:
        """Return cards as a part of the character.

        The first ``lying`` points are a sheet on the ``skin`` (m, 4): they go with the very skin below them, on which
        they lie closer than heads differ.
        """
        rows = self.rows(cards.points[lying:], hangs=hangs)
        # Where cards leave the skin they go with it: on a head of another shape they would dip into it, and light
        # that spreads below the skin shows them as pale patches.
        close = closest_rows(cards.points, self._vertices, skin)
        away = np.linalg.norm(cards.points[lying:] - (close @ self._vertices)[lying:], axis=1)
        high = cards.points[lying:, 1] > self._eyes[1] - 0.02
        rooted = ((away < _LEAVES) & high).astype(float)
        rows = csr_matrix(diags(rooted) @ close[lying:] + diags(1.0 - rooted) @ rows)
        rows.eliminate_zeros()
        if lying:
            rows = csr_matrix(vstack([close[:lying], rows]))
        return cards_part(name, cards, rows, self._weights, "hair")
