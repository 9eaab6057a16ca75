"""Mouths of Character Creator and iClone, where a file has no finer keys of the face: ``V_Open``, ``V_Tight_O``."""

from __future__ import annotations

from .convention import FaceKind
from .key_names import without
from .key_tables import shown_on_each_side
from .upper_face_keys import upper_face_keys, upper_face_wholes

_BROWS = {"browdrop": "browDown", "browraise": "browOuterUp"}

FACE = FaceKind(
    name="character_creator_visemes",
    title="Character Creator mouths",
    keys={
        **upper_face_keys(),
        **shown_on_each_side(_BROWS),
    },
    spelling=without(r"^V_"),
    wholes=upper_face_wholes(),
    poses={
        "open": "aa", "explosive": "PP", "dentallip": "FF", "tighto": "U", "tight": "SS", "wide": "I",
        "affricate": "CH", "lipopen": "E", "tongueup": "nn", "tongueraise": "kk", "tongueout": "TH",
    },
    enough_visemes=7,
)  # fmt: skip
