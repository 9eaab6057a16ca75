"""Cloth that has more length or breadth than the body below it: sleeves that bunch above the wrist, hems that wave,
trouser legs that hang straight and break over the shoe."""

from __future__ import annotations

import numpy as np

from ...inference.drape import spanned
from ...inference.easing import eased
from .makehuman import Floats
from .wearer import Wearer

_ROWS, _COLUMNS = 30, 24
"""Of the grid on which a leg is drawn: heights, and angles around it."""


def _between(value: Floats, *edges: float) -> Floats:
    """Return 0 outside four ascending edges, 1 between the middle ones."""
    return eased(value, edges[0], edges[1]) * (1 - eased(value, edges[2], edges[3]))


def bunched_sleeves(wearer: Wearer, points: Floats, high: float) -> Floats:
    """Return (n, 3) points of a top with its long sleeves bunched above the wrist, ``high`` metres at most."""
    elbow, wrist = wearer.joint("left_elbow"), wearer.joint("left_wrist")
    end = float(np.abs(points[:, 0]).max())
    if end < elbow[0] + 0.1:
        return points
    inward = end - np.abs(points[:, 0])
    share = np.clip((np.abs(points[:, 0]) - elbow[0]) / (wrist[0] - elbow[0]), 0, 1)[:, None]
    away = (points - (elbow + share * (wrist - elbow)) * [0, 1, 1]) * [0, 1, 1]
    radius = np.maximum(np.linalg.norm(away, axis=1), 1e-6)
    angle = np.arctan2(away[:, 1], away[:, 2])
    phase = 2 * np.pi * inward / 0.033 + 1.5 * np.sin(angle + 0.7) + 0.9 * np.sin(2 * angle - 0.4)
    height = high * (0.35 + np.cos(phase)) * _between(inward, 0.022, 0.04, 0.075, 0.15)
    return points + (height / radius)[:, None] * away


def slack_elbows(wearer: Wearer, points: Floats, high: float) -> Floats:
    """Return (n, 3) points of a top whose long sleeves have oblique folds, ``high`` metres at most, around the elbow,
    more of them on the side that hangs below a bent arm."""
    elbow, wrist = wearer.joint("left_elbow"), wearer.joint("left_wrist")
    if float(np.abs(points[:, 0]).max()) < elbow[0] + 0.1:
        return points
    side = np.where(points[:, 0] >= 0, 1.0, -1.0)
    along = np.abs(points[:, 0]) - elbow[0]
    share = np.clip(along / (wrist[0] - elbow[0]), -1.0, 1.0)[:, None]
    away = (points - (elbow + share * (wrist - elbow)) * [0, 1, 1]) * [0, 1, 1]
    radius = np.maximum(np.linalg.norm(away, axis=1), 1e-6)
    angle = np.arctan2(away[:, 1], away[:, 2])
    folds = np.cos(2 * np.pi * along / 0.046 + 1.5 * np.sin(angle + 0.5 * side) + 0.8 * side)
    below = 0.65 - 0.35 * np.sin(angle)
    height = high * (0.3 + folds) * below * _between(along, -0.10, -0.045, 0.03, 0.075)
    return points + (height / radius)[:, None] * away


def waved_hem(wearer: Wearer, points: Floats, *, high: float, folds: int, band: float = 0.0) -> Floats:
    """Return (n, 3) points of a top whose hem hangs in folds.

    Parameters
    ----------
    high : float
        Metres of the folds at the hem; with a band, above it.
    folds : int
        How many there are around.
    band : float
        Metres of ribbing that holds the hem together, over which the cloth hangs; 0 without.
    """
    shoulder, spine = wearer.joint("left_shoulder"), wearer.joint("spine1")
    bottom = float(points[:, 1].min())
    up = points[:, 1] - bottom
    trunk = 1 - eased(np.abs(points[:, 0]), shoulder[0] + 0.02, shoulder[0] + 0.06)
    away = (points - [0, 0, spine[2]]) * [1, 0, 1]
    radius = np.maximum(np.linalg.norm(away, axis=1), 1e-6)
    angle = np.arctan2(away[:, 0], away[:, 2])
    swing = folds * angle + 0.8 * np.sin(2 * angle + 0.6) + 0.5 * np.sin(3 * angle)
    if band:
        slanted = 2 * np.pi * up / 0.055 + 1.6 * np.sin(2 * angle + 0.9) + 0.8 * np.sin(3 * angle)
        height = high * (0.9 + 0.6 * np.cos(slanted)) * _between(up, band, band + 0.025, band + 0.05, band + 0.13)
        height = height + 0.5 * high * np.cos(swing) * _between(up, band, band + 0.02, band + 0.05, band + 0.12)
        height = height - 0.5 * high * (1 - eased(up, 0.6 * band, 1.1 * band))
    else:
        height = high * np.cos(swing) * (1 - eased(up, 0.0, 0.20)) ** 1.5
    result = points + (trunk * height / radius)[:, None] * away
    result[:, 1] += trunk * 0.35 * high * np.sin(swing + 0.5) * (1 - eased(up, 0.0, 0.12))
    return result


def hanging_legs(wearer: Wearer, points: Floats, bottom: float) -> Floats:
    """Return (n,) metres by which trousers stand off legs, at (n, 3) points of the skin, to hang straight to their
    hem at ``bottom`` metres above the ground."""
    hip, ankle = wearer.joint("left_hip"), wearer.joint("left_ankle")
    top = hip[1] - 0.05

    def places(at: Floats) -> tuple[Floats, Floats, Floats]:
        down = np.clip((hip[1] - at[:, 1]) / (hip[1] - ankle[1]), 0, 1)[:, None]
        axis = hip + down * (ankle - hip)
        x, z = np.abs(at[:, 0]) - axis[:, 0], at[:, 2] - axis[:, 2]
        return at[:, 1], np.arctan2(x, z), np.hypot(x, z)

    skin = np.unique(wearer.quads)
    skin = skin[(wearer.vertices[skin, 1] < top + 0.06) & (wearer.vertices[skin, 1] > bottom - 0.05)]
    skin = skin[(np.abs(wearer.vertices[skin, 0]) < 0.26)]
    height, angle, radius = places(wearer.vertices[skin])
    rows, columns = np.linspace(bottom, top, _ROWS), np.linspace(-np.pi, np.pi, _COLUMNS, endpoint=False)
    near = np.exp(-(((rows[:, None] - height) / 0.02) ** 2) / 2)
    across = np.exp(-((np.angle(np.exp(1j * (columns[:, None] - angle))) / 0.25) ** 2) / 2)
    even = (near @ (across * radius).T) / np.maximum(near @ across.T, 1e-12)
    slack = spanned(even) - even
    y, turn, _ = places(points)
    row = np.clip((y - bottom) / (top - bottom), 0, 1) * (_ROWS - 1)
    column = np.mod((turn + np.pi) / (2 * np.pi) * _COLUMNS, _COLUMNS)
    low, left = np.minimum(row.astype(int), _ROWS - 2), column.astype(int) % _COLUMNS
    right, down, aside = (left + 1) % _COLUMNS, row - low, column - np.floor(column)
    upper = (1 - aside) * slack[low + 1, left] + aside * slack[low + 1, right]
    lower = (1 - aside) * slack[low, left] + aside * slack[low, right]
    return ((1 - down) * lower + down * upper) * (1 - eased(y, top - 0.08, top))


def broken_legs(wearer: Wearer, points: Floats, bottom: float, high: float) -> Floats:
    """Return (n, 3) points of trousers whose legs fold above their hem, ``high`` metres at most, where they meet the
    shoe, and slacken at the knee and below the seat."""
    hip, knee, ankle = (wearer.joint(f"left_{name}") for name in ("hip", "knee", "ankle"))
    side = np.where(points[:, 0] >= 0, 1.0, -1.0)
    down = np.clip((hip[1] - points[:, 1]) / (hip[1] - ankle[1]), 0, 1)[:, None]
    axis = (hip + down * (ankle - hip)) * np.stack([side, np.ones(len(points)), np.ones(len(points))], 1)
    away = (points - axis) * [1, 0, 1]
    radius = np.maximum(np.linalg.norm(away, axis=1), 1e-6)
    angle = np.arctan2(side * away[:, 0], away[:, 2])
    up = points[:, 1] - bottom
    ahead = 0.5 + 0.5 * np.cos(angle)
    breaks = np.cos(2 * np.pi * up / 0.042 + 1.3 * np.sin(angle + 0.5) + 0.6 * np.sin(2 * angle))
    height = high * (0.2 + breaks) * (0.45 + 0.55 * ahead) * _between(up, 0.02, 0.045, 0.07, 0.16)
    slanted = np.cos(2 * np.pi * (points[:, 1] - knee[1]) / 0.06 + 1.4 * np.sin(angle - 0.6))
    height = height + 0.5 * high * slanted * (1 - 0.6 * ahead) * np.exp(-(((points[:, 1] - knee[1]) / 0.07) ** 2))
    groin = hip[1] - 0.06 + 0.30 * np.clip(side * points[:, 0], 0, 0.2)
    whisker = np.cos(2 * np.pi * (points[:, 1] - groin) / 0.045)
    inner = np.exp(-(((side * points[:, 0] - 0.07) / 0.06) ** 2)) * np.exp(-(((points[:, 1] - groin) / 0.05) ** 2))
    height = height + 0.7 * high * whisker * inner * ahead
    return points + (height / radius)[:, None] * away
