"""The nine mouths of Preston Blair, as cartoons have them: AI E O U L WQ MBP FV etc."""

from __future__ import annotations

from .convention import FaceKind
from .key_names import without
from .upper_face_keys import upper_face_keys, upper_face_wholes

FACE = FaceKind(
    name="preston_blair",
    title="Preston Blair mouths",
    keys=upper_face_keys(),
    spelling=without(r"^(mouth|mouths|phoneme|phonemes|viseme|lips?|pho)[_.\s-]"),
    wholes=upper_face_wholes(),
    poses={
        "ai": "aa",
        "e": "E",
        "o": "O",
        "u": "U",
        "wq": "CH",
        "l": "nn",
        "fv": "FF",
        "mbp": "PP",
        "bmp": "PP",
        "cdgknrsthyz": "DD",
        "cdgknrsyz": "DD",
        "etc": "DD",
        "rest": "sil",
    },
    enough_visemes=6,
)
