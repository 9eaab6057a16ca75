"""Hair, brows and lashes."""

from __future__ import annotations

from .nodes import Kind, Nodes, plain


def _hair(nodes: Nodes) -> None:
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


KINDS: dict[str, Kind] = {
    "hair": plain(_hair, (0.07, 0.042, 0.027)),
}
