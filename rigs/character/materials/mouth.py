"""Teeth, gums, tongue and the lining of the mouth."""

from __future__ import annotations

from .nodes import Kind, Nodes, plain


def _teeth(nodes: Nodes) -> None:
    nodes.set("Base Color", nodes.colour())
    nodes.set("Roughness", 0.22)
    nodes.subsurface(0.15, 0.003, (1.0, 0.85, 0.6))


def _mouth(nodes: Nodes) -> None:
    place = nodes.rest()
    mottled = nodes.ramp(nodes.noise(place, 300.0, 3.0), 0.3, 0.7, 0.0, 0.3)
    nodes.set("Base Color", nodes.mix(mottled, nodes.colour(), (0.34, 0.10, 0.09, 1.0)))
    nodes.set("Roughness", 0.30)
    nodes.set("Normal", nodes.bump(nodes.noise(place, 1400.0, 2.0), 0.0005, 0.35))
    nodes.subsurface(0.2, 0.006, (1.0, 0.3, 0.2))


KINDS: dict[str, Kind] = {
    "teeth": plain(_teeth, (0.8, 0.76, 0.68)),
    "mouth": plain(_mouth, (0.42, 0.13, 0.12)),
}
