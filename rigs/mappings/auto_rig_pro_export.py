"""What Auto-Rig Pro exports: its deforming bones, ``arm_stretch.l``."""

from __future__ import annotations

from .named_skeleton import named_skeleton
from .spelling import fingers

_LIMBS = {
    "hip": "thighstretch thightwist", "knee": "legstretch", "ankle": "foot", "foot": "toes01 toes",
    "collar": "shoulder", "shoulder": "armstretch armtwist", "elbow": "forearmstretch", "wrist": "hand",
    "eye_smplhf": "eye", **fingers("{finger}{number}"),
}  # fmt: skip

SKELETON = named_skeleton(
    "auto_rig_pro_export", "Auto-Rig Pro skeleton",
    {"pelvis": "root", "neck": "neck", "head": "head", "jaw": "jawbone"}, _LIMBS,
    spine=("spine01 | spine02 | spine03", "spine01 | spine02 spine03 | spine04 spine05"),
    mark="^arm_stretch", unmarked="^c_arm_fk",
)  # fmt: skip
