"""MakeHuman's and MPFB's default rig: five spine bones, three of the neck, limbs of two halves, metacarpals."""

from __future__ import annotations

from .named_skeleton import named_skeleton
from .spelling import FINGERS

_LIMBS = {
    "hip": "upperleg01", "knee": "lowerleg01", "ankle": "foot",
    "collar": "clavicle", "shoulder": "upperarm01", "elbow": "lowerarm01", "wrist": "wrist", "eye_smplhf": "eye",
    **{f"{finger}{link}": f"finger{number}{link}" for number, finger in enumerate(FINGERS, 1) for link in (1, 2, 3)},
}  # fmt: skip

SKELETON = named_skeleton(
    "makehuman", "MakeHuman skeleton", {"pelvis": "root", "neck": "neck01", "head": "head", "jaw": "jaw"}, _LIMBS,
    spine=("spine05 spine04 | spine03 spine02 | spine01",), mark="^upperarm01",
)  # fmt: skip
