"""Skin: blotches, pores and fine lines over the mesh's colour."""

from __future__ import annotations

from .nodes import Kind, Nodes, plain


def _skin(nodes: Nodes) -> None:
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


KINDS: dict[str, Kind] = {
    "skin": plain(_skin, (0.6, 0.37, 0.28)),
}
