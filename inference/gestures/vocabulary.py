"""Reads the gestures that a network learned, see ``models.gestures.vocabulary``."""

# numpy and torch type some of their functions in part only.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..body.upper_body import from_six
from ..rotation import axis_angle_to_quaternion, continuous_quaternions
from ..shipped_weights import read_weights

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
    import torch

    from ...models.gestures.vocabulary import GestureVocabulary, VocabularyConfig

    state, metadata = read_weights(path)
    table: dict[str, Any] = json.loads(metadata["table"])
    table |= {name.removeprefix(TABLE): state.pop(name).numpy() for name in list(state) if name.startswith(TABLE)}
    frames = [int(number) for number in table["frames"]]
    network = GestureVocabulary(VocabularyConfig.from_json(json.loads(metadata["network"])), frames)
    network.load_state_dict(state, strict=True)
    with torch.inference_mode():
        motion = network.eval()(torch.arange(sum(frames))).double().numpy()
    if not np.isfinite(motion).all():
        raise ValueError("gestures that are not finite")
    turns = axis_angle_to_quaternion(from_six(motion.reshape(len(motion), -1, 6)))
    return table, [continuous_quaternions(part) for part in np.split(turns, np.cumsum(frames)[:-1])]
