"""What an artist can change about the lips of a finished performance, without running a network again."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from .errors import SoliloquyError


@dataclass(frozen=True)
class LipCraft:
    """Settings of the lips; the defaults change nothing."""

    closure: float = 1.0
    """How firmly the lips meet in p, b and m: 0 leaves them apart, 1 as performed, 2 seals every near closure."""
    jaw: float = 1.0
    """Range of the jaw, 0..2."""
    rounding: float = 1.0
    """Rounding and protrusion of the lips, 0..2."""
    articulation: float = 1.0
    """0 mumbles, 1 as performed, 2 over-articulates."""
    smoothing: float = 0.0
    """Seconds over which the mouth is smoothed, 0..0.2; closures survive."""
    offset: float = 0.0
    """Seconds by which the mouth comes later (negative: earlier), -0.5..0.5."""
    asymmetry: float = 0.0
    """-1 speaks with the right side of the mouth only, 1 with the left, 0 with both."""
    upper_lip: float = 1.0
    """Strength of the upper lip's coefficients, 0..2."""
    lower_lip: float = 1.0
    """Strength of the lower lip's coefficients, 0..2."""
    corners: float = 1.0
    """Strength of the mouth corners' coefficients, 0..2."""
    tongue: float = 1.0
    """Strength of the tongue's coefficient, 0..2."""

    def __post_init__(self) -> None:
        for name, (low, high) in RANGES.items():
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
                raise SoliloquyError(
                    f"A value of {value} cannot be used for '{name}' of the lips.",
                    f"Choose one between {low:g} and {high:g}.",
                )

    @property
    def neutral(self) -> bool:
        """Whether nothing is changed."""
        return self == LipCraft()

    def to_json(self) -> dict[str, float]:
        """Return plain JSON values."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> LipCraft:
        """Build from :meth:`to_json`'s values; unknown keys raise :class:`SoliloquyError`."""
        unknown = sorted(set(values) - set(RANGES))
        if unknown:
            raise SoliloquyError(f"Unknown lip setting '{unknown[0]}'.", f"Known: {', '.join(RANGES)}.")
        return cls(**values)


RANGES: dict[str, tuple[float, float]] = {
    "closure": (0.0, 2.0),
    "jaw": (0.0, 2.0),
    "rounding": (0.0, 2.0),
    "articulation": (0.0, 2.0),
    "smoothing": (0.0, 0.2),
    "offset": (-0.5, 0.5),
    "asymmetry": (-1.0, 1.0),
    "upper_lip": (0.0, 2.0),
    "lower_lip": (0.0, 2.0),
    "corners": (0.0, 2.0),
    "tongue": (0.0, 2.0),
}
"""Name -> smallest and largest value."""
