"""How arms are carried: how far the elbows stand off, where the hands are, how wrists and fingers are held.

Every quantity is of one arm at one frame, so that clips of any length can be pooled; quartiles over frames say how
talkers carry their arms, and how a performance does.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from ...inference.plausibility.kinematics import joint_frames
from ...inference.skeleton import JOINT_INDEX

Doubles = npt.NDArray[np.float64]
BENT = 60.0
"""Degrees of the elbow from which on a forearm counts as raised."""
_FINGERS = ("index", "middle", "ring", "pinky")


@dataclass(frozen=True, eq=False)
class Carriage:
    """(T, 2) figures of the left and the right arm."""

    off_trunk: Doubles
    """Degrees by which the upper arm points away from the trunk sideways, out of the chest's sagittal plane."""
    forward: Doubles
    """Degrees by which it points forward of the chest's downward axis."""
    bend: Doubles
    """Degrees of the elbow, 0 straight."""
    height: Doubles
    """Of the wrist: 0 at the hip joints, 1 at the shoulders."""
    outside: Doubles
    """Widths of the shoulders by which the wrist is further out than its shoulder."""
    sag: Doubles
    """Degrees by which the wrist bends towards the palm; negative is back."""
    curl: Doubles
    """Degrees that the joints of the four fingers bend in the mean."""
    spread: Doubles
    """Degrees between the first joints of index and little finger, seen on the palm."""


NAMES = tuple(item.name for item in fields(Carriage))


def carriage(poses: npt.ArrayLike, joints: npt.ArrayLike) -> Carriage:
    """Measure how arms are carried.

    Parameters
    ----------
    poses : (T, 165) array
        Axis-angle, radians.
    joints : (55, 3) array
        Rest joints of the skeleton that they are of, metres.
    """
    turns = np.asarray(poses, np.float64).reshape(-1, 55, 3)
    rest = np.asarray(joints, np.float64)
    wanted = [JOINT_INDEX[f"{side}_wrist"] for side in ("left", "right")]
    wanted += [JOINT_INDEX["left_hip"], JOINT_INDEX["right_hip"]]
    frames, places = joint_frames(turns, np.zeros((len(turns), 3)), rest, wanted)
    chest, pelvis = frames[:, JOINT_INDEX["spine3"]], frames[:, 0]
    shoulders = places[:, [JOINT_INDEX["left_shoulder"], JOINT_INDEX["right_shoulder"]]]
    hips = places[:, [JOINT_INDEX["left_hip"], JOINT_INDEX["right_hip"]]].mean(1)
    width = np.linalg.norm(shoulders[:, 0] - shoulders[:, 1], axis=-1)
    tall = _along(pelvis, shoulders.mean(1) - hips)[:, 1]
    found: dict[str, list[Doubles]] = {name: [] for name in NAMES}
    for number, side in enumerate(("left", "right")):
        sign = 1.0 if side == "left" else -1.0
        shoulder, elbow, wrist = (places[:, JOINT_INDEX[f"{side}_{name}"]] for name in ("shoulder", "elbow", "wrist"))
        upper = _along(chest, _unit(elbow - shoulder))
        found["off_trunk"].append(np.degrees(np.arcsin(np.clip(sign * upper[:, 0], -1, 1))))
        found["forward"].append(np.degrees(np.arctan2(upper[:, 2], -upper[:, 1])))
        cosine = (_unit(elbow - shoulder) * _unit(wrist - elbow)).sum(-1)
        found["bend"].append(np.degrees(np.arccos(np.clip(cosine, -1, 1))))
        found["height"].append(_along(pelvis, wrist - hips)[:, 1] / tall)
        beyond = sign * _along(chest, wrist - shoulders[:, number])[:, 0]
        found["outside"].append(beyond / width)
        found["sag"].append(np.degrees(-sign * turns[:, JOINT_INDEX[f"{side}_wrist"], 2]))
        bends = [turns[:, JOINT_INDEX[f"{side}_{finger}{joint}"], 2] for finger in _FINGERS for joint in (1, 2, 3)]
        found["curl"].append(np.degrees(-sign * np.mean(bends, axis=0)))
        first, last = (turns[:, JOINT_INDEX[f"{side}_{finger}1"], 1] for finger in ("index", "pinky"))
        found["spread"].append(np.degrees(sign * (first - last)))
    return Carriage(**{name: np.stack(values, 1) for name, values in found.items()})


def _unit(vectors: Doubles) -> Doubles:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9)


def _along(frames: Doubles, vectors: Doubles) -> Doubles:
    """Return (T, 3) vectors in (T, 3, 3) frames."""
    return np.einsum("tji,tj->ti", frames, vectors)
