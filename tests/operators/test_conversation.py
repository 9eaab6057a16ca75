"""In a dialogue characters look at each other: at who speaks, and while they speak at whom they answer."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("bpy")

import bpy
import numpy as np
from fake_layout import draw
from mathutils import Vector
from small_character import add_small_character

from soliloquy.operators import conversation, looking
from soliloquy.operators.conversation import Turn, attention
from soliloquy.rigs import compat
from soliloquy.rigs.rig import find_rig

try:
    import aud  # noqa: F401
except ImportError:
    pytest.skip("this bpy was built without Audaspace", allow_module_level=True)

FPS = 10.0


def _spans(looked_at: list[int]) -> list[tuple[int, float]]:
    """Return whom one after the other, and the second at which each begins."""
    changes = [0, *(n for n in range(1, len(looked_at)) if looked_at[n] != looked_at[n - 1])]
    return [(looked_at[n], n / FPS) for n in changes]


def test_eyes_go_to_who_speaks_and_to_who_goes_on() -> None:
    turns = [Turn(1, 1, 4), Turn(2, 4.5, 7), Turn(0, 7.5, 10), Turn(1, 10.4, 12), Turn(2, 11, 11.4)]
    assert _spans(attention(turns, 13, FPS)) == [
        (1, 0.0),  # who will be the first
        (2, 4.8),  # noticed a moment after it has begun
        (1, 9.7),  # as the own line ends, at who goes on; the short "yes" draws nobody's eyes
    ]
    # A long line of one's own goes to everybody, most of all to who is answered.
    shares = np.bincount(attention([Turn(1, 0, 2), Turn(2, 2, 3), Turn(0, 3, 33)], 33, FPS)[30:]) / 300
    assert 0.55 < shares[2] < 0.75
    assert shares[1] > 0.3
    assert set(attention([Turn(0, 0, 3), Turn(1, 90, 95)], 4, FPS)) == {1}


@pytest.fixture
def three(blank_scene: Any, client: Any, speech_wav: Path, tmp_path: Path) -> Any:
    """Ann, Bob to her left and Cid to her right stand in a ring and have a line of 6.5 s each; returns Ann."""
    editor = blank_scene.sequence_editor_create()
    for number, name in enumerate(("Ann", "Bob", "Cid")):
        armature = add_small_character(bpy, name).armature
        turned = -number * 2 * np.pi / 3
        armature.location = (-1.2 * np.sin(turned), 1.2 * np.cos(turned), 0.0)
        armature.rotation_euler.z = turned
        copy = tmp_path / f"{name}.wav"
        shutil.copy(speech_wav, copy)
        strip = compat.new_sound_strip(editor, name, str(copy), number + 1, 1 + 200 * number)
        for other in compat.top_strips(editor):
            other.select = other == strip
        editor.active_strip = strip
        blank_scene.soliloquy.character = armature
        bpy.ops.soliloquy.speaks_strips()
    bpy.context.view_layer.update()
    return bpy.data.objects["Ann"]


def test_listeners_turn_to_each_speaker_in_turn(three: Any, blank_scene: Any, client: Any) -> None:
    client.seconds = 27.0
    bpy.ops.soliloquy.idle(character="Ann", seconds=27.0, first_frame=1)
    seen = np.array(client.orders[-1].settings.listener)
    fps = blank_scene.render.fps / blank_scene.render.fps_base
    assert len(seen) == round(27.0 * fps)
    sides = np.sign(seen[:, 0])
    begins = {who: 200 * number for who, number in (("Bob", 1), ("Cid", 2))}
    assert sides[begins["Bob"] + 10] == 1
    assert sides[begins["Cid"] + 10] == -1
    assert np.flatnonzero(np.diff(sides)).size <= 4
    # Who has a line looks at whom it answers.
    bpy.ops.soliloquy.animate(strip="Cid", character="Cid")
    cid = find_rig(bpy.data.objects["Cid"])
    assert cid is not None
    bob = looking.points_of(bpy.data.objects["Bob"], cid, 1.0, None, blank_scene)[0]
    places = np.array(client.orders[-1].settings.listener)
    assert np.isclose(places, bob, atol=1e-3).all(1).mean() > 0.5
    # An object that is to be looked at goes before.
    blank_scene.soliloquy.gaze_object = bpy.data.objects["Bob"]
    bpy.ops.soliloquy.animate(strip="Ann", character="Ann")
    assert client.orders[-1].settings.gaze_target


def test_without_lines_who_stands_face_to_face_is_spoken_to(three: Any, blank_scene: Any) -> None:
    blank_scene.soliloquy.speakers.clear()
    ann = find_rig(three)
    assert ann is not None
    (seen,) = conversation.partner_points(bpy.context, ann, 1.0, 5.0)
    assert np.hypot(seen[0], seen[2]) == pytest.approx(1.2 * np.sqrt(3), abs=0.2)
    (faced,) = conversation.partners(bpy.context, ann)
    assert faced.name in ("Bob", "Cid")
    for name in ("Bob", "Cid"):  # who turns away is not
        bpy.data.objects[name].rotation_euler.z += np.pi
    bpy.context.view_layer.update()
    assert conversation.partner_points(bpy.context, ann, 1.0, 5.0) == ()
    assert conversation.partners(bpy.context, ann) == []
    camera = bpy.data.objects.new("Eye", bpy.data.cameras.new("Eye"))
    blank_scene.collection.objects.link(camera)
    blank_scene.camera = camera
    camera.location = three.matrix_world @ Vector((0.0, -2.0, 1.0))
    bpy.context.view_layer.update()
    assert conversation.partners(bpy.context, ann) == [camera], "before whoever only stands there"


def test_who_is_spoken_with_is_shown_and_may_be_chosen(three: Any, blank_scene: Any) -> None:
    ann, own = find_rig(three), three.data.soliloquy_direction
    assert ann is not None
    blank_scene.soliloquy.character = three
    for item in bpy.context.view_layer.objects:
        item.select_set(item == three)
    bpy.context.view_layer.objects.active = three
    assert "Now: Bob, Cid." in said()
    own.partner = bpy.data.objects["Cid"]
    assert "Now: Bob, Cid." not in said()
    seen = np.array(conversation.partner_points(bpy.context, ann, 1.0, 20.0))
    assert (np.sign(seen[:, 0]) == -1).all(), "Cid alone, also while Bob speaks"
    bob = find_rig(bpy.data.objects["Bob"])
    assert bob is not None
    assert len({tuple(point) for point in conversation.partner_points(bpy.context, bob, 1.0, 20.0)}) > 1
    bpy.data.objects.remove(bpy.data.objects["Cid"])
    assert "Now: Bob." in said()
    chosen = bpy.data.objects["Bob"]
    own.partner = chosen
    for collection in chosen.users_collection:
        collection.objects.unlink(chosen)
    assert conversation.chosen_partner(ann, blank_scene) is None, "who left the scene is not spoken with"
    own.partner = three
    assert conversation.chosen_partner(ann, blank_scene) is None, "nobody speaks with itself"


def said() -> list[str]:
    """Return the words of the panel that directs the next take."""
    drawn = draw("SOLILOQUY_PT_performance")
    assert drawn is not None
    return drawn.labels
