"""Glasses: frames of metal or acetate, and lenses that one sees by their glint alone."""

from __future__ import annotations

from .nodes import Kind, Look, Nodes

Colour = tuple[float, float, float]
_ACETATE: Colour = (0.016, 0.010, 0.008)
_METAL: Colour = (0.30, 0.29, 0.28)
_LENS: Colour = (0.85, 0.88, 0.9)
_LENS_ALPHA = 0.05


def _acetate(nodes: Nodes, _look: Look) -> None:
    nodes.set("Base Color", (*_ACETATE, 1.0))
    nodes.set("Roughness", 0.28)
    nodes.set("Coat Weight", 0.4)


def _metal(nodes: Nodes, _look: Look) -> None:
    nodes.set("Base Color", (*_METAL, 1.0))
    nodes.set("Metallic", 1.0)
    nodes.set("Roughness", 0.3)


def _lens(nodes: Nodes, _look: Look) -> None:
    nodes.set("Base Color", (*_LENS, 1.0))
    nodes.set("Alpha", _LENS_ALPHA)
    nodes.set("Roughness", 0.05)
    material = nodes.material
    material.surface_render_method = "BLENDED"
    material.use_transparent_shadow = True


KINDS: dict[str, Kind] = {
    "acetate": Kind(_acetate, lambda _look: _ACETATE),
    "metal": Kind(_metal, lambda _look: _METAL),
    "lens": Kind(_lens, lambda _look: _LENS, alpha=lambda _look: 0.12),
}
