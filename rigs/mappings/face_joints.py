"""Jaw and eyes of skeletons whose makers nobody knows: by words of several languages, and by where their bones lie."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping

import numpy as np

from .bone_graph import BoneGraph

JAW = re.compile(r"(?i)jaw|mandib|kiefer|m[aâ]choire|челюст|下巴|下颌|下顎|顎|あご|턱")
"""What a jaw is called."""
_EYE = re.compile(r"(?i)eye|auge|oeil|œil|(?<![a-z])(?:ojo|occhio|olho)|глаз|眼|目|눈")
_OTHER = re.compile(
    r"(?i)brow|lid|lash|target|ctrl|control|aim|look|track|(?<![a-z])ik(?![a-z])|corner|inner|outer|upp?er|lower|squint|"
    r"bag|under|around|socket|crease|high|spec|pupil|iris|end$|nub|leaf|tip$|master|root$|teeth|tooth|twist|muscle|眉|睫|瞼|眼睑|両"
)
"""Words of bones beside jaws and eyes: lids, targets, teeth."""
_BESIDE, _MIDDLE = 0.5, 0.15
"""Shares of the distance between the eyes by which their heights may differ, and a jaw may lie beside the middle."""


def face_joints(graph: BoneGraph, bones: Mapping[str, str]) -> dict[str, str]:
    """Return jaw and eyes that a skeleton has below its head and that ``bones`` leaves out: joint -> bone.

    Eyes are a pair on either side of the head; which is the left one is decided by where the arms are.
    """
    if not {"head", "left_shoulder", "right_shoulder", "pelvis"} <= set(bones):
        return {}
    number = {name: index for index, name in enumerate(graph.names)}
    head = number[bones["head"]]
    across = graph.heads[number[bones["left_shoulder"]]] - graph.heads[number[bones["right_shoulder"]]]
    width = float(np.linalg.norm(across))
    if width <= 0.0:
        return {}
    across = across / width
    taken = set(bones.values())
    below = [bone for bone in graph.below(head)[1:] if graph.names[bone] not in taken]
    below = [bone for bone in below if not _OTHER.search(graph.names[bone])]
    found: dict[str, str] = {}
    beside = {bone: float((graph.heads[bone] - graph.heads[head]) @ across) for bone in below}
    if "jaw" not in bones:
        jaws = [b for b in below if JAW.search(graph.names[b]) and abs(beside[b]) < _MIDDLE * width]
        if jaws:  # parents come before their children
            found["jaw"] = graph.names[jaws[0]]
    if "left_eye_smplhf" not in bones and "right_eye_smplhf" not in bones:
        for one, other in itertools.combinations([b for b in below if _EYE.search(graph.names[b])], 2):
            apart = abs(beside[one] - beside[other])
            off = graph.heads[one] - graph.heads[other]
            level = float(np.linalg.norm(off - (off @ across) * across))
            opposite = beside[one] * beside[other] < 0.0 and abs(beside[one] + beside[other]) < _BESIDE * apart
            if opposite and level < _BESIDE * apart and apart < width:
                left, right = (one, other) if beside[one] > 0.0 else (other, one)
                found.update(left_eye_smplhf=graph.names[left], right_eye_smplhf=graph.names[right])
                break
    return found
