"""Small files in the published layouts of SMPL-X and FLAME, and what the published formula makes of them.

Nothing licensed is in them: a tetrahedron hangs at every joint, and all components are random.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from soliloquy.inference.character import load_character
from soliloquy.inference.rotation import axis_angle_to_matrix
from soliloquy.inference.skeleton import JOINT_INDEX, PARENTS

Arrays = dict[str, npt.NDArray[Any]]
FLAME_PARENTS = (-1, 0, 1, 1, 1)
_FLAME_OF = ("neck", "head", "jaw", "left_eye_smplhf", "right_eye_smplhf")
_CORNERS = np.array([(0, 0, 0), (0.04, 0, 0), (0, 0.04, 0), (0, 0, 0.04)])
_FACES = ((0, 2, 1), (0, 1, 3), (0, 3, 2), (1, 2, 3))


def smplx_arrays(shapes: int = 20, seed: int = 0) -> Arrays:
    """Return a model of 55 joints with 10 + 10 or 300 + 100 components."""
    joints = np.subtract(load_character().joints, (0.0, 1.337, 0.0))  # a pelvis lies 35 cm under the origin
    return _arrays(joints, PARENTS, range(15, 25), shapes, seed)


def flame_arrays(shapes: int = 400, seed: int = 0) -> Arrays:
    """Return a model of 5 joints."""
    joints = np.subtract(load_character().joints[[JOINT_INDEX[name] for name in _FLAME_OF]], (0.0, 1.5, 0.0))
    return _arrays(joints, FLAME_PARENTS, range(5), shapes, seed)


def _arrays(joints: np.ndarray, parents: tuple[int, ...], face: range, shapes: int, seed: int) -> Arrays:
    rng = np.random.default_rng(seed)
    count, per = len(joints), len(_CORNERS)
    vertices = (joints[:, None] + _CORNERS - _CORNERS.mean(0)).reshape(-1, 3)
    owner = np.repeat(np.arange(count), per)
    weights = np.zeros((len(vertices), count))
    own = rng.uniform(0.6, 1.0, len(vertices))
    weights[np.arange(len(vertices)), owner] += own
    weights[np.arange(len(vertices)), np.maximum(np.array(parents)[owner], 0)] += 1 - own
    regressor = np.zeros((count, len(vertices)))
    regressor[owner, np.arange(len(vertices))] = 1 / per
    components = np.zeros((len(vertices), 3, shapes), np.float32)
    split = 10 if shapes == 20 else 300
    components[:, :, :split] = rng.normal(0, 0.004, (len(vertices), 3, split))
    on_face = np.isin(owner, face)
    components[on_face, :, split:] = rng.normal(0, 0.002, (int(on_face.sum()), 3, shapes - split))
    return {
        "v_template": vertices,
        "f": np.concatenate([per * joint + np.array(_FACES) for joint in range(count)]).astype(np.uint32),
        "weights": weights,
        "J_regressor": regressor,
        "kintree_table": np.array([[4294967295, *parents[1:]], range(count)], np.int64),
        "shapedirs": components,
        "posedirs": rng.normal(0, 0.003, (len(vertices), 3, 9 * (count - 1))),
    }


def write_smplx_model(path: Path, arrays: Arrays) -> Path:
    """Write an archive with everything that the authors' reader asks for, its pickled entry included."""
    count = len(arrays["f"])
    np.savez(
        path,
        **arrays,  # type: ignore[arg-type]
        hands_meanl=np.zeros(45), hands_meanr=np.zeros(45),
        hands_componentsl=np.eye(45), hands_componentsr=np.eye(45),
        lmk_faces_idx=np.arange(51) % count, lmk_bary_coords=np.full((51, 3), 1 / 3),
        dynamic_lmk_faces_idx=np.zeros((79, 17), np.int64), dynamic_lmk_bary_coords=np.full((79, 17, 3), 1 / 3),
        vt=np.random.default_rng(0).uniform(size=(count, 2)), ft=np.arange(3 * count).reshape(-1, 3) % count,
        joint2num=np.array({"Jaw": 22}, dtype=object),
    )  # fmt: skip
    return path


def posed_vertices(
    arrays: Arrays, betas: np.ndarray, expression: np.ndarray, poses: np.ndarray, trans: np.ndarray
) -> np.ndarray:
    """Return (V, 3) vertices by the formula of the papers: shape, joints, correctives, linear blend skinning.

    Parameters
    ----------
    betas, expression : (B,), (E,) arrays
        Coefficients.
    poses : (J, 3) array
        Axis-angle of every joint.
    trans : (3,) array
        Translation of the whole.
    """
    split = 10 if arrays["shapedirs"].shape[2] == 20 else 300
    components = arrays["shapedirs"].astype(np.float64)
    shaped = arrays["v_template"] + components[:, :, : len(betas)] @ betas
    shaped = shaped + components[:, :, split : split + len(expression)] @ expression
    joints = arrays["J_regressor"] @ shaped
    turns = axis_angle_to_matrix(np.asarray(poses, np.float64))
    shaped = shaped + arrays["posedirs"] @ (turns[1:] - np.eye(3)).ravel()
    parents = PARENTS if len(joints) == len(PARENTS) else FLAME_PARENTS
    world = np.zeros((len(joints), 4, 4))
    for joint, parent in enumerate(parents):
        local = np.eye(4)
        local[:3, :3] = turns[joint]
        local[:3, 3] = joints[joint] - (joints[parent] if parent >= 0 else 0)
        world[joint] = local if parent < 0 else world[parent] @ local
    world[:, :3, 3] -= np.einsum("jik,jk->ji", world[:, :3, :3], joints)
    blended = np.einsum("vj,jik->vik", arrays["weights"], world)
    return np.einsum("vik,vk->vi", blended[:, :3, :3], shaped) + blended[:, :3, 3] + trans
