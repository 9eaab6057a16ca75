"""Hair, beards, brows and lashes: cards with one picture of locks, coloured by the look's ``hair_colour``."""

from __future__ import annotations

from collections.abc import Callable

from .hair_picture import hair_colour, hair_image
from .nodes import Kind, Look, Nodes

VIEWPORT_SHARE = 0.75
"""How much of the hair's colour Solid view shows."""
_LASHES = (0.012, 0.009, 0.008)
_COILS = frozenset({"afro"})
"""Haircuts whose cards point every way: lit one by one in Solid view, they are scales."""
_COILS_ALPHA = 0.7
"""At which several cards behind each other hide the head, and one alone at the rim is a haze."""


def _cards(
    colour: Callable[[Look], tuple[float, float, float]],
    alpha: Callable[[Look], float],
    matt: Callable[[Look], bool],
    gloss: float = 0.0,
) -> Kind:
    """Return cards coloured by a look; ``alpha`` lets skin show through thin hair in Solid view, where ``matt`` ones
    have no sheen; ``gloss`` 0..1 makes hair mirror light in its own colour.
    """

    def viewport(look: Look) -> tuple[float, float, float]:
        red, green, blue = colour(look)
        return (VIEWPORT_SHARE * red, VIEWPORT_SHARE * green, VIEWPORT_SHARE * blue)

    def build(nodes: Nodes, look: Look) -> None:
        picture = nodes.add("TexImage", image=hair_image(colour(look)))
        nodes.set("Base Color", picture.outputs["Color"])
        nodes.set("Alpha", picture.outputs["Alpha"])
        # Gloss as of a metal and no other: it shines in the hair's colour, and flat cards seen edge on do not mirror
        # the light behind the head as a pale rim.
        nodes.set("Roughness", 0.40 if gloss else 0.62)
        nodes.set("Metallic", gloss)
        nodes.set("Specular IOR Level", 0.0)
        nodes.set("Specular Tint", (0.0, 0.0, 0.0, 1.0) if gloss else (1.0, 1.0, 1.0, 1.0))
        nodes.material.surface_render_method = "DITHERED"
        nodes.material.use_transparent_shadow = True

    return Kind(build, viewport, alpha=alpha, matt=matt)


def _hair(look: Look) -> tuple[float, float, float]:
    return hair_colour(look.get("hair_colour"))


def _beard(look: Look) -> tuple[float, float, float]:
    return hair_colour(look.get("beard_colour", look.get("hair_colour")))


def _brows(look: Look) -> tuple[float, float, float]:
    """Brows are a little darker than the hair, much darker than fair hair, and never quite white."""
    if "brow_colour" in look:
        return hair_colour(look["brow_colour"])
    red, green, blue = _hair(look)
    strength = 0.85 * (0.16 / max(red, 0.16)) ** 0.7
    return (red * strength, green * strength, blue * strength)


def _lashes(_look: Look) -> tuple[float, float, float]:
    return _LASHES


def _coiled(look: Look) -> bool:
    return look.get("hair") in _COILS


def _thin(colour: Callable[[Look], tuple[float, float, float]], alpha: float) -> Kind:
    """Return cards through which skin shows in Solid view, always matt: the sheen of a whole card is a grey slab."""
    return _cards(colour, lambda _look: alpha, lambda _look: True)


KINDS: dict[str, Kind] = {
    "hair": _cards(_hair, lambda look: _COILS_ALPHA if _coiled(look) else 1.0, _coiled, gloss=0.3),
    "beard": _thin(_beard, 0.45),
    "brows": _thin(_brows, 0.28),
    "lashes": _thin(_lashes, 0.5),
}
