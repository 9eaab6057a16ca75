"""What TalkSHOW's 129 numbers of a frame turn: 39 of the body, 90 of the hands, axis-angle.

The released selection of channels takes out the neck and the left collar where the feet were meant. The networks were
trained on it: the fourth and fifth joint are the feet, and nothing was learnt of the neck and the left collar. The
authors' own assembly puts the feet's rotations onto those two. Here the feet's are dropped, as is the head's, which has
one mover of its own, and the left collar stands as the right one does on average, mirrored.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..upper_body import UPPER_BODY

Doubles = npt.NDArray[np.float64]

TRAINED_BODY: tuple[str, ...] = (
    "spine1", "spine2", "spine3", "left_foot", "right_foot", "right_collar", "head", "left_shoulder", "right_shoulder",
    "left_elbow", "right_elbow", "left_wrist", "right_wrist",
)  # fmt: skip
"""The joints of the 39 numbers as they were trained."""
BODY_WIDTH = 3 * len(TRAINED_BODY)
HANDS_WIDTH = 90
_MIRROR = np.array([1.0, -1.0, -1.0])
_FINGERS = 11
"""Where the fingers begin among the joints that gesture."""


def upper_body_rotations(motion: npt.ArrayLike, hands: npt.ArrayLike) -> Doubles:
    """Return the rotations of the joints that gesture.

    Parameters
    ----------
    motion : (T, 129) array
        What the networks give.
    hands : (2, 15, 3) array
        The mean hands the fingers' numbers are offsets from.

    Returns
    -------
    (T, 41, 3) array
        Axis-angle in the order of :data:`~.upper_body.UPPER_BODY`.
    """
    motion = np.asarray(motion, np.float64)
    body = motion[:, :BODY_WIDTH].reshape(len(motion), -1, 3)
    result = np.zeros((len(motion), len(UPPER_BODY), 3))
    for index, name in enumerate(UPPER_BODY[:_FINGERS]):
        if name in TRAINED_BODY:
            result[:, index] = body[:, TRAINED_BODY.index(name)]
    result[:, UPPER_BODY.index("left_collar")] = body[:, TRAINED_BODY.index("right_collar")].mean(0) * _MIRROR
    # smplx adds the mean to the numbers themselves, not as a rotation.
    result[:, _FINGERS:] = motion[:, BODY_WIDTH:].reshape(len(motion), -1, 3) + np.reshape(hands, (-1, 3))
    return result
