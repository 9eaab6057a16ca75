"""Metarigs: what Rigify and CloudRig generate control rigs from, which stays in the scene beside them."""

from __future__ import annotations

from typing import Any

_ALIKE = 0.8
"""Share of a metarig's bones that what was generated from it has."""
_COPY = "ORG-"
_CONTROL = "FK-"


def generated_from(metarig: Any) -> Any | None:
    """Return the armature object that was generated from a metarig and stands in a scene with it, else None.

    Rigify copies the bones of its metarigs as ``ORG-``; CloudRig keeps their names and gives limbs ``FK-`` controls.
    """
    names = [bone.name for bone in metarig.data.bones]
    plain = not any(name.startswith((_COPY, _CONTROL)) for name in names)
    others = (item for scene in metarig.users_scene for item in scene.objects if item.type == "ARMATURE")
    for other in others if plain else ():
        if other == metarig:
            continue
        bones = other.data.bones
        copied = sum(_COPY + name in bones for name in names)
        controlled = any(_CONTROL + name in bones for name in names)
        kept = sum(name in bones or _COPY + name in bones for name in names) if controlled else 0
        if names and max(copied, kept) > _ALIKE * len(names):
            return other
    return None
