"""Short words for building geometry node groups that mean the same in every Blender from 4.2 on."""

from __future__ import annotations

from typing import Any

import bpy

from ... import compat

Value = Any
"""An output socket, or what an input is set to."""


class Tree:
    """A geometry node group under construction."""

    def __init__(self, name: str) -> None:
        self.group = bpy.data.node_groups.new(name, "GeometryNodeTree")
        self._column = 0
        self._entry: Any = None

    def input(self, name: str, kind: str, **settings: Any) -> None:
        """Add an input to the group; ``kind`` as in ``NodeSocketFloat`` without the first word."""
        socket = self.group.interface.new_socket(name, in_out="INPUT", socket_type=f"NodeSocket{kind}")
        for key, value in settings.items():
            setattr(socket, key, value)

    def given(self, name: str) -> Any:
        """Return an input of the group as an output to link from."""
        if self._entry is None:
            self._entry = self.add("NodeGroupInput")
        return self._entry.outputs[name]

    def result(self, geometry: Any) -> None:
        """Make a geometry the group's result."""
        self.group.interface.new_socket("Geometry", in_out="OUTPUT", socket_type="NodeSocketGeometry")
        self.put(self.add("NodeGroupOutput").inputs[0], geometry)

    def add(self, kind: str, **settings: Any) -> Any:
        """Add a node; settings are its properties, in Blender's newer versions some of them inputs."""
        node = self.group.nodes.new(kind)
        node.location = (200 * (self._column // 5), -220 * (self._column % 5))
        self._column += 1
        for name, value in settings.items():
            compat.set_node_option(node, name, value)
        return node

    def put(self, socket: Any, value: Value) -> None:
        """Link an output to an input, or set the input's value."""
        if isinstance(value, bpy.types.NodeSocket):
            self.group.links.new(value, socket)
        else:
            socket.default_value = value

    def step(self, kind: str, geometry: Any, inputs: dict[str, Value], **settings: Any) -> Any:
        """Add a node that takes a geometry first; return its first output."""
        node = self.add(kind, **settings)
        self.put(node.inputs[0], geometry)
        for name, value in inputs.items():
            self.put(next(socket for socket in node.inputs if socket.name == name and socket.enabled), value)
        return node.outputs[0]

    def math(self, operation: str, *values: Value) -> Any:
        """Return the result of a Math node."""
        node = self.add("ShaderNodeMath", operation=operation)
        for socket, value in zip(node.inputs, values, strict=False):
            self.put(socket, value)
        return node.outputs[0]

    def vector(self, operation: str, *values: Value) -> Any:
        """Return the result of a Vector Math node; a scale is its second value."""
        node = self.add("ShaderNodeVectorMath", operation=operation)
        sockets = [node.inputs[0], node.inputs["Scale"]] if operation == "SCALE" else node.inputs
        for socket, value in zip(sockets, values, strict=False):
            self.put(socket, value)
        return node.outputs["Value" if operation in ("LENGTH", "DOT_PRODUCT", "DISTANCE") else "Vector"]

    def sum(self, *vectors: Any) -> Any:
        """Return the sum of vectors."""
        total = vectors[0]
        for vector in vectors[1:]:
            total = self.vector("ADD", total, vector)
        return total

    def along(self, place: Any, axes: tuple[Any, Any, Any]) -> Any:
        """Return the vector whose parts along three axes are those of ``place``."""
        node = self.add("ShaderNodeSeparateXYZ")
        self.put(node.inputs[0], place)
        return self.sum(*(self.vector("SCALE", axis, part) for axis, part in zip(axes, node.outputs, strict=True)))

    def ramp(self, value: Any, low: Value, high: Value, *, smooth: bool = True) -> Any:
        """Return 0..1 as a value passes from low to high."""
        node = self.add("ShaderNodeMapRange", interpolation_type="SMOOTHSTEP" if smooth else "LINEAR")
        for socket, number in zip(node.inputs[:3], (value, low, high), strict=True):
            self.put(socket, number)
        return node.outputs[0]

    def named(self, name: str, kind: str = "FLOAT") -> Any:
        """Return an attribute of the geometry by its name."""
        node = self.add("GeometryNodeInputNamedAttribute", data_type=kind)
        node.inputs["Name"].default_value = name
        return next(socket for socket in node.outputs if socket.name == "Attribute" and socket.enabled)

    def random(self, identity: Any, seed: Value) -> Any:
        """Return an even random number 0..1 per identity."""
        node = self.add("FunctionNodeRandomValue", data_type="FLOAT")
        self.put(node.inputs["ID"], identity)
        self.put(node.inputs["Seed"], seed)
        return next(socket for socket in node.outputs if socket.type == "VALUE")

    def capture(self, geometry: Any, domain: str, **values: tuple[str, Any]) -> tuple[Any, ...]:
        """Keep fields as they are now; return the geometry and each of them. A kind is ``VECTOR``, ``INT`` ..."""
        node = self.add("GeometryNodeCaptureAttribute", domain=domain)
        for name, (kind, _) in values.items():
            node.capture_items.new(kind, name)
        self.put(node.inputs["Geometry"], geometry)
        for name, (_, value) in values.items():
            self.put(node.inputs[name], value)
        return (node.outputs["Geometry"], *(node.outputs[name] for name in values))

    def sample(self, geometry: Any, value: Any, index: Any) -> Any:
        """Return a vector of another geometry's points by their number."""
        node = self.add("GeometryNodeSampleIndex", data_type="FLOAT_VECTOR", domain="POINT")
        self.put(node.inputs["Geometry"], geometry)
        self.put(next(s for s in node.inputs if s.name == "Value" and s.enabled), value)
        self.put(node.inputs["Index"], index)
        return next(socket for socket in node.outputs if socket.enabled)
