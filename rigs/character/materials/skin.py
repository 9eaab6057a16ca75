"""Skin: albedo of the look's tone, roughness and normals from baked maps, on a chart of the head and one of the body.

Every map is one Image Texture straight into the shader, so that FBX and glTF carry it; how light spreads below the
surface stays in Blender.
"""

from __future__ import annotations

from .maps import normal, texture
from .nodes import Kind, Look, Nodes

VIEWPORT: dict[str, tuple[float, float, float]] = {
    "default": (0.485, 0.267, 0.175), "light": (0.55, 0.332, 0.227), "stubble": (0.45, 0.254, 0.162),
    "deep": (0.15, 0.075, 0.045), "golden": (0.488, 0.29, 0.169), "older": (0.51, 0.316, 0.225),
    "freckled": (0.535, 0.32, 0.219), "plain": (0.547, 0.317, 0.205),
}  # fmt: skip
"""Tones that have maps, and their colour in Solid view, linear."""
_SOLID = 1.6
_HALF = 0.5
_RELIEF = 1.5
"""Strength of the picture of pores and lines: as it was measured, light that spreads below the skin drowns it."""
_SPECULAR = {"deep": 0.24}
"""Of tones beside which the same gloss stands out more."""
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
    nodes.set("Specular IOR Level", _SPECULAR.get(tone(look), 0.36))
    nodes.set("Sheen Weight", 0.02)
    nodes.subsurface(0.55, 0.0032, (1.0, 0.30, 0.16))


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
