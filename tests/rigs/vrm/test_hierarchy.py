"""Deforming bones in pieces become one body, and stay where they lie."""

from __future__ import annotations

import numpy as np

from soliloquy.inference.rotation import quaternion_to_matrix
from soliloquy.rigs.vrm.hierarchy import hang_on_parents


def _worlds(nodes: list[dict]) -> list[np.ndarray]:
    above = {child: number for number, node in enumerate(nodes) for child in node.get("children", ())}

    def world(number: int) -> np.ndarray:
        node = nodes[number]
        x, y, z, w = node.get("rotation", (0, 0, 0, 1))
        local = np.eye(4)
        local[:3, :3] = quaternion_to_matrix(np.array([w, x, y, z], float)) * np.array(node.get("scale", (1, 1, 1)))
        local[:3, 3] = node.get("translation", (0, 0, 0))
        return world(above[number]) @ local if number in above else local

    return [world(number) for number in range(len(nodes))]


def test_a_leg_beside_the_hips_comes_under_them_where_it_is() -> None:
    half = float(np.sqrt(0.5))
    nodes = [
        {"name": "root", "children": [1, 3], "scale": [0.01, 0.01, 0.01]},
        {"name": "hips", "translation": [0, 90, 0], "rotation": [half, 0, 0, half], "children": [2]},
        {"name": "spine", "translation": [0, 10, 0]},
        {"name": "holder", "translation": [9, 0, 0], "rotation": [0, half, 0, half], "children": [4]},
        {"name": "leg", "translation": [0, 85, 3], "children": [5]},
        {"name": "shin", "translation": [0, -40, 0]},
    ]
    before = _worlds(nodes)
    hang_on_parents(
        {"nodes": nodes}, {"hips": 1, "spine": 2, "leftUpperLeg": 4, "leftLowerLeg": 5}
    )  # fmt: skip
    assert nodes[1]["children"] == [2, 4]
    assert "children" not in nodes[3]
    assert nodes[4]["children"] == [5]
    assert nodes[2] == {"name": "spine", "translation": [0, 10, 0]}
    for was, now in zip(before, _worlds(nodes), strict=True):
        np.testing.assert_allclose(was, now, atol=1e-9)
