"""What shape keys do to the points of a mesh, as an array."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ..vertex_weights import group_weights

Doubles = npt.NDArray[np.float64]


def rest_points(mesh: Any) -> Doubles:
    """Return the (V, 3) points of a mesh object with every shape key at rest, in its own space."""
    return data_points(mesh.data)


def data_points(data: Any) -> Doubles:
    """Return the (V, 3) points of a mesh data block with every shape key at rest."""
    return _read(data.shape_keys.reference_key.points if data.shape_keys is not None else data.vertices)


def key_points(mesh: Any, name: str) -> Doubles:
    """Return the (V, 3) points of a mesh object as a shape key has them, in its own space."""
    return _read(mesh.data.shape_keys.key_blocks[name].points)


def key_shape(mesh: Any, name: str, points: npt.NDArray[np.integer[Any]] | None = None) -> Doubles:
    """Return (V, 3) what a shape key of a mesh object adds at value 1, its vertex group included, in its own space.

    With ``points``, only those are looked at, which is quick for a few of them; the others stay 0.
    """
    block = mesh.data.shape_keys.key_blocks[name]
    if points is None:
        moved = _read(block.points) - _read(block.relative_key.points)
    else:
        moved = np.zeros((len(block.data), 3))
        start = block.relative_key.data
        for point in set(points.tolist()):
            moved[point] = np.subtract(block.data[point].co, start[point].co)
    if block.vertex_group and block.vertex_group in mesh.vertex_groups:
        moved *= group_weights(mesh, mesh.vertex_groups[block.vertex_group].index)[:, None]
    return moved


def masked_out(mesh: Any, blocks: Sequence[Any]) -> list[str]:
    """Return the names of those shape keys whose vertex group leaves nothing of them: no point has weight in it."""
    weighty: dict[str, bool] = {}
    for name in {block.vertex_group for block in blocks if block.vertex_group in mesh.vertex_groups}:
        group = mesh.vertex_groups[name].index
        weighty[name] = any(
            item.group == group and item.weight > 0.0 for point in mesh.data.vertices for item in point.groups
        )
    return [block.name for block in blocks if not weighty.get(block.vertex_group, True)]


def _read(points: Any) -> Doubles:
    # A key's ``points`` are copied as they are, its ``data`` one by one.
    flat = np.empty(3 * len(points), np.float32)
    points.foreach_get("co", flat)
    return flat.reshape(-1, 3).astype(np.float64)
