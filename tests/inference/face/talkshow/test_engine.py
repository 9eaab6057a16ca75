"""TalkSHOW's face engine: any length, any frame rate, refusals in words."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from soliloquy.inference.errors import Cancelled, SoliloquyError
from soliloquy.inference.face.talkshow import engine as talkshow
from soliloquy.models.talkshow import face
from soliloquy.models.wav2vec2.resampled import Wav2Vec2Sizes

SMALL = face.FaceGeneratorConfig(
    Wav2Vec2Sizes(24, 2, 3, 32, (16,) * 7, position_kernel=16, position_groups=4), width=16, jaw_width=8
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(face, "FaceGeneratorConfig", lambda: SMALL)
    monkeypatch.setenv("SOLILOQUY_MODELS", str(tmp_path))
    torch.manual_seed(0)
    state = face.FaceGenerator(SMALL).state_dict()
    place = tmp_path / "talkshow" / "face"
    place.mkdir(parents=True)
    torch.save({"generator": {"generator": state}, "epoch": 99}, place / "ckpt-99.pth")
    return place


def _noise(count: int) -> np.ndarray:
    return (0.1 * np.random.default_rng(2).normal(size=count)).astype(np.float32)


class _Loudness(torch.nn.Module):
    """Stands where the generator is: every frame is the loudness of its own samples, so that windows cannot differ."""

    def __init__(self) -> None:
        super().__init__()
        self.place = torch.nn.Parameter(torch.zeros(1))
        self.heard: list[int] = []

    def forward(self, samples: Any, speaker: Any = None, frames: int | None = None) -> Any:
        assert frames is not None
        self.heard.append(samples.shape[-1])
        edges = np.arange(frames + 1) * 1600 // 3
        energy = torch.nn.functional.pad(samples.square().cumsum(-1), (1, 0))[0]
        return (energy[edges[1:]] - energy[edges[:-1]])[None, :, None].expand(-1, -1, 103)


@pytest.mark.parametrize(("count", "fps"), [(1, 30.0), (700, 24.0), (16000, 30.0), (40000, 23.976), (8000, 240.0)])
def test_frames_for_any_length_and_rate(folder: Path, count: int, fps: float) -> None:
    track = talkshow.TalkShowFaceEngine(folder).animate(_noise(count), fps, device="cpu")
    frames = max(1, round(count / 16000 * fps))
    assert track.arkit.shape == (frames, 52)
    assert track.jaw.shape == (frames, 3)
    assert track.expressions is not None
    assert track.expressions.shape == (frames, 100)
    assert track.expression_space == "smplx"
    assert np.isfinite(track.expressions).all()
    assert 0 <= track.arkit.min() <= track.arkit.max() <= 1
    assert "flame" in track.warnings[0]


def test_at_30_fps_the_networks_own_frames_come_out(folder: Path) -> None:
    samples = _noise(32000)
    track = talkshow.TalkShowFaceEngine(folder).animate(samples, 30.0, device="cpu")
    with torch.inference_mode():
        expected = face.load_face_generator(folder / "ckpt-99.pth")(torch.from_numpy(samples)[None])[0]
    np.testing.assert_allclose(track.expressions, expected[:, 3:].numpy(), atol=1e-5)
    again = talkshow.TalkShowFaceEngine(folder).animate(samples, 30.0, device="cpu")
    np.testing.assert_array_equal(track.expressions, again.expressions)


def test_long_recordings_are_heard_in_windows_that_fit_together() -> None:
    samples = _noise(16000 * 71 + 123)
    generator = _Loudness()
    fractions: list[float] = []
    heard = talkshow.listen(generator, samples, fractions.append, lambda: False)  # type: ignore[arg-type]
    assert len(generator.heard) > 3
    assert max(generator.heard) <= 16000 * 21
    assert fractions == sorted(fractions)
    whole = _Loudness()(torch.from_numpy(samples)[None], frames=face.frame_count(len(samples)))[0].numpy()
    assert heard.shape == whole.shape
    np.testing.assert_allclose(heard, whole, rtol=2e-2, atol=1e-2)


def test_cancel_is_honoured_between_windows() -> None:
    answers = iter([False, False, True])
    with pytest.raises(Cancelled):
        talkshow.listen(_Loudness(), _noise(16000 * 70), lambda _: None, lambda: next(answers))  # type: ignore[arg-type]


def test_bad_files_are_refused_in_a_sentence(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(SoliloquyError, match="no TalkSHOW checkpoint") as refused:
        talkshow.TalkShowFaceEngine(tmp_path)
    assert refused.value.kind == "missing_files"
    path = folder / "ckpt-99.pth"
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    engine = talkshow.TalkShowFaceEngine(folder)
    with pytest.raises(SoliloquyError, match="damaged") as refused:
        engine.animate(_noise(1000), 30.0, device="cpu")
    assert refused.value.kind == "bad_checkpoint"

    class _Bomb:
        def __reduce__(self) -> Any:
            return os.mkdir, (str(tmp_path / "it-ran"),)

    torch.save({"generator": _Bomb()}, path)
    with pytest.raises(SoliloquyError, match="carries code"):
        engine.animate(_noise(1000), 30.0, device="cpu")
    assert not (tmp_path / "it-ran").exists()
    # The file was mended: no restart needed.
    path.write_bytes(whole)
    assert len(engine.animate(_noise(1000), 30.0, device="cpu").arkit) == 2


def test_head_file_makes_the_lips_speak_without_a_warning(folder: Path) -> None:

    from synthetic_head import flame_arrays, write_flame

    (folder.parents[1] / "flame").mkdir()
    write_flame(folder.parents[1] / "flame" / "generic_model.pkl", flame_arrays())
    track = talkshow.TalkShowFaceEngine(folder).animate(_noise(8000), 30.0, device="cpu")
    assert track.warnings == ()
