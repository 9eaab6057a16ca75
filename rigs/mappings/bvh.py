"""Motion capture files (BVH): ``hip abdomen chest lShldr`` of Poser and Daz, ``Hips LeftUpLeg LeftArm`` of others."""

from __future__ import annotations

import dataclasses

from .named_skeleton import named_skeleton
from .spelling import fingers

_TRUNK = {"pelvis": "hips hip root pelvis", "neck": "neck neck1 lowerneck neck01", "head": "head head1"}
_LIMBS = {
    "hip": "upleg thigh upperleg hip femur", "knee": "leg shin lowleg lowerleg knee tibia lowleg",
    "ankle": "foot ankle", "foot": "toebase toe toes toe0",
    "collar": "collar shoulder clavicle", "shoulder": "shldr uparm arm upperarm humerus",
    "elbow": "forearm lowarm lowerarm elbow radius", "wrist": "hand wrist", "eye_smplhf": "eye",
    **fingers("{finger}{number}", "hand{finger}{number}", names="thumb index mid ring pinky"),
}  # fmt: skip
_LIMBS["thumb1"] += " thumb"
_LIMBS.update({f"middle{n}": f"mid{n} middle{n} handmiddle{n}" for n in "123"})

_MOTION = named_skeleton(
    "bvh", "BVH skeleton", _TRUNK, _LIMBS,
    spine=(
        "abdomen | chest", "abdomen | abdomen2 | chest", "spine | spine1 | spine2", "spine | spine1 | spine2 spine3",
        "lowerback | spine | spine1", "tospine | spine | spine1", "spine | chest", "spine | chest | upperchest",
        "chest | chest2 | chest3", "chest | chest2 | chest3 chest4", "lowerback | upperback | thorax",
        "l.5 | l.3 t12 | t8", "spine1 | spine2 | spine3",
        "spine01 | spine02 | spine03", "spine1 | spine2 | spine3 spine4",
    ),
    everyday=3, unmarked="(?i)mixamorig|CC_Base|^Bip|DEF-|J_Bip|^b_",
)  # fmt: skip

SKELETON = dataclasses.replace(_MOTION, on_meshes="Humanoid skeleton")
"""Characters of many makers have these everyday names too."""
