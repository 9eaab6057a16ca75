"""Reading a user's FLAME and SMPL-X files without executing anything."""

from __future__ import annotations

import os
from pathlib import Path
from pickle import dump, dumps
from typing import Any

import numpy as np
import pytest

pytest.importorskip("scipy")
from synthetic_head import Ch, write_flame, write_smplx

from soliloquy.inference.errors import SoliloquyError
from soliloquy.inference.face.flame.head_file import read_head_model

COUNT = 12


class _Bomb:
    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return os.mkdir, (str(self.trace),)


def _arrays(joints: int = 5, shapes: int = 400) -> dict[str, Any]:
    rng = np.random.default_rng(3)
    regressor = np.zeros((joints, COUNT))
    regressor[np.arange(joints), np.arange(joints) % COUNT] = 1.0
    return {
        "v_template": rng.normal(size=(COUNT, 3)),
        "shapedirs": rng.normal(size=(COUNT, 3, shapes)),
        "posedirs": rng.normal(size=(COUNT, 3, 9 * (joints - 1))),
        "J_regressor": regressor,
        "weights": rng.dirichlet(np.ones(joints), COUNT),
    }


def _refusal(path: Path) -> SoliloquyError:
    with pytest.raises(SoliloquyError) as refused:
        read_head_model(path)
    assert refused.value.kind == "bad_checkpoint"
    assert refused.value.hint
    assert "\n" not in str(refused.value)
    return refused.value


@pytest.mark.parametrize("protocol", [0, 1, 2, 4])
def test_flame_pickles_with_chumpy_and_sparse_arrays_are_read(tmp_path: Path, protocol: int) -> None:
    arrays = _arrays()
    head = read_head_model(write_flame(tmp_path / "generic_model.pkl", arrays, protocol))
    np.testing.assert_array_equal(head.vertices, arrays["v_template"])
    np.testing.assert_allclose(head.expression, arrays["shapedirs"][:, :, 300:], rtol=1e-6)
    np.testing.assert_allclose(head.jaw_correctives, arrays["posedirs"][:, :, 9:18], rtol=1e-6)
    np.testing.assert_array_equal(head.jaw_share, arrays["weights"][:, 2])
    np.testing.assert_array_equal(head.jaw_pivot, arrays["v_template"][2])
    np.testing.assert_array_equal(head.eyes, arrays["v_template"][3:5])
    np.testing.assert_allclose(head.jaw_pivot_expression, arrays["shapedirs"][2, :, 300:], rtol=1e-6)


@pytest.mark.parametrize(("shapes", "first"), [(400, 300), (20, 10)])
def test_smplx_archives_are_read(tmp_path: Path, shapes: int, first: int) -> None:
    arrays = _arrays(joints=55, shapes=shapes)
    head = read_head_model(write_smplx(tmp_path / "SMPLX_NEUTRAL.npz", arrays))
    np.testing.assert_allclose(head.expression, arrays["shapedirs"][:, :, first:], rtol=1e-6)
    np.testing.assert_allclose(head.jaw_correctives, arrays["posedirs"][:, :, 189:198], rtol=1e-6)
    np.testing.assert_array_equal(head.jaw_share, arrays["weights"][:, 22])
    np.testing.assert_allclose(head.eye_share, arrays["weights"][:, 23:25].sum(1))


def test_picked_chumpy_arrays_are_resolved(tmp_path: Path) -> None:
    arrays = _arrays()
    whole = Ch(arrays["posedirs"][:, :, ::-1].copy())
    picked = Ch(np.empty(0))
    order = np.arange(arrays["posedirs"].size).reshape(arrays["posedirs"].shape)[:, :, ::-1].ravel()
    picked.__dict__ = {"a": whole, "idxs": order, "preferred_shape": arrays["posedirs"].shape}
    head = read_head_model(write_flame(tmp_path / "flame.pkl", arrays, posedirs=picked))
    np.testing.assert_allclose(head.jaw_correctives, arrays["posedirs"][:, :, 9:18], rtol=1e-6)


@pytest.mark.parametrize("protocol", [0, 2, 4])
def test_code_in_a_pickle_is_not_run(tmp_path: Path, protocol: int) -> None:
    trace = tmp_path / "it-ran"
    path = write_flame(tmp_path / "generic_model.pkl", _arrays(), protocol, extra=_Bomb(trace))
    error = _refusal(path)
    assert "carries code" in error.message
    assert "mkdir" in error.message
    assert not trace.exists()
    hidden = Ch(_Bomb(trace))  # type: ignore[arg-type]
    assert "carries code" in _refusal(write_flame(tmp_path / "hidden.pkl", _arrays(), protocol, f=hidden)).message
    assert not trace.exists()


def test_a_pickle_inside_an_archive_is_not_opened(tmp_path: Path) -> None:
    trace = tmp_path / "it-ran"
    arrays = _arrays(joints=55)
    arrays["weights"] = np.array(_Bomb(trace), dtype=object)
    _refusal(write_smplx(tmp_path / "SMPLX_NEUTRAL.npz", arrays))
    assert not trace.exists()


@pytest.mark.parametrize("name", ["generic_model.pkl", "SMPLX_NEUTRAL.npz"])
def test_cut_and_foreign_files_are_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    write = write_flame if name.endswith("pkl") else write_smplx
    write(path, _arrays(joints=5 if name.endswith("pkl") else 55))
    whole = path.read_bytes()
    for part in (0.0, 0.2, 0.9, 0.999):
        path.write_bytes(whole[: int(len(whole) * part)])
        assert "damaged" in _refusal(path).message
    path.write_bytes(b"<html>Please log in</html>")
    assert "damaged" in _refusal(path).message
    path.unlink()
    assert "There is no" in _refusal(path).message


def test_other_models_are_refused_by_what_they_lack(tmp_path: Path) -> None:
    def refuse(**changes: Any) -> str:
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.pkl"
        with path.open("wb") as file:
            dump({**_arrays(), **changes}, file, protocol=2)
        return _refusal(path).message

    assert "24 joints" in refuse(weights=np.zeros((COUNT, 24)))
    assert "no expressions" in refuse(shapedirs=np.zeros((COUNT, 3, 10)))
    assert "not numbers" in refuse(v_template=np.full((COUNT, 3), np.nan))
    assert "regressor" in refuse(J_regressor=np.zeros((5, 3)))
    assert "correctives" in refuse(posedirs=np.zeros((COUNT, 3, 9)))
    (tmp_path / "list.pkl").write_bytes(dumps([1, 2]))
    assert "damaged" in _refusal(tmp_path / "list.pkl").message
    (tmp_path / "texture.pkl").write_bytes(dumps({"v_template": np.zeros((3, 3))}))
    assert "missing" in _refusal(tmp_path / "texture.pkl").message
