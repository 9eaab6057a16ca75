"""Skin: albedo of the look's tone, roughness and normals from baked maps, on a chart of the head and one of the body.

Every map is one Image Texture straight into the shader, so that FBX and glTF carry it; how light spreads below the
surface stays in Blender.
"""

from __future__ import annotations

from .maps import normal, texture
from .nodes import Kind, Look, Nodes

VIEWPORT: dict[str, tuple[float, float, float]] = {
    "default": (0.49, 0.29, 0.20), "light": (0.56, 0.36, 0.26), "stubble": (0.46, 0.275, 0.185),
    "deep": (0.15, 0.075, 0.045), "golden": (0.49, 0.305, 0.19), "older": (0.52, 0.34, 0.255),
    "freckled": (0.545, 0.345, 0.25), "plain": (0.555, 0.34, 0.235),
}  # fmt: skip
"""Tones that have maps, and their colour in Solid view, linear."""
_SOLID = 1.6
_HALF = 0.5
_RELIEF = 1.5
"""Strength of the picture of pores and lines: as it was measured, light that spreads below the skin drowns it."""
_FAIR = ("default", "light")


def tone(look: Look) -> str:
    """Return the name of the look's skin; a name that there is not means the default person's.

    ``freckles`` from 0.5 on give a fair skin freckles.
    """
    name = str(look.get("skin", "default"))
    name = name if name in VIEWPORT else "default"
    return "freckled" if name in _FAIR and float(look.get("freckles", 0.0)) >= _HALF else name


def _older(look: Look) -> bool:
    """Whether the face has wrinkles: that of the older tone, and any from ``age`` 0.5 on."""
    return tone(look) == "older" or float(look.get("age", 0.0)) >= _HALF


def _skin(nodes: Nodes, look: Look, chart: str) -> None:
    older = "_older" if chart == "head" and _older(look) else ""
    nodes.set("Base Color", texture(nodes, f"skin_{tone(look)}_{chart}.jpg"))
    nodes.set("Roughness", texture(nodes, f"skin_roughness_{chart}.jpg", colour=False))
    nodes.set("Normal", normal(nodes, f"skin_normal_{chart}{older}.jpg", _RELIEF))
    nodes.set("Specular IOR Level", 0.34)
    nodes.set("Sheen Weight", 0.035)
    nodes.subsurface(0.75, 0.0030, (1.0, 0.34, 0.19))


def _face(nodes: Nodes, look: Look) -> None:
    _skin(nodes, look, "head")


def _body(nodes: Nodes, look: Look) -> None:
    _skin(nodes, look, "body")


def _viewport(look: Look) -> tuple[float, float, float]:
    return VIEWPORT[tone(look)]


KINDS: dict[str, Kind] = {
    "skin": Kind(_body, _viewport, solid=_SOLID),
    "face skin": Kind(_face, _viewport, solid=_SOLID),
}
