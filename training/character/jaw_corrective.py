"""The key that completes the artist-made ``jawOpen`` where the jaw bone alone falls short."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ...inference.skeleton import JOINT_INDEX
from .makehuman import Floats


def jaw_corrective(vertices: Floats, weights: Floats, jaw_open: Floats, motion: Callable[[Floats], Floats]) -> Floats:
    """Return the (V, 3) key which, turned by the jaw bone, completes the artist-made ``jawOpen`` exactly."""
    share = weights[:, [JOINT_INDEX["jaw"]]]
    missing = jaw_open - share * motion(vertices)
    origin = motion(np.zeros((1, 3)))
    turn = np.array([motion(axis[None])[0] - origin[0] for axis in np.eye(3)]).T
    systems = np.eye(3) + share[:, :, None] * turn
    result = np.linalg.solve(systems, missing[..., None])[..., 0]
    result[np.linalg.norm(result, axis=1) < 1e-5] = 0
    return result
