"""Vive's face tracking (SRanipal), as avatars have it: ``Mouth_Pout``, ``Eye_Left_Blink``, ``Mouth_Upper_UpRight``."""

from __future__ import annotations

from .arkit import FACE as ARKIT
from .convention import FaceKind, Shows
from .key_names import plain, without
from .key_tables import shown

_OF_EYES = {"Blink": "Blink", "Wide": "Wide", "Squeeze": "Squint", "Up": "LookUp", "Down": "LookDown"}
_OWN = {
    "Mouth_Ape_Shape": "mouthClose", "Mouth_Upper_Right": "mouthRight", "Mouth_Lower_Right": "mouthRight",
    "Mouth_Upper_Left": "mouthLeft", "Mouth_Lower_Left": "mouthLeft", "Mouth_Upper_Overturn": "mouthFunnel",
    "Mouth_Lower_Overturn": "mouthFunnel", "Mouth_Pout": "mouthPucker", "Mouth_Sad_Right": "mouthFrownRight",
    "Mouth_Sad_Left": "mouthFrownLeft", "Mouth_Upper_Inside": "mouthRollUpper", "Mouth_Lower_Inside": "mouthRollLower",
    "Mouth_Lower_Overlay": "mouthShrugLower", "Tongue_LongStep1": "tongueOut",
}  # fmt: skip


def _keys() -> dict[str, Shows]:
    found = {plain(name): coefficient for name, coefficient in _OWN.items()}
    for side, other in (("Left", "Right"), ("Right", "Left")):
        found.update({plain(f"Eye_{side}_{word}"): f"eye{part}{side}" for word, part in _OF_EYES.items()})
        # To the character's left or right, whichever eye it is.
        found[plain(f"Eye_{side}_{side}")] = f"eyeLookOut{side}"
        found[plain(f"Eye_{side}_{other}")] = f"eyeLookIn{side}"
    return {**ARKIT.keys, **shown(found)}


FACE = FaceKind(
    name="sranipal", title="SRanipal face", keys=_keys(), spelling=without(r"^SR_\d+_"), wholes=ARKIT.wholes
)
