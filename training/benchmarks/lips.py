"""Lip figures of the shipped face engine, through the path every user takes, beside the plain log-mel regressor.

    python -m soliloquy.training.benchmarks.lips --data ../shared/data

Aperture is measured on the default character's mesh under the engine's coefficients.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from ...inference.character import load_character
from ...inference.face import WEIGHTS as SHIPPED
from ...inference.face import DefaultFaceEngine, FaceTrack
from ...inference.skeleton import JOINT_INDEX, JOINT_NAMES
from ..face import examples as ex
from ..face import metrics, voices
from ..face.__main__ import ROOT, WEIGHTS, initial_network, load_corpora
from ..face.baseline import baseline_aperture, train_baseline
from ..face.corpora import OPEN_VOWELS, Clip
from ..face.sync import clip_lag

Floats = npt.NDArray[np.float32]
Predict = Callable[[Floats, float], Floats]

VOICES: dict[str, tuple[float, float, float]] = {
    "own voice": (1.0, 1.0, 1.0),
    "deeper (pitch 0.8, formants 0.88)": (0.8, 0.88, 1.0),
    "higher (pitch 1.7, formants 1.2)": (1.7, 1.2, 1.0),
    "slower tape (all 0.8)": (0.8, 0.8, 0.8),
    "faster tape (all 1.25)": (1.25, 1.25, 1.25),
}
PHONE_FPS = 30.0
TRACK_FPS = 25.0


def mesh_aperture(track: FaceTrack) -> Floats:
    """Return the lip aperture on the default character's mesh, (T,)."""
    poses = np.zeros((len(track.arkit), 3 * len(JOINT_NAMES)), np.float32)
    jaw = 3 * JOINT_INDEX["jaw"]
    poses[:, jaw : jaw + 3] = track.jaw
    return load_character().lip_aperture(poses, track.arkit)


def tracked_rows(clips: list[Clip], predict: Predict) -> list[tuple[str, float, float, float]]:
    """Return (voice, mean r per clip, mean r with each clip's own lag removed, closure F1) in every test voice."""
    rows = []
    for title, (pitch, formants, speed) in VOICES.items():
        ours, theirs = [], []
        for clip in clips:
            assert clip.geometry is not None
            samples, factor = clip.samples, 1.0
            if title != "own voice":
                samples, factor = voices.convert_voice(clip.samples, pitch, formants, speed)
            # The engine runs at the track's rate in the converted clip's own time.
            aperture = predict(samples, TRACK_FPS * factor)
            ours.append(aperture)
            theirs.append(clip.geometry[:, 0])
        mean, closure = metrics.tracked_scores(ours, theirs)
        in_step = []
        for aperture, measured in zip(ours, theirs, strict=True):
            count = min(len(aperture), len(measured))
            in_step.append(clip_lag(aperture[:count], measured[:count], 1 / TRACK_FPS)[1])
        rows.append((title, mean, float(np.mean(in_step)), closure))
    return rows


def phone_row(
    clips: list[Clip], predict: Predict, closures: tuple[str, ...], vowels: tuple[str, ...]
) -> tuple[float, float]:
    """Return the shares of p, b, m and of open vowels in which the lips are shut."""
    apertures = [predict(clip.samples, PHONE_FPS) for clip in clips]
    phones, speakers = [clip.phones for clip in clips], [clip.speaker for clip in clips]
    return (
        metrics.shut_share(apertures, PHONE_FPS, phones, speakers, closures, 0.04),
        metrics.shut_share(apertures, PHONE_FPS, phones, speakers, vowels, -0.3),
    )


def plot(clips: list[Clip], predict: Predict, path: Path) -> None:
    """Draw measured and animated apertures of a few clips."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 1.5 * len(clips)), dpi=80, layout="constrained")
    canvas = FigureCanvasAgg(figure)
    for row, clip in enumerate(clips):
        assert clip.geometry is not None
        measured = clip.geometry[:, 0]
        animated = predict(clip.samples, 50.0)
        axes = figure.add_subplot(len(clips), 1, row + 1)
        axes.plot(np.arange(len(measured)) / TRACK_FPS, measured, color="0.6", label="video")
        axes.plot(np.arange(len(animated)) / 50.0, animated, color="tab:red", linewidth=1, label="Soliloquy")
        axes.set_ylabel(clip.name)
        axes.set_ylim(0, 0.2)
    figure.axes[0].legend(loc="upper right", ncols=2, fontsize="small")
    figure.axes[-1].set_xlabel("seconds; lip aperture in eye-corner distances")
    path.parent.mkdir(parents=True, exist_ok=True)
    canvas.print_png(str(path))


def print_tables(title: str, held_out: dict[str, list[Clip]], predict: Predict) -> None:
    """Print one predictor's tables as Markdown."""
    tracked = held_out["grid_s1"]
    print(f"\n### {title}\n\n| {len(tracked)} unseen clips of grid_s1 | r | r, own lag removed | closure F1 |")
    print("|---|---|---|---|")
    for voice, correlation, in_step, score in tracked_rows(tracked, predict):
        print(f"| {voice} | {correlation:.3f} | {in_step:.3f} | {score:.3f} |")
    print("\n| held-out speech | p b m shut | open vowels shut |\n|---|---|---|")
    shut, open_shut = phone_row(held_out["emodb"], predict, ("p", "b", "m"), OPEN_VOWELS)
    print(f"| emodb, actors 08 and 10, hand labels | {shut:.1%} | {open_shut:.1%} |")
    shut, open_shut = phone_row(held_out["ljspeech"], predict, ("P", "B", "M"), ("AA", "AE", "AY", "AW"))
    print(f"| ljspeech, held-out recordings, aligned labels | {shut:.1%} | {open_shut:.1%} |", flush=True)


def baseline_predictor(corpora: dict[str, list[Clip]], epochs: int) -> Predict:
    """Train the log-mel regressor and return it as a predictor."""
    log_mel = initial_network(WEIGHTS / "phones.safetensors").encoder.log_mel
    regressor = train_baseline(log_mel, [ex.plain(clip) for clip in corpora["grid_s1"] if not clip.held_out], epochs)

    def predict(samples: Floats, fps: float) -> Floats:
        aperture = baseline_aperture(regressor, samples)
        times = np.arange(max(1, round(len(samples) / voices.RATE * fps))) / fps
        return np.interp(times, np.arange(len(aperture)) * 0.02, aperture).astype(np.float32)

    return predict


def main() -> None:
    """Command line: print the tables."""
    parser = argparse.ArgumentParser(description="Lip figures of the face engine.")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--cache", type=Path, default=ROOT / ".cache" / "face")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--only", choices=("engine", "baseline"), help="leave the other one out")
    parser.add_argument("--baseline-epochs", type=int, default=20)
    parser.add_argument("--weights", type=Path, default=SHIPPED, help="other weights of the face engine")
    parser.add_argument("--plot", type=Path, help="PNG to draw a few clips into")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    corpora = load_corpora(arguments.data, arguments.cache)
    held_out = {name: [clip for clip in clips if clip.held_out] for name, clips in corpora.items()}
    if arguments.only != "baseline":
        engine = DefaultFaceEngine(arguments.weights)
        engine.animate(held_out["grid_s1"][0].samples, TRACK_FPS, device="cpu")
        busy, heard = 0.0, 0.0

        def shipped(samples: Floats, fps: float) -> Floats:
            nonlocal busy, heard
            started = time.perf_counter()
            track = engine.animate(samples, fps, device="cpu")
            busy += time.perf_counter() - started
            heard += len(samples) / voices.RATE
            return mesh_aperture(track)

        print_tables("Soliloquy", held_out, shipped)
        print(f"\nReal-time factor of the engine over these clips: {busy / heard:.4f}", flush=True)
        if arguments.plot:
            plot(held_out["grid_s1"][:4], shipped, arguments.plot)
    if arguments.only != "engine":
        print_tables("log-mel regressor", held_out, baseline_predictor(corpora, arguments.baseline_epochs))


if __name__ == "__main__":
    main()
