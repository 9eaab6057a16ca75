"""Short words for building node trees, and the names of the attributes that they read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import bpy

from ... import compat

Look = Mapping[str, Any]
"""What a look says of its materials: ``skin`` (tone), ``eyes`` (iris colour), ``hair_colour``, ``age``, ``freckles``,
``hair`` (the haircut) and what hair and cloth read; a key that is missing means the default person's.
"""

COLOUR_ATTRIBUTE = "Colour"
REST_ATTRIBUTE = "rest_position"


class Nodes:
    """Short words for building one material's node tree."""

    def __init__(self, material: Any) -> None:
        compat.use_nodes(material)
        self.material = material
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


@dataclass(frozen=True)
class Kind:
    """One named material of the character."""

    build: Callable[[Nodes, Look], None]
    """Makes the node tree."""
    viewport: Callable[[Look], tuple[float, float, float]]
    """Returns the linear colour that Solid view shows and that exporters take where they cannot follow the nodes."""
    matt: Callable[[Look], bool] = lambda _look: False
    """Whether Solid view shows it without the sheen that it gives to everything that is no metal."""
    solid: float = 1.0
    """How many times brighter Solid view takes it, whose lamps leave skin dull."""
    alpha: Callable[[Look], float] = lambda _look: 1.0
    """How opaque it is in Solid view, which draws whole cards instead of the hairs on them, and glass as a wall."""


def plain(build: Callable[[Nodes], None], viewport: tuple[float, float, float]) -> Kind:
    """Return a material that is the same in every look."""
    return Kind(lambda nodes, _look: build(nodes), lambda _look: viewport)
