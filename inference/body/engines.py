"""The body engines there are: where each lives, what it needs, and one of them by name."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import MissingFiles, MissingRuntime, SoliloquyError
from ..published import SYSTEMS, find_published

if TYPE_CHECKING:
    from .track import BodyEngine

ROOT = Path(__file__).resolve().parents[2]
GROUND_ONLY = ("relaxed", "none")
"""Bodies that do not gesture."""


@dataclass(frozen=True)
class BodyEntry:
    """One body engine."""

    title: str
    description: str
    licence: str
    module: str = ""
    engine: str = ""
    file: str = ""
    """What it is read from, relative to the extension's folder; empty for engines with files of the user's."""
    packages: tuple[str, ...] = ()
    """What it needs in its Python."""
    published: str = ""
    """The published system whose official files it reads."""


_OURS = "GPL-3.0-or-later; trained on clips of SmartBody, LGPL-2.1, and Amazon Sumerian Hosts, CC-BY-SA-4.0"
BODIES: dict[str, BodyEntry] = {
    "phrases": BodyEntry(
        "Gesture phrases",
        "Gestures out of a learned vocabulary, laid over the accents of the speech.",
        "GPL-3.0-or-later; trained on clips of SmartBody, LGPL-2.1",
        ".gestures.engine",
        "PhrasesEngine",
        "models/weights/gestures.safetensors",
        ("torch", "safetensors", "scipy"),
    ),
    "masked": BodyEntry(
        "Masked gestures",
        "Gestures drawn by ProbTalk's networks, trained by us.",
        _OURS,
        ".body.masked.engine",
        "MaskedGesturesEngine",
        "models/weights/probtalk.safetensors",
        ("torch", "safetensors", "scipy"),
    ),
    "sampled": BodyEntry(
        "Sampled gestures",
        "Gestures drawn token by token by TalkSHOW's networks, trained by us.",
        _OURS,
        ".body.sampled.engine",
        "SampledGesturesEngine",
        "models/weights/talkshow_body.safetensors",
        ("torch", "safetensors", "scipy"),
    ),
    "probtalk": BodyEntry(
        "ProbTalk",
        "Gestures by ProbTalk with the authors' weights.",
        "",
        ".body.probtalk.engine",
        "ProbTalkEngine",
        packages=("torch", "scipy", "transformers", "safetensors"),
        published="probtalk",
    ),
    "talkshow": BodyEntry(
        "TalkSHOW body",
        "Gestures by TalkSHOW with the authors' weights.",
        "",
        ".body.talkshow.engine",
        "TalkShowBodyEngine",
        packages=("torch", "scipy"),
        published="talkshow_body",
    ),
    "relaxed": BodyEntry("Relaxed", "Arms at rest, breathing and shifts of weight.", "GPL-3.0-or-later"),
    "none": BodyEntry("No body", "The body stays in its rest pose.", "GPL-3.0-or-later"),
}
"""Every body engine by name; the ones that gesture without a user's files first."""


def licence(name: str) -> str:
    """Return the licence of a body engine's weights, in words."""
    entry = BODIES[name]
    return f"{SYSTEMS[entry.published].licence}; you bring the weights" if entry.published else entry.licence


def missing_body_files(name: str) -> str:
    """Return in one sentence which files of a body engine are missing; empty for none."""
    entry = BODIES[name]
    if entry.published:
        return find_published(entry.published).missing
    if entry.file and not (ROOT / entry.file).is_file():
        return f"Its file '{Path(entry.file).name}' is missing."
    return ""


def body_engine(name: str) -> BodyEngine | None:
    """Return a body engine by name, ready to gesture; None for bodies that do not.

    Raises
    ------
    SoliloquyError
        For an unknown name, or an engine that cannot run here.
    """
    from ..engines import list_engines

    if name in GROUND_ONLY:
        return None
    bodies = {info.name: info for info in list_engines() if info.kind == "body"}
    if name not in bodies:
        raise SoliloquyError(f"There is no body engine '{name}'.", f"Choose among: {', '.join(bodies)}.")
    info = bodies[name]
    if not info.available:
        no_runtime = "not installed" in info.why_not
        raise (MissingRuntime if no_runtime else MissingFiles)(
            f"The body engine '{name}' cannot run: {info.why_not}",
            "See 'soliloquy doctor' for the mend." if no_runtime else "Or choose another body engine.",
        )
    entry = BODIES[name]
    engine = getattr(import_module(entry.module, __package__.rpartition(".")[0]), entry.engine)
    return engine(find_published(entry.published).files) if entry.published else engine()
