"""Controls on top of takes: nothing changes until one is moved, then hand, foot or face go there, and off they come."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from body_model_files import smplx_arrays, write_smplx_model
from saved_scene import save_scene
from small_character import small_performance

from soliloquy.inference.errors import BadRig
from soliloquy.rigs.body_models.add import add_body_model
from soliloquy.rigs.character import shape
from soliloquy.rigs.character.default_character import add_character
from soliloquy.rigs.control_layer import layer
from soliloquy.rigs.control_layer.board import TRAVEL
from soliloquy.rigs.control_layer.marker import has_controls
from soliloquy.rigs.rig import Rig, find_rig
from soliloquy.rigs.sample import sample_take
from soliloquy.rigs.takes import take as takes
from soliloquy.rigs.takes.bake import BakeOptions, bake

FRAMES = (5, 20, 41)


def posed(rig: Rig, frame: int) -> dict[str, np.ndarray]:
    """Return bone -> (4, 4) as posed in the armature, of the joints."""
    bpy.context.scene.frame_set(frame)
    return {name: np.array(rig.armature.pose.bones[name].matrix) for name in rig.bones.values()}


def skin(rig: Rig, frame: int) -> np.ndarray:
    """Return (N, 3) vertices of the body as shown."""
    bpy.context.scene.frame_set(frame)
    mesh = rig.meshes[0].evaluated_get(bpy.context.evaluated_depsgraph_get()).data
    points = np.empty(3 * len(mesh.vertices), np.float32)
    mesh.vertices.foreach_get("co", points)
    return points.reshape(-1, 3)


def move(rig: Rig, control: str, *along: float) -> Any:
    """Move a control; returns its pose bone."""
    bone = rig.armature.pose.bones[control]
    bone.location = along
    bpy.context.view_layer.update()
    return bone


def tree(rig: Rig) -> tuple[Any, ...]:
    """Return all there is to a character that controls might leave something of."""
    keys = rig.meshes[0].data.shape_keys
    drivers = [(c.data_path, c.array_index, c.driver.expression, [v.name for v in c.driver.variables])
               for owner in (rig.armature, keys) for c in owner.animation_data.drivers]  # fmt: skip
    rest = [(b.name, np.round(np.array(b.matrix_local), 6).tolist()) for b in rig.armature.data.bones]
    held = [(b.name, [c.name for c in b.constraints], b.rotation_mode) for b in rig.armature.pose.bones]
    groups = [(c.name, len(c.bones), c.is_visible) for c in rig.armature.data.collections]
    return drivers, rest, held, groups, list(rig.armature.data.keys()), [b.name for b in keys.key_blocks]


def names_in_file() -> list[str]:
    """Return the names of objects and meshes, those of no scene included."""
    return sorted(item.name for item in (*bpy.data.objects, *bpy.data.meshes))


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Path:
    def build() -> None:
        bake(small_performance(60, seed=1, speed=0.4), add_character(bpy.context), BakeOptions(name="One"))

    return save_scene(tmp_path_factory.mktemp("controls") / "scene.blend", build)


@pytest.fixture
def sliders() -> Iterator[None]:
    """Sliders of the body, where no add-on brought them."""
    mine = not hasattr(bpy.types.Object, "soliloquy_shape")
    if mine:
        shape.register()
    yield
    if mine:
        shape.unregister()


def test_a_take_plays_as_before_until_a_control_is_moved(rig) -> None:
    before = {frame: (posed(rig, frame), skin(rig, frame)) for frame in FRAMES}
    assert layer.add_controls(rig) == []
    for frame, (bones, points) in before.items():
        now = posed(rig, frame)
        assert max(np.abs(now[name] - bones[name]).max() for name in bones) < 1e-5
        assert np.abs(skin(rig, frame) - points).max() < 1e-5
    drivers = [*rig.armature.animation_data.drivers, *rig.meshes[0].data.shape_keys.animation_data.drivers]
    assert all(c.driver.is_valid and c.driver.is_simple_expression for c in drivers if c.driver.type == "SCRIPTED")


@pytest.mark.parametrize(
    ("control", "end", "start"),
    [("CTL_hand.L", "left_wrist", "left_shoulder"), ("CTL_foot.R", "right_ankle", "right_hip")],
)
def test_a_hand_or_foot_goes_where_its_control_goes_and_nothing_else_moves(rig, control, end, start) -> None:
    layer.add_controls(rig)
    move(rig, control, 0.0, 0.0, 0.0)
    before = {frame: posed(rig, frame) for frame in FRAMES}
    for frame, was in before.items():
        # Towards the body, for an arm has no more than its length, and aside; along the armature's axes.
        away = was[start][:3, 3] - was[end][:3, 3]
        away = 0.8 * away / np.linalg.norm(away) + (0.2, -0.3, 0.2)
        away *= 0.1 / np.linalg.norm(away)
        move(rig, control, *away)
        now = posed(rig, frame)
        assert np.linalg.norm(now[end][:3, 3] - was[end][:3, 3] - away) < 1e-3
        assert np.abs(now[end][:3, :3] - was[end][:3, :3]).max() < 1e-5, "the hand itself does not turn"
        limb = {start, end, start.replace("shoulder", "elbow").replace("hip", "knee")}
        rest = rig.armature.data.bones
        still = [b for b in was if not limb & {b, *(parent.name for parent in rest[b].parent_recursive)}]
        assert max(np.abs(now[b] - was[b]).max() for b in still) < 1e-6
    rig.armature.pose.bones[control]["influence"] = 0.0
    rig.armature.update_tag()
    assert np.abs(posed(rig, 20)[end] - before[20][end]).max() < 1e-5


def test_feet_stand_while_the_hips_go_down_and_a_knee_turns(rig) -> None:
    layer.add_controls(rig)
    before = posed(rig, 20)
    move(rig, "CTL_hips", 0.0, 0.0, -0.08)
    down = posed(rig, 20)
    assert np.allclose(down["pelvis"][:3, 3] - before["pelvis"][:3, 3], (0.0, 0.0, -0.08), atol=1e-5)
    for side in ("left", "right"):
        assert np.linalg.norm(down[f"{side}_ankle"][:3, 3] - before[f"{side}_ankle"][:3, 3]) < 1e-3
    move(rig, "CTL_knee.L", 0.3, 0.0, 0.0)
    turned = posed(rig, 20)
    assert turned["left_knee"][0, 3] - down["left_knee"][0, 3] > 0.02
    assert np.linalg.norm(turned["left_ankle"][:3, 3] - before["left_ankle"][:3, 3]) < 1e-3


def test_spine_and_head_turn_on_top_of_the_take(rig) -> None:
    layer.add_controls(rig)
    before = {frame: posed(rig, frame)["head"][:3, :3] for frame in FRAMES}
    head = rig.armature.pose.bones["CTL_head"]
    head.rotation_euler = (0.0, 0.3, 0.0)
    for frame, was in before.items():
        turn = posed(rig, frame)["head"][:3, :3] @ was.T
        assert np.degrees(np.arccos((np.trace(turn) - 1.0) / 2.0)) == pytest.approx(np.degrees(0.3), abs=0.01)


def test_the_board_adds_to_the_face_and_never_beyond_its_keys(rig) -> None:
    layer.add_controls(rig)
    blocks = rig.meshes[0].data.shape_keys.key_blocks
    before, bones = skin(rig, 20), posed(rig, 20)
    own = blocks["mouthSmileLeft"].value
    move(rig, "CTL_mouth.L", 0.0, TRAVEL / 4, 0.0)
    assert blocks["mouthSmileLeft_control"].value == pytest.approx(0.25, abs=1e-4)
    moved = np.abs(skin(rig, 20) - before).max(axis=1)
    assert 0.001 < moved.max() < 0.02
    assert before[moved > 1e-4][:, 0].min() > -0.03, "the left corner alone"
    move(rig, "CTL_mouth.L", 0.0, 5 * TRAVEL, 0.0)
    assert own + blocks["mouthSmileLeft_control"].value == pytest.approx(1.0, abs=1e-4)
    move(rig, "CTL_mouth.L", 0.0, 0.0, 0.0)
    move(rig, "CTL_jaw", 0.0, -TRAVEL / 2, 0.0)
    opened = min(0.5, 1.0 - blocks["jawOpen_corrective"].value)
    turn = posed(rig, 20)["jaw"][:3, :3] @ bones["jaw"][:3, :3].T
    assert blocks["jawOpen_corrective_control"].value == pytest.approx(opened, abs=1e-4)
    assert np.arccos((np.trace(turn) - 1.0) / 2.0) == pytest.approx(opened * 0.42413, abs=1e-3)
    move(rig, "CTL_jaw", 0.0, 0.0, 0.0)
    move(rig, "CTL_eyes", TRAVEL, 0.0, 0.0)
    ahead = posed(rig, 20)["left_eye_smplhf"][:3, 2] - bones["left_eye_smplhf"][:3, 2]
    assert ahead[0] > 0.2, "to the character's left"


def test_what_controls_do_is_in_the_performance_that_is_exported(rig) -> None:
    (take,) = takes.takes_of(rig)
    before = sample_take(rig, take)
    layer.add_controls(rig)
    same = sample_take(rig, take)
    assert np.abs(same.poses - before.poses).max() < 1e-5
    assert np.abs(same.arkit - before.arkit).max() < 1e-6
    move(rig, "CTL_mouth.L", 0.0, TRAVEL / 2, 0.0)
    move(rig, "CTL_hand.L", -0.05, -0.05, 0.05)
    after = sample_take(rig, take)
    smile = after.coefficient("mouthSmileLeft") - before.coefficient("mouthSmileLeft")
    assert smile.min() > 0.2
    assert np.abs(after.joint("left_elbow") - before.joint("left_elbow")).max() > 0.05


def test_they_come_off_without_a_trace(rig) -> None:
    before, shown = tree(rig), {frame: skin(rig, frame) for frame in FRAMES}
    held = names_in_file()
    layer.add_controls(rig)
    move(rig, "CTL_hand.L", -0.05, -0.05, 0.05)
    move(rig, "CTL_mouth.L", 0.0, TRAVEL / 2, 0.0)
    with pytest.raises(BadRig, match="already"):
        layer.add_controls(rig)
    layer.remove_controls(rig)
    assert tree(rig) == before
    assert names_in_file() == held
    for frame, points in shown.items():
        assert np.array_equal(skin(rig, frame), points)
    assert not has_controls(rig.armature)
    with pytest.raises(BadRig, match="no controls"):
        layer.remove_controls(rig)


def test_another_take_keeps_the_controls_and_what_they_add(rig) -> None:
    layer.add_controls(rig)
    away = np.array([-0.04, -0.05, 0.06])
    move(rig, "CTL_hand.R", *(away * (-1.0, 1.0, 1.0)))
    again = find_rig(rig.armature)
    assert again is not None
    assert (again.skeleton, again.face) == ("smplx", "arkit")
    assert again.bones == rig.bones
    assert again.switches == again.notes == ()
    report = bake(small_performance(60, seed=2, speed=0.4), again, BakeOptions(name="Two"))
    assert not [text for text in report.warnings if "Control" in text], report.warnings
    moved = posed(again, 30)["right_wrist"][:3, 3]
    move(rig, "CTL_hand.R", 0.0, 0.0, 0.0)
    assert np.linalg.norm(moved - posed(again, 30)["right_wrist"][:3, 3] - away * (-1.0, 1.0, 1.0)) < 1e-3


def test_they_follow_a_body_that_is_made_another(rig, sliders) -> None:
    layer.add_controls(rig)
    rig.armature.soliloquy_shape.height = 1.0
    for control, joint in (("CTL_hand.L", "left_wrist"), ("CTL_foot.R", "right_ankle"), ("CTL_head", "head")):
        heads = [np.array(rig.armature.data.bones[name].head_local) for name in (control, joint)]
        assert np.allclose(heads[0], heads[1], atol=1e-5), control
    layer.remove_controls(rig)
    plain = posed(rig, 20)
    layer.add_controls(rig)
    assert max(np.abs(posed(rig, 20)[b] - plain[b]).max() for b in plain) < 1e-5


def test_a_skeleton_of_another_kind_is_told_why_it_gets_none(blank_scene) -> None:
    rig = add_character(bpy.context)
    assert layer.why_not(rig) is None
    other = Rig(armature=rig.armature, meshes=rig.meshes, skeleton="mixamo", joints=rig.joints)
    with pytest.raises(BadRig, match="no SMPL-X skeleton"):
        layer.add_controls(other)
    assert not has_controls(rig.armature)


def test_a_body_model_gets_its_limbs_and_hears_that_its_face_has_no_board(blank_scene, tmp_path) -> None:
    rig = add_body_model(bpy.context, write_smplx_model(tmp_path / "SMPLX_FEMALE.npz", smplx_arrays(20)))
    bake(small_performance(30, seed=3, speed=0.1), rig, BakeOptions(name="One"))
    before, held = posed(rig, 10), names_in_file()
    assert [text for text in layer.add_controls(rig) if "no face board" in text]
    assert max(np.abs(posed(rig, 10)[name] - before[name]).max() for name in before) < 1e-5
    hand, shoulder = (before[f"left_{joint}"][:3, 3] for joint in ("wrist", "shoulder"))
    away = 0.05 * (shoulder - hand) / np.linalg.norm(shoulder - hand)
    move(rig, "CTL_hand.L", *away)
    assert np.linalg.norm(posed(rig, 10)["left_wrist"][:3, 3] - hand - away) < 1e-3
    layer.remove_controls(rig)
    assert names_in_file() == held
    assert max(np.abs(posed(rig, 10)[name] - before[name]).max() for name in before) < 1e-6
