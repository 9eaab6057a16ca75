"""Every system the body benchmark measures, by the name of its row."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import cast

from ...inference.body.phrases.engine import PhrasesEngine
from ...inference.body.track import BodyEngine
from ...inference.engines import body_engine, engines_of
from ...inference.errors import SoliloquyError
from ...inference.gestures.library import load_library
from ..body.clips import load_clips
from ..body.corpus import excluded_sets
from .body_baselines import RandomClips, Relaxed, StillPose

REFERENCE = "held-out corpus"
"""Row of the held-out clips, scheduled."""
TRAINING_PHRASES = "phrases, training clips"
BASELINES: tuple[str, ...] = ("relaxed", "random clips", "still pose")


def phrases(split: str) -> BodyEngine:
    """Return the scheduler with the clips of one side of the split only."""
    sets = {clip.set for clip in load_library().clips}
    return cast(
        BodyEngine, PhrasesEngine(load_library(excluded_sets("train" if split == "train" else "held_out", sets)))
    )


def gesturing() -> tuple[str, ...]:
    """Return the names of the body engines that move the hands."""
    return tuple(engine.spec.name for engine in engines_of("body") if "gesture" in engine.spec.abilities)


def row_names() -> tuple[str, ...]:
    """Return the names of all rows that can be asked for."""
    return (TRAINING_PHRASES, *gesturing(), *BASELINES)


def system(name: str, data: Path) -> BodyEngine:
    """Return what makes the motion of a row.

    Raises
    ------
    SoliloquyError
        When it cannot run here.
    """
    if name == TRAINING_PHRASES:
        return phrases("train")
    if name == REFERENCE:
        return phrases("held_out")
    if name == "random clips":
        return RandomClips(load_clips(data, "train"))
    if name == "still pose":
        return StillPose()
    if name == "relaxed":
        return Relaxed()
    engine = body_engine(name)
    assert engine is not None
    return engine


def available(names: Iterable[str], data: Path) -> tuple[dict[str, BodyEngine], dict[str, str]]:
    """Return the systems that run here, and why the others do not."""
    found: dict[str, BodyEngine] = {}
    missing: dict[str, str] = {}
    for name in names:
        try:
            found[name] = system(name, data)
        except (SoliloquyError, ImportError) as error:
            missing[name] = str(error)
    return found, missing
