"""Materials of the default character, made of shader nodes alone: no image files.

Textures are looked up at the rest position of the surface, in metres, so that pores and weave stick to a moving body.
Colours come from the mesh's colour attribute; Solid view shows the materials' viewport colours.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import bpy

from . import cloth, eye, glasses, hair, mouth, skin
from .nodes import COLOUR_ATTRIBUTE, REST_ATTRIBUTE, Kind, Look, Nodes

__all__ = ["COLOUR_ATTRIBUTE", "KINDS", "REST_ATTRIBUTE", "Look", "character_materials"]

KINDS: dict[str, Kind] = {**skin.KINDS, **eye.KINDS, **hair.KINDS, **mouth.KINDS, **cloth.KINDS, **glasses.KINDS}
"""Every material name that a pack or a part may use."""


def character_materials(names: Sequence[str], look: Look | None = None) -> list[Any]:
    """Return one new material per name of the character's pack, in that order.

    Parameters
    ----------
    names : sequence of str
        Names of ``KINDS``.
    look : mapping, optional
        What differs from the default person; see ``Look``.
    """
    look = look or {}
    result = []
    for name in names:
        kind = KINDS[name]
        material = bpy.data.materials.new(f"Soliloquy {name.capitalize()}")
        colour = (*kind.viewport(look), 1.0)
        material.diffuse_color = (*(min(kind.solid * part, 1.0) for part in colour[:3]), kind.alpha(look))
        material.roughness, material.metallic = 0.6, float(kind.matt(look))
        nodes = Nodes(material)
        kind.build(nodes, look)
        # Exporters cannot follow shader nodes; they take the value behind the link.
        nodes.shader.inputs["Base Color"].default_value = colour
        result.append(material)
    return result
