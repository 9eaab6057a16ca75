"""Archives of arrays: read as NumPy reads them, or refused before they take memory, with one kind of error."""

from __future__ import annotations

import contextlib
import io
import struct
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from soliloquy.inference.archive import ArchiveError, array_names, read_array, read_arrays

MOST = 1 << 24


def _npy(descr: str, shape: str, body: bytes = b"", order: str = "False") -> bytes:
    header = f"{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}"
    header += " " * (-(10 + len(header) + 1) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode("latin1") + body


def _zip(packing: int = zipfile.ZIP_DEFLATED, **members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", packing) as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.npy", content)
    return stream.getvalue()


def _refusal(content: bytes, **options: Any) -> str:
    with pytest.raises(ArchiveError) as caught:
        read_arrays(content, **{"most_bytes": MOST, **options})
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_what_numpy_writes_is_read_alike(tmp_path: Path, save: Any) -> None:
    rng = np.random.default_rng(0)
    arrays = {
        "a": rng.normal(size=(5, 3)).astype(np.float32),
        "b": np.asfortranarray(rng.integers(0, 9, (4, 7))),
        "c": np.array(["jawOpen", "mouthClose"]),
        "d": np.array(3.5),
        "e": np.zeros((0, 4), np.uint8),
        "f": np.array([True, False]),
        "g": rng.normal(size=3).astype(">f8"),
    }
    save(tmp_path / "a.npz", **arrays)
    found = read_arrays(tmp_path / "a.npz", most_bytes=MOST)
    assert list(found) == list(arrays)
    for name, array in arrays.items():
        assert found[name].dtype == array.dtype
        np.testing.assert_array_equal(found[name], array)
    found["a"][0, 0] = 7.0  # a copy of its own, to be written to
    assert list(read_arrays(tmp_path / "a.npz", ("d", "x"), most_bytes=MOST)) == ["d"]
    assert array_names(tmp_path / "a.npz") == list(arrays)
    np.save(tmp_path / "a.npy", arrays["b"])
    np.testing.assert_array_equal(read_array(tmp_path / "a.npy", most_bytes=MOST), arrays["b"])


def test_what_unpacks_to_a_thousandfold_is_refused_before_it_takes_memory(tmp_path: Path) -> None:
    path = tmp_path / "bomb.npz"
    np.savez_compressed(path, poses=np.zeros(64 << 20, np.uint8))
    assert path.stat().st_size < 100_000
    tracemalloc.start()
    with pytest.raises(ArchiveError, match="unpacks to more than 16 MB"):
        read_arrays(path, most_bytes=MOST)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1 << 20


def test_a_member_that_is_longer_than_it_says_is_refused() -> None:
    whole = _zip(a=_npy("'|u1'", "(1000,)", bytes(1000)))
    at = whole.rfind(b"PK\x01\x02") + 24
    assert "damaged" in _refusal(whole[:at] + struct.pack("<I", 200) + whole[at + 4 :])


@pytest.mark.parametrize(
    ("descr", "shape", "words"),
    [
        ("'|O'", "(1,)", "Python objects"),
        ("[('a', '<f4')]", "(1,)", "Python objects"),
        ("'<M8[s]'", "(1,)", "damaged"),
        ("'<f4'", "(99999999999999999999,)", "shape"),
        ("'<f4'", "(4294967295, 4294967295)", "shape"),
        ("'<f4'", "(2, 2)", "damaged"),
        ("'<f4'", "(-1,)", "damaged"),
        ("'<f4'", "(1, 1, 1, 1, 1, 1, 1, 1, 1)", "shape"),
        ("'<U0'", "(1099511627776,)", "damaged"),
        ("'|u1'", "(1000000000, 0)", "damaged"),
        ("'<f4'", "(" * 3000 + ")" * 3000, "damaged"),
        ("__import__('os')", "(1,)", "damaged"),
    ],
)
def test_headers_that_lie_are_refused(descr: str, shape: str, words: str) -> None:
    assert words in _refusal(_zip(a=_npy(descr, shape, bytes(4))))


def test_every_way_to_damage_an_archive_is_one_error() -> None:
    whole = _zip(a=_npy("'<f4'", "(4,)", np.arange(4, dtype="<f4").tobytes()), b=_npy("'<U3'", "()", bytes(12)))
    rng = np.random.default_rng(4)
    for _ in range(400):
        content = bytearray(whole)
        for at in rng.integers(0, len(content), 3):
            content[at] = rng.integers(0, 256)
        with contextlib.suppress(ArchiveError):
            read_arrays(bytes(content), most_bytes=MOST)
    for length in range(0, len(whole), 7):
        _refusal(whole[:length])


def test_a_size_that_cannot_be_takes_no_memory() -> None:
    whole = _zip(a=_npy("'<f4'", "(4000000,)", bytes(1000)))
    at = whole.rfind(b"PK\x01\x02") + 24
    tracemalloc.start()
    assert "damaged" in _refusal(whole[:at] + struct.pack("<I", 16_000_128) + whole[at + 4 :])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1 << 20


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_packings_are_refused(packing: int) -> None:
    assert "packed" in _refusal(_zip(packing, a=_npy("'<f4'", "(1,)", bytes(4))))


def test_archives_of_anything_else_say_so(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    assert "without arrays" in _refusal(stream.getvalue())
    assert "no .npz archive" in _refusal(b"To be or not to be")
    with zipfile.ZipFile(stream, "w") as archive:
        for number in range(3000):
            archive.writestr(f"{number}.npy", b"")
    assert "more than 256 entries" in _refusal(stream.getvalue())
    with pytest.raises(ArchiveError, match="cannot be read"):
        read_arrays(tmp_path, most_bytes=MOST)
