"""How strongly bones move the vertices of a mesh, by its vertex groups or by the bone that it hangs on."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]


def weights_on(mesh: Any, bones: set[str]) -> Doubles:
    """Return (n,) the share, 0..1, of the weights that pose a mesh object's vertices which lies on bones.

    Groups that no bone of its armatures has the name of do not count.
    """
    count = len(mesh.data.vertices)
    if mesh.parent_type == "BONE" and mesh.parent_bone in bones:
        return np.ones(count)
    chosen = {group.index for group in mesh.vertex_groups if group.name in bones}
    posing = {bone.name for modifier in mesh.modifiers if modifier.type == "ARMATURE" and modifier.object
              for bone in modifier.object.data.bones}  # fmt: skip
    counted = {group.index for group in mesh.vertex_groups if group.name in posing}
    share, total = np.zeros(count), np.full(count, 1e-9)
    if chosen:
        for index, vertex in enumerate(mesh.data.vertices):
            for item in vertex.groups:
                if item.group in counted:
                    total[index] += item.weight
                    if item.group in chosen:
                        share[index] += item.weight
    return share / total
