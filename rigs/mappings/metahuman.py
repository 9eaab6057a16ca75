"""MetaHumans: Unreal's body and a face of several hundred bones, of which jaw and eyes turn."""

from __future__ import annotations

from .named_skeleton import named_skeleton
from .unreal import LIMBS, SPINE, TRUNK

SKELETON = named_skeleton(
    "metahuman", "MetaHuman skeleton", {**TRUNK, "jaw": "facialcjaw facialcmouthlowerjaw"},
    {**LIMBS, "eye_smplhf": "facialeye"}, spine=SPINE, mark="^FACIAL_",
)  # fmt: skip
