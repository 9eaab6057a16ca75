"""Makes lids shut and lips meet exactly, where carrying movements over leaves a gap or an overlap."""

from __future__ import annotations

import numpy as np

from ....inference.arkit import ARKIT_INDEX, ARKIT_NAMES
from .landmarks import Face, lid_lines
from .lips import has_slit, lip_edges, smooth
from .picture import along
from .source import SourceFace
from .surface import Doubles, Flags, Ints, cross_products, gather

_COLUMNS = np.linspace(0.08, 0.92, 15)
_LID_FACTORS = 0.7, 1.6
_SPREAD = 0.006
"""Metres around the line between the lips over which a gap is taken up."""
_NEXT = 0.004
"""Metres along the mouth over which one place's gap passes into the next one's."""
_SHARES = np.linspace(0.1, 0.9, 13)
_TURNED = -0.1
"""Cosine between a triangle's normals before and after below which it is turned over."""
_UNFOLDINGS = 15
_CLEAR = 0.0004
"""Metres by which a shut lid clears its eyeball."""


def _lid_rims(face: Face, side: str) -> tuple[Doubles, Doubles] | None:
    """Return (15, 3) the edge of the upper and of the lower lid, from the outer to the inner corner; None without."""
    lines = lid_lines(face, side)
    if lines is None:
        return None
    x = _columns(face, side)
    upper, lower = (np.stack([np.interp(x, line[:, 0], line[:, axis]) for axis in range(3)], axis=1) for line in lines)
    return upper, lower


def _columns(face: Face, side: str) -> Doubles:
    outer, inner = (face.points[f"{side} eye {name}"][0] for name in ("outer", "inner"))
    columns: Doubles = outer + _COLUMNS * (inner - outer)
    return columns


def _at(face: Face, deltas: Doubles, places: Doubles, chosen: Ints) -> Doubles:
    """Return (k, 3) displacements of the skin at places: of the nearest chosen vertices, the nearer the more."""
    away = np.linalg.norm(face.skin.points[chosen][None] - places[:, None], axis=2)
    near = np.argsort(away, axis=1)[:, :3]
    share = 1.0 / (np.take_along_axis(away, near, axis=1) + 2e-4) ** 2
    share /= share.sum(axis=1, keepdims=True)
    found: Doubles = np.einsum("kn,kni->ki", share, deltas[chosen[near]])
    return found


def lid_gaps(face: Face, labels: Ints, deltas: Doubles, side: str) -> tuple[Doubles, Doubles] | None:
    """Return (15,) how far a lid is open at rest and with its blink (52, n, 3); None where there is no opening."""
    rims = _lid_rims(face, side)
    if rims is None or not (labels > 0).any() or not (labels < 0).any():
        return None
    blink = deltas[ARKIT_INDEX[f"eyeBlink{side.capitalize()}"]]
    upper = _at(face, blink, rims[0], np.nonzero(labels > 0)[0])
    lower = _at(face, blink, rims[1], np.nonzero(labels < 0)[0])
    rest = rims[0][:, 1] - rims[1][:, 1]
    return rest, rest + upper[:, 1] - lower[:, 1]


def shut_lids(face: Face, labels: Ints, deltas: Doubles, source: SourceFace) -> None:
    """Scale the blinks of (52, n, 3) displacements, column by column, to shut as the source's do; in place."""
    for side in ("left", "right"):
        theirs = lid_gaps(source.face, source.labels, source.deltas, side)
        gaps = lid_gaps(face, labels, deltas, side)
        if gaps is None or theirs is None:
            continue
        blink = deltas[ARKIT_INDEX[f"eyeBlink{side.capitalize()}"]]
        rest, shut = gaps
        wanted = rest * (1.0 - theirs[1] / np.maximum(theirs[0], 1e-4))
        factor = np.clip(wanted / np.maximum(rest - shut, 1e-4), *_LID_FACTORS)
        factor[rest < 0.0015] = 1.0
        x = _columns(face, side)
        order = np.argsort(x)
        blink *= np.interp(face.skin.points[:, 0], x[order], factor[order])[:, None]
        if side in face.balls:
            _clear(face, blink, side)


def _clear(face: Face, blink: Doubles, side: str) -> None:
    """Push shut lids out of their eyeball, evenly."""
    centre, radius = face.balls[side]
    shut = face.skin.points + blink - centre
    away = np.maximum(np.linalg.norm(shut, axis=1), 1e-9)
    moving = (np.linalg.norm(blink, axis=1) > 0.001) & (shut[:, 2] > 0.0) & face.outside
    out = np.where(moving & (away > 0.6 * radius), np.clip(radius + _CLEAR - away, 0.0, 0.2 * radius), 0.0)
    share = smooth(face.skin, out[:, None], 2)
    blink += np.maximum(out, share[:, 0])[:, None] * shut / away[:, None]


def lip_gaps(face: Face, labels: Ints, deltas: Doubles) -> Doubles | None:
    """Return (13, 3) from the lower lip's displacement (n, 3) to the upper lip's, None without a slit."""
    if face.lips is None or not has_slit(face, labels):
        return None
    edges = lip_edges(face)
    if edges is None:
        return None
    upper, lower = (
        _at(face, deltas, np.array([along(edge, share) for share in _SHARES]), np.nonzero(labels * side > 0)[0])
        for edge, side in zip(edges, (1, -1), strict=True)
    )
    return upper - lower


def part_lips(face: Face, labels: Ints, deltas: Doubles, wanted: Doubles) -> None:
    """Change (52, n, 3) displacements so that each parts the lips by exactly what is wanted; in place.

    Performances close the default character's lips on p, b and m by sums of shapes. They close other lips too where
    every shape parts them alike.

    Parameters
    ----------
    wanted : (52, 13, 3) array
        From the lower lip's to the upper lip's displacement along the mouth.
    """
    if face.lips is None or not has_slit(face, labels):
        return
    edges = lip_edges(face)
    if edges is None:
        return
    # Of each lip from its own edge: they may stand apart.
    places = [np.array([along(edge, share) for share in _SHARES]) for edge in edges]
    upper, lower = (np.linalg.norm(face.skin.points[:, None] - rim[None], axis=2) for rim in places)
    away = np.where((labels > 0)[:, None], upper, lower)
    share = np.exp(-((away / _NEXT) ** 2)) + 1e-30
    share /= share.sum(axis=1, keepdims=True)
    fade = 0.5 * np.sign(labels) * np.exp(-((away.min(axis=1) / _SPREAD) ** 2))
    for _ in range(3):
        for shape, goal in zip(deltas, wanted, strict=True):
            parted = lip_gaps(face, labels, shape)
            if parted is None:
                return
            shape -= fade[:, None] * (share @ (parted - goal))


def folded(face: Face, moved: Doubles) -> Flags:
    """Return (m,) the triangles of the skin that displacements (n, 3) turn over, of those that show."""
    skin = face.skin
    before = cross_products(skin.points, skin.triangles)
    after = cross_products(skin.points + moved, skin.triangles)
    sizes = np.linalg.norm(before, axis=1) * np.linalg.norm(after, axis=1)
    turned = (before * after).sum(axis=1) < _TURNED * np.maximum(sizes, 1e-20)
    shown: Flags = turned & face.outside[skin.triangles].all(axis=1)
    return shown


def unfold(face: Face, labels: Ints, deltas: Doubles) -> None:
    """Even out (52, n, 3) displacements where they turn the skin over, each lip and lid by itself; in place."""
    one, other = np.concatenate([face.skin.edges, face.skin.edges[:, ::-1]]).T
    along_lip = labels[one] * labels[other] >= 0
    one, other = one[along_lip], other[along_lip]
    count = len(face.skin.points)
    degree = np.maximum(np.bincount(one, minlength=count), 1)[:, None]
    for name, moved in zip(ARKIT_NAMES, deltas, strict=True):
        # The lips of mouthClose pass through each other where no jaw is open.
        for _ in range(_UNFOLDINGS if name != "mouthClose" else 0):
            bad = folded(face, moved)
            if not bad.any():
                break
            near = np.zeros(count, bool)
            near[face.skin.triangles[bad]] = True
            near[other[near[one]]] = True
            mean = gather(count, one, moved[other]) / degree
            moved[near] = 0.5 * (moved[near] + mean[near])
