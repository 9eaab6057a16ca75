"""Strand hair: Principled Hair in Cycles, softened by a plain surface of the same colours; in EEVEE that surface alone.

EEVEE only approximates Principled Hair.
"""

from __future__ import annotations

from typing import Any

import bpy

from ... import compat
from .hair import VIEWPORT_SHARE
from .hair_picture import hair_tones

TONE = "tone"
"""Attribute of strands: how light each is, 0..1."""

_STOPS = (0.0, 0.25, 0.5, 0.75, 1.0)
_DEEPER = 0.35
"""Principled Hair takes the colour for that of a mass in even light, and shows it lighter than cards are."""
_PLAIN = 0.62
"""Share of the plain surface: Principled Hair alone mirrors lamps behind the head as a pale rim."""


def strand_material(kind: str, cards: Any) -> Any:
    """Return a new material for strands, in the colour of the cards that they stand in for.

    Parameters
    ----------
    kind : str
        ``Hair``, ``Beard`` or ``Brows``.
    cards : bpy.types.Material
        Of the cards.
    """
    material = bpy.data.materials.new(f"Soliloquy {kind} Strands")
    compat.use_nodes(material)
    material.diffuse_color = (*cards.diffuse_color[:3], 1.0)
    material.roughness, material.metallic = cards.roughness, cards.metallic
    tree = material.node_tree
    tree.nodes.clear()
    colour = _tones(tree, hair_tones([part / VIEWPORT_SHARE for part in cards.diffuse_color[:3]]))
    deeper = tree.nodes.new("ShaderNodeVectorMath")
    deeper.operation = "SCALE"
    deeper.inputs["Scale"].default_value = _DEEPER
    tree.links.new(colour, deeper.inputs[0])
    hair = tree.nodes.new("ShaderNodeBsdfHairPrincipled")
    hair.parametrization = "COLOR"
    tree.links.new(deeper.outputs[0], hair.inputs["Color"])
    for name, value in (("Roughness", 0.35), ("Radial Roughness", 0.5), ("Random Roughness", 0.15), ("IOR", 1.45)):
        hair.inputs[name].default_value = value
    surface = tree.nodes.new("ShaderNodeBsdfPrincipled")
    tree.links.new(colour, surface.inputs["Base Color"])
    for name, value in (("Roughness", 0.5), ("Specular IOR Level", 0.2)):
        surface.inputs[name].default_value = value
    mixed = tree.nodes.new("ShaderNodeMixShader")
    mixed.inputs[0].default_value = _PLAIN
    tree.links.new(hair.outputs[0], mixed.inputs[1])
    tree.links.new(surface.outputs[0], mixed.inputs[2])
    for shader, engine in ((mixed, "CYCLES"), (surface, "EEVEE")):
        output = tree.nodes.new("ShaderNodeOutputMaterial")
        output.target = engine
        tree.links.new(shader.outputs[0], output.inputs["Surface"])
    for number, node in enumerate(tree.nodes):
        node.location = (260 * (number // 2), -320 * (number % 2))
    return material


def _tones(tree: Any, tones: Any) -> Any:
    """Return the colour of each strand: its tone 0..1 among (256, 3) linear RGB."""
    tone = tree.nodes.new("ShaderNodeAttribute")
    tone.attribute_name = TONE
    ramp = tree.nodes.new("ShaderNodeValToRGB")
    tree.links.new(tone.outputs["Fac"], ramp.inputs[0])
    elements = ramp.color_ramp.elements
    for number, stop in enumerate(_STOPS):
        element = elements[number] if number < 2 else elements.new(stop)
        element.position = stop
        element.color = (*tones[round(255 * stop)].tolist(), 1.0)
    return ramp.outputs[0]
