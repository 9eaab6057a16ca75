"""Whether skin lies on its bones at rest: importers lose the pose that some files were skinned in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from .rig import Rig

Doubles = npt.NDArray[np.float64]

_AWAY = 0.1
"""Distance between a bone and the middle of its skin, in heights of the body, from which on they do not belong."""
_SEVERAL = 4
"""Bones that must be away from their skin; a thick thigh or a large head alone may well be."""
_LOOKED_AT = 1500
"""Vertices of each mesh that are looked at."""
_ENOUGH = 4
"""Vertices that a bone must move alone to be judged."""
_ALONE = 0.7


def stray_skin(rig: Rig) -> str:
    """Return in a sentence which bones' skin lies away from them at rest and will stretch; empty where none does."""
    if rig.armature is None or not rig.joints:
        return ""
    bones = rig.armature.data.bones
    world = np.array(rig.armature.matrix_world, np.float64)
    height = max(float(np.ptp([(rig.armature.matrix_world @ bone.head_local) for bone in bones], axis=0).max()), 1e-9)
    stray = []
    for name, places in _skin(rig, rig.joint_bones).items():
        ends = [bones[name].head_local, bones[name].tail_local, *(child.head_local for child in bones[name].children)]
        middle = np.mean(places, axis=0)
        points = np.array(ends, np.float64) @ world[:3, :3].T + world[:3, 3]
        if min(_distance(middle, points[0], end) for end in points[1:]) > _AWAY * height:
            stray.append(name)
    if len(stray) < _SEVERAL:
        return ""
    return (
        f"At rest the skin of '{stray[0]}' and of {len(stray) - 1} more bones lies away from its bone, so it stretches "
        "as the bone turns: the file was skinned in another pose. Export it again in the pose it was bound in."
    )


def _skin(rig: Rig, bones: set[str]) -> dict[str, list[Any]]:
    """Return bone -> places in the world, at rest, of vertices that it moves alone."""
    found: dict[str, list[Any]] = {}
    for mesh in rig.attached:
        names = {group.index: group.name for group in mesh.vertex_groups if group.name in bones}
        vertices = mesh.data.vertices if names else ()
        for index in range(0, len(vertices), max(1, len(vertices) // _LOOKED_AT)):
            vertex = vertices[index]
            name = next((names[g.group] for g in vertex.groups if g.weight > _ALONE and g.group in names), None)
            if name is not None:
                found.setdefault(name, []).append(mesh.matrix_world @ vertex.co)
    return {name: places for name, places in found.items() if len(places) >= _ENOUGH}


def _distance(point: Doubles, start: Doubles, end: Doubles) -> float:
    """Return how far a point is from the line between two others."""
    along = end - start
    share = np.clip((point - start) @ along / max(float(along @ along), 1e-30), 0.0, 1.0)
    return float(np.linalg.norm(point - start - share * along))
