"""TalkSHOW's face generator against the authors' layout and numbers."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from soliloquy.models.checkpoint import CheckpointError
from soliloquy.models.talkshow.face import (
    FaceGenerator,
    FaceGeneratorConfig,
    frame_count,
    load_face_generator,
)
from soliloquy.models.wav2vec2.resampled import Wav2Vec2Sizes

KEYS = Path(__file__).parent / "fixtures" / "talkshow_face_keys.json"
SMALL = FaceGeneratorConfig(Wav2Vec2Sizes(layers=1, feed_forward=64, conv_widths=(16,) * 7))


def _old_names(state: dict[str, Any]) -> dict[str, Any]:
    """The names that PyTorch 1.10 wrote for the weight norm."""
    names = {"parametrizations.weight.original0": "weight_g", "parametrizations.weight.original1": "weight_v"}
    result = {}
    for key, value in state.items():
        for new, old in names.items():
            key = key.replace(new, old)
        result[key] = value
    return result


def _formula(state: dict[str, Any]) -> dict[str, Any]:
    """Weights that are the same on every machine."""
    result = {}
    for index, (key, value) in enumerate(sorted(_old_names(state).items())):
        count, shape = value.numel(), tuple(value.shape)
        numbers = torch.sin(torch.arange(count, dtype=torch.float64) * 12.9898 + index).reshape(shape)
        numbers = numbers * (math.sqrt(2 * shape[0] / count) if len(shape) > 1 else 0.1)
        if "norm" in key and key.endswith("weight"):
            numbers = numbers + 1
        if key.endswith("weight_g"):
            numbers = numbers.abs() + 1
        result[key] = numbers.float()
    return result


def _official(state: dict[str, Any]) -> dict[str, Any]:
    inside = {"generator": state, "generator_optim": {"state": {}, "param_groups": [{"lr": 1e-3, "params": [0]}]}}
    return {"generator": {**inside, "discriminator": None, "discriminator_optim": None}, "epoch": 99, "global_steps": 1}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = tmp_path_factory.mktemp("talkshow") / "ckpt-99.pth"
    torch.save(_official(_formula(FaceGenerator(SMALL).state_dict())), path)
    return path


def test_checkpoint_of_the_official_layout_loads(tmp_path: Path) -> None:
    table = json.loads(KEYS.read_text(encoding="utf-8"))
    assert len(table) == 261
    # One number each, spread over the whole shape: full size in a small file.
    state = {f"module.{key}": torch.full((1,), 0.01).expand(shape) for key, shape in table.items()}
    torch.save(_official(state), tmp_path / "ckpt-99.pth")
    generator = load_face_generator(tmp_path / "ckpt-99.pth")
    assert set(_old_names(generator.state_dict())) == set(table)
    assert all(
        float(value.min()) == float(value.max()) == np.float32(0.01) for value in generator.state_dict().values()
    )


def test_numbers_are_those_of_the_authors_code(small: Path) -> None:
    time = torch.arange(9000, dtype=torch.float64)
    wave = (0.3 * torch.sin(time * time * 1e-5)).float()[None].double()
    # In double precision: in single, what a processor rounds away is as large as the tolerance.
    generator = load_face_generator(small, SMALL).double()
    with torch.inference_mode():
        face = generator(wave, torch.tensor([[0.0, 0, 1, 0]], dtype=torch.float64))[0]
    assert face.shape == (16, 103)
    expected = [
        [0.37816, 2.68978, -2.51914, 1.12084, -0.15844, -0.81173, 0.98341],
        [-1.07421, 3.16091, -1.43019, 0.617, 0.26989, -0.17313, 0.381],
        [-1.25814, 3.46457, -1.48048, 2.23882, -1.18007, -2.28601, 2.34023],
    ]
    np.testing.assert_allclose(face[[0, 7, 15]][:, [0, 1, 2, 3, 4, 52, 102]].numpy(), expected, atol=1e-4)


def test_frames_are_counted_as_the_authors_do() -> None:
    # Lengths of the recordings they published with their results.
    assert frame_count(205056) == 384
    assert frame_count(160000) == 300
    assert frame_count(533) == 0
    assert frame_count(534) == 1


def test_no_speaker_is_zeros_and_speakers_differ(small: Path) -> None:
    generator = load_face_generator(small, SMALL)
    wave = torch.linspace(-0.5, 0.5, 8000)[None].sin()
    with torch.inference_mode():
        nobody = generator(wave)
        assert torch.equal(nobody, generator(wave, torch.zeros(1, 4)))
        oliver = generator(wave, torch.tensor([[1.0, 0, 0, 0]]))
    assert nobody.shape == (1, 15, 103)
    assert float((nobody - oliver).abs().max()) > 1e-3


def test_body_checkpoints_are_named_as_such(tmp_path: Path) -> None:
    path = tmp_path / "ckpt-99.pth"
    for inside in (
        {"g_body": {}, "g_hand": {}},
        {"generator": {"embedding.weight": torch.zeros(1)}, "audioencoder": {}},
    ):
        torch.save({"generator": inside, "epoch": 99}, path)
        with pytest.raises(CheckpointError, match="body, not its face"):
            load_face_generator(path, SMALL)


def test_another_systems_checkpoint_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "last.ckpt"
    torch.save({"state_dict": {"sequence_encoder.linear.weight": torch.zeros(128, 768)}}, path)
    with pytest.raises(CheckpointError, match="another system, not of TalkSHOW"):
        load_face_generator(path, SMALL)
    torch.save({"generator": 3}, path)
    with pytest.raises(CheckpointError):
        load_face_generator(path, SMALL)


def test_one_missing_key_is_an_error(tmp_path: Path, small: Path) -> None:
    state = torch.load(small, weights_only=True)
    del state["generator"]["generator"]["audio_encoder.encoder.pos_conv_embed.conv.weight_g"]
    torch.save(state, tmp_path / "ckpt.pth")
    with pytest.raises(CheckpointError, match="original0"):
        load_face_generator(tmp_path / "ckpt.pth", SMALL)
