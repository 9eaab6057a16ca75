"""Avatars for VRChat, as Cats and other importers name MikuMikuDance's bones: ``Left leg``, ``IndexFinger1_L``."""

from __future__ import annotations

from .named_skeleton import named_skeleton
from .spelling import fingers

_LIMBS = {
    "hip": "leg", "knee": "knee", "ankle": "ankle", "foot": "toe toes",
    "collar": "shoulder", "shoulder": "arm", "elbow": "elbow", "wrist": "wrist", "eye_smplhf": "eye",
    **fingers("{finger}{number}", names="thumb indexfinger middlefinger ringfinger littlefinger"),
    **{f"thumb{number}": f"thumb{number - 1}" for number in (1, 2, 3)},
}  # fmt: skip

SKELETON = named_skeleton(
    "vrchat", "VRChat skeleton", {"pelvis": "hips", "neck": "neck", "head": "head", "jaw": "jaw"}, _LIMBS,
    spine=("spine | chest | upperchest", "spine | chest"), everyday=2, mark=r"(?i)\b(left|right)[ _]?knee\b",
)  # fmt: skip
