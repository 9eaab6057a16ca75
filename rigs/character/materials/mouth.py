"""Teeth, gums, tongue and the lining of the mouth, all in one picture."""

from __future__ import annotations

from .maps import texture
from .nodes import Kind, Nodes, plain

LINING_UV = (0.815, 0.25)
"""Where the picture shows the lining of a mouth that has no skin inside."""


def _teeth(nodes: Nodes) -> None:
    nodes.set("Base Color", texture(nodes, "mouth.jpg"))
    nodes.set("Roughness", 0.16)
    nodes.set("Coat Weight", 0.4)
    nodes.subsurface(0.15, 0.003, (1.0, 0.85, 0.6))


def _mouth(nodes: Nodes) -> None:
    nodes.set("Base Color", texture(nodes, "mouth.jpg"))
    nodes.set("Roughness", 0.26)
    nodes.subsurface(0.2, 0.006, (1.0, 0.3, 0.2))


KINDS: dict[str, Kind] = {
    "teeth": plain(_teeth, (0.66, 0.62, 0.55)),
    "mouth": plain(_mouth, (0.34, 0.10, 0.09)),
}
