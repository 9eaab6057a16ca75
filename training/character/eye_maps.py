"""Pictures of the eyeball, without photographs: pupil, iris with fibres and limbal ring, sclera with veins."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from ...inference.easing import eased
from .eyes import IRIS_RADIANS, PUPIL_SHARE, polar_angle
from .makehuman import Floats
from .skin_maps.noise import groove, layers, noise
from .skin_maps.write import save, srgb

SIZE = 512
IRISES: dict[str, tuple[tuple[float, float, float], tuple[float, float, float]]] = {
    "brown": ((0.150, 0.070, 0.025), (0.062, 0.030, 0.013)),
    "dark_brown": ((0.062, 0.029, 0.013), (0.027, 0.014, 0.008)),
    "hazel": ((0.175, 0.092, 0.028), (0.078, 0.066, 0.028)),
    "green": ((0.150, 0.118, 0.040), (0.060, 0.088, 0.047)),
    "blue": ((0.190, 0.205, 0.205), (0.062, 0.110, 0.175)),
    "grey": ((0.190, 0.188, 0.165), (0.092, 0.112, 0.126)),
}
"""Name -> linear RGB near the pupil and further out."""
_LIMBUS = np.array([0.016, 0.014, 0.014])
_SCLERA = np.array([0.510, 0.465, 0.430])
_RED = np.array([0.560, 0.330, 0.290])
_VEIN = np.array([0.520, 0.150, 0.120])
_PUPIL = np.array([0.0015, 0.0015, 0.0015])
_WIDER = 1.28
"""Of the mesh's pupil: in a room it is wide, and small ones stare."""
_DISH = 0.30
"""Slope of the iris towards the pupil: it lies hollow below the cornea, which bulges."""


class _Ball:
    """Every texel's direction from the middle of the eyeball."""

    def __init__(self) -> None:
        steps = (np.arange(SIZE) + 0.5) / SIZE - 0.5
        x, y = np.meshgrid(steps, steps)
        x, y = x.ravel(), y.ravel()
        self.angle = polar_angle(np.hypot(x, y))
        """(n,) radians from the middle of the pupil."""
        self.out = np.column_stack([x, y]) / np.maximum(np.hypot(x, y), 1e-9)[:, None]
        """(n, 2) away from the pupil."""
        self.up = np.sin(self.angle) * self.out[:, 1]
        """(n,) height over the eyeball's radius."""
        self.direction = np.column_stack([np.sin(self.angle)[:, None] * self.out, np.cos(self.angle)])
        self.depth = self.angle / IRIS_RADIANS
        """(n,) 0 in the middle of the pupil, 1 at the rim of the iris."""
        # Fibres hardly change outwards and wander a little sideways.
        around = self.out + 0.05 * (layers(self.direction, 18, 7, 2) - 0.5)[:, None]
        self.spoke = np.column_stack([around, 0.10 * self.depth])
        self.fibres = eased(0.65 * layers(self.spoke, 16, 11, 3) + 0.35 * noise(self.spoke, 52, 15), 0.28, 0.72)
        self.crypts = eased(layers(np.column_stack([around, 0.7 * self.depth]), 7, 17, 2), 0.56, 0.72)


def _iris(ball: _Ball, inner: Floats, outer: Floats) -> Floats:
    depth = ball.depth
    ring = 0.60 + 0.07 * (layers(ball.spoke, 9, 19, 2) - 0.5)  # the collarette's ragged edge
    share = eased(depth + 0.22 * (ball.fibres - 0.5), ring - 0.16, ring + 0.16)[:, None]
    colour = inner * (1 - share) + outer * share
    colour = (
        colour * (0.50 + 0.85 * ball.fibres)[:, None] * (1 - 0.45 * ball.crypts * eased(depth, 0.45, 0.65))[:, None]
    )
    # Light that the cornea bends gathers below, on the side away from where it comes from.
    colour = colour * (1.0 + 0.50 * eased(-ball.out[:, 1], -0.2, 0.9) * groove(depth - 0.70, 0.22))[:, None]
    colour = colour * (1 - 0.45 * eased(ball.out[:, 1], 0.0, 1.0) * eased(depth, 0.45, 1.0))[:, None]
    rim = (0.94 * eased(depth, 0.78, 0.97))[:, None]
    colour = colour * (1 - rim) + _LIMBUS * rim
    hole = (1 - eased(depth / (_WIDER * PUPIL_SHARE) + 0.05 * (ball.fibres - 0.5), 0.94, 1.10))[:, None]
    return colour * (1 - hole) + _PUPIL * hole


def _sclera(ball: _Ball) -> Floats:
    away = eased(ball.angle, 0.55, 1.25)[:, None] * (0.35 + 0.65 * np.abs(ball.out[:, :1]))
    colour = _SCLERA * (1 - 0.70 * away) + _RED * 0.70 * away
    wander = ball.direction + 0.10 * np.column_stack(
        [layers(ball.direction, 9, seed, 2) - 0.5 for seed in (31, 33, 35)]
    )
    thread = groove(layers(wander * [0.7, 1.5, 1.0], 6, 37, 2) - 0.5, 0.010)
    thread += 0.7 * groove(layers(wander * [0.8, 1.6, 1.0], 11, 41, 2) - 0.5, 0.012)
    share = (np.clip(thread, 0, 1) * (0.05 + 0.30 * eased(ball.angle, 0.60, 1.10)))[:, None]
    colour = colour * (1 - share) + _VEIN * share
    return colour * (1 + 0.05 * (layers(ball.direction, 26, 43, 2) - 0.5))[:, None]


def _lid_shadow(ball: _Ball) -> Floats:
    """Return (n, 1) the light that the lids leave, as every viewer without soft shadows needs it in the picture."""
    above, below = 1 - 0.66 * eased(ball.up, -0.02, 0.34), 1 - 0.42 * eased(-ball.up, 0.16, 0.50)
    return (above * below)[:, None]


def _normals(ball: _Ball) -> Floats:
    """Return (n, 3) tangent-space normals: a hollow iris with raised fibres, and a smooth sclera."""
    inside = 1 - eased(ball.depth, 0.90, 1.02)
    hollow = _DISH * np.clip(ball.depth, 0, 1) * inside
    image = ball.fibres.reshape(SIZE, SIZE)
    slope = np.stack(np.gradient(image, axis=(1, 0)), -1).reshape(-1, 2) * 1.6 * inside[:, None]
    flat = -ball.out * hollow[:, None] - slope * eased(ball.depth, 0.38, 0.46)[:, None]
    normal = np.column_stack([flat, np.ones(len(flat))])
    return normal / np.linalg.norm(normal, axis=1, keepdims=True)


def bake_eyes(folder: Path, log: Callable[[str], None] = print) -> None:
    """Write ``eye_COLOUR.jpg`` of every iris, and ``eye_normal.jpg`` and ``eye_roughness.jpg`` for all of them."""
    folder.mkdir(parents=True, exist_ok=True)
    ball = _Ball()
    sclera, shadow = _sclera(ball), _lid_shadow(ball)
    white = eased(ball.depth, 0.955, 1.05)[:, None]
    for name, (inner, outer) in IRISES.items():
        colour = (_iris(ball, np.array(inner), np.array(outer)) * (1 - white) + sclera * white) * shadow
        save(srgb(colour).reshape(SIZE, SIZE, 3).astype(np.float32), folder / f"eye_{name}.jpg", 90)
    save((0.5 + 0.5 * _normals(ball)).reshape(SIZE, SIZE, 3).astype(np.float32), folder / "eye_normal.jpg", 90)
    rough = 0.34 - 0.06 * (1 - white[:, 0])
    save(rough.reshape(SIZE, SIZE).astype(np.float32), folder / "eye_roughness.jpg", 85, 128)
    log(f"eyes: {len(IRISES)} irises of {SIZE} x {SIZE}")
