"""Meta's momentum and MHR bodies: ``b_l_arm`` and ``l_uparm``, four bones a thumb, feet of several bones."""

from __future__ import annotations

from .named_skeleton import named_skeleton
from .spelling import fingers

_LIMBS = {
    "hip": "upleg", "knee": "leg lowleg", "ankle": "talocrural foot", "foot": "ball",
    "collar": "shoulder clavicle", "shoulder": "arm uparm", "elbow": "forearm lowarm", "wrist": "wrist",
    "eye_smplhf": "eye", **fingers("{finger}{number}"), "thumb1": "thumb0 thumb1",
}  # fmt: skip

SKELETON = named_skeleton(
    "momentum", "Momentum skeleton", {"pelvis": "root", "neck": "neck0 neck", "head": "head", "jaw": "jaw"}, _LIMBS,
    spine=("spine0 spine1 | spine2 | spine3",), mark="^(b_l_arm|l_uparm|c_spine0|b_spine0)",
)  # fmt: skip
