"""Faces of Character Creator 3 and 4 and ActorCore: ``Mouth_Smile_L``, ``Eye_L_Look_Up``, ``Brow_Raise_Inner_L``."""

from __future__ import annotations

from ...inference.arkit import ARKIT_NAMES
from .convention import FaceKind, Shows
from .key_names import both_sides, plain
from .key_tables import shown, shown_on_each_side

_SIDED = {
    "browdrop": "browDown", "browraiseouter": "browOuterUp", "eyeblink": "eyeBlink", "eyesquint": "eyeSquint",
    "eyewide": "eyeWide", "cheekraise": "cheekSquint", "nosesneer": "noseSneer", "mouthupupper": "mouthUpperUp",
    "mouthdownlower": "mouthLowerDown",
}  # fmt: skip
_PARTS: dict[tuple[str, ...], str] = {
    both_sides("browraiseinner"): "browInnerUp",
    both_sides("cheekpuff"): "cheekPuff",
    (*both_sides("mouthpuckerup"), *both_sides("mouthpuckerdown")): "mouthPucker",
    (*both_sides("mouthfunnelup"), *both_sides("mouthfunneldown")): "mouthFunnel",
    both_sides("mouthrollinupper"): "mouthRollUpper",
    both_sides("mouthrollinlower"): "mouthRollLower",
    ("mouthchinup",): "mouthShrugLower",
}
"""Keys that show one coefficient together."""
_LOOKS = {
    "eyellookup": "eyeLookUpLeft", "eyellookdown": "eyeLookDownLeft",
    "eyellookleft": "eyeLookOutLeft", "eyellookright": "eyeLookInLeft",
    "eyerlookup": "eyeLookUpRight", "eyerlookdown": "eyeLookDownRight",
    "eyerlookleft": "eyeLookInRight", "eyerlookright": "eyeLookOutRight",
}  # fmt: skip
_OLDER = {
    "mouthpucker": "mouthPucker", "mouthpuckeropen": "mouthFunnel", "mouthlipsjawadjust": "mouthClose",
    "mouthblow": "cheekPuff", "mouthlipsopen": "", "mouthbottomlipunder": "mouthRollLower",
    "mouthtoplipunder": "mouthRollUpper", "eyesblink": "eyeBlink", "mouthopen": "jawOpen",
}  # fmt: skip
"""Keys of Character Creator 3 -> coefficient."""


def _keys() -> dict[str, Shows]:
    keys = {plain(name): Shows(((name, 1.0),)) for name in ARKIT_NAMES}
    keys.update(shown_on_each_side(_SIDED))
    for names, coefficient in _PARTS.items():
        keys.update({name: Shows(((coefficient, 1.0),)) for name in names})
    keys.update(shown(_LOOKS))
    for name, coefficient in _OLDER.items():
        if coefficient == "eyeBlink":
            keys[name] = Shows((("eyeBlinkLeft", 1.0), ("eyeBlinkRight", 1.0)), greatest=True)
        elif coefficient:
            keys[name] = Shows(((coefficient, 1.0),))
    return keys


def _wholes() -> dict[str, tuple[str, ...]]:
    """Return what rests where a face has the newer or the finer keys."""
    finer = {coefficient: names for names, coefficient in _PARTS.items()}
    wholes = {plain(coefficient): names for coefficient, names in finer.items() if coefficient in ARKIT_NAMES}
    wholes["mouthchinup"] = ("mouthshruglower",)
    wholes.pop("mouthshruglower")
    wholes["mouthlipsjawadjust"] = ("mouthclose",)
    wholes["mouthpuckeropen"] = ("mouthfunnel", *finer["mouthFunnel"])
    wholes["mouthblow"] = ("cheekpuff", *finer["cheekPuff"])
    wholes["mouthbottomlipunder"] = ("mouthrolllower", *finer["mouthRollLower"])
    wholes["mouthtoplipunder"] = ("mouthrollupper", *finer["mouthRollUpper"])
    wholes["mouthopen"] = ("jawopen",)
    wholes["eyesblink"] = both_sides("eyeblink")
    return wholes


FACE = FaceKind(
    name="character_creator",
    title="Character Creator face",
    keys=_keys(),
    spelling=plain,
    wholes=_wholes(),
    enough=20,
)
