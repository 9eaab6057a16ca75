"""The humanoid bones of VRM 1.0, by the SMPL-X joints that they are."""

from __future__ import annotations

_TRUNK = {
    "pelvis": "hips", "spine1": "spine", "spine2": "chest", "spine3": "upperChest", "neck": "neck", "head": "head",
    "jaw": "jaw", "left_eye_smplhf": "leftEye", "right_eye_smplhf": "rightEye",
}  # fmt: skip
_LIMBS = {
    "hip": "UpperLeg", "knee": "LowerLeg", "ankle": "Foot", "foot": "Toes", "collar": "Shoulder",
    "shoulder": "UpperArm", "elbow": "LowerArm", "wrist": "Hand",
    **{f"thumb{n}": f"Thumb{part}" for n, part in enumerate(("Metacarpal", "Proximal", "Distal"), 1)},
    **{
        f"{joint}{n}": f"{finger}{part}"
        for joint, finger in (("index", "Index"), ("middle", "Middle"), ("ring", "Ring"), ("pinky", "Little"))
        for n, part in enumerate(("Proximal", "Intermediate", "Distal"), 1)
    },
}  # fmt: skip
HUMANOID_BONES: dict[str, str] = {
    **_TRUNK,
    **{f"{side}_{joint}": f"{side}{bone}" for side in ("left", "right") for joint, bone in _LIMBS.items()},
}
"""SMPL-X joint -> humanoid bone."""
NEEDED_BONES: tuple[str, ...] = (
    "hips", "spine", "head",
    *(f"{side}{b}" for side in ("left", "right")
      for b in ("UpperLeg", "LowerLeg", "Foot", "UpperArm", "LowerArm", "Hand")),
)  # fmt: skip
"""Humanoid bones that every VRM character has."""
