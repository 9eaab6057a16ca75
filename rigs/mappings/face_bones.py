"""What the bones of faces are called: which one is a jaw, part of a lip, a lid or a brow, whatever rig it is of.

Rocketbox ``Bip01 LMouthCorner``, Sumerian ``char:def_l_upLipA``, Unreal's MetaHuman ``FACIAL_L_LipUpper``, Daz
``lEyelidUpperInner``, Character Creator ``CC_Base_JawRoot``, Auto-Rig Pro ``c_lips_top_01.l``, Rigify ``lid.T.L.001``,
MHR ``b_jaw``. Sides are seen from where bones lie, not from names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

JAW, UPPER_LIP, LOWER_LIP, CORNER, UPPER_LID, LOWER_LID, BROW = (
    "jaw", "upper lip", "lower lip", "mouth corner", "upper lid", "lower lid", "brow",
)  # fmt: skip
ROLES = (JAW, UPPER_LIP, LOWER_LIP, CORNER, UPPER_LID, LOWER_LID, BROW)

_UP, _LOW = r"(upper|up|top|\bt\b)", r"(lower|low|bottom|bot|btm|down|\bb\b|\blo\b|\blo(?=lip|lid))"
_NEVER = re.compile(
    r"teeth|tooth|tongue|nose|nostril|\bears?\b|twist|\borg\b|\bmch\b|\bvis\b|skin|master mouth|jaw ?(end|tip)|target|"
    r"upper ?jaw|over ?lip|under ?eye|lash|crease|offset|pocket|\bbag"
)
_NAMES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (CORNER, re.compile(r"(lip|mouth|oral).*corner|corner.*(lip|mouth)|lips smile|lip end|^lips$")),
    (UPPER_LIP, re.compile(rf"(?<![a-z]){_UP} ?lip|lips?.*{_UP}|mouth ?{_UP}(?! *corner)")),
    (LOWER_LIP, re.compile(rf"(?<![a-z]){_LOW} ?lip|lips?.*{_LOW}|mouth ?{_LOW}")),
    (UPPER_LID, re.compile(rf"{_UP} ?(eye)?lid|(eye)?lid.*{_UP}|(eye)?blink.*{_UP}")),
    (LOWER_LID, re.compile(rf"{_LOW} ?(eye)?lid|(eye)?lid.*{_LOW}|(eye)?blink.*{_LOW}")),
    (BROW, re.compile(r"brow")),
    (JAW, re.compile(
        r"^((m )?face|cas|m|lower|c)? ?jaw( ?root| ?bone| ?joint| ?jnt| ?01| ?1| ?master| x)?$|lower ?jaw|mandible"
    )),
)  # fmt: skip
_PREFIXES = re.compile(
    r"^.*[:|]|^bip\d+ ?|^cc_base_|^def[-_]|^(char_)?def_|^facial_|^j_(bip|adj)_|^b_|^c_|^ctrl_", re.IGNORECASE
)  # fmt: skip
_SIDES = re.compile(r"(?<![a-z])(left|right|l|r|c|m|x)(?![a-z])")


def spelling(name: str) -> str:
    """Return a bone's name in lower case as words, without prefixes of its kind and without sides."""
    before = ""
    while before != name:
        before, name = name, _PREFIXES.sub("", name)
    # mLipUpper, LMouthCorner, upLipA: words begin at capitals.
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    words = re.sub(r"[\s._-]+", " ", name).lower().strip()
    return re.sub(r"\s+", " ", _SIDES.sub(" ", words)).strip()


def role_of(name: str) -> str | None:
    """Return which part of a face a bone is by its name, None for any other bone."""
    words = spelling(name)
    if _NEVER.search(words):
        return None
    return next((role for role, pattern in _NAMES if pattern.search(words)), None)


def roles_of(armature: Any) -> Mapping[str, str]:
    """Return bone -> role for the bones of an armature object that are parts of a face."""
    found = {}
    for bone in armature.data.bones:
        role = role_of(bone.name)
        if role is not None:
            found[bone.name] = role
    return found
