"""What a person chose for a performance: plain values that travel as JSON to the worker and into ``meta``."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any

from .arkit import REGIONS
from .craft import LipCraft
from .errors import SoliloquyError
from .gestures.settings import GestureSettings

EMOTIONS: tuple[str, ...] = ("neutral", "happy", "sad", "surprised", "fear", "disgusted", "angry", "contempt")
"""EMOTE's eight emotions."""
UPPER_FACES: tuple[str, ...] = ("learned", "rules")
"""How brows, lids and cheeks can be made."""


@dataclass(frozen=True)
class AnimateSettings:
    """Everything that decides a performance apart from the audio itself.

    All strengths are multipliers: 0 switches the layer off, 1 is natural, 2 is twice as strong.
    """

    face: str = "default"
    """Name of the face engine."""
    body: str = "phrases"
    """Name of the body engine, see ``body_engines.BODIES``."""
    gestures: GestureSettings = field(default_factory=GestureSettings)
    """How hands and body accompany the speech."""
    emotion: str = "neutral"
    """One of :data:`EMOTIONS`; constant unless ``emotion_track`` is given."""
    intensity: float = 1.0
    """Strength of the emotion, 0..1."""
    emotion_track: tuple[tuple[float, str, float], ...] = ()
    """Keys (time in s from the start of the audio range, emotion, intensity 0..1), blended between keys."""
    emotion_curves: tuple[tuple[float, ...], ...] = ()
    """Rows (time in s from the start of the audio range, then eight weights 0..1 in the order of :data:`EMOTIONS`),
    blended between rows: mixtures over time. Replaces ``emotion`` and ``emotion_track``."""
    voice_emotion: float = 0.0
    """0: the emotion as directed; 1: as heard in the voice; a blend between."""
    seed: int = 0
    """Seed of everything random: gestures, blinks, eye darts, sway. The lips do not depend on it."""
    fps: float = 30.0
    """Frames per second of the result, 1..240 (fractional rates such as 23.976 included)."""
    device: str = "auto"
    """``"auto"``, ``"cpu"``, ``"cuda"`` or ``"mps"``."""
    regions: tuple[str, ...] = REGIONS
    """Regions to animate; the others stay at rest."""
    upper_face: str = "learned"
    """Brows, lids and cheeks: ``"learned"`` (sampled by the network trained on tracked faces) or ``"rules"``."""
    craft: LipCraft = field(default_factory=LipCraft)
    """What the artist changed about the lips."""
    blink_strength: float = 1.0
    eye_darts: float = 1.0
    brow_strength: float = 1.0
    head_motion: float = 1.0
    breathing: float = 1.0
    weight_shift: float = 1.0
    gaze_target: tuple[tuple[float, float, float], ...] = ()
    """Point(s) to look at, in the character's own frame (Y up, metres, pelvis rest as in the default character):
    empty for free gaze, one point for a fixed target, or one per frame."""

    def __post_init__(self) -> None:
        if self.emotion not in EMOTIONS:
            raise SoliloquyError(f"Unknown emotion '{self.emotion}'.", f"Choose one of: {', '.join(EMOTIONS)}.")
        for _, emotion, _ in self.emotion_track:
            if emotion not in EMOTIONS:
                raise SoliloquyError(
                    f"The emotion track names an unknown emotion '{emotion}'.", f"Choose among: {', '.join(EMOTIONS)}."
                )
        for row in self.emotion_curves:
            if len(row) != 1 + len(EMOTIONS) or not all(0.0 <= weight <= 1.0 for weight in row[1:]):
                raise SoliloquyError(
                    "A row of the emotion curves is not a time and eight weights from 0 to 1.",
                    f"The weights are, in this order: {', '.join(EMOTIONS)}.",
                )
        if not 0.0 <= self.voice_emotion <= 1.0:
            raise SoliloquyError(
                f"A share of {self.voice_emotion:g} for the voice's emotion cannot be used.",
                "Choose one between 0 and 1.",
            )
        if self.upper_face not in UPPER_FACES:
            raise SoliloquyError(f"There is no upper face '{self.upper_face}'.", f"Choose: {' or '.join(UPPER_FACES)}.")
        if not 1.0 <= self.fps <= 240.0:
            raise SoliloquyError(f"A frame rate of {self.fps:g} cannot be used.", "Choose one between 1 and 240.")
        if not 0.0 <= self.intensity <= 1.0:
            raise SoliloquyError(f"An intensity of {self.intensity:g} cannot be used.", "Choose one between 0 and 1.")
        unknown = [region for region in self.regions if region not in REGIONS]
        if unknown:
            raise SoliloquyError(f"Unknown region '{unknown[0]}'.", f"Choose among: {', '.join(REGIONS)}.")

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> AnimateSettings:
        """Build from :meth:`to_json`'s values; unknown keys raise :class:`SoliloquyError`."""
        known = {item.name for item in dataclasses.fields(cls)}
        unknown = sorted(set(values) - known)
        if unknown:
            raise SoliloquyError(f"Unknown setting '{unknown[0]}'.", f"Known settings: {', '.join(sorted(known))}.")
        fixed = dict(values)
        if "emotion_track" in fixed:
            fixed["emotion_track"] = tuple((float(t), str(e), float(i)) for t, e, i in fixed["emotion_track"])
        if "emotion_curves" in fixed:
            fixed["emotion_curves"] = tuple(tuple(float(value) for value in row) for row in fixed["emotion_curves"])
        if "craft" in fixed and not isinstance(fixed["craft"], LipCraft):
            fixed["craft"] = LipCraft.from_json(fixed["craft"])
        if "gestures" in fixed and not isinstance(fixed["gestures"], GestureSettings):
            fixed["gestures"] = GestureSettings.from_json(fixed["gestures"])
        if "regions" in fixed:
            fixed["regions"] = tuple(fixed["regions"])
        if "gaze_target" in fixed:
            fixed["gaze_target"] = tuple((float(x), float(y), float(z)) for x, y, z in fixed["gaze_target"])
        return cls(**fixed)


@dataclass(frozen=True)
class AudioRange:
    """A stretch of an audio file: what a sound strip plays, or a whole file.

    ``start`` and ``stop`` are seconds into the file; ``stop=None`` means its end.
    """

    path: str
    start: float = 0.0
    stop: float | None = None


@dataclass(frozen=True)
class AnimateJob:
    """One order for the worker: which audio, which settings, where the result goes."""

    audio: AudioRange
    settings: AnimateSettings = field(default_factory=AnimateSettings)
    output: str = ""
    """Path of the ``.npz`` to write; written aside and renamed."""

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "audio": dataclasses.asdict(self.audio),
            "settings": self.settings.to_json(),
            "output": self.output,
        }

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> AnimateJob:
        """Build from :meth:`to_json`'s values."""
        return cls(
            audio=AudioRange(**values["audio"]),
            settings=AnimateSettings.from_json(values["settings"]),
            output=values["output"],
        )
