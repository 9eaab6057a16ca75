"""Faces with the 52 shape keys of Apple's ARKit, in any letter case, sides spelled out or as ``_L`` and ``.R``."""

from __future__ import annotations

from ...inference.arkit import ARKIT_NAMES
from .convention import FaceKind, Shows

JAW_CORRECTIVE = "jawOpen_corrective"
"""Shape key of the default character that takes the value of ``jawOpen`` while the jaw bone turns."""


def spelling(name: str) -> str:
    """Return a key's name without case, with ``_L`` / ``.R`` endings spelled out."""
    for ending, side in (("_L", "Left"), ("_R", "Right"), (".L", "Left"), (".R", "Right")):
        if name.endswith(ending):
            name = name[:-2] + side
    return name.replace("_", "").lower()


FACE = FaceKind(
    name="arkit",
    title="ARKit face",
    keys={spelling(name): Shows(((name, 1.0),)) for name in ARKIT_NAMES},
    spelling=spelling,
    beside_bone={"jawOpen": ("jaw", JAW_CORRECTIVE)},
)
