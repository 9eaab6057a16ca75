"""Second Life and OpenSim: ``mPelvis``, ``mShoulderLeft``; beside them stand wings, hind legs and collision volumes."""

from __future__ import annotations

from .named_skeleton import named_skeleton
from .spelling import fingers

_LIMBS = {
    "hip": "mhip", "knee": "mknee", "ankle": "mankle", "foot": "mfoot",
    "collar": "mcollar", "shoulder": "mshoulder", "elbow": "melbow", "wrist": "mwrist",
    "eye_smplhf": "meye", **fingers("mhand{finger}{number}"),
}  # fmt: skip
_TRUNK = {"pelvis": "mpelvis", "neck": "mneck", "head": "mhead", "jaw": "mfacejaw"}

SKELETON = named_skeleton(
    "second_life", "Second Life skeleton", _TRUNK, _LIMBS, spine=("mtorso | mchest",), mark="^mPelvis$"
)
