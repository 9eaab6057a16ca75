"""Faces of MB-Lab and ManuelBastioniLAB: ``Expressions_mouthOpen_max``, each movement with a key for either end."""

from __future__ import annotations

from .convention import FaceKind, Shows
from .key_names import without
from .key_tables import shown

_PLAIN = {
    "mouthopenmax": "jawOpen", "mouthopenomax": "mouthFunnel", "mouthclosedmax": "mouthRollLower",
    "mouthinflatedmax": "cheekPuff", "jawoutmax": "jawForward", "tongueoutmax": "tongueOut",
    "browsmidvertmax": "browInnerUp",
}  # fmt: skip
_SIDED = {
    "mouthsmile{}max": "mouthSmile", "eyeclosed{}max": "eyeBlink", "eyeclosed{}min": "eyeWide",
    "eyesquint{}max": "eyeSquint", "browoutvert{}max": "browOuterUp", "browoutvert{}min": "browDown",
    "browsqueeze{}max": "browDown", "cheeksneer{}max": "noseSneer",
}  # fmt: skip


def _keys() -> dict[str, Shows]:
    keys = shown(_PLAIN)
    for name, coefficient in _SIDED.items():
        for side in ("Left", "Right"):
            keys[name.format(side[0].lower())] = Shows(((coefficient + side, 1.0),))
    return keys


FACE = FaceKind(name="mb_lab", title="MB-Lab face", keys=_keys(), spelling=without(r"^Expressions_"))
