"""What many people's lips do for each sound: the map that leads casual speech.

Ridge regression from the sounds that the network hears (14 probabilities now, 40 ms before and 40 ms after) to the
aperture of everybody's tracks, each person weighed alike and brought to one size: so few numbers that seconds of a
person are enough, and nothing of how one reader moves fits into them.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import torch

from ...inference.face.default.casual import neighbourhood
from ...models.face.network import FaceNetwork
from .people import Heard

RIDGE = 0.03
"""Of the mean square of one column, people counting as one observation each."""


def sounds_heard(network: FaceNetwork, one: Heard) -> npt.NDArray[np.float32]:
    """Return the (T, 14) probabilities of sounds that the network's first ear gives to an example."""
    with torch.inference_mode():
        features = network.head.listen(list(one.hidden.float()[None].chunk(network.config.encoder.blocks, -1)))
        return network.head.visemes(features)[0].softmax(-1).numpy()


def fit_sounds(
    network: FaceNetwork, heard: Iterable[Heard], left_out: frozenset[str] = frozenset()
) -> tuple[float, ...]:
    """Return the weights of :func:`~soliloquy.inference.face.default.casual.aperture_of_sounds`.

    Parameters
    ----------
    heard : iterable of Heard
        From ``people.hear_people``; frames whose aperture was not seen do not count.
    left_out : frozenset of str
        Speakers that are not learnt from.
    """
    sums: dict[str, tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], int]] = {}
    for one in heard:
        if one.speaker in left_out:
            continue
        aperture = one.geometry[:, 0].numpy().astype(np.float64)
        known = np.isfinite(aperture)
        seen = neighbourhood(sounds_heard(network, one))[known].astype(np.float64)
        crossed, towards, frames = sums.get(one.speaker, (np.zeros(()), np.zeros(()), 0))
        sums[one.speaker] = (crossed + seen.T @ seen, towards + seen.T @ aperture[known], frames + len(seen))
    crossed = np.sum([a / frames for a, _, frames in sums.values()], axis=0)
    towards = np.sum([b / frames for _, b, frames in sums.values()], axis=0)
    weights = np.linalg.solve(crossed + RIDGE * np.eye(len(crossed)), towards)
    return tuple(round(float(weight), 6) for weight in weights)
