"""Train the weights that hear emotion in a voice.

    python -m soliloquy.training.emotion --data ../shared/data

One command, fixed seeds, a few minutes. It must be run again only when the encoder's stem or its first two blocks
change, which the training of the face engine leaves as they are.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import time
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file

from ...inference.emotion.voice import FACE_WEIGHTS, WEIGHTS, load_encoder
from ...models.emotion.network import CLASSES, EmotionNetwork, fingerprint
from ...models.phones.encoder import PhoneEncoder
from . import examples as ex
from .train import Report, TrainSettings, best_temperature, leave_one_speaker_out, measure, train

ROOT = Path(__file__).resolve().parents[2]
COPIES = {"emodb": 3, "ljspeech": 2, "synthetic": 1}
SYNTHETIC = 300
NOISES = 80


def training_examples(
    encoder: PhoneEncoder, data: Path, speech: Path, cache: Path, settings: TrainSettings, processes: int
) -> ex.Examples:
    """Return the examples of all speakers, augmented; a cache of their statistics is kept per encoder."""
    stored = cache / f"statistics-{fingerprint(encoder)}-{settings.seed}.npz"
    if stored.is_file():
        with np.load(stored, allow_pickle=False) as known:
            statistics, classes = torch.from_numpy(known["statistics"]), torch.from_numpy(known["classes"])
            return ex.Examples(statistics, classes, known["speakers"])
    together = ex.joined(
        [
            ex.listen_to_copies(encoder, recordings, copies, settings.seed, processes)
            for recordings, copies in (
                (ex.among_others(ex.load_emodb(data)), COPIES["emodb"]),
                (ex.load_ljspeech(data, held_out=False), COPIES["ljspeech"]),
                (ex.load_synthetic(speech, False, SYNTHETIC), COPIES["synthetic"]),
                (ex.noises(NOISES, settings.seed), 1),
            )
        ]
    )
    cache.mkdir(parents=True, exist_ok=True)
    np.savez(
        stored,
        statistics=together.statistics.numpy(),
        classes=together.classes.numpy(),
        speakers=together.speakers,
    )
    return together


def show(title: str, report: Report) -> None:
    """Print figures and confusion matrix."""
    print(f"\n{title}: accuracy {report.accuracy:.3f}, UAR {report.recall:.3f}, arousal high/low {report.arousal:.3f},")
    print(f"  correlation of valence {report.valence_r:.2f}, of arousal {report.arousal_r:.2f}")
    print("  " + " ".join(f"{name:>9}" for name in ("true", *CLASSES)))
    for name, row in zip(CLASSES, report.confusion, strict=True):
        print("  " + " ".join(f"{cell:>9}" for cell in (name, *row)))


def calm_share(network: EmotionNetwork, temperature: float, examples: ex.Examples) -> tuple[float, float]:
    """Return the share of windows heard as neutral or bored, and the mean weight of neutral after doubt."""
    from ...inference.emotion.voice import feel

    with torch.inference_mode():
        probabilities = (network(examples.statistics).logits / temperature).softmax(-1)
    calm = [CLASSES.index(name) for name in ("neutral", "bored")]
    share = torch.isin(probabilities.argmax(1), torch.tensor(calm)).float().mean()
    return float(share), float(feel(probabilities.double().numpy())[:, 0].mean())


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Train the weights that hear emotion in a voice.")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--speech", type=Path, default=ROOT / ".cache" / "speech", help="made by training.speech")
    parser.add_argument("--cache", type=Path, default=ROOT / ".cache" / "emotion")
    parser.add_argument("--encoder", type=Path, default=FACE_WEIGHTS, help="weights of the face engine")
    parser.add_argument("--output", type=Path, default=WEIGHTS)
    parser.add_argument("--processes", type=int, default=2)
    arguments = parser.parse_args()
    torch.set_num_threads(1)  # The matrices are small, and more threads would wait for each other.
    started = time.perf_counter()
    settings = TrainSettings()
    encoder = load_encoder("cpu", arguments.encoder)
    examples = training_examples(
        encoder, arguments.data, arguments.speech, arguments.cache, settings, arguments.processes
    )
    print(f"{len(examples.classes)} windows after {time.perf_counter() - started:.0f} s", flush=True)

    plain = ex.listen(encoder, ex.load_emodb(arguments.data))
    logits, affect, accuracy = leave_one_speaker_out(examples, plain, settings)
    temperature = best_temperature(logits, plain.classes)
    show("Leave one speaker out", measure(logits, affect, plain))
    print("  " + ", ".join(f"{speaker} {share:.2f}" for speaker, share in accuracy.items()), flush=True)

    held_out = np.isin(plain.speakers, ex.EMODB_HELD_OUT)
    network = train(examples.of(~np.isin(examples.speakers, ex.EMODB_HELD_OUT)), settings)
    unseen = plain.of(held_out)
    with torch.inference_mode():
        output = network(unseen.statistics)
    show(f"Speakers {' and '.join(ex.EMODB_HELD_OUT)}, never trained on", measure(output.logits, output.affect, unseen))
    for title, recordings in (
        ("reader trained on, other recordings (ljspeech)", ex.load_ljspeech(arguments.data, held_out=True)),
        ("voices never trained on (synthetic speech)", ex.load_synthetic(arguments.speech, True, 100)),
        ("reader never trained on (grid_s1)", ex.load_grid(arguments.data, 100)),
    ):
        share, weight = calm_share(network, temperature, ex.listen(encoder, recordings))
        print(f"{title}: {share:.2f} of windows calm, mean weight of neutral {weight:.2f}")

    state = {name: tensor.half().contiguous() for name, tensor in network.state_dict().items()}
    metadata = {
        "network": network.config.to_json(),
        "tuning": json.dumps({"temperature": temperature}),
        "encoder": fingerprint(encoder),
        "training": json.dumps(dataclasses.asdict(settings)),
        "licence": "GPL-3.0-or-later; trained on data that is CC0 and public domain",
    }
    save_file(state, arguments.output, metadata=metadata)
    print(f"temperature {temperature}; {arguments.output.name} after {time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
