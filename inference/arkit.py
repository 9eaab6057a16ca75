"""The 52 ARKit face coefficients in Apple's order, and the regions an artist can animate and key apart."""

from __future__ import annotations

from .skeleton import FINGER_JOINTS, JOINT_NAMES

ARKIT_NAMES: tuple[str, ...] = (
    "eyeBlinkLeft", "eyeLookDownLeft", "eyeLookInLeft", "eyeLookOutLeft", "eyeLookUpLeft", "eyeSquintLeft",
    "eyeWideLeft", "eyeBlinkRight", "eyeLookDownRight", "eyeLookInRight", "eyeLookOutRight", "eyeLookUpRight",
    "eyeSquintRight", "eyeWideRight", "jawForward", "jawLeft", "jawRight", "jawOpen", "mouthClose", "mouthFunnel",
    "mouthPucker", "mouthLeft", "mouthRight", "mouthSmileLeft", "mouthSmileRight", "mouthFrownLeft",
    "mouthFrownRight", "mouthDimpleLeft", "mouthDimpleRight", "mouthStretchLeft", "mouthStretchRight",
    "mouthRollLower", "mouthRollUpper", "mouthShrugLower", "mouthShrugUpper", "mouthPressLeft", "mouthPressRight",
    "mouthLowerDownLeft", "mouthLowerDownRight", "mouthUpperUpLeft", "mouthUpperUpRight", "browDownLeft",
    "browDownRight", "browInnerUp", "browOuterUpLeft", "browOuterUpRight", "cheekPuff", "cheekSquintLeft",
    "cheekSquintRight", "noseSneerLeft", "noseSneerRight", "tongueOut",
)  # fmt: skip
"""Coefficient names, 0..1 each."""

ARKIT_INDEX: dict[str, int] = {name: index for index, name in enumerate(ARKIT_NAMES)}
"""Coefficient name -> column."""

REGIONS: tuple[str, ...] = ("lips", "upper_face", "eyes", "head", "body", "hands")
"""Regions that are switched, baked and keyed apart."""


def region_of_coefficient(name: str) -> str:
    """Return the region an ARKit coefficient belongs to: ``"lips"``, ``"upper_face"`` or ``"eyes"``."""
    if name.startswith("eye"):
        return "eyes"
    if name.startswith(("jaw", "mouth", "tongue")) or name == "cheekPuff":
        return "lips"
    return "upper_face"


def region_of_joint(name: str) -> str:
    """Return the region a SMPL-X joint belongs to; the pelvis translation goes with ``"body"``."""
    if name == "jaw":
        return "lips"
    if "eye" in name:
        return "eyes"
    if name in ("neck", "head"):
        return "head"
    return "hands" if name in FINGER_JOINTS else "body"


REGION_COEFFICIENTS: dict[str, tuple[str, ...]] = {
    region: tuple(name for name in ARKIT_NAMES if region_of_coefficient(name) == region) for region in REGIONS
}
"""Region -> its ARKit coefficients (empty for head, body, hands)."""

REGION_JOINTS: dict[str, tuple[str, ...]] = {
    region: tuple(name for name in JOINT_NAMES if region_of_joint(name) == region) for region in REGIONS
}
"""Region -> its SMPL-X joints."""
