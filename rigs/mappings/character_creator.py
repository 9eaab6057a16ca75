"""Character Creator and ActorCore: ``CC_Base_L_Upperarm``, ``CC_Base_NeckTwist01``."""

from __future__ import annotations

from .named_skeleton import named_skeleton
from .spelling import fingers

_LIMBS = {
    "hip": "thigh", "knee": "calf", "ankle": "foot", "foot": "toebase",
    "collar": "clavicle", "shoulder": "upperarm", "elbow": "forearm", "wrist": "hand", "eye_smplhf": "eye",
    **fingers("{finger}{number}", "finger{number}{finger}", names="thumb index mid ring pinky"),
}  # fmt: skip
_TRUNK = {"pelvis": "hip", "neck": "necktwist01", "head": "head", "jaw": "jawroot"}

SKELETON = named_skeleton(
    "cc4", "Character Creator skeleton", _TRUNK, _LIMBS, spine=("waist | spine01 | spine02",), mark="(?i)^CC_Base_"
)
