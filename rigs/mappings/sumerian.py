"""Amazon Sumerian's hosts: ``char:def_l_shoulder`` is an upper arm, the upper neck bone carries the face.

The alien among them has a head of its own and plainer names: ``char:l_shoulder``, ``char:l_index_01``.
"""

from __future__ import annotations

from .named_skeleton import named_skeleton
from .spelling import FINGERS

_LIMBS = {
    "hip": "thigh", "knee": "knee", "ankle": "ankle", "foot": "ball",
    "collar": "clav", "shoulder": "shoulder", "elbow": "elbow", "wrist": "wrist", "eye_smplhf": "eye",
    **{
        f"{finger}{link}": f"fng{name}{letter} {finger}0{link}"
        for finger, name in zip(FINGERS, ("thumb", "index", "mid", "ring", "pinky"), strict=True)
        for link, letter in enumerate("abc", 1)
    },
}  # fmt: skip

SKELETON = named_skeleton(
    "sumerian", "Sumerian skeleton",
    {"pelvis": "hip hips", "neck": "necka neck", "head": "head neckb", "jaw": "jaw"}, _LIMBS,
    spine=(
        "spinea spineb | spinec | spined", "spinea | spineb | spinec", "spine01 spine02 | spine03 | spine04",
    ), mark=r"(^|:)def_[clr]_|^char:[lr]_clav$",
)  # fmt: skip
