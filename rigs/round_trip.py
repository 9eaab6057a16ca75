"""Measures what comes back from exported files: ``python -m soliloquy.rigs.round_trip [RIG ...]``.

Bakes a performance onto a character, exports it, imports the file into an empty scene and compares, on frames all over
the take, the directions from bone to bone in the world and the values of all keys. Without RIG it is the default
character; else files with characters, as ``soliloquy rig`` opens them.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy
import numpy as np

from ..inference.performance import Performance
from . import compat
from .benchmark import lively_performance
from .character.default_character import add_character
from .export_formats import FORMATS
from .export_take import export_take
from .open_file import open_file
from .render.stage import objects_of
from .rig import rigs_in_scene
from .takes.bake import BakeOptions, bake
from .takes.take import activate

WAYS = (("FBX", "standard"), ("FBX", "unity"), ("FBX", "unreal"), ("FBX", "maya"), ("GLTF", ""), ("USD", ""))
"""Format and preset of each row."""
_SAMPLES = 12
_SHORTEST = 0.01
"""Share of the character's height below which a pair of bones has no direction to speak of."""


@dataclass(frozen=True)
class Shown:
    """What a scene shows on some frames."""

    heads: dict[str, np.ndarray]
    """Bone -> (F, 3) where it begins, in the world."""
    pairs: list[tuple[str, str]]
    """Bones and their children."""
    keys: dict[str, np.ndarray]
    """Shape key -> (F,) values; where several meshes have it, those of the mesh that shows most."""

    @property
    def height(self) -> float:
        """How far apart the bones lie at most along one axis."""
        points = np.concatenate(list(self.heads.values()))
        return float(np.ptp(points, axis=0).max())


def _name(name: str) -> str:
    return re.sub(r"\W", "_", name)


def shown(armature: Any, meshes: list[Any], frames: list[int]) -> Shown:
    """Return what bones and keys do on some frames of the window's scene."""
    bones = list(armature.pose.bones) if armature is not None else []
    heads: dict[str, list[Any]] = {_name(bone.name): [] for bone in bones}
    keys: dict[str, np.ndarray] = {}
    blocks = [b for mesh in meshes if mesh.data.shape_keys is not None for b in mesh.data.shape_keys.key_blocks[1:]]
    values = np.zeros((len(blocks), len(frames)))
    for column, frame in enumerate(frames):
        bpy.context.scene.frame_set(frame)
        for bone in bones:
            heads[_name(bone.name)].append(armature.matrix_world @ bone.head)
        values[:, column] = [block.value for block in blocks]
    for block, row in zip(blocks, values, strict=True):
        known = keys.get(_name(block.name))
        if known is None or np.ptp(row) > np.ptp(known):
            keys[_name(block.name)] = row
    pairs = [(_name(bone.parent.name), _name(bone.name)) for bone in bones if bone.parent is not None]
    return Shown({name: np.array(rows) for name, rows in heads.items()}, pairs, keys)


def compared(wanted: Shown, found: Shown) -> dict[str, float]:
    """Return how far what came back is from what was shown: degrees, and shares of a key's range."""
    least = _SHORTEST * wanted.height if wanted.heads else 0.0
    angles: list[np.ndarray] = []
    for parent, child in found.pairs:
        if parent not in wanted.heads or child not in wanted.heads:
            continue
        was = wanted.heads[child] - wanted.heads[parent]
        came = found.heads[child] - found.heads[parent]
        if np.linalg.norm(was, axis=1).min() > least:
            cosine = (was * came).sum(1) / np.maximum(np.linalg.norm(was, axis=1) * np.linalg.norm(came, axis=1), 1e-9)
            angles.append(np.degrees(np.arccos(np.clip(cosine, -1, 1))))
    shared = [name for name in wanted.keys if name in found.keys]
    errors = [np.abs(wanted.keys[name] - found.keys[name]).max() for name in shared]
    size = found.height / wanted.height if wanted.heads and found.heads else 1.0
    return {
        "directions": float(len(angles)),
        "degrees": float(np.max(angles)) if angles else 0.0,
        "keys": float(len(shared)),
        "keys lost": float(len(wanted.keys) - len(shared)),
        "key error": float(max(errors, default=0.0)),
        "size": size,
    }


def _again(path: Path, first: int, fps: float) -> tuple[Any, list[Any], int]:
    """Import a file into an empty scene; returns armature, meshes and by how much its frames are later."""
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    compat.set_frame_rate(bpy.context.scene, fps)
    later = 0
    if path.suffix == ".fbx":
        bpy.ops.import_scene.fbx(filepath=str(path), anim_offset=0.0)
    elif path.suffix == ".glb":
        bpy.ops.import_scene.gltf(filepath=str(path))
        later = round(min(action.frame_range[0] for action in bpy.data.actions)) - first
    else:
        compat.import_usd(path)
    for key in bpy.data.shape_keys:
        for block in key.key_blocks:  # importers forget how far a slider goes, which is not the file's doing
            block.slider_min, block.slider_max = -10.0, 10.0
    objects = bpy.context.scene.objects
    armature = next((item for item in objects if item.type == "ARMATURE"), None)
    return armature, [item for item in objects if item.type == "MESH"], later


def _opened(source: str) -> Any:
    if source == "default":
        bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
        return add_character(bpy.context)
    open_file(source)
    return rigs_in_scene(bpy.context.scene)[0]


def measure(source: str, performance: Performance, ways: tuple[tuple[str, str], ...] = WAYS) -> list[dict[str, Any]]:
    """Return a row per way out: what came back of a performance on a character."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for format, preset in ways:
            rig = _opened(source)
            compat.set_frame_rate(bpy.context.scene, performance.fps)
            take = bake(performance, rig, BakeOptions(first_frame=1.0)).take
            activate(rig, take)
            frames = sorted({int(f) for f in np.linspace(1, 1 + performance.frames - 1, _SAMPLES)})
            meshes = [item for item in objects_of(rig) if item.type == "MESH"]
            wanted = shown(rig.armature, meshes, frames)
            path = Path(folder) / f"line{FORMATS[format].suffix}"
            export_take(rig, take, path, format, preset or "standard")
            armature, found, later = _again(path, 1, performance.fps)
            row = compared(wanted, shown(armature, found, [frame + later for frame in frames]))
            rows.append({"rig": Path(source).name, "format": format, "preset": preset, **row})
    return rows


def main() -> int:
    """Measure and print a line per way out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rigs", nargs="*", default=["default"], metavar="RIG")
    parser.add_argument("--performance", metavar="FILE", help="an .npz (default: a second in which everything moves)")
    arguments = parser.parse_args()
    performance = Performance.load(arguments.performance) if arguments.performance else lively_performance(1.0)
    for source in arguments.rigs:
        for row in measure(source, performance):
            print(json.dumps({k: round(v, 4) if isinstance(v, float) else v for k, v in row.items()}), flush=True)
    return 0


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    # Blender's module before 5.0 can hang when it is taken down.
    os._exit(code)
