"""CMU's motion capture in the skeleton of its ASF files: ``lowerback thorax lhumerus lfemur``."""

from __future__ import annotations

from .named_skeleton import NamedSkeleton
from .spelling import plain

_PARTS = {
    "hip": "femur", "knee": "tibia", "ankle": "foot", "foot": "toes",
    "collar": "clavicle", "shoulder": "humerus", "elbow": "radius", "wrist": "wrist", "thumb1": "thumb",
}  # fmt: skip
_TRUNK = {
    "pelvis": ("root",), "spine1": ("lowerback",), "spine2": ("upperback",), "spine3": ("thorax",),
    "neck": ("lowerneck",), "head": ("head",),
}  # fmt: skip

SKELETON = NamedSkeleton(
    name="cmu",
    title="CMU skeleton",
    bones={
        **_TRUNK,
        **{
            f"{side}_{part}": (f"{side[0]}{name}", f"{side[0]}.{name}")
            for side in ("left", "right")
            for part, name in _PARTS.items()
        },
    },
    spelling=plain,
    spines=((("lowerback",), ("upperback",), ("thorax",)),),
)
