"""Measure the gesture phrases on speech, style by style; the table of docs/gestures.md.

    python -m soliloquy.training.gestures.measure --data ../shared/data

Prints one row per style, and the jerk of the clips themselves.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile

from ...inference.body.upper_body import ARMS
from ...inference.character import load_character
from ...inference.gestures.library import Library, load_library
from ...inference.gestures.playback import play
from ...inference.gestures.rests import plan_rests
from ...inference.gestures.scheduler import plan
from ...inference.gestures.settings import STYLES, GestureSettings
from ...inference.layers.posture import posture_layer
from ...inference.plausibility.capsules import capsules_of, penetration
from ...inference.plausibility.kinematics import joint_positions
from ...inference.prosody import Prosody, analyse
from ...inference.skeleton import JOINT_INDEX
from ..metrics.beat_consistency import beat_scores, kinematic_beats, pooled
from ..metrics.jerk import jerk
from .motion import arm_paths

FPS = 30.0
SECONDS = 60
RESTING = 0.05
"""Metres of both wrists from the body at rest under which a body counts as resting."""
_WRISTS = [JOINT_INDEX["left_wrist"], JOINT_INDEX["right_wrist"]]
_ARMS = [JOINT_INDEX[name] for name in ARMS]


def speeches(data: Path) -> list[npt.NDArray[np.float32]]:
    """Return a minute each of three LJ Speech selections and of every tenth utterance of emodb."""
    lj, emodb = (sorted((data / name).rglob("*.flac")) for name in ("ljspeech", "emodb"))
    chosen = [lj[first : first + 9] for first in (0, 30, 60)] + [emodb[::10]]
    return [
        np.concatenate([np.asarray(soundfile.read(path, dtype="float32")[0], np.float32) for path in paths])[
            : SECONDS * 16000
        ]
        for paths in chosen
    ]


def measure_style(style: str, speech: list[tuple[float, Prosody]], library: Library, seed: int = 1) -> str:
    """Return one style's row; ``speech`` holds seconds and prosody."""
    character = load_character()
    capsules = capsules_of(character)
    paths, consistency, precision, resting, inside, late, apart = [], [], [], [], [], [], []
    strokes, both, minutes, spent, fastest = 0, 0, 0.0, 0.0, 0.0
    for seconds, prosody in speech:
        times = np.arange(int(seconds * FPS)) / FPS
        settings = GestureSettings(style=style)
        rests = plan_rests(prosody, settings, seconds, seed)
        ground = posture_layer(times, prosody, character.joints, seed, rests=rests)
        began = time.process_time()
        made = plan(prosody, settings, 0.0, seconds, seed, library, rests=rests)
        track = play(made, library, ground, times)
        spent += time.process_time() - began
        wrists, rest = (
            joint_positions(item.poses, item.trans, character.joints)[:, _WRISTS] for item in (track, ground)
        )
        paths.append(wrists)
        fastest = max(fastest, float(np.linalg.norm(np.diff(wrists, axis=0), axis=-1).max() * FPS))
        resting.append((np.linalg.norm(wrists - rest, axis=-1).max(1) < RESTING).mean())
        inside.append((penetration(track.poses, track.trans, capsules) > 0.01).mean())
        beats = kinematic_beats(track.poses.reshape(len(times), -1, 3)[:, _ARMS], FPS)
        for emphasis in made.strokes[:, 0]:
            late.append(1000 * _nearest(prosody.accent_times, emphasis))
            apart.append(1000 * abs(_nearest(beats, emphasis)))
        first, second = beat_scores(prosody.accent_times, beats, seconds)
        consistency.append(first)
        precision.append(second)
        strokes += len(made.phrases)
        both += sum(phrase.hand == "both" for phrase in made.phrases)
        minutes += float(np.diff(prosody.phrases, axis=1).sum()) / 60
    hard, heard, seen = jerk(paths, FPS), pooled(consistency), pooled(precision)
    return (
        f"| {style} | {strokes / minutes:.0f} | {np.mean(resting):.2f} | {both / strokes:.2f} "
        f"| {np.mean(late):.0f} ({min(late):.0f}..{max(late):.0f}) | {np.median(apart):.0f} "
        f"| {hard.mean:.0f} / {hard.moving:.0f} / {hard.high:.0f} | {fastest:.1f} "
        f"| {heard.score:.2f} / {heard.chance:.2f} | {seen.score:.2f} / {seen.chance:.2f} "
        f"| {100 * np.mean(inside):.1f} | {1000 * spent / len(speech):.0f} |"
    )


def _nearest(times: npt.ArrayLike, second: float) -> float:
    """Return ``second`` minus the nearest of the times."""
    gaps = second - np.asarray(times)
    return float(gaps[np.abs(gaps).argmin()])


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path(__file__).resolve().parents[3] / "shared" / "data")
    data: Path = parser.parse_args().data
    library = load_library()
    joints = load_character().joints
    recorded = [library.sample(clip, np.arange(clip.frames) / FPS).astype(np.float64) for clip in library.clips]
    clips = jerk([arm_paths(motion, joints) for motion in recorded], FPS)
    print(f"clips: jerk {clips.mean:.0f} / {clips.moving:.0f} / {clips.high:.0f}")
    speech = [(len(samples) / 16000, analyse(samples)) for samples in speeches(data)]
    print("| style | strokes/min | resting | both | late, ms | speed minimum, ms | jerk | m/s | beats | precision "
          "| inside, % | ms |")  # fmt: skip
    for style in STYLES:
        print(measure_style(style, speech, library), flush=True)


if __name__ == "__main__":
    main()
