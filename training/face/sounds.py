"""What many people's lips do for each sound: the map that leads casual speech.

    python -m soliloquy.training.face.sounds --data ../shared/data

Ridge regression from the sounds that the network hears (14 probabilities now, 40 ms before and 40 ms after) and the
effort put into vowels to the aperture of everybody's tracks, each person weighed alike and brought to one size: so few
numbers that seconds of a person are enough, and nothing of how one reader moves fits into them. How far a person's lips
are apart on the whole is left out of it (a random intercept of each), and how they rest nearly so: both are habits, not
sounds.

The command fits it again for weights that are there, and writes it into them; ``training.graphs`` and
``inference.shipped`` come after it, for the file's tensors may have moved.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from ...inference.face.default.casual import what_is_said
from ...inference.face.default.engine import WEIGHTS, load_network
from ...models.face.network import FaceNetwork
from .corpora import load_faces, load_grid
from .people import Heard, hear_people

RIDGE = 0.03
"""Of the mean square of one column, people counting as one observation each."""
_SILENT = 0.9
"""Probability of silence from which a frame is a rest."""
_REST = 0.2
"""Weight of such a frame beside one of speech."""

Doubles = npt.NDArray[np.float64]


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
        From ``people.hear_people``; augmented copies and frames whose aperture was not seen do not count.
    left_out : frozenset of str
        Speakers that are not learnt from.
    """
    people: dict[str, list[tuple[Doubles, Doubles, Doubles]]] = {}
    for one in heard:
        if one.speaker in left_out or not one.plain:
            continue
        aperture = one.geometry[:, 0].numpy().astype(np.float64)
        known = np.isfinite(aperture)
        sounds = sounds_heard(network, one)
        seen = what_is_said(sounds, one.levels.numpy())[known, :-1].astype(np.float64)
        weight = np.where(sounds[known, 0] > _SILENT, _REST, 1.0)
        people.setdefault(one.speaker, []).append((seen, aperture[known], weight))
    crossed, towards, means = 0.0, 0.0, []
    for clips in people.values():
        seen, aperture, weight = (np.concatenate(part) for part in zip(*clips, strict=True))
        weight = weight / weight.sum()
        mean, rest = weight @ seen, weight @ aperture
        centred = (seen - mean) * weight[:, None]
        crossed = crossed + centred.T @ (seen - mean)
        towards = towards + centred.T @ (aperture - rest)
        means.append((mean, rest))
    found = np.linalg.solve(crossed + RIDGE * np.eye(len(means[0][0])), towards)
    constant = np.mean([rest - mean @ found for mean, rest in means])
    return tuple(round(float(weight), 6) for weight in [*found, constant])


def main() -> None:
    """Command line: fit the map for weights that are there."""
    parser = argparse.ArgumentParser(description="Fit what sounds ask of the lips, for trained weights.")
    parser.add_argument("--data", type=Path, default=Path(__file__).resolve().parents[3] / "shared" / "data")
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    parser.add_argument("--output", type=Path, help="the same file when missing")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    network, tuning = load_network(arguments.weights, "cpu")
    first = [clip for clip in load_grid(arguments.data) if not clip.held_out]
    heard = hear_people(network, first, load_faces(arguments.data), disturbing=False)
    tuning = dataclasses.replace(tuning, sounds=fit_sounds(network, heard))
    with safe_open(arguments.weights, "pt") as file:
        metadata = file.metadata()
    state = load_file(arguments.weights)
    save_file(
        state, arguments.output or arguments.weights, metadata | {"tuning": json.dumps(dataclasses.asdict(tuning))}
    )


if __name__ == "__main__":
    main()
