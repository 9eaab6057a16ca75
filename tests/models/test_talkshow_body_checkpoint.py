"""TalkSHOW's official body files: every key of their layout, and files that are something else."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from soliloquy.models.checkpoint import CheckpointError
from soliloquy.models.talkshow.body.audio_encoder import AudioEncoder, AudioEncoderConfig
from soliloquy.models.talkshow.body.checkpoint import load_autoregressive, load_motion_codes
from soliloquy.models.talkshow.body.pixelcnn import GatedPixelCNN, PixelCNNConfig
from soliloquy.models.talkshow.body.vqvae import VQVAE, VQVAEConfig

pytestmark = pytest.mark.usefixtures("one_thread")

KEYS = Path(__file__).parent / "fixtures" / "talkshow_body_keys.json"
CODES = {
    name: VQVAEConfig(in_dim=width, width=8, code_width=4, codes=12) for name, width in (("body", 39), ("hands", 90))
}
NETWORK = PixelCNNConfig(codes=12, dim=4, layers=3, audio_width=8, hidden=8)
AUDIO = AudioEncoderConfig(width=8)


def _official(parts: dict[str, Any]) -> dict[str, Any]:
    inside: dict[str, Any] = {"discriminator": None, "discriminator_optim": None}
    for name, state in parts.items():
        inside |= {name: state, f"{name}_optim": {"state": {}, "param_groups": [{"lr": 1e-4, "params": [0]}]}}
    return {"generator": inside, "epoch": 99, "global_steps": 1}


def _small(tmp_path: Path) -> tuple[Path, Path]:
    torch.manual_seed(0)
    vq, pixel = tmp_path / "vq.pth", tmp_path / "pixel.pth"
    torch.save(
        _official({"g_body": VQVAE(CODES["body"]).state_dict(), "g_hand": VQVAE(CODES["hands"]).state_dict()}), vq
    )
    parts = {"generator": GatedPixelCNN(NETWORK).state_dict(), "audioencoder": AudioEncoder(AUDIO).state_dict()}
    torch.save(_official(parts), pixel)
    return vq, pixel


def _load_vq(path: Path) -> Any:
    return load_motion_codes(path, CODES["body"], CODES["hands"])


def _load_pixel(path: Path) -> Any:
    return load_autoregressive(path, NETWORK, AUDIO)


def test_files_of_the_official_layout_load(tmp_path: Path) -> None:
    table = json.loads(KEYS.read_text(encoding="utf-8"))
    assert {name: len(keys) for name, keys in table.items()} == {
        "g_body": 178, "g_hand": 178, "generator": 146, "audioencoder": 88,
    }  # fmt: skip
    # One number each, spread over the whole shape: full size in small files.
    states = {
        name: {
            f"module.{key}": torch.tensor(7) if key.endswith("tracked") else torch.full((1,), 0.01).expand(shape)
            for key, shape in keys.items()
        }
        for name, keys in table.items()
    }
    vq, pixel = tmp_path / "vq.pth", tmp_path / "pixel.pth"
    torch.save(_official({name: states[name] for name in ("g_body", "g_hand")}), vq)
    torch.save(_official({name: states[name] for name in ("generator", "audioencoder")}), pixel)
    networks = dict(zip(("g_body", "g_hand"), load_motion_codes(vq), strict=True))
    networks |= dict(zip(("generator", "audioencoder"), load_autoregressive(pixel), strict=True))
    for name, network in networks.items():
        state = network.state_dict()
        assert {key: list(value.shape) for key, value in state.items()} == table[name]
        for key, value in state.items():
            wanted = 7 if key.endswith("tracked") else np.float32(0.01)
            assert float(value.min()) == float(value.max()) == wanted, key
        assert not network.training


def test_what_was_saved_is_what_runs(tmp_path: Path) -> None:
    vq, pixel = _small(tmp_path)
    torch.manual_seed(0)
    body = VQVAE(CODES["body"]).eval()
    found, hands = _load_vq(vq)
    tokens = torch.arange(6)[None]
    assert torch.equal(found.decode(tokens), body.decode(tokens))
    assert hands.decode(tokens).shape == (1, 24, 90)
    network, audio = _load_pixel(pixel)
    logits = network(torch.zeros(1, 3, 2, dtype=torch.int64), torch.tensor([1]), audio(torch.randn(1, 12, 64)))
    assert logits.shape == (1, 3, 2, 12)
    assert torch.isfinite(logits).all()


def test_exchanged_files_are_named(tmp_path: Path) -> None:
    vq, pixel = _small(tmp_path)
    with pytest.raises(CheckpointError, match="autoregressive model, not the motion codes") as refused:
        _load_vq(pixel)
    assert "s2g_body_vq" in refused.value.hint
    with pytest.raises(CheckpointError, match="motion codes, not the autoregressive model") as refused:
        _load_pixel(vq)
    assert "s2g_body_pixel" in refused.value.hint
    face = tmp_path / "face.pth"
    torch.save(_official({"generator": {"audio_feature_map.weight": torch.zeros(256, 768)}}), face)
    for load in (_load_vq, _load_pixel):
        with pytest.raises(CheckpointError, match="TalkSHOW's face, not"):
            load(face)


def test_another_systems_checkpoint_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "last.ckpt"
    for content in ({"state_dict": {"a": torch.zeros(3)}}, {"generator": 3}, {}):
        torch.save(content, path)
        for load in (_load_vq, _load_pixel):
            with pytest.raises(CheckpointError):
                load(path)


def test_a_missing_an_unknown_and_a_differing_weight_are_errors(tmp_path: Path) -> None:
    vq, pixel = _small(tmp_path)
    content = torch.load(vq, weights_only=True)
    codebook = content["generator"]["g_hand"].pop("vq_layer.embeddings")
    torch.save(content, tmp_path / "changed.pth")
    with pytest.raises(CheckpointError, match="vq_layer.embeddings"):
        _load_vq(tmp_path / "changed.pth")
    content["generator"]["g_hand"]["vq_layer.embeddings"] = codebook[:-1]
    torch.save(content, tmp_path / "changed.pth")
    with pytest.raises(CheckpointError, match="11x4 instead of 12x4"):
        _load_vq(tmp_path / "changed.pth")
    content = torch.load(pixel, weights_only=True)
    content["generator"]["generator"]["layers.3.horiz_resid.bias"] = torch.zeros(4)
    torch.save(content, tmp_path / "changed.pth")
    with pytest.raises(CheckpointError, match=r"layers\.3"):
        _load_pixel(tmp_path / "changed.pth")


def test_truncated_and_missing_files_are_refused(tmp_path: Path) -> None:
    vq, pixel = _small(tmp_path)
    for path, load in ((vq, _load_vq), (pixel, _load_pixel)):
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
        with pytest.raises(CheckpointError, match="damaged"):
            load(path)
        with pytest.raises(CheckpointError, match="no TalkSHOW checkpoint"):
            load(tmp_path / "absent.pth")


class _Bomb:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return (Path.touch, (self.path,))


def test_code_in_a_file_is_not_run(tmp_path: Path) -> None:
    struck = tmp_path / "struck"
    zipped, plain = tmp_path / "zipped.pth", tmp_path / "plain.pth"
    torch.save({"generator": {"g_body": _Bomb(struck), "g_hand": {}}}, zipped)
    plain.write_bytes(pickle.dumps({"generator": _Bomb(struck)}))
    for path in (zipped, plain):
        for load in (_load_vq, _load_pixel):
            with pytest.raises(CheckpointError):
                load(path)
    assert not struck.exists()
