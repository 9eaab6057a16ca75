"""Source engine characters: ``ValveBiped.Bip01_L_UpperArm``; spine bones 0, 1, 2 and 4."""

from __future__ import annotations

from .biped import FINGER_LINKS
from .named_skeleton import named_skeleton

_LIMBS = {
    "hip": "thigh", "knee": "calf", "ankle": "foot", "foot": "toe0",
    "collar": "clavicle", "shoulder": "upperarm", "elbow": "forearm", "wrist": "hand", **FINGER_LINKS,
}  # fmt: skip

SKELETON = named_skeleton(
    "valve", "ValveBiped skeleton", {"pelvis": "pelvis", "neck": "neck1 neck", "head": "head1 head"}, _LIMBS,
    spine=("spine | spine1 spine2 | spine4", "spine | spine1 | spine2"), mark="(?i)valvebiped",
)  # fmt: skip
