"""Skinning that keeps the girth of limbs where they bend: every vertex turns about a centre of its own.

After Le and Hodgins, "Real-time Skeletal Skinning with Optimized Centers of Rotation" (SIGGRAPH 2016): vertices that
hang on the same bones by the same shares move as one, about the middle of all that are like them, by the mean of the
bones' rotations. A ring of an elbow keeps its form, which linear blending flattens. Too dear for a frame of playback;
the pose correctives are fitted to it.
"""

from __future__ import annotations

import itertools

import numpy as np

from ...inference.rotation import matrix_to_quaternion, quaternion_to_matrix
from .makehuman import Floats, Ints

_WIDTH = 0.1
"""Of the likeness of two distributions of shares, as in the paper."""


def rotation_centres(vertices: Floats, triangles: Ints, shares: Floats, wanted: Ints) -> Floats:
    """Return (n, 3) centres about which vertices turn, at rest; a vertex like no other is its own.

    Parameters
    ----------
    vertices, triangles : (V, 3), (F, 3) arrays
        The surface at rest.
    shares : (V, B) array
        Of the bones.
    wanted : (n,) array
        Vertices that hang on two bones or more.
    """
    corners = vertices[triangles]
    areas = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1) / 2
    middles, hung = corners.mean(1), shares[triangles].mean(1)
    own = shares[wanted]
    total, weight = np.zeros((len(wanted), 3)), np.zeros(len(wanted))
    used = np.nonzero((own > 0).any(0))[0]
    for j, k in itertools.combinations(used.tolist(), 2):
        rows = np.nonzero((own[:, j] > 0) & (own[:, k] > 0))[0]
        columns = np.nonzero((hung[:, j] > 0) & (hung[:, k] > 0))[0]
        if not len(rows) or not len(columns):
            continue
        mine, others = own[rows], hung[columns]
        apart = np.outer(mine[:, j], others[:, k]) - np.outer(mine[:, k], others[:, j])
        alike = np.outer(mine[:, j] * mine[:, k], others[:, j] * others[:, k]) * np.exp(-((apart / _WIDTH) ** 2))
        alike *= areas[columns]
        total[rows] += alike @ middles[columns]
        weight[rows] += alike.sum(1)
    return np.where(weight[:, None] > 1e-12, total / np.maximum(weight, 1e-12)[:, None], vertices[wanted])


def mean_turns(transforms: Floats, shares: Floats) -> Floats:
    """Return the (n, 3, 3) mean rotations of the bones that vertices hang on.

    Parameters
    ----------
    transforms : (B, 3, 4) array
        Of the bones.
    shares : (n, B) array
    """
    turns = matrix_to_quaternion(transforms[:, :, :3])
    main = turns[shares.argmax(1)]
    signs = np.where(main @ turns.T < 0, -1.0, 1.0)
    mean = (shares * signs) @ turns
    return quaternion_to_matrix(mean / np.linalg.norm(mean, axis=1, keepdims=True))


def turned_about(points: Floats, centres: Floats, turns: Floats, linear: Floats) -> Floats:
    """Return (n, 3) points where this skinning puts them.

    Parameters
    ----------
    points, centres : (n, 3) arrays
        At rest.
    turns : (n, 3, 3) array
        Of :func:`mean_turns`.
    linear : (n, 3, 4) array
        The blended transforms of linear blend skinning.
    """
    carried = np.einsum("nij,nj->ni", linear[:, :, :3], centres) + linear[:, :, 3]
    return np.einsum("nij,nj->ni", turns, points - centres) + carried
