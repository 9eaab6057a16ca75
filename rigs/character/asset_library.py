"""The cast as an asset library: one file whose collections the Asset Browser shows with their pictures.

    python -m soliloquy.rigs.character.asset_library FILE.blend

Works with the module bpy. Put the file into a folder that the preferences list under *Asset Libraries*.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import bpy

from ...inference.looks import looks
from ...inference.shipped import ROOT
from .default_character import add_character

_THUMBNAILS = ROOT / "assets" / "cast" / "thumbnails"


def write_library(file: Path) -> list[str]:
    """Write everybody of the cast as a collection that is an asset; returns their names.

    The scene that is open is given up.
    """
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    layer = bpy.context.view_layer
    made = []
    for name, look in looks().items():
        collection = bpy.data.collections.new(look.title)
        bpy.context.scene.collection.children.link(collection)
        layer.active_layer_collection = layer.layer_collection.children[collection.name]
        add_character(bpy.context, name=look.title, person=name)
        collection.asset_mark()
        collection.asset_data.description = look.text
        picture = _THUMBNAILS / f"{name}.jpg"
        if picture.is_file():
            with bpy.context.temp_override(id=collection):
                bpy.ops.ed.lib_id_load_custom_preview(filepath=str(picture))
        made.append(look.title)
    bpy.ops.wm.save_as_mainfile(filepath=str(file), compress=True)
    return made


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Write the cast as an asset library.")
    parser.add_argument("file", type=Path)
    arguments = parser.parse_args()
    made = write_library(arguments.file.absolute())
    print(f"{arguments.file}: {', '.join(made)}")


if __name__ == "__main__":
    main()
