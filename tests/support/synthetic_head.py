"""Files in the layouts of FLAME and SMPL-X, made from the default character's own head; nothing licensed is in them."""

from __future__ import annotations

import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from pickle import dump
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csc_matrix

from soliloquy.inference.arkit import ARKIT_INDEX
from soliloquy.inference.character import load_character
from soliloquy.inference.skeleton import JOINT_INDEX

JOINTS = ("head", "neck", "jaw", "left_eye_smplhf", "right_eye_smplhf")
SKIN_AND_EYES = ("skin", "face skin", "eye", "iris", "pupil")
JAW_COLUMN = 7  # of a rotation matrix, row by row: grows as the jaw opens


@lru_cache(maxsize=1)
def flame_arrays() -> dict[str, npt.NDArray[Any]]:
    """FLAME's arrays: expressions are the ARKit keys but the jaw, whose corrective hangs on the jaw's rotation."""
    character = load_character()
    count = len(character.vertices)
    material = np.full(count, -1)
    material[character.loops] = np.repeat(character.materials, character.sizes)
    shown = [index for index, name in enumerate(character.material_names) if name in SKIN_AND_EYES]
    head = np.isin(material, shown) & (character.vertices[:, 1] > 1.44) & (character.vertices[:, 2] > 0.04)
    kept = np.nonzero(head & (np.abs(character.vertices[:, 0]) < 0.12))[0]
    weights = np.zeros((len(kept), 5))
    for column, name in enumerate(JOINTS[2:], 2):
        of_joint = character.weight_joints[kept] == JOINT_INDEX[name]
        weights[:, column] = (character.weights[kept] * of_joint).sum(1)
    weights[:, 1] = 1 - weights.sum(1)
    shapes = np.zeros((len(kept), 3, 400), np.float32)
    for index, key in enumerate(character.arkit):
        if index != ARKIT_INDEX["jawOpen"]:
            shapes[:, :, 300 + index] = key.dense(count)[kept]
    correctives = np.zeros((len(kept), 3, 36), np.float32)
    correctives[:, :, 9 + JAW_COLUMN] = character.jaw_corrective.dense(count)[kept] / np.sin(character.jaw_open_radians)
    places = character.joints[[JOINT_INDEX[name] for name in JOINTS]].astype(np.float64)
    template = character.vertices[kept].astype(np.float64)
    homogeneous = np.column_stack([template, np.ones(len(kept))])
    return {
        "v_template": template,
        "shapedirs": shapes,
        "posedirs": correctives,
        "J_regressor": np.column_stack([places, np.ones(5)]) @ np.linalg.pinv(homogeneous),
        "weights": weights,
        "f": np.zeros((1, 3), np.uint32),
        "kept": kept,
    }


def smplx_arrays() -> dict[str, npt.NDArray[Any]]:
    """The same head as SMPL-X's arrays with 55 joints."""
    flame = flame_arrays()
    count = len(flame["v_template"])
    columns = [JOINT_INDEX[name] for name in JOINTS]
    weights, regressor = np.zeros((count, 55)), np.zeros((55, count))
    weights[:, columns], regressor[columns] = flame["weights"], flame["J_regressor"]
    correctives = np.zeros((count, 3, 486), np.float32)
    jaw = 9 * (JOINT_INDEX["jaw"] - 1)
    correctives[:, :, jaw : jaw + 9] = flame["posedirs"][:, :, 9:18]
    return {**flame, "weights": weights, "J_regressor": regressor, "posedirs": correctives}


class Ch:
    """Pickled under the name of chumpy's array class, with the state that it leaves."""

    def __init__(self, x: npt.NDArray[Any]) -> None:
        self.x = x


Ch.__module__, Ch.__qualname__ = "chumpy.ch", "Ch"


@contextmanager
def _chumpy() -> Iterator[None]:
    module = types.ModuleType("chumpy.ch")
    module.Ch = Ch  # type: ignore[attr-defined]
    sys.modules.update({"chumpy": types.ModuleType("chumpy"), "chumpy.ch": module})
    try:
        yield
    finally:
        del sys.modules["chumpy"], sys.modules["chumpy.ch"]


def write_flame(path: Path, arrays: dict[str, npt.NDArray[Any]], protocol: int = 2, **more: Any) -> Path:
    """Write a pickle as FLAME's: chumpy arrays, a sparse regressor, plain arrays, text."""
    content: dict[str, Any] = {name: value for name, value in arrays.items() if name != "kept"}
    content["shapedirs"], content["v_template"] = Ch(arrays["shapedirs"]), Ch(arrays["v_template"])
    content["J_regressor"] = csc_matrix(arrays["J_regressor"])
    content.update({"bs_type": "lrotmin", "bs_style": "lbs", **more})
    with _chumpy(), path.open("wb") as file:
        dump(content, file, protocol=protocol)
    return path


def write_smplx(path: Path, arrays: dict[str, npt.NDArray[Any]]) -> Path:
    """Write an archive as SMPL-X's, with its one entry that only a pickle could read."""
    content = {name: value for name, value in arrays.items() if name != "kept"}
    np.savez(path, **content, joint2num=np.array({"Jaw": 22}, dtype=object))
    return path
