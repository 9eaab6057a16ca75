"""Faces in the words of the Facial Action Coding System: Meta's and MHR's ``lipFunneler_LB``, ``AU_26_JawDrop``."""

from __future__ import annotations

from .convention import FaceKind, Shows
from .key_names import both_sides, without
from .key_tables import shown

_SIDED = {
    "browlowerer": "browDown", "outerbrowraiser": "browOuterUp", "upperlidraiser": "eyeWide",
    "lidtightener": "eyeSquint", "eyesclosed": "eyeBlink", "eyeclosed": "eyeBlink", "blink": "eyeBlink",
    "eyeslookup": "eyeLookUp", "eyeslookdown": "eyeLookDown", "cheekraiser": "cheekSquint",
    "nosewrinkler": "noseSneer", "upperlipraiser": "mouthUpperUp", "lowerlipdepressor": "mouthLowerDown",
    "lipcornerpuller": "mouthSmile", "lipcornerdepressor": "mouthFrown", "dimpler": "mouthDimple",
    "lipstretcher": "mouthStretch", "lippressor": "mouthPress", "liptightener": "mouthPress",
}  # fmt: skip
"""Action -> coefficient, on one side or, without one, on both."""
_PLAIN = {
    "jawdrop": "jawOpen", "jawsidewaysleft": "jawLeft", "jawsidewaysright": "jawRight", "jawthrust": "jawForward",
    "lipstoward": "mouthClose", "mouthleft": "mouthLeft", "mouthright": "mouthRight", "tongueout": "tongueOut",
    "chinraiser": "mouthShrugLower", "chinraiserb": "mouthShrugLower", "chinraisert": "mouthShrugUpper",
    "eyeslookleftleft": "eyeLookOutLeft", "eyeslookrightleft": "eyeLookInLeft",
    "eyeslookrightright": "eyeLookOutRight", "eyeslookleftright": "eyeLookInRight",
}  # fmt: skip
_QUARTERS = ("lb", "lt", "rb", "rt")
_PARTS: dict[tuple[str, ...], str] = {
    ("innerbrowraiser", *both_sides("innerbrowraiser")): "browInnerUp",
    ("cheekpuff", *both_sides("cheekpuff")): "cheekPuff",
    ("cheekpuffer", *both_sides("cheekpuffer")): "cheekPuff",
    ("lippucker", *both_sides("lippucker")): "mouthPucker",
    ("lippuckerer", *both_sides("lippuckerer")): "mouthPucker",
    ("lipfunneler", *(f"lipfunneler{q}" for q in _QUARTERS)): "mouthFunnel",
    ("lipsuckb", "lipsucklb", "lipsuckrb"): "mouthRollLower",
    ("lipsuckt", "lipsucklt", "lipsuckrt"): "mouthRollUpper",
}
"""A whole and its parts -> coefficient."""


def _keys() -> dict[str, Shows]:
    keys = shown(_PLAIN)
    for name, coefficient in _SIDED.items():
        left, right = f"{coefficient}Left", f"{coefficient}Right"
        for end, side in zip(both_sides(name), (left, right), strict=True):
            keys[end] = Shows(((side, 1.0),))
        blink = coefficient == "eyeBlink"
        keys[name] = Shows(((left, 1.0 if blink else 0.5), (right, 1.0 if blink else 0.5)), greatest=blink)
    for names, coefficient in _PARTS.items():
        keys.update({name: Shows(((coefficient, 1.0),)) for name in names})
    keys["lipsuck"] = Shows((("mouthRollLower", 0.5), ("mouthRollUpper", 0.5)))
    return keys


FACE = FaceKind(
    name="facs",
    title="FACS face",
    keys=_keys(),
    spelling=without(r"^AU_?\d+_"),
    wholes={
        **{name: both_sides(name) for name in _SIDED},
        **{names[0]: names[1:] for names in _PARTS},
        "chinraiser": ("chinraiserb",),
        "lipsuck": ("lipsuckb", "lipsucklb"),
        "blink": ("eyeclosed", *both_sides("eyeclosed"), "eyesclosed", *both_sides("eyesclosed")),
        "liptightener": ("lippressor", *both_sides("lippressor")),
        **{side: (other,) for side, other in zip(both_sides("liptightener"), both_sides("lippressor"), strict=True)},
    },
)
