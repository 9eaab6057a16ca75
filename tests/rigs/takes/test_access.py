"""Duplicates, full copies, appended and linked characters: an edit changes the character edited and no other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from small_character import add_small_character, small_performance

from soliloquy.inference.craft import LipCraft
from soliloquy.inference.errors import BadRig, HandMade
from soliloquy.rigs.rig import Rig, find_rig, rigs_in_scene
from soliloquy.rigs.takes import access, nla
from soliloquy.rigs.takes import take as takes
from soliloquy.rigs.takes.access import why_locked
from soliloquy.rigs.takes.bake import BakeOptions, bake
from soliloquy.rigs.takes.craft import craft_into_new_take, craft_take, why_not
from soliloquy.rigs.takes.curves import key_state

MUMBLE = LipCraft(jaw=0.0, articulation=0.2)


def _rig(obj: Any) -> Rig:
    found = find_rig(obj)
    assert found is not None
    return found


@pytest.fixture
def rig(blank_scene) -> Rig:
    add_small_character(bpy)
    made = _rig(bpy.data.objects["Small"])
    bake(small_performance(40, seed=1, speed=0.4), made, BakeOptions(name="Line"))
    return made


def _duplicate(rig: Rig, **how: Any) -> Rig:
    bpy.ops.object.select_all(action="SELECT")
    bpy.context.view_layer.objects.active = rig.armature
    bpy.ops.object.duplicate(**how)
    return _rig(bpy.context.view_layer.objects.active)


def _shift_d(rig: Rig) -> Rig:
    return _duplicate(rig)


def _alt_d(rig: Rig) -> Rig:
    return _duplicate(rig, linked=True)


def _full_copy(rig: Rig) -> Rig:
    bpy.ops.scene.new(type="FULL_COPY")
    return rigs_in_scene(bpy.context.scene)[0]


def _shared_actions(rig: Rig) -> Rig:
    """A full copy whose strips play the original's actions, as a script or an older Blender leaves them."""
    copy = _full_copy(rig)
    for mine, theirs in zip(nla.tracks(copy), nla.tracks(rig), strict=True):
        mine.strip.action = theirs.strip.action
        if hasattr(theirs.strip, "action_slot"):
            mine.strip.action_slot = theirs.strip.action_slot
    return copy


COPIES = [_shift_d, _alt_d, _full_copy, _shared_actions]


def _face(rig: Rig, frame: int) -> dict[str, float]:
    """Return the shape keys and the jaw at a frame."""
    for scene in bpy.data.scenes:
        if rig.armature.name in scene.objects:
            bpy.context.window.scene = scene
    bpy.context.scene.frame_set(frame)
    found = {key.name: key.value for key in rig.meshes[0].data.shape_keys.key_blocks}
    turned = rig.armature.pose.bones["jaw"].rotation_quaternion
    return {**found, **{f"jaw {index}": turned[index] for index in range(4)}}


def _apart(one: dict[str, float], other: dict[str, float]) -> float:
    return max(abs(one[name] - other[name]) for name in one)


def _states(rig: Rig) -> list[tuple[str, str, bool]]:
    return [
        (key_state(item.strip.action), item.strip.action[nla.PROPERTY], item.track.mute) for item in nla.tracks(rig)
    ]


@pytest.mark.parametrize("copied", COPIES)
@pytest.mark.parametrize("edited", ["copy", "original"])
def test_lips_and_names_of_the_other_stay(rig, copied: Callable[[Rig], Rig], edited: str) -> None:
    twin = copied(rig)
    one, other = (twin, rig) if edited == "copy" else (rig, twin)
    before, states = _face(other, 20), _states(other)
    craft_take(one, takes.takes_of(one)[0], MUMBLE)
    takes.rename(one, takes.takes_of(one)[0], "Other")
    assert _apart(_face(one, 20), before) > 0.05, "the edit shows where it was made"
    assert _apart(_face(other, 20), before) < 1e-5
    assert _states(other) == states
    assert [take.name for take in takes.takes_of(other)] == ["Line"]
    assert [take.name for take in takes.takes_of(one)] == ["Other"]
    craft_take(one, takes.takes_of(one)[0], LipCraft())
    assert _apart(_face(one, 20), before) < 1e-5, "key for key the keys it had"


@pytest.mark.parametrize("copied", COPIES)
def test_new_takes_and_removals_leave_the_other_alone(rig, copied: Callable[[Rig], Rig]) -> None:
    twin = copied(rig)
    before, states = _face(rig, 20), _states(rig)
    bake(small_performance(40, seed=2, speed=0.4), twin, BakeOptions(name="New"))
    takes.activate(twin, takes.find_take(twin, "Line"))
    takes.move(twin, takes.find_take(twin, "Line"), 31.0)
    takes.remove(twin, takes.find_take(twin, "Line"))
    assert [take.name for take in takes.takes_of(twin)] == ["New"]
    assert [take.name for take in takes.takes_of(rig)] == ["Line"]
    assert _apart(_face(rig, 20), before) < 1e-5
    assert _states(rig) == states


def test_nothing_is_copied_for_a_character_alone(rig) -> None:
    (take,) = takes.takes_of(rig)
    actions, data = list(bpy.data.actions), rig.meshes[0].data
    assert not access.sharers(rig, take.id)
    assert not access.own_take(rig, take.id)
    assert (list(bpy.data.actions), rig.meshes[0].data) == (actions, data)


def test_a_character_appended_twice_is_two(rig, tmp_path: Path) -> None:
    path = str(tmp_path / "character.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path)
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    for _ in range(2):
        with bpy.data.libraries.load(path, link=False) as (source, wanted):
            wanted.objects = source.objects
        for item in wanted.objects:
            bpy.context.scene.collection.objects.link(item)
    one, other = rigs_in_scene(bpy.context.scene)
    before = _face(other, 20)
    craft_take(one, takes.takes_of(one)[0], MUMBLE)
    takes.rename(one, takes.takes_of(one)[0], "Other")
    assert _apart(_face(other, 20), before) < 1e-5
    assert takes.takes_of(other)[0].name == "Line"


def _overridden(path: Path) -> Rig:
    """Link a character from a file and make a library override of its objects, as the menu does."""
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    with bpy.data.libraries.load(str(path), link=True) as (source, wanted):
        wanted.objects = source.objects
    for item in wanted.objects:
        bpy.context.scene.collection.objects.link(item)
        item.select_set(True)
    bpy.context.view_layer.objects.active = next(item for item in wanted.objects if item.type == "ARMATURE")
    bpy.ops.object.make_override_library()
    return _override()


def _override() -> Rig:
    return next(found for found in rigs_in_scene(bpy.context.scene) if found.armature.override_library)


def test_a_library_override_is_animated_face_and_all(blank_scene, tmp_path: Path) -> None:
    add_small_character(bpy)
    library, shot = tmp_path / "character.blend", tmp_path / "shot.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(library))
    rig = _overridden(library)
    bake(small_performance(40, seed=1, speed=0.4), rig, BakeOptions(name="Over"))
    craft_take(_override(), takes.takes_of(_override())[0], LipCraft(jaw=0.5))
    before = _face(_override(), 20)
    assert before["mouthSmileLeft"] > 0.05
    bpy.ops.wm.save_as_mainfile(filepath=str(shot))
    bpy.ops.wm.open_mainfile(filepath=str(shot))
    rig = _override()
    assert [(take.name, take.active) for take in takes.takes_of(rig)] == [("Over", True)]
    _face(rig, 1)
    assert _apart(_face(rig, 20), before) < 1e-5
    takes.remove(rig, takes.takes_of(rig)[0])
    assert takes.takes_of(rig) == []


def test_a_take_of_the_library_stays_and_the_advice_works(rig, tmp_path: Path) -> None:
    library = tmp_path / "character.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(library))
    rig = _overridden(library)
    assert why_locked(rig) is None, "what is still linked of it becomes its own with the first change"
    (take,) = takes.takes_of(rig)
    for change in (
        lambda: takes.rename(rig, take, "Mine"),
        lambda: takes.remove(rig, take),
        lambda: takes.move(rig, take, 5.0),
    ):
        with pytest.raises(BadRig, match=r"'Line' is linked from another file.*new takes of a library override"):
            change()
    problem = why_not(rig, take)
    assert isinstance(problem, HandMade)
    assert "Craft into a new take" in str(problem)
    report = craft_into_new_take(rig, take, MUMBLE)
    assert [(found.name, found.active) for found in takes.takes_of(rig)][1] == ("Line lips", True)
    takes.rename(rig, report.take, "Mine")
    bake(small_performance(40, seed=2), rig, BakeOptions(name="New"))
    assert [found.name for found in takes.takes_of(rig)] == ["Line", "Mine", "New"]


def test_a_linked_character_says_what_to_click(blank_scene, tmp_path: Path) -> None:
    add_small_character(bpy)
    path = str(tmp_path / "character.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path)
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    with bpy.data.libraries.load(path, link=True) as (source, wanted):
        wanted.objects = source.objects
    for item in wanted.objects:
        bpy.context.scene.collection.objects.link(item)
    rig = rigs_in_scene(bpy.context.scene)[0]
    with pytest.raises(BadRig, match=r"'Small' is linked from another file.*Object > Library Override > Make"):
        bake(small_performance(10), rig)


def test_a_choice_that_would_not_be_saved_is_refused(rig, tmp_path: Path) -> None:
    bake(small_performance(40, seed=2), rig, BakeOptions(name="New"))
    path = str(tmp_path / "character.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path)
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    with bpy.data.libraries.load(path, link=True) as (source, wanted):
        wanted.objects = source.objects
    for item in wanted.objects:
        bpy.context.scene.collection.objects.link(item)
    linked = rigs_in_scene(bpy.context.scene)[0]
    before = [(take.name, take.active) for take in takes.takes_of(linked)]
    with pytest.raises(BadRig, match="Library Override"):
        takes.activate(linked, takes.takes_of(linked)[0])
    assert [(take.name, take.active) for take in takes.takes_of(linked)] == before == [("Line", False), ("New", True)]


def test_no_key_is_lost_when_a_mesh_becomes_single_user(rig) -> None:
    twin = _alt_d(rig)
    keys = twin.meshes[0].data.shape_keys
    keys.key_blocks["tongueOut"].value = 0.5
    keys.key_blocks["tongueOut"].keyframe_insert("value", frame=5)
    before = _face(twin, 5)
    craft_take(twin, takes.takes_of(twin)[0], LipCraft(closure=1.5))
    assert twin.meshes[0].data != rig.meshes[0].data
    after = _face(twin, 5)
    assert after["tongueOut"] == pytest.approx(before["tongueOut"], abs=1e-5)
    np.testing.assert_allclose(_face(rig, 5)["tongueOut"], before["tongueOut"], atol=1e-5)
