"""Measures how a performance moves against real talkers, from the head to the feet.

python -m soliloquy.training.benchmarks.acting --data ../shared/data [--style calm] [--emotion sad] [--picture FOLDER]

A fixed list of held-out speech (``acting_takes.py``) goes through body and layers; the figures are medians over the
recordings, as ``training/metrics/acting.py`` defines them. Pelvis travel is taken of recordings of 30 s. Nothing is
cached: what is printed is what the code does now.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from ...inference.emotion.names import EMOTIONS
from ...inference.engines import engines_of
from ...inference.gestures.settings import STYLES, GestureSettings
from ...inference.settings import AnimateSettings
from ..metrics.acting import Acting
from ..metrics.expression_units import PAIRS, blinks, strongest_unit, unit
from .acting_carriage import carriage_table
from .acting_picture import draw_curves
from .acting_takes import ActedTake, from_files, recordings, take

_ROOT = Path(__file__).resolve().parents[2]
_TRAVEL_SECONDS = 30.0
_LIVELY = ("brow", "cheek", "noseSneer", "eyeSquint", "eyeWide", "mouthSmile", "mouthFrown", "mouthDimple", "mouthUp")

ROWS: tuple[tuple[str, str, Callable[[Acting], float], str], ...] = (
    ("head pitch", "deg", lambda one: one.head[0], "12-25"),
    ("head yaw", "deg", lambda one: one.head[1], "9-20"),
    ("head roll", "deg", lambda one: one.head[2], "4-12"),
    ("head speed, mean", "deg/s", lambda one: one.head_speed, "12-20"),
    ("head speed, p95", "deg/s", lambda one: one.head_speed_p95, "28-45"),
    ("2 s windows with the head within 2 deg", "%", lambda one: 100 * one.head_still, "<= 5"),
    ("the same of the head joint without the neck", "%", lambda one: 100 * one.head_joint_still, "<= 5"),
    ("2 s windows with everything within 2 deg", "%", lambda one: 100 * one.all_still, "0"),
    ("spine pitch", "deg", lambda one: one.spine[0], "6-14"),
    ("spine yaw", "deg", lambda one: one.spine[1], "4-9"),
    ("spine roll", "deg", lambda one: one.spine[2], ""),
    ("pelvis pitch", "deg", lambda one: one.pelvis[0], "3-8"),
    ("pelvis yaw", "deg", lambda one: one.pelvis[1], ""),
    ("pelvis roll", "deg", lambda one: one.pelvis[2], "2-5"),
    ("collars", "deg", lambda one: one.collars, "7-34"),
    ("shoulders", "deg", lambda one: one.shoulders, "7-51"),
    ("elbows", "deg", lambda one: one.elbows, "40-70"),
    ("wrists", "deg", lambda one: one.wrists, ""),
    ("elbow speed, mean", "deg/s", lambda one: one.elbow_speed, "18-35"),
    ("2 s windows: span of the arms", "deg", lambda one: one.arm_span, "12-28"),
    ("frames with every arm joint under 10 deg/s", "%", lambda one: 100 * one.slow_frames, "8-25"),
    ("feet sliding", "cm/s", lambda one: one.feet_slide, "0.0"),
)
"""Title, unit, figure of one take, goal (for style explaining; docs/acting.md says where from)."""


def body_table(figures: Sequence[Acting]) -> str:
    """Return a table of medians over the takes, with the lowest and the highest, beside the goals."""
    lines = ["| figure | median | lowest to highest | goal |", "|---|---|---|---|"]
    for title, measure, value, goal in ROWS:
        found = np.array([value(one) for one in figures])
        known = found[np.isfinite(found)]
        if len(known):
            lines.append(
                f"| {title}, {measure} | {np.median(known):.1f} | {known.min():.1f} to {known.max():.1f} | {goal} |"
            )
    return "\n".join(lines)


def face_table(takes: Sequence[ActedTake]) -> str:
    """Return how the strongest pairs of the upper face and the mood's mouth move, and the blinks."""
    lines = [
        "| unit | mean | spread | >= .95 | sides apart | onset, apex, offset |",
        "|---|---|---|---|---|---|",
    ]
    lively = [name for name in PAIRS if name.startswith(_LIVELY)]
    joined = np.concatenate([one.performance.arkit for one in takes])
    fps = takes[0].performance.fps
    strongest = strongest_unit(joined, fps, tuple(lively)).name
    order = sorted(lively, key=lambda name: -unit(joined, name, fps).mean)[:6]
    for name in order:
        each = [unit(one.performance.arkit, name, fps) for one in takes]
        phases = ", ".join(_seconds([getattr(one, phase) for one in each]) for phase in ("onset", "apex", "offset"))
        title = f"**{name}**" if name == strongest else name
        lines.append(
            f"| {title} | {_median(each, 'mean'):.2f} | {_median(each, 'spread'):.2f} | "
            f"{100 * _median(each, 'saturated'):.0f} % | {100 * _median(each, 'difference'):.0f} % | {phases} s |"
        )
    lids = [blinks(one.performance.arkit, fps) for one in takes]
    lines += [
        "",
        f"Blinks: {np.mean([one.per_minute for one in lids]):.1f} a minute, "
        f"{100 * np.mean([one.doubles for one in lids]):.0f} % within 0.5 s of the one before, lids "
        f"{np.mean([one.apart for one in lids]):.3f} apart while they move, half shut in "
        f"{100 * np.mean([one.half_shut for one in lids]):.1f} % of the frames.",
    ]
    return "\n".join(lines)


def _median(each: Sequence[object], name: str) -> float:
    return float(np.median([getattr(one, name) for one in each]))


def _seconds(values: Sequence[float]) -> str:
    known = [value for value in values if np.isfinite(value)]
    return f"{np.median(known):.2f}" if known else "-"


def _settings(options: argparse.Namespace) -> AnimateSettings:
    gestures = GestureSettings(style=options.style, posture=options.posture, energy=options.energy)
    return AnimateSettings(
        body=options.engine, gestures=gestures, emotion=options.emotion, intensity=options.intensity,
        upper_face=options.upper_face, seed=options.seed,
    )  # fmt: skip


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--data", type=Path, default=_ROOT.parent / "shared" / "data", help="folder of the corpora")
    parser.add_argument("--files", type=Path, nargs="+", metavar="FILE", help="recordings of your own instead")
    parser.add_argument("--recordings", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=10.0, help="of every recording")
    parser.add_argument("--style", choices=STYLES, default="explaining")
    parser.add_argument("--emotion", choices=EMOTIONS, default="neutral")
    parser.add_argument("--intensity", type=float, default=1.0)
    parser.add_argument("--posture", choices=("standing", "seated"), default="standing")
    engines = [engine.spec.name for engine in engines_of("body", packages=False)]
    parser.add_argument("--engine", choices=engines, default="phrases")
    parser.add_argument("--upper-face", choices=("learned", "rules"), default="learned")
    parser.add_argument("--energy", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=0, help="of the first recording; the next has the next")
    parser.add_argument("--lips", action="store_true", help="run the face engine too; else the mouth rests")
    parser.add_argument("--no-travel", action="store_true", help="leave out the recordings of 30 s")
    parser.add_argument("--picture", type=Path, metavar="FOLDER", help="draw the curves of the first recording")
    options = parser.parse_args()

    settings = _settings(options)
    if options.files:
        spoken = from_files(options.files, options.seconds)
    else:
        spoken = recordings(options.data, options.recordings, options.seconds)
    takes = [
        take(one, replace(settings, seed=settings.seed + number), options.lips) for number, one in enumerate(spoken)
    ]
    seconds = sum(one.recording.seconds for one in takes)
    print(f"{options.engine}, {options.style}, {options.emotion}, {options.posture}, {options.upper_face} upper face:")
    print(f"{len(takes)} recordings, {seconds:.0f} s\n")
    print(body_table([one.measured() for one in takes]))
    if (options.data / "gestures").is_dir():
        print(f"\n{carriage_table(takes, options.data)}")
    if not options.no_travel and not options.files:
        long = recordings(options.data, 8, _TRAVEL_SECONDS)
        far = [take(one, replace(settings, seed=settings.seed + number)) for number, one in enumerate(long)]
        figures = [one.measured() for one in far]
        print(
            f"\nIn {_TRAVEL_SECONDS:.0f} s ({len(far)} recordings): pelvis travel "
            f"{np.median([one.pelvis_travel for one in figures]):.1f} cm (goal 3-8), feet sliding "
            f"{np.mean([one.feet_slide for one in figures]):.2f} cm/s (goal 0.0)"
        )
    print(f"\n{face_table(takes)}")
    body, layers = (
        60 / seconds * sum(getattr(one, name) for one in takes) for name in ("body_seconds", "layer_seconds")
    )
    print(f"\nProcessor time for 60 s of speech: body {body:.2f} s, layers of the face {layers:.2f} s")
    if options.picture:
        path = options.picture / f"acting_{options.engine}_{options.posture}_{options.style}_{options.emotion}.png"
        draw_curves(takes[0], path)
        print(path)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
