"""The fabrics of garments: knit, jersey, cotton, wool, denim, each with its seams, pockets and folds on its sheet."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .chart import DRESS, LEG_RADIUS, LOWER, MARGIN, SLEEVE_RADIUS, TORSO_RADIUS, UPPER
from .cloth_folds import Canvas, knit, lower_folds, twill, upper_folds
from .cloth_layers import Cloth
from .makehuman import Floats

_SIDE = np.pi / 2 * TORSO_RADIUS
_MIDDLE = UPPER.width / 2


def _armholes(cloth: Cloth, stitches: Sequence[float] = ()) -> None:
    sheet = cloth.canvas.sheet
    cloth.seam([(0.043, sheet.sleeves), (0.043, sheet.height)], stitches=stitches)
    for sign in (-1, 1):
        place = sheet.width / 2 + sign * _SIDE
        cloth.seam([(place, 0.0), (place, 1.25 - sheet.bottom + MARGIN)])


def _rib(cloth: Cloth, where: Floats) -> None:
    ribs = 0.5 + 0.5 * np.cos(2 * np.pi * cloth.canvas.u / 0.006)
    sheet = cloth.canvas.sheet
    around = 0.5 + 0.5 * np.cos(2 * np.pi * cloth.canvas.v / 0.006)
    ribs = np.where(cloth.canvas.v > sheet.sleeves, around, ribs)
    cloth.height = cloth.height * (1 - where) + where * 0.0011 * ribs
    cloth.shade = cloth.shade * (1 - where) + where * (0.72 + 0.3 * ribs)


def _upper_y(height: float) -> float:
    return height - UPPER.bottom + MARGIN


def sweater(canvas: Canvas) -> Cloth:
    """Return the sweater on its sheet."""
    cloth = Cloth(canvas)
    loops = knit(canvas)
    cloth.height += 0.0009 * loops
    cloth.shade *= 0.74 + 0.32 * loops
    cloth.worn(0.03)
    sleeve = canvas.v > canvas.sheet.sleeves
    borders = np.where(
        sleeve, canvas.u > 0.657 - 0.178 + 0.04 - 0.012 - 0.045, canvas.v < _upper_y(0.945)
    )  # fmt: skip
    neck = (canvas.v > _upper_y(1.408)) & ~sleeve
    _rib(cloth, canvas.blurred((borders | neck).astype(float), 0.003))
    _armholes(cloth)
    cloth.settle(1.15 * upper_folds(canvas, 0.9))
    cloth.roughness += 0.06
    return cloth


def tshirt(canvas: Canvas) -> Cloth:
    """Return the T-shirt on its sheet."""
    cloth = Cloth(canvas)
    cloth.height += 0.00006 * canvas.noise(0.0028)
    cloth.worn(0.018, 0.004)
    _armholes(cloth, (0.0035,))
    for height in (0.012, 0.0155):
        cloth.seam([(0.0, _upper_y(0.885 + height)), (1.0, _upper_y(0.885 + height))], stitches=(0.0,), deep=0.0)
    cloth.seam([(0.178, canvas.sheet.sleeves), (0.178, canvas.sheet.height)], stitches=(0.0,), deep=0.0002)
    neck = canvas.blurred(
        ((canvas.v > _upper_y(1.412)) & (canvas.v < canvas.sheet.sleeves - 0.01)).astype(float), 0.003
    )
    _rib(cloth, 0.6 * neck)
    cloth.settle(1.1 * upper_folds(canvas, 0.2))
    return cloth


def shirt(canvas: Canvas) -> Cloth:
    """Return the shirt on its sheet."""
    cloth = Cloth(canvas)
    cloth.height += 0.00003 * canvas.noise(0.0026)
    _armholes(cloth)
    cloth.settle(upper_folds(canvas, 0.35))
    top = _upper_y(1.44)
    cloth.patch(
        [(_MIDDLE - 0.017, 0.0), (_MIDDLE + 0.017, 0.0), (_MIDDLE + 0.017, top), (_MIDDLE - 0.017, top)], 0.0007
    )
    for k in range(6):
        cloth.button((_MIDDLE, _upper_y(1.375 - 0.078 * k)), 0.0058)
    chest = _MIDDLE + 0.115
    cloth.patch(
        [
            (chest - 0.048, _upper_y(1.165)), (chest, _upper_y(1.148)), (chest + 0.048, _upper_y(1.165)),
            (chest + 0.048, _upper_y(1.272)), (chest - 0.048, _upper_y(1.272)),
        ],
        0.0006,
    )  # fmt: skip
    cloth.seam([(_MIDDLE + _SIDE + 0.06, _upper_y(1.345)), (1.0, _upper_y(1.345))], stitches=(0.002,))
    cloth.seam([(0.0, _upper_y(1.345)), (_MIDDLE - _SIDE - 0.06, _upper_y(1.345))], stitches=(0.002,))
    cuff = 0.657 - 0.178 + 0.04 - 0.068
    cloth.seam([(cuff, UPPER.sleeves), (cuff, UPPER.height)], stitches=(0.003,))
    cloth.button((cuff + 0.03, UPPER.sleeves + MARGIN + SLEEVE_RADIUS * np.pi * 0.62), 0.005)
    cloth.roughness -= 0.08
    return cloth


def jacket(canvas: Canvas) -> Cloth:
    """Return the jacket on its sheet."""
    cloth = Cloth(canvas)
    cloth.height += 0.00008 * twill(canvas, 0.0031) + 0.00003 * canvas.noise(0.0026)
    cloth.shade *= 0.95 + 0.09 * twill(canvas, 0.0031)
    cloth.worn(0.02, 0.005)
    _armholes(cloth)
    cloth.settle(0.8 * upper_folds(canvas, 1.0))
    button = _upper_y(1.085)
    # The left front lies over the right one; it ends a finger's breadth beyond the middle.
    cloth.seam(
        [(_MIDDLE - 0.016, button + 0.01), (_MIDDLE - 0.016, _upper_y(0.95)), (_MIDDLE - 0.03, 0.0)], deep=0.0016
    )
    for k in range(2):
        cloth.button((_MIDDLE + 0.002, button - 0.012 - 0.10 * k), 0.0095)
    for sign in (-1, 1):
        middle = _MIDDLE + sign * 0.135
        lower, upper = _upper_y(0.945), _upper_y(1.0)
        tilt = -sign * 0.006
        cloth.patch(
            [
                (middle - 0.07, lower + tilt), (middle + 0.07, lower - tilt),
                (middle + 0.07, upper - tilt), (middle - 0.07, upper + tilt),
            ],
            0.0012, (),
        )  # fmt: skip
        cloth.seam([(_MIDDLE + sign * 0.105, _upper_y(1.0)), (_MIDDLE + sign * 0.12, _upper_y(1.26))], deep=0.0004)
    chest = _MIDDLE + 0.125
    cloth.patch(
        [
            (chest - 0.05, _upper_y(1.262)), (chest + 0.05, _upper_y(1.270)),
            (chest + 0.05, _upper_y(1.292)), (chest - 0.05, _upper_y(1.284)),
        ],
        0.0010, (),
    )  # fmt: skip
    cloth.seam([(0.02, 0.0), (0.02, _upper_y(1.42))])
    for k in range(4):
        place = 0.657 - 0.178 + 0.04 - 0.018 - 0.035 - 0.017 * k
        cloth.button((place, UPPER.sleeves + MARGIN + SLEEVE_RADIUS * np.pi * 0.45), 0.0062)
    return cloth


def dress(canvas: Canvas) -> Cloth:
    """Return the dress on its sheet."""
    cloth = Cloth(canvas)
    cloth.height += 0.00003 * canvas.noise(0.0030)
    cloth.worn(0.012, 0.005)
    _armholes(cloth)
    base = MARGIN - DRESS.bottom
    waist = 1.058 + base
    below = 1 / (1 + np.exp((canvas.v - waist) / 0.004))
    hanging = canvas.noise(0.035, 88.0, 14.0)
    cloth.settle(0.9 * upper_folds(canvas, 0.3) + 0.0010 * below * hanging * np.clip((waist - canvas.v) / 0.15, 0, 1))
    gathers = canvas.noise(0.012, 89.0, 8.0) * np.exp(-(((canvas.v - waist + 0.02) / 0.035) ** 2)) * below
    cloth.height += 0.0005 * gathers
    cloth.shade *= 1 + 0.05 * gathers
    for height in (waist, waist + 0.022):
        cloth.seam([(0.0, height), (1.0, height)])
    for sign in (-1, 1):
        cloth.seam([(_MIDDLE + sign * 0.10, waist), (_MIDDLE + sign * 0.115, 1.20 + base)], deep=0.0004)
    cloth.roughness -= 0.12
    return cloth


def _leg(cloth: Cloth, stitches: Sequence[float], pocket: str) -> None:
    """Draw seams and pockets of both legs: outseam, inseam, fly, front pockets, seat pockets."""
    base = MARGIN - LOWER.bottom
    for place, sign in ((LOWER.width / 4, 1.0), (0.75 * LOWER.width, -1.0)):
        front, back = place + sign * LEG_RADIUS * np.pi / 2, place - sign * LEG_RADIUS * np.pi / 2
        inner = place + sign * LEG_RADIUS * np.pi
        cloth.seam([(place, 0.0), (place, LOWER.height)], stitches=stitches[:1])
        cloth.seam([(inner, 0.0), (inner, LOWER.height)])
        cloth.seam([(place - sign * LEG_RADIUS * np.pi, 0.0), (place - sign * LEG_RADIUS * np.pi, LOWER.height)])
        if pocket == "curved":
            bend = np.linspace(0, np.pi / 2, 9)
            line = [(place + sign * (0.01 + 0.105 * np.sin(t)), 0.965 + base - 0.085 * np.cos(t)) for t in bend]
            cloth.seam([(float(u), float(v)) for u, v in line], stitches=stitches, deep=0.0012)
            corners = [(back - 0.06, 0.86), (back + 0.06, 0.86), (back + 0.065, 0.94), (back - 0.065, 0.94)]
            low = [(back, 0.838)]
            points = [corners[0], *low, *corners[1:]]
            cloth.patch([(u, v + base) for u, v in points], 0.0009, stitches)
        else:
            cloth.seam([(place + sign * 0.055, 0.985 + base), (place + sign * 0.012, 0.83 + base)], deep=0.0013)
            cloth.seam([(back - 0.055, 0.925 + base), (back + 0.055, 0.925 + base)], deep=0.0014)
            cloth.button((float(back), 0.912 + base), 0.006)
        if sign > 0:
            fly = front + sign * 0.035
            cloth.seam(
                [(fly, 1.0 + base), (fly, 0.875 + base), (fly + 0.022, 0.845 + base)],
                stitches=stitches[:2],
                deep=0.0004,
            )
    for height in (0.108, 0.1045):
        cloth.seam(
            [(0.0, height - 0.028 + base), (LOWER.width, height - 0.028 + base)], stitches=stitches[:1], deep=0.0002
        )


def jeans(canvas: Canvas) -> Cloth:
    """Return the jeans on its sheet."""
    cloth = Cloth(canvas)
    lines = twill(canvas, 0.0036)
    cloth.height += 0.00022 * lines + 0.00005 * canvas.noise(0.003)
    slub = canvas.noise(0.0035, 90.0, 12.0)
    cloth.shade *= 0.86 + 0.18 * lines + 0.06 * slub
    cloth.worn(0.03)
    base = MARGIN - LOWER.bottom
    folds = 1.15 * lower_folds(canvas, 0.7)
    for place, sign in ((LOWER.width / 4, 1.0), (0.75 * LOWER.width, -1.0)):
        front = place + sign * LEG_RADIUS * np.pi / 2
        faded = 0.55 * canvas.spot((front, 0.68 + base), (0.06, 0.17)) + 0.40 * canvas.spot(
            (front, 0.50 + base), (0.06, 0.07)
        )
        faded += 0.30 * canvas.spot((place - sign * LEG_RADIUS * np.pi / 2, 0.86 + base), (0.08, 0.07))
        cloth.shade *= 1 + faded
    cloth.settle(folds)
    _leg(cloth, (0.0022, 0.0075), "curved")
    return cloth


def trousers(canvas: Canvas) -> Cloth:
    """Return the trousers on its sheet."""
    cloth = Cloth(canvas)
    cloth.height += 0.00007 * twill(canvas, 0.0032) + 0.00002 * canvas.noise(0.003)
    cloth.shade *= 0.96 + 0.07 * twill(canvas, 0.0032)
    cloth.settle(0.8 * lower_folds(canvas, 0.9))
    base = MARGIN - LOWER.bottom
    for place, sign in ((LOWER.width / 4, 1.0), (0.75 * LOWER.width, -1.0)):
        for turn in (1, -1):
            crease = place + sign * turn * LEG_RADIUS * np.pi / 2
            distance = np.abs(canvas.u - crease)
            below = 1 / (1 + np.exp((canvas.v - 0.86 - base) / 0.02))
            cloth.height += 0.0022 * np.exp(-distance / 0.010) * below
    _leg(cloth, (), "slant")
    cloth.roughness -= 0.03
    return cloth


def shorts(canvas: Canvas) -> Cloth:
    """Return the shorts on its sheet."""
    cloth = Cloth(canvas)
    cloth.height += 0.0001 * twill(canvas, 0.0034)
    cloth.shade *= 0.94 + 0.10 * twill(canvas, 0.0034)
    cloth.worn(0.02)
    cloth.settle(1.1 * lower_folds(canvas, 0.6))
    _leg(cloth, (0.0022,), "slant")
    base = MARGIN - LOWER.bottom
    knee = 0.603 + base
    cloth.seam([(0.0, knee), (LOWER.width, knee)], stitches=(0.0,), deep=0.0003)
    return cloth
