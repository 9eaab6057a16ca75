"""The mouths A to H and X of Rhubarb, after Hanna-Barbera: A shut, B teeth, C open, D wide, E rounded, F puckered."""

from __future__ import annotations

from .convention import FaceKind
from .key_names import without
from .upper_face_keys import upper_face_keys, upper_face_wholes

FACE = FaceKind(
    name="lettered_mouths",
    title="mouths A to X",
    keys=upper_face_keys(),
    spelling=without(r"^(mouth|mouths|lip|lips|lipsync|viseme|phoneme|rhubarb)[_.\s-]"),
    wholes=upper_face_wholes(),
    poses={"a": "PP", "b": "SS", "c": "E", "d": "aa", "e": "O", "f": "U", "g": "FF", "h": "nn", "x": "sil"},
    enough_visemes=6,
)
