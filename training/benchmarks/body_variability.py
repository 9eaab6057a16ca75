"""Takes of one recording through the whole pipeline: bodies that differ on lips that do not."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...inference.character import load_character
from ...inference.orders.animate import AnimateJob
from ...inference.pipeline import animate
from ...inference.plausibility.kinematics import joint_positions
from ...inference.settings import AnimateSettings, AudioRange
from ...inference.skeleton import JOINT_INDEX
from ..metrics.diversity import between_takes
from .body_tables import markdown


@dataclass(frozen=True)
class Variability:
    """How N takes differ."""

    takes: int
    wrists_cm: float
    """Mean distance of a wrist in one take to the same wrist at the same instant in another."""
    closest_cm: float
    """The same of the two takes most alike."""
    lips: float
    """Largest difference of the lip aperture, in eye-corner distances."""
    repeated: bool
    """Whether the first seed gives the same poses again, bit for bit."""


def variability(body: str, audio: Path, count: int) -> Variability:
    """Animate a recording with the seeds 0..count - 1, and with 0 again."""
    wrists = [JOINT_INDEX["left_wrist"], JOINT_INDEX["right_wrist"]]
    takes, lips, first, again = [], [], None, False
    for seed in (*range(count), 0):
        performance = animate(AnimateJob(AudioRange(str(audio)), AnimateSettings(body=body, seed=seed)))
        if first is None:
            first = performance.poses
        joints = load_character().joints
        takes.append(joint_positions(performance.poses, performance.trans, joints)[:, wrists])
        lips.append(np.asarray(performance.lip_aperture, np.float64))
        again = bool(np.array_equal(performance.poses, first))
    pairs = [between_takes([takes[a], takes[b]]) for a in range(count) for b in range(a)]
    lip = max(float(np.abs(one - lips[0]).max()) for one in lips)
    return Variability(count, 100 * float(np.mean(pairs)), 100 * min(pairs), lip, again)


def variability_table(found: dict[str, Variability]) -> str:
    """Return the figures of several engines."""
    head = ("", "takes", "wrists apart cm", "of the two most alike", "lips apart", "same seed, same poses")
    rows = [
        [
            name, str(one.takes), f"{one.wrists_cm:.1f}", f"{one.closest_cm:.1f}", f"{one.lips:.6f}",
            "yes" if one.repeated else "no",
        ]
        for name, one in found.items()
    ]  # fmt: skip
    return markdown("Takes of one recording", head, rows)
