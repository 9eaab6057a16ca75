"""The drawing of a mouth from the few numbers of a row of early lips: lips, teeth, tongue, and the dark between them.

Lengths in outer eye-corner distances, x to the right of who looks, y up, (0, 0) the middle of the shut lips. Every part
lies between two curves over the same x, so that it is filled by one band of triangles.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

WIDTH = 0.53
"""Of the shut mouth of the default character, between the inner corners."""
POINTS = 41
_NARROWEST = 0.2
_UPPER_LIP, _LOWER_LIP = 0.082, 0.11
"""How high the lips are in the middle."""
_UPPER_TEETH = -0.035
"""Where the upper teeth end; they move with nothing."""
_LOWER_TEETH = -0.05
"""Where the lower teeth end above while the jaw is shut."""
_TEETH_HALF, _TONGUE_HALF = 0.23, 0.17


@dataclass(frozen=True)
class Band:
    """What lies between two curves; all (N,)."""

    x: Floats
    top: Floats
    bottom: Floats

    def triangles(self) -> Floats:
        """Return (6 (N - 1), 2) corners of triangles, three each."""
        top, bottom = np.column_stack([self.x, self.top]), np.column_stack([self.x, self.bottom])
        parts = [top[:-1], bottom[:-1], top[1:], top[1:], bottom[:-1], bottom[1:]]
        return np.stack(parts, axis=1).reshape(-1, 2)

    @property
    def outline(self) -> Floats:
        """(2 N, 2) points once around it."""
        return np.concatenate([np.column_stack([self.x, self.top]), np.column_stack([self.x, self.bottom])[::-1]])


def mouth(row: Mapping[str, float]) -> dict[str, Band]:
    """Return the parts of a mouth by name, in the order in which they are painted.

    Parameters
    ----------
    row : mapping
        Numbers of :data:`~...inference.early_lips.RANGES`; what is missing is 0.
    """
    value = {name: float(row.get(name, 0.0)) for name in ("width", "upper", "jaw", "round", "smile", "tongue", "tuck")}
    aperture = max(0.0, float(row.get("aperture", 0.0)))
    half = max(_NARROWEST, WIDTH + value["width"]) / 2
    u = np.linspace(-1.0, 1.0, POINTS)
    x = half * u
    # Corners go down with the jaw and up with a smile; round lips are open nearly to them.
    raised = min(max(value["upper"], -0.05), 0.5 * aperture)
    corner = 0.08 * value["smile"] - 0.3 * (aperture - raised)
    opening = (1 - u**2) ** (0.95 - 0.4 * min(1.0, value["round"]))
    inner_top = corner * (1 - opening) + raised * opening
    inner_bottom = corner * (1 - opening) + (raised - aperture) * opening
    thick = (1 + 0.35 * value["round"]) * (1 - 0.2 * min(1.0, aperture / 0.3))
    bow = 1 - 0.22 * np.exp(-((u / 0.17) ** 2))
    upper = _UPPER_LIP * thick * (1 - u**2) ** 0.8 * bow
    lower = _LOWER_LIP * thick * (1 - 0.6 * min(1.0, value["tuck"])) * (1 - u**2) ** 0.65
    gum = _LOWER_TEETH - value["jaw"]
    # The tongue lies in the lower lip's bowl, and fills it where it comes out.
    floor, rise = raised - aperture, 0.3 * aperture + 0.25 * value["tongue"]
    inside = Band(x, inner_top, inner_bottom)
    parts = {
        "cavity": inside,
        "lower_teeth": _within(inside, gum + 0.03 * (x / _TEETH_HALF) ** 2, _TEETH_HALF, below=True),
        "tongue": _within(inside, floor + rise * (1 - (x / _TONGUE_HALF) ** 2), _TONGUE_HALF, below=True),
        "upper_teeth": _within(inside, _UPPER_TEETH + 0.03 * (x / _TEETH_HALF) ** 2, _TEETH_HALF, below=False),
        "upper_lip": Band(x, inner_top + upper, inner_top),
        "lower_lip": Band(x, inner_bottom, inner_bottom - lower),
    }
    if value["tongue"] < 0.2:
        # At rest it lies behind the teeth.
        parts["lower_teeth"], parts["tongue"] = parts["tongue"], parts["lower_teeth"]
        names = ["cavity", "tongue", "lower_teeth", "upper_teeth", "upper_lip", "lower_lip"]
        parts = dict(zip(names, parts.values(), strict=True))
    return parts


def _within(inside: Band, edge: Floats, half: float, *, below: bool) -> Band:
    """Return what of the open mouth lies below an edge, or above it, no further aside than ``half``."""
    kept = np.clip(edge, inside.bottom, inside.top)
    beside = np.abs(inside.x) > half
    if below:
        return Band(inside.x, np.where(beside, inside.bottom, kept), inside.bottom)
    return Band(inside.x, inside.top, np.where(beside, inside.top, kept))
