"""A dress: a bodice cut from the body, and a skirt that hangs from its waist around both legs."""

from __future__ import annotations

import numpy as np
from scipy.spatial import ConvexHull

from ...inference.easing import eased
from ...inference.skeleton import JOINT_INDEX
from .chart import DRESS, upper_uv
from .garment import Hem
from .makehuman import Floats
from .part import MATERIALS, Part, no_rows
from .tops import armpits, top_field
from .wearer import Wearer

_SEAM = 1.06
"""Metres above the ground where the skirt begins."""
_RINGS = 26
_HEM = Hem(((0.0012, -0.0002), (0.0016, -0.0012), (0.001, -0.0024), (-0.004, -0.0036), (-0.015, -0.005)))


def _hull_radius(points: Floats, centre: Floats, angles: Floats) -> Floats:
    """Return how far the convex hull of (n, 2) points reaches from a centre inside it, in each direction."""
    hull = ConvexHull(points)
    direction = np.stack([np.sin(angles), np.cos(angles)], 1)
    facing = direction @ hull.equations[:, :2].T
    room = -(hull.equations[:, :2] @ centre + hull.equations[:, 2])
    return np.where(facing > 1e-6, room / np.maximum(facing, 1e-6), np.inf).min(1)


def _leg_weights(wearer: Wearer, points: Floats, waist: Floats) -> Floats:
    """Return (n, 55) weights: those of the waist above, the thighs' below, each side's by where it hangs."""
    hip = wearer.joint("left_hip")
    left = eased(points[:, 0], -0.13, 0.13)
    down = eased(points[:, 1], hip[1] + 0.09, hip[1] - 0.10)
    weights = np.zeros((len(points), wearer.weights.shape[1]))
    weights[:, JOINT_INDEX["left_hip"]] = down * left
    weights[:, JOINT_INDEX["right_hip"]] = down * (1 - left)
    weights[:, JOINT_INDEX["pelvis"]] = 1 - down
    share = eased(points[:, 1], _SEAM - 0.10, _SEAM)[:, None]
    return share * waist + (1 - share) * weights


def dress(wearer: Wearer) -> tuple[list[Part], Floats]:
    """Return a dress with sleeves to the elbow and a skirt to the knee, and its field."""
    elbow, bottom = wearer.joint("left_elbow"), wearer.joint("left_knee")[1] + 0.015
    field = top_field(wearer, wrist=elbow[0] - 0.035, hem=_SEAM, wider=0.016, higher=-0.012)
    cut = wearer.cut(field)
    flat = cut.rows @ wearer.vertices
    lowest = int(np.argmin([flat[loop, 1].mean() for loop in cut.border]))
    x = np.abs(flat[:, 0])
    sleeve = eased(x, wearer.joint("left_shoulder")[0], elbow[0])
    bodice = wearer.sewn(
        "dress",
        cut,
        field,
        steps=10,
        lift=0.0065 + 0.007 * sleeve,
        hem=_HEM,
        loose=armpits(wearer, cut.rows),
        loose_steps=60,
        bare=(lowest,),
    )
    ring = np.array(cut.border[lowest])
    start = bodice.vertices[ring]
    centre = np.array([0.0, start[:, 2].mean()])
    angle = np.arctan2(start[:, 0] - centre[0], start[:, 2] - centre[1])
    radius = np.hypot(start[:, 0] - centre[0], start[:, 2] - centre[1])
    heights = np.linspace(_SEAM, bottom, _RINGS)[1:]
    skin = wearer.vertices[np.unique(wearer.quads)]
    skin = skin[np.abs(skin[:, 0]) < 0.26]
    grid, widest = [start], radius
    for height in heights:
        near = skin[np.abs(skin[:, 1] - height) < 0.022][:, [0, 2]]
        down = (_SEAM - height) / (_SEAM - bottom)
        reach = _hull_radius(near, centre, angle) + 0.0085 * eased(np.array(down), -0.02, 0.12) + 0.008 * down
        # Cloth falls: below the seat it hangs from the widest place, a little wider still at the sides; before and
        # behind it comes back to the legs.
        widest = np.where(height > 0.90, reach, np.maximum(reach, widest + 0.0011 - 0.0042 * np.cos(angle) ** 2))
        folds = 0.012 * eased(np.array(down), 0.3, 1.0) * np.cos(9 * angle + 0.7 * np.sin(2 * angle))
        grid.append(np.stack([np.sin(angle), np.full(len(angle), height), np.cos(angle)], 1) * 1.0)
        around = widest + folds
        grid[-1][:, 0] = centre[0] + np.sin(angle) * around
        grid[-1][:, 2] = centre[1] + np.cos(angle) * around
    rows = np.stack(grid)
    for _ in range(4):  # along the length and around
        rows[1:-1] = 0.5 * rows[1:-1] + 0.25 * (rows[:-2] + rows[2:])
        rows[2:] = 0.6 * rows[2:] + 0.2 * (np.roll(rows[2:], 1, 1) + np.roll(rows[2:], -1, 1))
    # The hem turns inward.
    edge, middle = rows[-1], np.array([centre[0], rows[-1][0, 1], centre[1]])
    inward = (middle - edge) / np.linalg.norm(middle - edge, axis=1, keepdims=True)
    turned = [
        edge + inward * across + [0, up, 0] for across, up in ((0.0008, -0.0015), (0.0022, -0.001), (0.004, 0.02))
    ]
    rows = np.concatenate([rows, np.stack(turned)])
    points = rows[1:].reshape(-1, 3)
    count, base = len(ring), len(bodice.vertices)
    index = np.concatenate([ring[None], base + np.arange(len(points)).reshape(-1, count)])
    following = np.roll(index, -1, 1)
    faces = np.stack([index[:-1], following[:-1], following[1:], index[1:]], -1).reshape(-1, 4)
    directed = {(int(a), int(b)) for face in cut.faces for a, b in zip(face, np.roll(face, -1), strict=True)}
    if (int(ring[0]), int(ring[1])) in directed:
        faces = faces[:, ::-1]
    waist = np.tile(bodice.weights[ring], (len(rows) - 1, 1))
    everything = np.concatenate([bodice.vertices, points])
    quads = np.concatenate([bodice.faces, faces])
    empty = no_rows(len(everything), 1)
    part = Part(
        "dress", everything, quads, np.full(len(quads), MATERIALS.index("dress")), np.full((len(everything), 3), 0.5),
        np.concatenate([bodice.weights, _leg_weights(wearer, points, waist)]), empty, empty,
        uv=upper_uv(everything, quads, wearer.joints, DRESS),
    )  # fmt: skip
    y = wearer.vertices[:, 1]
    covered = np.minimum(y - bottom - 0.03, 1.10 - y)
    covered[np.abs(wearer.vertices[:, 0]) > 0.26] = -1
    return [part], np.maximum(field, covered)
