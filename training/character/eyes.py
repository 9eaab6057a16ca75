"""Eyeballs: a sphere with a cornea bulge and an iris disc of fine rings; gaze comes from the eye bones."""

from __future__ import annotations

import numpy as np

from .makehuman import RANGES, Floats
from .part import MATERIALS, Part, affine_rows, grid_faces, no_rows, pick_rows, rigid_weights

_SEGMENTS = 32
_RINGS = np.radians([0.01, 4, 8, 12, 16, 20, 24, 28, 32, 38, 46, 56, 68, 82, 98, 116, 136, 158, 179.9])
IRIS_RADIANS = np.radians(27.0)
"""Polar angle of the iris' border seen from the eyeball's centre."""
PUPIL_SHARE = 0.36
"""Radius of the pupil over that of the iris."""
_CHART_POWER = 0.55
EYE_SHARE = 0.985
"""Radius of the eyeball over that of the source."""
_TEAR = ((0.00060, -0.00035), (0.00024, 0.00002), (0.00012, 0.00022), (-0.00025, 0.00045))
"""Metres out of the ball and up from the lid's edge, from the lid into the ball: the hollow of a tear meniscus."""


def chart_radius(angle: Floats) -> Floats:
    """Return how far from the middle of the eye's picture, 0..0.5, a polar angle of 0..pi lies.

    The power gives the iris, a seventh of the angle, a third of the picture's width.
    """
    return 0.5 * (angle / np.pi) ** _CHART_POWER


def polar_angle(radius: Floats) -> Floats:
    """Return the polar angle at a distance from the picture's middle; the corners hold what lies behind."""
    return np.pi * np.clip(2 * radius, 0, 1) ** (1 / _CHART_POWER)


def fit_sphere(points: Floats) -> tuple[Floats, float]:
    """Return centre (3,) and radius of the least-squares sphere through (n, 3) points."""
    system = np.column_stack([2 * points, np.ones(len(points))])
    solution = np.linalg.lstsq(system, (points**2).sum(1), rcond=None)[0]
    return solution[:3], float(np.sqrt(solution[3] + solution[:3] @ solution[:3]))


def _bulge(polar: Floats) -> Floats:
    """Return how much further out the cornea lies than the ball, by polar angle."""
    return 1 + 0.03 * np.clip(1 - (polar / (1.1 * IRIS_RADIANS)) ** 2, 0, 1)


def build_eyes(vertices: Floats) -> tuple[list[Part], dict[str, Floats]]:
    """Return the two eyeballs and the (3,) centres, by joint name.

    ``uv`` holds the direction from the centre seen from the front: (0.5, 0.5) is the pupil's middle, and the distance
    from there is ``chart_radius`` of the polar angle.
    """
    parts, centres = [], {}
    for side in ("left", "right"):
        source = np.arange(*RANGES[f"{side}_eye"])
        centre, radius = fit_sphere(vertices[source])
        radius *= EYE_SHARE
        polar, turn = np.meshgrid(_RINGS, 2 * np.pi * np.arange(_SEGMENTS) / _SEGMENTS, indexing="ij")
        bulge = _bulge(polar)
        direction = np.stack([np.sin(polar) * np.cos(turn), np.sin(polar) * np.sin(turn), np.cos(polar)], -1)
        points = (centre + radius * bulge[..., None] * direction).reshape(-1, 3)
        faces = grid_faces(len(_RINGS), _SEGMENTS, closed=True)[:, ::-1]
        flat = np.stack([np.cos(turn), np.sin(turn)], -1) * chart_radius(polar)[..., None] + 0.5
        angle = polar.ravel()[:, None]
        iris = np.array([0.13, 0.075, 0.035])
        colours = np.where(angle < IRIS_RADIANS, iris, np.array([0.78, 0.74, 0.70]))
        colours = np.where(angle < PUPIL_SHARE * IRIS_RADIANS, 0.005, colours)
        middle = np.degrees(angle.ravel())[faces].mean(1)
        # Pupil and iris are materials of their own so that Solid view, which shows one colour a material, has a gaze.
        materials = np.full(len(faces), MATERIALS.index("eye"))
        materials[middle < np.degrees(IRIS_RADIANS)] = MATERIALS.index("iris")
        materials[middle < PUPIL_SHARE * np.degrees(IRIS_RADIANS)] = MATERIALS.index("pupil")
        joint = f"{side}_eye_smplhf"
        centres[joint] = centre
        parts.append(
            Part(
                joint,
                points,
                faces,
                materials,
                colours,
                rigid_weights(len(points), joint),
                affine_rows(points, source, vertices),
                no_rows(len(points), len(vertices)),
                uv=flat.reshape(-1, 2)[faces],
            )
        )
    return parts, centres


def build_tear_lines(vertices: Floats, weights: Floats) -> list[Part]:
    """Return the wet lines along the lower lids, which catch the light; they follow the lids, not the balls.

    They hang on the innermost row of the source's lashes, which lies where the lid touches the ball.
    """
    parts = []
    for side in ("left", "right"):
        centre, radius = fit_sphere(vertices[slice(*RANGES[f"{side}_eye"])])
        lashes = np.arange(*RANGES[f"{side}_lashes"])
        away = vertices[lashes] - centre
        low = (np.linalg.norm(away, axis=1) < 1.03 * radius) & (away[:, 1] < -0.0015) & (away[:, 2] > 0)
        rim = lashes[low][np.argsort(away[low, 0])]
        direction = vertices[rim] - centre
        length = np.linalg.norm(direction, axis=1, keepdims=True)
        direction = direction / length
        ball = EYE_SHARE * radius * _bulge(np.arccos(direction[:, 2]))[:, None]
        upwards = np.array([0.0, 1.0, 0.0]) - direction[:, 1:2] * direction
        narrow = np.sin(np.pi * (np.arange(len(rim)) + 0.5) / len(rim))[:, None] ** 0.5
        rows = []
        for step, (out, up) in enumerate(_TEAR):
            share = step / (len(_TEAR) - 1)  # 0 at the lid, 1 on the ball
            reach = length * (1 - share) + ball * share + out
            rows.append(centre + direction * reach + upwards * up * narrow)
        points = np.concatenate(rows)
        faces = grid_faces(len(_TEAR), len(rim), closed=False)
        normal = np.cross(points[faces[0, 1]] - points[faces[0, 0]], points[faces[0, 3]] - points[faces[0, 0]])
        if normal @ direction[0] < 0:
            faces = faces[:, ::-1]
        # The pale red of the ball's corner.
        place = np.tile([0.5 + float(chart_radius(np.array(1.0))), 0.5], (len(points), 1))
        place += 2e-3 * np.stack(np.divmod(np.arange(len(points)), len(rim)), 1)
        follow = pick_rows(np.tile(rim, len(_TEAR)), len(vertices))
        materials = np.full(len(faces), MATERIALS.index("eye"))
        parts.append(
            Part(
                f"{side} tear line", points, faces, materials, np.full((len(points), 3), 0.7), follow @ weights,
                follow, follow, uv=place[faces],
            )
        )  # fmt: skip
    return parts
