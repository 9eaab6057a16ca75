"""The functions that hide the differences between Blender versions do the same on each."""

from __future__ import annotations

import pytest

bpy = pytest.importorskip("bpy")

from soliloquy.inference.errors import SoliloquyError
from soliloquy.rigs import compat


@pytest.fixture
def thing(blank_scene):
    thing = bpy.data.objects.new("Thing", None)
    blank_scene.collection.objects.link(thing)
    return thing


def test_channelbag_leaves_the_live_action_alone(thing) -> None:
    thing.keyframe_insert("location", frame=1)
    live = thing.animation_data.action
    action = compat.new_action("New", "OBJECT")
    bag = compat.channelbag(thing, action)
    curve = compat.new_fcurve(bag, "location", 2, "Thing")
    assert thing.animation_data.action is live
    assert (curve.data_path, curve.array_index, curve.group.name) == ("location", 2, "Thing")
    again = compat.channelbag(thing, action)
    assert [(c.data_path, c.array_index) for c in again.fcurves] == [("location", 2)]
    assert len(compat.channelbags(action)) == 1
    assert len(compat.active_channelbag(thing).fcurves) == 3


def test_a_strip_plays_its_owners_curves(thing) -> None:
    action = compat.new_action("New", "OBJECT")
    curve = compat.new_fcurve(compat.channelbag(thing, action), "location", 0, "Thing")
    curve.keyframe_points.insert(1, 3.0)
    strip = thing.animation_data_create().nla_tracks.new().strips.new("s", 1, action)
    compat.assign_slot_to_strip(strip, thing)
    bpy.context.scene.frame_set(1)
    assert thing.location.x == pytest.approx(3.0)
    assert len(compat.strip_channelbag(strip).fcurves) == 1


def test_nothing_live(thing) -> None:
    assert compat.active_channelbag(thing) is None
    thing.animation_data_create()
    assert compat.active_channelbag(thing) is None


@pytest.mark.parametrize("fps", [23.976, 24000 / 1001, 25.0, 12.5, 120.0])
def test_any_frame_rate_can_be_set(blank_scene, fps) -> None:
    compat.set_frame_rate(blank_scene, fps)
    assert blank_scene.render.fps / blank_scene.render.fps_base == pytest.approx(fps, rel=1e-5)


def test_engines_by_plain_name(blank_scene) -> None:
    compat.set_engine(blank_scene, "CYCLES")
    assert blank_scene.render.engine == "CYCLES"
    compat.set_engine(blank_scene, "EEVEE")
    assert "EEVEE" in blank_scene.render.engine
    with pytest.raises(SoliloquyError, match="cannot render"):
        compat.set_engine(blank_scene, "LUXURY")
