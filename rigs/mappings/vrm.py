"""VRM characters of both versions: which bone is which stands in the file, whatever their names."""

from __future__ import annotations

from typing import Any

from ..vrm.properties import humanoid_of
from .convention import SkeletonKind
from .spelling import FINGERS

_TRUNK = {
    "hips": "pelvis", "spine": "spine1", "chest": "spine2", "upperChest": "spine3", "neck": "neck", "head": "head",
    "jaw": "jaw",
}  # fmt: skip
_LIMBS = {
    "UpperLeg": "hip", "LowerLeg": "knee", "Foot": "ankle", "Toes": "foot", "Shoulder": "collar",
    "UpperArm": "shoulder", "LowerArm": "elbow", "Hand": "wrist", "Eye": "eye_smplhf",
    "ThumbMetacarpal": "thumb1", "ThumbProximal": "thumb2", "ThumbDistal": "thumb3",
    **{
        f"{name}{link}": f"{finger}{number}"
        for name, finger in zip(("Index", "Middle", "Ring", "Little"), FINGERS[1:], strict=True)
        for number, link in enumerate(("Proximal", "Intermediate", "Distal"), 1)
    },
}  # fmt: skip
_JOINTS = {
    **_TRUNK,
    **{f"{side}{bone}": f"{side}_{part}" for side in ("left", "right") for bone, part in _LIMBS.items()},
}


class _Vrm(SkeletonKind):
    """Bones that the file names itself."""

    def find(self, armature: Any) -> dict[str, str]:
        """Return joint -> bone."""
        return {_JOINTS[name]: bone for name, bone in humanoid_of(armature).items() if name in _JOINTS}


SKELETON = _Vrm("vrm", "VRM skeleton", {joint: (bone,) for bone, joint in _JOINTS.items()}, said=True)
