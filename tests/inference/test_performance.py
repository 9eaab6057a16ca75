"""The performance file: what is written is read back, and nothing else is accepted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from soliloquy.inference.arkit import ARKIT_NAMES
from soliloquy.inference.errors import SoliloquyError
from soliloquy.inference.performance import Performance


def _performance(frames: int = 12) -> Performance:
    rng = np.random.default_rng(3)
    return Performance(
        fps=24000 / 1001,
        poses=rng.normal(size=(frames, 165)).astype(np.float32),
        trans=rng.normal(size=(frames, 3)).astype(np.float32),
        arkit=rng.random((frames, 52)).astype(np.float32),
        lip_aperture=rng.random(frames).astype(np.float32),
        meta={"seed": 4, "settings": {"emotion": "happy"}},
    )


def test_round_trip_keeps_every_number(tmp_path: Path) -> None:
    written = _performance()
    read = Performance.load(written.save(tmp_path / "p.npz"))
    for name in ("poses", "trans", "arkit", "lip_aperture", "betas"):
        np.testing.assert_array_equal(getattr(read, name), getattr(written, name))
    assert read.fps == written.fps
    assert read.meta["settings"] == {"emotion": "happy"}


def test_file_is_an_amass_superset_without_pickles(tmp_path: Path) -> None:
    path = _performance().save(tmp_path / "p.npz")
    with np.load(path, allow_pickle=False) as archive:
        assert {"poses", "trans", "gender", "betas", "mocap_frame_rate", "fps"} <= set(archive.files)
        assert [str(name) for name in archive["arkit_names"]] == list(ARKIT_NAMES)


def test_coefficients_are_read_by_name_not_by_place(tmp_path: Path) -> None:
    written = _performance()
    path = written.save(tmp_path / "p.npz")
    with np.load(path) as archive:
        data = {name: archive[name] for name in archive.files}
    order = np.random.default_rng(0).permutation(52)
    data["arkit"], data["arkit_names"] = data["arkit"][:, order], data["arkit_names"][order]
    np.savez(path, **data)
    np.testing.assert_array_equal(Performance.load(path).arkit, written.arkit)


def test_views_write_through() -> None:
    performance = _performance()
    performance.joint("jaw")[:] = 0.25
    performance.coefficient("jawOpen")[:] = 0.5
    np.testing.assert_array_equal(performance.poses[:, 66:69], 0.25)
    np.testing.assert_array_equal(performance.arkit[:, ARKIT_NAMES.index("jawOpen")], 0.5)


@pytest.mark.parametrize("content", [b"", b"not a zip at all", b"PK\x03\x04 broken"])
def test_damaged_file_is_one_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "p.npz"
    path.write_bytes(content)
    with pytest.raises(SoliloquyError, match="not a Soliloquy performance"):
        Performance.load(path)


def test_a_pickle_inside_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "p.npz"
    np.savez(path, fps=24.0, poses=np.array([{"a": 1}], dtype=object))
    with pytest.raises(SoliloquyError, match="not a Soliloquy performance"):
        Performance.load(path)


def test_truncated_file_is_one_sentence(tmp_path: Path) -> None:
    path = _performance(400).save(tmp_path / "p.npz")
    path.write_bytes(path.read_bytes()[:-900])
    with pytest.raises(SoliloquyError):
        Performance.load(path)


def test_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _performance().save(tmp_path / "p.npz")
    before = path.read_bytes()

    def full_disk(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez_compressed", full_disk)
    with pytest.raises(SoliloquyError, match="No space left"):
        _performance(30).save(path)
    assert path.read_bytes() == before
    assert [item.name for item in tmp_path.iterdir()] == ["p.npz"]


def test_wrong_shapes_are_refused() -> None:
    with pytest.raises(SoliloquyError, match="arkit"):
        Performance(
            fps=30, poses=np.zeros((4, 165)), trans=np.zeros((4, 3)), arkit=np.zeros((5, 52)), lip_aperture=np.zeros(4)
        )
