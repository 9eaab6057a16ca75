"""Faces with the five vowels A I U E O and some expressions: VRoid (``Fcl_MTH_A``), VRM's own names, ``lip_a``."""

from __future__ import annotations

from .convention import FaceKind, Shows
from .key_names import without
from .upper_face_keys import upper_face_keys, upper_face_wholes

_VOWELS = {
    "aa": "aa", "a": "aa", "ah": "aa", "ih": "I", "i": "I", "ou": "U", "u": "U", "uu": "U", "ee": "E", "e": "E",
    "oh": "O", "o": "O",
}  # fmt: skip
_EXPRESSIONS = {
    "mthfun": "smile", "mthsorrow": "frown", "happy": "happy", "joy": "happy", "angry": "angry", "sad": "sad",
    "sorrow": "sad", "relaxed": "relaxed", "fun": "relaxed", "surprised": "surprised",
    "lookup": "lookUp", "lookdown": "lookDown", "lookleft": "lookLeft", "lookright": "lookRight",
}  # fmt: skip
_BROWS = {
    "brwangry": Shows((("browDownLeft", 0.5), ("browDownRight", 0.5))),
    "brwsorrow": Shows((("browInnerUp", 0.7),)),
    "brwsurprised": Shows((("browOuterUpLeft", 0.5), ("browOuterUpRight", 0.5))),
    "eyespread": Shows((("eyeWideLeft", 0.5), ("eyeWideRight", 0.5))),
}
"""VRoid's keys of brows and lids."""
FACE = FaceKind(
    name="vowels",
    title="five vowels",
    keys={**upper_face_keys(), **_BROWS},
    spelling=without(r"^.*Fcl_", r"^(mouth|lips?|vowel|v|face)[_.\s]"),
    wholes=upper_face_wholes(),
    poses={**_VOWELS, **{f"mth{name}": role for name, role in _VOWELS.items()}, **_EXPRESSIONS},
    enough_visemes=4,
)
