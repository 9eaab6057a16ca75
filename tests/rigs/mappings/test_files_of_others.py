"""Rigs made by others: every file gives its kind and its joints, by names and by structure alone, and no wrong one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

bpy = pytest.importorskip("bpy")

from expected_skeletons import EXPECTED, OTHERS_ALIKE
from rig_files import armature_of, open_rig

from soliloquy.rigs.mappings.bone_graph import deforming, graph_of
from soliloquy.rigs.mappings.register import match_skeleton
from soliloquy.rigs.mappings.structure import Body, find_body
from soliloquy.rigs.rig import find_rig
from soliloquy.rigs.vrm.properties import HUMANOID_PROPERTY

BODY = (
    "pelvis", "spine1", "spine2", "head",
    *(f"{s}_{p}" for s in ("left", "right") for p in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")),
)  # fmt: skip


@pytest.fixture(scope="module")
def opened(rig_files: Path) -> Iterator[dict[str, tuple[Any, list[Any]]]]:
    """File -> its armature and its meshes, all in one scene."""
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    found = {}
    for name in EXPECTED:
        objects = open_rig(rig_files / name)
        found[name] = armature_of(objects), [obj for obj in objects if obj.type == "MESH"]
    yield found
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)


def _structure(armature: Any, meshes: list[Any]) -> Body:
    still = {bone.name for bone in armature.data.bones if not bone.use_deform}
    return find_body(graph_of(armature), deforming(armature, meshes), still)


def test_every_file_gives_its_kind_and_exactly_its_joints(opened: dict[str, tuple[Any, list[Any]]]) -> None:
    odd = {}
    for name, (kind, joints) in EXPECTED.items():
        armature, meshes = opened[name]
        found = match_skeleton(armature, meshes)
        if found is None or found.kind.name != kind or found.bones != joints or found.notes:
            odd[name] = found and (found.kind.name, found.notes, set(found.bones.items()) ^ set(joints.items()))
    assert odd == {}


def test_structure_alone_gives_whole_bodies_and_no_wrong_joint(opened: dict[str, tuple[Any, list[Any]]]) -> None:
    wrong, incomplete = {}, {}
    for name, (kind, joints) in EXPECTED.items():
        if kind == "flame":
            continue
        body = _structure(*opened[name])
        alike = OTHERS_ALIKE.get(name, {})
        off = {j: b for j, b in body.bones.items() if b not in (joints.get(j), *alike.get(j, ()))}
        missing = [joint for joint in BODY if joint not in body.bones]
        if off:
            wrong[name] = off
        if missing or body.refused:
            incomplete[name] = missing or body.refused
    assert wrong == {}
    assert incomplete == {}


def test_bones_of_a_segment_are_listed_from_the_root_outwards(opened: dict[str, tuple[Any, list[Any]]]) -> None:
    def links(name: str) -> dict[str, tuple[str, ...]]:
        found = match_skeleton(*opened[name])
        assert found is not None
        assert all(chain[0] == found.bones[joint] for joint, chain in found.links.items())
        return dict(found.links)

    default = links("mpfb_default_face.blend")
    assert default["spine1"] == ("spine05", "spine04")
    assert default["neck"] == ("neck01", "neck02", "neck03")
    assert default["right_shoulder"] == ("upperarm01.R", "upperarm02.R")
    assert links("momentum_body_158.fbx")["left_thumb1"] == ("b_l_thumb0", "b_l_thumb1")
    assert links("sumerian_luke_boneface.glb")["spine1"] == ("char:def_c_spineA", "char:def_c_spineB")
    assert links("mpfb_mixamo_face.blend") == {}


@pytest.mark.parametrize("name", ["mpfb_mixamo_face.blend", "quaternius_suit_f.glb", "vrm0_godette.vrm"])
def test_renamed_bones_make_a_humanoid(opened: dict[str, tuple[Any, list[Any]]], name: str) -> None:
    armature, _ = opened[name]
    before = {bone.name: index for index, bone in enumerate(armature.data.bones)}
    said = armature.pop(HUMANOID_PROPERTY, None)
    for index, bone in enumerate(armature.data.bones):
        bone.name = f"b{index:03d}"
    try:
        rig = find_rig(armature)
        assert rig is not None
        assert rig.skeleton == "humanoid"
        expected = {joint: f"b{before[bone]:03d}" for joint, bone in EXPECTED[name][1].items()}
        assert {joint: rig.bones[joint] for joint in BODY} == {joint: expected[joint] for joint in BODY}
    finally:
        for bone, old in zip(armature.data.bones, before, strict=True):
            bone.name = old
        if said is not None:
            armature[HUMANOID_PROPERTY] = said


def test_any_object_of_a_file_leads_to_the_same_character(opened: dict[str, tuple[Any, list[Any]]]) -> None:
    armature, meshes = opened["kaykit_knight.glb"]
    assert len(meshes) > 10
    for mesh in meshes:
        if mesh.parent is not None:  # the importer's bone shape belongs to nobody
            rig = find_rig(mesh)
            assert rig is not None
            assert rig.armature is armature
