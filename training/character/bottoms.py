"""Garments of the legs: trousers, jeans, shorts."""

from __future__ import annotations

import numpy as np

from ...inference.easing import eased
from .chart import LOWER, lower_uv
from .garment import Hem
from .makehuman import Floats
from .part import Part
from .refine import refined
from .slack import broken_legs, hanging_legs
from .strips import belt
from .tops import WAIST
from .wearer import Wearer, smooth_min

_HANGS = 0.6
"""Share of the way from the leg to a straight line from seat to hem."""
_HEM = 0.028
"""Metres above the ankle of the lower edge of trousers, which is folded down by its turn-up and rests on the shoe."""
_TURN_UP = Hem(((0.02, 0.002), (0.042, 0.004), (0.0435, 0.0025), (0.042, 0.0005), (0.02, -0.003)))
_SHORT_HEM = Hem(((0.004, 0.0005), (0.0055, -0.0012), (0.004, -0.003), (-0.02, -0.008)))
_WAIST_HEM = Hem(((0.0015, -0.001), (0.001, -0.003), (-0.012, -0.0045)))


def legs(
    wearer: Wearer, material: str, *, waist: float, bottom: float, wide: float, tight: float = 0.005
) -> tuple[list[Part], Floats]:
    """Return trousers and their field.

    Parameters
    ----------
    waist, bottom : float
        Metres above the ground of the upper and lower edges.
    wide : float
        Metres by which the lower edge stands off more than the seat.
    tight : float
        Metres off the skin at the seat.
    """  # fmt: skip
    y = wearer.vertices[:, 1]
    field = smooth_min(waist - y, y - bottom)
    cut = wearer.cut(field)
    points = cut.rows @ wearer.vertices
    folds = np.maximum(0.11 - np.abs(points[:, 1] - wearer.joint("left_knee")[1]), bottom + 0.14 - points[:, 1])
    folds = np.maximum(folds, points[:, 1] - wearer.joint("left_hip")[1] + 0.14)
    cut = refined(cut, wearer.vertices, 1, folds)
    height = (cut.rows @ wearer.vertices)[:, 1]
    knee = wearer.joint("left_knee")[1] + 0.12
    down = np.clip((knee - height) / (knee - 0.087), 0, 1)
    if bottom > 0.3:
        down = eased(height, 0.86, bottom)
    lift = tight + wide * down + _HANGS * hanging_legs(wearer, cut.rows @ wearer.vertices, bottom)
    tucked = waist < WAIST
    if tucked:
        lift -= 0.008 * np.clip(1 - (cut.rows @ field) / 0.06, 0, 1) * (down == 0)
    else:
        lift += 0.006 * eased(height, waist - 0.12, waist - 0.03)
    hem = _SHORT_HEM if bottom > 0.3 else _TURN_UP
    waist_hem = Hem(((0.002, -0.003),)) if tucked else _WAIST_HEM
    part = wearer.sewn(material, cut, field, steps=9, lift=lift, hem=hem, waist=waist_hem)
    if bottom < 0.3:
        part.vertices = broken_legs(wearer, part.vertices, bottom, 0.0075)
    part.uv = lower_uv(part.vertices, part.faces, wearer.joints)
    if tucked:
        return [part], field
    top = max(cut.border, key=lambda loop: height[loop].mean())
    return [part, belt(wearer.outside(part, cut), part.vertices[top], LOWER)], field


def suit_trousers(wearer: Wearer) -> tuple[list[Part], Floats]:
    """Return straight trousers, worn under a jacket."""
    bottom = wearer.joint("left_ankle")[1] + _HEM
    return legs(wearer, "suit trousers", waist=wearer.joint("pelvis")[1] - 0.03, bottom=bottom, wide=0.023)


def trousers(wearer: Wearer) -> tuple[list[Part], Floats]:
    """Return straight trousers with a belt, worn over a shirt."""
    return legs(wearer, "suit trousers", waist=WAIST, bottom=wearer.joint("left_ankle")[1] + _HEM, wide=0.023)


def jeans(wearer: Wearer) -> tuple[list[Part], Floats]:
    """Return jeans, worn under a sweater."""
    bottom = wearer.joint("left_ankle")[1] + _HEM
    return legs(wearer, "jeans", waist=wearer.joint("pelvis")[1] - 0.03, bottom=bottom, wide=0.019)


def shorts(wearer: Wearer) -> tuple[list[Part], Floats]:
    """Return shorts to above the knee, worn under a T-shirt."""
    bottom = wearer.joint("left_knee")[1] + 0.075
    return legs(wearer, "shorts", waist=wearer.joint("pelvis")[1] - 0.03, bottom=bottom, wide=0.016)
