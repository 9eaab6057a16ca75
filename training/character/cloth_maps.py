"""Bakes the maps of cloth and shoes: shade with trimmings, normals and roughness on the pattern sheets.

In ``cloth_NAME_shade.jpg`` red is the factor on the cloth's colour times two thirds (linear values), green is where
thread, button or eyelet shows instead; normals are in tangent space, Y up. ``python -m soliloquy.training.character
--maps`` writes them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from . import cloth_fabrics as fabrics
from .chart import DRESS, LOWER, SHOE, UPPER, Sheet
from .cloth_folds import Canvas
from .cloth_layers import Cloth


def _shoe_v(turn: float) -> float:
    """Return the height on the shoe's sheet of a turn in degrees around the foot, 90 is the instep."""
    return 0.02 + 0.30 * ((turn / 360 + 0.25) % 1.0)


def _shoes(canvas: Canvas) -> Cloth:
    cloth = Cloth(canvas)
    cloth.height += 0.00002 * canvas.noise(0.004) + 0.00003 * canvas.noise(0.012)
    cloth.shade *= 1 + 0.05 * canvas.noise(0.03)
    cloth.roughness[:] = 0.34 + 0.05 * canvas.noise(0.02)
    cap = 0.225
    for place in (cap, cap + 0.004):
        cloth.seam([(place, 0.0), (place, 0.34)], stitches=(0.0,), deep=0.0004)
    crease = canvas.noise(0.008, 90.0, 6.0) * canvas.spot((0.195, _shoe_v(90)), (0.018, 0.05))
    cloth.height += 0.0005 * crease
    cloth.shade *= 1 + 0.08 * crease
    for turn in (52.0, 128.0):
        cloth.seam(
            [(0.10, _shoe_v(turn)), (0.175, _shoe_v(turn)), (0.185, _shoe_v(90))], stitches=(0.002,), deep=0.0006
        )
    cloth.seam([(0.075, _shoe_v(0)), (0.085, _shoe_v(50))], stitches=(0.002,))
    cloth.seam([(0.075, _shoe_v(180)), (0.085, _shoe_v(130))], stitches=(0.002,))
    cloth.shade *= 1 + 0.15 * canvas.spot((0.25, _shoe_v(90)), (0.03, 0.06))
    return cloth


def _sneakers(canvas: Canvas) -> Cloth:
    cloth = Cloth(canvas)
    weave = np.cos(2 * np.pi * canvas.u / 0.0022) * np.cos(2 * np.pi * canvas.v / 0.0022)
    cloth.height += 0.00012 * weave
    cloth.shade *= 0.97 + 0.06 * weave
    for turn, other in ((20.0, 50.0), (160.0, 130.0)):
        cloth.seam(
            [(0.05, _shoe_v(other)), (0.10, _shoe_v(turn)), (0.17, _shoe_v(other)), (0.205, _shoe_v(90))],
            stitches=(0.002, 0.0045),
        )
        cloth.seam([(0.085, _shoe_v(0 if turn < 90 else 180)), (0.15, _shoe_v(other))], stitches=(0.002,))
        for k in range(5):
            cloth.button((0.112 + 0.0165 * k, _shoe_v(62.0 if turn < 90 else 118.0)), 0.0026)
    toe = np.clip((canvas.u - 0.243) / 0.002 + 0.5, 0, 1)
    cloth.trim = np.maximum(cloth.trim, 0.92 * toe)
    cloth.seam([(0.243, 0.0), (0.243, 0.34)], deep=0.0010)
    cloth.roughness -= 0.15
    return cloth


def _leather(canvas: Canvas) -> Cloth:
    cloth = Cloth(canvas)
    cloth.height += 0.00002 * canvas.noise(0.0035) + 0.00003 * canvas.noise(0.010)
    cloth.shade *= 1 + 0.04 * canvas.noise(0.02)
    cloth.roughness[:] = 0.42 + 0.05 * canvas.noise(0.02)
    return cloth


def _rubber(canvas: Canvas) -> Cloth:
    cloth = Cloth(canvas)
    cloth.height += 0.00005 * canvas.noise(0.004)
    cloth.shade *= 1 + 0.03 * canvas.noise(0.02)
    cloth.roughness[:] = 0.7
    return cloth


BAKERS: dict[str, tuple[Callable[[Canvas], Cloth], tuple[Sheet, int, int], int, int]] = {
    "sweater": (fabrics.sweater, (UPPER, 1024, 1), 62, 640), "tshirt": (fabrics.tshirt, (UPPER, 768, 2), 70, 640),
    "shirt": (fabrics.shirt, (UPPER, 1024, 3), 72, 640), "jacket": (fabrics.jacket, (UPPER, 1024, 4), 66, 640),
    "dress": (fabrics.dress, (DRESS, 768, 5), 72, 512), "jeans": (fabrics.jeans, (LOWER, 1024, 6), 60, 1024),
    "trousers": (fabrics.trousers, (LOWER, 896, 7), 66, 512), "shorts": (fabrics.shorts, (LOWER, 768, 8), 66, 512),
    "shoes": (_shoes, (SHOE, 384, 9), 72, 384), "sneakers": (_sneakers, (SHOE, 448, 10), 70, 448),
    "leather": (_leather, (SHOE, 256, 11), 70, 128), "rubber": (_rubber, (SHOE, 128, 12), 70, 64),
}  # fmt: skip
"""Per set of maps: who draws it, sheet and pixels and seed, the normals' JPEG quality, the shade's width in pixels."""


def bake_cloth(folder: Path, log: Callable[[str], None] = print, names: Sequence[str] = tuple(BAKERS)) -> None:
    """Write the maps of the named cloths into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        baker, canvas, quality, width = BAKERS[name]
        size = baker(Canvas(*canvas)).write(folder, name, quality, width)
        log(f"cloth_{name}_*.jpg: {size / 1000:.0f} kB")
