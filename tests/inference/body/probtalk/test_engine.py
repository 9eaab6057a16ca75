"""ProbTalk as a body engine: any length, the right joints, what the artist asks for, refusals in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")
pytest.importorskip("scipy")

import probtalk_files
from directed_gestures import check_directed

from soliloquy.inference.body.probtalk import engine as probtalk
from soliloquy.inference.body.probtalk.engine import JOINTS, Hearing, ProbTalkEngine
from soliloquy.inference.body.probtalk.files import read_statistics
from soliloquy.inference.body.probtalk.system import SYSTEM
from soliloquy.inference.body.track import BodyTrack, SpokenBody
from soliloquy.inference.body.upper_body import UPPER_BODY, to_six, upper_body_of
from soliloquy.inference.errors import Cancelled, SoliloquyError
from soliloquy.inference.gestures.settings import GestureSettings
from soliloquy.inference.prosody import analyse
from soliloquy.inference.published import find_published
from soliloquy.inference.skeleton import FINGER_JOINTS, JOINT_INDEX
from soliloquy.models.probtalk import pq_vae, predictor, refiner, windows
from soliloquy.models.wav2vec2 import resampled

PLAIN = GestureSettings()
FPS = 30.0


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, ...]:
    monkeypatch.setenv("SOLILOQUY_MODELS", str(tmp_path))
    monkeypatch.setattr(pq_vae, "PQVAEConfig", lambda: probtalk_files.VQ)
    monkeypatch.setattr(predictor, "PredictorConfig", lambda: probtalk_files.PREDICTOR)
    monkeypatch.setattr(refiner, "RefinerConfig", lambda: probtalk_files.REFINER)
    monkeypatch.setattr(resampled, "Wav2Vec2Sizes", lambda: probtalk_files.SPEECH)
    return probtalk_files.write_files(tmp_path / "probtalk")


def _speech(seconds: float, fps: float = FPS, seed: int = 0) -> SpokenBody:
    count = round(16_000 * seconds)
    time = np.arange(count) / 16_000
    loud = np.clip(np.sin(time * 5), 0, 1)
    samples = (0.1 * loud * np.random.default_rng(4).normal(size=count)).astype(np.float32)
    frames = max(1, round(seconds * fps))
    ground = BodyTrack(np.full((frames, 165), 0.01), np.full((frames, 3), 0.2), warnings=("of the ground",))
    return SpokenBody(samples, analyse(samples, 16_000), fps, ground, np.zeros(frames), seed, "cpu")


def _engine(files: tuple[Path, ...]) -> ProbTalkEngine:
    return ProbTalkEngine(find_published(SYSTEM).files)


@pytest.mark.parametrize(("seconds", "fps"), [(0.05, 30.0), (1.0, 24.0), (2.5, 23.976), (0.5, 240.0)])
def test_frames_for_any_length_and_rate(files: tuple[Path, ...], seconds: float, fps: float) -> None:
    speech = _speech(seconds, fps)
    track = _engine(files).animate(speech, PLAIN)
    assert track.poses.shape == (speech.frames, 165)
    assert np.isfinite(track.poses).all()
    assert np.array_equal(track.trans, speech.ground.trans)
    assert "of the ground" in track.warnings


def test_only_the_upper_body_is_moved_and_seeds_differ(files: tuple[Path, ...]) -> None:
    engine = _engine(files)
    assert engine.weights == files[1]
    track, again = (engine.animate(_speech(7.0), PLAIN) for _ in range(2))
    np.testing.assert_array_equal(track.poses, again.poses)
    joints = track.poses.reshape(-1, 55, 3)
    still = [index for name, index in JOINT_INDEX.items() if name not in UPPER_BODY]
    assert (joints[:, still] == 0.01).all()
    arms = joints[:, [JOINT_INDEX["left_elbow"], JOINT_INDEX["right_elbow"]]]
    other = engine.animate(_speech(7.0, seed=1), PLAIN).poses.reshape(-1, 55, 3)
    assert np.abs(other[:, [JOINT_INDEX["left_elbow"], JOINT_INDEX["right_elbow"]]] - arms).max() > 0.05
    speaker = engine.animate(_speech(7.0), GestureSettings(style="agitated")).poses
    assert np.abs(speaker - track.poses).max() > 0.05


def _drawing(monkeypatch: pytest.MonkeyPatch, files: tuple[Path, ...], rotations: Any) -> None:
    """Have the networks draw (T, 46, 3) rotations, held at the end, as they would be after normalisation."""
    mean, deviation = read_statistics(files[3])
    six = to_six(rotations).reshape(len(rotations), -1)
    numbers = (np.concatenate([six, np.zeros((len(six), 100))], 1) - mean) / deviation

    def drawn(networks: Any, audio_of: Any, frames: int, *_: Any, **__: Any) -> Any:
        yield torch.from_numpy(numbers[np.minimum(np.arange(frames), len(numbers) - 1)][None]).float()

    monkeypatch.setattr(windows, "generate_motion", drawn)


def _holding(turned: dict[str, list[float]]) -> Any:
    rotations = np.zeros((1, len(JOINTS), 3))
    for name, rotation in turned.items():
        rotations[0, JOINTS.index(name)] = rotation
    return rotations


def test_every_joint_gets_its_own_numbers(files: tuple[Path, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    wanted = {name: list(rng.uniform(-0.6, 0.6, 3)) for name in JOINTS}
    _drawing(monkeypatch, files, _holding(wanted))
    speech = _speech(1.0)
    track = _engine(files).animate(speech, PLAIN)
    found = upper_body_of(track.poses, speech.ground.poses)
    for number, name in enumerate(UPPER_BODY):
        np.testing.assert_allclose(found[:, number], np.tile(wanted[name], (len(found), 1)), atol=1e-5)
    assert JOINTS[:10] == (
        "jaw", "spine1", "spine2", "spine3", "left_foot", "right_foot", "neck", "left_collar", "right_collar", "head",
    )  # fmt: skip
    assert len(JOINTS) * 6 + 100 == 376


def test_energy_and_handedness_mean_what_they_mean_everywhere(files: tuple[Path, ...]) -> None:
    check_directed(_engine(files), _speech(3.0))


def test_the_users_mean_hand_is_added(files: tuple[Path, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _drawing(monkeypatch, files, _holding({"right_thumb2": [0.1, 0.2, 0.3]}))
    engine, speech = _engine(files), _speech(0.5)
    assert any("mean hand" in warning for warning in engine.animate(speech, PLAIN).warnings)
    hands = np.random.default_rng(0).uniform(-0.4, 0.4, (30, 3))
    place = tmp_path / "flame" / "SMPLX_NEUTRAL_2020.npz"
    place.parent.mkdir()
    np.savez(place, hands_meanl=hands[:15].ravel(), hands_meanr=hands[15:].ravel(), v_template=np.zeros((4, 3)))
    track = engine.animate(speech, PLAIN)
    assert not any("mean hand" in warning for warning in track.warnings)
    found = track.poses.reshape(-1, 55, 3)[2, [JOINT_INDEX[name] for name in FINGER_JOINTS]]
    hands[FINGER_JOINTS.index("right_thumb2")] += [0.1, 0.2, 0.3]
    np.testing.assert_allclose(found, hands, atol=1e-5)


def test_other_rates_turn_the_shortest_way(files: tuple[Path, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    turns = np.linspace(0, 1, 30)
    rotations = np.zeros((30, len(JOINTS), 3))
    rotations[:, JOINTS.index("left_wrist"), 1] = turns
    _drawing(monkeypatch, files, rotations)
    speech = _speech(1.0, fps=60.0)
    track = _engine(files).animate(speech, PLAIN)
    found = track.poses.reshape(-1, 55, 3)[:, JOINT_INDEX["left_wrist"], 1]
    np.testing.assert_allclose(found[:58], np.arange(58) / 2 / 29, atol=3e-3)
    np.testing.assert_allclose(found[::2], turns, atol=1e-6)


class _Loudness(torch.nn.Module):
    """Stands where the encoder is: every frame is the loudness of its own samples, so that blocks cannot differ."""

    def __init__(self) -> None:
        super().__init__()
        self.place = torch.nn.Parameter(torch.zeros(1))
        self.heard: list[int] = []

    def forward(self, samples: Any, frames: int) -> Any:
        self.heard.append(samples.shape[-1])
        edges = np.arange(frames + 1) * 1600 // 3
        energy = torch.nn.functional.pad(samples.double().square().cumsum(-1), (1, 0))[0]
        return (energy[edges[1:]] - energy[edges[:-1]])[None, :, None].float()


@pytest.mark.parametrize("seconds", [3.0, 20.0, 20.1, 61.7])
def test_features_of_a_stretch_are_those_of_its_own_sound(seconds: float) -> None:
    samples = np.random.default_rng(0).normal(size=round(16_000 * seconds)).astype(np.float32)
    encoder: Any = _Loudness()
    with torch.inference_mode():
        hearing = Hearing(encoder, samples)
        assert hearing.frames == len(samples) * 30 // 16_000
        found = [hearing(start, stop) for start, stop in windows.plan_windows(hearing.frames)]
        wave = torch.from_numpy((samples - samples.mean()) / samples.std())[None]
        expected = _Loudness()(wave, hearing.frames)
    for (start, stop), part in zip(windows.plan_windows(hearing.frames), found, strict=True):
        assert torch.allclose(part, expected[:, start:stop], rtol=1e-3)
    # Bounded: no more than 20 s at once, and few blocks kept.
    assert max(encoder.heard) <= 20 * 16_000 + 16_000 / 30
    assert len(hearing._blocks) <= 2
    assert sum(encoder.heard) < 1.6 * len(samples)


def test_a_long_recording_goes_window_by_window(files: tuple[Path, ...]) -> None:
    done: list[float] = []
    speech = _speech(31.0)
    track = _engine(files).animate(speech, PLAIN, progress=done.append)
    assert track.poses.shape == (930, 165)
    assert len(done) == 6
    assert done == sorted(done)
    assert done[-1] <= 1


def test_cancelling_stops(files: tuple[Path, ...]) -> None:
    asked: list[int] = []

    def cancelled() -> bool:
        asked.append(1)
        return len(asked) > 1

    with pytest.raises(Cancelled):
        _engine(files).animate(_speech(20.0), PLAIN, cancelled=cancelled)


def test_what_is_missing_is_said(files: tuple[Path, ...]) -> None:
    encoder = files[3].parent / "wav2vec2-base-960h" / "pytorch_model.bin"
    elsewhere = files[3].parent / "models--facebook--wav2vec2-base-960h" / "snapshots" / "55bb"
    elsewhere.mkdir(parents=True)
    encoder.rename(elsewhere / encoder.name)
    _engine(files)
    (elsewhere / encoder.name).unlink()
    assert "wav2vec2-base-960h" in find_published(SYSTEM).missing
    with pytest.raises(SoliloquyError, match="wav2vec2-base-960h, which is not there") as caught:
        ProbTalkEngine(files)
    assert caught.value.kind == "missing_files"
    assert "huggingface.co/facebook/wav2vec2-base-960h" in caught.value.hint
    assert str(files[3].parent) in caught.value.hint
    with pytest.raises(SoliloquyError, match="official weights are not there"):
        ProbTalkEngine(())


def test_wrong_files_are_refused_in_words(files: tuple[Path, ...]) -> None:
    speech = _speech(0.5)
    with pytest.raises(SoliloquyError, match="is ProbTalk's predictor, not its autoencoder") as caught:
        ProbTalkEngine((files[1], files[0], files[2], files[3])).animate(speech, PLAIN)
    assert caught.value.kind == "bad_checkpoint"
    np.save(files[3], np.zeros((2, 1, 1, 430), np.float32))
    with pytest.raises(SoliloquyError, match="statistics of ProbTalk's motion"):
        ProbTalkEngine(files)
    np.save(files[3], np.ones((2, 165), np.float32))
    with pytest.raises(SoliloquyError, match="statistics of ProbTalk's motion"):
        ProbTalkEngine(files)
    np.save(files[3], np.array([{"code": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(SoliloquyError, match="statistics of ProbTalk's motion"):
        ProbTalkEngine(files)


def test_statistics_are_picked_by_joint(tmp_path: Path) -> None:
    values = np.arange(860, dtype=np.float32).reshape(2, 1, 1, 430) + 1
    np.save(tmp_path / "norm_stats.npy", values)
    mean, deviation = read_statistics(tmp_path / "norm_stats.npy")
    assert mean.shape == deviation.shape == (376,)
    # In SHOW's order the jaw is first, joint j of the body is 3 + j, the hands begin at 25; expression follows.
    for name, place in (("jaw", 0), ("spine1", 6), ("spine2", 9), ("spine3", 12), ("right_wrist", 24)):
        assert mean[6 * JOINTS.index(name)] == 6 * place + 1
    assert mean[6 * JOINTS.index("left_index1")] == 6 * 25 + 1
    assert list(mean[276:]) == list(range(331, 431))
    assert deviation[0] == 431


def test_the_engine_is_found_by_its_name(files: tuple[Path, ...]) -> None:
    from soliloquy.inference.engines import body_engine

    engine = body_engine("probtalk")
    assert isinstance(engine, probtalk.ProbTalkEngine)
    assert engine.name == "probtalk"
