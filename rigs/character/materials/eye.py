"""Eyes: a hollow iris and a sclera in one picture, under a cornea that is always wet.

Pupil and iris are materials of their own so that Solid view, which shows one colour a material, has a gaze.
"""

from __future__ import annotations

from .maps import normal, texture
from .nodes import Kind, Look, Nodes

IRISES: dict[str, tuple[float, float, float]] = {
    "brown": (0.13, 0.065, 0.026), "dark_brown": (0.055, 0.027, 0.014), "hazel": (0.15, 0.105, 0.04),
    "green": (0.12, 0.13, 0.06), "blue": (0.12, 0.19, 0.28), "grey": (0.17, 0.19, 0.20),
}  # fmt: skip
"""Colours that have maps, and what Solid view shows of them, linear."""
_CORNEA_IOR = 1.376
"""Of the cornea, as measured by Gullstrand."""


def iris(look: Look) -> str:
    """Return the name of the look's iris colour; a name that there is not means brown."""
    name = str(look.get("eyes", "brown"))
    return name if name in IRISES else "brown"


def _eye(nodes: Nodes, look: Look) -> None:
    nodes.set("Base Color", texture(nodes, f"eye_{iris(look)}.jpg"))
    nodes.set("Roughness", texture(nodes, "eye_roughness.jpg", colour=False))
    # The picture's normals hollow the iris; the coat keeps the mesh's, which bulge.
    nodes.set("Normal", normal(nodes, "eye_normal.jpg"))
    nodes.set("Specular IOR Level", 0.25)
    nodes.set("Coat Weight", 1.0)
    nodes.set("Coat Roughness", 0.015)
    nodes.set("Coat IOR", _CORNEA_IOR)


KINDS: dict[str, Kind] = {
    "eye": Kind(_eye, lambda _look: (0.80, 0.77, 0.74)),
    "iris": Kind(_eye, lambda look: IRISES[iris(look)]),
    "pupil": Kind(_eye, lambda _look: (0.0, 0.0, 0.0), matt=lambda _look: True),
}
