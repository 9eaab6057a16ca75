"""Train the default face engine's weights.

    python -m soliloquy.training.face --data ../shared/data

One command, fixed seeds, four stages: the lips from tracked and labelled speech; the lips again with synthetic voices
(made by ``training.speech``) beside the real ones; the face directed by emotions; a second ear from many people and
from what a teacher tells of other speech.
Alignments and the prior are cached.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import time
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from safetensors.torch import load_file, save_file

from ...inference.face.default.engine import Tuning, load_network
from ...models.emote.flint import Flint
from ...models.face.directed import DirectedHeadConfig
from ...models.face.network import GEOMETRY, FaceNetwork, FaceNetworkConfig
from ..speech.dataset import load_synthetic
from . import examples as ex
from .corpora import Clip, align_phones, load_emodb, load_faces, load_grid, load_ljspeech
from .direction import DirectionSettings, train_direction
from .emotions import EXPRESSION_NAMES
from .people import OPENING, PeopleSettings, hear_people, train_people, with_ear
from .prior import PriorSettings, reconstruction, tracked_faces, train_prior
from .sounds import fit_sounds
from .teacher import prepare, speech_without_faces, teach
from .train import TrainSettings, train

SYNTHETIC_CLIPS = 1000
"""Synthetic recordings the shipped weights were trained on, the first of the plan of ``training.speech``."""
VOICES = TrainSettings(head_epochs=0, joint_epochs=1, joint_rate=6e-4, encoder_rate=1.5e-4, average=0.995)
"""The second stage: the lips again, with the synthetic voices."""
Settings = TrainSettings | DirectionSettings | PeopleSettings
ROOT = Path(__file__).resolve().parents[2]
WEIGHTS = ROOT / "models" / "weights"


def load_corpora(data: Path, cache: Path) -> dict[str, list[Clip]]:
    """Return all clips with phone times, by corpus; ljspeech without the few that cannot be aligned."""
    corpora: dict[str, list[Clip]] = {
        "grid_s1": load_grid(data),
        "emodb": load_emodb(data),
        "ljspeech": load_ljspeech(data),
    }
    align_phones(corpora["grid_s1"], cache / "grid_s1_phones.json")
    align_phones(corpora["ljspeech"], cache / "ljspeech_phones.json")
    corpora["ljspeech"] = [clip for clip in corpora["ljspeech"] if clip.phones]
    return corpora


def build_examples(corpora: dict[str, list[Clip]], copies: int, seed: int) -> list[ex.Example]:
    """Return the training examples: plain, augmented and without speech."""
    tracked = [clip for clip in corpora["grid_s1"] if not clip.held_out]
    labelled = [clip for clip in corpora["emodb"] if not clip.held_out]
    labelled += [piece for clip in corpora["ljspeech"] if not clip.held_out for piece in ex.chunks(clip)]
    synthetic = corpora.get("kokoro", [])
    spoken = [piece for clip in synthetic for piece in ([clip] if clip.geometry is not None else ex.chunks(clip))]
    plain = [ex.plain(clip) for clip in tracked + labelled + spoken]
    augmented = ex.augment_all(tracked, copies, seed) + ex.augment_all(labelled + spoken, (copies + 1) // 2, seed)
    return plain + augmented + ex.negatives(200, np.random.default_rng(seed))


def initial_network(encoder: Path, seed: int = 0) -> FaceNetwork:
    """Return the network with the vendored encoder and a fresh head."""
    torch.manual_seed(seed)
    directed = DirectedHeadConfig(channels=len(GEOMETRY) + len(EXPRESSION_NAMES))
    network = FaceNetwork(FaceNetworkConfig(directed=directed, expression=EXPRESSION_NAMES))
    network.encoder.load_state_dict({name: tensor.float() for name, tensor in load_file(encoder).items()})
    return network


def take_prior(network: FaceNetwork, prior: Flint) -> None:
    """Put the prior's decoder into the directed head, in place, silent to begin with.

    The lips already are where local convolutions have them, and the expression is what was asked for; what the prior
    adds starts from nothing.
    """
    assert network.head.directed is not None
    decoder = network.head.directed.decoder
    decoder.load_state_dict(prior.motion_decoder.state_dict())
    torch.nn.init.zeros_(decoder.cross_smooth_layer.weight)
    assert decoder.cross_smooth_layer.bias is not None
    torch.nn.init.zeros_(decoder.cross_smooth_layer.bias)


def prepared_prior(path: Path, faces: list[npt.NDArray[np.float32]], network: FaceNetwork) -> Flint:
    """Return the prior for a network, from the file of an earlier run where there is one."""
    config = network.config.directed.prior
    if path.is_file():
        prior = Flint(config)
        prior.load_state_dict(load_file(path))
        return prior.eval()
    prior = train_prior(faces, config, PriorSettings(), report)
    save_file(prior.state_dict(), path)
    return prior


def take_lips(network: FaceNetwork, path: Path) -> None:
    """Load an earlier stage's weights, in place; the directed head stays as it is where they hold none."""
    state = {name: tensor.float() for name, tensor in load_file(path).items()}
    missing, unexpected = network.load_state_dict(state, strict=False)
    if unexpected or any(not name.startswith("head.directed.") for name in missing):
        raise SystemExit(f"{path} does not hold the weights of an earlier stage.")


def save_weights(network: FaceNetwork, path: Path, tuning: Tuning, settings: Settings) -> None:
    """Write fp16 safetensors with the tuning and the settings in their metadata."""
    state = {
        name: (tensor if name.startswith("encoder.log_mel") else tensor.half()).contiguous()
        for name, tensor in network.state_dict().items()
    }
    metadata = {
        "network": network.config.to_json(),
        "tuning": json.dumps(dataclasses.asdict(tuning)),
        "training": json.dumps(dataclasses.asdict(settings)),
        "licence": "GPL-3.0-or-later; encoder from hama 1.7.0, Apache-2.0",
    }
    save_file(state, path, metadata=metadata)


def add_people(network: FaceNetwork, encoder: Path, data: Path, output: Path) -> None:
    """The fourth stage: give the network its second ear, fit what the sounds ask for and write what ships.

    Parameters
    ----------
    encoder : Path
        The vendored encoder's weights, on which the teacher's ears listen.
    """
    first, others = [clip for clip in load_grid(data) if not clip.held_out], load_faces(data)
    heard = hear_people(network, first, others)
    lessons = prepare(network, encoder, first, others, speech_without_faces(data))
    taught = teach(network, heard, lessons, report=report)
    ear = train_people(network, heard, PeopleSettings(), report=report, taught=taught)
    tuning = Tuning(opening=OPENING, sounds=fit_sounds(network, heard))
    save_weights(with_ear(network, ear), output, tuning, PeopleSettings())


def report(line: str) -> None:
    """Print at once."""
    print(line, flush=True)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Train the default face engine.")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--cache", type=Path, default=ROOT / ".cache" / "face")
    parser.add_argument("--encoder", type=Path, default=WEIGHTS / "phones.safetensors")
    parser.add_argument("--output", type=Path, default=WEIGHTS / "face.safetensors")
    parser.add_argument("--speech", type=Path, default=ROOT / ".cache" / "speech", help="the synthetic speech")
    parser.add_argument("--synthetic", type=int, default=SYNTHETIC_CLIPS, help="how many of its recordings")
    parser.add_argument("--lips", type=Path, help="weights of the first stage, to begin with the second")
    parser.add_argument("--voices", type=Path, help="weights of the second stage, to begin with the third")
    parser.add_argument("--directed", type=Path, help="weights of the third stage, to run the fourth alone")
    parser.add_argument("--copies", type=int, default=2, help="augmented copies of every tracked clip")
    parser.add_argument("--threads", type=int, default=1, help="more help on an idle machine only")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    started = time.perf_counter()
    if arguments.directed:
        network, _ = load_network(arguments.directed, "cpu")
        add_people(network, arguments.encoder, arguments.data, arguments.output)
        print(f"{arguments.output} after {time.perf_counter() - started:.0f} s")
        return
    corpora = load_corpora(arguments.data, arguments.cache)
    clips = [clip for clip in corpora["grid_s1"] if not clip.held_out]
    unseen = [clip for clip in corpora["grid_s1"] if clip.held_out]
    network = initial_network(arguments.encoder)
    if arguments.voices:
        report("the first two stages are done already")
    elif arguments.lips:
        take_lips(network, arguments.lips)
    else:
        train(network, build_examples(corpora, arguments.copies, 0), TrainSettings(), report)
        save_weights(network, arguments.cache / "lips.safetensors", Tuning(), TrainSettings())

    corpora["kokoro"] = load_synthetic(arguments.speech, "train")[: arguments.synthetic]
    examples = build_examples(corpora, 0 if arguments.voices else arguments.copies, 0)
    minutes = sum(example.frames for example in examples) * 0.02 / 60
    report(f"{len(corpora['kokoro'])} synthetic recordings; {len(examples)} examples, {minutes:.0f} min")
    if arguments.voices:
        take_lips(network, arguments.voices)
    else:
        train(network, examples, VOICES, report)
        save_weights(network, arguments.cache / "voices.safetensors", Tuning(), VOICES)

    prior = prepared_prior(arguments.cache / "prior.safetensors", tracked_faces(clips), network)
    report(f"prior: aperture of unseen clips kept with r {reconstruction(prior, tracked_faces(unseen)):.4f}")
    take_prior(network, prior)
    spoken = [example for example in examples if example.original]
    train_direction(network, spoken, DirectionSettings(), report)
    save_weights(network, arguments.cache / "directed.safetensors", Tuning(), DirectionSettings())
    add_people(network, arguments.encoder, arguments.data, arguments.output)
    print(f"{arguments.output} after {time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
