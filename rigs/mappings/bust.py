"""Busts, and avatars without arms: a neck, a head and two eyes, whoever named them, on nothing that has limbs."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from .convention import SkeletonKind
from .spelling import both_sides, plain

_TRUNK = {"neck": ("neck", "neckjoint", "neck1", "neck01"), "head": ("head", "headjoint"), "jaw": ("jaw", "jawjoint")}
_EYES = both_sides({"eye_smplhf": "eye eyejoint"})
_LIMB = re.compile(r"arm|elbow|leg|thigh|knee|shin|calf|foot|paw|hoof|wing|tail")
"""What a bone of a limb is called: with such a bone it is a body, known or not."""


class _Bust(SkeletonKind):
    """Told by what is missing, too: the names alone would fit many a body."""

    def find(self, armature: Any) -> dict[str, str]:
        """Return joint -> bone; nothing where any bone is called a limb, or a name is there twice."""
        names = [plain(name) for name in armature.data.bones.keys()]  # noqa: SIM118 - bones are iterated otherwise
        if any(_LIMB.search(name) for name in names) or names.count("head") > 1:
            return {}
        return super().find(armature)


def _whole(joints: Collection[str]) -> bool:
    return {"neck", "head", *_EYES} <= set(joints)


SKELETON = _Bust(name="bust", title="Bust skeleton", bones={**_TRUNK, **_EYES}, spelling=plain, enough=_whole)
