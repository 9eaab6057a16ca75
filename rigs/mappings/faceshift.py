"""Faces of faceshift, which avatars of several virtual worlds have: ``BrowsU_C``, ``LipsFunnel``, ``EyeOpen_L``."""

from __future__ import annotations

from .convention import FaceKind, Shows
from .key_names import plain
from .key_tables import shown, shown_on_each_side

_SIDED = {
    "browsd": "browDown", "browsu": "browOuterUp", "cheeksquint": "cheekSquint", "eyeblink": "eyeBlink",
    "eyeopen": "eyeWide", "eyesquint": "eyeSquint", "eyedown": "eyeLookDown", "eyeup": "eyeLookUp",
    "eyein": "eyeLookIn", "eyeout": "eyeLookOut", "lipsstretch": "mouthStretch", "mouthdimple": "mouthDimple",
    "mouthfrown": "mouthFrown", "mouthsmile": "mouthSmile",
}  # fmt: skip
_PLAIN = {
    "browsuc": "browInnerUp", "chinlowerraise": "mouthShrugLower", "chinupperraise": "mouthShrugUpper",
    "jawchew": "mouthClose", "jawfwd": "jawForward", "jawleft": "jawLeft", "jawright": "jawRight",
    "jawopen": "jawOpen", "lipsfunnel": "mouthFunnel", "lipspucker": "mouthPucker", "lipslowerclose": "mouthRollLower",
    "lipsupperclose": "mouthRollUpper", "mouthleft": "mouthLeft", "mouthright": "mouthRight", "puff": "cheekPuff",
}  # fmt: skip
_BOTH = {"lipslowerdown": "mouthLowerDown", "lipsupperup": "mouthUpperUp", "sneer": "noseSneer"}
"""Keys that show both sides of a coefficient."""


def _keys() -> dict[str, Shows]:
    keys = {**shown(_PLAIN), **shown_on_each_side(_SIDED)}
    for name, coefficient in _BOTH.items():
        keys[name] = Shows(tuple((coefficient + side, 0.5) for side in ("Left", "Right")))
    return keys


FACE = FaceKind(name="faceshift", title="faceshift face", keys=_keys(), spelling=plain)
