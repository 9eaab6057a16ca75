"""How far the lips of a face of numbered components are from where the default character's go under a performance.

    python -m soliloquy.rigs.measures.components performance.npz FILE ...

For synthetic files in the layout of SMPL-X or FLAME that were made of the default character: there the true place of
every point is known. Where the components are mixtures of ARKit's keys, which is found out, mixtures of them are
performed too: those a fit could show without any error.
"""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path
from typing import Any

import bpy
import numpy as np
import numpy.typing as npt
from mathutils.kdtree import KDTree

from ...inference.arkit import ARKIT_INDEX
from ...inference.character import load_character
from ...inference.performance import Performance
from ..character.shape import to_blender
from ..faces.carry.source import mouth_material
from ..faces.components import Components
from ..faces.key_shapes import key_points, rest_points
from ..open_file import character_in, open_file
from ..rig import Rig
from ..takes.bake import BakeOptions, bake
from ..takes.take import remove

Doubles = npt.NDArray[np.float64]

_NEAR = 0.008
"""Metres around the rims of the lips within which a point belongs to them."""
_SAME = 2e-4
_FRAMES = 40
_LARGEST = 1.0
"""Largest amount of a component in mixtures that are performed."""


def component_figures(rig: Rig, performance: Performance) -> dict[str, float]:
    """Return ``lip points mm``: by how much the lips are off on the mean, in speech or in mixtures of the components.

    Nothing for faces without components, and where the true place of the points is not known.
    """
    if not any(isinstance(item, Components) for item in rig.drives):
        return {}
    try:
        found = [lip_errors(rig, performance)["mean"]]
        mixed = mixtures(rig, performance)
        found += [] if mixed is None else [lip_errors(rig, mixed)["mean"]]
    except ValueError:
        return {}
    return {"lip points mm": max(found)}


def lip_errors(rig: Rig, performance: Performance) -> dict[str, float]:
    """Return millimetres: ``moves``, mean way of the lips' points, ``mean`` and ``most`` they are off.

    The scene runs at the performance's rate.

    Raises
    ------
    ValueError
        When the file is none of the default character's.
    """
    drive = next((item for item in rig.drives if isinstance(item, Components)), None)
    if drive is None:
        raise ValueError("the face has no components")
    mesh = drive.mesh
    lips, twin = _lips(rig, mesh)
    take = bake(performance, rig, BakeOptions(regions=("lips",), tolerance=0.0)).take
    rows = np.linspace(0, performance.frames - 1, min(_FRAMES, performance.frames)).astype(int)
    deltas = np.stack([key.dense(len(load_character().vertices))[twin] for key in load_character().arkit])
    ways, off = [], []
    turned = mesh.matrix_world.to_3x3()
    rest = _shown(mesh, lips, 0, rest=True)
    for row in rows:
        shown = (_shown(mesh, lips, int(row)) - rest) @ np.array(turned).T
        true = to_blender(np.einsum("k,kvi->vi", performance.arkit[row].astype(np.float64), deltas))
        ways.append(np.linalg.norm(true, axis=1))
        off.append(np.linalg.norm(shown - true, axis=1))
    remove(rig, take)
    return {"moves": 1e3 * float(np.mean(ways)), "mean": 1e3 * float(np.mean(off)), "most": 1e3 * float(np.max(off))}


def mixtures(rig: Rig, performance: Performance, seed: int = 0) -> Performance | None:
    """Return a performance of random amounts of the components, None where they are no mixtures of ARKit's keys."""
    drive = next(item for item in rig.drives if isinstance(item, Components))
    mesh = drive.mesh
    lips, twin = _lips(rig, mesh)
    linear = np.array(mesh.matrix_world.to_3x3(), np.float64)
    rest = rest_points(mesh)
    own = np.stack([(key_points(mesh, name) - rest)[lips] @ linear.T for name in drive.keys])
    every = np.stack([to_blender(key.dense(len(load_character().vertices))[twin]) for key in load_character().arkit])
    flat = every.reshape(len(every), -1).T
    found, *_ = np.linalg.lstsq(flat, own.reshape(len(own), -1).T, rcond=1e-6)
    if np.abs(flat @ found - own.reshape(len(own), -1).T).max() > _SAME:
        return None
    amounts = np.random.default_rng(seed).uniform(-_LARGEST, _LARGEST, (_FRAMES, len(own)))
    arkit = (amounts @ found.T).astype(np.float32)
    poses = np.zeros((_FRAMES, performance.poses.shape[1]), np.float32)
    # Jaws turn by their bone, which these mixtures leave alone.
    arkit[:, ARKIT_INDEX["jawOpen"]] = 0.0
    still = np.zeros((_FRAMES, 3), np.float32)
    return dataclasses.replace(
        performance, poses=poses, trans=still, arkit=arkit, lip_aperture=still[:, 0], expressions=None, tracks={}
    )


def _lips(rig: Rig, mesh: Any) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the points of the lips, and the vertex of the default character that each of them is."""
    character = load_character()
    there = to_blender(character.vertices.astype(np.float64))
    tree = KDTree(len(there))
    for index, place in enumerate(there.tolist()):
        tree.insert(place, index)
    tree.balance()
    world = np.array(mesh.matrix_world, np.float64)
    points = rest_points(mesh) @ world[:3, :3].T + world[:3, 3]
    near = there[list(character.landmarks[:4])]
    box = near.min(axis=0) - _NEAR, near.max(axis=0) + _NEAR
    inside = np.flatnonzero(((points > box[0]) & (points < box[1])).all(axis=1))
    # Of the two lips' points that lie on each other nothing tells which is which.
    found = [tree.find_n(points[index].tolist(), 2) for index in inside]
    skin = mouth_material(character) < 0
    same = np.array([a[2] < _SAME and b[2] > 2 * _SAME and skin[a[1]] for a, b in found], bool)
    if not same.any():
        raise ValueError("its points are not the default character's")
    return inside[same], np.array([nearest[1] for nearest, _ in found], np.int64)[same]


def _shown(mesh: Any, points: npt.NDArray[np.int64], row: int, rest: bool = False) -> Doubles:
    if rest:
        return rest_points(mesh)[points]
    bpy.context.scene.frame_set(1 + row)
    evaluated = mesh.evaluated_get(bpy.context.evaluated_depsgraph_get())
    flat = np.empty(3 * len(evaluated.data.vertices), np.float32)
    evaluated.data.vertices.foreach_get("co", flat)
    return flat.reshape(-1, 3)[points].astype(np.float64)


def main() -> None:
    """Print a line per file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("performance", type=Path)
    parser.add_argument("files", nargs="+", type=Path)
    chosen = parser.parse_args()
    performance = Performance.load(chosen.performance)
    for path in chosen.files:
        open_file(path)
        bpy.context.scene.render.fps, bpy.context.scene.render.fps_base = round(performance.fps), 1.0
        rig = character_in(path)
        found: dict[str, Any] = {"speech": lip_errors(rig, performance)}
        mixed = mixtures(rig, performance)
        if mixed is not None:
            found["mixtures"] = lip_errors(rig, mixed)
        said = (f"{name} {', '.join(f'{k} {v:.2f}' for k, v in figures.items())}" for name, figures in found.items())
        print(f"FIGURES {path.name}: " + "; ".join(said) + " (mm)")


if __name__ == "__main__":
    main()
