"""Unity's humanoid names, as many engines and VRM samples have them: ``LeftUpperArm``, ``Left Index Proximal``."""

from __future__ import annotations

from .named_skeleton import named_skeleton
from .spelling import fingers

_LIMBS = {
    "hip": "upperleg", "knee": "lowerleg", "ankle": "foot", "foot": "toes toe toebase",
    "collar": "shoulder", "shoulder": "upperarm", "elbow": "lowerarm", "wrist": "hand", "eye_smplhf": "eye",
    **fingers("{finger}{number}", names="thumb index middle ring little", numbers="proximal intermediate distal"),
}  # fmt: skip
# VRM 1 and Godot number a thumb from within the palm.
_LIMBS.update(thumb1="thumbmetacarpal thumbproximal", thumb2="thumbintermediate thumbproximal")

SKELETON = named_skeleton(
    "unity", "Unity humanoid", {"pelvis": "hips", "neck": "neck", "head": "head", "jaw": "jaw"}, _LIMBS,
    spine=("spine | chest | upperchest", "spine | chest"), everyday=1, mark="(?i)left|right", unmarked="^J_Bip_",
)  # fmt: skip
