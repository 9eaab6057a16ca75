"""A part of a take made anew: what is ordered, and that nothing else of the take changes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("bpy")

import bpy
from fake_layout import draw

from soliloquy.inference.performance import Performance
from soliloquy.inference.regenerate_job import PARTS
from soliloquy.inference.rotation import quaternion_to_axis_angle
from soliloquy.operators import jobs, regenerate, session, take_rows
from soliloquy.rigs import compat
from soliloquy.rigs.rig import find_rig
from soliloquy.rigs.takes import curves, nla
from soliloquy.rigs.takes.channels import bone_path
from soliloquy.rigs.takes.take import active_take, edited, find_take, move, takes_of

PANEL = "SOLILOQUY_PT_regenerate"
START, END = 41, 70


@pytest.fixture
def scene(small_speaker: Any, client: Any, speech_wav: Path) -> Any:
    """A character with a take of four seconds from frame 11 on, and a preview range within."""
    small_speaker.render.fps = 30
    client.seconds = 4.0
    bpy.ops.soliloquy.animate(filepath=str(speech_wav), first_frame=11, stop=4.0, seed=3, take_name="Calm")
    small_speaker.use_preview_range = True
    small_speaker.frame_preview_start, small_speaker.frame_preview_end = START, END
    regenerate._looked.clear()
    return small_speaker


def _rig() -> Any:
    found = find_rig(bpy.context.scene.soliloquy.character)
    assert found is not None
    return found


def _track(take: str, region: str) -> Any:
    identity = find_take(_rig(), take).id
    owner = _rig().armature
    return next(t for t in nla.owner_tracks(owner) if t.info["take"] == identity and t.region == region)


def _played(take: str, joint: str, frames: Any) -> np.ndarray:
    """Return (frames, 4) of what a take's curves say about a joint, whatever plays."""
    rig = _rig()
    item = _track(take, "hands" if "index" in joint else "eyes" if "eye" in joint else "body")
    bag = compat.strip_channelbag(item.strip)
    path = bone_path(rig.bones[joint], "rotation_quaternion")
    found = [bag.fcurves.find(path, index=index) for index in range(4)]
    return np.array([[curve.evaluate(float(frame)) for curve in found] for frame in frames])


def _states() -> dict[str, tuple[str, str]]:
    return {action.name: (action["soliloquy"], curves.key_state(action)) for action in bpy.data.actions}


def test_the_order_says_range_joints_and_a_seed_of_its_own(scene: Any, client: Any, speech_wav: Path) -> None:
    bpy.ops.soliloquy.regenerate(left_arm=True, style="SHY", energy=0.5)
    order = client.orders[-1]
    assert client.orders[-1].kind == "regenerate"
    assert order.keep == client.orders[0].output
    assert order.output != order.keep
    assert order.ranges == (pytest.approx(((START - 11) / 30, (END - 11) / 30)),)
    assert order.joints == PARTS["left_arm"]
    assert (order.settings.seed, order.settings.gestures.style, order.settings.gestures.energy) == (4, "shy", 0.5)
    assert (order.audio.path, order.audio.start, order.audio.stop) == (str(speech_wav), 0.0, 4.0)
    bpy.ops.soliloquy.regenerate(joints="right_wrist,hands", first=30, last=50, seed=77)
    order = client.orders[-1]
    assert order.keep == client.orders[1].output, "a part of the part that plays"
    assert set(order.joints) == {"right_wrist", *PARTS["hands"]}
    assert order.ranges == (pytest.approx((19 / 30, 39 / 30)),)
    assert order.settings.seed == 77


def test_only_the_chosen_joint_in_the_range_moves_otherwise(scene: Any, client: Any) -> None:
    before = _states()
    bpy.ops.soliloquy.regenerate(left_arm=True)
    old, new = takes_of(_rig())
    assert (old.name, old.active, new.name, new.active) == ("Calm", False, "Calm part", True)
    assert new.regions == old.regions
    after = _states()
    assert {name: after[name] for name in before} == before, "the old take stays as it was"
    frames = np.arange(11, 131)
    inside = (frames >= START) & (frames <= END)
    for joint in ("left_elbow", "right_elbow", "left_index1", "spine3"):
        difference = np.abs(_played("Calm part", joint, frames) - _played("Calm", joint, frames)).max(1)
        assert difference[~inside].max() < 2e-4, joint
        assert (difference[inside].max() > 0.1) == (joint == "left_elbow"), joint
    # Copies key for key, apart from the body's.
    for item in nla.tracks(_rig()):
        if item.info["name"] == "Calm part" and item.region != "body":
            source = bpy.data.actions[item.strip.action.name.replace("Calm part", "Calm")]
            assert curves.key_state(item.strip.action) == curves.key_state(source)
    assert not edited(_rig(), new)
    assert not edited(_rig(), old)
    assert "1.0 to 2.0 s anew from variation 4" in take_rows.describe(new)
    assert "anew" not in take_rows.describe(old)


def test_curves_between_the_frames_do_not_jump_at_the_borders(scene: Any, client: Any) -> None:
    bpy.ops.soliloquy.regenerate(left_arm=True)
    for border in (START, END):
        frames = np.arange(border - 3, border + 3, 0.25)
        steps = np.diff(_played("Calm part", "left_elbow", frames), axis=0)
        assert np.abs(np.diff(steps, axis=0)).max() < 0.004


def test_keys_made_by_hand_stay_outside_the_range_and_the_part_meets_them(scene: Any, client: Any) -> None:
    bag = compat.strip_channelbag(_track("Calm", "body").strip)
    rig = _rig()
    path = bone_path(rig.bones["left_elbow"], "rotation_quaternion")
    curve = bag.fcurves.find(path, index=1)
    for frame in (20, 35, 60, 75, 110):
        curve.keyframe_points.insert(frame, 0.35).type = "KEYFRAME"
    other = bag.fcurves.find(bone_path(rig.bones["right_elbow"], "rotation_quaternion"), index=1)
    other.keyframe_points.insert(55, 0.4, keyframe_type="EXTREME")
    assert edited(rig, find_take(rig, "Calm"))
    before = _states()
    bpy.ops.soliloquy.regenerate(left_arm=True)
    after = _states()
    assert {name: after[name] for name in before} == before
    copied = compat.strip_channelbag(_track("Calm part", "body").strip)
    kept = [(p.co.x, p.co.y) for p in copied.fcurves.find(path, index=1).keyframe_points if p.type == "KEYFRAME"]
    assert [frame for frame, _ in kept] == [20, 35, 75, 110]
    assert {round(value, 4) for _, value in kept} == {0.35}
    assert _played("Calm part", "right_elbow", [55])[0, 1] == pytest.approx(0.4)
    outside = np.r_[np.arange(11, START), np.arange(END + 1, 131)]
    np.testing.assert_allclose(
        _played("Calm part", "left_elbow", outside), _played("Calm", "left_elbow", outside), atol=2e-4
    )
    for border in (START, END):
        turned = _played("Calm part", "left_elbow", np.arange(border - 3, border + 4))
        turned /= np.linalg.norm(turned, axis=1, keepdims=True)
        assert np.abs(np.diff(turned, 2, axis=0)).max() < 0.012, "it meets the motion as edited"
    assert edited(rig, find_take(rig, "Calm part")), "hand-made keys still count as such"


def test_the_report_tells_how_far_the_new_part_is_off(scene: Any, client: Any) -> None:
    rig = _rig()
    job = jobs.submit(regenerate.build(bpy.context, rig, active_take(rig), {"left_arm": True, "joints": "left_elbow"}))
    jobs.wait(job)
    wanted = Performance.load(client.orders[-1].output)
    first, last = round((START - 11) / 30 * wanted.fps), round((END - 11) / 30 * wanted.fps)
    turned = _played("Calm part", "left_elbow", np.arange(first, last + 1) + 11)
    turned /= np.linalg.norm(turned, axis=1, keepdims=True)
    found = quaternion_to_axis_angle(turned)
    off = np.linalg.norm(found - wanted.joint("left_elbow")[first : last + 1], axis=1).max()
    assert 1e-5 < job.report.errors["radians"] < 0.003
    assert job.report.max_error == job.report.errors["radians"]
    assert job.report.errors["radians"] == pytest.approx(off, abs=1e-4)
    assert find_take(_rig(), "Calm part").meta["max_error"]["radians"] >= job.report.errors["radians"]


def test_the_spine_takes_the_eyes_along(scene: Any, client: Any) -> None:
    bpy.ops.soliloquy.regenerate(spine=True)
    frames = np.arange(11, 131)
    inside = (frames >= START) & (frames <= END)
    for joint, least in (("spine3", 0.1), ("left_eye_smplhf", 0.03)):
        difference = np.abs(_played("Calm part", joint, frames) - _played("Calm", joint, frames)).max(1)
        assert difference[inside].max() > least, joint
        assert difference[~inside].max() < 2e-4, joint
    frames = np.arange(START, END)
    np.testing.assert_allclose(
        _played("Calm part", "left_elbow", frames), _played("Calm", "left_elbow", frames), atol=1e-6
    )


def test_crafted_lips_come_along_and_each_take_keeps_its_own(scene: Any, client: Any) -> None:
    from soliloquy.rigs.takes.craft import carrier, craft_of

    bpy.ops.soliloquy.craft(jaw=0.5)
    bpy.ops.soliloquy.regenerate(left_arm=True)
    rig = _rig()
    old, new = takes_of(rig)
    assert craft_of(rig, new).jaw == craft_of(rig, old).jaw == 0.5
    assert carrier(rig, new).soliloquy_craft.jaw == pytest.approx(0.5)
    before = curves.key_state(carrier(rig, old))
    bpy.ops.soliloquy.craft(jaw=1.5)
    assert craft_of(_rig(), find_take(_rig(), "Calm part")).jaw == 1.5
    assert craft_of(_rig(), find_take(_rig(), "Calm")).jaw == 0.5
    assert curves.key_state(carrier(_rig(), find_take(_rig(), "Calm"))) == before


def test_a_take_that_was_moved_keeps_its_place_and_its_timing(scene: Any, client: Any) -> None:
    move(_rig(), find_take(_rig(), "Calm"), 111)
    scene.frame_preview_start, scene.frame_preview_end = START + 100, END + 100
    bpy.ops.soliloquy.regenerate(left_arm=True)
    assert client.orders[-1].ranges == (pytest.approx(((START - 11) / 30, (END - 11) / 30)),)
    old, new = takes_of(_rig())
    assert (new.first_frame, new.last_frame) == (old.first_frame, old.last_frame) == (111, 230)


def test_one_undo_takes_the_new_take_away(scene: Any, client: Any) -> None:
    bpy.ops.ed.undo_push(message="before")
    bpy.ops.soliloquy.regenerate(left_arm=True)
    assert len(takes_of(_rig())) == 2
    bpy.ops.ed.undo()
    (take,) = takes_of(_rig())
    assert (take.name, take.active) == ("Calm", True)


def test_parts_of_parts_are_numbered_and_count_their_seeds(scene: Any, client: Any) -> None:
    for _ in range(3):
        bpy.ops.soliloquy.regenerate()
    assert [take.name for take in takes_of(_rig())] == ["Calm", "Calm part", "Calm part (2)", "Calm part (3)"]
    assert [order.settings.seed for order in client.orders] == [3, 4, 5, 6]
    scene.soliloquy.part.new_seed = False
    scene.soliloquy.seed = 42
    bpy.ops.soliloquy.regenerate()
    assert client.orders[-1].settings.seed == 42
    assert len(active_take(_rig()).meta["regenerated"]) == 4


def test_pressed_it_does_not_wait(scene: Any, client: Any) -> None:
    client.outcome = "hold"
    rig = _rig()
    jobs.submit(regenerate.build(bpy.context, rig, active_take(rig), {}))
    session.tick()
    assert len(takes_of(_rig())) == 1
    assert jobs.running()[0].title == f"Calm, frames {START} to {END}"
    client.outcome = "done"
    session.tick()
    session.tick()
    assert len(takes_of(_rig())) == 2


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"first": 500, "last": 600}, "not within 'Calm', which plays from 11 to 130"),
        ({"first": 60, "last": 50}, "not within 'Calm'"),
        ({"first": 50, "last": 52}, "shorter than 0.2 s"),
        ({"joints": "tail"}, "no joint or part 'tail'"),
        ({"left_arm": False, "spine": False}, "No part of the body is chosen"),
        ({"take": "Nobody"}, "no take 'Nobody'"),
    ],
)
def test_what_cannot_work_is_said_in_a_sentence(scene: Any, client: Any, given: dict[str, Any], words: str) -> None:
    with pytest.raises(RuntimeError, match=words):
        bpy.ops.soliloquy.regenerate(**given)
    assert len(client.orders) == 1


def test_without_its_files_a_take_says_so(scene: Any, client: Any) -> None:
    kept = Path(client.orders[0].output)
    kept.rename(kept.with_suffix(".away"))
    regenerate._looked.clear()
    with pytest.raises(RuntimeError, match=r"performance file of 'Calm' is gone.*animate again"):
        bpy.ops.soliloquy.regenerate()
    drawn = draw(PANEL)
    assert drawn.disabled == ["soliloquy.regenerate"]
    assert "performance file of 'Calm' is gone" in " ".join(drawn.labels)


def test_panel_shows_the_preview_range_or_asks_for_frames(scene: Any) -> None:
    drawn = draw(PANEL)
    assert f"Preview range: {START} to {END}" in drawn.labels
    assert drawn.properties == ["left_arm", "right_arm", "hands", "spine", "new_seed"]
    assert drawn.operators == ["soliloquy.regenerate"]
    assert drawn.disabled == []
    scene.use_preview_range = False
    assert draw(PANEL).properties[:2] == ["start", "end"]
    scene.soliloquy.part.start, scene.soliloquy.part.end = 50, 80
    assert regenerate.shown_range(scene) == (50, 80)
