"""The performance file: what is written is read back, and nothing else is accepted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from soliloquy.inference import performance as performance_file
from soliloquy.inference.arkit import ARKIT_NAMES
from soliloquy.inference.errors import BadFile, SoliloquyError
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


def _refusal(path: Path) -> str:
    with pytest.raises(BadFile) as caught:
        Performance.load(path)
    assert caught.value.hint
    return caught.value.message


def test_files_of_another_kind_are_called_by_name(tmp_path: Path) -> None:
    np.save(tmp_path / "motion.npy", np.zeros((5, 265)))
    assert "is a single NumPy array (.npy), not a Soliloquy performance" in _refusal(tmp_path / "motion.npy")
    np.savez(tmp_path / "amass.npz", poses=np.zeros((9, 156)), trans=np.zeros((9, 3)), mocap_framerate=120.0)
    assert "motion in the layout of AMASS or SMPL-X" in _refusal(tmp_path / "amass.npz")
    np.savez(tmp_path / "model.npz", v_template=np.zeros((9, 3)), shapedirs=np.zeros((9, 3, 2)))
    assert "a body model" in _refusal(tmp_path / "model.npz")
    np.savez(tmp_path / "other.npz", x=np.zeros(3))
    assert "not a Soliloquy performance: it has no 'fps'" in _refusal(tmp_path / "other.npz")
    (tmp_path / "speech.npz").write_bytes(b"fLaC" + bytes(40))
    assert "a sound file" in _refusal(tmp_path / "speech.npz")


def _rewritten(tmp_path: Path, **changes: object) -> Path:
    path = _performance().save(tmp_path / "p.npz")
    with np.load(path) as archive:
        data = {name: archive[name] for name in archive.files}
    np.savez_compressed(path, **{**data, **changes})  # pyright: ignore[reportArgumentType]
    return path


def test_a_small_file_that_unpacks_to_much_is_refused_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert performance_file.MOST_BYTES < 700 << 20
    monkeypatch.setattr(performance_file, "MOST_BYTES", 4 << 20)
    path = _rewritten(tmp_path, poses=np.zeros((7000, 165), np.float32))
    assert path.stat().st_size < 50_000
    assert "unpacks to more than 4 MB" in _refusal(path)
    # Small numbers grow fourfold when they are read.
    assert "'poses' is (7000, 165)" in _refusal(_rewritten(tmp_path, poses=np.zeros((7000, 165), np.int8)))


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("poses", np.full((12, 165), np.nan), "'poses' holds values that are not numbers"),
        ("trans", np.full((12, 3), 1e30), "'trans' holds values that are not numbers"),
        ("poses", np.zeros((12, 156)), "'poses' is (12, 156)"),
        ("poses", np.full((12, 165), "a"), "do not fit together"),
        ("trans", np.zeros((11, 3)), "'trans' is (11, 3)"),
        ("fps", np.array("fast"), "do not fit together"),
        ("fps", np.array(1e-300), "cannot run at 1e-300"),
        ("betas", np.zeros(5000), "5000 body shapes"),
        ("meta", np.array("{" * 60_000), "do not fit together"),
        ("meta", np.array("[1, 2]"), "do not fit together"),
        ("meta", np.array('{"seed": ' + "7" * 400 + "}"), "do not fit together"),
    ],
)
def test_numbers_that_cannot_be_are_one_sentence(tmp_path: Path, name: str, value: np.ndarray, words: str) -> None:
    assert words in _refusal(_rewritten(tmp_path, **{name: value}))


def test_notes_of_the_wrong_kind_do_not_cost_the_performance(tmp_path: Path) -> None:
    path = _rewritten(tmp_path, meta=np.array('{"seed": "x", "warnings": 3, "audio": {"name": "a.wav"}}'))
    assert Performance.load(path).meta == {"audio": {"name": "a.wav"}}
