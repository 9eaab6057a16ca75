"""Reading a user's FLAME and SMPL-X files without executing anything."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
from pathlib import Path
from pickle import dump, dumps
from typing import Any

import numpy as np
import pytest

pytest.importorskip("scipy")
from synthetic_head import Ch, write_flame, write_smplx

from soliloquy.inference.errors import SoliloquyError
from soliloquy.inference.face.flame.array_pickle import read_pickled_arrays
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


def _text(value: str) -> bytes:
    return b"X" + struct.pack("<I", len(value)) + value.encode()


def _bytes(value: bytes) -> bytes:
    return b"B" + struct.pack("<I", len(value)) + value


def _name(module: str, name: str) -> bytes:
    return f"c{module}\n{name}\n".encode()


def _integer(value: int) -> bytes:
    return b"J" + struct.pack("<i", value)


_KIND = _name("numpy", "dtype") + _text("V8") + b"\x89\x88\x87Rq\x000"
_USED = (
    _name("numpy.core.multiarray", "_reconstruct") + _name("numpy", "ndarray") + _integer(0) + b"\x85" + _bytes(b"b")
    + b"\x87Rq\x01(" + _integer(1) + _integer(4) + b"\x85h\x00\x89" + _bytes(b"A" * 32) + b"tb0"
)  # fmt: skip
_OBJECTS = _name("numpy", "dtype") + _text("O8") + b"\x89\x88\x87Rq\x020"
_REBUILT = (
    b"h\x00(" + _integer(3) + _text("|") + b"N" + _text("f") + b"\x85}" + _text("f") + b"h\x02" + _integer(0)
    + b"\x86s" + _integer(8) + _integer(1) + _integer(63) + b"tb0"
)  # fmt: skip
_HOLDER = _name("chumpy.ch", "Ch") + b")\x81}" + _text("a") + b"h\x01s" + _text("idxs") + b"h\x01sb"


@pytest.mark.parametrize(
    "content",
    [
        _KIND + _USED + _OBJECTS + _REBUILT + b"}" + _text("v_template") + _HOLDER + b"s.",  # a kind built anew
        b"}r\xff\xff\xff\x7f.",  # a memo of two thousand million entries
        b"}" + b"N" + b"\x85" * 300_000 + b"Ns.",  # a key that hashes beyond the stack
        b"}(" + b"(" * 300_000 + b"t" * 300_000 + b"Nu.",
        _name("numpy.core.multiarray", "_reconstruct") + b"}" + _text("a") + b"Nsb.",  # a state for a function
        _name("numpy", "dtype") + b"}" + _text("a") + b"Nsb.",
        b"\x82\x01.",
        b"Px\n.",
        b"\x80\x04\x95" + b"\xff" * 8 + b"}.",
        b"\x80\x05\x96" + b"\xff" * 7 + b"\x7f.",
    ],
    ids=["dtype", "memo", "nested", "marks", "function", "class", "extension", "persistent", "frame", "bytearray"],
)
def test_a_pickle_that_would_break_its_reader_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "generic_model.pkl"
    path.write_bytes(b"\x80\x03" + content if content[:1] != b"\x80" else content)
    ended = subprocess.run([sys.executable, "-c", _READ, str(path)], capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stdout.strip()) == (0, "bad_checkpoint"), ended.stderr


_READ = """
import resource, sys
from pathlib import Path
from soliloquy.inference.errors import SoliloquyError
from soliloquy.inference.face.flame.head_file import read_head_model
resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
try:
    read_head_model(Path(sys.argv[1]))
except SoliloquyError as error:
    print(error.kind)
"""


@pytest.mark.parametrize("kind", ["|O8", "<U9", "V8", "<M8[s]", "<f4'", "<f3", "f8,f8"])
def test_kinds_that_are_no_numbers_are_refused(tmp_path: Path, kind: str) -> None:
    array = dumps(np.zeros((COUNT, 3)), protocol=2)
    assert array.count(b"X\x02\x00\x00\x00f8") == 1
    changed = array.replace(b"X\x02\x00\x00\x00f8", _text(kind))
    path = write_flame(tmp_path / "generic_model.pkl", _arrays(), 2)
    path.write_bytes(b"\x80\x02}" + _text("v_template") + changed[2:-1] + b"s.")
    assert _refusal(path).hint


def test_sizes_and_bytes_that_disagree_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="disagree"):
        read_pickled_arrays(_pickled(tmp_path, np.zeros(4), b"K\x04\x85", b"K\x05\x85"), ("a",), most_bytes=1 << 20)
    with pytest.raises(ValueError, match="shape"):
        read_pickled_arrays(
            _pickled(tmp_path, np.zeros(4), b"K\x04\x85", _integer(-1) + b"\x85"), ("a",), most_bytes=1 << 20
        )
    found = read_pickled_arrays(_pickled(tmp_path, np.arange(4.0), b"", b""), ("a",), most_bytes=1 << 20)
    np.testing.assert_array_equal(found["a"], np.arange(4.0))


def _pickled(folder: Path, array: np.ndarray, old: bytes, new: bytes) -> Path:
    content = dumps({"a": array}, protocol=2)
    assert old in content
    path = folder / "a.pkl"
    path.write_bytes(content.replace(old, new, 1) if old else content)
    return path
