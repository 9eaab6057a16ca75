"""3ds Max's Biped, Rocketbox among it: ``Bip01 L UpperArm``, ``Bip001 L Finger01``."""

from __future__ import annotations

from .named_skeleton import named_skeleton

FINGER_LINKS = {
    f"{finger}{link}": f"finger{number}{'' if link == 1 else link - 1}"
    for number, finger in enumerate(("thumb", "index", "middle", "ring", "pinky"))
    for link in (1, 2, 3)
}
"""Numbered from the thumb on; the first link has no number of its own."""
_LIMBS = {
    "hip": "thigh", "knee": "calf", "ankle": "foot", "foot": "toe0",
    "collar": "clavicle", "shoulder": "upperarm", "elbow": "forearm", "wrist": "hand", "eye_smplhf": "eye",
    **FINGER_LINKS,
}  # fmt: skip

SKELETON = named_skeleton(
    "biped", "Biped skeleton", {"pelvis": "pelvis", "neck": "neck", "head": "head", "jaw": "mjaw jaw"}, _LIMBS,
    spine=("spine | spine1 | spine2", "spine | spine1 | spine2 spine3", "spine | spine1 spine2 | spine3 spine4"),
    mark=r"(?i)^bip\d+", unmarked="(?i)valvebiped",
)  # fmt: skip
