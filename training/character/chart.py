"""Where cloth lies on its pattern sheet: texture coordinates in metres, cut as a tailor cuts, at shoulder and inseam.

A sheet is a rectangle of cloth. Coordinates run right and up from its lower left corner and are divided by its size.
Both sleeves lie on the same cloth, mirrored; each leg has its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...inference.skeleton import JOINT_INDEX
from .makehuman import Floats, Ints

TORSO_RADIUS, LEG_RADIUS, SLEEVE_RADIUS = 0.152, 0.080, 0.066
"""Metres of cloth a radian around."""
MARGIN = 0.02


@dataclass(frozen=True)
class Sheet:
    """A rectangle of cloth, and the height of the body at the lower edge of its largest piece."""

    width: float
    height: float
    bottom: float
    """Metres above the ground of what lies MARGIN above the lower edge."""
    sleeves: float = 0.0
    """Metres above the lower edge where the sleeve begins; 0 without sleeves."""


UPPER = Sheet(1.0, 1.25, 0.78, 0.80)
DRESS = Sheet(1.0, 1.60, 0.43, 1.15)
LOWER = Sheet(1.06, 1.06, 0.06)
SHOE = Sheet(0.34, 0.34, 0.0)


def _wrapped(angle: Floats, middle: Floats) -> Floats:
    """Return corner angles (m, 4) on the same turn as their face's middle (m,)."""
    return middle[:, None] + np.mod(angle - middle[:, None] + np.pi, 2 * np.pi) - np.pi


def upper_uv(points: Floats, faces: Ints, joints: Floats, sheet: Sheet = UPPER) -> Floats:
    """Return (m, 4, 2) coordinates of a garment of the upper body: the torso unrolled from its back, and a sleeve."""
    shoulder = joints[JOINT_INDEX["left_shoulder"]]
    corners = points[faces]
    middle = corners.mean(1)

    def around(place: Floats) -> Floats:
        turn = np.arctan2(place[..., 0] / 0.155, (place[..., 2] - 0.055) / 0.105)
        # Before the middle cloth runs straight down, whatever the chest below it does.
        straight = np.clip(1 - (np.abs(place[..., 0]) - 0.03) / 0.08, 0, 1) * (place[..., 2] > 0.055)
        return turn + straight * (place[..., 0] / TORSO_RADIUS - turn)

    torso_u = sheet.width / 2 + TORSO_RADIUS * _wrapped(around(corners), around(middle))
    torso = np.stack([torso_u, MARGIN + corners[..., 1] - sheet.bottom], -1)

    def about(place: Floats) -> Floats:
        return np.arctan2(place[..., 2] - shoulder[2] + 0.01, place[..., 1] - shoulder[1])

    length = np.abs(corners[..., 0]) - shoulder[0] + 2 * MARGIN
    sleeve_v = sheet.sleeves + MARGIN + SLEEVE_RADIUS * (np.pi + _wrapped(about(corners), about(middle)))
    sleeve = np.stack([length, sleeve_v], -1)
    uv = np.where((np.abs(middle[:, 0]) > shoulder[0])[:, None, None], sleeve, torso)
    return uv / [sheet.width, sheet.height]


def lower_uv(points: Floats, faces: Ints, joints: Floats) -> Floats:
    """Return (m, 4, 2) coordinates of trousers: each leg unrolled from its inseam, the left one on the left."""
    hip, ankle = joints[JOINT_INDEX["left_hip"]], joints[JOINT_INDEX["left_ankle"]]
    corners = points[faces]
    middle = corners.mean(1)
    sign = np.where(middle[:, 0] >= 0, 1.0, -1.0)

    def around(place: Floats, side: Floats) -> Floats:
        down = np.clip((hip[1] - place[..., 1]) / (hip[1] - ankle[1]), 0, 1)
        across = side * place[..., 0] - (hip[0] + down * (ankle[0] - hip[0]))
        return np.arctan2(place[..., 2] - 0.025, across)

    angle = _wrapped(around(corners, sign[:, None]), around(middle, sign))
    place = np.where(sign[:, None] > 0, LOWER.width / 4, 0.75 * LOWER.width) + sign[:, None] * LEG_RADIUS * angle
    return np.stack([place, MARGIN + corners[..., 1] - LOWER.bottom], -1) / [LOWER.width, LOWER.height]


def strip_uv(rows: int, columns: int, length: float, width: float, corner: tuple[float, float], sheet: Sheet) -> Floats:
    """Return the coordinates of an open (rows, columns) grid's quads, laid on the sheet from ``corner``, metres."""
    along, across = np.meshgrid(np.linspace(0, length, rows), np.linspace(0, width, columns), indexing="ij")
    flat = np.stack([along + corner[0], across + corner[1]], -1) / [sheet.width, sheet.height]
    return np.stack([flat[:-1, :-1], flat[:-1, 1:], flat[1:, 1:], flat[1:, :-1]], 2).reshape(-1, 4, 2)
