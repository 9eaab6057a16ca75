"""VRChat's Unified Expressions, as avatars with face tracking have them: ``EyeClosedLeft``, ``LipPuckerUpperRight``."""

from __future__ import annotations

from .arkit import FACE as ARKIT
from .convention import FaceKind, Shows
from .key_names import both_sides, plain
from .key_tables import shown

_SIDED = {
    "eyeclosed": (("eyeBlink", 1.0),), "browlowerer": (("browDown", 1.0),), "browpinch": (("browDown", 1.0),),
    "mouthcornerpull": (("mouthSmile", 1.0),), "mouthcornerslant": (("mouthSmile", 0.2),),
    "mouthsad": (("mouthFrown", 1.0),), "mouthtightener": (("mouthPress", 0.5),),
}  # fmt: skip
"""Key -> coefficients of its side."""
_HALVES = {
    "lipsuckupper": "mouthRollUpper", "lipsucklower": "mouthRollLower", "lipfunnelupper": "mouthFunnel",
    "lipfunnellower": "mouthFunnel", "lippuckerupper": "mouthPucker", "lippuckerlower": "mouthPucker",
}  # fmt: skip
"""Key, whole or with a side -> coefficient."""
_PLAIN = {
    "mouthclosed": "mouthClose", "mouthraiserupper": "mouthShrugUpper", "mouthraiserlower": "mouthShrugLower",
    "mouthupperleft": "mouthLeft", "mouthlowerleft": "mouthLeft", "mouthupperright": "mouthRight",
    "mouthlowerright": "mouthRight", "lipfunnel": "mouthFunnel", "lippucker": "mouthPucker",
}  # fmt: skip


def _keys() -> dict[str, Shows]:
    keys = dict(ARKIT.keys)
    for name, mix in _SIDED.items():
        for end, side in zip(both_sides(name), ("Left", "Right"), strict=True):
            keys[end] = Shows(tuple((coefficient + side, gain) for coefficient, gain in mix))
    for name, coefficient in _HALVES.items():
        keys.update(dict.fromkeys((name, *both_sides(name)), Shows(((coefficient, 1.0),))))
    keys.update(shown(_PLAIN))
    keys["lipsuck"] = Shows((("mouthRollLower", 0.5), ("mouthRollUpper", 0.5)))
    return keys


def _wholes() -> dict[str, tuple[str, ...]]:
    """Return what rests beside finer keys, and beside those that ARKit and avatars for both spell their own way."""
    wholes = dict(ARKIT.wholes)
    for name in _HALVES:
        wholes[name] = both_sides(name)
    for name in ("lipfunnel", "lippucker", "lipsuck"):
        parts = (f"{name}upper", f"{name}lower")
        wholes[name] = (*parts, *(end for part in parts for end in both_sides(part)))
    for side in ("left", "right"):
        wholes[f"eyeclosed{side}"] = (f"eyeblink{side}",)
        wholes[f"mouthcornerpull{side}"] = wholes[f"mouthcornerslant{side}"] = (f"mouthsmile{side}",)
        wholes[f"mouthsad{side}"] = (f"mouthfrown{side}",)
        wholes[f"mouthtightener{side}"] = (f"mouthpress{side}",)
        wholes[f"browlowerer{side}"] = wholes[f"browpinch{side}"] = (f"browdown{side}",)
        wholes[f"mouthupper{side}"] = wholes[f"mouthlower{side}"] = (f"mouth{side}",)
    return {**wholes, "mouthclosed": ("mouthclose",)}


FACE = FaceKind(
    name="unified_expressions", title="Unified Expressions face", keys=_keys(), spelling=plain, wholes=_wholes(),
)  # fmt: skip
