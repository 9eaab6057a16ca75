"""Cloth over the chests of the cast: one surface, whatever lies below."""

from __future__ import annotations

import numpy as np
import pytest

from soliloquy.inference.cast import compose
from soliloquy.inference.character_pack import load_pack
from soliloquy.inference.drape import Chest, trunk_share
from soliloquy.inference.person import blend
from soliloquy.inference.skeleton import JOINT_INDEX


def bumps(person: str, outfit: str, material: str) -> float:
    """Return millimetres (95th percentile) that the front of a garment stands off an even surface laid through it."""
    character = compose(person, outfit=outfit)
    faces = character.materials == character.material_names.index(material)
    cloth = np.unique(character.loops[np.repeat(faces, character.sizes)])
    points = character.vertices[cloth].astype(np.float64)
    spine = character.joints[JOINT_INDEX["spine2"]]
    neck = character.joints[JOINT_INDEX["neck"], 1] - spine[1]
    angle, height = np.arctan2(points[:, 0], points[:, 2] - spine[2]), (points[:, 1] - spine[1]) / neck
    trunk = trunk_share(character.weight_joints[cloth], character.weights[cloth])
    front = (np.abs(angle) < 0.8) & (height > -0.25) & (height < 0.4) & (trunk > 0.9)
    u, v = angle[front], height[front]
    terms = np.stack([u**i * v**j for i in range(5) for j in range(5) if i + j <= 4], 1)
    radius = np.hypot(points[front, 0], points[front, 2] - spine[2])
    rest = radius - terms @ np.linalg.lstsq(terms, radius, rcond=None)[0]
    return float(1000 * np.percentile(np.abs(rest), 95))


@pytest.mark.parametrize("person", ["default", "woman", "man", "older_woman", "child", "stylised"])
@pytest.mark.parametrize(("outfit", "material"), [("sweater", "sweater"), ("tshirt", "tshirt")])
def test_cloth_does_not_show_the_forms_below_it(person: str, outfit: str, material: str) -> None:
    assert bumps(person, outfit, material) < 5.6


def test_a_chest_ends_before_neck_arms_and_back() -> None:
    pack = load_pack()
    trunk = trunk_share(pack.surface.weight_joints[: pack.core], pack.surface.weights[: pack.core])
    chest = Chest(pack.surface.vertices[: pack.core], pack.joints, trunk)
    rest = pack.surface.vertices[: pack.core]
    moved = np.abs(chest.draped(rest) - rest).max(1) > 1e-6
    assert moved.any()
    assert rest[moved, 2].min() > -0.05
    assert rest[moved, 1].max() < pack.joints[JOINT_INDEX["neck"], 1]
    assert np.abs(rest[moved, 0]).max() < pack.joints[JOINT_INDEX["left_shoulder"], 0] + 0.03


def test_what_moves_a_body_evenly_moves_its_cloth_as_far() -> None:
    pack = load_pack()
    trunk = trunk_share(pack.surface.weight_joints[: pack.core], pack.surface.weights[: pack.core])
    chest = Chest(pack.surface.vertices[: pack.core], pack.joints, trunk)
    shift = np.full((pack.core, 3), [0.01, 0.02, -0.03])
    np.testing.assert_allclose(chest.followed(shift), shift, atol=1e-4)
    person = blend({"man": 1.0})
    assert person is not None
    apart = chest.followed(person.displacements) - person.displacements
    assert np.linalg.norm(apart[chest.share == 0], axis=1).max() == 0
