"""Flexes of Source engine characters: ``left_corner_puller``, ``right_CloseLidUpper``, ``jaw_drop``."""

from __future__ import annotations

from .convention import FaceKind, Shows
from .key_names import both_sides, plain
from .key_tables import shown, shown_on_each_side

_SIDED = {
    "lidcloser": "eyeBlink", "closelidupper": "eyeBlink", "blink": "eyeBlink", "lidraiser": "eyeWide",
    "lidtightener": "eyeSquint", "outerraiser": "browOuterUp", "lowerer": "browDown", "cheekraiser": "cheekSquint",
    "upperraiser": "mouthUpperUp", "mouthdrop": "mouthLowerDown", "cornerpuller": "mouthSmile",
    "cornerdepressor": "mouthFrown", "stretcher": "mouthStretch", "dimpler": "mouthDimple",
}  # fmt: skip
_PARTS = {"innerraiser": "browInnerUp", "puckerer": "mouthPucker", "funneler": "mouthFunnel"}
_PLAIN = {
    "jawdrop": "jawOpen", "jawsidewaysleft": "jawLeft", "jawsidewaysright": "jawRight", "chinraiser": "mouthShrugLower",
    "bite": "mouthRollLower",
}  # fmt: skip


def _keys() -> dict[str, Shows]:
    keys = {**shown(_PLAIN), **shown_on_each_side(_SIDED)}
    for name, coefficient in _PARTS.items():
        keys.update(dict.fromkeys(both_sides(name), Shows(((coefficient, 1.0),))))
    both = tuple((f"mouthPress{side}", 1.0) for side in ("Left", "Right"))
    return {**keys, "presser": Shows(both), "wrinkler": Shows((("noseSneerLeft", 0.5), ("noseSneerRight", 0.5)))}


FACE = FaceKind(
    name="valve",
    title="Source flexes",
    keys=_keys(),
    spelling=plain,
    wholes={
        end: (both_sides("closelidupper")[side], both_sides("lidcloser")[side])
        for side, end in enumerate(both_sides("blink"))
    },
)
