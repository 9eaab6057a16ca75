"""The outfits: which garments and shoes go together, and the files that hold them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from .bottoms import jeans, shorts, suit_trousers, trousers
from .garment import keep_clear
from .makehuman import RANGES, Floats, Ints
from .part import Part, vertex_normals
from .part_file import write_part
from .shoes import pair
from .skirt import dress
from .tops import jacket, shirt, sweater, tshirt
from .wearer import Wearer

Garment = Callable[[Wearer], tuple[list[Part], Floats]]

OUTFITS: dict[str, tuple[tuple[Garment, ...], str]] = {
    "sweater": ((sweater, jeans), "sneakers"),
    "shirt": ((shirt, trousers), "shoes"),
    "suit": ((jacket, suit_trousers), "shoes"),
    "dress": ((dress,), "flats"),
    "tshirt": ((tshirt, shorts), "sneakers"),
    "tee_jeans": ((tshirt, jeans), "sneakers"),
}
"""Per outfit its garments and the kind of its shoes."""

_HIDDEN = 0.009
"""Metres inside a garment from which the body is left out; hems reach further in."""
_OVER = 0.005
"""Metres that a top worn over trousers keeps from them."""


def build_outfit(wearer: Wearer, name: str) -> tuple[list[Part], Ints]:
    """Return the parts of an outfit, bound to the body, and the base vertices that it hides."""
    garments, shoes = OUTFITS[name]
    long = not {dress, shorts} & set(garments)
    parts: list[Part] = []
    covered = np.full(len(wearer.vertices), -1.0)
    for pieces, field in [*(garment(wearer) for garment in garments), pair(wearer, shoes, below_trousers=long)]:
        parts += pieces
        covered = np.maximum(covered, field)
    bottom = next((part for part in parts if part.name in ("jeans", "shorts", "suit trousers")), None)
    if bottom is not None:
        normals = vertex_normals(bottom.vertices, bottom.faces)
        for part in parts:
            if part.name in ("sweater", "tshirt", "jacket"):
                part.vertices = keep_clear(part.vertices, bottom.vertices, normals, _OVER)
    hides = np.nonzero(covered[: RANGES["body"][1]] > _HIDDEN)[0]
    return [wearer.bound(part) for part in parts], hides


STEP = 1.0e-5
"""Metres of one unit in these files."""


def write_outfits(folder: Path, wearer: Wearer, log: Callable[[str], None] = print) -> None:
    """Write ``outfit_NAME.npz`` of every outfit into a folder."""
    for name in OUTFITS:
        parts, hides = build_outfit(wearer.draped(), name)
        path = folder / f"outfit_{name}.npz"
        write_part(path, parts, hides, step=STEP)
        count = sum(len(part.vertices) for part in parts)
        log(f"{path.name}: {count} vertices, {path.stat().st_size / 1000:.0f} kB")
