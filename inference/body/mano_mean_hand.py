"""The hand that MANO's and SMPL-X's finger rotations are offsets from, out of the file a user brings along.

Romero, Tzionas and Black, "Embodied Hands", 2017. Networks whose authors build SMPL-X with ``flat_hand_mean=False``
give such offsets; our rigs rest with flat hands. The mean belongs to the licensed file and is not part of Soliloquy.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from ..archive import read_arrays
from ..body_models.model_arrays import MOST_BYTES
from ..face.flame.head_models import SYSTEM, find_head_model, head_model_kind
from ..published import default_models_folder

Doubles = npt.NDArray[np.float64]
_KEYS = ("hands_meanl", "hands_meanr")
_SHAPE = (2, 15, 3)


def mean_hands(folder: Path | None = None) -> tuple[Doubles, str]:
    """Return the mean hands, and a sentence for the user where they had to be left out.

    Parameters
    ----------
    folder : path
        The folder for all systems' official files; the usual one when None.

    Returns
    -------
    hands : (2, 15, 3) array
        Left and right, axis-angle in radians, in SMPL-X's order of fingers; zeros without a file.
    warning : str
        Empty when they were read.
    """
    path = find_head_model("smplx", folder)
    if path is None or head_model_kind(path) != "smplx":
        home = (default_models_folder() if folder is None else folder) / SYSTEM.folder
        where = f"put SMPLX_NEUTRAL_2020.npz into '{home}', from https://smpl-x.is.tue.mpg.de."
        return np.zeros(_SHAPE), f"Fingers are straighter than meant, for the mean hand is in SMPL-X's file: {where}"
    try:
        arrays = read_arrays(path, _KEYS, most_bytes=MOST_BYTES)
        hands = np.stack([np.asarray(arrays[key], np.float64).reshape(15, 3) for key in _KEYS])
        if np.isfinite(hands).all():
            return hands, ""
    except (ValueError, KeyError):
        pass
    return np.zeros(
        _SHAPE
    ), f"Fingers are straighter than meant, for '{path.name}' holds no mean hand that can be read."
