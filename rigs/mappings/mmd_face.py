"""Faces of MikuMikuDance models: morphs with Japanese names, あ い う え お まばたき."""

from __future__ import annotations

import unicodedata

from .convention import FaceKind, Shows

_LEFT, _RIGHT = ("eyeBlinkLeft", 1.0), ("eyeBlinkRight", 1.0)
_BROWS = ("browDownLeft", 0.5), ("browDownRight", 0.5)


def _spelling(name: str) -> str:
    """Return a name with letters of full width, half-width kana as usual: ``"ｳｨﾝｸ２"`` is ``"ウィンク2"``."""
    return unicodedata.normalize("NFKC", name).strip().lower()


FACE = FaceKind(
    name="mmd",
    title="MMD face",
    keys={
        "まばたき": Shows((_LEFT, _RIGHT), greatest=True),
        "ウィンク": Shows((_LEFT,)),
        "ウィンク右": Shows((_RIGHT,)),
        "ウィンク2": Shows((_LEFT,)),
        "ウィンク2右": Shows((_RIGHT,)),
        "blink": Shows((_LEFT, _RIGHT), greatest=True),
        "びっくり": Shows((("eyeWideLeft", 0.5), ("eyeWideRight", 0.5))),
        "困る": Shows((("browInnerUp", 0.8),)),
        "怒り": Shows(_BROWS),
        "真面目": Shows(_BROWS),
        "上": Shows((("browOuterUpLeft", 0.5), ("browOuterUpRight", 0.5))),
        "下": Shows(_BROWS),
    },
    spelling=_spelling,
    wholes={
        "まばたき": ("ウィンク右", "ウィンク2右"),
        "blink": ("まばたき", "ウィンク右", "ウィンク2右"),
        "ウィンク": ("ウィンク2",),
        "ウィンク右": ("ウィンク2右",),
        "真面目": ("怒り",),
        "下": ("怒り", "真面目"),
    },
    poses={
        "あ": "aa",
        "い": "I",
        "う": "U",
        "え": "E",
        "お": "O",
        "ん": "PP",
        "にやり": "smile",
        "口角上げ": "smile",
        "口角下げ": "frown",
    },
    enough_visemes=4,
)
