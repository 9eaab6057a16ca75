"""The outfits: which garments and shoes go together, and the files that hold them.

``python -m soliloquy.training.character.outfits`` cuts them anew from the shipped body, which it leaves as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from ...inference.cast import PARTS
from ...inference.character_pack import load_pack
from ...inference.drape import fit_of
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
"""Named as its material."""

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
_OVER = 0.007
"""Metres that a top worn over trousers keeps from them."""


def build_outfit(wearer: Wearer, name: str) -> tuple[list[Part], Ints]:
    """Return the parts of an outfit, bound to the body, and the base vertices that it hides."""
    garments, shoes = OUTFITS[name]
    fit, hanging = fit_of(garment.__name__ for garment in garments)
    hung = wearer.draped(fit)
    parts: list[tuple[Part, Wearer]] = []
    covered = np.full(len(wearer.vertices), -1.0)
    for garment in garments:
        worn = hung if garment.__name__ in hanging else wearer
        pieces, field = garment(worn)
        parts += [(piece, worn) for piece in pieces]
        covered = np.maximum(covered, field)
    pieces, field = pair(wearer, shoes, below_trousers=not {dress, shorts} & set(garments))
    parts += [(piece, wearer) for piece in pieces]
    covered = np.maximum(covered, field)
    bottom = next((part for part, _ in parts if part.name in ("jeans", "shorts", "suit trousers")), None)
    if bottom is not None:
        normals = vertex_normals(bottom.vertices, bottom.faces)
        for part, _ in parts:
            if part.name in ("sweater", "tshirt", "jacket"):
                part.vertices = keep_clear(part.vertices, bottom.vertices, normals, _OVER)
    hides = np.nonzero(covered[: RANGES["body"][1]] > _HIDDEN)[0]
    return [worn.bound(part) for part, worn in parts], hides


STEP = 1.0e-5
"""Metres of one unit in these files."""


def write_outfits(folder: Path, wearer: Wearer, log: Callable[[str], None] = print) -> None:
    """Write ``outfit_NAME.npz`` of every outfit into a folder."""
    for name in OUTFITS:
        parts, hides = build_outfit(wearer, name)
        path = folder / f"outfit_{name}.npz"
        write_part(path, parts, hides, step=STEP)
        count = sum(len(part.vertices) for part in parts)
        log(f"{path.name}: {count} vertices, {path.stat().st_size / 1000:.0f} kB")


def shipped_wearer() -> Wearer:
    """Return the default person of the shipped pack, whose body is numbered as the base mesh."""
    pack = load_pack()
    surface = pack.surface
    names = np.array(surface.material_names)[surface.materials]
    skin = np.isin(names, ("skin", "face skin"))
    quads = surface.loops[np.repeat(skin, surface.sizes)].reshape(-1, 4).astype(np.int64)
    weights = np.zeros((pack.body, len(pack.joints)))
    np.put_along_axis(weights, surface.weight_joints[: pack.body], surface.weights[: pack.body], 1)
    return Wearer(quads, surface.vertices[: pack.body].astype(np.float64), pack.joints.astype(np.float64), weights)


def main() -> None:
    """Write the shipped outfits again, cut from the shipped body."""
    write_outfits(PARTS, shipped_wearer())


if __name__ == "__main__":
    main()
