"""Ponytail and bun: strands that start where a style gathers the hair."""

from __future__ import annotations

import numpy as np

from .hair_cards import Cards, cut_cards, join, pick_columns
from .hair_growth import Ground, Strands, clump, grow, settle, unit, wave
from .hair_styles import Tail
from .makehuman import Floats

_TIE = 0.011
"""Radius of the gathered hair, metres."""
_COIL = (0.020, 0.019)
"""Radii of a bun: of its ring, and of the coil, metres."""


def _torus(at: Floats, ring: Floats, coil: Floats, big: float, small: Floats, axis: Floats) -> tuple[Floats, Floats]:
    """Return points and outward directions (n, k, 3) on a torus about ``axis``, by the angles along ring and coil."""
    first = unit(np.cross(axis, np.array([1.0, 0.0, 0.0])))
    second = np.cross(axis, first)
    radial = np.cos(ring)[..., None] * first + np.sin(ring)[..., None] * second
    out = np.cos(coil)[..., None] * radial + np.sin(coil)[..., None] * axis
    return at + big * radial + small[..., None] * out, out


def tie(at: Floats, axis: Floats, ground: Ground, random: np.random.Generator) -> Cards:
    """Return a few strands wound about the root of a ponytail."""
    count = 16
    turn = random.uniform(0, 2 * np.pi, (count, 1)) + np.linspace(0, 2.6, 24)[None]
    coil = np.repeat(random.uniform(-1.2, 1.2, (count, 1)), 24, 1)
    points, out = _torus(at, turn, coil, _TIE, np.full(turn.shape, 0.004), axis)
    columns = pick_columns(random, random.random(count) * 0.3, "dense")
    return cut_cards(points, ground, columns, np.full(count, 0.0035), np.zeros(count), segments=5, out=out)


def bun(tail: Tail, eyes: Floats, ground: Ground, random: np.random.Generator) -> Cards:
    """Return a coil of cards about the gathering place."""
    axis = unit(np.array([0.0, 0.15, -1.0]))
    big, small = _COIL
    at = eyes + np.array(tail.at) + 0.012 * axis
    count = tail.cards
    along = random.uniform(0, 2 * np.pi, (count, 1)) + np.linspace(0, 1.9, 24)[None]
    around = (
        random.uniform(0, 2 * np.pi, (count, 1))
        + 0.9 * np.linspace(0, 1, 24)[None]
        + random.normal(0, 0.15, (count, 1))
    )
    layer = random.random(count)
    radius = small * (0.86 + 0.2 * layer)[:, None] * (1 - 0.12 * np.linspace(-1, 1, 24) ** 2)[None]
    points, out = _torus(at, along, around, big, radius, axis)
    points = ground.clear(points.reshape(-1, 3), 0.001, ears=False).reshape(points.shape)
    columns = pick_columns(random, layer, "dense")
    half = random.uniform(0.0045, 0.0075, count)
    return cut_cards(points, ground, columns, half, random.normal(0, 0.1, count), segments=6, out=out, taper=0.7)


def ponytail(tail: Tail, eyes: Floats, ground: Ground, random: np.random.Generator) -> Cards:
    """Return the tail, hanging down the back."""
    axis = unit(np.array([0.0, -0.15, -1.0]))
    at = eyes + np.array(tail.at) + 0.006 * axis
    count = tail.cards
    turn, reach = random.uniform(0, 2 * np.pi, count), _TIE * np.sqrt(random.random(count))
    up = np.cross(np.array([1.0, 0.0, 0.0]), axis)
    spread = np.cos(turn)[:, None] * np.array([1.0, 0.0, 0.0]) + np.sin(turn)[:, None] * up
    roots = at + reach[:, None] * spread
    strands = Strands(
        roots, unit(axis + 0.8 * spread), roots - eyes, np.full(count, 0.1), random.random(count),
        np.sign(spread[:, 0]), random,
    )  # fmt: skip
    strands.length = tail.length * random.uniform(0.72, 1.05, count)
    strands.rise = 0.004 + 0.014 * strands.layer

    def down(s: Strands, _place: Floats, _n: Floats, _h: Floats, t: float) -> Floats:
        return np.array([0.0, -1.0, -0.08]) + (0.16 - 0.30 * t) * spread

    start = axis + 0.35 * spread
    grow(strands, ground, eyes, down, start=start, follow=0.14, gravity=0.03, hug=0.0, droop=0.0)
    owner = clump(strands, 7, 0.45)
    wave(strands, owner, 0.005, 0.13)
    settle(strands, ground)
    columns = pick_columns(random, strands.layer, "dense")
    half = 0.0075 * random.uniform(0.7, 1.2, count)
    out = np.repeat(unit(spread + 0.25 * axis)[:, None], strands.path.shape[1], 1)
    body = cut_cards(strands.path, ground, columns, half, random.normal(0, 0.3, count), segments=9, out=out, taper=0.6)
    return join([body, tie(at, axis, ground, random)])
