"""Skeletons of no file at hand: none of their bones is taken for a joint that it is not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

import unusual_bodies as unusual
from made_up_skeleton import Bones, add_skeleton, renamed
from unusual_bodies import Edit, body_with

from soliloquy.rigs.mappings.register import match_skeleton
from soliloquy.rigs.rig import find_rig, why_no_rig

SAME = {
    "spine1": {"+spine 0"}, "spine2": {"spine1", "spine3", "+spine 0", "+spine 1", "+spine 2"},
    "spine3": {"spine2", "+spine 1", "+spine 2"},
}  # fmt: skip
"""Bones of longer spines that joints may begin with."""
ARMS = (0.0, 0.8, 1.4)
"""T-, A- and I-pose, radians below the horizontal."""
TURNS = (
    np.eye(3), np.diag([-1.0, -1.0, 1.0]), np.array([[0.0, -1, 0], [1, 0, 0], [0, 0, 1]]), 0.01 * np.eye(3),
    100.0 * np.array([[1.0, 0, 0], [0, 0, 1], [0, -1, 0]]),
)  # fmt: skip
"""Facing -Y, +Y and +X, in hundredths, in centimetres with Y up."""


def _wrong(bones: Bones, names: dict[str, str], turn: np.ndarray = TURNS[0]) -> dict[str, str]:
    """Return joint -> bone that is another one; joints that are left out as well, but for those of the face."""
    armature = add_skeleton(renamed(bones, names), turn=turn)
    rig = match_skeleton(armature, armature.children)
    assert rig is not None
    back = {name: bone for bone, name in names.items()}
    found = {joint: back[name] for joint, name in rig.bones.items()}
    bpy.data.objects.remove(armature.children[0])
    bpy.data.objects.remove(armature)
    wrong = {joint: bone for joint, bone in found.items() if bone != joint and bone not in SAME.get(joint, ())}
    body = [joint for joint in bones if "+" not in joint and "eye" not in joint and joint != "jaw"]
    wrong.update({joint: "left out" for joint in body if joint not in found})
    return wrong


def _without_names(bones: Bones) -> dict[str, str]:
    return {bone: f"b{index:03d}" for index, bone in enumerate(bones)}


FOUND: list[tuple[Edit, ...]] = [
    (unusual.twist_bones, unusual.soft_parts), (unusual.halves, unusual.neck_of_two), (unusual.spine_of_six,),
    (unusual.spine_of_two, unusual.fingers_of_two), (unusual.no_collars, unusual.fingers_of_four),
    (unusual.palms,), (unusual.palms, unusual.fingers_of_two), (unusual.palms, unusual.fingers_of_four),
    (unusual.toes, unusual.tail), (unusual.skirt_to_the_ground,), (unusual.skirt_to_the_ground, unusual.toes),
    (unusual.skirt_to_the_ground, unusual.toes_alone), (unusual.hair, unusual.weapon), (unusual.sword,),
    (unusual.two_fingers, unusual.weapon), (unusual.no_fingers, unusual.sword), (unusual.plain_wings,),
    (unusual.helpers, unusual.twist_bones), (unusual.thirds,), (unusual.thirds, unusual.no_fingers),
    (unusual.no_hands,), (unusual.correctives,),
]  # fmt: skip


@pytest.mark.parametrize("edits", FOUND, ids=lambda edits: "-".join(edit.__name__ for edit in edits))
def test_without_names_no_bone_is_taken_for_another_joint(blank_scene: Any, edits: tuple[Edit, ...]) -> None:
    for index, arms in enumerate(ARMS):
        bones = body_with(*edits, seed=index + 1, arms=arms)
        names = _without_names(bones)
        assert _wrong(bones, names, TURNS[(FOUND.index(edits) + index) % len(TURNS)]) == {}


@pytest.mark.parametrize("edits", [(unusual.wings,), (unusual.no_fingers, unusual.plain_wings)], ids=["wings", "bare"])
def test_arms_beside_nameless_wings_are_refused_in_a_sentence(blank_scene: Any, edits: tuple[Edit, ...]) -> None:
    for seed in range(3):
        bones = body_with(*edits, seed=seed)
        armature = add_skeleton(renamed(bones, _without_names(bones)))
        assert find_rig(armature) is None
        assert "more than two arms" in why_no_rig(armature)


TRUNKS = {
    "pelvis": "Hips Pelvis Becken bassin", "spine1": "Spine Spine_01 Bauch dos1", "spine2": "Chest Spine_02 Brust dos2",
    "spine3": "UpperChest Spine_03 Oberbrust dos3", "neck": "Neck Neck_01 Hals cou", "head": "Head Head Kopf tete",
    "jaw": "Jaw Jaw Kiefer machoire",
}  # fmt: skip
LIMBS = {
    "hip": "UpperLeg Thigh Oberschenkel cuisse", "knee": "LowerLeg Calf Unterschenkel jambe",
    "ankle": "Foot Foot Fuss pied", "foot": "Toes Ball Zehen orteils",
    "collar": "Shoulder Clavicle Schluesselbein epaule", "shoulder": "UpperArm UpperArm Oberarm bras",
    "elbow": "LowerArm ForeArm Unterarm avantbras", "wrist": "Hand Hand Hand main", "eye_smplhf": "Eye Eye Auge oeil",
}  # fmt: skip
SIDED = {
    ".L": "{part}.L {part}.R", "_l": "{part}_l {part}_r", "-L": "{part}-L {part}-R", "Left": "Left {part}|Right {part}",
    "L_": "L_{part} R_{part}", "links": "{part}_links {part}_rechts", "gauche": "{part} gauche|{part} droite",
    "左": "左{part} 右{part}", "izq": "{part}_izq {part}_der", "lf": "lf_{part} rt_{part}", "A": "{part}_A {part}_B",
    "(L)": "{part}(L) {part}(R)", "lCase": "l{part} r{part}", "001": "{part}.L.001 {part}.R.001",
    "exchanged": "{part}.R {part}.L",
}  # fmt: skip
BEFORE = ("", "Char01:", "mixamorig9:", "Armature|", "DEF-", "ORG-", "rig:sub:", "SK_")


def _named(bones: Bones, words: int, sides: str, before: str) -> dict[str, str]:
    """Return bone -> name in words of a language, as sides are written, after what stands before each name."""
    pattern = SIDED[sides]
    left, right = pattern.split("|") if "|" in pattern else pattern.split(" ")
    names: dict[str, str] = {}
    for bone in bones:
        side, _, part = bone.removeprefix("+").replace(" ", "_").partition("_")
        if side not in ("left", "right"):
            own = TRUNKS[bone].split()[words] if bone in TRUNKS else bone.removeprefix("+").title().replace(" ", "_")
            names[bone] = before + own
            continue
        word = LIMBS[part].split()[words] if part in LIMBS else part.title().replace("_", "")
        names[bone] = before + (left if side == "left" else right).replace("{part}", word)
    return names


@pytest.mark.parametrize("sides", SIDED)
def test_no_name_is_taken_for_another_joint_however_sides_are_written(blank_scene: Any, sides: str) -> None:
    order = list(SIDED).index(sides)
    added: list[tuple[Edit, ...]] = [*FOUND, (unusual.wings,), (unusual.no_fingers, unusual.plain_wings)]
    for words in range(4):
        number = 4 * order + words
        bones = body_with(*added[number % len(added)], seed=number % 5, arms=ARMS[number % 3])
        names = _named(bones, words, sides, BEFORE[number % len(BEFORE)])
        assert _wrong(bones, names, TURNS[number % len(TURNS)]) == {}


def test_what_names_call_a_wing_is_an_arm_where_there_is_no_other(blank_scene: Any) -> None:
    bones = body_with(unusual.no_fingers)
    names = _without_names(bones)
    names.update({bone: f"Wing{bone[5:].title()}.{bone[0].upper()}" for bone in bones if _of_an_arm(bone)})
    assert _wrong(bones, names) == {}


def _of_an_arm(bone: str) -> bool:
    return bone.endswith(("collar", "shoulder", "elbow", "wrist"))
