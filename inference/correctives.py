"""Corrective keys of the default character: what drives each, in numpy here and as a driver's expression in Blender.

Single keys add up; some together fold the skin or do what no face can. A corrective is one more key whose value
follows from others: it mends their sum.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .arkit import ARKIT_INDEX

Floats = npt.NDArray[np.floating[Any]]

JAW_CORRECTIVE = "jawOpen_corrective"
"""Goes with the jaw bone and takes the value of ``jawOpen``."""
PRODUCT, EXCESS, HALF = "product", "excess", "half"


@dataclass(frozen=True)
class FaceCorrective:
    """A key driven by one or two coefficients, ``a`` and ``b``."""

    name: str
    how: str
    """``product``: a * b. ``excess``: what a has more than ``share * b + slack``. ``half``: 4 * a * (1 - a), 1 on the
    way and 0 at both ends."""
    first: str
    second: str = ""
    share: float = 0.0
    slack: float = 0.0

    @property
    def coefficients(self) -> tuple[str, ...]:
        """Names of the coefficients that drive it."""
        return (self.first, self.second) if self.second else (self.first,)

    @property
    def expression(self) -> str:
        """For a driver with the variables ``a`` and ``b``; plain enough for Blender to compute it without Python."""
        if self.how == PRODUCT:
            return "a*b"
        return f"max(0,a-{self.share:.6g}*b-{self.slack:.6g})" if self.how == EXCESS else "4*a*(1-a)"

    def value(self, arkit: Floats) -> Floats:
        """Return the (...) values for (..., 52) coefficients."""
        first = arkit[..., ARKIT_INDEX[self.first]]
        if self.how == HALF:
            return 4 * first * (1 - first)
        second = arkit[..., ARKIT_INDEX[self.second]]
        if self.how == PRODUCT:
            return first * second
        return np.maximum(0, first - self.share * second - self.slack)


def _named(how: str, first: str, second: str, share: float = 0.0, slack: float = 0.0) -> FaceCorrective:
    return FaceCorrective(f"{first}_{second}_corrective", how, first, second, share, slack)


FACE_CORRECTIVES: tuple[FaceCorrective, ...] = (
    *(
        item
        for side in ("Left", "Right")
        for item in (
            FaceCorrective(f"eyeBlink{side}_half_corrective", HALF, f"eyeBlink{side}"),
            _named(PRODUCT, f"eyeBlink{side}", f"eyeSquint{side}"),
            _named(PRODUCT, f"eyeBlink{side}", f"cheekSquint{side}"),
            _named(PRODUCT, f"eyeBlink{side}", f"eyeLookDown{side}"),
            _named(PRODUCT, f"eyeSquint{side}", f"cheekSquint{side}"),
            _named(PRODUCT, f"mouthSmile{side}", f"mouthStretch{side}"),
        )
    ),
    # Lips shut what the jaw opens; a little more seals lips that others part.
    _named(EXCESS, "mouthClose", "jawOpen", 1.0, 0.1),
    # A tongue comes out where the jaw lets it; its tip shows between teeth that are hardly open, as in "th".
    _named(EXCESS, "tongueOut", "jawOpen", 1 / 0.3, 0.5),
)
"""In the order of the pack's keys."""


def face_corrective_values(arkit: Floats) -> Floats:
    """Return the (..., correctives) values for (..., 52) coefficients."""
    return np.stack([item.value(arkit) for item in FACE_CORRECTIVES], -1)
