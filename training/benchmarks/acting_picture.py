"""One picture of a take: what head, trunk, weight, arms and expression do over time, beside the sound."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ...inference.arkit import ARKIT_INDEX
from ...inference.character import load_character
from ...inference.plausibility.kinematics import joint_positions
from ...inference.skeleton import JOINT_INDEX
from ..face.corpora import RATE
from ..metrics.acting import about_mean, part_rotations
from .acting_takes import ActedTake

_TURNS = ("head", "spine", "pelvis")
_ARMS = ("left_elbow", "right_elbow", "left_shoulder", "right_shoulder")
_FACE = ("browInnerUp", "browDownLeft", "mouthSmileLeft", "mouthSmileRight", "eyeBlinkLeft", "eyeLookOutLeft")


def draw_curves(take: ActedTake, path: Path) -> None:
    """Write the picture; the folder is made."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    done, fps = take.performance, take.performance.fps
    times = np.arange(done.frames) / fps
    figure = Figure(figsize=(14, 15), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(7, 1, sharex=True)
    sound = take.recording.samples
    axes[0].plot(np.arange(len(sound)) / RATE, sound, color="0.7", linewidth=0.4)
    axes[0].plot(times, 3 * take.recording.prosody.at(take.recording.prosody.accent, times) - 1, color="tab:orange")
    axes[0].set_ylabel("sound, accents")
    for axis, part in zip(axes[1:4], _TURNS, strict=True):
        turns = about_mean(part_rotations(done.poses, part))
        for column, name in enumerate(("pitch", "yaw", "roll")):
            axis.plot(times, turns[:, column], label=name, linewidth=1.2)
        axis.set_ylabel(f"{part}, deg")
    places = joint_positions(done.poses, done.trans, load_character().joints)
    for name, joint, column in (
        ("pelvis sideways", "pelvis", 0), ("pelvis forward", "pelvis", 2),
        ("left toe up", "left_foot", 1), ("right toe up", "right_foot", 1),
    ):  # fmt: skip
        curve = 100 * places[:, JOINT_INDEX[joint], column]
        axes[4].plot(times, curve - curve[0], label=name, linewidth=1.2)
    axes[4].set_ylabel("weight, cm")
    for part in _ARMS:
        turned = about_mean(part_rotations(done.poses, part))
        axes[5].plot(times, np.linalg.norm(turned, axis=1), label=part, linewidth=1.2)
    axes[5].set_ylabel("arms from their mean, deg")
    for name in _FACE:
        axes[6].plot(times, done.arkit[:, ARKIT_INDEX[name]], label=name, linewidth=1.0)
    axes[6].set_ylabel("face")
    axes[6].set_xlabel(f"s of {take.recording.name}")
    for axis in axes[1:]:
        axis.legend(loc="upper right", ncols=6, fontsize=8)
    for axis in axes:
        axis.grid(alpha=0.25)
        for start, _ in take.strokes:
            axis.axvline(start, color="tab:blue", linewidth=0.6, alpha=0.5)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=70)
