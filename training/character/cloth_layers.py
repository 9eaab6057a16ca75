"""A fabric's maps, layer by layer: seams, pockets, buttons and folds drawn on its sheet, and written as pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image

from .cloth_folds import Canvas, Point
from .makehuman import Floats

MOST_SHADE = 1.5
"""The factor on a cloth's colour that the brightest red of a shade stands for."""


@dataclass
class Cloth:
    """What a fabric's maps are made of, layer by layer."""

    canvas: Canvas
    height: Floats = field(init=False)
    shade: Floats = field(init=False)
    trim: Floats = field(init=False)
    roughness: Floats = field(init=False)

    def __post_init__(self) -> None:
        self.height, self.trim = np.zeros(self.canvas.shape), np.zeros(self.canvas.shape)
        self.shade, self.roughness = np.ones(self.canvas.shape), np.full(self.canvas.shape, 0.85)

    def seam(self, points: Sequence[Point], *, stitches: Sequence[float] = (), deep: float = 0.0007) -> None:
        """Draw a seam and its rows of stitches, at distances in metres beside it."""
        distance, along = self.canvas.to_line(points)
        groove = np.exp(-((distance / 0.0014) ** 2))
        self.height -= deep * groove
        self.shade *= 1 - 0.35 * groove
        for apart in stitches:
            row = np.exp(-(((distance - apart) / 0.0007) ** 2)) * (np.mod(along, 0.0034) < 0.0024)
            self.height += 0.0003 * row
            self.trim = np.maximum(self.trim, row)
            self.shade *= 1 - 0.10 * np.exp(-(((distance - apart) / 0.003) ** 2))

    def patch(self, corners: Sequence[Point], rise: float, stitches: Sequence[float] = (0.0025,)) -> None:
        """Lay a convex piece of cloth (corners anticlockwise) onto the sheet."""
        inside = np.full(self.canvas.shape, 9.0)
        for (au, av), (bu, bv) in zip(corners, [*corners[1:], corners[0]], strict=True):
            length = np.hypot(bu - au, bv - av)
            inside = np.minimum(inside, ((bu - au) * (self.canvas.v - av) - (bv - av) * (self.canvas.u - au)) / length)
        self.height += rise * np.clip(inside / 0.0015 + 0.5, 0, 1)
        self.shade *= 1 - 0.28 * np.exp(-(((inside + 0.0012) / 0.0016) ** 2))
        _, along = self.canvas.to_line([*corners, corners[0]])
        for apart in stitches:
            row = np.exp(-(((inside - apart) / 0.0007) ** 2)) * (np.mod(along, 0.0034) < 0.0024)
            self.trim = np.maximum(self.trim, row)

    def button(self, place: Point, radius: float) -> None:
        """Sew on a button with four holes."""
        distance = np.hypot(self.canvas.u - place[0], self.canvas.v - place[1])
        disc = np.clip((radius - distance) / 0.001 + 0.5, 0, 1)
        rim = np.exp(-(((distance - 0.82 * radius) / 0.0009) ** 2))
        self.height += 0.0012 * disc + 0.0004 * rim
        self.shade *= 1 - 0.35 * np.exp(-(((distance - 1.15 * radius) / 0.0012) ** 2))
        holes = np.zeros(self.canvas.shape)
        for turn in np.pi / 4 + np.pi / 2 * np.arange(4):
            aside, above = place[0] + 0.3 * radius * np.cos(turn), place[1] + 0.3 * radius * np.sin(turn)
            holes += np.exp(-((np.hypot(self.canvas.u - aside, self.canvas.v - above) / 0.0007) ** 2))
        self.trim = np.maximum(self.trim, disc * (1 - np.clip(holes, 0, 1)))
        self.roughness = np.where(disc > 0.5, 0.35, self.roughness)

    def settle(self, folds: Floats) -> None:
        """Add folds, with the shade that they throw."""
        self.height += folds
        hollow = folds - self.canvas.blurred(folds, 0.05)
        self.shade *= np.clip(1 + 150 * hollow, 0.72, 1.15)

    def worn(self, amount: float, width: float = 0.06) -> None:
        """Let the tone wander as cloth's does."""
        self.shade *= 1 + amount * self.canvas.noise(width)

    def write(self, folder: Path, name: str, quality: int, shade_width: int) -> int:
        """Write the three files and return their bytes."""
        step = self.canvas.step
        slope_u = (np.roll(self.height, -1, 1) - np.roll(self.height, 1, 1)) / (2 * step)
        slope_v = (np.roll(self.height, 1, 0) - np.roll(self.height, -1, 0)) / (2 * step)
        normal = np.stack([-slope_u, -slope_v, np.ones_like(slope_u)], -1)
        normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
        rows, columns = self.canvas.shape
        small = (shade_width, round(rows * shade_width / columns))
        shade = np.stack([np.clip(self.shade / MOST_SHADE, 0, 1), self.trim, np.zeros_like(self.trim)], -1)
        total = 0
        for kind, values, size, grade in (
            ("normal", 0.5 + 0.5 * normal, (columns, rows), quality),
            ("shade", shade, small, 82),
            ("roughness", self.roughness, (256, round(rows * 256 / columns)), 80),
        ):
            picture = Image.fromarray(np.round(np.clip(values, 0, 1) * 255).astype(np.uint8))
            picture = picture if picture.size == size else picture.resize(size, Image.Resampling.BOX)
            path = folder / f"cloth_{name}_{kind}.jpg"
            picture.save(path, quality=grade, optimize=True, subsampling=0 if kind == "shade" else 2)
            total += path.stat().st_size
        return total
