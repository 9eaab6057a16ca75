"""Cloth over the trunks of the cast: one surface that hangs, whatever lies below."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from soliloquy.inference.cast import compose
from soliloquy.inference.character_model import Character
from soliloquy.inference.character_pack import load_pack
from soliloquy.inference.drape import LOOSE, TUCKED, Trunk, fit_of, trunk_share
from soliloquy.inference.person import blend
from soliloquy.inference.skeleton import JOINT_INDEX

ARMS = {"left_shoulder": (0.12, 0.0, -1.2), "right_shoulder": (0.12, 0.0, 1.2)}
"""Radians: arms that hang."""


def worn(character: Character, material: str) -> npt.NDArray[Any]:
    """Return the vertices of a garment."""
    faces = character.materials == character.material_names.index(material)
    return np.unique(character.loops[np.repeat(faces, character.sizes)])


def bumps(character: Character, material: str, points: npt.NDArray[Any]) -> float:
    """Return millimetres (95th percentile) that the front of a garment, its vertices at (V, 3) points, stands off an
    even surface laid through it."""
    cloth = worn(character, material)
    rest, points = character.vertices[cloth].astype(np.float64), points[cloth].astype(np.float64)
    spine = character.joints[JOINT_INDEX["spine2"]]
    neck = character.joints[JOINT_INDEX["neck"], 1] - spine[1]

    def place(at: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
        return np.arctan2(at[:, 0], at[:, 2] - spine[2]), (at[:, 1] - spine[1]) / neck

    angle, height = place(rest)
    trunk = trunk_share(character.weight_joints[cloth], character.weights[cloth])
    front = (np.abs(angle) < 1.1) & (height > -0.25) & (height < 0.4) & (trunk > 0.9)
    u, v = (value[front] for value in place(points))
    terms = np.stack([u**i * v**j for i in range(5) for j in range(5) if i + j <= 4], 1)
    radius = np.hypot(points[front, 0], points[front, 2] - spine[2])
    left = radius - terms @ np.linalg.lstsq(terms, radius, rcond=None)[0]
    return float(1000 * np.percentile(np.abs(left), 95))


@pytest.mark.parametrize("person", ["default", "woman", "man", "older_woman", "child", "stylised"])
@pytest.mark.parametrize(("outfit", "material"), [("sweater", "sweater"), ("tshirt", "tshirt")])
def test_cloth_does_not_show_the_forms_below_it(person: str, outfit: str, material: str) -> None:
    character = compose(person, outfit=outfit)
    pose = np.zeros((len(JOINT_INDEX), 3), np.float32)
    for joint, turn in ARMS.items():
        pose[JOINT_INDEX[joint]] = turn
    assert bumps(character, material, character.vertices) < 3.6
    assert bumps(character, material, character.skin(pose)) < 3.6


@pytest.mark.parametrize(("slider", "value"), [("masculine", -1.0), ("weight", 1.0)])
def test_sliders_do_not_bring_the_forms_back(slider: str, value: float) -> None:
    character = compose("default", outfit="sweater")
    shaped = character.vertices + np.tensordot(character.betas({slider: value}), character.shape, 1)
    assert bumps(character, "sweater", shaped) < 4.0


@pytest.mark.parametrize(("person", "least"), [("default", 0.90), ("man", 0.95), ("child", 0.88)])
def test_a_sweater_hangs_from_the_chest_instead_of_following_the_waist(person: str, least: float) -> None:
    character = compose(person, outfit="sweater")
    points = character.vertices[worn(character, "sweater")]
    low, high = character.joints[JOINT_INDEX["left_hip"], 1], character.joints[JOINT_INDEX["neck"], 1]
    trunk = np.abs(points[:, 0]) < 1.35 * character.joints[JOINT_INDEX["left_shoulder"], 0]

    def width(height: float) -> float:
        near = trunk & (np.abs((points[:, 1] - low) / (high - low) - height) < 0.03)
        return float(np.abs(points[near, 0]).max())

    assert width(0.38) > least * width(0.05)


def default_trunk() -> tuple[Trunk, npt.NDArray[Any], npt.NDArray[Any]]:
    """Return the default person's trunk, vertices and joints."""
    pack = load_pack()
    body = slice(0, pack.body)
    vertices = pack.surface.vertices[body]
    share = trunk_share(pack.surface.weight_joints[body], pack.surface.weights[body])
    return Trunk(vertices, pack.joints, share), vertices, pack.joints


def test_what_hangs_ends_before_neck_and_arms() -> None:
    trunk, rest, joints = default_trunk()
    moved = np.abs(trunk.hung(rest, joints) - rest).max(1) > 1e-6
    assert moved.any()
    assert rest[moved, 1].max() < joints[JOINT_INDEX["neck"], 1]
    above = moved & (rest[:, 1] > joints[JOINT_INDEX["left_shoulder"], 1] - 0.03)
    assert np.abs(rest[above, 0]).max() < joints[JOINT_INDEX["left_shoulder"], 0] + 0.03


def test_what_moves_a_body_evenly_moves_its_cloth_as_far() -> None:
    trunk, rest, joints = default_trunk()
    shift = np.array([0.0, 0.02, -0.03])
    apart = trunk.hung(rest + shift, joints + shift) - trunk.hung(rest, joints)
    np.testing.assert_allclose(apart, np.broadcast_to(shift, apart.shape), atol=1e-4)


def test_cloth_lies_on_the_body_where_it_is_tucked_in_and_spans_the_waist_where_it_hangs() -> None:
    person = blend({"man": 1.0})
    assert person is not None
    trunk, rest, joints = default_trunk()
    rest, joints = rest + person.displacements[: len(rest)], joints + person.joints
    hip, neck = joints[JOINT_INDEX["left_hip"], 1], joints[JOINT_INDEX["neck"], 1]
    height = (rest[:, 1] - hip) / (neck - hip)
    sides = (np.abs(height - 0.3) < 0.03) & (np.abs(rest[:, 2]) < 0.04) & (np.abs(rest[:, 0]) < 0.2)
    out = {fit: np.abs(trunk.hung(rest, joints, fit)[sides, 0]) - np.abs(rest[sides, 0]) for fit in (LOOSE, TUCKED)}
    assert out[LOOSE].mean() > 0.01
    assert out[TUCKED].mean() < 0.5 * out[LOOSE].mean()
    assert fit_of(["jeans", "sweater"]) == (LOOSE, ("sweater",))
    assert fit_of(["shirt", "belt"]) == (TUCKED, ("shirt", "belt"))
