"""The 15 visemes of Oculus: ``viseme_aa``, VRChat's ``vrc.v_aa``, Rocketbox's ``AA_VI_10_aa``, Meta's bare ``aa``."""

from __future__ import annotations

from .convention import VISEMES, FaceKind
from .key_names import without
from .upper_face_keys import upper_face_keys, upper_face_wholes

_ALSO = {"ih": "I", "oh": "O", "ou": "U", "ee": "E"}

FACE = FaceKind(
    name="oculus_visemes",
    title="Oculus visemes",
    keys=upper_face_keys(),
    spelling=without(r"^(.*\.)?(vrc\.)?(v|vrc_v|viseme|visemes|vis|lipsync)[_.\s]", r"^AA_VI_\d+_"),
    wholes=upper_face_wholes(),
    poses={**{name.lower(): name for name in VISEMES}, **_ALSO},
    enough_visemes=8,
)
