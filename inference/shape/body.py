"""Head, trunk, arms and fingers of a finished performance: larger or smaller, opened, smoothed, and still plausible.

Every joint turns away from the posture it comes back to (:mod:`.held`) as far as it is asked to. Pelvis and legs stay
as performed, so feet do not slide. Hands that lay on hips or thighs, or in each other, are put back there by bending
and swinging the arm; an arm that would get deeper into the body than it was goes back to how it was performed.
"""

# numpy and torch type some of their functions in part only.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

from ..body.upper_body import ARMS, SPINE
from ..character import Character
from ..limb_reach import reach
from ..plausibility.capsules import SIDES
from ..plausibility.kinematics import joint_frames
from ..plausibility.limits import limit_joints
from ..rotation import (
    axis_angle_to_quaternion,
    matrix_to_axis_angle,
    matrix_to_quaternion,
    quaternion_multiply,
    quaternion_to_axis_angle,
    quaternion_to_matrix,
    slerp,
)
from ..skeleton import FINGER_JOINTS, JOINT_INDEX
from ..time_filters import smooth
from .held import held_turns, turns_of
from .settings import Reshape
from .touches import Touches, deeper

Doubles = npt.NDArray[np.float64]

HEAD = ("neck", "head")
_NAMES = (*SPINE, *HEAD, *ARMS, *FINGER_JOINTS)
_INDEX = [JOINT_INDEX[name] for name in _NAMES]
_FARTHEST = 2.5
"""Radians from the held posture to which a joint is enlarged."""
_OPENED = np.radians([14.0, 16.0])
"""Radians about Y and Z by which an arm is turned aside at an openness of 1."""
_CALM = 0.003
"""Weight of a raised hand in the posture that arms come back to."""
_MISSED = 1e-4
"""Metres, and turn, by which a hand is beside what it lay on before it is put back."""
_PARTS = ("collar", "shoulder", "elbow", "wrist")


def shape_body(
    poses: Doubles, trans: Doubles, fps: float, settings: Reshape, sigma: float, touches: Touches, character: Character
) -> Doubles:
    """Return (T, 165) poses as the settings ask for; joints that they do not concern come back as they were.

    Parameters
    ----------
    poses : (T, 165) array
        As performed, axis-angle.
    trans : (T, 3) array
        Metres.
    sigma : float
        Standard deviation in frames of the smoothing.
    touches : Touches
        Of these poses.
    """
    sizes = _sizes(settings)
    result = poses.copy()
    chosen = [row for row in range(len(_NAMES)) if sigma > 0 or sizes[row] != 1]
    if chosen:
        indices = [_INDEX[row] for row in chosen]
        turns = turns_of(poses, indices)
        if sigma > 0:
            turns = _unit(smooth(turns.reshape(len(turns), -1), sigma).reshape(turns.shape))
        scaled = [row for row, index in enumerate(chosen) if sizes[index] != 1]
        if scaled:
            part = turns[:, scaled]
            held = held_turns(part, fps, _weights([_NAMES[chosen[row]] for row in scaled], touches))
            away = 2 * np.arccos(np.clip(np.abs((held * part).sum(-1)), 0, 1))
            farthest = np.maximum(away, _FARTHEST) / np.maximum(away, 1e-9)
            turns[:, scaled] = slerp(held, part, np.minimum(sizes[chosen][scaled], farthest))
        result.reshape(len(result), -1, 3)[:, indices] = quaternion_to_axis_angle(turns)
    if settings.openness:
        _open(result, settings.openness, touches)
    changed = (result != poses).any(0)
    if changed[_TRUNK_AND_ARMS].any():
        # Hands that gesture less need not meet in the air any more.
        met = touches.together * (1 - (1 - min(settings.gestures, 1.0)) * touches.raised.max(1))
        touches = dataclasses.replace(touches, together=met)
        _hold_hands(result, poses, trans, touches, np.asarray(character.joints, np.float64))
    if (sizes > 1).any() or settings.openness:
        within = limit_joints(result)
        result[:, changed] = within[:, changed]
    if changed[_TRUNK_AND_ARMS].any() or changed[_columns(*FINGER_JOINTS)].any():
        _clear(result, poses, trans, fps, touches, character)
    return result


def _sizes(settings: Reshape) -> Doubles:
    """Return (43,) how many times as far from what is held every joint turns.

    A larger gesture comes from shoulders: elbows and wrists neither bend nor twist beyond what was performed.
    """
    found = np.ones(len(_NAMES))
    for row, name in enumerate(_NAMES):
        if name in SPINE:
            found[row] = settings.body
        elif name in HEAD:
            found[row] = settings.head
        elif name in FINGER_JOINTS:
            found[row] = settings.fingers
        elif name.endswith(("collar", "shoulder")):
            found[row] = settings.gestures
        else:
            found[row] = min(settings.gestures, 1.0)
    return found


def _weights(names: list[str], touches: Touches) -> Doubles:
    """Return (T, J) how much every frame says about the posture that joints come back to: hands at rest say most."""
    rest = _CALM**touches.raised
    columns = {"left": rest[:, 0], "right": rest[:, 1]}
    even = np.ones(len(rest))
    return np.stack([columns.get(name.partition("_")[0], even) for name in names], 1)


def _open(poses: Doubles, openness: float, touches: Touches) -> None:
    """Turn raised arms that touch nothing away from the body, in place."""
    free = 1 - touches.together
    for number, side in enumerate(SIDES):
        sign = 1.0 if side == "left" else -1.0
        amount = openness * touches.raised[:, number] * free * (1 - touches.hips[:, number])
        turn = np.zeros((len(poses), 3))
        turn[:, 1:] = sign * amount[:, None] * _OPENED
        columns = _columns(f"{side}_shoulder")
        turned = quaternion_multiply(axis_angle_to_quaternion(turn), axis_angle_to_quaternion(poses[:, columns]))
        poses[:, columns] = quaternion_to_axis_angle(turned)


def _hold_hands(poses: Doubles, before: Doubles, trans: Doubles, touches: Touches, rest: Doubles) -> None:
    """Put hands back on what they lay on: hips and thighs, which stay, and each other; in place."""
    held = np.maximum(touches.hips.max(1), touches.together)
    rows = np.flatnonzero(held > 0.01)
    if not len(rows):
        return
    wrists = [JOINT_INDEX[f"{side}_wrist"] for side in SIDES]
    was_turned, was_placed = joint_frames(before[rows], trans[rows], rest, wrists)
    turned, placed = joint_frames(poses[rows], trans[rows], rest, wrists)
    wanted: list[tuple[Doubles, Doubles]] = []
    for number in range(2):
        mine, other = wrists[number], wrists[1 - number]
        # Where the other hand would have this one, and where this one is: between them both hands meet again.
        between = np.swapaxes(was_turned[:, other], 1, 2)
        offset = np.einsum("tij,tj->ti", between, was_placed[:, mine] - was_placed[:, other])
        met = placed[:, other] + np.einsum("tij,tj->ti", turned[:, other], offset)
        share = 0.5 * touches.together[rows, None]
        place = placed[:, mine] + share * (met - placed[:, mine])
        turn = _mixed(turned[:, mine], turned[:, other] @ between @ was_turned[:, mine], share[:, 0])
        hip = touches.hips[rows, number]
        place += hip[:, None] * (was_placed[:, mine] - place)
        wanted.append((place, _mixed(turn, was_turned[:, mine], hip)))
    for wrist, side, (place, turn) in zip(wrists, SIDES, wanted, strict=True):
        off = np.linalg.norm(place - placed[:, wrist], axis=1) + np.abs(turn - turned[:, wrist]).max((1, 2))
        moved = np.flatnonzero(off > _MISSED)
        if len(moved):
            frames = turned[moved], placed[moved]
            _reach(poses, rows[moved], side, frames, place[moved], turn[moved])


def _reach(
    poses: Doubles,
    rows: npt.NDArray[np.intp],
    side: str,
    frames: tuple[Doubles, Doubles],
    place: Doubles,
    hand: Doubles,
) -> None:
    """Bend and swing one arm in some frames so that its wrist is at a place and its hand turned, in place."""
    collar, shoulder, elbow, wrist = (JOINT_INDEX[f"{side}_{part}"] for part in _PARTS)
    turned, placed = frames
    bends = turned[:, elbow] @ np.array([0.0, -1.0 if side == "left" else 1.0, 0.0])
    upper, lower = placed[:, elbow] - placed[:, shoulder], placed[:, wrist] - placed[:, elbow]
    swing, fold = (quaternion_to_matrix(turn) for turn in reach(upper, lower, place - placed[:, shoulder], bends))
    first, second = swing @ turned[:, shoulder], fold @ turned[:, elbow]
    for joint, above, now in ((shoulder, turned[:, collar], first), (elbow, first, second), (wrist, second, hand)):
        poses[rows, 3 * joint : 3 * joint + 3] = matrix_to_axis_angle(np.swapaxes(above, 1, 2) @ now)


def _clear(poses: Doubles, before: Doubles, trans: Doubles, fps: float, touches: Touches, character: Character) -> None:
    """Let arms that got into the body, with their fingers and the trunk, turn as performed again; in place."""
    share = deeper(poses, trans, fps, character, touches.depths)
    for number, side in enumerate(SIDES):
        rows = np.flatnonzero(share[:, number] > 0)
        fingers = [name for name in FINGER_JOINTS if name.startswith(side)]
        for joint in (*SPINE, *(f"{side}_{part}" for part in _PARTS), *fingers) if len(rows) else ():
            columns = slice(3 * JOINT_INDEX[joint], 3 * JOINT_INDEX[joint] + 3)
            one, other = (axis_angle_to_quaternion(array[rows, columns]) for array in (poses, before))
            poses[rows, columns] = quaternion_to_axis_angle(slerp(one, other, share[rows, number]))


def _mixed(one: Doubles, other: Doubles, share: Doubles) -> Doubles:
    """Return (n, 3, 3) rotations a share of the way from one to another."""
    return quaternion_to_matrix(slerp(matrix_to_quaternion(one), matrix_to_quaternion(other), share)).astype(np.float64)


def _unit(turns: Doubles) -> Doubles:
    return turns / np.maximum(np.linalg.norm(turns, axis=-1, keepdims=True), 1e-12)


def _columns(*joints: str) -> list[int]:
    return [3 * JOINT_INDEX[joint] + axis for joint in joints for axis in range(3)]


_TRUNK_AND_ARMS = _columns(*SPINE, *ARMS)
