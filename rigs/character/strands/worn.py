"""Which strands a character wears; its cards shown in their place for a while; strands whose character is gone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import bpy

from ... import compat

if TYPE_CHECKING:
    from ...rig import Rig

STRANDS_PROPERTY = "soliloquy_strands"
"""Custom property of the curves objects: which hair they are, as in ``hair.KINDS``."""
FOLDED = "Folded Cards"
"""Name of the mesh's modifier that folds its cards away."""


def strands_of(rig: Rig) -> list[Any]:
    """Return the curves objects of a character's strands."""
    below = (child for mesh in rig.meshes for child in mesh.children)
    return [item for item in below if item.type == "CURVES" and STRANDS_PROPERTY in item]


@contextmanager
def as_cards(rig: Rig) -> Iterator[None]:
    """Let a character's mesh have its cards for a while, as files for other programs have them."""
    folds = [mesh.modifiers[FOLDED] for mesh in rig.meshes if FOLDED in mesh.modifiers]
    before = [(fold, fold.show_viewport, fold.show_render) for fold in folds]
    try:
        for fold in folds:
            fold.show_viewport = fold.show_render = False
        yield
    finally:
        for fold, viewport, render in before:
            fold.show_viewport, fold.show_render = viewport, render


def body_of(item: Any) -> Any | None:
    """Return the mesh object whose cards lead strands."""
    inputs = [compat.node_inputs(modifier) for modifier in item.modifiers if modifier.type == "NODES"]
    found = (value for given in inputs for value in given.values() if isinstance(value, bpy.types.Object))
    return next(found, None)


def remove_strands(item: Any) -> None:
    """Remove a curves object with what only it used: curves, materials, node groups."""
    data, materials = item.data, list(item.data.materials)
    groups = [modifier.node_group for modifier in item.modifiers if modifier.type == "NODES"]
    bpy.data.objects.remove(item)
    if data.users == 0:
        bpy.data.hair_curves.remove(data)
    for material in materials:
        if material is not None and material.users == 0:
            bpy.data.materials.remove(material)
    remove_unused_groups(groups)


def remove_unused_groups(groups: Iterable[Any]) -> None:
    """Remove node groups that nothing uses any more; a modifier without one gives None."""
    for group in groups:
        if group is not None and group.users == 0:
            bpy.data.node_groups.remove(group)


def remove_abandoned() -> bool:
    """Remove strands of bodies that were deleted, and those bodies: only strands kept them in the file.

    Returns
    -------
    bool
        Whether there were any.
    """
    strands = [item for item in bpy.data.objects if item.type == "CURVES" and STRANDS_PROPERTY in item]
    bodies = [(item, body_of(item)) for item in strands if item.library is None]
    gone = [(item, body) for item, body in bodies if body is None or not body.users_scene]
    for item, _ in gone:
        remove_strands(item)
    for body in dict.fromkeys(body for _, body in gone if body is not None):
        holders = [modifier.object for modifier in body.modifiers if modifier.type == "ARMATURE"]
        folds = [modifier.node_group for modifier in body.modifiers if modifier.type == "NODES"]
        if body.users == 0:
            bpy.data.objects.remove(body)
        for holder in holders:
            if holder is not None and holder.users == 0:
                bpy.data.objects.remove(holder)
        remove_unused_groups(folds)
    return bool(gone)
