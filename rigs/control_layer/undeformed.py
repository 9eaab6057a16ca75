"""Meshes left as they are at rest while bones and keys of the face are read frame after frame, five times as fast."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..rig import Rig


@contextmanager
def undeformed(rig: Rig) -> Iterator[None]:
    """Switch modifiers and the mix of shape keys of a character's meshes off for a while; keys keep their values."""
    meshes = [mesh for mesh in rig.attached if mesh.is_editable]
    pinned = [(mesh, mesh.show_only_shape_key, mesh.active_shape_key_index) for mesh in meshes]
    active = [(modifier, modifier.show_viewport) for mesh in meshes for modifier in mesh.modifiers]
    try:
        for mesh in meshes:
            mesh.show_only_shape_key, mesh.active_shape_key_index = True, 0
        for modifier, _ in active:
            modifier.show_viewport = False
        yield
    finally:
        for mesh, only, index in pinned:
            mesh.show_only_shape_key, mesh.active_shape_key_index = only, index
        for modifier, shown in active:
            modifier.show_viewport = shown
