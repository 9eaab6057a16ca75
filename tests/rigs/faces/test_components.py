"""Numbered components of expression: what a performance does to the lips, they do, within their bounds."""

from __future__ import annotations

from typing import Any

import pytest

bpy = pytest.importorskip("bpy")

import numpy as np
from head_alone import as_added

from soliloquy.inference.arkit import ARKIT_INDEX, ARKIT_NAMES
from soliloquy.inference.performance import Performance
from soliloquy.inference.skeleton import JOINT_NAMES
from soliloquy.rigs.character.default_character import add_character
from soliloquy.rigs.character.shape import to_blender
from soliloquy.rigs.faces import component_fit
from soliloquy.rigs.faces.component_fit import BOUND, Fit, bounded
from soliloquy.rigs.measures.components import lip_errors
from soliloquy.rigs.rig import find_rig
from soliloquy.rigs.takes.bake import BakeOptions, bake
from soliloquy.rigs.takes.take import remove

COMPONENTS = 8
MOUTH = [name for name in ARKIT_NAMES if name.startswith("mouth") and name != "mouthClose"]


def _mixtures() -> np.ndarray:
    """Return (8, 52) coefficients that the components show at 1."""
    rng = np.random.default_rng(5)
    mix = np.zeros((COMPONENTS, len(ARKIT_NAMES)))
    for name in MOUTH:
        mix[:, ARKIT_INDEX[name]] = rng.normal(size=COMPONENTS) * 0.3
    return mix


@pytest.fixture
def rig(blank_scene: Any) -> Any:
    """The default character with components in place of its 52 keys, imported as FBX files are: sliders from 0 to 1."""
    found = add_character(bpy.context)
    character, mesh = as_added(), found.meshes[0]
    mesh.shape_key_clear()
    mesh.shape_key_add(name="Basis", from_mix=False)
    deltas = np.stack([key.dense(len(character.vertices)) for key in character.arkit])
    for index, mix in enumerate(_mixtures()):
        block = mesh.shape_key_add(name=f"Exp{index:03d}", from_mix=False)
        moved = character.vertices + np.einsum("k,kvi->vi", mix, deltas)
        block.points.foreach_set("co", to_blender(moved).astype(np.float32).ravel())
        block.slider_min, block.slider_max, block.value = 0.0, 1.0, 0.0
    return find_rig(found.armature)


def _performance(coefficients: np.ndarray) -> Performance:
    frames = len(coefficients)
    poses = np.zeros((frames, 3 * len(JOINT_NAMES)), np.float32)
    open_ = coefficients[:, ARKIT_INDEX["jawOpen"]]
    poses[:, 3 * JOINT_NAMES.index("jaw")] = as_added().jaw_open_radians * open_
    return Performance(30.0, poses, np.zeros((frames, 3), np.float32), coefficients.astype(np.float32), open_)


def _lips(rig: Any, frame: int) -> np.ndarray:
    """Return (n, 3) skin around the mouth as it shows."""
    bpy.context.scene.frame_set(frame)
    mesh = rig.meshes[0].evaluated_get(bpy.context.evaluated_depsgraph_get()).to_mesh()
    points = np.empty(3 * len(mesh.vertices), np.float32)
    mesh.vertices.foreach_get("co", points)
    rest = to_blender(as_added().vertices)
    middle = rest[as_added().landmarks[0]]
    near = np.abs(rest - middle) < (0.026, 0.03, 0.012)
    return points.reshape(-1, 3)[near.all(axis=1)].astype(np.float64)


def test_lips_move_as_performed_and_what_was_widened_is_set_back(rig: Any) -> None:
    assert rig.face == "components"
    assert [drive.title for drive in rig.drives] == ["8 components of expression"]
    assert "cannot shut its eyes" in rig.lacks["upper_face"]
    blocks = rig.meshes[0].data.shape_keys.key_blocks
    amounts = np.array([np.zeros(COMPONENTS), [1.0, -0.8, 0.5, 0, 0.7, -0.4, 0.9, -1.0]])
    coefficients = amounts @ _mixtures()
    coefficients[1, ARKIT_INDEX["jawOpen"]] = 0.6
    report = bake(_performance(coefficients), rig, BakeOptions(tolerance=0.0, regions=("lips",)))
    assert not any("stops at" in said for said in report.warnings)
    shown = _lips(rig, 2)
    assert any("were widened" in said for said in report.warnings)
    assert min(block.slider_min for block in blocks) < 0.0

    other = add_character(bpy.context)
    jaw = other.armature.pose.bones["jaw"]
    jaw.rotation_mode = "XYZ"
    jaw.rotation_euler[0] = as_added().jaw_open_radians * 0.6
    keys = other.meshes[0].data.shape_keys.key_blocks
    for name in ARKIT_NAMES:
        keys[name].slider_min = -10.0
        keys[name].value = coefficients[1, ARKIT_INDEX[name]]
    keys["jawOpen"].value = 0.0
    keys["jawOpen_corrective"].value = 0.6
    wanted, rest = _lips(other, 2), _lips(rig, 1)
    assert np.linalg.norm(wanted - rest, axis=1).mean() > 5e-3
    assert np.linalg.norm(shown - wanted, axis=1).mean() < 1.5e-3

    remove(rig, report.take)
    assert all((block.slider_min, block.slider_max) == (0.0, 1.0) for block in blocks[1:])
    bpy.context.scene.render.fps = 30
    found = lip_errors(rig, _performance(coefficients))
    assert 0.0 < found["mean"] < 1.5 < found["moves"]


def test_a_mesh_is_fitted_once(rig: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    coefficients = np.zeros((2, 52))
    first = bake(_performance(coefficients), rig)

    def never(*_: Any) -> None:
        raise AssertionError("fitted again")

    monkeypatch.setattr(component_fit, "_made", never)
    assert bake(_performance(coefficients), rig).keys == first.keys


def test_components_without_a_face_are_said(blank_scene: Any) -> None:
    mesh = bpy.data.meshes.new("Card")
    mesh.from_pydata([(0, 0, 0), (1, 0, 0), (0, 1, 0)], [], [(0, 1, 2)])
    card = bpy.data.objects.new("Card", mesh)
    bpy.context.collection.objects.link(card)
    for name in ("Basis", *(f"exp{index}" for index in range(10))):
        card.shape_key_add(name=name)
    rig = find_rig(card)
    assert rig is not None
    from soliloquy.rigs.takes.channels import region_channels

    assert region_channels(_performance(np.zeros((2, 52))), rig, "lips") == []
    assert "No face could be made out on 'Card'" in rig.drives[0].remarks[0]


def test_components_stay_within_their_bounds() -> None:
    own = np.array([[1.0, 0.5], [0.5, 1.0]])
    goal = np.zeros((2, 52))
    goal[0, 0], goal[1, 0] = 10.0, 1.0
    found = bounded(Fit(own, goal), np.eye(52)[:1])
    assert found[0, 0] == BOUND
    assert found[0, 1] == pytest.approx(1.0 - 0.5 * BOUND)
