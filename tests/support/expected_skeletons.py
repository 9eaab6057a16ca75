"""Which bone of the rigs in ../shared/data/rigs is which joint, written by hand after looking at where each lies."""

from __future__ import annotations

_FINGERS = ("thumb", "index", "middle", "ring", "pinky")


def _joints(
    trunk: dict[str, str], limbs: dict[str, str], sides: tuple[str, str], fingers: dict[str, tuple[str, ...]]
) -> dict[str, str]:
    """Return joint -> bone; ``{s}`` in a name stands for the side."""
    found = dict(trunk)
    for side, said in zip(("left", "right"), sides, strict=True):
        found.update({f"{side}_{part}": name.format(s=said) for part, name in limbs.items()})
        for finger, links in fingers.items():
            found.update({f"{side}_{finger}{number}": name.format(s=said) for number, name in enumerate(links, 1)})
    return found


def _numbered(pattern: str, names: tuple[str, ...] = _FINGERS, links: str = "123") -> dict[str, tuple[str, ...]]:
    """Return finger -> bones from a pattern with ``{f}`` for the finger and ``{n}`` for the link."""
    return {
        finger: tuple(pattern.replace("{f}", name).replace("{n}", link) for link in links)
        for finger, name in zip(_FINGERS, names, strict=True)
    }


_MIXAMO = _joints(
    {
        "pelvis": "mixamorig:Hips", "spine1": "mixamorig:Spine", "spine2": "mixamorig:Spine1",
        "spine3": "mixamorig:Spine2", "neck": "mixamorig:Neck", "head": "mixamorig:Head",
    },
    {
        "collar": "mixamorig:{s}Shoulder", "shoulder": "mixamorig:{s}Arm", "elbow": "mixamorig:{s}ForeArm",
        "wrist": "mixamorig:{s}Hand", "hip": "mixamorig:{s}UpLeg", "knee": "mixamorig:{s}Leg",
        "ankle": "mixamorig:{s}Foot", "foot": "mixamorig:{s}ToeBase",
    },
    ("Left", "Right"),
    _numbered("mixamorig:{s}Hand{f}{n}", ("Thumb", "Index", "Middle", "Ring", "Pinky")),
)  # fmt: skip
_UNREAL = _joints(
    {
        "pelvis": "pelvis", "spine1": "spine_01", "spine2": "spine_02", "spine3": "spine_03", "neck": "neck_01",
        "head": "head",
    },
    {
        "collar": "clavicle_{s}", "shoulder": "upperarm_{s}", "elbow": "lowerarm_{s}", "wrist": "hand_{s}",
        "hip": "thigh_{s}", "knee": "calf_{s}", "ankle": "foot_{s}", "foot": "ball_{s}",
    },
    ("l", "r"),
    _numbered("{f}_0{n}_{s}"),
)  # fmt: skip
_BIPED = _joints(
    {
        "pelvis": "Bip01 Pelvis", "spine1": "Bip01 Spine", "spine2": "Bip01 Spine1", "spine3": "Bip01 Spine2",
        "neck": "Bip01 Neck", "head": "Bip01 Head", "jaw": "Bip01 MJaw",
    },
    {
        "collar": "Bip01 {s} Clavicle", "shoulder": "Bip01 {s} UpperArm", "elbow": "Bip01 {s} Forearm",
        "wrist": "Bip01 {s} Hand", "hip": "Bip01 {s} Thigh", "knee": "Bip01 {s} Calf", "ankle": "Bip01 {s} Foot",
        "foot": "Bip01 {s} Toe0", "eye_smplhf": "Bip01 {s}Eye",
    },
    ("L", "R"),
    {
        finger: (f"Bip01 {{s}} Finger{n}", f"Bip01 {{s}} Finger{n}1", f"Bip01 {{s}} Finger{n}2")
        for n, finger in enumerate(_FINGERS)
    },
)  # fmt: skip
_SMPLX = _joints(
    {name: name for name in ("pelvis", "spine1", "spine2", "spine3", "neck", "head", "jaw")},
    {
        part: f"{{s}}_{part}"
        for part in ("collar", "shoulder", "elbow", "wrist", "hip", "knee", "ankle", "foot", "eye_smplhf")
    },
    ("left", "right"),
    _numbered("{s}_{f}{n}"),
)
_MOMENTUM = _joints(
    {
        "pelvis": "b_root", "spine1": "b_spine0", "spine2": "b_spine2", "spine3": "b_spine3", "neck": "b_neck0",
        "head": "b_head", "jaw": "b_jaw",
    },
    {
        "collar": "b_{s}_shoulder", "shoulder": "b_{s}_arm", "elbow": "b_{s}_forearm", "wrist": "b_{s}_wrist",
        "hip": "b_{s}_upleg", "knee": "b_{s}_leg", "ankle": "b_{s}_talocrural", "foot": "b_{s}_ball",
        "eye_smplhf": "b_{s}_eye",
    },
    ("l", "r"),
    {**_numbered("b_{s}_{f}{n}"), "thumb": ("b_{s}_thumb0", "b_{s}_thumb2", "b_{s}_thumb3")},
)  # fmt: skip
_SUMERIAN = _joints(
    {
        "pelvis": "char:def_c_hip", "spine1": "char:def_c_spineA", "spine2": "char:def_c_spineC",
        "spine3": "char:def_c_spineD", "neck": "char:def_c_neckA", "head": "char:def_c_neckB", "jaw": "char:def_c_jaw",
    },
    {
        "collar": "char:def_{s}_clav", "shoulder": "char:def_{s}_shoulder", "elbow": "char:def_{s}_elbow",
        "wrist": "char:def_{s}_wrist", "hip": "char:def_{s}_thigh", "knee": "char:def_{s}_knee",
        "ankle": "char:def_{s}_ankle", "foot": "char:def_{s}_ball", "eye_smplhf": "char:def_{s}_eye",
    },
    ("l", "r"),
    _numbered("char:def_{s}_fng{f}{n}", ("Thumb", "Index", "Mid", "Ring", "Pinky"), "ABC"),
)  # fmt: skip
_MAKEHUMAN = _joints(
    {
        "pelvis": "root", "spine1": "spine05", "spine2": "spine03", "spine3": "spine01", "neck": "neck01",
        "head": "head", "jaw": "jaw",
    },
    {
        "collar": "clavicle.{s}", "shoulder": "upperarm01.{s}", "elbow": "lowerarm01.{s}", "wrist": "wrist.{s}",
        "hip": "upperleg01.{s}", "knee": "lowerleg01.{s}", "ankle": "foot.{s}", "eye_smplhf": "eye.{s}",
    },
    ("L", "R"),
    _numbered("finger{f}-{n}.{s}", ("1", "2", "3", "4", "5")),
)  # fmt: skip
_RIGIFY = _joints(
    {
        "pelvis": "torso", "spine1": "spine_fk.002", "spine2": "spine_fk.003", "spine3": "spine_fk.004",
        "neck": "neck", "head": "head", "jaw": "jaw_master",
    },
    {
        "collar": "shoulder.{s}", "shoulder": "upper_arm_fk.{s}", "elbow": "forearm_fk.{s}", "wrist": "hand_fk.{s}",
        "hip": "thigh_fk.{s}", "knee": "shin_fk.{s}", "ankle": "foot_fk.{s}", "foot": "toe_fk.{s}",
        "eye_smplhf": "eye_master.{s}",
    },
    ("L", "R"),
    {**_numbered("f_{f}.0{n}.{s}"), "thumb": ("thumb.01.{s}", "thumb.02.{s}", "thumb.03.{s}")},
)  # fmt: skip
_RIGIFY_DEFORMING = _joints(
    {
        "pelvis": "DEF-spine", "spine1": "DEF-spine.001", "spine2": "DEF-spine.003", "spine3": "DEF-spine.004",
        "neck": "DEF-spine.005", "head": "DEF-spine.006",
    },
    {
        "collar": "DEF-shoulder.{s}", "shoulder": "DEF-upper_arm.{s}", "elbow": "DEF-forearm.{s}",
        "wrist": "DEF-hand.{s}", "hip": "DEF-thigh.{s}", "knee": "DEF-shin.{s}", "ankle": "DEF-foot.{s}",
        "foot": "DEF-toe.{s}",
    },
    ("L", "R"),
    {**_numbered("DEF-f_{f}.0{n}.{s}"), "thumb": ("DEF-thumb.01.{s}", "DEF-thumb.02.{s}", "DEF-thumb.03.{s}")},
)  # fmt: skip
_CMU = _joints(
    {"pelvis": "hip", "spine1": "abdomen", "spine2": "chest", "neck": "neck", "head": "head"},
    {
        "collar": "{s}Collar", "shoulder": "{s}Shldr", "elbow": "{s}ForeArm", "wrist": "{s}Hand", "hip": "{s}Thigh",
        "knee": "{s}Shin", "ankle": "{s}Foot",
    },
    ("l", "r"),
    _numbered("{s}{f}{n}", ("Thumb", "Index", "Mid", "Ring", "Pinky"), "12"),
)  # fmt: skip
_CMU.update({"left_eye_smplhf": "leftEye", "right_eye_smplhf": "rightEye"})
_KAYKIT = _joints(
    {"pelvis": "hips", "spine1": "spine", "spine2": "chest", "head": "head"},
    {
        "shoulder": "upperarm.{s}", "elbow": "lowerarm.{s}", "wrist": "wrist.{s}", "hip": "upperleg.{s}",
        "knee": "lowerleg.{s}", "ankle": "foot.{s}", "foot": "toes.{s}",
    },
    ("l", "r"),
    {},
)  # fmt: skip
_QUATERNIUS = _joints(
    {
        "pelvis": "Hips", "spine1": "Abdomen", "spine2": "Torso", "spine3": "Chest", "neck": "Neck", "head": "Head",
    },
    {
        "collar": "Shoulder.{s}", "shoulder": "UpperArm.{s}", "elbow": "LowerArm.{s}", "wrist": "Hand.{s}",
        "hip": "UpperLeg.{s}", "knee": "LowerLeg.{s}", "ankle": "Foot.{s}",
    },
    ("L", "R"),
    _numbered("{f}{n}.{s}", ("Thumb", "Index", "Middle", "Ring", "Pinky")),
)  # fmt: skip
_GODETTE = _joints(
    {
        "pelvis": "pelvis_Armature", "spine1": "tummy_Armature", "spine2": "chest_Armature", "neck": "neck_Armature",
        "head": "head_Armature",
    },
    {
        "collar": "shoulder.{s}_Armature", "shoulder": "upper_arm.{s}_Armature", "elbow": "lowerarm.{s}_Armature",
        "wrist": "hand.{s}_Armature", "hip": "thigh.{s}_Armature", "knee": "shin.{s}_Armature",
        "ankle": "foot.{s}_Armature", "foot": "toes.{s}_Armature",
    },
    ("l", "r"),
    {
        "thumb": ("thumb.1.{s}_Armature", "thumb.2.{s}_Armature", "thumb.3.{s}_Armature"),
        "index": ("Finger.{s}_Armature", "Finger.001.{s}_Armature", "Finger.002.{s}_Armature"),
        "middle": ("f2a.{s}_Armature", "f2b.{s}_Armature", "f2c.{s}_Armature"),
        "pinky": ("f3a.{s}_Armature", "f3b.{s}_Armature", "f3c.{s}_Armature"),
    },
)  # fmt: skip
_JAPANESE = _joints(
    {
        "pelvis": "センター", "spine1": "上半身", "spine2": "上半身2", "spine3": "上半身3", "neck": "首", "head": "頭",
    },
    {
        "collar": "{s}肩", "shoulder": "{s}腕", "elbow": "{s}ひじ", "wrist": "{s}手首", "hip": "{s}足",
        "knee": "{s}ひざ", "ankle": "{s}足首", "foot": "{s}つま先",
    },
    ("左", "右"),
    {
        "thumb": ("{s}親指０", "{s}親指１", "{s}親指２"),
        **{
            finger: tuple(f"{{s}}{name}{link}" for link in "１２３")
            for finger, name in zip(_FINGERS[1:], ("人指", "中指", "薬指", "小指"), strict=True)
        },
    },
)  # fmt: skip
_FLAME = {"neck": "neck", "jaw": "jaw", "left_eye_smplhf": "left_eye", "right_eye_smplhf": "right_eye"}

EXPECTED: dict[str, tuple[str, dict[str, str]]] = {
    "cmu_mocap_91_48.fbx": ("bvh", _CMU),
    "flame_layout.blend": ("flame", _FLAME),
    "kaykit_knight.glb": ("game", _KAYKIT),
    "momentum_body_158.fbx": ("momentum", _MOMENTUM),
    "mpfb_default_face.blend": ("makehuman", _MAKEHUMAN),
    "mpfb_game_engine.blend": ("unreal", _UNREAL),
    "mpfb_mixamo_face.blend": ("mixamo", _MIXAMO),
    "mpfb_rigify_face.blend": ("rigify", _RIGIFY),
    "names_metahuman.blend": ("unreal", _UNREAL),
    "names_mmd_japanese.blend": ("mmd", _JAPANESE),
    "names_oculus15_mixamo.blend": ("mixamo", _MIXAMO),
    "quaternius_suit_f.glb": ("game", _QUATERNIUS),
    "rocketbox_f01_facial.fbx": ("biped", _BIPED),
    "rocketbox_m08_body_only.fbx": ("biped", _BIPED),
    "smplx_official_layout.blend": ("smplx", _SMPLX),
    "smplx_unity_layout.fbx": ("smplx", _SMPLX),
    "sumerian_luke_boneface.glb": ("sumerian", _SUMERIAN),
    "ue_mannequin_m2m_male.glb": ("unreal", _UNREAL),
    "ue_names_m2m_bunny.glb": ("unreal", _UNREAL),
    "vrm0_godette.vrm": ("vrm", _GODETTE),
}
"""File -> kind, and joint -> bone."""
OTHERS_ALIKE: dict[str, dict[str, tuple[str, ...]]] = {
    "mpfb_rigify_face.blend": {joint: (bone,) for joint, bone in _RIGIFY_DEFORMING.items()},
    "mpfb_default_face.blend": {"spine2": ("spine03", "spine02")},
    "vrm0_godette.vrm": {
        f"{side}_ring{number}": (f"f3{letter}.{side[0]}_Armature",)
        for side in ("left", "right")
        for number, letter in enumerate("abc", 1)
    },
}
"""What is as right without names: bones that deform in place of controls, the middle of a spine of five, the third of
three fingers."""
