"""Bulk key writing never touches keys that a person made."""

from __future__ import annotations

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from soliloquy.rigs import compat
from soliloquy.rigs.takes import curves


def _keys(frames: list[float], value: float) -> curves.Keys:
    points = np.array([(frame, value + frame) for frame in frames], np.float32)
    side = np.array([0.3, 0.0], np.float32)
    handles = np.full(len(points), curves.FREE, np.int32)
    return curves.Keys(points, points - side, points + side, handles)


@pytest.fixture
def bag(blank_scene):
    thing = bpy.data.objects.new("Thing", None)
    blank_scene.collection.objects.link(thing)
    return compat.channelbag(thing, compat.new_action("Act", "OBJECT"))


def test_enum_numbers_are_blenders() -> None:
    items = bpy.types.Keyframe.bl_rna.properties
    assert items["type"].enum_items["GENERATED"].value == curves.GENERATED
    assert items["interpolation"].enum_items["LINEAR"].value == curves.LINEAR
    assert items["interpolation"].enum_items["BEZIER"].value == curves.BEZIER
    for name in ("FREE", "ALIGNED", "AUTO_CLAMPED"):
        assert items["handle_left_type"].enum_items[name].value == getattr(curves, name)


def test_keys_are_generated_grouped_and_not_selected(bag) -> None:
    curve = curves.write_curve(bag, "location", 1, "Thing", _keys([1, 5, 9.5], 2.0))
    assert [tuple(key.co) for key in curve.keyframe_points] == [(1, 3), (5, 7), (9.5, 11.5)]
    assert {key.type for key in curve.keyframe_points} == {"GENERATED"}
    assert not any(key.select_control_point for key in curve.keyframe_points)
    assert curve.group.name == "Thing"
    assert curve.array_index == 1


def test_hand_made_keys_stay_and_win(bag) -> None:
    curve = curves.write_curve(bag, "location", 0, "Thing", _keys([1, 2, 3, 4], 0.0))
    hand = curve.keyframe_points[1]
    hand.type, hand.co = "KEYFRAME", (2, 77)
    curve.keyframe_points.insert(2.5, 88, keyframe_type="EXTREME")
    curves.write_curve(bag, "location", 0, "Thing", _keys([1, 2, 3], 100.0))
    found = {key.co.x: (key.co.y, key.type) for key in curve.keyframe_points}
    assert found == {
        1: (101, "GENERATED"),
        2: (77, "KEYFRAME"),
        2.5: (88, "EXTREME"),
        3: (103, "GENERATED"),
        4: (4, "GENERATED"),
    }
    assert curves.foreign_keys(bag) == 2


def test_fingerprint_notices_every_kind_of_edit(bag) -> None:
    curve = curves.write_curve(bag, "location", 0, "Thing", _keys([1, 2, 3, 4], 0.0))
    action = bpy.data.actions["Act"]
    before = curves.fingerprint(action)
    assert curves.fingerprint(action) == before
    curve.keyframe_points[2].co.y += 0.01
    moved = curves.fingerprint(action)
    curve.keyframe_points.remove(curve.keyframe_points[3])
    removed = curves.fingerprint(action)
    curve.modifiers.new("NOISE")
    assert len({before, moved, removed, curves.fingerprint(action)}) == 4


@pytest.mark.parametrize("handles", ["AUTO_CLAMPED", "FREE", "ALIGNED"])
def test_a_splice_leaves_the_curve_outside_as_it_plays(bag, handles: str) -> None:
    curve = compat.new_fcurve(bag, "location", 0, "Thing")
    for frame, value in ((1, 0.0), (20, 3.0), (40, -1.0), (60, 2.0), (80, 0.0)):
        key = curve.keyframe_points.insert(frame, value)
        key.handle_left_type = key.handle_right_type = handles
    curve.update()
    before = [curve.evaluate(frame / 2) for frame in range(2, 161)]
    ends = [curve.evaluate(30), curve.evaluate(50)]
    points = np.array([(30, ends[0]), (36, 7.0), (44, 7.5), (50, ends[1])], np.float32)
    side = np.array([0.3, 0.0], np.float32)
    keys = curves.Keys(points, points - side, points + side, np.full(4, curves.FREE, np.int32))
    curves.splice(curve, keys, from_key=True, to_key=True)
    assert [key.co.x for key in curve.keyframe_points] == [1, 20, 30, 36, 44, 50, 60, 80]
    after = [curve.evaluate(frame / 2) for frame in range(2, 161)]
    outside = [number for number in range(159) if not 30 < (number + 2) / 2 < 50]
    np.testing.assert_allclose(np.array(after)[outside], np.array(before)[outside], atol=2e-3)
    assert curve.evaluate(36) == pytest.approx(7.0)
    assert not any(key.select_control_point for key in curve.keyframe_points if key.type == "GENERATED")
