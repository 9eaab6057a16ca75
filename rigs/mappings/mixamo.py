"""Mixamo: ``mixamorig:LeftForeArm``, also ``mixamorig9:`` and the names without colon that converters make of them."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import Any

from .named_skeleton import NamedSkeleton, named_skeleton
from .spelling import fingers

TRUNK = {"pelvis": "hips", "neck": "neck", "head": "head", "jaw": "jaw"}
LIMBS = {
    "hip": "upleg", "knee": "leg", "ankle": "foot", "foot": "toebase",
    "collar": "shoulder", "shoulder": "arm", "elbow": "forearm", "wrist": "hand",
    "eye_smplhf": "eye", **fingers("hand{finger}{number}"),
}  # fmt: skip
SPINE = ("spine | spine1 | spine2", "spine02 | spine01 | spine")


class _Mixamo(NamedSkeleton):
    """Without their prefix the names are Mixamo's only on characters: motion capture has them too."""

    def find(self, armature: Any) -> dict[str, str]:
        """Return joint -> bone."""
        prefixed = any(re.match("(?i).*mixamorig", name) for name in armature.data.bones.keys())  # noqa: SIM118
        return super().find(armature) if prefixed or any(o.type == "MESH" for o in armature.children) else {}


_KIND = named_skeleton("mixamo", "Mixamo skeleton", TRUNK, LIMBS, spine=SPINE, everyday=1)
SKELETON = _Mixamo(**{item.name: getattr(_KIND, item.name) for item in fields(_KIND)})
