"""Keeping hands and forearms out of the body: small damped inverse kinematics, smooth in time.

Where balls along an arm are inside a capsule, shoulder, elbow and wrist turn by the damped least squares step that
takes them out (Wampler, "Manipulator inverse kinematic solutions based on vector formulations and damped least-squares
methods", 1986). What the frames ask for is then smoothed over time before it is put on: the arm starts to give way
before it would touch, and no corner comes into its path. What is still inside is asked for again.
"""

# numpy and torch type some of their functions in part only.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter1d, maximum_filter1d

from ..rotation import compose_axis_angle
from ..skeleton import JOINT_INDEX
from .capsules import SIDES, Capsules, Spheres, arm_spheres, obstacles
from .distance import carried, depths
from .kinematics import joint_frames

Doubles = npt.NDArray[np.float64]

_PASSES = 6
_STEPS = 3
_SIGMA = 0.11  # seconds over which a correction spreads
_TRUNCATE = 3.0  # standard deviations
_CLEARANCE = 0.002  # metres beyond touching that are aimed for
_GIVES = 0.003
"""Metres by which a hand presses into what it lies on before it gives way."""
_DAMPING = np.array([0.003, 0.003, 0.003, 0.003, 0.02, 0.02])  # metres^2 per radian^2
_TURNS = len(_DAMPING)
_LARGEST_STEP = 0.25  # radians
_FRONT = 0.35  # of a capsule's radius: how far behind its middle a hand still leaves to the front
_CHUNK = 400  # frames


def part_contacts(
    poses: npt.ArrayLike,
    trans: npt.ArrayLike,
    capsules: Capsules,
    fps: float,
    tick: Callable[[float], None] | None = None,
) -> Doubles:
    """Return (T, 165) poses whose hands and forearms are out of trunk, head, thighs and each other.

    Only shoulders, elbows and wrists turn, and only around frames in which something is inside something.

    Parameters
    ----------
    poses : (T, 165) array
        Axis-angle, radians.
    trans : (T, 3) array
        Pelvis translation, metres.
    fps : float
        Frames per second.
    tick : callable
        Called every few hundred frames with the finished fraction, 0..1; it may raise to end the work.
    """
    result = np.array(poses, np.float64)
    trans = np.asarray(trans, np.float64)
    # A frame that came out clean can only be entered again by its neighbours' corrections.
    watched = np.arange(len(result))
    needed = sorted(
        {*capsules.joints.tolist(), *(j for side in SIDES for j in arm_spheres(capsules, side).joints.tolist())}
    )
    spread = int(np.ceil(_TRUNCATE * _SIGMA * fps))
    for number in range(_PASSES):
        asked = {side: np.zeros((len(result), _TURNS)) for side in SIDES}
        for begin in range(0, len(watched), _CHUNK):
            if tick is not None:
                tick((number + begin / len(watched)) / _PASSES)
            rows = watched[begin : begin + _CHUNK]
            frames = joint_frames(result[rows], trans[rows], capsules.rest, needed)
            for side in SIDES:
                asked[side][rows] = _wanted(result[rows], trans[rows], capsules, side, frames)
        touched = asked["left"].any(1) | asked["right"].any(1)
        if not touched.any():
            break
        for side in SIDES:
            if asked[side].any():
                turns = gaussian_filter1d(asked[side], _SIGMA * fps, axis=0, mode="nearest", truncate=_TRUNCATE)
                _turn(result, turns, side)
        watched = np.flatnonzero(maximum_filter1d(touched.astype(np.uint8), 2 * spread + 1, mode="constant"))
    return result


def _joints(side: str) -> tuple[int, int, int, int]:
    collar, shoulder, elbow, wrist = (
        JOINT_INDEX[f"{side}_{name}"] for name in ("collar", "shoulder", "elbow", "wrist")
    )
    return collar, shoulder, elbow, wrist


def _turn(poses: Doubles, turns: Doubles, side: str) -> None:
    """Turn one arm in place by (T, 6): shoulder in the collar's frame, bend of the elbow, wrist's y and z."""
    _, shoulder, elbow, wrist = _joints(side)
    rows = np.flatnonzero(turns.any(1))
    bend, hand = np.zeros((2, len(rows), 3))
    bend[:, 1] = turns[rows, 3]
    hand[:, 1:] = turns[rows, 4:]
    for joint, turn in ((shoulder, turns[rows, :3]), (elbow, bend), (wrist, hand)):
        columns = slice(3 * joint, 3 * joint + 3)
        poses[rows, columns] = compose_axis_angle(turn, poses[rows, columns])


def _wanted(poses: Doubles, trans: Doubles, capsules: Capsules, side: str, frames: tuple[Doubles, Doubles]) -> Doubles:
    """Return (T, 6) turns that take one arm out of what it is in, zero where it is in nothing."""
    spheres, rows = arm_spheres(capsules, side), obstacles(capsules, side)
    result = np.zeros((len(poses), _TURNS))
    ends = capsules.ends[rows].reshape(-1, 3)
    lines = carried(ends, np.repeat(capsules.joints[rows], 2), capsules.rest, frames)
    lines = lines.reshape(len(poses), len(rows), 2, 3)
    # An arm's own side of two arms that touch: either gives way by half.
    parts = [capsules.parts[row] for row in cast("list[int]", rows.tolist())]
    mutual = np.array([part.startswith(SIDES[1 - SIDES.index(side)]) for part in parts])
    mutual &= np.array([not part.endswith("thigh") for part in parts])
    fronted = np.array([part in ("torso", "neck", "head") for part in parts])
    front = frames[0][:, capsules.joints[rows]][..., 2] * (_FRONT * fronted)[:, None]
    # Only the arm's own chain moves while it is solved.
    wrist = _joints(side)[3]
    chain = sorted({wrist, *spheres.joints.tolist()})
    active = np.arange(len(poses))
    moved = poses.copy()
    for step in range(_STEPS):
        if step:
            frames = joint_frames(moved[active], trans[active], capsules.rest, chain)
        centres = carried(spheres.centres, spheres.joints, capsules.rest, frames)
        depth, share = depths(centres, spheres.radii, lines[active], capsules.radii[rows])
        if step == 0:
            # Hands that lie on something are not kept off it.
            hit = np.nonzero((depth > 0) & (depth.max((1, 2), keepdims=True) > _GIVES))
        else:
            hit = np.nonzero(depth > -0.5 * _CLEARANCE)
        if not len(hit[0]):
            break
        frame, ball, row = hit
        line = lines[active[frame], row]
        part = share[hit][:, None].astype(np.float64)
        width = capsules.radii[rows][row]
        width = width[:, 0] + part[:, 0] * (width[:, 1] - width[:, 0])
        out = centres[frame, ball] - line[:, 0] - part * (line[:, 1] - line[:, 0])
        out += width[:, None] * front[active[frame], row]
        out /= np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-9)
        way = (depth[hit] + _CLEARANCE) * np.where(mutual[row], 0.5, 1.0)
        turns = _steps(frame, ball, out, way, centres, frames, spheres, side, len(active))
        compact = np.zeros((len(poses), _TURNS))
        compact[active] = turns
        _turn(moved, compact, side)
        active = active[np.unique(frame)]
    _, shoulder, elbow, wrist = _joints(side)
    for joint, columns, axes in ((shoulder, slice(0, 3), slice(3)), (elbow, 3, 1), (wrist, slice(4, 6), slice(1, 3))):
        place = slice(3 * joint, 3 * joint + 3)
        result[:, columns] = compose_axis_angle(moved[:, place], -poses[:, place])[:, axes]
    result[np.abs(result).max(1) < 1e-9] = 0
    return result


def _steps(
    frame: npt.NDArray[np.intp],
    ball: npt.NDArray[np.intp],
    out: Doubles,
    way: Doubles,
    centres: Doubles,
    frames: tuple[Doubles, Doubles],
    spheres: Spheres,
    side: str,
    count: int,
) -> Doubles:
    """Return (count, 6) damped least squares steps for contacts sorted by frame."""
    collar, shoulder, elbow, wrist = _joints(side)
    rotations, positions = frames
    place = centres[frame, ball]

    def lever(joint: int, base: int) -> Doubles:
        torque = cast("Doubles", np.cross(place - positions[frame, joint], out))
        return np.einsum("cji,cj->ci", rotations[frame, base], torque)

    jacobian = np.concatenate(
        [
            lever(shoulder, collar),
            lever(elbow, shoulder)[:, 1:2],
            lever(wrist, elbow)[:, 1:] * spheres.is_hand[ball][:, None],
        ],
        1,
    )
    starts = np.flatnonzero(np.diff(frame, prepend=-1))
    square = np.add.reduceat(jacobian[:, :, None] * jacobian[:, None], starts, 0)
    square += np.diag(_DAMPING)
    wanted = np.add.reduceat(jacobian * way[:, None], starts, 0)
    turns = cast("Doubles", np.linalg.solve(square, wanted[:, :, None])[:, :, 0])
    turns *= np.minimum(1, _LARGEST_STEP / np.maximum(np.linalg.norm(turns, axis=1, keepdims=True), 1e-12))
    result = np.zeros((count, _TURNS))
    result[frame[starts]] = turns
    return result
