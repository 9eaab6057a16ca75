"""Where each SMPL-X joint sits on the source rig, and which bones' weights it takes over."""

from __future__ import annotations

import numpy as np

from ...inference.easing import eased
from ...inference.skeleton import JOINT_INDEX, JOINT_NAMES
from .makehuman import Floats, SourceRig

_FINGERS = {"1": "thumb", "2": "index", "3": "middle", "4": "ring", "5": "pinky"}
_SIDES = {"L": "left", "R": "right"}
_LIMBS = {
    "upperleg": "hip", "lowerleg": "knee", "foot": "ankle", "toe": "foot", "clavicle": "collar",
    "shoulder": "collar", "upperarm": "shoulder", "lowerarm": "elbow", "wrist": "wrist", "metacarpal": "wrist",
    "eye": "eye_smplhf",
}  # fmt: skip
_TORSO = ("root", "pelvis", "spine", "breast")
_LOWER_LIP = ("oris01", "oris02", "oris06", "oris07")

_HEADS = {"neck": "neck01", "head": "head", "jaw": "jaw"}
for _letter, _side in _SIDES.items():
    for _joint, _bone in (
        ("hip", "upperleg01"), ("knee", "lowerleg01"), ("ankle", "foot"), ("foot", "toe3-1"), ("collar", "clavicle"),
        ("shoulder", "upperarm01"), ("elbow", "lowerarm01"), ("wrist", "wrist"), ("eye_smplhf", "eye"),
    ):  # fmt: skip
        _HEADS[f"{_side}_{_joint}"] = f"{_bone}.{_letter}"
    for _digit, _finger in _FINGERS.items():
        for _segment in "123":
            _HEADS[f"{_side}_{_finger}{_segment}"] = f"finger{_digit}-{_segment}.{_letter}"

PELVIS_ABOVE_HIPS = 0.09
"""Metres; SMPL-X has its pelvis joint this far above the hip joints on an adult of average height."""
SPINE_FRACTIONS = {"spine1": 0.25, "spine2": 0.52, "spine3": 0.65}
"""Height of the spine joints between pelvis and neck."""
_COLUMN = ("spine05", "spine04", "spine03", "spine02", "spine01", "neck01")


def joint_of_bone(bone: str) -> str:
    """Return the SMPL-X joint that moves what a source bone moved; ``"torso"`` is split by height later."""
    stem, _, letter = bone.partition(".")
    side = _SIDES.get(letter)
    if stem.startswith(_TORSO):
        return "torso"
    if stem.startswith("neck"):
        return "neck"
    if stem.startswith("finger"):
        digit, segment = stem[6:].split("-")
        return f"{side}_{_FINGERS[digit]}{segment}"
    for prefix, joint in _LIMBS.items():
        if stem.startswith(prefix) and side:
            return f"{side}_{joint}"
    if stem in ("jaw", "special04") or stem.startswith("tongue") or stem in _LOWER_LIP:
        return "jaw"
    return "head"


def place_joints(heads: dict[str, Floats]) -> Floats:
    """Return the (55, 3) joints from the bone heads of a posed source rig.

    Parameters
    ----------
    heads : dict
        Bone -> (3,) head, metres.
    """
    joints = np.zeros((len(JOINT_NAMES), 3))
    for joint, bone in _HEADS.items():
        joints[JOINT_INDEX[joint]] = heads[bone]
    hips = (joints[JOINT_INDEX["left_hip"]] + joints[JOINT_INDEX["right_hip"]]) / 2
    column = np.array([heads[bone] for bone in _COLUMN])
    # Proportional to the torso, so that tall and short people bend at the same anatomical place.
    bottom = hips[1] + PELVIS_ABOVE_HIPS * (column[-1, 1] - hips[1]) / 0.53
    for joint, fraction in {"pelvis": 0.0, **SPINE_FRACTIONS}.items():
        height = bottom + fraction * (column[-1, 1] - bottom)
        depth = np.interp(height, column[:, 1], column[:, 2])
        joints[JOINT_INDEX[joint]] = (0.0, height, depth)
    return joints


def joint_weights(rig: SourceRig, vertices: Floats, joints: Floats) -> Floats:
    """Return (V, 55) weights taken over from the source rig, the torso split smoothly by height.

    Parameters
    ----------
    rig : SourceRig
        Gives the bone weights.
    vertices : (V, 3) array
        Template in the T-pose, metres.
    joints : (55, 3) array
        Its joints.
    """
    weights = np.zeros((len(vertices), len(JOINT_NAMES)))
    torso = np.zeros(len(vertices))
    for column, bone in enumerate(rig.bones):
        joint = joint_of_bone(bone)
        if joint == "torso":
            torso += rig.weights[:, column]
        else:
            weights[:, JOINT_INDEX[joint]] += rig.weights[:, column]
    above = torso
    levels = ("spine1", "spine2", "spine3")
    below = "pelvis"
    for joint in levels:
        height = joints[JOINT_INDEX[joint], 1]
        reach = 0.055 if joint != "spine3" else 0.04
        share = eased(vertices[:, 1], height - reach, height + reach)
        weights[:, JOINT_INDEX[below]] += above * (1 - share)
        above = above * share
        below = joint
    weights[:, JOINT_INDEX[below]] += above
    return weights / weights.sum(1, keepdims=True)


def limit_influences(weights: Floats, count: int = 4) -> Floats:
    """Return weights (V, 55) with at most ``count`` non-zero a row, summing to one."""
    smallest = np.argsort(-weights, 1)[:, count:]
    result = weights.copy()
    np.put_along_axis(result, smallest, 0, 1)
    return result / result.sum(1, keepdims=True)
