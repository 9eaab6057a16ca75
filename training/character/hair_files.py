"""Writes every hair style, beard and brow of the cast as part files, and the picture on their cards."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from .beard import BEARDS, build_beard
from .brows import BROWS, build_brows
from .hair import HairDresser
from .hair_atlas import write
from .hair_catalogue import STYLES
from .makehuman import Floats
from .part_file import write_part

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
