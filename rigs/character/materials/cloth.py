"""Cloth, leather and rubber: baked shade, normals and roughness, with a colour that the look chooses.

The shade is a grey picture that all colours share. What goes into the shader is that picture in the cloth's colour,
made once per colour and packed into the file: exporters carry pictures, and nothing that is calculated with them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import bpy
import numpy as np
import numpy.typing as npt

from .coloured_image import as_bytes, coloured_image
from .maps import load_map, normal, texture
from .nodes import Kind, Look, Nodes, plain

Colour = tuple[float, float, float]
_MOST_SHADE = 1.5
"""The factor that the brightest red of a shade's file stands for."""


@dataclass(frozen=True)
class Fabric:
    """What one material is made of."""

    maps: str
    """Files ``cloth_MAPS_{shade,normal,roughness}.jpg``."""
    colour: Colour
    """Linear, where the look names none."""
    trim: Colour
    """Of thread, buttons and eyelets, linear."""
    sheen: float = 0.0
    specular: float = 0.25


FABRICS: dict[str, Fabric] = {
    "sweater": Fabric("sweater", (0.085, 0.165, 0.215), (0.1, 0.1, 0.1), 0.15),
    "jeans": Fabric("jeans", (0.040, 0.075, 0.150), (0.42, 0.19, 0.05), 0.05),
    "shirt": Fabric("shirt", (0.62, 0.70, 0.80), (0.72, 0.72, 0.70)),
    "suit trousers": Fabric("trousers", (0.030, 0.034, 0.045), (0.012, 0.010, 0.009), 0.08),
    "jacket": Fabric("jacket", (0.030, 0.034, 0.045), (0.012, 0.010, 0.009), 0.08),
    "dress": Fabric("dress", (0.24, 0.022, 0.045), (0.1, 0.1, 0.1), 0.05, 0.3),
    "tshirt": Fabric("tshirt", (0.62, 0.17, 0.07), (0.62, 0.20, 0.10), 0.05),
    "shorts": Fabric("shorts", (0.16, 0.15, 0.11), (0.20, 0.19, 0.15)),
    "belt": Fabric("leather", (0.045, 0.022, 0.012), (0.1, 0.1, 0.1), 0.0, 0.45),
    "leather shoes": Fabric("shoes", (0.050, 0.022, 0.011), (0.07, 0.035, 0.02), 0.0, 0.5),
    "sneakers": Fabric("sneakers", (0.10, 0.12, 0.16), (0.68, 0.67, 0.64)),
    "flats": Fabric("leather", (0.022, 0.020, 0.022), (0.1, 0.1, 0.1), 0.0, 0.5),
    "laces": Fabric("rubber", (0.62, 0.61, 0.58), (0.1, 0.1, 0.1)),
    "leather soles": Fabric("rubber", (0.018, 0.012, 0.009), (0.1, 0.1, 0.1), 0.0, 0.35),
    "rubber": Fabric("rubber", (0.60, 0.58, 0.54), (0.1, 0.1, 0.1), 0.0, 0.35),
}
"""Materials of garments and shoes."""


def colour_of(name: str, look: Look) -> Colour:
    """Return the linear colour that a look gives to a material: its ``outfit_colours``, or the fabric's own."""
    red, green, blue = dict(look.get("outfit_colours") or {}).get(name, FABRICS[name].colour)
    return float(red), float(green), float(blue)


def coloured(name: str, colour: Colour) -> Any:
    """Return the picture of a fabric in one colour, packed; the same one for the same colour.

    Parameters
    ----------
    name : str
        A material of ``FABRICS``.
    colour : tuple of float
        Linear.
    """
    label = f"Soliloquy {name.capitalize()} " + "".join(f"{round(255 * min(max(c, 0.0), 1.0)):02x}" for c in colour)
    known = bpy.data.images.get(label)
    if known is not None and known.library is None and known.packed_file is not None:
        return known
    return coloured_image(label, _tinted, FABRICS[name], colour)


def _tinted(fabric: Fabric, colour: Colour) -> npt.NDArray[np.uint8]:
    """Return (height, width, 3) sRGB: the shade of a fabric in one colour."""
    source = load_map(f"cloth_{fabric.maps}_shade.jpg", colour=False)
    width, height = source.size
    pixels = np.empty(width * height * 4, np.float32)
    source.pixels.foreach_get(pixels)
    # Two bytes a pixel say everything: all they can say is coloured once, then looked up.
    said = as_bytes(pixels).reshape(height, width, 4).astype(np.uint16)
    found: npt.NDArray[np.uint8] = np.take(_all_tones(fabric, colour), said[..., 0] << 8 | said[..., 1], axis=0)
    return found


def _all_tones(fabric: Fabric, colour: Colour) -> npt.NDArray[np.uint8]:
    """Return (65536, 3) sRGB for every shade (high byte) and share of the trim (low byte)."""
    levels = np.arange(256, dtype=np.float32) * np.float32(1 / 255)
    shade, trim = _MOST_SHADE * np.repeat(levels, 256)[:, None], np.tile(levels, 256)[:, None]
    linear = shade * np.asarray(colour, np.float32) * (1 - trim) + np.asarray(fabric.trim, np.float32) * trim
    return as_bytes(np.clip(linear, 0, 1) ** np.float32(1 / 2.2))


def _fabric(name: str) -> Kind:
    fabric = FABRICS[name]

    def build(nodes: Nodes, look: Look) -> None:
        picture = nodes.add("TexImage", image=coloured(name, colour_of(name, look)))
        nodes.set("Base Color", picture.outputs["Color"])
        nodes.set("Roughness", texture(nodes, f"cloth_{fabric.maps}_roughness.jpg", colour=False))
        nodes.set("Normal", normal(nodes, f"cloth_{fabric.maps}_normal.jpg"))
        nodes.set("Specular IOR Level", fabric.specular)
        nodes.set("Sheen Weight", fabric.sheen)

    return Kind(build, lambda look: colour_of(name, look))


def _woven(weave: float, depth: float) -> Callable[[Nodes], None]:
    """Return a cloth without texture coordinates, with threads ``1 / weave`` metres wide and soft folds."""

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
    **{name: _fabric(name) for name in FABRICS},
    "top": plain(_woven(650.0, 0.0012), (0.1, 0.19, 0.25)),
    "trousers": plain(_woven(1100.0, 0.0006), (0.055, 0.058, 0.07)),
    "shoes": plain(_leather, (0.11, 0.07, 0.045)),
    "soles": plain(_rubber, (0.5, 0.47, 0.43)),
}
