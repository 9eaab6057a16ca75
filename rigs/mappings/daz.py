"""Daz: Genesis 3 and 8 (``lShldrBend``), Genesis 9 (``l_upperarm``), Genesis 1 and 2 (``lShldr``)."""

from __future__ import annotations

from .named_skeleton import named_skeleton
from .spelling import fingers

_LIMBS = {
    "hip": "thighbend thigh", "knee": "shin", "ankle": "foot", "foot": "toe toes metatarsals",
    "collar": "collar shoulder", "shoulder": "shldrbend upperarm shldr", "elbow": "forearmbend forearm",
    "wrist": "hand", "eye_smplhf": "eye", **fingers("{finger}{number}", names="thumb index mid ring pinky"),
}  # fmt: skip
_TRUNK = {"pelvis": "hip", "neck": "necklower neck1 neck", "head": "head", "jaw": "lowerjaw"}

SKELETON = named_skeleton(
    "daz", "Daz skeleton", _TRUNK, _LIMBS,
    spine=(
        "abdomenlower | abdomenupper | chestlower chestupper", "spine1 | spine2 spine3 | spine4",
        "abdomen | abdomen2 | chest",
    ),
    mark="^(abdomenLower|lShldrBend|l_forearm|abdomen2)",
)  # fmt: skip
