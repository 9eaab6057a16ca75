"""Faces with the 52 shape keys of Apple's ARKit, however they are spelled: as Apple does, ``_L`` and ``.R``, FaceCap,
Rocketbox (``AK_25_JawOpen``), Character Creator's ExPlus (``A25_Jaw_Open``), Daz (``facs_jnt_JawOpen``), ICT's halves.
"""

from __future__ import annotations

from ...inference.arkit import ARKIT_NAMES
from ...inference.correctives import JAW_CORRECTIVE
from .convention import FaceKind, Shows
from .key_names import both_sides, plain, without

_HALVED = (
    "browInnerUp", "cheekPuff", "mouthFunnel", "mouthPucker", "mouthClose", "mouthRollLower", "mouthRollUpper",
    "mouthShrugLower", "mouthShrugUpper",
)  # fmt: skip
"""Coefficients without a side that some faces show with a key for each."""
_BOTH = tuple(
    name.removesuffix("Left") for name in ARKIT_NAMES if name.endswith("Left") and len(name) > len("mouthLeft")
)
"""What some faces show on both sides with one key."""


def _keys() -> dict[str, Shows]:
    keys = {plain(name): Shows(((name, 1.0),)) for name in ARKIT_NAMES}
    for name in _HALVED:
        keys.update({half: Shows(((name, 1.0),)) for half in both_sides(plain(name))})
    for name in _BOTH:
        keys[plain(name)] = Shows(((f"{name}Left", 0.5), (f"{name}Right", 0.5)), greatest="Blink" in name)
    keys["eyesclosed"] = keys["eyeblink"]
    keys["eyeslookup"], keys["eyeslookdown"] = keys["eyelookup"], keys["eyelookdown"]
    return keys


def _wholes() -> dict[str, tuple[str, ...]]:
    wholes: dict[str, tuple[str, ...]] = {plain(name): both_sides(plain(name)) for name in (*_HALVED, *_BOTH)}
    wholes["eyesclosed"] = ("eyeblink", *both_sides("eyeblink"))
    for way in ("up", "down"):
        wholes[f"eyeslook{way}"] = (f"eyelook{way}", *both_sides(f"eyelook{way}"))
    return wholes


FACE = FaceKind(
    name="arkit",
    title="ARKit face",
    keys=_keys(),
    spelling=without(r"^(AK|A)_?\d+_", r"^.*facs_(jnt|bs|ctrl|cbs)_", r"_div\d+$"),
    wholes=_wholes(),
    beside_bone={"jawOpen": ("jaw", JAW_CORRECTIVE)},
)
