"""Measures Add Face Shapes against true keys: ``python -m soliloquy.rigs.measures.face_shapes FILE ...``.

A head that has ARKit's keys loses them, gets new ones, and the two are compared where the true ones move by more than
2 mm: as it is, with another mesh (a third of its triangles gone), and stretched. Works with the module bpy.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

import bpy
import numpy as np
import numpy.typing as npt
from mathutils.bvhtree import BVHTree

from ...inference.arkit import ARKIT_INDEX, ARKIT_NAMES
from ...inference.errors import SoliloquyError
from ..faces.carry.head import head_parts, triangles_of
from ..faces.carry.nearest import barycentric
from ..faces.face_shapes import add_face_shapes
from ..faces.key_shapes import data_points, key_points, rest_points
from ..open_file import character_in, open_file
from ..rest_frame import SMPLX_TO_BLENDER, RestFrame
from ..rig import Rig, find_rig

Doubles = npt.NDArray[np.float64]

_MOVES = 2e-3
_STRETCHED = np.array([1.06, 0.96, 1.03])
_KEPT = 0.65
"""Share of the triangles that the other mesh keeps."""


def measure(path: str, variant: str) -> dict[str, Any]:
    """Return the figures of one file: millimetres of the mean, of nineteen in twenty, and the worst shapes."""
    open_file(path)
    rig = character_in(path)
    mesh = max(rig.meshes, key=lambda item: len(item.data.shape_keys.key_blocks) if item.data.shape_keys else 0)
    names = {key.shows.mix[0][0]: key.name for key in rig.keys if key.mesh == mesh and len(key.shows.mix) == 1}
    rest = rest_points(mesh)
    true = {name: key_points(mesh, key) - rest for name, key in names.items()}
    mesh.shape_key_clear()
    if variant == "other mesh":
        true = _other_mesh(mesh, rest, true)
    elif variant == "stretched":
        middle = rest.mean(axis=0)
        mesh.data.vertices.foreach_set("co", ((rest - middle) * _STRETCHED + middle).astype(np.float32).ravel())
        true = {name: delta * _STRETCHED for name, delta in true.items()}
    mesh.data.update()
    found = find_rig(rig.armature) or Rig(None, [mesh], attached=[mesh])
    begun = time.perf_counter()
    report = add_face_shapes(found, mesh)
    seconds = time.perf_counter() - begun
    return {"seconds": round(seconds, 1), "failed": report.failed, **_compared(found, mesh, true)}


def _other_mesh(mesh: Any, rest: Doubles, true: dict[str, Doubles]) -> dict[str, Doubles]:
    """Give a mesh object fewer vertices, in other places; returns what the true keys do to them."""
    tree = BVHTree.FromPolygons(rest.tolist(), triangles_of(mesh.data).tolist())
    corners = triangles_of(mesh.data)
    for modifier in mesh.modifiers:
        modifier.show_viewport = modifier.type == "MASK"
    fewer = mesh.modifiers.new("Fewer", "DECIMATE")
    fewer.ratio = _KEPT
    graph = bpy.context.evaluated_depsgraph_get()
    data = bpy.data.meshes.new_from_object(mesh.evaluated_get(graph), preserve_all_data_layers=True, depsgraph=graph)
    mesh.modifiers.remove(fewer)
    for modifier in [item for item in mesh.modifiers if item.type == "MASK"]:
        mesh.modifiers.remove(modifier)
    for modifier in mesh.modifiers:
        modifier.show_viewport = True
    mesh.data = data
    near = [tree.find_nearest(point) for point in data_points(data).tolist()]
    chosen = corners[np.array([item[2] for item in near])]
    shares = barycentric(rest[chosen], np.array([item[0] for item in near]))
    return {name: np.einsum("qc,qci->qi", shares, delta[chosen]) for name, delta in true.items()}


def _compared(rig: Rig, mesh: Any, true: dict[str, Doubles]) -> dict[str, Any]:
    """Return the differences in millimetres on what is shown of the head."""
    head = next((rig.joints[joint].bone for joint in ("head", "neck") if joint in rig.joints), "")
    frame = rig.frame if rig.joints else RestFrame(SMPLX_TO_BLENDER, 1.0)
    part = head_parts(rig.armature if rig.joints else None, [mesh], head, frame)[0]
    metres = np.linalg.inv(part.to_mesh)
    rest = rest_points(mesh)
    blocks = mesh.data.shape_keys.key_blocks
    every: dict[str, Doubles] = {}
    for name in sorted(true, key=ARKIT_INDEX.__getitem__):
        truth = true[name] @ metres.T
        mine = (key_points(mesh, name) - rest) @ metres.T if name in blocks else np.zeros_like(truth)
        moving = part.shown & (np.linalg.norm(truth, axis=1) > _MOVES)
        if moving.any():
            every[name] = 1e3 * np.linalg.norm(mine - truth, axis=1)[moving]
    off = np.concatenate(list(every.values()))
    worst = sorted(every, key=lambda name: -every[name].mean())[:4]
    return {
        "mean mm": round(float(off.mean()), 2),
        "95 % mm": round(float(np.quantile(off, 0.95)), 2),
        "shapes": len(every),
        "worst": {name: round(float(every[name].mean()), 2) for name in worst},
        "missing": [name for name in ARKIT_NAMES if name in true and name not in blocks],
    }


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("files", nargs="+", help="characters with ARKit's keys")
    chosen = parser.parse_args()
    print("| file | mesh | mean mm | 95 % mm | shapes | worst, mean mm | failed | s |\n|" + "---|" * 8)
    for path in chosen.files:
        for variant in ("as it is", "other mesh", "stretched"):
            try:
                found = measure(path, variant)
            except SoliloquyError as error:
                print(f"| {Path(path).name} | {variant} | {error} |")
                continue
            worst = ", ".join(f"{name} {value}" for name, value in found["worst"].items())
            failed = ", ".join(found["failed"]) or "none"
            print(
                f"| {Path(path).name} | {variant} | {found['mean mm']} | {found['95 % mm']} | {found['shapes']} | "
                f"{worst} | {failed} | {found['seconds']} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
