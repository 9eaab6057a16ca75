"""Characters of other files: the advice leads on until the character speaks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("bpy")

import bpy
from small_character import add_small_character

from soliloquy.rigs.rig import rigs_in_scene
from soliloquy.rigs.takes.take import takes_of


@pytest.fixture
def library(blank_scene: Any, client: Any, tmp_path: Path) -> Path:
    """A file with a character in a collection."""
    add_small_character(bpy)
    held = bpy.data.collections.new("Cast")
    for item in list(bpy.context.scene.collection.objects):
        held.objects.link(item)
        bpy.context.scene.collection.objects.unlink(item)
    bpy.context.scene.collection.children.link(held)
    path = tmp_path / "cast.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    return path


def _animate(speech: Path) -> None:
    bpy.ops.soliloquy.animate(filepath=str(speech), stop=1.0)


def _instance(collection: Any) -> Any:
    empty = bpy.data.objects.new("Cast", None)
    empty.instance_type, empty.instance_collection = "COLLECTION", collection
    bpy.context.scene.collection.objects.link(empty)
    bpy.context.view_layer.objects.active = empty
    empty.select_set(True)
    return empty


def test_a_linked_collection_is_overridden_as_told_and_speaks(library: Path, speech_wav: Path) -> None:
    with bpy.data.libraries.load(str(library), link=True) as (_, wanted):
        wanted.collections = ["Cast"]
    _instance(wanted.collections[0])
    before = len(bpy.data.objects)
    with pytest.raises(RuntimeError, match=r"'Cast' shows a character inside .* Object > Library Override > Make"):
        _animate(speech_wav)
    assert len(bpy.data.objects) == before, "no other character is added in its place"
    bpy.ops.object.make_override_library()
    _animate(speech_wav)
    rig = next(rig for rig in rigs_in_scene(bpy.context.scene) if rig.armature.override_library)
    (take,) = takes_of(rig)
    assert take.active
    key = next(key for key in rig.keys if key.shows.mix[0][0] == "eyeBlinkLeft")
    seen = []
    for frame in range(int(take.first_frame), int(take.last_frame)):
        bpy.context.scene.frame_set(frame)
        seen.append(key.mesh.data.shape_keys.key_blocks[key.name].value)
    assert max(seen) - min(seen) > 0.3


def test_a_linked_character_says_what_to_click(library: Path, speech_wav: Path) -> None:
    with bpy.data.libraries.load(str(library), link=True) as (source, wanted):
        wanted.objects = source.objects
    for item in wanted.objects:
        bpy.context.scene.collection.objects.link(item)
    with pytest.raises(RuntimeError, match=r"'Small' is linked from another file.*Object > Library Override > Make"):
        _animate(speech_wav)


def test_an_instance_in_the_file_says_what_to_click(blank_scene: Any, client: Any, speech_wav: Path) -> None:
    add_small_character(bpy)
    held = bpy.data.collections.new("Cast")
    for item in list(blank_scene.collection.objects):
        held.objects.link(item)
        blank_scene.collection.objects.unlink(item)
    _instance(held)
    with pytest.raises(RuntimeError, match=r"Object > Apply > Make Instances Real"):
        _animate(speech_wav)
