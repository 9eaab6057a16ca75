"""Materials of the default character, made of shader nodes alone: no image files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import bpy

COLOUR_ATTRIBUTE = "Colour"
_VIEWPORT = {
    "skin": (0.62, 0.40, 0.31), "eye": (0.85, 0.83, 0.80), "hair": (0.06, 0.035, 0.022), "teeth": (0.80, 0.76, 0.68),
    "mouth": (0.42, 0.13, 0.12), "top": (0.09, 0.16, 0.24), "trousers": (0.055, 0.06, 0.075),
    "shoes": (0.10, 0.075, 0.06), "soles": (0.55, 0.53, 0.50),
}  # fmt: skip


def character_materials(names: Sequence[str]) -> list[Any]:
    """Return one new material per name of the character's pack, in that order."""
    result = []
    for name in names:
        material = bpy.data.materials.new(f"Soliloquy {name.capitalize()}")
        material.diffuse_color = (*_VIEWPORT[name], 1.0)
        material.use_nodes = True
        tree = material.node_tree
        shader = tree.nodes["Principled BSDF"]
        colour = tree.nodes.new("ShaderNodeVertexColor")
        colour.layer_name = COLOUR_ATTRIBUTE
        tree.links.new(colour.outputs["Color"], shader.inputs["Base Color"])
        shader.inputs["Roughness"].default_value = 0.5
        result.append(material)
    return result
