"""Lip figures of the shipped face engine, through the path every user takes, beside its peers.

    python -m soliloquy.training.benchmarks.lips --data ../shared/data --plot docs/img/lips.png

Aperture is measured on the default character's mesh under the engine's coefficients. A peer that cannot run here, such
as HeadAudio without node, is left out with one sentence.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch

from ...inference.face.default.engine import WEIGHTS as SHIPPED
from ..face import metrics, voices
from ..face.__main__ import ROOT, WEIGHTS, load_corpora
from ..face.corpora import OPEN_VOWELS, Clip
from ..face.sync import clip_lag
from . import spoken_emotions
from .lip_jitter import print_jitter
from .lip_plots import draw_example, draw_sheets
from .predictors import (
    EnginePredictor,
    Hearing,
    Predictor,
    as_heard,
    headaudio_predictor,
    log_mel_predictor,
    phone_predictor,
)

VOICES: dict[str, tuple[float, float, float]] = {
    "own voice": (1.0, 1.0, 1.0),
    "deeper (pitch 0.8, formants 0.88)": (0.8, 0.88, 1.0),
    "higher (pitch 1.7, formants 1.2)": (1.7, 1.2, 1.0),
    "slower tape (all 0.8)": (0.8, 0.8, 0.8),
    "faster tape (all 1.25)": (1.25, 1.25, 1.25),
}
PHONE_FPS = 30.0
TRACK_FPS = 25.0
PARTS = ("engine", "phones", "headaudio", "log-mel", "emotions")


def in_voice(clips: list[Clip], title: str) -> list[Hearing]:
    """Return the clips in one of :data:`VOICES`; the engine runs in the converted clip's own time."""
    if title == "own voice":
        return as_heard(clips, TRACK_FPS)
    converted = ((clip, voices.convert_voice(clip.samples, *VOICES[title])) for clip in clips)
    return [Hearing(clip, samples, TRACK_FPS, speed) for clip, (samples, speed) in converted]


def tracked_row(heard: list[Hearing], predict: Predictor) -> tuple[float, float, float]:
    """Return mean r per clip, mean r with each clip's own lag removed, and closure F1."""
    theirs = [one.clip.geometry[:, 0] for one in heard if one.clip.geometry is not None]
    ours = predict(heard)
    mean, closure = metrics.tracked_scores(ours, theirs)
    in_step = []
    for aperture, measured in zip(ours, theirs, strict=True):
        count = min(len(aperture), len(measured))
        in_step.append(clip_lag(aperture[:count], measured[:count], 1 / TRACK_FPS)[1])
    return mean, float(np.mean(in_step)), closure


def phone_row(
    clips: list[Clip], predict: Predictor, closures: tuple[str, ...], vowels: tuple[str, ...]
) -> tuple[float, float]:
    """Return the shares of p, b, m and of open vowels in which the lips are shut."""
    apertures = predict(as_heard(clips, PHONE_FPS))
    phones, speakers = [clip.phones for clip in clips], [clip.speaker for clip in clips]
    return (
        metrics.shut_share(apertures, PHONE_FPS, phones, speakers, closures, 0.04),
        metrics.shut_share(apertures, PHONE_FPS, phones, speakers, vowels, -0.3),
    )


def print_tables(
    title: str, held_out: dict[str, list[Clip]], tracked: dict[str, list[Hearing]], predict: Predictor
) -> None:
    """Print one predictor's tables as Markdown; ``tracked`` is the tracked clips in each voice."""
    print(
        f"\n### {title}\n\n| {len(held_out['grid_s1'])} unseen clips of grid_s1 | r | r, own lag removed | closure F1 |"
    )
    print("|---|---|---|---|")
    for voice, heard in tracked.items():
        mean, in_step, score = tracked_row(heard, predict)
        print(f"| {voice} | {mean:.3f} | {in_step:.3f} | {score:.3f} |", flush=True)
    synthetic = [clip for clip in held_out["kokoro"] if clip.geometry is not None]
    if synthetic:
        mean, in_step, score = tracked_row(as_heard(synthetic, TRACK_FPS), predict)
        speakers = len({clip.speaker for clip in synthetic})
        print(
            f"| {len(synthetic)} sentences in {speakers} unheard synthetic voices | {mean:.3f} | {in_step:.3f} |",
            end="",
        )
        print(f" {score:.3f} |")
    print("\n| held-out speech | p b m shut | open vowels shut |\n|---|---|---|")
    german, cmu = ("p", "b", "m"), ("P", "B", "M")
    rows = [
        ("emodb, actors 08 and 10, hand labels", held_out["emodb"], german, OPEN_VOWELS),
        ("ljspeech, held-out recordings, aligned labels", held_out["ljspeech"], cmu, ("AA", "AE", "AY", "AW")),
        ("synthetic, held-out voices, aligned labels", held_out["kokoro"], cmu, ("AA", "AE", "AY", "AW")),
    ]
    for name, clips, closures, vowels in rows:
        if clips:
            shut, open_shut = phone_row(clips, predict, closures, vowels)
            print(f"| {name} | {shut:.1%} | {open_shut:.1%} |", flush=True)


def held_out_synthetic(cache: Path, most: int) -> list[Clip]:
    """Return sentences in synthetic voices that training never heard, where they have been made."""
    from ..speech.dataset import load_synthetic

    if not (cache / "index.jsonl").is_file():
        print(f"No synthetic speech in {cache}: python -m soliloquy.training.speech makes it.", flush=True)
        return []
    clips = load_synthetic(cache, "held_out")
    return [clips[i] for i in np.linspace(0, len(clips) - 1, min(most, len(clips))).round().astype(int)]


def main() -> None:
    """Command line: print the tables."""
    parser = argparse.ArgumentParser(description="Lip figures of the face engine.")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--cache", type=Path, default=ROOT / ".cache")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--only", choices=PARTS, nargs="+", default=PARTS, help="leave the others out")
    parser.add_argument("--baseline-epochs", type=int, default=20)
    parser.add_argument("--weights", type=Path, default=SHIPPED, help="other weights of the face engine")
    parser.add_argument("--plot", type=Path, help="PNG to draw one clip into; contact sheets of all go beside it")
    parser.add_argument("--synthetic", type=int, default=200, help="most synthetic sentences to hear")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    corpora = load_corpora(arguments.data, arguments.cache / "face")
    held_out = {name: [clip for clip in clips if clip.held_out] for name, clips in corpora.items()}
    held_out["kokoro"] = held_out_synthetic(arguments.cache / "speech", arguments.synthetic)
    tracked = held_out["grid_s1"]
    training = [clip for clip in corpora["grid_s1"] if not clip.held_out]
    heard = {voice: in_voice(tracked, voice) for voice in VOICES if set(arguments.only) - {"emotions"}}
    engine = EnginePredictor(arguments.weights)
    if "engine" in arguments.only:
        engine(as_heard(tracked[:1], TRACK_FPS))
        engine.busy = engine.heard = 0.0
        print_tables("Soliloquy", held_out, heard, engine)
        print(f"\nReal-time factor of the engine over these clips: {engine.real_time_factor:.4f}", flush=True)
        print_jitter(arguments.data, tracked, engine)
    if arguments.plot:
        predicted = engine(as_heard(tracked, 50.0))
        draw_sheets(tracked, list(predicted), 50.0, arguments.plot)
        draw_example(tracked[0], predicted[0], 50.0, arguments.plot)
    if "phones" in arguments.only:
        print_tables("phones to visemes, knows the text", held_out, heard, phone_predictor(training))
    if "headaudio" in arguments.only:
        peer = headaudio_predictor(training, arguments.cache / "headaudio")
        if peer is not None:
            print_tables("HeadAudio 0.1.0", held_out, heard, peer)
    if "log-mel" in arguments.only:
        encoder = WEIGHTS / "phones.safetensors"
        regressor = log_mel_predictor(training, encoder, arguments.baseline_epochs)
        print_tables("log-mel regressor", held_out, heard, regressor)
    if "emotions" in arguments.only:
        spoken_emotions.print_tables(held_out, engine.engine)


if __name__ == "__main__":
    main()
