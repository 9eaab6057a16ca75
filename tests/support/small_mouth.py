"""A mouth of few points: two lips that touch at rest, skin around them, and teeth behind."""

from __future__ import annotations

import numpy as np

COLUMNS = 17
HALF = 0.025
"""Metres from the middle to a corner."""


def small_mouth(rest_gap: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Return (V, 3) points in the frame of a face, metres, and (V,) the share with which each opens: 1 for the chin."""
    x = np.linspace(-HALF, HALF, COLUMNS)
    bow = -4.0 * x**2  # corners lie further back
    part = 1.0 - (x / HALF) ** 2
    rows, shares = [], []
    for step in range(5):
        rows.append(np.stack([x, np.full_like(x, 0.5 * rest_gap + 0.004 * step), bow - 0.001 * step], axis=1))
        shares.append(np.zeros_like(x))
    for step in range(5):
        rows.append(np.stack([x, np.full_like(x, -0.5 * rest_gap - 0.004 * step), bow - 0.001 * step], axis=1))
        shares.append(part * 1.0)
    for share in (0.0, 1.0):
        rows.append(np.stack([0.8 * x, np.full_like(x, 0.0), bow - 0.015], axis=1))
        shares.append(np.full_like(x, share))
    return np.concatenate(rows), np.concatenate(shares)
