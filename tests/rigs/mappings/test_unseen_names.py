"""Names that no maker uses: words before and after all of them, other languages, waists, brows that are no eyes."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from key_meshes import named_mesh
from made_up_skeleton import Bones, add_skeleton, made_up_body, renamed

from soliloquy.inference.arkit import ARKIT_NAMES
from soliloquy.rigs.mappings.register import match_face, match_skeleton

FACE = {"jaw", "left_eye_smplhf", "right_eye_smplhf"}
UNREAL = {
    "pelvis": "pelvis", "spine1": "spine_01", "spine2": "spine_02", "spine3": "spine_03", "neck": "neck_01",
    "head": "head", "jaw": "jaw", "hip": "thigh", "knee": "calf", "ankle": "foot", "foot": "ball",
    "collar": "clavicle", "shoulder": "upperarm", "elbow": "lowerarm", "wrist": "hand", "eye_smplhf": "eye",
}  # fmt: skip
WORDS = {
    "german": "Becken Wirbel1 Wirbel2 Brust Hals Kopf Kiefer Oberschenkel Unterschenkel Fuss Zehen Schluesselbein "
    "Oberarm Unterarm Hand Auge links rechts",
    "french": "bassin dos1 dos2 poitrine cou tete machoire cuisse mollet pied orteils clavicule bras avantbras main "
    "oeil gauche droite",
    "russian": "таз спина1 спина2 грудь шея голова челюсть бедро голень стопа носок ключица плечо предплечье кисть "
    "глаз лев прав",
    "chinese": "骨盆 脊柱1 脊柱2 胸 颈 头 下巴 大腿 小腿 脚 脚趾 锁骨 上臂 前臂 手 眼 左 右",
}
PARTS = (
    "pelvis", "spine1", "spine2", "spine3", "neck", "head", "jaw", "hip", "knee", "ankle", "foot", "collar", "shoulder",
    "elbow", "wrist", "eye_smplhf",
)  # fmt: skip
UNITY = "Hips Spine Chest UpperChest Neck Head Jaw UpperLeg LowerLeg Foot Toes Shoulder UpperArm LowerArm Hand Eye"
FINGER = re.compile(r"(thumb|index|middle|ring|pinky)(\d)")


def _in_words(joint: str, words: dict[str, str], left: str, right: str) -> str:
    side, part = joint.split("_", 1) if joint.startswith(("left_", "right_")) else ("", joint)
    named = FINGER.sub(r"\1_0\2", part) if FINGER.match(part) else words[part]
    return f"{named}_{left if side == 'left' else right}" if side else named


def _unreal(joint: str) -> str:
    return _in_words(joint, UNREAL, "l", "r")


def _language(name: str) -> Callable[[str], str]:
    *parts, left, right = WORDS[name].split()
    return lambda joint: _in_words(joint, dict(zip(PARTS, parts, strict=True)), left, right)


def _number(joint: str) -> int:
    return list(made_up_body()).index(joint)


NAMED: dict[str, Callable[[str], str]] = {
    "before": lambda joint: f"Hero_{_unreal(joint)}",
    "after": lambda joint: f"{_unreal(joint)}_jnt",
    "both": lambda joint: f"boss_{_unreal(joint)}_bind",
    "numbered": lambda joint: f"{_unreal(joint)}_{_number(joint):02d}",
    "numbered before": lambda joint: f"{_number(joint):02d}_{_unreal(joint)}",
    **{language: _language(language) for language in WORDS},
}


def _found(bones: Bones, names: dict[str, str]) -> tuple[str, dict[str, str]]:
    armature = add_skeleton(renamed(bones, names))
    rig = match_skeleton(armature, armature.children)
    assert rig is not None
    back = {name: bone for bone, name in names.items()}
    return rig.kind.name, {joint: back[name] for joint, name in rig.bones.items()}


@pytest.mark.parametrize("way", NAMED)
def test_every_joint_is_found_whatever_stands_around_its_name(blank_scene: Any, way: str) -> None:
    bones = made_up_body(3, arms=0.8)
    kind, found = _found(bones, {joint: NAMED[way](joint) for joint in bones})
    assert found == {joint: joint for joint in bones}
    assert way in WORDS or kind == "unreal"


def test_lids_brows_and_targets_are_no_eyes(blank_scene: Any) -> None:
    bones = made_up_body(1)
    for side, sign in (("left", 1.0), ("right", -1.0)):
        eye = bones[f"{side}_eye_smplhf"][1]
        for part, up in (("lid", 0.01), ("brow", 0.03)):
            bones[f"+{side} {part}"] = "head", eye + np.array([0.005 * sign, -0.01, up])
    names = {joint: f"bone{index}" for index, joint in enumerate(bones)}
    for side, letter in (("left", "L"), ("right", "R")):
        names |= {f"+{side} lid": f"EyeLid_{letter}", f"+{side} brow": f"Brow_{letter}"}
        del names[f"{side}_eye_smplhf"]
    del names["jaw"]
    _, found = _found(bones, names)
    assert not FACE & set(found)
    names |= {"left_eye_smplhf": "Eyeball_L", "right_eye_smplhf": "Eyeball_R", "jaw": "Mandible"}
    _, found = _found(bones, names)
    assert {joint: found.get(joint) for joint in FACE} == {joint: joint for joint in FACE}


def test_a_jaw_that_is_all_a_head_has_is_no_head(blank_scene: Any) -> None:
    bones = {joint: bone for joint, bone in made_up_body(1).items() if not joint.endswith("eye_smplhf")}
    names = {joint: f"b__{joint}__" if joint == "jaw" else f"bone{index}" for index, joint in enumerate(bones)}
    _, found = _found(bones, names)
    assert (found["head"], found["jaw"]) == ("head", "jaw")


def test_thumbs_that_begin_within_the_palm_are_whole(blank_scene: Any) -> None:
    links = {"thumb": ("Metacarpal", "Proximal", "Distal")}
    words: dict[str, str] = dict(zip(PARTS, UNITY.split(), strict=True))

    def unity(joint: str) -> str:
        side, part = joint.split("_", 1) if joint.startswith(("left_", "right_")) else ("", joint)
        finger = FINGER.match(part)
        if not finger:
            return side.title() + words[part]
        link = links.get(finger[1], ("Proximal", "Intermediate", "Distal"))[int(finger[2]) - 1]
        return side.title() + finger[1].title().replace("Pinky", "Little") + link

    kind, found = _found(made_up_body(), {joint: unity(joint) for joint in made_up_body()})
    assert kind == "unity"
    assert found == {joint: joint for joint in made_up_body()}


def test_a_waist_that_names_of_the_spine_leave_out_takes_its_part(blank_scene: Any) -> None:
    names = {joint: joint for joint in made_up_body()}
    names |= {"spine1": "Waist", "spine2": "Spine", "spine3": "Chest", "pelvis": "Hips"}
    _, found = _found(made_up_body(), names)
    assert [found[f"spine{number}"] for number in (1, 2, 3)] == ["spine1", "spine2", "spine3"]


def test_legs_on_a_root_below_other_roots_are_legs(blank_scene: Any) -> None:
    bones = made_up_body(2)
    bones = {"+world": ("", np.zeros(3)), "+root": ("+world", np.zeros(3)), **bones}
    bones["pelvis"] = "+root", bones["pelvis"][1]
    for side in ("left", "right"):
        bones[f"{side}_hip"] = "+root", bones[f"{side}_hip"][1]
    _, found = _found(bones, {bone: f"b{index}" for index, bone in enumerate(bones)})
    assert {joint for joint in found if found[joint] != joint} <= {"pelvis"}
    assert {"left_knee", "right_ankle", "left_wrist", "head"} <= set(found)


def test_knuckles_tell_the_fingers_of_a_fist(blank_scene: Any) -> None:
    bones = made_up_body(4)
    for joint, (parent, _) in list(bones.items()):
        finger = FINGER.search(joint)
        if finger and finger[1] != "thumb" and finger[2] != "1":
            knuckle = bones[f"{joint[:-1]}1"][1]
            bones[joint] = parent, knuckle + np.array([0.0, 0.0, -0.03 if finger[2] == "2" else -0.06])
            if finger[2] == "3":  # back towards the wrist
                side = 1.0 if joint.startswith("left") else -1.0
                bones[joint] = parent, bones[joint][1] + (-0.03 * side, 0.0, 0.03)
    _, found = _found(bones, {bone: f"b{index}" for index, bone in enumerate(bones)})
    assert {joint: bone for joint, bone in found.items() if joint != bone} == {}
    assert "right_ring2" in found


@pytest.mark.parametrize("way", ["Head_{}", "{}_copy", "BS_{}_geo", "07 {}"])
def test_keys_are_known_with_a_word_around_each(blank_scene: Any, way: str) -> None:
    found = match_face([named_mesh([way.format(name) for name in ARKIT_NAMES])])
    assert found is not None
    assert found.kind.name == "arkit"
    assert len(found.coefficients) == len(ARKIT_NAMES)


@pytest.mark.parametrize("way", ["{}", "Head_{}"])
def test_teeth_and_lashes_with_words_of_their_own_go_along(blank_scene: Any, way: str) -> None:
    jaw = [name for name in ARKIT_NAMES if name.startswith("jaw")]
    blinks = [f"Lash_{name}_geo" for name in ARKIT_NAMES if name.startswith(("eyeBlink", "eyeLook"))]
    head = named_mesh([way.format(name) for name in ARKIT_NAMES])
    teeth, lashes = named_mesh([f"Teeth_{name}" for name in jaw], "Teeth"), named_mesh(blinks, "Lashes")
    found = match_face([head, teeth, lashes, named_mesh(["Fit_a", "Fit_b", "Fit_c", "Fit_d"], "Shirt")])
    assert found is not None
    assert {mesh.name: len(keys) for mesh, keys in found.keys} == {"Face": 52, "Teeth": len(jaw), "Lashes": len(blinks)}
