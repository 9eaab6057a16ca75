"""Skeletons of every maker, by the names that their bones have: kind, joints, and what names alone would get wrong."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from made_up_skeleton import Bones, add_skeleton, made_up_body, renamed
from skeleton_makers import FINGERS, MAKERS, TRUNK, names_of
from small_character import small_performance

from soliloquy.inference.rotation import quaternion_to_matrix
from soliloquy.inference.skeleton import JOINT_NAMES
from soliloquy.rigs.mappings.register import match_skeleton
from soliloquy.rigs.mappings.spelling import plain
from soliloquy.rigs.reference_skeleton import PLACES
from soliloquy.rigs.rig import find_rig
from soliloquy.rigs.takes.world_turns import WorldTurns


@pytest.mark.parametrize("maker", MAKERS)
def test_a_skeleton_of_each_maker_is_known_with_all_its_joints(blank_scene: Any, maker: str) -> None:
    names = names_of(*MAKERS[maker])
    armature = add_skeleton(renamed(made_up_body(1, arms=0.6), names), mesh=maker not in ("bvh", "cmu"))
    if maker == "vroid":
        names = {joint: name.replace("Pinky", "Little") for joint, name in names.items()}
        for bone in armature.data.bones:
            bone.name = bone.name.replace("Pinky", "Little")
    found = match_skeleton(armature, list(armature.children))
    assert found is not None
    assert found.kind.name == maker.split()[0]
    assert found.bones == {joint: names[joint] for joint in JOINT_NAMES if joint in names}
    assert found.notes == ()


@pytest.mark.parametrize("maker", ["rpm", "cc4", "daz", "auto_rig_pro_export", "metahuman", "vroid"])
@pytest.mark.parametrize("before", ["Char01:", "Armature|"])
def test_a_namespace_leaves_a_skeleton_what_it_is(blank_scene: Any, maker: str, before: str) -> None:
    names = {joint: before + name for joint, name in names_of(*MAKERS[maker]).items()}
    if maker == "vroid":
        names = {joint: name.replace("Pinky", "Little") for joint, name in names.items()}
    armature = add_skeleton(renamed(made_up_body(1, arms=0.6), names))
    found = match_skeleton(armature, list(armature.children))
    assert found is not None
    assert found.kind.name == maker
    assert found.bones == {joint: names[joint] for joint in JOINT_NAMES if joint in names}


def test_a_root_on_the_ground_is_no_pelvis(blank_scene: Any) -> None:
    names = names_of(*MAKERS["auto_rig_pro_export"])
    bones = renamed(made_up_body(1), names)
    bones = {"root": ("", np.zeros(3)), **bones, "root.x": ("root", bones["root.x"][1])}
    armature = add_skeleton(bones)
    found = match_skeleton(armature, list(armature.children))
    assert found is not None
    assert found.kind.name == "auto_rig_pro_export"
    assert found.bones["pelvis"] == "root.x"


def test_a_limb_half_of_whose_names_are_unknown_is_whole(blank_scene: Any) -> None:
    names = names_of(*MAKERS["game"])
    names.update(left_hip="first.L", right_hip="first.R", left_wrist="last.L", right_wrist="last.R")
    armature = add_skeleton(renamed(made_up_body(1), names))
    found = match_skeleton(armature, list(armature.children))
    assert found is not None
    assert found.bones == {joint: names[joint] for joint in JOINT_NAMES if joint in names}


@pytest.mark.parametrize(
    ("names", "one"),
    [
        (
            ("mixamorig9:LeftForeArm", "mixamorigLeftForeArm", "Bip01 L Forearm", "b_l_forearm", "ForeArm_L"),
            "l.forearm",
        ),
        (("forearm.L_Armature", "DEF-forearm.L.001", "char:def_l_forearm", "CC_Base_L_Forearm"), "l.forearm"),
        (("人指１.R", "右人指1", "右人指１"), "r.人指1"),
        (("J_Bip_C_UpperChest", "UpperChest", "upper_chest", "Upper Chest.001"), "upperchest"),
        (("Bip01 LEye", "LeftEye", "left_eye", "CC_Base_L_Eye", "lEye"), "l.eye"),
    ],
)
def test_spellings_of_one_name_are_alike(names: tuple[str, ...], one: str) -> None:
    assert {plain(name) for name in names} == {one}


def test_where_names_have_the_sides_wrong_the_body_decides(blank_scene: Any) -> None:
    names = names_of(*MAKERS["mixamo"])
    wrong = {j: n.replace("Left", "?").replace("Right", "Left").replace("?", "Right") for j, n in names.items()}
    rig = find_rig(add_skeleton(renamed(made_up_body(1), wrong)))
    assert rig is not None
    assert rig.bones["left_elbow"] == "mixamorig9:RightForeArm"
    assert any("lie on its right side" in note for note in rig.notes)


def test_a_name_in_the_wrong_place_gives_way_to_structure(blank_scene: Any) -> None:
    names = names_of(*MAKERS["mixamo"])
    names["left_elbow"], names["left_knee"] = names["left_knee"], names["left_elbow"]
    rig = find_rig(add_skeleton(renamed(made_up_body(1), names)))
    assert rig is not None
    assert rig.bones["left_elbow"] == "mixamorig9:LeftLeg"
    assert rig.bones["left_knee"] == "mixamorig9:LeftForeArm"
    assert any("does not hang on" in note for note in rig.notes)


def test_what_names_leave_out_structure_fills(blank_scene: Any) -> None:
    names = names_of(*MAKERS["unreal"])
    joints = set(names)
    for number, joint in enumerate(("left_collar", "right_collar", "neck", "left_foot", "right_foot")):
        names[joint] = f"thing {number}"
    for joint in [joint for joint in names if joint.startswith("left_") and joint[-1].isdigit()]:
        names[joint] = f"part {joint[5:][::-1]}"
    rig = find_rig(add_skeleton(renamed(made_up_body(1), names)))
    assert rig is not None
    assert rig.skeleton == "unreal"
    assert rig.bones == {joint: names[joint] for joint in JOINT_NAMES if joint in joints}


def test_unreals_bones_with_a_metahumans_face_are_a_metahuman(blank_scene: Any) -> None:
    armature = add_skeleton(renamed(made_up_body(1), names_of(*MAKERS["unreal"])))
    skin = armature.children[0]
    skin.shape_key_add(name="Basis")
    for name in ("jawOpen", "mouthFunnelUL", "mouthLipsPurseUL", "jawLeft", "jawRight", "mouthLeft", "mouthRight"):
        skin.shape_key_add(name=f"CTRL_expressions_{name}")
    assert find_rig(armature).skeleton == "unreal"  # a few keys are no face
    for name in ("eyeBlinkL", "eyeBlinkR", "browDownL", "browDownR", "mouthCornerPullL", "mouthCornerPullR"):
        skin.shape_key_add(name=f"CTRL_expressions_{name}")
    rig = find_rig(armature)
    assert (rig.skeleton, rig.face) == ("metahuman", "metahuman")
    assert rig.bones["left_elbow"] == "lowerarm_l"


@pytest.mark.parametrize("named", [True, False])
def test_a_back_of_one_bone_takes_the_neck_to_its_place(blank_scene: Any, named: bool) -> None:
    bones = made_up_body(1)
    for gone in ("spine2", "spine3"):
        above = bones.pop(gone)[0]
        bones.update({bone: (above, place) for bone, (parent, place) in bones.items() if parent == gone})
    names = names_of(*MAKERS["mixamo"]) if named else {bone: f"b{index:03d}" for index, bone in enumerate(bones)}
    rig = find_rig(add_skeleton(renamed(bones, names)))
    assert rig is not None
    assert rig.joints["spine1"].bone == names["spine1"]
    assert "spine2" not in rig.joints
    performance = small_performance(30)
    shown = WorldTurns(performance, rig)
    # The neck comes to lie nearer to where a back of three takes it than were the one turned like the chest.
    bent = sum(
        quaternion_to_matrix(shown.joint(joint)) @ (PLACES[above] - PLACES[joint])
        for joint, above in itertools.pairwise(("spine1", "spine2", "spine3", "neck"))
    )

    def off(turn: np.ndarray) -> float:
        """Return the most degrees between the backs of one bone and of three."""
        stiff = quaternion_to_matrix(turn) @ (PLACES["neck"] - PLACES["spine1"])
        cosine = (stiff * bent).sum(axis=1) / np.linalg.norm(stiff, axis=1) / np.linalg.norm(bent, axis=1)
        return float(np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0))).max())

    assert off(shown.taken(rig.joints["spine1"].segments[0].takes)) < 0.7 * off(shown.joint("spine3"))


def test_fingers_that_begin_with_their_second_link_begin_at_the_knuckle(blank_scene: Any) -> None:
    names = names_of(*MAKERS["game"])
    later = {
        j: n.replace("3.", "4.").replace("2.", "3.").replace("1.", "2.") if j[-1].isdigit() else n
        for j, n in names.items()
    }
    later.update({joint: names[joint] for joint in TRUNK})
    rig = find_rig(add_skeleton(renamed(made_up_body(1), later)))
    assert rig is not None
    assert rig.bones["left_index1"] == "Index2.L"
    assert rig.bones["right_pinky3"] == "Pinky4.R"


def test_meshes_that_no_bone_moves_are_said(blank_scene: Any) -> None:
    armature = add_skeleton(renamed(made_up_body(1), names_of(*MAKERS["mixamo"])))
    armature.children[0].vertex_groups.clear()
    rig = find_rig(armature)
    assert rig is not None
    assert any("Automatic Weights" in note for note in rig.notes)


def test_second_lifes_hind_legs_and_volumes_are_no_limbs(blank_scene: Any) -> None:
    names = names_of(*MAKERS["second_life"])
    bones = renamed(made_up_body(1, arms=0.8), names)
    for side in ("Left", "Right"):
        above = "mPelvis"
        for index, part in enumerate(("Hip", "Knee", "Ankle", "Foot"), 1):
            bones[f"mHindLimb{index}{side}"] = above, bones[f"m{part}{side}"][1] + np.array([0.0, 0.1, 0.0])
            above = f"mHindLimb{index}{side}"
        for part, on in (("UPPER_ARM", "Shoulder"), ("LOWER_ARM", "Elbow"), ("UPPER_LEG", "Hip")):
            bones[f"{side[0]}_{part}"] = f"m{on}{side}", bones[f"m{on}{side}"][1] * 0.99
    armature = add_skeleton(bones)
    found = match_skeleton(armature, list(armature.children))
    assert found is not None
    assert (found.kind.name, found.notes) == ("second_life", ())
    assert found.bones == {joint: names[joint] for joint in JOINT_NAMES if joint in names}


def test_a_spine_whose_names_count_downwards_is_one(blank_scene: Any) -> None:
    for maker, said in (("rpm", "Spine02 Spine01 Spine"), ("unreal", "spine_03 spine_02 spine_01")):
        names = {**names_of(*MAKERS[maker]), **dict(zip(("spine1", "spine2", "spine3"), said.split(), strict=True))}
        armature = add_skeleton(renamed(made_up_body(1), names), said)
        found = match_skeleton(armature, list(armature.children))
        assert found is not None
        assert found.notes == ()
        assert found.bones == {joint: names[joint] for joint in JOINT_NAMES if joint in names}


def test_apples_thumbs_begin_one_link_before_their_numbers(blank_scene: Any) -> None:
    names = names_of(*MAKERS["apple"])
    for side in ("left", "right"):
        names.update(
            {f"{side}_thumb{n}": f"{side}_handThumb{w}_joint" for n, w in ((1, "Start"), (2, "_1"), (3, "_2"))}
        )
        for finger in FINGERS[1:]:
            short = {"middle": "Mid"}.get(finger, finger.title())
            names.update({f"{side}_{finger}{n}": f"{side}_hand{short}_{n}_joint" for n in (1, 2, 3)})
    armature = add_skeleton(renamed(made_up_body(1), names))
    found = match_skeleton(armature, list(armature.children))
    assert found is not None
    assert found.bones == {joint: names[joint] for joint in JOINT_NAMES if joint in names}


def _between(bones: Bones, new: str, child: str, share: float = 0.5) -> None:
    """Put a bone between another and its parent."""
    parent, place = bones[child]
    bones[new] = parent, bones[parent][1] * (1 - share) + place * share
    bones[child] = new, place


def _without_names(bones: Bones) -> dict[str, str]:
    """Return joint -> bone that structure finds when nothing has a name."""
    names = {f"b{index:03d}": bone for index, bone in enumerate(bones)}
    rig = find_rig(add_skeleton(renamed(bones, {bone: name for name, bone in names.items()})))
    return {joint: names[bone] for joint, bone in rig.bones.items()} if rig is not None else {}


def test_spines_of_five_and_bones_of_the_palm_share_their_joints_segments(blank_scene: Any) -> None:
    names = {**names_of(*MAKERS["unreal"]), "spine3": "spine_04"}
    bones = renamed(made_up_body(1, arms=0.8), names)
    _between(bones, "spine_03", "spine_04")
    _between(bones, "spine_05", "neck_01", 0.4)
    _between(bones, "neck_02", "head")
    for side in "lr":
        bones[f"clavicle_{side}"] = "spine_05", bones[f"clavicle_{side}"][1]
        for finger in FINGERS[1:]:
            _between(bones, f"{finger}_metacarpal_{side}", f"{finger}_01_{side}", 0.25)
    armature = add_skeleton(bones)
    found = match_skeleton(armature, list(armature.children))
    assert found is not None
    assert found.bones == {joint: names[joint] for joint in JOINT_NAMES if joint in names}
    assert found.links == {
        "spine2": ("spine_02", "spine_03"), "spine3": ("spine_04", "spine_05"), "neck": ("neck_01", "neck_02"),
    }  # fmt: skip
    alone = _without_names(bones)
    assert {joint for joint in alone if alone[joint] != names[joint]} <= {"spine2"}
    assert len(alone) >= 52


def test_legs_on_a_pelvis_beside_the_spine_hang_on_the_bone_that_carries_both(blank_scene: Any) -> None:
    names = {**names_of(*MAKERS["mmd"]), "pelvis": "Waist"}
    bones = renamed(made_up_body(2, arms=0.6), names)
    hips = bones["Waist"][1]
    bones.update(
        {"Center": ("", hips * 0.8), "Waist": ("Center", hips), "LowerBody": ("Waist", hips + np.array([0, 0, 0.05]))}
    )
    for side in "LR":
        bones[f"Leg_{side}"] = "LowerBody", bones[f"Leg_{side}"][1]
        _between(bones, f"ArmTwist_{side}", f"Elbow_{side}")
    armature = add_skeleton(bones)
    found = match_skeleton(armature, list(armature.children))
    assert found is not None
    assert (found.kind.name, found.bones["pelvis"]) == ("mmd", "Waist")
    assert found.links["left_shoulder"] == ("Arm_L", "ArmTwist_L")
    alone = _without_names(bones)
    assert {joint: bone for joint, bone in alone.items() if names[joint] != bone} == {}
