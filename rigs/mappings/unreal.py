"""Unreal's mannequins: ``spine_01``, ``upperarm_l``; the newer one has five spine bones, two in the neck, and palms."""

from __future__ import annotations

import dataclasses

from .named_skeleton import named_skeleton
from .spelling import fingers

TRUNK = {"pelvis": "pelvis", "neck": "neck01", "head": "head", "jaw": "jaw"}
LIMBS = {
    "hip": "thigh", "knee": "calf", "ankle": "foot", "foot": "ball",
    "collar": "clavicle", "shoulder": "upperarm", "elbow": "lowerarm", "wrist": "hand", "eye_smplhf": "eye",
    **fingers("{finger}{number}", numbers="01 02 03"),
}  # fmt: skip
SPINE = (
    "spine01 | spine02 | spine03",
    "spine01 | spine02 spine03 | spine04 spine05",
    "spine01 | spine02 | spine03 spine04",
)

SKELETON = dataclasses.replace(
    named_skeleton("unreal", "Unreal skeleton", TRUNK, LIMBS, spine=SPINE, unmarked="^FACIAL_"),
    with_face={"metahuman": "metahuman"},
)
