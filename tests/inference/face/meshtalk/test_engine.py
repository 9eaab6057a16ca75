"""The MeshTalk engine on weights of the published layout, but random: what it refuses, measures and keeps."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("scipy")
torch = pytest.importorskip("torch")

from soliloquy.inference.arkit import ARKIT_INDEX
from soliloquy.inference.character import load_character
from soliloquy.inference.errors import Cancelled, SoliloquyError
from soliloquy.inference.face.lips import LipSolver
from soliloquy.inference.face.meshtalk import engine as meshtalk
from soliloquy.models.meshtalk.config import MeshTalkConfig
from soliloquy.models.meshtalk.context import ContextModel
from soliloquy.models.meshtalk.decoder import VertexUnet
from soliloquy.models.meshtalk.encoders import MultimodalEncoder


def head() -> np.ndarray:
    """A face of 6172 points: only those that are measured matter."""
    lips, points = meshtalk.LipVertices(), np.zeros((6172, 3), np.float32)
    points[lips.left_eye], points[lips.right_eye] = (42, 34, 24), (-43, 35, 24)
    points[lips.left], points[lips.right] = (28, -31, 34), (-28, -31, 34)
    points[lips.upper], points[lips.lower], points[lips.chin] = (0, -30.9, 46.5), (0, -31.4, 46.4), (0, -73, 41)
    return points


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("meshtalk")
    torch.manual_seed(0)
    config = MeshTalkConfig()
    decoder = VertexUnet(config)
    decoder.get_buffer("mean").copy_(torch.from_numpy(head()))
    networks = MultimodalEncoder(config), ContextModel(config.context_config()), decoder
    for name, network in zip(meshtalk.FILES, networks, strict=True):
        torch.save(network.state_dict(), place / name)
    return place


def speech(seconds: float) -> np.ndarray:
    time = np.arange(round(16000 * seconds)) / 16000
    return (0.2 * np.sin(2 * np.pi * 150 * time) * (1 + np.sin(2 * np.pi * 4 * time))).astype(np.float32)


def test_animates_as_many_frames_as_asked_and_the_same_for_the_same_seed(folder: Path) -> None:
    engine = meshtalk.MeshTalkEngine(folder)
    seen: list[float] = []
    first = engine.animate(speech(0.5), 24.0, seed=3, device="cpu", progress=seen.append)
    assert first.arkit.shape == (12, 52)
    assert first.jaw.shape == (12, 3)
    assert np.isfinite(first.arkit).all()
    assert first.arkit.min() >= 0
    assert first.arkit.max() <= 1
    assert seen == sorted(seen)
    assert seen[-1] == 1.0
    np.testing.assert_array_equal(engine.animate(speech(0.5), 24.0, seed=3, device="cpu").arkit, first.arkit)
    one = engine.vertices(speech(0.3), seed=1, device="cpu")[1]
    other = engine.vertices(speech(0.3), seed=2, device="cpu")[1]
    assert one.shape == (9, 6172, 3)
    assert np.abs(one - other).max() > 1e-4
    assert len(engine.animate(speech(0.01), 30.0, device="cpu").arkit) == 1


def test_windows_do_not_show(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = meshtalk.MeshTalkEngine(folder)
    whole = engine.vertices(speech(0.4), seed=1, device="cpu")[1]
    monkeypatch.setattr(meshtalk, "WINDOW_FRAMES", 5)
    np.testing.assert_allclose(engine.vertices(speech(0.4), seed=1, device="cpu")[1], whole, atol=1e-4)


def test_stops_when_asked(folder: Path) -> None:
    with pytest.raises(Cancelled):
        meshtalk.MeshTalkEngine(folder).animate(speech(1.0), 30.0, device="cpu", cancelled=lambda: True)


def test_frames_keep_time_with_the_sound() -> None:
    """At the end of an hour the last frame lies within the recording's last thirtieth of a second."""
    config = MeshTalkConfig()
    times = meshtalk.frame_times(config.frames(16000 * 3600), config)
    assert times[0] == pytest.approx(1 / 60, abs=1e-4)
    assert 3600 - 0.07 < times[-1] < 3600


def test_the_mouth_opens_on_the_character_as_far_as_on_the_mesh() -> None:
    lips, neutral = meshtalk.LipVertices(), head()
    mesh = np.repeat(neutral[None], 5, 0)
    drop = np.array([0.0, 3.0, 8.0, 14.0, 0.3], np.float32)
    mesh[:, lips.lower, 1] -= drop
    mesh[:, lips.chin, 1] -= drop
    motion = lips.measure(mesh, neutral)
    np.testing.assert_allclose(motion.aperture, drop / 85, atol=0.002)
    np.testing.assert_allclose(motion.jaw, drop / 85, atol=1e-3)
    assert motion.sealed[0] == motion.sealed[4] == 1.0
    assert motion.sealed[2:4].max() == 0.0
    character = load_character()
    arkit = LipSolver(character.lip_basis()).solve(motion)
    poses = np.zeros((5, 165), np.float32)
    poses[:, 66] = arkit[:, ARKIT_INDEX["jawOpen"]] * character.jaw_open_radians
    measured = character.lip_aperture(poses, arkit)
    assert measured[0] < 0.002
    np.testing.assert_allclose(measured[1:4], motion.aperture[1:4], atol=0.004)


def test_smoothing_follows_the_mask() -> None:
    mesh = np.zeros((21, 3, 3), np.float32)
    mesh[10] = 1.0
    smooth = meshtalk.smooth_vertices(mesh, np.array([1.0, 0.0, 0.5], np.float32))
    taps = np.exp(-0.5 * (np.arange(-4, 5) / 2.0) ** 2)
    np.testing.assert_allclose(smooth[6:15, 0, 0], taps / taps.sum(), atol=1e-6)
    np.testing.assert_array_equal(smooth[:, 1], mesh[:, 1])
    np.testing.assert_allclose(smooth[:, 2], (smooth[:, 0] + mesh[:, 2]) / 2, atol=1e-6)


def test_refuses_what_is_not_meshtalk(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(SoliloquyError, match=r"encoder\.pkl"):
        meshtalk.MeshTalkEngine(tmp_path)
    for name in meshtalk.FILES:
        (tmp_path / name).symlink_to(folder / name)
    (tmp_path / "context_model.pkl").unlink()
    (tmp_path / "context_model.pkl").write_bytes((folder / "context_model.pkl").read_bytes()[:4000])
    with pytest.raises(SoliloquyError) as caught:
        meshtalk.MeshTalkEngine(tmp_path).animate(speech(0.5), 30.0, device="cpu")
    assert caught.value.kind == "bad_checkpoint"
    (tmp_path / "context_model.pkl").unlink()
    (tmp_path / "context_model.pkl").symlink_to(folder / "encoder.pkl")
    with pytest.raises(SoliloquyError, match="MeshTalk"):
        meshtalk.MeshTalkEngine(tmp_path).animate(speech(0.5), 30.0, device="cpu")
    (tmp_path / "short.obj").write_text("v 0 0 0\nv 1 1 1\n")
    with pytest.raises(SoliloquyError, match="2 vertices"):
        meshtalk.read_template(tmp_path / "short.obj", 6172)
