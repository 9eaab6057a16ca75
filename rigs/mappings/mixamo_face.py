"""Faces of Mixamo's Fuse: ``Blink_Left``, ``MouthOpen``, ``BrowsUp_Right``, ``MouthNarrow_Left``."""

from __future__ import annotations

from .convention import FaceKind, Shows
from .key_names import both_sides, plain
from .key_tables import shown, shown_on_each_side

_SIDED = {
    "blink": "eyeBlink", "eyeswide": "eyeWide", "squint": "eyeSquint", "browsdown": "browDown", "frown": "mouthFrown",
    "smile": "mouthSmile", "lowerlipdown": "mouthLowerDown", "upperlipup": "mouthUpperUp", "nosescrunch": "noseSneer",
    "jaw": "jaw", "midmouth": "mouth",
}  # fmt: skip
_PARTS = {"cheekpuff": "cheekPuff", "mouthnarrow": "mouthPucker", "mouthwhistlenarrowadjust": "mouthFunnel"}
_PLAIN = {
    "mouthopen": "jawOpen",
    "lowerlipin": "mouthRollLower",
    "upperlipin": "mouthRollUpper",
    "jawforeward": "jawForward",
}
_BROW = 0.7
"""How far a key that raises a whole brow shows each half of it."""
_PART = 0.5


def _keys() -> dict[str, Shows]:
    keys = {**shown(_PLAIN), **shown_on_each_side(_SIDED)}
    for name, coefficient in _PARTS.items():
        keys.update(dict.fromkeys(both_sides(name), Shows(((coefficient, 1.0),))))
    for end, side in zip(both_sides(""), ("Left", "Right"), strict=True):
        # The whole brow goes up with one key, and both brows come together with two.
        keys[f"browsup{end}"] = Shows(((f"browOuterUp{side}", _BROW), ("browInnerUp", _BROW)))
        keys[f"browsin{end}"] = Shows(((f"browDown{side}", _PART),))
    for lip, shrug in (("lower", "mouthShrugLower"), ("upper", "mouthShrugUpper")):
        keys[f"{lip}lipout"] = Shows((("mouthFunnel", _PART), (shrug, _PART)))
    return keys


FACE = FaceKind(name="mixamo_face", title="Mixamo face", keys=_keys(), spelling=plain, enough=12)
