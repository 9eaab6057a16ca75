"""Ready Player Me and its like: Mixamo's names without prefix, with bones for the eyes or an end of the head."""

from __future__ import annotations

from .mixamo import LIMBS, SPINE, TRUNK
from .named_skeleton import named_skeleton

SKELETON = named_skeleton(
    "rpm", "Ready Player Me skeleton", TRUNK, LIMBS, spine=SPINE,
    mark=r"^(LeftEye|HeadTop_End)(_Armature|\.\d+)?$", unmarked="(?i)mixamorig|UpperArm|UpperLeg",
)  # fmt: skip
