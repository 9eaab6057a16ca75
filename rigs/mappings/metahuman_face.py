"""MetaHuman faces: shape keys named after the curves of the face control board, ``CTRL_expressions_mouthFunnelUL``."""

from __future__ import annotations

from .convention import FaceKind, Shows
from .key_names import both_sides, without
from .key_tables import shown, shown_on_each_side

_SIDED = {
    "browdown": "browDown", "browlateral": "browDown", "browraiseouter": "browOuterUp", "eyeblink": "eyeBlink",
    "eyesquintinner": "eyeSquint", "eyeupperlidup": "eyeWide", "eyelookup": "eyeLookUp", "eyelookdown": "eyeLookDown",
    "eyecheekraise": "cheekSquint", "nosewrinkle": "noseSneer", "mouthcornerpull": "mouthSmile",
    "mouthcornerdepress": "mouthFrown", "mouthdimple": "mouthDimple", "mouthstretch": "mouthStretch",
    "mouthlipspress": "mouthPress", "mouthlowerlipdepress": "mouthLowerDown", "mouthupperlipraise": "mouthUpperUp",
}  # fmt: skip
"""Curve -> coefficient, of the same side."""
_PLAIN = {
    "jawopen": "jawOpen", "jawleft": "jawLeft", "jawright": "jawRight", "jawfwd": "jawForward",
    "mouthleft": "mouthLeft", "mouthright": "mouthRight", "tongueout": "tongueOut",
    "eyelookrightleft": "eyeLookInLeft", "eyelookleftleft": "eyeLookOutLeft",
    "eyelookleftright": "eyeLookInRight", "eyelookrightright": "eyeLookOutRight",
}  # fmt: skip
_QUARTERS = ("ul", "ur", "dl", "dr")
_PARTS = {
    "browInnerUp": (both_sides("browraisein"), ("browinnerup",)),
    "cheekPuff": (both_sides("mouthcheekblow"), ("cheekpuff",)),
    "mouthClose": (tuple(f"mouthlipstogether{q}" for q in _QUARTERS), ("mouthlipstogether", "mouthclose")),
    "mouthFunnel": (tuple(f"mouthfunnel{q}" for q in _QUARTERS), ("mouthfunnel",)),
    "mouthPucker": (tuple(f"mouthlipspurse{q}" for q in _QUARTERS), ("mouthlipspurse", "mouthpucker")),
    "mouthRollLower": (both_sides("mouthlowerlipbite"), ("mouthlowerlipbite", "mouthrolllower")),
    "mouthRollUpper": (both_sides("mouthupperlipbite"), ("mouthupperlipbite", "mouthrollupper")),
    "mouthShrugLower": (("jawchinraisedl", "jawchinraisedr"), ("jawchinraised", "mouthshruglower")),
    "mouthShrugUpper": (("jawchinraiseul", "jawchinraiseur"), ("jawchinraiseu", "mouthshrugupper")),
}
"""Coefficient -> the curves of its parts, and of the whole where a face has it."""


def _keys() -> dict[str, Shows]:
    keys = {**shown(_PLAIN), **shown_on_each_side(_SIDED)}
    for coefficient, (parts, wholes) in _PARTS.items():
        keys.update({name: Shows(((coefficient, 1.0),)) for name in (*parts, *wholes)})
    return keys


def _wholes() -> dict[str, tuple[str, ...]]:
    return {
        whole: (*parts, *wholes[:place])
        for parts, wholes in _PARTS.values()
        for place, whole in enumerate(wholes)
    }  # fmt: skip


FACE = FaceKind(
    name="metahuman",
    title="MetaHuman face",
    keys=_keys(),
    spelling=without(r"^.*CTRL_expressions_"),
    wholes=_wholes(),
)
