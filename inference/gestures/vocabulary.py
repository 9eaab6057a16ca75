"""Reads the gestures that a network learned, see ``models.gestures.vocabulary``."""

# numpy and torch type some of their functions in part only.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ..body.upper_body import from_six
from ..network_runtime import has_torch, open_graph
from ..rotation import axis_angle_to_quaternion, continuous_quaternions
from ..shipped_weights import read_plain_weights, read_weights

if TYPE_CHECKING:
    from ...models.gestures.vocabulary import GestureVocabulary

TABLE = "table."
"""Prefix of the tensors that say something of each gesture, beside the network's own."""


def read_vocabulary(path: Path) -> tuple[dict[str, Any], list[npt.NDArray[np.float64]]]:
    """Return what is known of every gesture, by column, and its rotations.

    Returns
    -------
    table : dict
        The columns of a packed file of clips (``training.gestures.pack``) but for its rotations.
    rotations : list of (T, 41, 4) array
        Continuous unit quaternions of each gesture at the table's ``fps``.

    Raises
    ------
    RuntimeError, LookupError, TypeError, ValueError
        When the file does not fit; call it within ``refusing_damaged``.
    """
    arrays, metadata = read_plain_weights(path, TABLE)
    table: dict[str, Any] = {**json.loads(metadata["table"]), **arrays}
    frames = [int(number) for number in table["frames"]]
    rows = np.arange(sum(frames))
    motion = (_by_torch(path, rows) if has_torch() else open_graph("gestures", path).run(rows=rows)[0]).astype(float)
    if not np.isfinite(motion).all():
        raise ValueError("gestures that are not finite")
    turns = axis_angle_to_quaternion(from_six(motion.reshape(len(motion), -1, 6)))
    return table, [continuous_quaternions(part) for part in np.split(turns, np.cumsum(frames)[:-1])]


def load_vocabulary(path: Path) -> GestureVocabulary:
    """Return the network with its weights; needs torch. Raises as :func:`read_vocabulary`."""
    from ...models.gestures.vocabulary import GestureVocabulary, VocabularyConfig

    state, metadata = read_weights(path)
    named = json.loads(metadata["table"])
    frames = [int(number) for number in (named["frames"] if "frames" in named else state[f"{TABLE}frames"])]
    network = GestureVocabulary(VocabularyConfig.from_json(json.loads(metadata["network"])), frames)
    network.load_state_dict({name: value for name, value in state.items() if not name.startswith(TABLE)}, strict=True)
    return network.eval().requires_grad_(False)


def _by_torch(path: Path, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
    import torch

    with torch.inference_mode():
        return load_vocabulary(path)(torch.from_numpy(rows)).numpy()
