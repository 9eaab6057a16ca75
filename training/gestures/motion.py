"""A recorded clip made ready for the library: the upper body, repaired, with the paths of its wrists."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter1d

from ...inference.body.upper_body import UPPER_BODY, UPPER_BODY_INDEX
from ...inference.rotation import (
    axis_angle_to_matrix,
    axis_angle_to_quaternion,
    continuous_quaternions,
    quaternion_multiply,
    quaternion_to_axis_angle,
    slerp,
)
from ...inference.skeleton import JOINT_INDEX, PARENTS

Doubles = npt.NDArray[np.float64]
_SPINE = 3
_FINGER_LAG = 2  # frames


def upper_body_motion(poses: npt.ArrayLike, *, still_left_fingers: bool = False) -> Doubles:
    """Return (T, 41, 4) continuous unit quaternions of the joints that gesture.

    The spine is relative to the clip's own resting trunk, a straight line from the first frame's to the last one's, so
    that it starts and ends at no turn at all.

    Parameters
    ----------
    poses : (T, 55, 3) array
        Axis-angle.
    still_left_fingers : bool
        The source recorded only the right fingers: the left ones follow them, mirrored and a little later.
    """
    quaternions = axis_angle_to_quaternion(np.asarray(poses, np.float64)[:, UPPER_BODY_INDEX])
    quaternions = continuous_quaternions(quaternions)
    if still_left_fingers:
        left = [UPPER_BODY.index(name) for name in UPPER_BODY if _is_finger(name, "left")]
        right = [UPPER_BODY.index(name) for name in UPPER_BODY if _is_finger(name, "right")]
        later = np.concatenate([quaternions[:1, right].repeat(_FINGER_LAG, 0), quaternions[:-_FINGER_LAG, right]])
        quaternions[:, left] = later * [1.0, 1.0, -1.0, -1.0]
    part = np.linspace(0.0, 1.0, len(quaternions))[:, None]
    resting = slerp(quaternions[:1, :_SPINE], quaternions[-1:, :_SPINE], part)
    quaternions[:, :_SPINE] = quaternion_multiply(resting * [1.0, -1.0, -1.0, -1.0], quaternions[:, :_SPINE])
    return continuous_quaternions(quaternions)


def _is_finger(name: str, side: str) -> bool:
    return name.startswith(side) and name[-1].isdigit()


def smooth_motion(quaternions: Doubles, frames: float) -> Doubles:
    """Return the motion without the sensor's tremor: a Gaussian of so many frames over the components."""
    smooth = gaussian_filter1d(quaternions, frames, axis=0, mode="nearest")
    return smooth / np.linalg.norm(smooth, axis=-1, keepdims=True)


def arm_paths(quaternions: Doubles, joints: npt.ArrayLike, name: str = "wrist") -> Doubles:
    """Return (T, 2, 3) positions of one joint of the left and right arm, metres from an upright pelvis.

    Parameters
    ----------
    quaternions : (T, 41, 4) array
    joints : (55, 3) array
        Rest positions of the character.
    name : str
        wrist, elbow or shoulder.
    """
    joints = np.asarray(joints, np.float64)
    turns = axis_angle_to_matrix(quaternion_to_axis_angle(quaternions))
    places = np.empty((len(turns), 2, 3))
    for side, title in enumerate(("left", "right")):
        chain = []
        joint = JOINT_INDEX[f"{title}_{name}"]
        while joint > 0:
            chain.append(joint)
            joint = PARENTS[joint]
        turn = np.broadcast_to(np.eye(3), (len(turns), 3, 3))
        place = np.zeros((len(turns), 3))
        for joint in reversed(chain):
            place = place + turn @ (joints[joint] - joints[PARENTS[joint]])
            turn = turn @ turns[:, UPPER_BODY_INDEX.index(joint)]
        places[:, side] = place
    return places
