"""VRoid Studio: ``J_Bip_C_UpperChest``, ``J_Bip_L_UpperArm``, eyes ``J_Adj_L_FaceEye``."""

from __future__ import annotations

from .named_skeleton import named_skeleton
from .spelling import fingers

_LIMBS = {
    "hip": "upperleg", "knee": "lowerleg", "ankle": "foot", "foot": "toebase",
    "collar": "shoulder", "shoulder": "upperarm", "elbow": "lowerarm", "wrist": "hand", "eye_smplhf": "faceeye",
    **fingers("{finger}{number}", names="thumb index middle ring little"),
}  # fmt: skip

SKELETON = named_skeleton(
    "vroid", "VRoid skeleton", {"pelvis": "hips", "neck": "neck", "head": "head"}, _LIMBS,
    spine=("spine | chest | upperchest", "spine | chest"), mark="^J_Bip_",
)  # fmt: skip
