"""From bones that share the bend of a back or a neck back to the joints of a performance.

Each bone shows a rotation between those of two joints. The joints are found again from all bones together, by least
squares on small rotations, with the smoothest bend where there are fewer bones than joints.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from ..inference.rotation import axis_angle_to_matrix, matrix_to_axis_angle
from .segments import Takes

Doubles = npt.NDArray[np.float64]

_SMOOTH = 1e-2
"""Weight of an even bend beside the bones."""


def unshared(shown: Sequence[tuple[Takes, Doubles]], knots: Sequence[str], base: Doubles) -> Mapping[str, Doubles]:
    """Return joint -> (T, 3, 3) rotation against the world.

    Parameters
    ----------
    shown : sequence of (Takes, (T, 3, 3) array)
        What bones of a chain take, and the rotation against the world that they show.
    knots : sequence of str
        The joints of the chain, the one below it first.
    base : (T, 3, 3) array
        Rotation of the first knot.
    """
    back = base.transpose(0, 2, 1)
    rows = np.zeros((len(shown), len(knots)))
    seen = np.zeros((len(shown), len(base), 3))
    for row, (takes, turn) in enumerate(shown):
        rows[row, knots.index(takes.joint)] += takes.share if takes.below is not None else 1.0
        if takes.below is not None:
            rows[row, knots.index(takes.below)] += 1.0 - takes.share
        seen[row] = matrix_to_axis_angle(back @ turn)
    even = _SMOOTH * np.diff(np.eye(len(knots)), 2, axis=0)
    wanted = np.concatenate([seen, np.zeros((len(even), *seen.shape[1:]))])
    found = np.linalg.pinv(np.concatenate([rows, even])[:, 1:]) @ wanted.reshape(len(wanted), -1)
    turns = axis_angle_to_matrix(found.reshape(len(knots) - 1, -1, 3)).astype(np.float64)
    return {name: base @ turn for name, turn in zip(knots[1:], turns, strict=True)}
