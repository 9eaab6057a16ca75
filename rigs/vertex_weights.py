"""How strongly bones move the vertices of a mesh, by its vertex groups or the bone it hangs on; what masks leave."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]


def group_weights(mesh: Any, group: int) -> Doubles:
    """Return (n,) the weights, 0..1, of a mesh object's vertices in the vertex group of that number."""
    return np.array(
        [next((item.weight for item in vertex.groups if item.group == group), 0.0) for vertex in mesh.data.vertices]
    )


def shown_points(mesh: Any) -> npt.NDArray[np.bool_]:
    """Return (V,) which points of a mesh object its masks leave."""
    shown = np.ones(len(mesh.data.vertices), np.bool_)
    for modifier in mesh.modifiers:
        group = mesh.vertex_groups.get(modifier.vertex_group) if modifier.type == "MASK" else None
        if group is not None and modifier.mode == "VERTEX_GROUP" and modifier.show_viewport:
            shown &= (group_weights(mesh, group.index) > modifier.threshold) != modifier.invert_vertex_group
    return shown


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
