"""Materials of the default character, made of shader nodes alone: no image files.

Textures are looked up at the rest position of the surface, in metres, so that pores and weave stick to a moving body.
Colours come from the mesh's colour attribute; Solid view shows the materials' viewport colours.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import bpy

from .. import compat

COLOUR_ATTRIBUTE = "Colour"
REST_ATTRIBUTE = "rest_position"
_IRIS = math.radians(27.0)
_PUPIL = math.radians(9.5)
_VIEWPORT = {
    "skin": (0.60, 0.37, 0.28), "eye": (0.85, 0.83, 0.80), "iris": (0.13, 0.075, 0.035),
    "pupil": (0.01, 0.01, 0.01), "hair": (0.07, 0.042, 0.027), "teeth": (0.80, 0.76, 0.68),
    "mouth": (0.42, 0.13, 0.12), "top": (0.10, 0.19, 0.25), "trousers": (0.055, 0.058, 0.07),
    "shoes": (0.11, 0.07, 0.045), "soles": (0.50, 0.47, 0.43),
}  # fmt: skip


class _Nodes:
    """Short words for building one material's node tree."""

    def __init__(self, material: Any) -> None:
        compat.use_nodes(material)
        self.tree = material.node_tree
        self.shader = next(node for node in self.tree.nodes if node.type == "BSDF_PRINCIPLED")
        self._column = 0

    def add(self, kind: str, **settings: Any) -> Any:
        """Add a node; settings are its properties."""
        node = self.tree.nodes.new(f"ShaderNode{kind}")
        self._column += 1
        node.location = (-220 - 190 * (self._column % 6), 420 - 230 * (self._column // 6))
        for name, value in settings.items():
            setattr(node, name, value)
        return node

    def put(self, socket: Any, value: Any) -> None:
        """Link an output to an input, or set the input's value."""
        if isinstance(value, bpy.types.NodeSocket):
            self.tree.links.new(value, socket)
        else:
            socket.default_value = value

    def set(self, name: str, value: Any) -> None:
        """Feed an input of the Principled shader."""
        self.put(self.shader.inputs[name], value)

    def colour(self) -> Any:
        """Return the mesh's colour."""
        return self.add("Attribute", attribute_name=COLOUR_ATTRIBUTE).outputs["Color"]

    def rest(self) -> Any:
        """Return the rest position, metres."""
        return self.add("Attribute", attribute_name=REST_ATTRIBUTE).outputs["Vector"]

    def math(self, operation: str, first: Any, second: Any = 0.0, third: Any = 0.0) -> Any:
        """Return the result of a Math node."""
        node = self.add("Math", operation=operation)
        for socket, value in zip(node.inputs, (first, second, third), strict=True):
            self.put(socket, value)
        return node.outputs[0]

    def noise(self, place: Any, scale: float, detail: float = 2.0) -> Any:
        """Return noise 0..1 whose features are about 1 / ``scale`` metres wide."""
        node = self.add("TexNoise")
        self.put(node.inputs["Vector"], place)
        node.inputs["Scale"].default_value = scale
        node.inputs["Detail"].default_value = detail
        return node.outputs[0]

    def ramp(self, value: Any, low: float, high: float, start: float, stop: float) -> Any:
        """Map ``low``..``high`` to ``start``..``stop``, clamped."""
        node = self.add("MapRange")
        for socket, number in zip(node.inputs[:5], (value, low, high, start, stop), strict=True):
            self.put(socket, number)
        return node.outputs[0]

    def mix(self, share: Any, first: Any, second: Any, blend: str = "MIX") -> Any:
        """Mix two colours."""
        node = self.add("Mix", data_type="RGBA", blend_type=blend)
        colours = [socket for socket in node.inputs if socket.type == "RGBA"]
        self.put(node.inputs[0], share)
        self.put(colours[0], first)
        self.put(colours[1], second)
        return next(socket for socket in node.outputs if socket.type == "RGBA")

    def bump(self, height: Any, distance: float, strength: float, below: Any = None) -> Any:
        """Return a normal disturbed by a height 0..1 that stands for ``distance`` metres."""
        node = self.add("Bump")
        node.inputs["Strength"].default_value = strength
        node.inputs["Distance"].default_value = distance
        self.put(node.inputs["Height"], height)
        if below is not None:
            self.put(node.inputs["Normal"], below)
        return node.outputs["Normal"]

    def subsurface(self, weight: Any, scale: float, radius: tuple[float, float, float]) -> None:
        """Let light spread below the surface; ``scale`` in metres."""
        self.set("Subsurface Weight", weight)
        self.set("Subsurface Scale", scale)
        self.set("Subsurface Radius", radius)


def _skin(nodes: _Nodes) -> None:
    place, base = nodes.rest(), nodes.colour()
    blotches = nodes.noise(place, 55.0, 1.0)
    flush = nodes.mix(nodes.ramp(blotches, 0.50, 0.80, 0.0, 0.13), base, (0.50, 0.17, 0.12, 1.0))
    sallow = nodes.mix(nodes.ramp(blotches, 0.48, 0.25, 0.0, 0.07), flush, (0.52, 0.36, 0.20, 1.0))
    speckle = nodes.ramp(nodes.noise(place, 900.0, 0.0), 0.3, 0.7, 0.95, 1.04)
    grey = nodes.add("CombineColor")
    for socket in grey.inputs[:3]:
        nodes.put(socket, speckle)
    nodes.set("Base Color", nodes.mix(1.0, sallow, grey.outputs[0], "MULTIPLY"))
    # Lips and the inside of the mouth are redder than skin, and moist.
    split = nodes.add("SeparateColor")
    nodes.put(split.inputs[0], base)
    redness = nodes.math("DIVIDE", nodes.math("SUBTRACT", split.outputs[0], split.outputs[1]), split.outputs[0])
    moist = nodes.ramp(redness, 0.50, 0.76, 0.0, 1.0)
    sheen = nodes.ramp(nodes.noise(place, 140.0, 0.0), 0.3, 0.7, 0.47, 0.59)
    nodes.set("Roughness", nodes.math("SUBTRACT", sheen, nodes.math("MULTIPLY", moist, 0.20)))
    nodes.set("Specular IOR Level", 0.38)
    cells = nodes.add("TexVoronoi")
    nodes.put(cells.inputs["Vector"], place)
    cells.inputs["Scale"].default_value = 1100.0
    pores = nodes.ramp(cells.outputs["Distance"], 0.1, 0.75, 1.0, 0.0)
    lines = nodes.bump(nodes.noise(place, 420.0, 1.0), 0.0006, 0.22)
    nodes.set("Normal", nodes.bump(pores, 0.00025, 0.20, lines))
    nodes.subsurface(0.28, 0.012, (1.0, 0.36, 0.18))


def _eye(nodes: _Nodes) -> None:
    """The UV map holds the direction from the eyeball's centre: distance from (0.5, 0.5) times 2 pi is the angle."""
    uv = nodes.add("UVMap", uv_map="UVMap").outputs[0]
    split = nodes.add("SeparateXYZ")
    nodes.put(split.inputs[0], uv)
    across = nodes.math("SUBTRACT", split.outputs[0], 0.5)
    up = nodes.math("SUBTRACT", split.outputs[1], 0.5)
    distance = nodes.math("SQRT", nodes.math("ADD", nodes.math("POWER", across, 2.0), nodes.math("POWER", up, 2.0)))
    angle = nodes.math("MULTIPLY", distance, 2 * math.pi)
    # Fibres: noise that changes around the iris but hardly along its radius.
    spoke = nodes.add("CombineXYZ")
    nodes.put(spoke.inputs[0], nodes.math("DIVIDE", across, distance))
    nodes.put(spoke.inputs[1], nodes.math("DIVIDE", up, distance))
    nodes.put(spoke.inputs[2], nodes.math("MULTIPLY", angle, 1.2))
    fibres = nodes.ramp(nodes.noise(spoke.outputs[0], 9.0, 4.0), 0.3, 0.7, 0.0, 1.0)
    iris = nodes.mix(fibres, (0.045, 0.024, 0.011, 1.0), (0.20, 0.115, 0.050, 1.0))
    glow = nodes.ramp(angle, _PUPIL, _PUPIL * 1.9, 0.55, 0.0)
    iris = nodes.mix(glow, iris, (0.26, 0.14, 0.045, 1.0))
    iris = nodes.mix(nodes.ramp(angle, 0.80 * _IRIS, 0.99 * _IRIS, 0.0, 0.9), iris, (0.012, 0.009, 0.008, 1.0))
    iris = nodes.mix(nodes.ramp(angle, 0.94 * _PUPIL, 1.06 * _PUPIL, 1.0, 0.0), iris, (0.002, 0.002, 0.002, 1.0))
    veins = nodes.ramp(nodes.noise(uv, 90.0, 5.0), 0.55, 0.75, 0.0, 0.12)
    sclera = nodes.mix(nodes.ramp(angle, 0.55, 1.25, 0.0, 0.75), (0.66, 0.63, 0.60, 1.0), (0.55, 0.36, 0.32, 1.0))
    sclera = nodes.mix(veins, sclera, (0.55, 0.20, 0.17, 1.0))
    nodes.set("Base Color", nodes.mix(nodes.ramp(angle, 0.97 * _IRIS, 1.05 * _IRIS, 0.0, 1.0), iris, sclera))
    nodes.set("Roughness", nodes.ramp(angle, _IRIS, 1.3 * _IRIS, 0.02, 0.16))
    nodes.set("Specular IOR Level", 0.6)


def _hair(nodes: _Nodes) -> None:
    """Single hairs run along each clump: the UV map holds its width and its length."""
    split = nodes.add("SeparateXYZ")
    nodes.put(split.inputs[0], nodes.add("UVMap", uv_map="UVMap").outputs[0])
    streak = nodes.add("CombineXYZ")
    nodes.put(streak.inputs[0], nodes.math("MULTIPLY", split.outputs[0], 330.0))
    nodes.put(streak.inputs[1], nodes.math("MULTIPLY", split.outputs[1], 1.5))
    hairs = nodes.noise(streak.outputs[0], 1.0, 2.0)
    grey = nodes.add("CombineColor")
    tone = nodes.ramp(hairs, 0.3, 0.7, 0.4, 1.7)
    for socket in grey.inputs[:3]:
        nodes.put(socket, tone)
    nodes.set("Base Color", nodes.mix(1.0, nodes.colour(), grey.outputs[0], "MULTIPLY"))
    nodes.set("Roughness", 0.68)
    nodes.set("Specular IOR Level", 0.22)
    nodes.set("Normal", nodes.bump(hairs, 0.001, 0.6))


def _teeth(nodes: _Nodes) -> None:
    nodes.set("Base Color", nodes.colour())
    nodes.set("Roughness", 0.22)
    nodes.subsurface(0.15, 0.003, (1.0, 0.85, 0.6))


def _mouth(nodes: _Nodes) -> None:
    place = nodes.rest()
    mottled = nodes.ramp(nodes.noise(place, 300.0, 3.0), 0.3, 0.7, 0.0, 0.3)
    nodes.set("Base Color", nodes.mix(mottled, nodes.colour(), (0.34, 0.10, 0.09, 1.0)))
    nodes.set("Roughness", 0.30)
    nodes.set("Normal", nodes.bump(nodes.noise(place, 1400.0, 2.0), 0.0005, 0.35))
    nodes.subsurface(0.2, 0.006, (1.0, 0.3, 0.2))


def _fabric(weave: float, depth: float) -> Callable[[_Nodes], None]:
    """Return a cloth with threads ``1 / weave`` metres wide and soft folds."""

    def build(nodes: _Nodes) -> None:
        place = nodes.rest()
        worn = nodes.ramp(nodes.noise(place, weave, 2.0), 0.3, 0.7, 0.72, 1.25)
        grey = nodes.add("CombineColor")
        for socket in grey.inputs[:3]:
            nodes.put(socket, worn)
        nodes.set("Base Color", nodes.mix(1.0, nodes.colour(), grey.outputs[0], "MULTIPLY"))
        nodes.set("Roughness", 0.88)
        nodes.set("Specular IOR Level", 0.2)
        nodes.set("Sheen Weight", 0.12)
        folds = nodes.bump(nodes.noise(place, 11.0, 1.5), 0.02, 0.35)
        nodes.set("Normal", nodes.bump(nodes.noise(place, weave, 3.0), depth, 0.6, folds))

    return build


def _leather(nodes: _Nodes) -> None:
    place = nodes.rest()
    nodes.set("Base Color", nodes.colour())
    nodes.set("Roughness", nodes.ramp(nodes.noise(place, 90.0, 3.0), 0.3, 0.7, 0.42, 0.62))
    nodes.set("Normal", nodes.bump(nodes.noise(place, 650.0, 3.0), 0.0006, 0.4))


def _rubber(nodes: _Nodes) -> None:
    nodes.set("Base Color", nodes.colour())
    nodes.set("Roughness", 0.75)


_BUILDERS: dict[str, Callable[[_Nodes], None]] = {
    "skin": _skin, "eye": _eye, "iris": _eye, "pupil": _eye, "hair": _hair, "teeth": _teeth, "mouth": _mouth,
    "top": _fabric(650.0, 0.0012), "trousers": _fabric(1100.0, 0.0006), "shoes": _leather, "soles": _rubber,
}  # fmt: skip


def character_materials(names: Sequence[str]) -> list[Any]:
    """Return one new material per name of the character's pack, in that order."""
    result = []
    for name in names:
        material = bpy.data.materials.new(f"Soliloquy {name.capitalize()}")
        material.diffuse_color = (*_VIEWPORT[name], 1.0)
        material.roughness = 0.6
        nodes = _Nodes(material)
        _BUILDERS[name](nodes)
        # Exporters cannot follow shader nodes; they take the value behind the link.
        nodes.shader.inputs["Base Color"].default_value = (*_VIEWPORT[name], 1.0)
        result.append(material)
    return result
