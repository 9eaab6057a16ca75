"""What an artist can say about gestures and posture: plain values that travel with the other settings."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from ..errors import SoliloquyError

STYLES: tuple[str, ...] = ("calm", "explaining", "enthusiastic", "formal", "shy", "agitated")
"""Manners of gesturing."""
POSTURES: tuple[str, ...] = ("standing", "seated")
RANGES: dict[str, tuple[float, float]] = {"energy": (0.0, 2.0), "rate": (0.0, 2.0), "handedness": (-1.0, 1.0)}
"""Lowest and highest value of every number."""


@dataclass(frozen=True)
class GestureSettings:
    """How hands and body accompany the speech."""

    style: str = "explaining"
    """One of :data:`STYLES`."""
    energy: float = 1.0
    """Size and speed of the gestures, 0..2: 0 keeps the hands at rest, 1 is natural, 2 twice as strong."""
    rate: float = 1.0
    """How many of the accents get a gesture, 0..2; 1 is natural for the style."""
    handedness: float = 0.0
    """-1 gestures with the left hand, 1 with the right, 0 with both alike."""
    posture: str = "standing"
    """One of :data:`POSTURES`."""
    contacts: bool = True
    """Whether hands are kept out of the body and joints within human limits."""

    def __post_init__(self) -> None:
        if self.style not in STYLES:
            raise SoliloquyError(f"Unknown gesture style '{self.style}'.", f"Choose one of: {', '.join(STYLES)}.")
        if self.posture not in POSTURES:
            raise SoliloquyError(f"Unknown posture '{self.posture}'.", f"Choose: {' or '.join(POSTURES)}.")
        for name, (low, high) in RANGES.items():
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
                raise SoliloquyError(
                    f"A value of {value} cannot be used for the gestures' {name}.",
                    f"Choose one between {low:g} and {high:g}.",
                )

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> GestureSettings:
        """Build from :meth:`to_json`'s values; unknown keys raise :class:`SoliloquyError`."""
        known = [item.name for item in dataclasses.fields(cls)]
        unknown = sorted(set(values) - set(known))
        if unknown:
            raise SoliloquyError(f"Unknown gesture setting '{unknown[0]}'.", f"Known: {', '.join(known)}.")
        return cls(**values)
