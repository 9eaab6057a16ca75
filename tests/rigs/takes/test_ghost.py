"""A second take on a ghost: it plays its own take, is nothing else, and leaves nothing behind."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from small_character import SmallRig, add_small_character, small_performance

from soliloquy.rigs.rig import find_rig, rigs_in_scene
from soliloquy.rigs.takes import access, ghost, nla
from soliloquy.rigs.takes import take as takes
from soliloquy.rigs.takes.bake import BakeOptions, bake
from soliloquy.rigs.takes.ghost_data import ghosts


@pytest.fixture
def rig(blank_scene) -> SmallRig:
    made = add_small_character(bpy)
    for name, seed in (("One", 1), ("Two", 2)):
        bake(small_performance(60, seed=seed, speed=0.4), made, BakeOptions(name=name))
    return made


def _kinds() -> dict[str, list[str]]:
    names = ("objects", "meshes", "shape_keys", "armatures", "materials", "collections", "actions", "node_groups")
    return {name: sorted(item.name for item in getattr(bpy.data, name)) for name in names}


def _places(obj: Any) -> np.ndarray:
    """Return the world's places of an object's vertices as it shows."""
    shown = obj.evaluated_get(bpy.context.evaluated_depsgraph_get())
    mesh = shown.to_mesh()
    found = np.array([shown.matrix_world @ vertex.co for vertex in mesh.vertices])
    shown.to_mesh_clear()
    return found


def _shown(rig: SmallRig, frame: int) -> np.ndarray:
    bpy.context.scene.frame_set(frame)
    return _places(rig.meshes[0])


def _ghost_mesh() -> Any:
    return next(item for item in ghosts() if item.type == "MESH")


@pytest.mark.parametrize("look", ["WIRE", "CLEAR", "SOLID"])
def test_the_ghost_plays_its_own_take_beside_the_one_that_plays(rig: SmallRig, look: str) -> None:
    one, two = takes.takes_of(rig)
    wanted_two = _shown(rig, 30)
    takes.activate(rig, one)
    wanted_one = _shown(rig, 30)
    before = _kinds()
    ghost.show(rig, two, aside=0.5, look=look)
    bpy.context.view_layer.update()
    assert np.allclose(_shown(rig, 30), wanted_one, atol=1e-5), "the character itself is as it was"
    apart = _places(_ghost_mesh()) - wanted_two
    assert np.allclose(apart, apart[0], atol=1e-4), "all moved alike: aside"
    assert np.linalg.norm(apart[0]) == pytest.approx(0.5, abs=1e-3)
    assert not np.allclose(_places(_ghost_mesh()) - wanted_one, apart[0], atol=1e-3), "another take"
    assert ghost.shown(rig) == two.id
    assert ghost.hide(rig)
    assert _kinds() == before
    assert np.allclose(_shown(rig, 30), wanted_one, atol=1e-5)


def test_in_place_it_lies_over_the_character(rig: SmallRig) -> None:
    two = takes.takes_of(rig)[1]
    ghost.show(rig, two, aside=0.0)
    wanted = _shown(rig, 20)
    assert np.allclose(_places(_ghost_mesh()), wanted, atol=1e-5)


def test_a_ghost_is_no_character_and_in_nobodys_way(rig: SmallRig) -> None:
    one, two = takes.takes_of(rig)
    ghost.show(rig, one)
    made = ghosts()
    assert all(item.hide_render and item.hide_select for item in made)
    assert all(find_rig(item) is None for item in made)
    assert [found.armature for found in rigs_in_scene(bpy.context.scene)] == [rig.armature]
    assert access.sharers(rig, one.id) == access.sharers(rig, two.id) == []
    assert not access.own_take(rig, one.id), "nothing is shared with another character"


def test_an_edit_of_the_take_shows_on_the_ghost(rig: SmallRig) -> None:
    two = takes.takes_of(rig)[1]
    ghost.show(rig, two, aside=0.0)
    for item in nla.tracks(rig, two.id, region="head"):
        from soliloquy.rigs import compat

        bag = compat.strip_channelbag(item.strip)
        for curve in bag.fcurves:
            for key in curve.keyframe_points:
                key.co.y = 1.0 if curve.array_index == 0 else 0.0
            curve.update()
    wanted = _shown(rig, 20)
    assert np.allclose(_places(_ghost_mesh()), wanted, atol=1e-4)


def test_removing_the_take_removes_its_ghost_and_another_ghost_takes_its_place(rig: SmallRig) -> None:
    one, two = takes.takes_of(rig)
    ghost.show(rig, one)
    count = len(bpy.data.objects)
    ghost.show(rig, two)
    assert len(bpy.data.objects) == count
    takes.activate(rig, one)
    takes.remove(rig, two)
    assert ghosts() == []
    assert ghost.shown(rig) == ""
    assert not ghost.hide(rig)
    assert {action.name for action in bpy.data.actions if "Two" in action.name} == set()


def test_a_character_on_an_empty_with_drivers_and_constraints(rig: SmallRig) -> None:
    """What refers to the character within the character refers to the ghost within the ghost."""
    root = bpy.data.objects.new("Root", None)
    bpy.context.scene.collection.objects.link(root)
    root.rotation_euler.z = 1.0
    rig.armature.parent = root
    hat = bpy.data.objects.new("Hat", bpy.data.meshes.new("Hat"))
    hat.data.from_pydata([(0, 0, 0), (0, 0, 1), (0, 1, 0)], [], [(0, 1, 2)])
    bpy.context.scene.collection.objects.link(hat)
    hat.parent, hat.parent_type, hat.parent_bone = rig.armature, "BONE", "head"
    found = find_rig(rig.armature)
    key = found.meshes[0].data.shape_keys.key_blocks["cheekPuff"]
    driver = key.driver_add("value").driver
    variable = driver.variables.new()
    variable.type = "TRANSFORMS"
    variable.targets[0].id, variable.targets[0].bone_target = rig.armature, "head"
    variable.targets[0].transform_type = "ROT_X"
    driver.expression = variable.name
    one, two = takes.takes_of(found)
    takes.activate(found, two)
    bpy.context.scene.frame_set(30)
    wanted = [_places(found.meshes[0]), _places(hat)]
    takes.activate(found, one)
    ghost.show(found, two, aside=0.0)
    bpy.context.scene.frame_set(30)
    by_name = {item.name.removesuffix(" ghost"): item for item in ghosts()}
    for name, places in zip((found.meshes[0].name, "Hat"), wanted, strict=True):
        assert np.allclose(_places(by_name[name]), places, atol=1e-5), name
    assert by_name["Hat"].data == hat.data, "linked"


def test_the_ghost_of_a_deleted_character_can_be_removed(rig: SmallRig) -> None:
    ghost.show(rig, takes.takes_of(rig)[0])
    for item in [rig.armature, *rig.meshes]:
        item.select_set(True)
    bpy.ops.object.delete()
    assert ghosts(), "Blender leaves it, and it cannot be selected"
    assert ghost.hide(None)
    assert not ghosts()
    assert ghost.COLLECTION not in bpy.data.collections
