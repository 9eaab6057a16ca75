"""Eyes: pupil, iris and sclera on one ball."""

from __future__ import annotations

import math

from .nodes import Kind, Nodes, plain

_IRIS = math.radians(27.0)
_PUPIL = math.radians(9.5)


def _eye(nodes: Nodes) -> None:
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


KINDS: dict[str, Kind] = {
    "eye": plain(_eye, (0.85, 0.83, 0.8)),
    "iris": plain(_eye, (0.13, 0.075, 0.035)),
    "pupil": plain(_eye, (0.01, 0.01, 0.01)),
}
