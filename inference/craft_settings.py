"""What an artist can set about the lips of a finished performance: plain values, declared once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from .setting import Settings, gain, setting


@dataclass(frozen=True)
class LipCraft(Settings):
    """Settings of the lips; the defaults change nothing."""

    about: ClassVar[str] = "lip setting"
    heading: ClassVar[str] = "the lips"

    closure: float = gain(
        "Closure", "How firmly the lips meet in p, b and m: 0 leaves them apart, 2 seals every near closure"
    )
    jaw: float = gain("Jaw", "How far the jaw drops")
    rounding: float = gain("Rounding", "How far the lips round and push forward")
    articulation: float = gain("Articulation", "0 mumbles, 2 over-articulates; lips that meet still meet")
    smoothing: float = setting(
        0.0, "Smoothing", "Time over which the mouth is smoothed; closures survive",
        low=0, high=0.2, unit="s", milliseconds=True,
    )  # fmt: skip
    offset: float = setting(
        0.0, "Offset", "Time by which the mouth comes later; negative: earlier",
        low=-0.5, high=0.5, unit="s", milliseconds=True,
    )  # fmt: skip
    asymmetry: float = setting(
        0.0, "Asymmetry", "-1 speaks with the right side of the mouth, 1 with the left, 0 with both", low=-1, high=1
    )
    upper_lip: float = gain("Upper Lip", "Strength of the upper lip's shapes")
    lower_lip: float = gain("Lower Lip", "Strength of the lower lip's shapes")
    corners: float = gain("Corners", "Strength of the shapes of the mouth corners")
    tongue: float = gain("Tongue", "Strength of the tongue")

    @property
    def neutral(self) -> bool:
        """Whether nothing is changed."""
        return self == LipCraft()
