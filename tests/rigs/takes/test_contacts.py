"""Hands that touch in a performance touch on other bodies too, and nothing changes where nothing is near."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from mathutils import Vector
from performed import heads
from small_character import add_small_character, small_performance
from touching import CHEST, CLAP, FACE, FRAMES, TOUCHING, touching
from turned_data import hang_arms

from soliloquy.inference.limb_reach import reach
from soliloquy.rigs.body_surface import LIMBS, REFERENCE, limb_surfaces, measure_surface
from soliloquy.rigs.mappings.register import SkeletonFound
from soliloquy.rigs.mappings.smplx import SKELETON
from soliloquy.rigs.reference_skeleton import PLACES
from soliloquy.rigs.rig import Rig, assemble
from soliloquy.rigs.takes import contacts, touched_limbs
from soliloquy.rigs.takes.bake import BakeOptions, bake
from soliloquy.rigs.takes.contacts import keep_contacts, near_touches
from soliloquy.rigs.takes.rig_places import RigPlaces
from soliloquy.rigs.takes.touched_limbs import near_limbs
from soliloquy.rigs.takes.world_turns import WorldTurns, turned


def _rig(arms: float) -> Rig:
    """Return a character with hanging arms, shorter or longer than a body's, that is no SMPL-X body."""
    rig = add_small_character(bpy)
    hang_arms(bpy, rig.armature, 0.8)
    bpy.ops.object.mode_set(mode="EDIT")
    for side in ("left", "right"):
        top = rig.armature.data.edit_bones[f"{side}_shoulder"]
        for bone in top.children_recursive:
            bone.head = top.head + arms * (bone.head - top.head)
            bone.tail = bone.head + Vector((0, 0, 0.05))
    bpy.ops.object.mode_set(mode="OBJECT")
    kind = dataclasses.replace(SKELETON, name="other", t_pose=False)
    return assemble(rig.armature, rig.meshes, SkeletonFound(kind, rig.bones), None, rig.attached)


@pytest.fixture
def scene(blank_scene: Any) -> Any:
    blank_scene.render.fps = 30
    return blank_scene


@pytest.mark.parametrize("arms", [1.65, 1.75])
def test_hands_that_clap_clap_on_other_arms(scene: Any, arms: float) -> None:
    rig, performance = _rig(arms), touching(CLAP)
    bake(performance, rig, BakeOptions(tolerance=0.0))
    shown, turns = heads(bpy, rig, TOUCHING + 1), WorldTurns(performance, rig)
    unit = 1.0 / rig.root.metres
    ends = ("middle1", "middle3", "index3", "thumb3", "pinky3")
    pairs = [(f"left_{one}", f"right_{other}") for one in ends for other in ends]
    apart = {pair: turns.place(pair[0])[TOUCHING] - turns.place(pair[1])[TOUCHING] for pair in pairs}
    one, other = min(pairs, key=lambda pair: float(np.linalg.norm(apart[pair])))
    assert np.linalg.norm(apart[one, other]) < 0.05
    assert np.linalg.norm((shown[one] - shown[other]) / unit - apart[one, other]) < 0.03


def test_arms_point_as_performed_before_anything_is_near(scene: Any) -> None:
    rig, performance = _rig(1.8), touching(CLAP)
    turns = WorldTurns(performance, rig)
    keep_contacts(turns)
    off = np.abs(turns.shown("left_shoulder") - turns.joint("left_shoulder")).max(axis=1)
    assert off[0] == off[-1] == 0.0
    assert off[TOUCHING] > 0.01
    assert np.abs(np.diff(off)).max() < 0.5 * off.max()
    assert np.array_equal(turns.shown("left_wrist"), turns.joint("left_wrist"))


def test_nothing_changes_where_nothing_is_near(scene: Any) -> None:
    rig = _rig(1.7)
    performance = small_performance(20)
    turns = WorldTurns(performance, rig)
    keep_contacts(turns)
    assert all(turns.as_performed(f"{side}_{part}") for side in ("left", "right") for part in ("shoulder", "elbow"))


def test_the_default_proportions_are_left_alone(scene: Any) -> None:
    rig = add_small_character(bpy)
    turns = WorldTurns(touching(CLAP), rig)
    keep_contacts(turns)
    assert turns.as_performed("left_shoulder")


@pytest.mark.parametrize(("wrists", "joint"), [(CHEST, "left_shoulder"), (FACE, "right_elbow")])
def test_a_hand_at_the_chest_or_the_face_is_held_there(
    scene: Any, wrists: dict[str, Any], joint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig = _rig(1.5)
    turns = WorldTurns(touching(wrists), rig)
    near = near_touches(turns)
    # The small character is no body, and would give such a touch up.
    monkeypatch.setattr(contacts, "_LARGE", 3.0)
    monkeypatch.setattr(contacts, "_SMALL", 2.0)
    keep_contacts(turns)
    changed = np.abs(turns.shown(joint) - turns.joint(joint)).max(axis=1)
    assert changed[TOUCHING] > 1e-3
    assert changed[0] == changed[-1] == 0.0
    assert not changed[~near].any()
    assert len(changed) == FRAMES


@pytest.mark.parametrize("wrists", [CLAP, CHEST, FACE])
def test_arms_point_as_performed_where_a_touch_would_turn_them_much(scene: Any, wrists: dict[str, Any]) -> None:
    turns = WorldTurns(touching(wrists), _rig(1.05))
    assert near_touches(turns).any()
    keep_contacts(turns)
    for part in ("shoulder", "elbow"):
        for side in ("left", "right"):
            assert np.array_equal(turns.shown(f"{side}_{part}"), turns.joint(f"{side}_{part}"))


def test_no_arm_turns_much_whatever_its_length(scene: Any) -> None:
    kept = []
    for arms in (1.55, 1.6, 1.65, 1.75):
        turns = WorldTurns(touching(CLAP), _rig(arms))
        keep_contacts(turns)
        off = [turns.shown(name) * turns.joint(name) for name in ("left_shoulder", "left_elbow")]
        kept.append(max(float(2.0 * np.degrees(np.arccos(np.clip(np.abs(x.sum(1)), 0, 1))).max()) for x in off))
    assert max(kept) < 11.0
    assert min(kept) > 1.0


def test_hands_that_would_pass_through_each_other_are_held_apart(scene: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contacts, "_SMALL", np.radians(6.0))
    monkeypatch.setattr(contacts, "_LARGE", np.radians(7.0))
    kept = {}
    for arms in (1.65, 2.6):
        turns = WorldTurns(touching(CLAP), _rig(arms))
        keep_contacts(turns)
        kept[arms] = bool(np.abs(turns.shown("left_shoulder") - turns.joint("left_shoulder")).max() > 0.02)
    assert kept == {1.65: False, 2.6: True}


def test_a_hand_that_passes_by_is_left_alone(scene: Any) -> None:
    performance = touching({"left": CHEST["left"] + np.array([0.0, 0.0, 0.14])})
    assert not near_touches(WorldTurns(performance, _rig(1.8))).any()


def test_a_body_is_measured_by_its_points() -> None:
    rng = np.random.default_rng(0)
    sphere = rng.normal(size=(4000, 3))
    sphere /= np.linalg.norm(sphere, axis=1, keepdims=True)
    head = PLACES["head"] + 2.0 * REFERENCE.head * np.abs(sphere) * np.sign(rng.normal(size=(4000, 3)))
    level = np.repeat(np.linspace(1.0, 1.43, 44), 20)
    chest = np.stack([np.zeros(len(level)), level, np.full(len(level), 0.3)], axis=1)
    found = measure_surface(np.concatenate([head, chest]), dict(PLACES))
    assert np.abs(found.head / REFERENCE.head - 2.0).max() < 0.15
    assert np.abs(found.front - 0.3).max() < 0.01


@pytest.mark.parametrize("arms", [1.6, 2.1])
def test_a_hand_on_the_other_arm_lies_on_it(scene: Any, arms: float, monkeypatch: pytest.MonkeyPatch) -> None:
    rig, bare = _rig(arms), WorldTurns(touching({}), _rig(1.0))
    on = 0.5 * (bare.place("left_shoulder") + bare.place("left_elbow"))[TOUCHING]
    turns = WorldTurns(touching({"right": on + np.array([-0.12, 0.0, 0.09])}), rig)
    surface = LIMBS["upper arm"][2]
    monkeypatch.setattr(touched_limbs, "limb_surfaces", lambda *_: {"left": surface, "right": surface})

    def apart(place: Any) -> dict[str, float]:
        first, last = (place(f"left_{part}")[TOUCHING] for part in ("shoulder", "elbow"))
        found = {}
        for joint in ("wrist", "middle1", "middle3", "index3", "thumb3", "pinky3"):
            off = place(f"right_{joint}")[TOUCHING] - first
            along = np.clip(off @ (last - first) / ((last - first) @ (last - first)), 0.0, 1.0)
            found[joint] = float(np.linalg.norm(off - along * (last - first)))
        return found

    performed, before = apart(turns.place), apart(RigPlaces(turns).place)
    joint = min(performed, key=performed.__getitem__)
    assert near_touches(turns)[TOUCHING]
    keep_contacts(turns)
    after = apart(RigPlaces(turns).place)
    assert abs(after[joint] - performed[joint]) < 0.5 * abs(before[joint] - performed[joint])


@pytest.mark.parametrize(("place", "lies"), [((0.0, 0.0, 0.11), True), ((0.11, 0.0, 0.0), False)])
def test_a_hand_on_a_thigh_lies_there_and_one_that_hangs_beside_it_is_left_alone(
    scene: Any, place: tuple[float, float, float], lies: bool
) -> None:
    bare = WorldTurns(touching({}), _rig(1.0))
    thigh = (0.7 * bare.place("left_hip") + 0.3 * bare.place("left_knee"))[TOUCHING]
    turns = WorldTurns(touching({"left": thigh + np.array(place)}), _rig(1.6))
    near = near_limbs(turns, "left", ["left_wrist"], 0.012, lambda far, fps: (far < 0.07).astype(float))
    assert [touch.limb for touch in near if touch.side == "left"] == ["thigh"] * lies


def test_limbs_are_as_thick_as_their_points_and_hips_as_wide_as_what_is_worn() -> None:
    along, around = np.meshgrid(np.linspace(0.05, 0.95, 40), np.linspace(0.0, 2.0 * np.pi, 24, endpoint=False))
    ring = np.stack([np.cos(around.ravel()), np.zeros(around.size), np.sin(around.ravel())], axis=1)
    legs, skirt = [], []
    for side, sign in (("left", 1.0), ("right", -1.0)):
        hip, knee = PLACES[f"{side}_hip"], PLACES[f"{side}_knee"]
        line = hip + along.reshape(-1, 1) * (knee - hip)
        legs.append(line + 0.06 * ring)
        skirt.append(line + np.array([0.2 * sign, 0.0, 0.0]))
    plain = limb_surfaces(np.concatenate(legs), PLACES, "thigh")["left"]
    worn = limb_surfaces(np.concatenate([*legs, *skirt]), PLACES, "thigh")["left"]
    assert np.abs(plain.around - 0.06).max() < 0.005
    assert np.abs(plain.outwards - 0.06).max() < 0.005
    assert np.abs(worn.outwards - 0.2).max() < 0.02


def test_a_limb_reaches_and_one_that_is_there_stays() -> None:
    rng = np.random.default_rng(1)
    upper, lower = rng.normal(size=(40, 3)), rng.normal(size=(40, 3))
    end = (upper + lower) * rng.uniform(0.7, 0.95, (40, 1))
    first, second = reach(upper, lower, end, rng.normal(size=(40, 3)))
    shown = turned(first, upper) + turned(second, lower)
    within = np.linalg.norm(end, axis=1) > np.abs(np.linalg.norm(upper, axis=1) - np.linalg.norm(lower, axis=1)) + 0.01
    assert np.abs(shown - end)[within].max() < 0.01
    first, second = reach(upper, lower, upper + lower, rng.normal(size=(40, 3)))
    for turn in (first, second):
        assert np.abs(np.abs(turn[:, 0]) - 1.0).max() < 1e-9
