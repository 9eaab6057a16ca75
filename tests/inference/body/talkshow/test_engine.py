"""TalkSHOW's body engine: what moves and what does not, any length and rate, in step with the recording, refusals."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

torch = pytest.importorskip("torch")
from directed_gestures import check_directed

from soliloquy.inference.body.talkshow import engine as talkshow_body
from soliloquy.inference.body.talkshow.engine import Networks, TalkShowBodyEngine, put_on, speak
from soliloquy.inference.body.track import BodyTrack, SpokenBody
from soliloquy.inference.body.upper_body import UPPER_BODY
from soliloquy.inference.engines import body_engine
from soliloquy.inference.errors import Cancelled, SoliloquyError
from soliloquy.inference.gestures.settings import STYLES, GestureSettings
from soliloquy.inference.gestures.strokes import wrist_speed
from soliloquy.inference.prosody import analyse
from soliloquy.inference.skeleton import JOINT_INDEX
from soliloquy.models.talkshow.body import checkpoint
from soliloquy.models.talkshow.body.audio_encoder import AudioEncoder, AudioEncoderConfig
from soliloquy.models.talkshow.body.mfcc import speech_features
from soliloquy.models.talkshow.body.pixelcnn import GatedPixelCNN, PixelCNNConfig
from soliloquy.models.talkshow.body.sampler import Draw, RowSampler
from soliloquy.models.talkshow.body.vqvae import VQVAE, VQVAEConfig

pytestmark = pytest.mark.usefixtures("one_thread")

BODY, HANDS = (VQVAEConfig(in_dim=width, width=16, blocks=1, code_width=4, codes=12) for width in (39, 90))
NETWORK = PixelCNNConfig(codes=12, dim=4, layers=4, audio_width=8, hidden=8)
AUDIO = AudioEncoderConfig(width=8, blocks=1)
GROUND_KEPT = ("pelvis", "left_hip", "right_knee", "left_foot", "right_foot", "neck", "head", "jaw")


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Path, ...]]:
    """Both official files, small, where they belong."""
    monkeypatch.setenv("SOLILOQUY_MODELS", str(tmp_path))
    monkeypatch.setattr(checkpoint, "load_motion_codes", partial(checkpoint.load_motion_codes, body=BODY, hands=HANDS))
    monkeypatch.setattr(
        checkpoint, "load_autoregressive", partial(checkpoint.load_autoregressive, network=NETWORK, audio=AUDIO)
    )
    torch.manual_seed(0)
    vq, pixel = (tmp_path / "talkshow" / f"smplx_S2G-body-{name}-3d" / "ckpt-99.pth" for name in ("vq", "pixel"))
    parts: dict[Path, dict[str, Any]] = {
        vq: {"g_body": VQVAE(BODY), "g_hand": VQVAE(HANDS)},
        pixel: {"generator": GatedPixelCNN(NETWORK), "audioencoder": AudioEncoder(AUDIO)},
    }
    torch.nn.init.normal_(parts[pixel]["generator"].output_conv[2].weight, std=2.0)
    for layer in parts[pixel]["generator"].layers:
        torch.nn.init.normal_(layer.class_cond_embedding.weight, std=2.0)
    for path, networks in parts.items():
        path.parent.mkdir(parents=True)
        inside = {name: network.state_dict() for name, network in networks.items()}
        torch.save({"generator": {**inside, "discriminator": None}, "epoch": 99, "global_steps": 1}, path)
    yield vq, pixel
    talkshow_body.load_networks.cache_clear()


def _speech(seconds: float, fps: float = 30.0, seed: int = 0) -> SpokenBody:
    rng = np.random.default_rng(1)
    samples = (0.1 * rng.normal(size=round(16_000 * seconds))).astype(np.float32)
    frames = max(1, round(seconds * fps))
    poses = 0.1 * np.sin(np.arange(frames)[:, None] / fps + np.arange(165))
    ground = BodyTrack(poses, 0.02 * np.cos(np.arange(frames)[:, None] / fps + np.arange(3)))
    return SpokenBody(samples, analyse(samples), fps, ground, np.zeros(frames), seed, "cpu")


def _joints(poses: np.ndarray, *names: str) -> np.ndarray:
    return poses.reshape(len(poses), -1, 3)[:, [JOINT_INDEX[name] for name in names]]


@pytest.mark.parametrize(("seconds", "fps"), [(0.0001, 30.0), (0.5, 24.0), (3.0, 30.0), (4.0, 23.976), (0.7, 240.0)])
def test_any_length_and_rate(files: tuple[Path, ...], seconds: float, fps: float) -> None:
    speech = _speech(seconds, fps)
    track = TalkShowBodyEngine(files).animate(speech, GestureSettings())
    assert track.poses.shape == (speech.frames, 165)
    assert np.isfinite(track.poses).all()
    np.testing.assert_array_equal(track.trans, speech.ground.trans)
    assert _joints(track.poses, *GROUND_KEPT) == pytest.approx(_joints(speech.ground.poses, *GROUND_KEPT))
    for name in ("spine2", "left_collar", "right_shoulder", "left_elbow", "right_wrist", "left_index2", "right_thumb3"):
        assert np.abs(_joints(track.poses, name) - _joints(speech.ground.poses, name)).max() > 1e-3, name
    assert "mean hand" in track.warnings[0]
    assert "SMPLX_NEUTRAL_2020.npz" in track.warnings[0]


def test_the_seed_decides_and_the_register_finds_the_engine(files: tuple[Path, ...]) -> None:
    engine = body_engine("talkshow")
    assert engine is not None
    assert engine.weights == files[1]
    one = engine.animate(_speech(3), GestureSettings()).poses
    np.testing.assert_array_equal(one, TalkShowBodyEngine(files).animate(_speech(3), GestureSettings()).poses)
    other = engine.animate(_speech(3, seed=-5), GestureSettings()).poses
    assert np.abs(one - other).max() > 0.01


def test_styles_speak_as_the_authors_speakers(files: tuple[Path, ...]) -> None:
    assert set(talkshow_body.SPEAKERS) == set(STYLES)
    assert set(talkshow_body.SPEAKERS.values()) == {0, 1, 2, 3}
    engine = TalkShowBodyEngine(files)
    calm, formal, agitated = (
        engine.animate(_speech(3), GestureSettings(style)).poses for style in ("calm", "formal", "agitated")
    )
    assert np.abs(calm - formal).max() > 0.01
    assert np.abs(calm - agitated).max() > 0.01


def test_pieces_leave_no_seam(files: tuple[Path, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    networks = talkshow_body.load_networks(*files, "cpu", (0, 0))
    speech = _speech(12.0)
    for name in ("body", "hands"):
        monkeypatch.setattr(
            getattr(networks, name), "decode_pieces", partial(getattr(networks, name).decode_pieces, piece=7)
        )
    monkeypatch.setattr(networks.audio, "encode_pieces", partial(networks.audio.encode_pieces, piece=20))
    reported: list[float] = []
    found = speak(networks, speech, 2, reported.append, lambda: False)
    rows = len(found) // 4
    with torch.no_grad():
        audio = networks.audio(torch.from_numpy(speech_features(speech.samples, 4 * rows))[None])
        tokens = RowSampler(networks.autoregressive, torch.tensor([2]), Draw(0)).sample(audio)
        expected = torch.cat([networks.body.decode(tokens[..., 0]), networks.hands.decode(tokens[..., 1])], 2)[0]
    assert rows == 91
    assert tokens.unique().numel() > 5
    np.testing.assert_allclose(found, expected.numpy(), atol=1e-5)
    assert reported == sorted(reported)
    assert reported[-1] < 1


class _Loudest:
    """Stands where the audio encoder is: whether anything was loud within four frames."""

    def parameters(self) -> Iterator[Any]:
        return iter([torch.zeros(1)])

    def encode_pieces(self, features: Any) -> Iterator[Any]:
        loudness = features[..., 0]
        yield (loudness > loudness.min() + 1).float().view(1, 1, -1, 4).amax(-1)


class _Raised:
    """Stands where the motion codes are: a token of 1 turns all by half a radian."""

    def __init__(self, width: int) -> None:
        self.width = width

    def decode_pieces(self, tokens: Any) -> Iterator[Any]:
        yield 0.5 * tokens.repeat_interleave(4, 1)[..., None].expand(-1, -1, self.width)


def _follows_audio() -> Any:
    """A network whose tokens are what it hears: 1 or 0."""
    network = GatedPixelCNN(PixelCNNConfig(codes=2, dim=1, layers=2, audio_width=1, hidden=1)).eval()
    for parameter in network.parameters():
        torch.nn.init.zeros_(parameter)
    network.embedding_aud.weight.data.fill_(1.0)
    network.fusion_h.weight.data[:, 1] = 1.0
    network.output_conv[0].weight.data.fill_(1.0)  # type: ignore[union-attr]
    network.output_conv[2].weight.data[1] = 200.0  # type: ignore[union-attr]
    network.output_conv[2].bias.data[1] = -100.0  # type: ignore[union-attr]
    return network


@pytest.mark.parametrize("fps", [30.0, 24.0])
def test_what_happens_after_55_seconds_is_seen_then(fps: float) -> None:
    speech = _speech(60.0, fps)
    knock = round(1654 / 30 * 16_000)  # within the frames 1652 to 1655 of a token
    speech.samples[:] = 0
    speech.samples[knock : knock + 16] = 0.5
    networks = Networks(cast(Any, _Raised(39)), cast(Any, _Raised(90)), _follows_audio(), cast(Any, _Loudest()))
    motion = speak(networks, speech, 0, lambda _: None, lambda: False)
    assert len(motion) >= 1800
    # The authors' frames are 1.5 behind by then, and would raise the token before too.
    assert list(np.flatnonzero(motion[:, 30] > 0.4)) == [1652, 1653, 1654, 1655]
    hands = np.zeros((2, 15, 3))
    rotations = talkshow_body.upper_body_rotations(motion, hands)
    poses = put_on(rotations, speech)
    elbow = _joints(poses, "left_elbow")[:, 0, 0]
    raised = np.flatnonzero(elbow > 0.25) / fps
    assert raised[0] == pytest.approx(1652 / 30, abs=1 / fps)
    assert raised[-1] == pytest.approx(1655 / 30, abs=1 / fps)
    assert wrist_speed(poses, fps).argmax() / fps == pytest.approx(1653.5 / 30, abs=0.2)


def test_between_frames_rotations_go_the_short_way() -> None:
    speech = _speech(1.0, 60.0)
    turns = np.zeros((32, 41, 3))
    wrist = UPPER_BODY.index("right_wrist")
    # Through half a turn: as axis-angle the numbers jump from nearly pi to nearly -pi.
    angles = np.linspace(np.pi - 0.5, np.pi + 0.5, 32)
    turns[:, wrist, 0] = np.where(angles > np.pi, angles - 2 * np.pi, angles)
    poses = put_on(turns, speech)
    found = _joints(poses, "right_wrist")[:, 0, 0] % (2 * np.pi)
    np.testing.assert_allclose(found, np.interp(np.arange(60) / 60, np.arange(32) / 30, angles), atol=1e-6)


def test_energy_and_handedness_mean_what_they_mean_everywhere(files: tuple[Path, ...]) -> None:
    check_directed(TalkShowBodyEngine(files), _speech(3))


def test_stops_when_asked(files: tuple[Path, ...]) -> None:
    reported: list[float] = []
    with pytest.raises(Cancelled):
        TalkShowBodyEngine(files).animate(
            _speech(20), GestureSettings(), progress=reported.append, cancelled=lambda: len(reported) > 3
        )
    assert max(reported) < 0.8


def test_files_that_are_missing_or_wrong_are_named(files: tuple[Path, ...]) -> None:
    with pytest.raises(SoliloquyError, match="not there") as refused:
        TalkShowBodyEngine((files[0], files[1].with_name("absent.pth")))
    assert refused.value.kind == "missing_files"
    with pytest.raises(SoliloquyError, match="motion codes") as refused:
        TalkShowBodyEngine(files[::-1]).animate(_speech(1), GestureSettings())
    assert refused.value.kind == "bad_checkpoint"
