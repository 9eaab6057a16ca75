"""How deep balls are inside capsules, all against all over all frames."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]
Floats = npt.NDArray[np.float32]


def carried(points: Doubles, joints: npt.NDArray[np.intp], rest: Doubles, frames: tuple[Doubles, Doubles]) -> Doubles:
    """Return where (n, 3) rest points that hang on (n,) joints are: (T, n, 3); ``frames`` are ``joint_frames``'s."""
    rotations, positions = frames
    return (rotations[:, joints] @ (points - rest[joints])[:, :, None])[..., 0] + positions[:, joints]


def depths(centres: Doubles, radii: Doubles, lines: Doubles, widths: Doubles) -> tuple[Floats, Floats]:
    """Return how deep balls are inside capsules, all against all.

    Parameters
    ----------
    centres : (T, M, 3) array
        Balls.
    radii : (M,) array
        Theirs.
    lines : (T, N, 2, 3) array
        Both ends of the capsules.
    widths : (N, 2) array
        Their radii.

    Returns
    -------
    depth : (T, M, N) array
        Metres, negative outside.
    share : (T, M, N) array
        Where along the capsule its nearest point is, 0..1.
    """
    # Single precision is good to some micrometres here, at half the memory traffic.
    balls, width, start = centres.astype(np.float32), widths.astype(np.float32), lines[:, :, 0].astype(np.float32)
    bone = (lines[:, :, 1] - lines[:, :, 0]).astype(np.float32)
    length = np.maximum((bone * bone).sum(-1), np.float32(1e-12))[:, None]
    along = balls @ bone.swapaxes(1, 2) - (start * bone).sum(-1)[:, None]
    share = np.clip(along / length, 0, 1)
    square = (balls * balls).sum(-1)[:, :, None] - 2 * balls @ start.swapaxes(1, 2)
    square += (start * start).sum(-1)[:, None]
    square += share * (share * length - 2 * along)
    reach = width[:, 0] + radii.astype(np.float32)[:, None] + share * (width[:, 1] - width[:, 0])
    return reach - np.sqrt(np.maximum(square, np.float32(0))), share
