"""Apple's body tracking (``biped_robot.usdz``): ``hips_joint``, seven spine bones, ``left_handThumbStart_joint``."""

from __future__ import annotations

from .named_skeleton import named_skeleton
from .spelling import fingers

_LINKS = {
    "thumb1": "handthumbstartjoint", "thumb2": "handthumb1joint", "thumb3": "handthumb2joint",
}  # fmt: skip
_LIMBS = {
    "hip": "uplegjoint", "knee": "legjoint", "ankle": "footjoint", "foot": "toesjoint",
    "collar": "shoulder1joint", "shoulder": "armjoint", "elbow": "forearmjoint", "wrist": "handjoint",
    "eye_smplhf": "eyejoint", **fingers("hand{finger}{number}joint", names="thumb index mid ring pinky"), **_LINKS,
}  # fmt: skip
_TRUNK = {"pelvis": "hipsjoint", "neck": "neck1joint", "head": "headjoint", "jaw": "jawjoint"}
_SPINE = "spine1joint spine2joint | spine3joint spine4joint | spine5joint spine6joint spine7joint"

SKELETON = named_skeleton("apple", "Apple body skeleton", _TRUNK, _LIMBS, spine=(_SPINE,), mark="^hips_joint$")
