"""Garments of the upper body: sweater, T-shirt, shirt, jacket."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ...inference.easing import eased
from .chart import UPPER, Sheet, upper_uv
from .garment import Cut, Hem, keep_clear
from .makehuman import Floats
from .part import Part, vertex_normals
from .refine import refined
from .slack import bunched_sleeves, slack_elbows, waved_hem
from .strips import lapels, shirt_collar
from .wearer import Wearer, smooth_min

WAIST = 1.012
"""Metres above the ground of the upper edge of trousers that are worn over a shirt."""
_SOFT_HEM = Hem(((0.002, -0.0004), (0.0028, -0.002), (0.002, -0.0045), (-0.004, -0.0065), (-0.02, -0.0105)))
_THIN_HEM = Hem(((0.0012, -0.0002), (0.0016, -0.0012), (0.001, -0.0024), (-0.004, -0.0036), (-0.015, -0.005)))
_COAT_HEM = Hem(((0.002, -0.0004), (0.0026, -0.002), (0.002, -0.004), (-0.006, -0.0062), (-0.025, -0.008)))


def top_field(wearer: Wearer, *, wrist: float, hem: float, wider: float = 0.0, higher: float = 0.0) -> Floats:
    """Return (V,) metres inside the borders of a top.

    Parameters
    ----------
    wrist, hem : float
        Metres from the body's middle plane and above the ground where sleeves and trunk end.
    wider, higher : float
        Metres by which the opening for the neck differs from a crew neck's.
    """
    neck = wearer.joint("neck")
    x, y, z = wearer.vertices.T
    # The neck leans forward; the opening is an ellipse around it.
    centre = neck[2] + 0.012 + 0.35 * (y - neck[1])
    around = np.sqrt((x / (0.074 + wider)) ** 2 + ((z - centre) / (0.071 + wider)) ** 2)
    low = neck[1] - 0.01 + higher - 0.9 * np.clip(z - neck[2], 0.0, 0.1) - y
    opening = np.maximum((around - 1) * 0.072, 0.6 * low)
    face = 0.06 - 0.2 * wearer.share("head", "jaw")
    return smooth_min(opening, face, neck[1] + 0.055 + higher - y, wrist - np.abs(x), y - hem)


def armpits(wearer: Wearer, rows: Floats) -> Floats:
    """Return (n,) 0..1, where a sleeve joins the trunk: cloth passes from the one to the other in a wide curve."""
    shoulder = wearer.joint("left_shoulder")
    x, y, _ = (rows @ np.abs(wearer.vertices)).T
    return np.exp(-(((x - shoulder[0] - 0.012) / 0.05) ** 2) - ((y - shoulder[1] + 0.065) / 0.05) ** 2)


def folding(wearer: Wearer, cut: Cut) -> Cut:
    """Return a top with finer rows of faces where sleeves and trunk fold: elbows, ends of the sleeves, the waist."""
    points = cut.rows @ wearer.vertices
    x = np.abs(points[:, 0])
    elbow, wrist, shoulder = (wearer.joint(f"left_{name}") for name in ("elbow", "wrist", "shoulder"))
    sleeve = np.maximum(0.085 - np.abs(x - elbow[0]), x - wrist[0] + 0.13)
    cut = refined(cut, wearer.vertices, 0, sleeve)
    points = cut.rows @ wearer.vertices
    trunk = np.minimum(0.095 - np.abs(points[:, 1] - WAIST - 0.01), shoulder[0] + 0.05 - np.abs(points[:, 0]))
    return refined(cut, wearer.vertices, 1, trunk)


def _top(
    wearer: Wearer, material: str, field: Floats, lift: Floats | float, hem: Hem, *, steps: int = 10,
    sheet: Sheet = UPPER, bare_neck: bool = False, loose: bool = True, near: Floats | None = None,
    loose_steps: int = 60, below: Floats | None = None, slack: Callable[[Floats], Floats] | None = None,
) -> tuple[Part, Floats, Part]:  # fmt: skip
    """Return a top, the loop of points along its highest border, and the top without hems.

    Borders deep below another garment, by its field ``below``, get no hem; ``slack`` moves the sewn vertices.
    """
    cut = folding(wearer, wearer.cut(field))
    heights = [float((cut.rows @ wearer.vertices)[loop, 1].max()) for loop in cut.border]
    neck = int(np.argmax(heights))
    bare = {neck} if bare_neck else set[int]()
    if below is not None:
        bare |= {k for k, loop in enumerate(cut.border) if (cut.rows @ below)[loop].mean() > 0.02}
    curve = armpits(wearer, cut.rows) if loose else None
    lifts = cut.rows @ np.broadcast_to(lift, (len(wearer.vertices),))
    part = wearer.sewn(
        material,
        cut,
        field,
        steps=steps,
        lift=lifts,
        hem=hem,
        loose=curve,
        bare=tuple(sorted(bare)),
        near=near,
        loose_steps=loose_steps,
    )
    if slack is not None:
        part.vertices = slack(part.vertices)
    part.uv = upper_uv(part.vertices, part.faces, wearer.joints, sheet)
    return part, part.vertices[cut.border[neck]], wearer.outside(part, cut)


def sweater(wearer: Wearer) -> tuple[list[Part], Floats]:
    """Return a crew-neck sweater with ribbed borders, and its field."""
    wrist, hip = wearer.joint("left_wrist"), wearer.joint("left_hip")
    field = top_field(wearer, wrist=abs(wrist[0]) - 0.012, hem=hip[1] + 0.005)
    band = 0.0022 * np.clip((0.016 - field) / 0.003, 0, 1)
    x, y, _ = np.abs(wearer.vertices).T
    # A sleeve keeps its width down to the cuff, which holds it together.
    full = eased(x, wrist[0] - 0.24, wrist[0] - 0.08) * (1 - eased(x, wrist[0] - 0.06, wrist[0] - 0.03))
    cuff = eased(x, wrist[0] - 0.055, wrist[0] - 0.03)
    lift = 0.0095 + band + 0.006 * np.clip((1.18 - y) / 0.2, 0, 1) + 0.005 * full - 0.0035 * cuff

    def slack(points: Floats) -> Floats:
        points = slack_elbows(wearer, bunched_sleeves(wearer, points, 0.0062), 0.0050)
        return waved_hem(wearer, points, high=0.0060, folds=5, band=0.045)

    return [_top(wearer, "sweater", field, lift, _SOFT_HEM, slack=slack)[0]], field


def tshirt(wearer: Wearer) -> tuple[list[Part], Floats]:
    """Return a T-shirt that hangs over the waist, and its field."""
    shoulder, hip = wearer.joint("left_shoulder"), wearer.joint("left_hip")
    field = top_field(wearer, wrist=shoulder[0] + 0.155, hem=hip[1] - 0.01, wider=0.004)
    x, y, _ = np.abs(wearer.vertices).T
    sleeve = eased(x, shoulder[0], shoulder[0] + 0.15)
    lift = 0.0075 + 0.008 * sleeve + 0.008 * np.clip((1.2 - y) / 0.2, 0, 1)

    def slack(points: Floats) -> Floats:
        return waved_hem(wearer, points, high=0.0065, folds=7)

    return [_top(wearer, "tshirt", field, lift, _THIN_HEM, slack=slack)[0]], field


def shirt(wearer: Wearer) -> tuple[list[Part], Floats]:
    """Return a shirt that is worn inside trousers: collar with stand, cuffs; and its field."""
    wrist = wearer.joint("left_wrist")
    field = top_field(wearer, wrist=abs(wrist[0]) - 0.004, hem=WAIST - 0.035, wider=-0.003, higher=-0.006)
    x, y, _ = np.abs(wearer.vertices).T
    full = eased(x, wrist[0] - 0.17, wrist[0] - 0.09) * (1 - eased(x, wrist[0] - 0.085, wrist[0] - 0.065))
    blouse = eased(y, WAIST, WAIST + 0.03) * (1 - eased(y, WAIST + 0.05, WAIST + 0.2))
    tucked = 1 - eased(y, WAIST - 0.005, WAIST + 0.02)
    lift = 0.0085 + 0.004 * full + 0.005 * blouse - 0.0065 * tucked
    part, loop, outside = _top(
        wearer,
        "shirt",
        field,
        lift,
        _THIN_HEM,
        bare_neck=True,
        slack=lambda points: slack_elbows(wearer, bunched_sleeves(wearer, points, 0.0048), 0.0045),
    )
    return [part, shirt_collar(wearer, outside, loop, UPPER)], field


def _jacket_field(wearer: Wearer) -> Floats:
    wrist = wearer.joint("left_wrist")
    field = top_field(wearer, wrist=abs(wrist[0]) - 0.018, hem=0.838, wider=0.005, higher=0.004)
    x, y, z = wearer.vertices.T
    opening = np.abs(x) - 0.086 * (y - BUTTON) / 0.33 + 3 * np.clip(0.06 - z, 0, 1)
    away = np.abs(x) - 0.06 * np.clip((0.95 - y) / 0.11, 0, 1) ** 1.6 + 0.004 + 3 * np.clip(0.03 - z, 0, 1)
    return smooth_min(field, np.maximum(opening, -0.05), np.where(y < 0.96, away, 1.0), reach=0.003)


BUTTON = 1.085
"""Metres above the ground where a jacket closes."""


def jacket(wearer: Wearer) -> tuple[list[Part], Floats]:
    """Return a jacket with lapels over the visible pieces of a shirt, and the field of both together."""
    wrist, shoulder = wearer.joint("left_wrist"), wearer.joint("left_shoulder")
    field = _jacket_field(wearer)
    x, y, _ = np.abs(wearer.vertices).T
    pad = eased(x, 0.09, shoulder[0] - 0.01) * (1 - eased(x, shoulder[0] + 0.01, shoulder[0] + 0.06))
    pad = pad * eased(wearer.vertices[:, 1], shoulder[1], shoulder[1] + 0.05)
    lift = 0.0125 + 0.006 * pad + 0.004 * np.clip((1.0 - y) / 0.16, 0, 1)
    under = top_field(wearer, wrist=abs(wrist[0]) - 0.004, hem=1.0, wider=-0.006, higher=0.008)
    seen = smooth_min(under, 0.032 - field)
    below, loop, outside = _top(
        wearer,
        "shirt",
        seen,
        0.0005 + 0.004 * (1 - eased(field, 0.004, 0.022)),
        _THIN_HEM,
        bare_neck=True,
        loose=False,
        below=field,
        near=under,
    )
    coat, line, outer = _top(
        wearer,
        "jacket",
        field,
        lift,
        _COAT_HEM,
        slack=lambda points: slack_elbows(wearer, bunched_sleeves(wearer, points, 0.0026), 0.0034),
    )
    trunk = np.unique(wearer.quads)
    trunk = trunk[np.abs(wearer.vertices[trunk, 0]) < shoulder[0]]
    coat.vertices = keep_clear(coat.vertices, wearer.vertices[trunk], wearer.normals[trunk], 0.006)
    coat.vertices = keep_clear(coat.vertices, below.vertices, vertex_normals(below.vertices, below.faces), 0.003)
    start = int(np.argmin(line[:, 1]))
    opening = np.roll(line, -start, 0)
    outer.vertices = coat.vertices
    fold = lapels(outer, np.concatenate([opening, opening[:1]]), 1.385, UPPER)
    return [below, shirt_collar(wearer, outside, loop, UPPER, low=True), coat, fold], np.maximum(field, under)
