"""Both stages of the sampled gestures' training: they learn, go on where they stopped, and end in a file."""

from __future__ import annotations

import dataclasses
import hashlib
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("soundfile")
import torch

from soliloquy.inference.body.sampled.networks import GestureNetworks, SampledConfig, read_networks
from soliloquy.inference.body.upper_body import SIX, UPPER_BODY, to_six
from soliloquy.inference.gestures.features import FEATURES
from soliloquy.models.talkshow.body.audio_encoder import AudioEncoderConfig
from soliloquy.models.talkshow.body.pixelcnn import PixelCNNConfig
from soliloquy.training.body.talkshow import __main__ as command
from soliloquy.training.body.talkshow import codes, drawing, schedule
from soliloquy.training.body.talkshow.codes import angles_between, code_error, columns, train_codes
from soliloquy.training.body.talkshow.drawing import held_out_loss, read_tokens, train_drawing
from soliloquy.training.body.talkshow.schedule import Schedule
from soliloquy.training.body.windows import Recordings, draw_windows

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(autouse=True)
def quick(monkeypatch) -> None:
    """Small batches, and no hundred steps of warm-up."""
    monkeypatch.setattr(schedule, "WARM_UP", 5)
    monkeypatch.setattr(codes, "BATCH", 8)
    monkeypatch.setattr(drawing, "BATCH", 8)
    monkeypatch.setattr(drawing, "ROWS", 20)


def waving(frames: int = 1200) -> Recordings:
    """One elbow swings whenever the first feature rises."""
    beat = (np.sin(np.arange(frames) * 2 * np.pi / 40) > 0.6).astype(np.float32)
    rotations = np.zeros((frames, len(UPPER_BODY), 3))
    rotations[:, UPPER_BODY.index("left_elbow"), 1] = -1.2 * np.convolve(beat, np.hanning(9) / 4, "same")
    features = np.zeros((frames, len(FEATURES)), np.float32)
    features[:, 0] = beat
    six = to_six(rotations).reshape(frames, SIX).astype(np.float32)
    return Recordings(six, features, np.array([1, 2]), np.array([0, frames // 2, frames]))


def small() -> GestureNetworks:
    torch.manual_seed(0)
    config = SampledConfig()
    return GestureNetworks(
        SampledConfig(
            dataclasses.replace(config.body, width=16, codes=16, code_width=8),
            dataclasses.replace(config.hands, width=16, codes=16, code_width=8),
            AudioEncoderConfig(in_dim=len(FEATURES), width=16, blocks=1),
            PixelCNNConfig(codes=16, dim=12, layers=3, classes=6, audio_width=16, hidden=16),
        )
    )


def steps(file: Path, count: int, said: list[str] | None = None) -> Schedule:
    """A schedule that ends after so many steps, whatever the clock says."""

    class Counted(Schedule):
        @property
        def fraction(self) -> float:
            return min(1.0, (self.step - self._first) / count)

    return Counted(file, 1.0, (said if said is not None else []).append)


def test_a_motion_code_begins_as_principal_components(tmp_path):
    recordings, networks = waving(), small()
    motion = draw_windows(recordings, 16, 64, np.random.default_rng(0)).motion[..., columns("body")]
    # One elbow has one component, and four frames of it have four.
    codes.begin(networks, "body", torch.from_numpy(motion))
    seen = networks.seen("body", torch.from_numpy(motion))
    network = networks.body.eval()
    with torch.no_grad():
        decoded = network.decoder(network.encoder(seen.transpose(1, 2))).transpose(1, 2)
    error = (decoded - seen).square().mean() / seen.square().mean()
    assert float(error) < 0.05
    assert torch.allclose(networks.shown("body", seen), torch.from_numpy(motion), atol=1e-5)


def test_a_motion_code_learns_and_goes_on_where_it_stopped(tmp_path, monkeypatch):
    # It begins close to the best linear code; smaller batches wander about it before they find a better one.
    monkeypatch.setattr(codes, "BATCH", 32)
    recordings, networks = waving(), small()
    train_codes(networks, "body", [(recordings, 1.0)], steps(tmp_path / "body.pt", 1))
    before, _ = code_error(networks, "body", recordings, 8)
    train_codes(networks, "body", [(recordings, 1.0)], steps(tmp_path / "body.pt", 120))
    after, used = code_error(networks, "body", recordings, 8)
    assert after < before
    assert used > 1 / 16
    said: list[str] = []
    again = small()
    run = steps(tmp_path / "body.pt", 3, said)
    train_codes(again, "body", [(recordings, 1.0)], run)
    assert run.step == 124
    assert said[0] == "body: going on after step 121"
    assert code_error(again, "body", recordings, 8)[0] < 1.2 * after


def test_a_code_that_has_learnt_keeps_its_numbers_on_other_motion(tmp_path):
    recordings, networks = waving(), small()
    train_codes(networks, "body", [(recordings, 1.0)], steps(tmp_path / "first.pt", 20))
    networks.eval()
    motion = torch.from_numpy(draw_windows(recordings, 8, 64, np.random.default_rng(3)).motion[..., columns("body")])
    before = networks.body.encode(networks.seen("body", motion))
    train_codes(networks, "body", [(recordings, 1.0)], steps(tmp_path / "second.pt", 1), started=True)
    after = networks.body.encode(networks.seen("body", motion))
    assert (before == after).float().mean() > 0.8


def test_what_draws_the_codes_learns_to_follow_the_speech(tmp_path):
    recordings, networks = waving(), small()
    for part in ("body", "hands"):
        train_codes(networks, part, [(recordings, 1.0)], steps(tmp_path / f"{part}.pt", 40))
    grids = read_tokens(networks, recordings, 2)
    assert grids.tokens[0].shape == (300, 2)
    assert (grids.first_frame[1][:3] == [1, 5, 9]).all()
    tokens, features, styles = grids.draw(6, 20, np.random.default_rng(0))
    assert tokens.shape == (6, 20, 2)
    assert features.shape == (6, 80, len(FEATURES))
    assert set(styles.tolist()) <= {1, 2}
    before = held_out_loss(networks, grids, count=8)
    both = read_tokens(networks, recordings)
    train_drawing(networks, both, steps(tmp_path / "drawing.pt", 30))
    assert held_out_loss(networks, grids, count=8) < 0.8 * before


def test_the_loss_goes_up_when_the_speech_is_another_ones(tmp_path):
    networks, recordings = small(), waving()
    for part in ("body", "hands"):
        train_codes(networks, part, [(recordings, 1.0)], steps(tmp_path / f"{part}.pt", 2))
    grids = read_tokens(networks, recordings)
    assert held_out_loss(networks, grids, count=4) == held_out_loss(networks, grids, count=4)
    assert held_out_loss(networks, grids, shuffled=True, count=4) != held_out_loss(networks, grids, count=4)


def test_the_exported_file_holds_what_was_trained(tmp_path, monkeypatch):
    networks, recordings = small(), waving(400)
    folder = tmp_path / "talkshow"
    for part in ("body", "hands"):
        train_codes(networks, part, [(recordings, 1.0)], steps(folder / f"{part}.pt", 2))
    train_drawing(networks, read_tokens(networks, recordings), steps(folder / "drawing.pt", 2))
    output = tmp_path / "weights.safetensors"
    output.with_suffix(".md").write_text("| file sha256 | 00 |\n", encoding="utf-8")
    command.export(small(), tmp_path, output)
    read = read_networks(output)
    assert read.config == networks.config
    for name in (
        "body_centre",
        "hands_scale",
        "body.decoder.project.weight",
        "hands.vq_layer.embeddings",
        "draw.embedding.weight",
    ):
        assert torch.allclose(read.state_dict()[name], networks.state_dict()[name], atol=2e-3)
    assert hashlib.sha256(output.read_bytes()).hexdigest() in output.with_suffix(".md").read_text(encoding="utf-8")
    assert not list(tmp_path.glob("*.part"))


def test_a_part_is_its_columns_and_angles_are_angles():
    assert columns("body") == slice(0, 66)
    assert columns("hands") == slice(66, None)
    turned = np.zeros((3, 1, 3))
    turned[:, 0, 1] = [0.0, 0.5, 2.0]
    assert angles_between(to_six(turned), to_six(np.zeros((3, 1, 3))))[:, 0] == pytest.approx([0, 0.5, 2.0], abs=1e-6)
