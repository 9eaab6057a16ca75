"""Faces whose keys say where and what, as Sintel's do: ``EYE-squint.L``, ``BROW-surp.L``, ``MOUTH-smile.R``."""

from __future__ import annotations

from .convention import FaceKind, Shows
from .key_names import both_sides, plain
from .key_tables import shown, shown_on_each_side

_SIDED = {
    "eyesquint": "eyeSquint", "eyewide": "eyeWide", "eyeblink": "eyeBlink", "eyeclose": "eyeBlink",
    "browsurp": "browOuterUp", "browmad": "browDown", "browdown": "browDown", "browup": "browOuterUp",
    "mouthsmile": "mouthSmile", "mouthfrown": "mouthFrown", "mouthsad": "mouthFrown", "nosesneer": "noseSneer",
    "nosewrinkle": "noseSneer", "cheeksquint": "cheekSquint",
}  # fmt: skip
_PLAIN = {
    "mouthopen": "jawOpen", "jawopen": "jawOpen", "mouthooh": "mouthPucker", "mouthpucker": "mouthPucker",
    "mouthfunnel": "mouthFunnel", "browsad": "browInnerUp", "cheekpuff": "cheekPuff",
}  # fmt: skip


def _keys() -> dict[str, Shows]:
    keys = {**shown(_PLAIN), **shown_on_each_side(_SIDED)}
    keys.update(dict.fromkeys(both_sides("browsad"), keys["browsad"]))
    return keys


FACE = FaceKind(
    name="placed_words",
    title="face of places and words",
    keys=_keys(),
    spelling=plain,
    wholes={"browsad": both_sides("browsad"), "mouthopen": ("jawopen",), "mouthooh": ("mouthpucker",)},
    enough=6,
)
