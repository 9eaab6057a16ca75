"""Add Character: where the artist points, whatever Blender is doing, and gone with one undo."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

PLACE = (1.0, -2.0, 0.5)


@pytest.fixture
def scene() -> Any:
    """Blender's own start: a cube in a collection; the 3D cursor aside."""
    bpy.ops.wm.read_homefile(use_factory_startup=True)
    bpy.context.scene.cursor.location = PLACE
    yield bpy.context.scene
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)


def added() -> Any:
    """Press the button; return the armature, which must be there, seen, chosen and alone active."""
    assert bpy.ops.soliloquy.add_character() == {"FINISHED"}
    armature = bpy.context.scene.soliloquy.character
    assert bpy.context.mode == "OBJECT"
    assert bpy.context.view_layer.objects.active == armature
    assert [item.name for item in bpy.context.selected_objects] == [armature.name]
    assert armature.visible_get()
    assert armature.children[0].visible_get()
    return armature


def layer() -> Any:
    """The layer collection that the cube lies in, made the active one."""
    found = bpy.context.view_layer.layer_collection.children["Collection"]
    bpy.context.view_layer.active_layer_collection = found
    return found


def test_it_stands_at_the_cursor_or_where_a_script_says(scene: Any) -> None:
    armature = added()
    np.testing.assert_allclose(armature.matrix_world.translation, PLACE)
    np.testing.assert_allclose(armature.children[0].matrix_world.translation, PLACE)
    assert [item.name for item in armature.users_collection] == ["Collection"]
    bpy.ops.soliloquy.add_character(location=(3.0, 0.0, 0.0))
    np.testing.assert_allclose(scene.soliloquy.character.location, (3.0, 0.0, 0.0))


@pytest.mark.parametrize("mode", ["EDIT", "SCULPT", "TEXTURE_PAINT"])
def test_it_leaves_the_mode_of_a_mesh(scene: Any, mode: str) -> None:
    bpy.ops.object.mode_set(mode=mode)
    added()
    assert bpy.data.objects["Cube"].mode == "OBJECT"


@pytest.mark.parametrize("mode", ["POSE", "EDIT"])
def test_it_leaves_the_mode_of_another_armature(scene: Any, mode: str) -> None:
    bpy.ops.object.armature_add()
    other = bpy.context.object
    bpy.ops.object.mode_set(mode=mode)
    armature = added()
    assert armature != other
    assert other.mode == "OBJECT"
    assert len(other.data.bones) == 1


def test_it_works_from_the_mode_of_a_hidden_object(scene: Any) -> None:
    cube = bpy.context.object
    bpy.ops.object.mode_set(mode="EDIT")
    cube.hide_viewport = True
    added()


@pytest.mark.parametrize(
    ("hide", "words"),
    [
        (lambda found: setattr(found, "hide_viewport", True), "hidden"),
        (lambda found: setattr(found.collection, "hide_viewport", True), "hidden"),
        (lambda found: setattr(found.collection, "hide_select", True), "nothing be selected"),
    ],
)
def test_it_keeps_out_of_a_collection_where_nobody_would_find_it(scene: Any, hide: Any, words: str) -> None:
    from soliloquy.rigs.character.placement import home_collection

    hide(layer())
    layer()  # Blender itself turns away from a collection that is hidden
    collection, remark = home_collection(bpy.context)
    assert collection == scene.collection
    assert words in remark
    assert [item.name for item in added().users_collection] == [scene.collection.name]


def test_it_keeps_out_of_a_collection_that_the_view_layer_excludes(scene: Any) -> None:
    layer().exclude = True
    assert [item.name for item in added().users_collection] == [scene.collection.name]


def test_it_keeps_out_of_a_linked_collection(scene: Any, tmp_path: Path) -> None:
    library = tmp_path / "library.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(library))
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    with bpy.data.libraries.load(str(library), link=True) as (_, wanted):
        wanted.collections = ["Collection"]
    bpy.context.scene.collection.children.link(wanted.collections[0])
    layer()
    assert [item.name for item in added().users_collection] == [bpy.context.scene.collection.name]


def test_one_undo_takes_it_away_and_gives_the_mode_back(scene: Any) -> None:
    bpy.ops.ed.undo_push(message="start")
    bpy.ops.object.mode_set(mode="EDIT")
    bpy.ops.ed.undo_push(message="edit mode")
    added()
    bpy.ops.ed.undo_push(message="character")  # what the window does after an operator
    bpy.ops.ed.undo()
    assert sorted(item.name for item in bpy.data.objects) == ["Camera", "Cube", "Light"]
    assert bpy.context.mode == "EDIT_MESH"
    assert bpy.context.scene.soliloquy.character is None


def test_animate_adds_the_character_at_the_cursor_too(scene: Any, client: Any, speech_wav: Path) -> None:
    bpy.ops.soliloquy.animate(filepath=str(speech_wav))
    np.testing.assert_allclose(scene.soliloquy.character.location, PLACE)


def test_the_menu_says_which_voices_fit() -> None:
    from soliloquy.operators.cast_choice import person_items

    words = {item[0]: item[2] for item in person_items(None, None)}
    assert "165 to 255 Hz" in words["woman"]
    assert "26" in words["woman"]


def test_hair_is_exchanged_and_one_undo_gives_it_back(scene: Any) -> None:
    bpy.ops.soliloquy.add_character(person="man")
    bpy.ops.ed.undo_push(message="character")
    assert bpy.ops.soliloquy.hair_as(kind="strands") == {"FINISHED"}
    assert sorted(item.name.split()[-1] for item in bpy.data.hair_curves) == ["Beard", "Brows", "Hair"]
    bpy.ops.ed.undo_push(message="strands")
    bpy.ops.ed.undo()
    assert not len(bpy.data.hair_curves)
    bpy.ops.ed.redo()
    assert len(bpy.data.hair_curves) == 3
    assert bpy.ops.soliloquy.hair_as(kind="cards") == {"FINISHED"}
    assert not len(bpy.data.hair_curves)
    bpy.ops.soliloquy.add_character(person="child", hair_as="strands")
    assert len(bpy.data.hair_curves) == 2


def test_only_the_cast_has_hair_to_exchange(scene: Any) -> None:
    bpy.ops.soliloquy.add_character(hair="none", brows="none", beard="none")
    with pytest.raises(RuntimeError, match="no hair of Soliloquy's"):
        bpy.ops.soliloquy.hair_as(kind="strands")
