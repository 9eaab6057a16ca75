"""Two independent recognisers look at the default character's emotions: confusion matrices over rendered frames.

    python -m soliloquy.training.benchmarks.emotion_recognition --data ../shared/data --sheet docs/img/recognised.png

Held-out speech goes through the whole pipeline once per emotion at intensity 1; frames with closed, half open and open
lips are rendered from the front (``rigs/render/expression_stills.py``) and given to the classifiers that come with the
npm packages ``@vladmandic/human`` (Arriaga's "mini-Xception", trained on photographs, FER-2013) and
``@vladmandic/face-api`` (a small Xception). Both know seven classes and no contempt.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ...inference.arkit import ARKIT_INDEX
from ...inference.character import load_character
from ...inference.engines import face_engine
from ...inference.performance import Performance
from ...inference.settings import EMOTIONS
from ..face.corpora import RATE, Clip, load_emodb, load_ljspeech
from .spoken_emotions import speak

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = Path(__file__).with_suffix(".mjs")
PACKAGES = {
    "@vladmandic/human": "3.3.6",
    "@vladmandic/face-api": "1.7.15",
    "@tensorflow/tfjs": "4.22.0",
    "@tensorflow/tfjs-core": "4.22.0",
    "@tensorflow/tfjs-converter": "4.22.0",
    "@tensorflow/tfjs-backend-wasm": "4.22.0",
}
CLASSES = ("neutral", "happy", "sad", "surprise", "fear", "disgust", "angry")
"""What a recogniser can say."""
_SYNONYMS = {"surprised": "surprise", "fearful": "fear", "disgusted": "disgust"}
EXPECTED = dict(zip(EMOTIONS, (*CLASSES, ""), strict=True))
"""Emotion -> the recognisers' class; contempt has none."""
FPS = 25.0
_OPENNESS = (2.0, 50.0, 92.0)
"""Percentiles of the lip aperture at which frames are taken."""


@dataclass(frozen=True)
class Still:
    """One frame to look at."""

    emotion: str
    clip: str
    seed: int
    openness: float
    """Percentile of the clip's lip aperture."""


def held_out_speech(data: Path, seconds: float = 4.0) -> list[Clip]:
    """Return two held-out sentences: a woman reading English, a man saying a German sentence in a neutral voice."""
    reader = next(clip for clip in load_ljspeech(data) if clip.held_out)
    reader.samples = reader.samples[: int(seconds * RATE)]
    actor = next(clip for clip in load_emodb(data) if clip.held_out and clip.name[5] == "N" and clip.speaker == "10")
    return [reader, actor]


def choose_frames(performance: Performance) -> list[tuple[float, int]]:
    """Return (percentile, frame) of a closed, a half open and an open mouth, none of them during a blink.

    The onset of an expression and the ends of a recording are left out.
    """
    lids = performance.arkit[:, ARKIT_INDEX["eyeBlinkLeft"]]
    free = lids <= np.median(lids) + 0.08
    edge = min(round(0.4 * FPS), performance.frames // 4)
    free[:edge] = free[performance.frames - edge :] = False
    frames = np.nonzero(free)[0]
    aperture = performance.lip_aperture[frames]
    return [
        (openness, int(frames[np.argmin(np.abs(aperture - np.percentile(aperture, openness)))]))
        for openness in _OPENNESS
    ]


def pose_stills(clips: list[Clip], seeds: Iterable[int], intensity: float) -> tuple[Performance, list[Still]]:
    """Return one performance made of all chosen frames, and what each of them is."""
    character, engine = load_character(), face_engine("default")
    poses, trans, arkit, stills = [], [], [], []
    for emotion in EMOTIONS:
        for clip in clips:
            for seed in seeds:
                performance = speak(engine, clip.samples, emotion, intensity=intensity, seed=seed, fps=FPS)
                for openness, frame in choose_frames(performance):
                    poses.append(performance.poses[frame])
                    trans.append(performance.trans[frame])
                    arkit.append(performance.arkit[frame])
                    stills.append(Still(emotion, clip.name, seed, openness))
    rows = np.stack(poses), np.stack(arkit)
    return Performance(FPS, rows[0], np.stack(trans), rows[1], character.lip_aperture(*rows)), stills


def read_pictures(folder: Path, count: int) -> list[npt.NDArray[np.uint8]]:
    """Return the (H, W, 3) pictures that the renderer wrote."""
    from matplotlib.image import imread

    return [
        (np.asarray(imread(folder / f"{index:05d}.png"))[..., :3] * 255 + 0.5).astype(np.uint8)
        for index in range(count)
    ]


def install_recogniser(cache: Path) -> None:
    """Install the pinned npm packages into a folder outside the repository's commits, once.

    Raises
    ------
    RuntimeError
        When node or npm is missing, or the packages cannot be fetched.
    """
    if shutil.which("node") is None or shutil.which("npm") is None:
        raise RuntimeError("The recogniser needs node and npm; install them and run this again.")
    cache.mkdir(parents=True, exist_ok=True)
    if all((cache / "node_modules" / name / "package.json").is_file() for name in PACKAGES):
        return
    (cache / "package.json").write_text(json.dumps({"private": True, "dependencies": PACKAGES}), encoding="utf-8")
    done = subprocess.run(
        ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=cache, capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(f"npm could not install the recogniser: {done.stderr.strip().splitlines()[-1:]}")


Scores = list[dict[str, float]]
"""Per picture, class -> score; empty where no face was found."""


def recognise(pictures: list[npt.NDArray[np.uint8]], cache: Path, work: Path) -> dict[str, Scores]:
    """Return every recogniser's scores."""
    work.mkdir(parents=True, exist_ok=True)
    entries = []
    for index, picture in enumerate(pictures):
        file = (work / f"{index:05d}.rgb").resolve()
        file.write_bytes(np.ascontiguousarray(picture).tobytes())
        entries.append({"file": str(file), "width": picture.shape[1], "height": picture.shape[0]})
    listing = work / "pictures.json"
    listing.write_text(json.dumps(entries), encoding="utf-8")
    done = subprocess.run(["node", str(SCRIPT), str(cache), str(listing)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"The recognisers stopped: {done.stderr.strip()[-500:]}")
    answers: dict[str, Scores] = json.loads(done.stdout)
    return {
        name: [{_SYNONYMS.get(label, label): score for label, score in one.items()} for one in given]
        for name, given in answers.items()
    }


def confusion(truth: list[str], scores: Scores) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Return counts (8, 8) of the strongest class by emotion, last column no face; and (8, 7) mean scores."""
    counts = np.zeros((len(EMOTIONS), len(CLASSES) + 1), np.int64)
    sums = np.zeros((len(EMOTIONS), len(CLASSES)))
    for emotion, answer in zip(truth, scores, strict=True):
        row = EMOTIONS.index(emotion)
        if not answer:
            counts[row, -1] += 1
            continue
        values = np.array([answer.get(name, 0.0) for name in CLASSES])
        counts[row, int(values.argmax())] += 1
        sums[row] += values
    return counts, sums / np.maximum(1, counts[:, :-1].sum(1, keepdims=True))


def report(truth: list[str], scores: Scores) -> str:
    """Return the tables as Markdown."""
    counts, means = confusion(truth, scores)
    lines = ["| shown \\ seen | " + " | ".join((*CLASSES, "no face")) + " | recognised |", "|---" * 10 + "|"]
    right = total = 0
    for row, emotion in enumerate(EMOTIONS):
        shown = int(counts[row].sum())
        hits = int(counts[row, row]) if EXPECTED[emotion] else 0
        share = f"{hits / max(1, shown):.0%}" if EXPECTED[emotion] else "has no class"
        if EXPECTED[emotion]:
            right, total = right + hits, total + shown
        lines.append(f"| {emotion} | " + " | ".join(str(n) for n in counts[row]) + f" | {share} |")
    lines += [
        f"\n{right} of {total} frames or clips of the seven emotions are recognised ({right / max(1, total):.0%}).\n"
    ]
    lines += ["| mean score | " + " | ".join(CLASSES) + " |", "|---" * 8 + "|"]
    lines += [f"| {e} | " + " | ".join(f"{v:.2f}" for v in means[row]) + " |" for row, e in enumerate(EMOTIONS)]
    return "\n".join(lines)


def by_clip(stills: list[Still], scores: Scores) -> tuple[list[str], Scores]:
    """Return emotion and mean scores of every performance, over the frames of it in which a face was found."""
    clips = dict.fromkeys((still.emotion, still.clip, still.seed) for still in stills)
    found: Scores = []
    for clip in clips:
        rows = [
            answer
            for still, answer in zip(stills, scores, strict=True)
            if (still.emotion, still.clip, still.seed) == clip and answer
        ]
        found.append({name: float(np.mean([row.get(name, 0.0) for row in rows])) for name in CLASSES} if rows else {})
    return [emotion for emotion, _, _ in clips], found


def draw_sheet(pictures: list[npt.NDArray[np.uint8]], stills: list[Still], scores: Scores, path: Path) -> None:
    """Draw all pictures, one row per emotion, with one recogniser's word under each."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    columns = len(stills) // len(EMOTIONS)
    figure = Figure(figsize=(1.3 * columns, 1.5 * len(EMOTIONS)), dpi=100, layout="constrained")
    canvas = FigureCanvasAgg(figure)
    grid = figure.subplots(len(EMOTIONS), columns)
    for axes, picture, still, answer in zip(grid.ravel(), pictures, stills, scores, strict=True):
        axes.imshow(picture)
        axes.set_xticks([])
        axes.set_yticks([])
        seen = max(answer, key=lambda name: answer[name]) if answer else "no face"
        colour = "tab:green" if seen == EXPECTED[still.emotion] else "0.4"
        axes.set_xlabel(f"{seen} {answer[seen]:.2f}" if answer else seen, fontsize=7, color=colour, labelpad=1)
    for axes, emotion in zip(grid[:, 0], EMOTIONS, strict=True):
        axes.set_ylabel(emotion, fontsize=8)
    path.parent.mkdir(parents=True, exist_ok=True)
    canvas.print_png(str(path))


def main() -> None:
    """Command line: pose, render, recognise, print."""
    parser = argparse.ArgumentParser(description="Let an independent recogniser look at the emotions.")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--cache", type=Path, default=ROOT / ".cache" / "recogniser")
    parser.add_argument("--work", type=Path, default=ROOT / ".cache" / "emotion_stills")
    parser.add_argument("--seeds", type=int, default=2, help="performances per sentence and emotion")
    parser.add_argument("--first-seed", type=int, default=0, help="tables are tuned on others than they are judged by")
    parser.add_argument("--intensity", type=float, default=1.0)
    parser.add_argument("--size", type=int, default=256)
    parser.add_argument("--samples", type=int, default=6, help="Cycles samples per pixel")
    parser.add_argument("--python", default=sys.executable, help="a Python that has the module bpy")
    parser.add_argument("--sheet", type=Path, help="PNG to draw all frames into")
    arguments = parser.parse_args()
    install_recogniser(arguments.cache)
    seeds = range(arguments.first_seed, arguments.first_seed + arguments.seeds)
    performance, stills = pose_stills(held_out_speech(arguments.data), seeds, arguments.intensity)
    shutil.rmtree(arguments.work, ignore_errors=True)
    arguments.work.mkdir(parents=True)
    poses = arguments.work / "stills.npz"
    performance.save(poses)
    order = ["-m", "soliloquy.rigs.render.expression_stills", str(poses), str(arguments.work)]
    order += ["--size", str(arguments.size), "--samples", str(arguments.samples)]
    subprocess.run([arguments.python, *order], check=True, stdout=subprocess.DEVNULL)
    pictures = read_pictures(arguments.work, len(stills))
    scores = recognise(pictures, arguments.cache, arguments.work / "raw")
    for name, answers in scores.items():
        print(f"\n### {name}\n\n{report([still.emotion for still in stills], answers)}")
        print(f"\n### {name}, whole clips\n\n{report(*by_clip(stills, answers))}")
    if arguments.sheet:
        draw_sheet(pictures, stills, scores["face-api"], arguments.sheet)


if __name__ == "__main__":
    main()
