"""Arrays out of a body model's file, ``.pkl`` or ``.npz``, bounded and never unpickled; what is wrong is one sentence.

The pickles are of an old kind that holds ``chumpy`` arrays and ``scipy`` sparse matrices, see
:mod:`~..face.flame.array_pickle`.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..archive import array_names, read_arrays
from ..errors import BadCheckpoint
from ..face.flame.array_pickle import CodeError, read_pickled_arrays

Array = npt.NDArray[Any]

AGAIN = "Download it again from the page where you registered."
CHOOSE = "Choose the model file itself."
MOST_BYTES = 768 << 20
"""Bytes of a model file; SMPL-X's largest, with all its correctives as 64-bit numbers, has 520 MB."""
_OTHERS = (
    ({"poses", "arkit"}, "a performance"),
    ({"poses"}, "motion"),
    ({"pose_body"}, "motion"),
    ({"vertices", "key_values"}, "Soliloquy's own character"),
)
"""Arrays that tell what an archive is that holds no model."""


def read_model_arrays(
    path: Path, wanted: Collection[str], optional: Collection[str] = (), *, model: str = "FLAME or SMPL-X model"
) -> dict[str, Array]:
    """Return arrays of a body model by name.

    Parameters
    ----------
    path : path
        The file; its content says whether it is an archive or a pickle.
    wanted, optional : names
        Arrays that must be there, and arrays that may.
    model : str
        What the file should be, in words, for the sentences.

    Raises
    ------
    BadCheckpoint
        When it is missing, damaged, carries code, is too large, or is something else.
    """
    name = path.name
    try:
        with path.open("rb") as file:
            packed = file.read(2) == b"PK"
        if not packed:
            return read_pickled_arrays(path, wanted, optional, most_bytes=MOST_BYTES)
        found = read_arrays(path, {*wanted, *optional}, most_bytes=MOST_BYTES)
        missing = [key for key in wanted if key not in found]
        if missing:
            raise KeyError(missing[0])
        return found
    except OSError as error:
        raise BadCheckpoint(f"There is no {model} at '{path}'.", "Choose the model file.") from error
    except CodeError as error:
        raise BadCheckpoint(f"'{name}' carries code ({error}) and was not opened.", AGAIN) from error
    except KeyError as error:
        names = set(array_names(path))
        other = next((text for keys, text in _OTHERS if keys <= names), "")
        what = f"is {other}, no {model}" if other else f"is no {model}: {error.args[0]} is missing"
        raise BadCheckpoint(f"'{name}' {what}.", CHOOSE) from error
    except Exception as error:  # damaged bytes raise nearly anything
        raise BadCheckpoint(f"'{name}' is damaged, cut short or no {model}.", AGAIN) from error


def not_a_number(arrays: Collection[Array]) -> bool:
    """Tell whether some array holds anything but finite numbers."""
    return any(array.dtype.kind not in "iuf" or not np.isfinite(array).all() for array in arrays)
