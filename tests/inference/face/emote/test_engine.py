"""EMOTE as an engine: any length without seams, emotions over time, and bad files refused in words."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")
soundfile = pytest.importorskip("soundfile")

from emote_files import small_network, write_folder

from soliloquy.inference.arkit import ARKIT_INDEX
from soliloquy.inference.character import load_character
from soliloquy.inference.errors import Cancelled, SoliloquyError
from soliloquy.inference.face.emote import engine as emote
from soliloquy.inference.face.emote.engine import EmoteEngine, level, load_network, native_emotion, native_frames, speak
from soliloquy.inference.settings import EMOTIONS
from soliloquy.models.emote.condition import condition_rows


@pytest.fixture(autouse=True)
def no_official_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whatever this machine's user has downloaded."""
    monkeypatch.setenv("SOLILOQUY_MODELS", str(tmp_path / "models"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An official folder, small, of the newer release."""
    return write_folder(tmp_path_factory.mktemp("EMOTE_v2"), small_network())


@pytest.fixture(scope="module")
def speech(root: Path) -> np.ndarray:
    """Six seconds."""
    return soundfile.read(root / "assets" / "demo_speech.flac", dtype="float32")[0]


def _weights(frames: int, name: str, strength: float = 1.0) -> np.ndarray:
    weights = np.zeros((frames, 8))
    weights[:, EMOTIONS.index(name)] = strength
    weights[:, 0] += 1 - weights.sum(1)
    return weights


def _quiet(*_: Any) -> Any:
    return None


@pytest.mark.parametrize("samples", [0, 1, 399, 640, 641, 16_000, 30_007])
@pytest.mark.parametrize("fps", [1.0, 23.976, 25.0, 60.0])
def test_every_length_and_rate_has_its_frames(folder: Path, speech: np.ndarray, samples: int, fps: float) -> None:
    face = EmoteEngine(folder).animate(speech[:samples], fps, device="cpu")
    frames = max(1, round(samples / 16_000 * fps))
    assert face.arkit.shape == (frames, 52)
    assert face.jaw.shape == (frames, 3)
    assert face.expressions is not None
    assert face.expressions.shape == (frames, 100)
    assert face.expression_space == "flame2020"
    for values in (face.arkit, face.jaw, face.expressions):
        assert np.isfinite(values).all()
    assert face.arkit.min() >= 0
    assert face.arkit.max() <= 1


def test_older_release_gives_fifty_expressions(tmp_path: Path, speech: np.ndarray) -> None:
    face = EmoteEngine(write_folder(tmp_path, small_network(53))).animate(speech[:16_000], 25, device="cpu")
    assert face.expressions is not None
    assert face.expressions.shape == (25, 50)


def test_short_recordings_are_what_the_network_says(folder: Path, speech: np.ndarray) -> None:
    engine = EmoteEngine(folder, identity=4)
    samples = speech[: 640 * 120]
    face = engine.animate(samples, 25, emotion=_weights(120, "fear"), device="cpu")
    heard = torch.from_numpy((samples - samples.mean()) / samples.std())[None]
    row = torch.zeros(120, 8)
    row[:, 4] = 1  # the training's label of fear
    with torch.inference_mode():
        motion = small_network()(heard, condition_rows(row, 4)[None])[0].numpy()
    assert face.expressions is not None
    np.testing.assert_allclose(face.expressions, motion[:, :100], atol=2e-4)
    np.testing.assert_allclose(face.jaw[:, 1:], motion[:, 101:], atol=2e-4)


def test_jaw_and_its_coefficient_agree(folder: Path, speech: np.ndarray) -> None:
    face = EmoteEngine(folder).animate(speech, 30, device="cpu")
    opening = face.arkit[:, ARKIT_INDEX["jawOpen"]]
    assert opening.max() > 0.02
    np.testing.assert_allclose(face.jaw[:, 0], opening * load_character().jaw_open_radians, atol=1e-6)


def test_rates_between_frames_pass_through_the_frames(folder: Path, speech: np.ndarray) -> None:
    engine = EmoteEngine(folder)
    slow, fast = (engine.animate(speech, fps, device="cpu").expressions for fps in (25, 100))
    assert slow is not None
    assert fast is not None
    np.testing.assert_allclose(fast[::4], slow[: len(fast[::4])], atol=1e-5)
    between = fast[2::4][: len(slow) - 1]
    assert (between <= np.maximum(slow[:-1], slow[1:])[: len(between)] + 1e-5).all()


def _windowed_and_whole(
    folder: Path, speech: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> tuple[Any, Any, list[int]]:
    """A minute in windows and in one go, and the frames of each window."""
    samples = np.concatenate([speech] * 9)
    network = load_network(folder, "cpu", 0)
    emotion = native_emotion(None, 0, 25, native_frames(len(samples)))
    lengths: list[int] = []
    handle = network.register_forward_hook(lambda _, __, result: lengths.append(result.shape[1]))
    motion = speak(network, samples, emotion, 0, _quiet, _quiet)
    handle.remove()
    with monkeypatch.context() as patch:
        patch.setattr(emote, "WINDOW_FRAMES", 10**6)
        whole = speak(network, samples, emotion, 0, _quiet, _quiet)
    return motion, whole, lengths


def _worst_step(motion: np.ndarray, whole: np.ndarray) -> float:
    """How far windows lead away from the whole from one frame to the next, where they do it most."""
    usual = np.abs(np.diff(whole, axis=0)).mean()
    return float(np.abs(np.diff(motion - whole, axis=0)).mean(1).max() / usual)


def test_long_recordings_have_no_seams(folder: Path, speech: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    motion, whole, lengths = _windowed_and_whole(folder, speech, monkeypatch)
    assert len(lengths) == 5
    assert max(lengths) < 410
    assert motion.shape == whole.shape
    assert np.corrcoef(motion.ravel(), whole.ravel())[0, 1] > 0.99
    assert _worst_step(motion, whole) < 0.6
    jerk, usual = (np.abs(np.diff(face, n=3, axis=0)).mean(1) for face in (motion, whole))
    # Windows begin every 304 frames and share 96.
    shared = [frame for start in range(304, len(whole) - 96, 304) for frame in range(start, start + 96)]
    shared = [frame for frame in shared if frame < len(jerk)]
    assert jerk[shared].mean() < 1.03 * usual[shared].mean()
    assert jerk[shared].max() < usual.max()


def test_seams_would_be_noticed(folder: Path, speech: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    def cut(windows: list[tuple[int, int]], parts: list[np.ndarray], _: int) -> np.ndarray:
        whole = np.zeros((windows[-1][1], parts[0].shape[1]), np.float32)
        for (start, stop), part in zip(windows, parts, strict=True):
            whole[start:stop] = part
        return whole

    monkeypatch.setattr(emote, "blend_windows", cut)
    motion, whole, _ = _windowed_and_whole(folder, speech, monkeypatch)
    assert _worst_step(motion, whole) > 1.5


def test_loudness_does_not_matter_and_silence_stays_still(folder: Path, speech: np.ndarray) -> None:
    engine = EmoteEngine(folder)
    loud, soft = (engine.animate(speech * gain, 25, device="cpu").expressions for gain in (1.0, 0.1))
    assert loud is not None
    assert soft is not None
    np.testing.assert_allclose(loud, soft, atol=0.01)
    still = engine.animate(np.zeros(64_000, np.float32), 25, device="cpu").expressions
    assert still is not None
    # Within a latent frame of eight, random weights move by themselves.
    stir, talk = (np.abs(face[28:84] - face[20:76]).mean() for face in (still, loud))
    assert stir < 0.1 * talk


def test_level_is_that_of_the_whole_recording() -> None:
    samples = np.random.default_rng(0).normal(0.2, 0.3, 16_000 * 130).astype(np.float32)
    mean, deviation = level(samples)
    assert mean == pytest.approx(samples.mean(dtype=np.float64), abs=1e-9)
    assert deviation == pytest.approx(samples.std(dtype=np.float64), abs=1e-6)


@pytest.mark.parametrize("name", EMOTIONS)
def test_emotions_reach_the_label_of_the_training(name: str) -> None:
    labels = ("neutral", "happy", "sad", "surprise", "fear", "disgust", "anger", "contempt")
    wanted = {"surprised": "surprise", "disgusted": "disgust", "angry": "anger"}.get(name, name)
    directed = native_emotion(_weights(30, name), 30, 30, 25)
    assert directed.shape == (25, 8)
    assert (directed.argmax(1) == labels.index(wanted)).all()
    np.testing.assert_allclose(directed.sum(1), 1, atol=1e-6)


def test_emotion_follows_its_time(folder: Path, speech: np.ndarray) -> None:
    engine = EmoteEngine(folder)
    frames = round(len(speech) / 16_000 * 30)
    emotion = _weights(frames, "neutral")
    emotion[frames // 2 :] = _weights(1, "angry")
    plain, acted = (
        engine.animate(speech, 30, emotion=weights, device="cpu").expressions
        for weights in (_weights(frames, "neutral"), emotion)
    )
    assert plain is not None
    assert acted is not None
    change = np.abs(plain - acted).mean(1)
    assert change[frames // 2 + 10 :].mean() > 3 * change[: frames // 2 - 25].mean()
    unasked = engine.animate(speech, 30, device="cpu").expressions
    np.testing.assert_array_equal(unasked, plain)


def test_emotion_keeps_its_time_in_long_recordings(folder: Path, speech: np.ndarray) -> None:
    samples = np.concatenate([speech] * 6)
    network = load_network(folder, "cpu", 0)
    neutral = native_emotion(None, 0, 25, native_frames(len(samples)))
    acted = neutral.copy()
    acted[800:] = np.eye(8, dtype=np.float32)[2]
    plain, sad = (speak(network, samples, emotion, 0, _quiet, _quiet) for emotion in (neutral, acted))
    change = np.abs(plain - sad).mean(1)
    assert change[:600].max() == 0  # windows that end before it
    assert change[810:].min() > 5 * change[:780].mean()


def test_more_intensity_changes_more(folder: Path, speech: np.ndarray) -> None:
    engine = EmoteEngine(folder)
    frames = round(len(speech) / 16_000 * 25)
    faces = [
        engine.animate(speech, 25, emotion=_weights(frames, "sad", strength), device="cpu").expressions
        for strength in (0.0, 0.1, 0.2, 0.3)
    ]
    changes = [float(np.abs(face - faces[0]).mean()) for face in faces if face is not None and faces[0] is not None]
    assert changes == sorted(changes)
    assert changes[1] > 0


def test_wrong_number_of_weights_is_a_programming_error(folder: Path, speech: np.ndarray) -> None:
    with pytest.raises(ValueError, match="do not fit"):
        EmoteEngine(folder).animate(speech[:16_000], 30, emotion=np.zeros((29, 8)), device="cpu")


def test_speakers_have_their_manner_and_their_number(folder: Path, speech: np.ndarray) -> None:
    first, other = (EmoteEngine(folder, identity=number).animate(speech, 25, device="cpu") for number in (0, 31))
    assert first.expressions is not None
    assert other.expressions is not None
    assert np.abs(first.expressions - other.expressions).mean() > 1e-3
    for number in (-1, 32):
        with pytest.raises(SoliloquyError, match="from 0 to 31"):
            EmoteEngine(folder, identity=number).animate(speech, 25, device="cpu")


def test_same_again(folder: Path, speech: np.ndarray) -> None:
    first, again = (EmoteEngine(folder).animate(speech, 30, seed=seed, device="cpu") for seed in (0, 1))
    np.testing.assert_array_equal(first.expressions, again.expressions)
    np.testing.assert_array_equal(first.arkit, again.arkit)


def test_without_a_head_the_emotion_is_left_to_the_layers(folder: Path, speech: np.ndarray) -> None:
    face = EmoteEngine(folder).animate(speech, 30, device="cpu")
    assert not face.emotional
    assert len(face.warnings) == 1
    assert "Only the jaw speaks" in face.warnings[0]


def test_with_a_head_the_face_shows_the_emotion(
    folder: Path, speech: np.ndarray, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from soliloquy.inference.face.flame import arkit_solver as flame_arkit
    from soliloquy.inference.face.track import FaceTrack

    given: list[Any] = []

    def head_face_track(expressions: np.ndarray, jaw: np.ndarray, space: str, head: Path | None) -> FaceTrack:
        given.append((expressions.shape, jaw.shape, space, head))
        return FaceTrack(np.zeros((len(jaw), 52), np.float32), jaw)

    monkeypatch.setattr(flame_arkit, "head_face_track", head_face_track)
    head = tmp_path / "generic_model.pkl"
    face = EmoteEngine(folder, head_model=head).animate(speech[:16_000], 30, device="cpu")
    assert face.emotional
    assert given == [((30, 100), (30, 3), "flame2020", head)]


def test_cancel_is_honoured_between_windows(folder: Path, speech: np.ndarray) -> None:
    samples = np.concatenate([speech] * 6)
    done: list[float] = []
    with pytest.raises(Cancelled):
        EmoteEngine(folder).animate(samples, 25, device="cpu", progress=done.append, cancelled=lambda: bool(done))
    assert len(done) == 1
    with pytest.raises(Cancelled):
        EmoteEngine(folder).animate(samples, 25, device="cpu", cancelled=lambda: True)


def test_progress_rises_to_the_end(folder: Path, speech: np.ndarray) -> None:
    done: list[float] = []
    EmoteEngine(folder).animate(np.concatenate([speech] * 6), 25, device="cpu", progress=done.append)
    assert done == sorted(done)
    assert done[-1] == 1.0
    assert len(done) > 2


def test_new_weights_in_the_same_folder_are_read(tmp_path: Path, speech: np.ndarray) -> None:
    import os

    write_folder(tmp_path, small_network(seed=1))
    first = EmoteEngine(tmp_path).animate(speech[:16_000], 25, device="cpu").expressions
    write_folder(tmp_path, small_network(seed=2))
    os.utime(tmp_path / "checkpoints" / "last.ckpt", (1, 1))
    second = EmoteEngine(tmp_path).animate(speech[:16_000], 25, device="cpu").expressions
    assert first is not None
    assert second is not None
    assert not np.allclose(first, second, atol=1e-3)


def test_bad_files_are_refused_in_words(tmp_path: Path, speech: np.ndarray) -> None:
    with pytest.raises(SoliloquyError, match="no EMOTE checkpoint"):
        EmoteEngine(tmp_path)
    write_folder(tmp_path, small_network())
    checkpoint = tmp_path / "checkpoints" / "last.ckpt"
    checkpoint.write_bytes(checkpoint.read_bytes()[:5000])
    with pytest.raises(SoliloquyError, match="damaged") as caught:
        EmoteEngine(tmp_path).animate(speech, 25, device="cpu")
    assert caught.value.kind == "bad_checkpoint"


def test_missing_transformers_is_said(tmp_path: Path, speech: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    write_folder(tmp_path, small_network())
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(SoliloquyError, match="transformers") as caught:
        EmoteEngine(tmp_path).animate(speech, 25, device="cpu")
    assert caught.value.kind == "missing_runtime"
