"""Mouths named after sounds: Daz (``eCTRLvAA``, ``head_vis_EH``), ARPABET's ``AA AE DH``, Adobe Character Animator.

Several sounds share a mouth; of those that a face has the first is taken.
"""

from __future__ import annotations

from .convention import FaceKind, Shows
from .key_names import without
from .upper_face_keys import upper_face_keys, upper_face_wholes

_SOUNDS = {
    "PP": "m mbp bmp p b", "FF": "f fv v", "TH": "th dh", "DD": "d t", "kk": "k g ng", "CH": "ch sh jh",
    "SS": "s z", "nn": "l n", "RR": "r er", "aa": "aa ah ay", "E": "eh ae ey", "I": "iy ee ih", "O": "ao oh ow owo",
    "U": "uw woo oo uh w",
}  # fmt: skip
"""Viseme -> sounds that are spoken with its mouth, the clearest first."""
_SHUT = {
    "ectrleyesclosedl": Shows((("eyeBlinkLeft", 1.0),)), "ectrleyesclosedr": Shows((("eyeBlinkRight", 1.0),)),
    "ectrleyesclosed": Shows((("eyeBlinkLeft", 1.0), ("eyeBlinkRight", 1.0)), greatest=True),
}  # fmt: skip

FACE = FaceKind(
    name="phonemes",
    title="mouths of sounds",
    keys={**upper_face_keys(), **_SHUT},
    spelling=without(r"^(.*__)?eCTRLv(?=[A-Z]+$)", r"^(.*_)?vis_", r"^(mouth|mouths|phonemes?|visemes?|lips?)[_.\s-]"),
    wholes={**upper_face_wholes(), "ectrleyesclosed": ("ectrleyesclosedl", "ectrleyesclosedr")},
    poses={sound: viseme for viseme, sounds in _SOUNDS.items() for sound in sounds.split()},
    enough_visemes=8,
)
