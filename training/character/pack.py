"""Writes the character as one small ``.npz`` of quantised arrays; ``inference/character.py`` reads it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np

from .makehuman import Floats

VERTEX_STEP = 2.0e-6
"""Metres; fine enough that no facet shows in a close-up."""
SHARES = 256
"""Skin weights are multiples of 1/256, which binary floating point adds up to exactly one."""
_SMALLEST_DELTA = 1.5e-5


def quantise_shares(shares: Floats) -> np.ndarray:
    """Return (n, k) integers that sum to 256 a row, largest first by input order, for rows that sum to one."""
    whole = np.floor(shares * SHARES).astype(np.int64)
    missing = SHARES - whole.sum(1)
    order = np.argsort(whole - shares * SHARES, 1)
    for k in range(shares.shape[1]):
        rows = missing > k
        whole[np.nonzero(rows)[0], order[rows, k]] += 1
    return whole


def sorted_influences(matrix: Floats, count: int = 4) -> tuple[np.ndarray, np.ndarray]:
    """Return indices and integer shares (n, count) of the largest entries a row, in descending order."""
    indices = np.argsort(-matrix, 1, kind="stable")[:, :count]
    shares = np.take_along_axis(matrix, indices, 1)
    shares = quantise_shares(shares / shares.sum(1, keepdims=True))
    order = np.argsort(-shares, 1, kind="stable")
    return np.take_along_axis(indices, order, 1), np.take_along_axis(shares, order, 1)


def quantise(array: Floats) -> tuple[np.ndarray, np.float32]:
    """Return an int16 array and the scale that restores it."""
    scale = np.float32(max(float(np.abs(array).max(initial=0)), 1e-9) / 32767)
    return np.round(array / scale).astype(np.int16), scale


def sparse_deltas(deltas: Floats, prefix: str = "key", smallest: float = _SMALLEST_DELTA) -> dict[str, np.ndarray]:
    """Return the arrays of (K, V, 3) displacements of which most are zero: index gaps, values, scales, starts."""
    gaps, values, scales, starts = [], [], [], [0]
    for delta in deltas:
        indices = np.nonzero(np.linalg.norm(delta, axis=1) > smallest)[0]
        value, scale = quantise(delta[indices])
        gaps.append(np.diff(indices, prepend=0).astype(np.uint16))
        values.append(value)
        scales.append(scale)
        starts.append(starts[-1] + len(indices))
    return {
        f"{prefix}_gaps": np.concatenate(gaps),
        f"{prefix}_values": np.concatenate(values),
        f"{prefix}_scales": np.array(scales, np.float32),
        f"{prefix}_starts": np.array(starts, np.int32),
    }


def write_pack(path: Path, arrays: dict[str, Any]) -> None:
    """Write aside and rename, so that a broken build never leaves a broken character."""
    aside = path.with_name(f".{path.name}.part")
    with open(aside, "wb") as stream:
        np.savez_compressed(stream, **arrays)
    os.replace(aside, path)
