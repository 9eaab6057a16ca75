"""Faces are told by sets of key names, whoever spelled them; one set is driven, the finest that is there."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("bpy")

from key_meshes import named_mesh

from soliloquy.inference.arkit import ARKIT_NAMES
from soliloquy.rigs.mappings.convention import VISEMES
from soliloquy.rigs.mappings.key_names import plain
from soliloquy.rigs.mappings.register import match_face

SOUNDS = "AA EE EH ER F IH IY K L M OW S T TH UH UW W"
OCULUS = [f"viseme_{name}" for name in VISEMES]


def _words(name: str) -> str:
    return "_".join(part.capitalize() for part in "".join(f" {c}" if c.isupper() else c for c in name).split())


def _sided(name: str, left: str, right: str) -> str:
    if name in ("jawLeft", "jawRight", "mouthLeft", "mouthRight"):
        return name
    return (
        name.removesuffix("Left") + left
        if name.endswith("Left")
        else name.removesuffix("Right") + right
        if name.endswith("Right")
        else name
    )


def _side_first(name: str) -> str:
    for side in ("Left", "Right"):
        if name.endswith(side) and name.removesuffix(side) not in ("jaw", "mouth"):
            return f"{side[0]}_{name.removesuffix(side)}"
    return name


SPELLINGS: dict[str, Any] = {
    "apple": lambda i, n: n,
    "lower": lambda i, n: n.lower(),
    "_L": lambda i, n: _sided(n, "_L", "_R"),
    ".L": lambda i, n: _sided(n, ".L", ".R"),
    " Left": lambda i, n: _sided(n, " Left", " Right"),
    "L": lambda i, n: _sided(n, "L", "R"),
    "first": lambda i, n: _side_first(n),
    "rocketbox": lambda i, n: f"AK_{i + 1:02d}_{n[0].upper()}{n[1:]}",
    "rocketbox on a node": lambda i, n: f"Face_BS.AK_{i + 1:02d}_{n[0].upper()}{n[1:]}",
    "explus": lambda i, n: f"A{i + 1:02d}_{_words(n)}",
    "cc": lambda i, n: _sided(_words(n), "L", "R"),
    "daz": lambda i, n: f"Genesis8_1Female__facs_bs_{n[0].upper()}{n[1:]}" + ("_div2" if i % 2 else ""),
    "maya": lambda i, n: f"blendShape1.{n}",
    "namespace": lambda i, n: f"hero:Face|{n}",
    "copies": lambda i, n: f"{n}.001",
}  # fmt: skip


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_arkit_is_known_in_every_spelling(blank_scene: Any, spelling: str) -> None:
    names = [SPELLINGS[spelling](index, name) for index, name in enumerate(ARKIT_NAMES)]
    found = match_face([named_mesh(names)])
    assert found is not None
    assert found.kind.name == "arkit"
    ((_, keys),) = found.keys
    shown = {name: [part for part, _ in shows.mix] for name, shows in keys.items()}
    assert shown == {spelled: [name] for spelled, name in zip(names, ARKIT_NAMES, strict=True)}


def test_halves_are_driven_and_the_whole_rests(blank_scene: Any) -> None:
    halves = ["browInnerUp_L", "browInnerUp_R", "cheekPuff_L", "cheekPuff_R"]
    found = match_face([named_mesh([*ARKIT_NAMES, *halves, "mouthSmile", "eyesClosed"])])
    assert found is not None
    ((_, keys),) = found.keys
    assert set(halves) <= set(keys)
    assert not {"browInnerUp", "cheekPuff", "mouthSmile", "eyesClosed"} & set(keys)
    assert len(found.coefficients) == 52


def test_of_four_sets_in_one_mesh_one_is_driven(blank_scene: Any) -> None:
    rocketbox = [SPELLINGS["rocketbox"](i, n) for i, n in enumerate(ARKIT_NAMES)]
    oculus = [f"AA_VI_{i:02d}_{n}" for i, n in enumerate(VISEMES)]
    others = ["AU_26_JawDrop", "AU_12_L_LipCornerPuller", "SR_21_Jaw_Open", "HB_07_MouthSmile", "_Neutral"]
    found = match_face([named_mesh([*oculus, *rocketbox, *others])])
    assert found is not None
    assert {name for _, keys in found.keys for name in keys} == set(rocketbox)
    assert found.poses == ()


def test_every_mesh_with_the_keys_is_driven_and_each_by_its_own_names(blank_scene: Any) -> None:
    head, teeth = named_mesh([*ARKIT_NAMES, *OCULUS]), named_mesh(["jawOpen", "Jaw_Left"], "Teeth")
    eyes = ("eyeBlink", "eyeLookUp", "eyeLookDown", "eyeUpperLidUp", "browDown")
    lashes = named_mesh([f"CTRL_expressions_{name}{side}" for name in eyes for side in "LR"], "Lashes")
    found = match_face([head, teeth, lashes, named_mesh(["Tall"], "Boots")])
    assert found is not None
    assert {mesh.name: len(keys) for mesh, keys in found.keys} == {"Face": 52, "Teeth": 2, "Lashes": 10}


@pytest.mark.parametrize(
    ("kind", "names", "visemes"),
    [
        ("oculus_visemes", OCULUS, 15),
        ("oculus_visemes", [f"vrc.v_{name.lower()}" for name in (*VISEMES[:11], "e", "ih", "oh", "ou")], 15),
        ("oculus_visemes", [f"AA_VI_{i:02d}_{name}" for i, name in enumerate(VISEMES)], 15),
        ("oculus_visemes", ["PP", "kk", "CH", "nn", "RR", "aa", "E", "ih", "oh", "ou", "SS", "FF", "eyesClosed"], 12),
        ("vowels", ["A", "I", "U", "E", "O", "Blink"], 5),
        ("vowels", ["aa", "ih", "ou", "ee", "oh", "blinkLeft", "happy"], 5),
        ("vowels", [f"Face.M_F00_000_00_Fcl_{n}" for n in ("EYE_Close_L", *(f"MTH_{v}" for v in "AIUEO"))], 5),
        ("vowels", ["lip_a", "lip_i", "lip_u", "lip_e", "lip_o", "blink_L", "eye_close", "look_up"], 5),
        ("mmd", ["あ", "い", "う", "え", "お", "まばたき", "ｳｨﾝｸ２", "ウィンク２右", "にやり", "困る"], 5),
        ("preston_blair", ["AI", "E", "O", "U", "CDGKNRSThYZ", "FV", "L", "MBP", "WQ", "rest"], 10),
        ("preston_blair", [f"mouth_{n}" for n in ("AI", "E", "O", "U", "etc", "FV", "L", "MBP")], 8),
        ("lettered_mouths", [f"mouth_{letter}" for letter in "ABCDEFGHX"], 9),
        ("phonemes", [f"head_vis_{sound}" for sound in SOUNDS.split()], 13),
        ("phonemes", [f"eCTRLv{sound}" for sound in SOUNDS.split()], 13),
        ("phonemes", ["Ah", "D", "Ee", "F", "L", "M", "Oh", "R", "S", "Uh", "W-Oo", "Neutral"], 10),
        ("azure_visemes", [f"viseme_{number}" for number in range(22)], 15),
        (
            "character_creator_visemes",
            ["V_Open", "V_Explosive", "V_Dental_Lip", "V_Tight_O", "V_Tight", "V_Wide", "V_Affricate"],
            7,
        ),
    ],
)  # fmt: skip
def test_mouths_are_known(blank_scene: Any, kind: str, names: list[str], visemes: int) -> None:
    found = match_face([named_mesh(names)])
    assert found is not None
    assert found.kind.name == kind
    assert found.enough
    assert found.visemes == visemes


def test_one_blink_takes_the_greater_eye_and_rests_beside_two(blank_scene: Any) -> None:
    alone = match_face([named_mesh([*OCULUS, "Blink"])])
    both = match_face([named_mesh([*OCULUS, "Blink", "Blink_L", "Blink_R"], "Both")])
    assert alone is not None
    assert both is not None
    ((_, keys),) = alone.keys
    assert keys["Blink"].greatest
    ((_, keys),) = both.keys
    assert set(keys) == {"Blink_L", "Blink_R"}


def test_metahuman_parts_go_together_and_a_whole_alone_is_driven(blank_scene: Any) -> None:
    parts = [f"head_lod0_mesh__CTRL_expressions_mouthFunnel{q}" for q in ("UL", "UR", "DL", "DR")]
    both = ("mouthCornerPull", "eyeBlink", "browRaiseIn", "browDown", "browLateral")
    sided = [f"CTRL_expressions_{name}{side}" for name in both for side in "LR"]
    looks = [f"CTRL_expressions_eyeLook{way}{s}" for way in ("Left", "Right", "Up", "Down") for s in "LR"]
    plain_ones = [f"CTRL_expressions_{name}" for name in ("jawOpen", "mouthFunnel", "mouthPucker")]
    found = match_face([named_mesh([*parts, *sided, *looks, *plain_ones])])
    assert found is not None
    assert found.kind.name == "metahuman"
    ((_, keys),) = found.keys
    shown = {name: shows.mix[0][0] for name, shows in keys.items()}
    assert [shown[name] for name in parts] == ["mouthFunnel"] * 4
    assert "CTRL_expressions_mouthFunnel" not in shown
    assert shown["CTRL_expressions_mouthPucker"] == "mouthPucker"
    assert shown["CTRL_expressions_eyeLookRightL"] == "eyeLookInLeft"
    assert shown["CTRL_expressions_eyeLookLeftR"] == "eyeLookInRight"
    assert shown["CTRL_expressions_mouthCornerPullR"] == "mouthSmileRight"


def _pairs(names: str) -> list[str]:
    return [f"{name}_{side}" for name in names.split() for side in "LR"]


def test_facs_and_character_creator_are_known(blank_scene: Any) -> None:
    facs = _pairs("browLowerer innerBrowRaiser eyesClosed lipCornerPuller lidTightener dimpler lipStretcher")
    facs += ["jawDrop", "lipsToward", *(f"lipFunneler_{q}" for q in ("LB", "LT", "RB", "RT")), "jawThrust"]
    found = match_face([named_mesh(facs)])
    assert found is not None
    assert found.kind.name == "facs"
    assert len(found.keys[0][1]) == len(facs)
    cc = _pairs(
        "Brow_Drop Brow_Raise_Inner Brow_Raise_Outer Eye_Blink Eye_Squint Cheek_Raise Nose_Sneer Mouth_Smile "
        "Mouth_Frown Mouth_Up_Upper Mouth_Down_Lower Mouth_Funnel_Up Mouth_Funnel_Down Mouth_Roll_In_Upper "
        "Eye_L_Look Eye_R_Look"
    )
    cc += ["Jaw_Open", "Mouth_Close", "V_Open", "Tongue_Out"]
    found = match_face([named_mesh(cc, "CC")])
    assert found is not None
    assert found.kind.name == "character_creator"
    shown = {name: shows.mix[0][0] for name, shows in found.keys[0][1].items()}
    assert shown["Eye_R_Look_L"] == "eyeLookInRight"
    assert "V_Open" not in shown


def test_faces_of_trackers_and_games_show_what_their_names_say(blank_scene: Any) -> None:
    unified = [
        f"{n}{s}" for n in ["EyeClosed", "BrowLowerer", "MouthCornerPull", "LipPuckerUpper"] for s in ("Left", "Right")
    ]
    unified += ["JawOpen", "MouthClosed", "MouthRaiserLower", "LipFunnel", "MouthUpperLeft", "MouthLowerLeft"]
    vive = ["Jaw_Open", "Mouth_Ape_Shape", "Mouth_Pout", "Mouth_Sad_Left", "Mouth_Smile_Left", "Mouth_Upper_UpRight"]
    vive += ["Mouth_Lower_DownLeft", "Mouth_Upper_Inside", "Mouth_Upper_Left", "Mouth_Upper_Right"]
    vive += [f"Eye_{s}_{n}" for s in ("Left", "Right") for n in ["Blink", "Wide", "Left", "Right", "Up", "Down"]]
    valve = ["jaw_drop", "chin_raiser", "presser", *(f"{s}_{n}" for s in ("left", "right") for n in (
        "corner_puller", "corner_depressor", "CloseLidUpper", "inner_raiser", "puckerer", "mouth_drop"))]  # fmt: skip
    lab = [
        f"Expressions_{n}_max"
        for n in ["mouthOpen", "mouthSmileL", "mouthSmileR", "eyeClosedL", "eyeClosedR", "jawOut"]
    ]
    lab += [f"Expressions_{n}_max" for n in ["browsMidVert", "mouthOpenO", "mouthInflated", "tongueOut", "eyeSquintL"]]
    fuse = [
        f"{n}_{s}" for n in ["Blink", "BrowsUp", "Smile", "Jaw", "Midmouth", "MouthNarrow"] for s in ("Left", "Right")
    ]
    fuse += ["MouthOpen", "LowerLipIn", "UpperLipOut", "JawForeward", "MouthWhistle_NarrowAdjust_Left"]
    shift = ["BrowsU_C", "BrowsD_L", "EyeOpen_R", "EyeBlink_L", "JawChew", "JawOpen", "LipsFunnel", "LipsLowerClose"]
    shift += ["LipsUpperUp", "MouthFrown_R", "Puff", "ChinLowerRaise", "EyeIn_L"]
    for kind, keys, shown in (
        ("mixamo_face", fuse, {"Jaw_Left": "jawLeft", "Midmouth_Right": "mouthRight", "MouthOpen": "jawOpen"}),
        ("faceshift", shift, {"BrowsU_C": "browInnerUp", "JawChew": "mouthClose", "EyeOpen_R": "eyeWideRight"}),
        ("unified_expressions", unified, {"EyeClosedLeft": "eyeBlinkLeft", "MouthLowerLeft": "mouthLeft"}),
        ("sranipal", vive, {"Eye_Right_Left": "eyeLookInRight", "Mouth_Ape_Shape": "mouthClose"}),
        ("valve", valve, {"right_mouth_drop": "mouthLowerDownRight", "right_CloseLidUpper": "eyeBlinkRight"}),
        ("mb_lab", lab, {"Expressions_mouthSmileR_max": "mouthSmileRight", "Expressions_mouthOpen_max": "jawOpen"}),
    ):
        found = match_face([named_mesh(keys, kind)])
        assert found is not None
        assert found.kind.name == kind
        assert found.enough
        assert len(found.keys[0][1]) == len(keys)
        assert {name: found.keys[0][1][name].mix[0][0] for name in shown} == shown


def test_clothes_and_props_are_no_faces(blank_scene: Any) -> None:
    found = match_face([named_mesh(["Open", "Close", "Long", "E", "A", "Key 1"])])
    assert found is None or not found.enough


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("mouthSmile.L", "mouthsmileleft"), ("L_mouth_smile", "mouthsmileleft"), ("jawLeft", "jawleft"),
        ("BS.mouthSmile_Left", "mouthsmileleft"), ("L", "l"), ("a|b:EYE-squint.R", "eyesquintright"),
        ("まばたき", "まばたき"),
    ],
)  # fmt: skip
def test_spellings_of_one_name_are_alike(name: str, bare: str) -> None:
    assert plain(name) == bare


FILES = {
    "arkit_facecap_livemode.fbx": ("arkit", 51, 0),
    "rocketbox_f01_facial.fbx": ("arkit", 52, 0),
    "names_oculus15_mixamo.blend": ("oculus_visemes", 0, 15),
    "names_mmd_japanese.blend": ("mmd", 7, 6),
    "names_metahuman.blend": ("metahuman", 52, 0),
    "vrm0_godette.vrm": ("vrm", 0, 5),
}


@pytest.mark.parametrize("file", FILES)
def test_files_of_others(blank_scene: Any, rig_files: Any, file: str) -> None:
    from rig_files import open_rig

    meshes = [obj for obj in open_rig(rig_files / file) if obj.type == "MESH"]
    found = match_face(meshes)
    assert found is not None
    assert (found.kind.name, len(found.coefficients), found.visemes) == FILES[file]
