"""Humanoid bones that hang on each other as in a body: control rigs keep their deforming bones in pieces."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ...inference.rotation import matrix_to_quaternion, quaternion_to_matrix
from ...inference.skeleton import JOINT_NAMES, PARENTS
from ...inference.vrm_names import HUMANOID_BONES

Doubles = npt.NDArray[np.float64]


def hang_on_parents(data: dict[str, Any], humanoid: dict[str, int]) -> None:
    """Move nodes of a glTF file's JSON under the humanoid bone that they belong to, in place, where they lie.

    Parameters
    ----------
    data : dict
        JSON of a file without animation.
    humanoid : dict
        Humanoid bone -> number of its node. Those that hang on the right bone already stay as they are.
    """
    nodes = data["nodes"]
    above = {child: number for number, node in enumerate(nodes) for child in node.get("children", ())}
    for index, joint in enumerate(JOINT_NAMES):
        node = humanoid.get(HUMANOID_BONES.get(joint, ""))
        wanted = _parent(index, humanoid)
        if node is None or wanted is None or wanted in _chain(node, above):
            continue
        local = np.linalg.inv(_world(nodes, wanted, above)) @ _world(nodes, node, above)
        if node in above:
            nodes[above[node]]["children"].remove(node)
        nodes[wanted].setdefault("children", []).append(node)
        above[node] = wanted
        _set_local(nodes[node], local)
    for node in nodes:
        if "children" in node and not node["children"]:
            del node["children"]  # an empty list is not valid


def _parent(index: int, humanoid: dict[str, int]) -> int | None:
    """Return the node of the nearest humanoid bone above a joint."""
    while PARENTS[index] >= 0:
        index = PARENTS[index]
        node = humanoid.get(HUMANOID_BONES.get(JOINT_NAMES[index], ""))
        if node is not None:
            return node
    return None


def _chain(node: int, above: dict[int, int]) -> list[int]:
    """Return the nodes above a node."""
    found: list[int] = []
    while node in above and above[node] not in found:
        node = above[node]
        found.append(node)
    return found


def _world(nodes: list[dict[str, Any]], node: int, above: dict[int, int]) -> Doubles:
    """Return a node's (4, 4) transform in the scene."""
    result = _local(nodes[node])
    for number in _chain(node, above):
        result = _local(nodes[number]) @ result
    return result


def _local(node: dict[str, Any]) -> Doubles:
    if "matrix" in node:
        return np.array(node["matrix"], np.float64).reshape(4, 4).T
    result = np.eye(4)
    x, y, z, w = node.get("rotation", (0.0, 0.0, 0.0, 1.0))
    result[:3, :3] = quaternion_to_matrix(np.array([w, x, y, z])) * np.array(node.get("scale", (1.0, 1.0, 1.0)))
    result[:3, 3] = node.get("translation", (0.0, 0.0, 0.0))
    return result


def _set_local(node: dict[str, Any], matrix: Doubles) -> None:
    scale = np.linalg.norm(matrix[:3, :3], axis=0)
    turn = np.roll(matrix_to_quaternion(matrix[:3, :3] / scale), -1)
    node.pop("matrix", None)
    node["translation"], node["rotation"], node["scale"] = matrix[:3, 3].tolist(), turn.tolist(), scale.tolist()
