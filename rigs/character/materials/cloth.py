"""Woven cloth, leather and rubber."""

from __future__ import annotations

from collections.abc import Callable

from .nodes import Kind, Nodes, plain


def _fabric(weave: float, depth: float) -> Callable[[Nodes], None]:
    """Return a cloth with threads ``1 / weave`` metres wide and soft folds."""

    def build(nodes: Nodes) -> None:
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


def _leather(nodes: Nodes) -> None:
    place = nodes.rest()
    nodes.set("Base Color", nodes.colour())
    nodes.set("Roughness", nodes.ramp(nodes.noise(place, 90.0, 3.0), 0.3, 0.7, 0.42, 0.62))
    nodes.set("Normal", nodes.bump(nodes.noise(place, 650.0, 3.0), 0.0006, 0.4))


def _rubber(nodes: Nodes) -> None:
    nodes.set("Base Color", nodes.colour())
    nodes.set("Roughness", 0.75)


KINDS: dict[str, Kind] = {
    "top": plain(_fabric(650.0, 0.0012), (0.1, 0.19, 0.25)),
    "trousers": plain(_fabric(1100.0, 0.0006), (0.055, 0.058, 0.07)),
    "shoes": plain(_leather, (0.11, 0.07, 0.045)),
    "soles": plain(_rubber, (0.5, 0.47, 0.43)),
}
