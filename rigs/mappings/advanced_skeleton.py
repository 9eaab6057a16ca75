"""Advanced Skeleton of Maya: ``Root_M``, ``Scapula_L``, ``Shoulder_L``; parts of limbs are bones in between."""

from __future__ import annotations

from .named_skeleton import named_skeleton
from .spelling import fingers

_TRUNK = {"pelvis": "rootm", "neck": "neckm", "head": "headm", "jaw": "jawm"}
_LIMBS = {
    "hip": "hip", "knee": "knee", "ankle": "ankle", "foot": "toes",
    "collar": "scapula", "shoulder": "shoulder", "elbow": "elbow", "wrist": "wrist", "eye_smplhf": "eye",
    **fingers("{finger}finger{number}"),
}  # fmt: skip

SKELETON = named_skeleton(
    "advanced_skeleton", "Advanced Skeleton", _TRUNK, _LIMBS,
    spine=("spine1m | spine2m | chestm", "spine1m | chestm", "spine1m | spine2m | spine3m chestm"),
    mark="(?i)_M$",
)  # fmt: skip
