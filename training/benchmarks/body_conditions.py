"""Whether what an artist asks for changes the motion: one setting at a time against the natural one."""

from __future__ import annotations

from collections.abc import Sequence

from ...inference.body.track import BodyEngine
from ...inference.gestures.settings import STYLES, GestureSettings
from .body_movement import movement
from .body_speech import Speech
from .body_tables import MOVEMENT, markdown, movement_cells
from .body_takes import perform

CASES: tuple[tuple[str, GestureSettings, float], ...] = (
    *((f"style {style}", GestureSettings(style=style), 0.0) for style in STYLES),
    ("energy 0.5", GestureSettings(energy=0.5), 0.0),
    ("energy 1.5", GestureSettings(energy=1.5), 0.0),
    ("energy 2", GestureSettings(energy=2.0), 0.0),
    ("rate 0.5", GestureSettings(rate=0.5), 0.0),
    ("rate 2", GestureSettings(rate=2.0), 0.0),
    ("left hand", GestureSettings(handedness=-1.0), 0.0),
    ("right hand", GestureSettings(handedness=1.0), 0.0),
    ("seated", GestureSettings(posture="seated"), 0.0),
    ("arousal -0.8", GestureSettings(), -0.8),
    ("arousal 0.8", GestureSettings(), 0.8),
)
"""Name, settings, arousal; ``style explaining`` is what the others change one thing of."""


def condition_table(name: str, engine: BodyEngine, speeches: Sequence[Speech], seeds: Sequence[int]) -> str:
    """Return how an engine moves in every case, over the same recordings and seeds."""
    rows = []
    for title, settings, arousal in CASES:
        takes = [perform(engine, speech, seed, settings, arousal) for speech in speeches for seed in seeds]
        rows.append([title, *movement_cells(movement(takes))])
    return markdown(f"Settings: {name}", MOVEMENT, rows)
