"""The 22 numbered visemes of Microsoft's speech service: ``viseme_0`` to ``viseme_21``."""

from __future__ import annotations

from .convention import FaceKind
from .key_names import plain
from .upper_face_keys import upper_face_keys, upper_face_wholes

_NUMBERS = {
    "sil": (0,), "aa": (2, 1), "O": (3, 8), "E": (4,), "RR": (13, 5), "I": (6,), "U": (7,), "nn": (14,), "SS": (15,),
    "CH": (16,), "TH": (17,), "FF": (18,), "DD": (19,), "kk": (20,), "PP": (21,),
}  # fmt: skip
"""Viseme -> numbers, the one that fits better first."""

FACE = FaceKind(
    name="azure_visemes",
    title="numbered visemes",
    keys=upper_face_keys(),
    spelling=plain,
    wholes=upper_face_wholes(),
    poses={
        f"{word}{number:{form}}": role
        for role, numbers in _NUMBERS.items()
        for number in numbers
        for form in ("d", "02d")
        for word in ("viseme", "visemeid")
    },
    enough_visemes=10,
)
