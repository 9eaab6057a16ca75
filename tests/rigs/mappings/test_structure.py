"""Joints found without names: any proportions, turned and scaled data, and what bodies have besides their joints."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from made_up_skeleton import Bones, add_skeleton, made_up_body, renamed

from soliloquy.inference.skeleton import JOINT_NAMES
from soliloquy.rigs.mappings.bone_graph import graph_of
from soliloquy.rigs.mappings.register import match_skeleton
from soliloquy.rigs.mappings.structure import find_body
from soliloquy.rigs.rig import find_rig, rigs_in_scene, why_no_rig

Y_UP = 100.0 * np.array([[1.0, 0, 0], [0, 0, 1], [0, -1, 0]])
"""Data in centimetres with Y up, facing +Z."""
BACKWARDS = np.diag([-1.0, -1.0, 1.0])
"""Facing +Y, as files of VRM 0.x do."""


def _anonymous(bones: Bones) -> Bones:
    return renamed(bones, {name: f"b{index:03d}" for index, name in enumerate(bones)})


def _found(bones: Bones, **options: Any) -> tuple[dict[str, str], Any]:
    """Return joint -> the name that its bone had before all names were taken away, and the armature."""
    names = dict(zip(_anonymous(bones), bones, strict=True))
    armature = add_skeleton(_anonymous(bones), **options)
    rig = find_rig(armature)
    assert rig is not None, why_no_rig(armature)
    assert rig.skeleton == "humanoid"
    return {joint: names[bone] for joint, bone in rig.bones.items()}, armature


def _right(found: dict[str, str]) -> bool:
    return all(joint == bone for joint, bone in found.items())


@pytest.mark.parametrize("turn", [np.eye(3), BACKWARDS, Y_UP, 0.01 * np.eye(3)], ids=["plain", "+Y", "Y up", "small"])
def test_bodies_of_any_proportions_are_found_whole(blank_scene: Any, turn: np.ndarray) -> None:
    for seed in range(4):
        found, _ = _found(made_up_body(seed, arms=0.3 * seed), turn=turn)
        assert _right(found)
        assert set(JOINT_NAMES) - set(found) <= {"jaw"}


def test_left_and_right_go_by_which_way_the_object_stands_too(blank_scene: Any) -> None:
    _, armature = _found(made_up_body(1))
    armature.rotation_euler = (0.0, 0.0, 2.0)
    armature.scale = (0.01, 0.01, 0.01)
    assert find_rig(armature).bones == _bones_again(armature)


def test_a_mirrored_object_keeps_the_sides_of_its_body(blank_scene: Any) -> None:
    _, armature = _found(made_up_body(1))
    before = find_rig(armature).bones
    armature.scale = (-1.0, 1.0, 1.0)
    bpy.context.view_layer.update()
    assert find_rig(armature).bones == before


def _bones_again(armature: Any) -> dict[str, str]:
    found = match_skeleton(armature, armature.children)
    assert found is not None
    return found.bones


def test_twist_bones_tails_leaves_and_hair_are_none_of_its_joints(blank_scene: Any) -> None:
    bones = made_up_body(2)
    for side in ("left", "right"):
        for upper, lower in (("shoulder", "elbow"), ("elbow", "wrist"), ("hip", "knee")):
            start, end = bones[f"{side}_{upper}"][1], bones[f"{side}_{lower}"][1]
            for share in (0.3, 0.7):
                bones[f"{side} {upper} twist {share}"] = f"{side}_{upper}", start + share * (end - start)
        for finger in ("thumb", "index", "middle", "ring", "pinky"):
            last, before = bones[f"{side}_{finger}3"][1], bones[f"{side}_{finger}2"][1]
            bones[f"{side} {finger} end"] = f"{side}_{finger}3", 2 * last - before
    for chain, parent, start, step in (
        ("tail", "pelvis", (0, 0.1, 0.0), (0, 0.12, -0.08)),
        ("hair", "head", (0, 0.08, 0.12), (0, 0.03, -0.1)),
        ("fringe", "head", (0.04, -0.1, 0.15), (0.01, -0.01, -0.03)),
        ("pack", "spine3", (0, 0.15, 0.05), (0, 0.02, -0.1)),
    ):
        place = bones[parent][1] + start
        for number in range(4):
            bones[f"{chain} {number}"] = parent, place
            parent, place = f"{chain} {number}", place + step
    bones["root"] = "", np.zeros(3)
    bones["pelvis"] = "root", bones["pelvis"][1]
    found, _ = _found(bones)
    assert _right(found)
    assert {f"{s}_{p}" for s in ("left", "right") for p in ("wrist", "thumb1", "pinky3", "ankle")} <= set(found)


def test_a_third_arm_is_refused_in_a_sentence(blank_scene: Any) -> None:
    bones = made_up_body(3)
    arm = [name for name in bones if name.startswith("left_") and any(p in name for p in _ARM)]
    for name in arm:
        parent, place = bones[name]
        third = f"third {name}"
        bones[third] = f"third {parent}" if parent in arm else "spine2", place - np.array([0.0, 0.0, 0.2])
    armature = add_skeleton(_anonymous(bones))
    assert find_rig(armature) is None
    assert "more than two arms" in why_no_rig(armature)


_ARM = ("collar", "shoulder", "elbow", "wrist", "index", "middle", "ring", "pinky", "thumb")


def test_an_animal_and_a_machine_are_no_bodies(blank_scene: Any) -> None:
    dog = made_up_body(0)
    lying = np.array([[1.0, 0, 0], [0, 0, -1.0], [0, 1.0, 0]])
    trunk = ("spine1", "spine2", "spine3", "neck", "head", "jaw")
    for name, (parent, place) in dog.items():
        if name in trunk or any(part in name for part in (*_ARM, "eye")):
            centre = dog["pelvis"][1]
            dog[name] = parent, centre + lying @ (place - centre)
    for side in ("left", "right"):  # forelegs reach the ground
        start = dog[f"{side}_shoulder"][1]
        for index, part in enumerate(("elbow", "wrist")):
            dog[f"{side}_{part}"] = dog[f"{side}_{part}"][0], start * (1, 1, 0.5 - 0.45 * index)
    assert (
        find_rig(add_skeleton(_anonymous({n: b for n, b in dog.items() if n[-1] not in "123" or n in trunk}))) is None
    )
    crane = {f"link {i}": (f"link {i - 1}" if i else "", np.array([0.1 * i, 0, 0.3 * i])) for i in range(12)}
    assert find_rig(add_skeleton(crane)) is None


def test_empty_and_damaged_armatures_are_no_bodies(blank_scene: Any) -> None:
    assert find_rig(add_skeleton({}, mesh=False)) is None
    loose = {f"bone {index}": ("", np.zeros(3)) for index in range(40)}
    assert find_rig(add_skeleton(loose)) is None
    graph = graph_of(add_skeleton(made_up_body(0)))
    graph.heads[5] = np.nan
    assert find_body(graph).bones == {}


def test_of_two_armatures_the_one_that_deforms_comes_first(blank_scene: Any) -> None:
    bare = add_skeleton(made_up_body(0), "Bare", mesh=False)
    dressed = add_skeleton(made_up_body(0), "Dressed")
    found = [rig.armature for rig in rigs_in_scene(blank_scene)]
    assert found == [dressed, bare]


def test_asking_again_is_quick(blank_scene: Any) -> None:
    _, armature = _found(made_up_body(0))
    match_skeleton(armature, armature.children)
    began = time.perf_counter()
    for _ in range(20):
        match_skeleton(armature, armature.children)
    assert (time.perf_counter() - began) / 20 < 0.005
