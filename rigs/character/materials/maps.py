"""The character's image files: loaded once per file, shared between characters, and carried inside saved files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy

from ....inference.shipped import ROOT, check_shipped
from .nodes import Nodes

MAPS = ROOT / "assets" / "cast" / "maps"


def load_map(name: str, *, colour: bool = True) -> Any:
    """Return the image of ``assets/cast/maps/NAME``, packed, so that a saved file needs nothing beside it.

    Blender reads the pixels when it first draws them; until then an image costs its bytes on disk.

    Parameters
    ----------
    name : str
        With its ending.
    colour : bool
        Whether it holds colours; values such as normals and roughness must not be bent by sRGB's curve.

    Raises
    ------
    SoliloquyError
        When the file is missing or damaged.
    """
    path = MAPS / name
    check_shipped(path, "The character's pictures")
    for image in bpy.data.images:
        if image.library is None and image.packed_file is not None and Path(image.filepath_raw).name == name:
            return image
    image = bpy.data.images.load(str(path))
    image.name = f"Soliloquy {path.stem.replace('_', ' ').title()}"
    if not colour:
        image.colorspace_settings.name = "Non-Color"
    image.pack()
    return image


def texture(nodes: Nodes, name: str, *, colour: bool = True) -> Any:
    """Add an Image Texture on the active UV map; returns its colour output."""
    node = nodes.add("TexImage", image=load_map(name, colour=colour))
    return node.outputs["Color"]


def normal(nodes: Nodes, name: str, strength: float = 1.0) -> Any:
    """Add a normal map in tangent space; returns the disturbed normal."""
    node = nodes.add("NormalMap", space="TANGENT")
    node.inputs["Strength"].default_value = strength
    nodes.put(node.inputs["Color"], texture(nodes, name, colour=False))
    return node.outputs["Normal"]
