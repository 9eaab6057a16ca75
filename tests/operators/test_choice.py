"""Which character is meant: what is selected, whatever part of it, and never another one in its place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("bpy")

import bpy
from small_character import add_small_character

from soliloquy.operators.choice import anchor, chosen_rig, forget_seen, seen
from soliloquy.rigs.rig import find_rig
from soliloquy.rigs.takes.take import takes_of


def _select(*items: Any, active: Any = None) -> None:
    bpy.ops.object.select_all(action="DESELECT")
    for item in items:
        item.select_set(True)
    bpy.context.view_layer.objects.active = active if active is not None else items[0]
    forget_seen()


def _crane(scene: Any) -> Any:
    """Add a figure that cannot be animated, with a body."""
    crane = bpy.data.objects.new("Crane", bpy.data.armatures.new("Crane"))
    hull = bpy.data.objects.new("Hull", bpy.data.meshes.new("Hull"))
    for item in (crane, hull):
        scene.collection.objects.link(item)
    hull.parent = crane
    return crane


def _meant() -> str:
    rig = chosen_rig(bpy.context)
    return anchor(rig).name if rig is not None else ""


def test_any_part_of_a_character_stands_for_it(blank_scene: Any) -> None:
    hero, other = add_small_character(bpy, "Hero"), add_small_character(bpy, "Other")
    root, eye, hat, coat = (bpy.data.objects.new(name, data) for name, data in (
        ("Root", None), ("Eye", bpy.data.meshes.new("Eye")), ("Hat", bpy.data.meshes.new("Hat")),
        ("Coat", bpy.data.meshes.new("Coat")),
    ))  # fmt: skip
    for item in (root, eye, hat, coat):
        blank_scene.collection.objects.link(item)
    hero.armature.parent = root
    eye.parent, eye.parent_type, eye.parent_bone = hero.armature, "BONE", "head"
    hat.parent = eye
    coat.modifiers.new("Armature", "ARMATURE").object = hero.armature
    for part in (hero.armature, hero.meshes[0], root, eye, hat, coat):
        _select(part)
        assert _meant() == "Hero", part.name
        assert seen(bpy.context).line.startswith("SMPL-X skeleton, 55 bones, T-pose; face: ARKit 52/52")
    _select(hero.armature)
    bpy.ops.object.mode_set(mode="POSE")
    assert _meant() == "Hero"
    bpy.ops.object.mode_set(mode="OBJECT")
    _select(other.meshes[0])
    assert _meant() == "Other"


def test_what_is_selected_goes_before_what_was_chosen_or_added_earlier(
    blank_scene: Any, client: Any, speech_wav: Path
) -> None:
    hero = add_small_character(bpy, "Hero")
    bpy.ops.soliloquy.add_character()
    assert _meant() == "Soliloquy"
    # A script may only make it active, or only select it; the one that was added before is not meant any more.
    bpy.context.view_layer.objects.active = hero.armature
    assert _meant() == "Hero"
    _select(hero.armature, active=blank_scene.soliloquy.character)
    assert _meant() == "Hero"
    bpy.ops.soliloquy.animate(filepath=str(speech_wav))
    assert len(takes_of(hero)) == 1
    assert takes_of(find_rig(blank_scene.soliloquy.character)) == []


def test_choosing_in_the_panel_selects_it(blank_scene: Any) -> None:
    hero, other = add_small_character(bpy, "Hero"), add_small_character(bpy, "Other")
    _select(other.armature)
    blank_scene.soliloquy.character = hero.armature
    assert _meant() == "Hero"
    assert [item.name for item in bpy.context.selected_objects] == ["Hero"]
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    blank_scene.collection.objects.link(camera)
    _select(camera)
    assert _meant() == "Hero"


@pytest.mark.parametrize("part", ["Crane", "Hull"])
@pytest.mark.parametrize("only_active", [True, False])
def test_what_cannot_be_animated_is_refused_though_another_could_be(
    blank_scene: Any, client: Any, speech_wav: Path, part: str, only_active: bool
) -> None:
    _crane(blank_scene)
    bpy.ops.soliloquy.add_character()
    if only_active:
        bpy.context.view_layer.objects.active = bpy.data.objects[part]
    else:
        _select(bpy.data.objects[part], active=blank_scene.soliloquy.character)
    with pytest.raises(RuntimeError, match="is not a character Soliloquy knows.*Mapping"):
        bpy.ops.soliloquy.animate(filepath=str(speech_wav))
    assert client.orders == []
    bpy.ops.soliloquy.animate(filepath=str(speech_wav), character="Soliloquy")
    assert len(client.orders) == 1


def test_no_character_is_added_beside_one_that_cannot_be_animated(
    blank_scene: Any, client: Any, speech_wav: Path
) -> None:
    _crane(blank_scene)
    bpy.ops.object.select_all(action="DESELECT")
    bpy.context.view_layer.objects.active = None
    before = set(bpy.data.objects)
    with pytest.raises(RuntimeError, match="'Crane' is not a character Soliloquy knows"):
        bpy.ops.soliloquy.animate(filepath=str(speech_wav))
    assert set(bpy.data.objects) == before


def test_parts_of_two_are_a_question(blank_scene: Any) -> None:
    heroes = [add_small_character(bpy, name) for name in ("Hero", "Other")]
    root = bpy.data.objects.new("Root", None)
    blank_scene.collection.objects.link(root)
    for hero in heroes:
        hero.armature.parent = root
    _select(root)
    assert "Several characters hang on 'Root'" in seen(bpy.context).error
    _select(heroes[0].armature, heroes[1].armature)
    assert _meant() == "Hero"  # the active one
    light = bpy.data.objects.new("Light", bpy.data.lights.new("Light", "POINT"))
    blank_scene.collection.objects.link(light)
    _select(heroes[0].armature, heroes[1].armature, active=light)
    assert "Parts of 'Hero' and 'Other' are selected" in seen(bpy.context).error
