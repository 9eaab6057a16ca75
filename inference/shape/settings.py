"""How strongly each part of a finished performance shows: plain values, declared once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ..setting import Settings, gain, setting


@dataclass(frozen=True)
class Reshape(Settings):
    """Settings of everything but how the lips speak; the defaults change nothing."""

    about: ClassVar[str] = "re-shape setting"
    heading: ClassVar[str] = "face, eyes, head and body"

    upper_face: float = gain("Upper Face", "Strength of brows, cheeks, nose and lids: 0 leaves them at rest")
    emotion: float = gain("Emotion", "How strongly the face holds its mood, the mouth included; what it speaks stays")
    blinks: float = gain("Blinks", "How far the lids shut in blinks: 0 never blinks, 2 shuts half blinks fully")
    gaze: float = gain("Glances", "How far the eyes leave what they mostly look at: 0 never looks away, 2 twice as far")
    head: float = gain("Head", "How far head and neck nod and turn; the eyes keep looking where they looked")
    body: float = gain("Body", "How far the trunk leans and turns; feet and hips stay where they are")
    gestures: float = gain("Gesture Size", "How far the arms leave the posture they come back to: 0 rests there")
    openness: float = setting(
        0.0, "Openness", "Turns gesturing arms away from the body, or below 0 towards it; hands at rest stay",
        low=-1, high=1,
    )  # fmt: skip
    fingers: float = gain("Fingers", "How far the fingers leave the shape they come back to")
    motion_smoothing: float = setting(
        0.0, "Smoothing", "Time over which head, trunk, arms, fingers and brows are smoothed; blinks and lips are not",
        low=0, high=0.5, unit="s", milliseconds=True,
    )  # fmt: skip
    motion_offset: float = setting(
        0.0, "Offset", "Time by which everything but the lips comes later; negative: earlier",
        low=-0.5, high=0.5, unit="s", milliseconds=True,
    )  # fmt: skip

    @property
    def neutral(self) -> bool:
        """Whether nothing is changed."""
        return self == Reshape()
