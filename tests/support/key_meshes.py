"""Meshes that have shape keys of given names, for tests of what keys are called and what they do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import bpy
import numpy as np
from small_mouth import small_mouth

TO_BLENDER = np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]])
"""From the frame of a face to Blender's."""


def named_mesh(keys: Iterable[str], name: str = "Face") -> Any:
    """Return a mesh object in the scene whose keys move nothing."""
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata([(0, 0, 0), (1, 0, 0), (0, 1, 0)], [], [(0, 1, 2)])
    obj = bpy.data.objects.new(name, mesh)
    bpy.context.scene.collection.objects.link(obj)
    for key in ("Basis", *keys):
        obj.shape_key_add(name=key).value = 0.0
    return obj


def mouth_mesh(keys: Mapping[str, tuple[float, float, float]], name: str = "Face", rest_gap: float = 0.0) -> Any:
    """Return a mesh object with a mouth whose keys open, widen and push out: metres, share of the width, metres."""
    points, share = small_mouth(rest_gap)
    mesh = bpy.data.meshes.new(name)
    head = np.array([[-0.1, 0.1, -0.2], [0.1, 0.1, -0.2], [0.0, -0.1, -0.2]])  # the mouth is the front of something
    mesh.from_pydata((np.concatenate([points, head]) @ TO_BLENDER.T + [0, 0, 1.5]).tolist(), [], [])
    obj = bpy.data.objects.new(name, mesh)
    bpy.context.scene.collection.objects.link(obj)
    obj.shape_key_add(name="Basis")
    for key, (gap, width, out) in keys.items():
        block = obj.shape_key_add(name=key)
        block.value = 0.0
        moved = np.stack([width * points[:, 0], -gap * share, np.full(len(share), out)], axis=1) @ TO_BLENDER.T
        flat = np.array([point.co for point in block.data], np.float64)
        flat[: len(points)] += moved
        block.points.foreach_set("co", flat.astype(np.float32).ravel())
    return obj
