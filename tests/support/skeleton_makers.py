"""Names that makers of skeletons give to bones, and the joints that they are."""

from __future__ import annotations

TRUNK = ("pelvis", "spine1", "spine2", "spine3", "neck", "head")
LIMBS = ("hip", "knee", "ankle", "foot", "collar", "shoulder", "elbow", "wrist")
FINGERS = ("thumb", "index", "middle", "ring", "pinky")

MAKERS = {
    "mixamo": (
        "mixamorig9:Hips mixamorig9:Spine mixamorig9:Spine1 mixamorig9:Spine2 mixamorig9:Neck mixamorig9:Head",
        "mixamorig9:{Left}UpLeg mixamorig9:{Left}Leg mixamorig9:{Left}Foot mixamorig9:{Left}ToeBase "
        "mixamorig9:{Left}Shoulder mixamorig9:{Left}Arm mixamorig9:{Left}ForeArm mixamorig9:{Left}Hand",
        "mixamorig9:{Left}Hand{Thumb}{1}",
    ),
    "rpm": (
        "Hips Spine Spine1 Spine2 Neck Head {eye}{Left}Eye",
        "{Left}UpLeg {Left}Leg {Left}Foot {Left}ToeBase {Left}Shoulder {Left}Arm {Left}ForeArm {Left}Hand",
        "{Left}Hand{Thumb}{1}",
    ),
    "unity": (
        "Hips Spine Chest UpperChest Neck Head {eye}{Left}Eye",
        "{Left}UpperLeg {Left}LowerLeg {Left}Foot {Left}Toes {Left}Shoulder {Left}UpperArm {Left}LowerArm {Left}Hand",
        "",
    ),
    "vroid": (
        "J_Bip_C_Hips J_Bip_C_Spine J_Bip_C_Chest J_Bip_C_UpperChest J_Bip_C_Neck J_Bip_C_Head {eye}J_Adj_{L}_FaceEye",
        "J_Bip_{L}_UpperLeg J_Bip_{L}_LowerLeg J_Bip_{L}_Foot J_Bip_{L}_ToeBase J_Bip_{L}_Shoulder J_Bip_{L}_UpperArm "
        "J_Bip_{L}_LowerArm J_Bip_{L}_Hand",
        "J_Bip_{L}_{Thumb}{1}",
    ),
    "unreal": (
        "pelvis spine_01 spine_02 spine_03 neck_01 head",
        "thigh_{l} calf_{l} foot_{l} ball_{l} clavicle_{l} upperarm_{l} lowerarm_{l} hand_{l}",
        "{thumb}_0{1}_{l}",
    ),
    "metahuman": (
        "pelvis spine_01 spine_02 spine_04 neck_01 head {eye}FACIAL_{L}_Eye {jaw}FACIAL_C_Jaw",
        "thigh_{l} calf_{l} foot_{l} ball_{l} clavicle_{l} upperarm_{l} lowerarm_{l} hand_{l}",
        "{thumb}_0{1}_{l}",
    ),
    "cc4": (
        "CC_Base_Hip CC_Base_Waist CC_Base_Spine01 CC_Base_Spine02 CC_Base_NeckTwist01 CC_Base_Head "
        "{eye}CC_Base_{L}_Eye {jaw}CC_Base_JawRoot",
        "CC_Base_{L}_Thigh CC_Base_{L}_Calf CC_Base_{L}_Foot CC_Base_{L}_ToeBase CC_Base_{L}_Clavicle "
        "CC_Base_{L}_Upperarm CC_Base_{L}_Forearm CC_Base_{L}_Hand",
        "CC_Base_{L}_{Thu}{1}",
    ),
    "daz": (
        "hip abdomenLower abdomenUpper chestLower neckLower head {eye}{l}Eye {jaw}lowerJaw",
        "{l}ThighBend {l}Shin {l}Foot {l}Toe {l}Collar {l}ShldrBend {l}ForearmBend {l}Hand",
        "{l}{Thu}{1}",
    ),
    "daz 9": (
        "hip spine1 spine2 spine4 neck1 head {eye}{l}_eye {jaw}lowerjaw",
        "{l}_thigh {l}_shin {l}_foot {l}_toes {l}_shoulder {l}_upperarm {l}_forearm {l}_hand",
        "{l}_{thu}{1}",
    ),
    "biped": (
        "Bip001|Pelvis Bip001|Spine Bip001|Spine1 Bip001|Spine2 Bip001|Neck Bip001|Head",
        "Bip001|{L}|Thigh Bip001|{L}|Calf Bip001|{L}|Foot Bip001|{L}|Toe0 Bip001|{L}|Clavicle Bip001|{L}|UpperArm "
        "Bip001|{L}|Forearm Bip001|{L}|Hand",
        "Bip001|{L}|Finger{0}{-1}",
    ),
    "valve": (
        "ValveBiped.Bip01_Pelvis ValveBiped.Bip01_Spine ValveBiped.Bip01_Spine1 ValveBiped.Bip01_Spine4 "
        "ValveBiped.Bip01_Neck1 ValveBiped.Bip01_Head1",
        "ValveBiped.Bip01_{L}_Thigh ValveBiped.Bip01_{L}_Calf ValveBiped.Bip01_{L}_Foot ValveBiped.Bip01_{L}_Toe0 "
        "ValveBiped.Bip01_{L}_Clavicle ValveBiped.Bip01_{L}_UpperArm ValveBiped.Bip01_{L}_Forearm "
        "ValveBiped.Bip01_{L}_Hand",
        "ValveBiped.Bip01_{L}_Finger{0}{-1}",
    ),
    "rigify_metarig": (
        "spine spine.001 spine.002 spine.003 spine.004 spine.006",
        "thigh.{L} shin.{L} foot.{L} toe.{L} shoulder.{L} upper_arm.{L} forearm.{L} hand.{L}",
        "{f_thumb}.0{1}.{L}",
    ),
    "auto_rig_pro_export": (
        "root.x spine_01.x spine_02.x spine_03.x neck.x head.x",
        "thigh_stretch.{l} leg_stretch.{l} foot.{l} toes_01.{l} shoulder.{l} "
        "arm_stretch.{l} forearm_stretch.{l} hand.{l}",
        "{thumb}{1}.{l}",
    ),
    "bvh": (
        "Hips ToSpine Spine Spine1 Neck Head",
        "{Left}UpLeg {Left}Leg {Left}Foot {Left}ToeBase {Left}Shoulder {Left}Arm {Left}ForeArm {Left}Hand",
        "",
    ),
    "cmu": (
        "root lowerback upperback thorax lowerneck head",
        "{l}femur {l}tibia {l}foot {l}toes {l}clavicle {l}humerus {l}radius {l}wrist",
        "",
    ),
    "mmd": (
        "Center UpperBody UpperBody2 UpperBody3 Neck Head {eye}Eye_{L}",
        "Leg_{L} Knee_{L} Ankle_{L} Toe_{L} Shoulder_{L} Arm_{L} Elbow_{L} Wrist_{L}",
        "",
    ),
    "momentum": (
        "root c_spine0 c_spine2 c_spine3 c_neck c_head {jaw}c_jaw {eye}{l}_eye",
        "{l}_upleg {l}_lowleg {l}_foot {l}_ball {l}_clavicle {l}_uparm {l}_lowarm {l}_wrist",
        "{l}_{thumb}{1}",
    ),
    "smplx": (
        "Pelvis Spine1 Spine2 Spine3 Neck Head",
        "{L}_Hip {L}_Knee {L}_Ankle {L}_Foot {L}_Collar {L}_Shoulder {L}_Elbow {L}_Wrist",
        "{L}_{Thumb}{1}",
    ),
    "advanced_skeleton": (
        "Root_M Spine1_M Spine2_M Chest_M Neck_M Head_M {eye}Eye_{L} {jaw}Jaw_M",
        "Hip_{L} Knee_{L} Ankle_{L} Toes_{L} Scapula_{L} Shoulder_{L} Elbow_{L} Wrist_{L}",
        "{Thumb}Finger{1}_{L}",
    ),
    "vrchat": (
        "Hips Spine Chest Upper|Chest Neck Head {eye}{Left}Eye",
        "{Left}|leg {Left}|knee {Left}|ankle {Left}|toe {Left}|shoulder {Left}|arm {Left}|elbow {Left}|wrist",
        "",
    ),
    "second_life": (
        "mPelvis mTorso mChest - mNeck mHead {eye}mEye{Left} {jaw}mFaceJaw",
        "mHip{Left} mKnee{Left} mAnkle{Left} mFoot{Left} mCollar{Left} mShoulder{Left} mElbow{Left} mWrist{Left}",
        "mHand{Thumb}{1}{Left}",
    ),
    "apple": (
        "hips_joint spine_1_joint spine_3_joint spine_5_joint neck_1_joint head_joint {eye}{left}_eye_joint",
        "{left}_upLeg_joint {left}_leg_joint {left}_foot_joint {left}_toes_joint "
        "{left}_shoulder_1_joint {left}_arm_joint {left}_forearm_joint {left}_hand_joint",
        "",
    ),
    "game": (
        "Hips Abdomen Torso Chest Neck Head",
        "UpperLeg.{L} LowerLeg.{L} Foot.{L} Toes.{L} Shoulder.{L} UpperArm.{L} LowerArm.{L} Hand.{L}",
        "{Thumb}{1}.{L}",
    ),
}
"""Kind -> names of trunk, limbs and finger links as their makers write them (``|`` for a space)."""


def names_of(trunk: str, limbs: str, finger: str) -> dict[str, str]:
    """Return joint -> bone."""
    found: dict[str, str] = {}
    spelled = trunk.split()
    found.update(zip(TRUNK, spelled, strict=False))
    for name in spelled[len(TRUNK) :]:
        if name.startswith("{jaw}"):
            found["jaw"] = name.removeprefix("{jaw}")
    for side in ("left", "right"):
        said = {"{Left}": side.title(), "{left}": side, "{L}": side[0].upper(), "{l}": side[0]}
        parts = {f"{side}_{part}": name for part, name in zip(LIMBS, limbs.split(), strict=True)}
        for name in spelled[len(TRUNK) :]:
            if name.startswith("{eye}"):
                parts[f"{side}_eye_smplhf"] = name.removeprefix("{eye}")
        for number, name in enumerate(FINGERS if finger else ()):
            for link in (1, 2, 3):
                short = {"middle": "mid"}.get(name, name)
                word = finger.replace("{Thumb}", name.title()).replace("{thumb}", name)
                word = word.replace("{Thu}", short.title()).replace("{thu}", short)
                word = word.replace("{f_thumb}", name if name == "thumb" else f"f_{name}")
                word = word.replace("{0}", str(number)).replace("{-1}", str(link - 1) if link > 1 else "")
                parts[f"{side}_{name}{link}"] = word.replace("{1}", str(link))
        for joint, name in parts.items():
            for mark, value in said.items():
                name = name.replace(mark, value)
            found[joint] = name.replace("|", " ")
    return {joint: name.replace("|", " ") for joint, name in found.items() if name != "-"}
