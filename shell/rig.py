"""``soliloquy rig``: what a character is, which bone is which joint, and what of it can be animated."""

from __future__ import annotations

import argparse
import json
from typing import Any

from .blender_process import add_blender_option, add_character_options, character_file, mapping_file, run_in_blender
from .terminal import ProgressBar, show

EPILOG = """\
examples:
  soliloquy rig hero.fbx
  soliloquy rig scene.blend --object Hero --json
  soliloquy rig odd.fbx --mapping odd.json

Reads .blend, .fbx, .glb, .gltf, .vrm, .bvh, and SMPL-X or FLAME files of your own (.npz, .pkl); nothing is written.
Needs Blender 4.2 or later, as 'soliloquy bake'."""


def add_parser(commands: Any) -> None:
    """Add this command to the command line."""
    parser = commands.add_parser(
        "rig",
        help="say what a character is, and what of it can be animated",
        description="Looks at a character in a file: kind of skeleton and face, rest pose, and what is missing.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", metavar="FILE", help="a file with a character")
    add_character_options(parser)
    parser.add_argument("--json", action="store_true", help="print everything as JSON: kind, joint to bone, face, keys")
    add_blender_option(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run the command."""
    order = {
        "command": "rig", "rig": character_file(arguments.file), "object": arguments.object,
        "mapping": mapping_file(arguments.mapping),
    }  # fmt: skip
    bar = ProgressBar()
    try:
        found = run_in_blender(order, arguments.blender, bar, log="rig.log")
    finally:
        bar.clear()
    found.pop("type")
    if arguments.json:
        print(json.dumps(found, indent=2, ensure_ascii=False))
        return 0
    print(f"{found['object']}: {found['line']}")
    shown = [region.replace("_", " ") for region, said in found["regions"].items() if said["animated"]]
    print(f"animated: {', '.join(shown) or 'nothing'}")
    for text in found["warnings"]:
        show(text)
    return 0
