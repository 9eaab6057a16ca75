"""Rigify's metarigs, and what is exported of its rigs: deforming bones alone."""

from __future__ import annotations

from .named_skeleton import named_skeleton
from .spelling import fingers, numbered

_LIMBS = {
    "hip": "thigh", "knee": "shin", "ankle": "foot", "foot": "toe",
    "collar": "shoulder", "shoulder": "upperarm", "elbow": "forearm", "wrist": "hand", "eye_smplhf": "eye",
    "thumb1": "thumb01", "thumb2": "thumb02", "thumb3": "thumb03",
    **{part: names for part, names in fingers("f{finger}{number}", numbers="01 02 03").items() if "thumb" not in part},
}  # fmt: skip

SKELETON = named_skeleton(
    "rigify_metarig", "Rigify skeleton",
    {"pelvis": "spine", "neck": "spine004 neck", "head": "spine006 spine005 head", "jaw": "jaw jawmaster"},
    _LIMBS, spine=("spine001 | spine002 | spine003",), spelling=numbered,
    mark=r"^(DEF-)?(spine\.?001|f_index)", unmarked="^(MCH-|upper_arm_fk|spine_fk)",
)  # fmt: skip
