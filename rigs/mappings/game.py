"""Low-poly characters of game packs (Quaternius, KayKit) and others with everyday names: ``UpperArm.L``, ``hips``."""

from __future__ import annotations

from .named_skeleton import named_skeleton
from .spelling import FINGERS, fingers

_LIMBS = {
    "hip": "upperleg thigh upleg leg1 legupper", "knee": "lowerleg shin calf leglower", "ankle": "foot ankle",
    "foot": "toes toe ball toebase",
    "collar": "shoulder clavicle collar", "shoulder": "upperarm armupper uparm arm",
    "elbow": "lowerarm forearm armlower",
    "wrist": "wrist hand palm", "eye_smplhf": "eye",
    **fingers("{finger}{number}", "finger{finger}{number}"),
}  # fmt: skip
_LIMBS.update(
    {f"{finger}{n}": f"{_LIMBS[f'{finger}{n}']} {finger}0{n} f{finger}0{n}" for finger in FINGERS for n in "123"}
)
_LIMBS["thumb1"] += " thumb"

SKELETON = named_skeleton(
    "game", "game skeleton",
    {"pelvis": "hips hip pelvis", "neck": "neck neck01 neck1", "head": "head", "jaw": "jaw"}, _LIMBS,
    spine=(
        "abdomen | torso | chest", "abdomen | torso", "spine | chest", "spine | chest | upperchest", "torso | chest",
        "spine | spine1 | spine2", "spine01 | spine02 | spine03", "spine1 | spine2 | spine3",
        "tummy | chest", "spine | torso",
    ),
    everyday=2, unmarked="(?i)mixamorig|CC_Base|^Bip|DEF-|MCH-|J_Bip|^c_|^b_",
)  # fmt: skip
