"""A user's SMPL-X or FLAME file as numbers: both layouts, both containers, and one sentence for what is neither."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from body_model_files import flame_arrays, smplx_arrays, write_smplx_model

from soliloquy.inference.body_models.model_file import read_body_model
from soliloquy.inference.errors import BadCheckpoint
from soliloquy.inference.skeleton import JOINT_NAMES


def refusal(path: Path) -> BadCheckpoint:
    with pytest.raises(BadCheckpoint) as refused:
        read_body_model(path)
    assert refused.value.hint
    assert "\n" not in str(refused.value)
    return refused.value


@pytest.mark.parametrize(("total", "shape", "expression"), [(20, 10, 10), (400, 300, 100)])
def test_smplx_archives_of_either_size(tmp_path: Path, total: int, shape: int, expression: int) -> None:
    arrays = smplx_arrays(total)
    model = read_body_model(write_smplx_model(tmp_path / "SMPLX_MALE.npz", arrays))
    assert (model.kind, model.gender, model.title) == ("smplx", "male", "SMPL-X")
    assert model.joint_names == JOINT_NAMES
    assert (model.shape.shape[2], model.expression.shape[2]) == (shape, expression)
    np.testing.assert_array_equal(model.expression, arrays["shapedirs"][:, :, shape:])
    assert model.uv is not None
    rng = np.random.default_rng(0)
    betas, expressive = rng.normal(size=10), rng.normal(size=10)
    shaped = arrays["v_template"] + arrays["shapedirs"][:, :, :10] @ betas
    shaped = shaped + arrays["shapedirs"][:, :, shape : shape + 10] @ expressive
    np.testing.assert_allclose(model.joints(betas, expressive), arrays["J_regressor"] @ shaped, atol=1e-9)


@pytest.mark.parametrize("protocol", [2, 4])
def test_flame_pickles_with_chumpy_and_sparse_arrays(tmp_path: Path, protocol: int) -> None:
    pytest.importorskip("scipy")
    from synthetic_head import write_flame

    arrays = flame_arrays()
    model = read_body_model(write_flame(tmp_path / "generic_model.pkl", arrays, protocol, vt=None))
    assert (model.kind, model.gender, model.uv) == ("flame", "generic", None)
    np.testing.assert_allclose(model.joints(), arrays["J_regressor"] @ arrays["v_template"], atol=1e-12)
    np.testing.assert_array_equal(model.correctives, arrays["posedirs"])


@pytest.mark.parametrize(("joints", "word"), [(24, "SMPL body"), (52, "SMPL-H"), (16, "MANO"), (7, "7 joints")])
def test_relatives_are_called_by_their_name(tmp_path: Path, joints: int, word: str) -> None:
    arrays = smplx_arrays()
    arrays["weights"] = arrays["weights"][:, :joints]
    assert word in refusal(write_smplx_model(tmp_path / "model.npz", arrays)).message


def test_motion_and_performances_are_called_by_their_name(tmp_path: Path) -> None:
    np.savez(tmp_path / "walk.npz", poses=np.zeros((3, 165)), trans=np.zeros((3, 3)))
    assert "motion" in refusal(tmp_path / "walk.npz").message
    np.savez(tmp_path / "take.npz", poses=np.zeros((3, 165)), arkit=np.zeros((3, 52)))
    assert "performance" in refusal(tmp_path / "take.npz").message
    assert "no SMPL-X" in refusal(tmp_path / "missing.npz").message


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [
        ("f", np.full((4, 3), 100_000, np.uint32), "faces"),
        ("f", np.zeros((4, 4), np.uint32), "faces"),
        ("v_template", np.full((220, 3), np.nan), "not numbers"),
        ("v_template", np.zeros((2, 3)), "vertices"),
        ("weights", np.zeros((3, 55)), "weights"),
        ("J_regressor", np.zeros((55, 3)), "regressor"),
        ("posedirs", np.zeros((220, 3, 9)), "correctives"),
        ("shapedirs", np.zeros((220, 3)), "shape components"),
        ("kintree_table", np.zeros((2, 55), np.int64), "hang together"),
    ],
)
def test_parts_that_do_not_fit_are_named(tmp_path: Path, name: str, value: Any, word: str) -> None:
    arrays = smplx_arrays()
    arrays[name] = value
    assert word in refusal(write_smplx_model(tmp_path / "SMPLX_NEUTRAL.npz", arrays)).message
    whole = (tmp_path / "SMPLX_NEUTRAL.npz").read_bytes()
    (tmp_path / "cut.npz").write_bytes(whole[: len(whole) // 2])
    assert "damaged" in refusal(tmp_path / "cut.npz").message
