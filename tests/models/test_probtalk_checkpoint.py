"""The three official files of ProbTalk, the stock speech encoder, and what is refused in their place."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

from probtalk_files import (
    HEARD,
    PREDICTOR,
    REFINER,
    SPEECH,
    VQ,
    official,
    parts_of,
    small_networks,
    write_files,
)

from soliloquy.models.checkpoint import CheckpointError
from soliloquy.models.probtalk.checkpoint import load_pq_vae, load_predictor, load_refiner
from soliloquy.models.probtalk.predictor import Predictor, PredictorConfig
from soliloquy.models.probtalk.speech import frame_count, load_speech_features

Files = tuple[Path, ...]
LOADERS: tuple[Callable[[Path], Any], ...] = (
    lambda path: load_pq_vae(path, VQ),
    lambda path: load_predictor(path, PREDICTOR),
    lambda path: load_refiner(path, REFINER),
)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return write_files(tmp_path / "probtalk")


@pytest.fixture(scope="module")
def table() -> dict[str, dict[str, list[int]]]:
    path = Path(__file__).parent / "fixtures" / "probtalk_keys.json"
    return json.loads(path.read_text(encoding="utf-8"))


def test_files_of_the_official_size_load(tmp_path: Path, table: dict[str, dict[str, list[int]]]) -> None:
    assert {name: len(keys) for name, keys in table.items()} == {
        "VQ": 247, "AudEnc": 34, "TextEnc": 34, "Predictor": 292, "HFTransformer": 226,
    }  # fmt: skip

    # One number each, spread over the whole shape: full size in a small file.
    def full(key: str, shape: list[int]) -> Any:
        number = torch.tensor(0.01, dtype=torch.float64 if "position" in key else torch.float32)
        return number.expand(shape) if shape else torch.tensor(7)

    state = {name: {f"module.{key}": full(key, shape) for key, shape in keys.items()} for name, keys in table.items()}
    path = tmp_path / "ckpt-99.pth"
    for loader, names in (
        (load_pq_vae, ("VQ",)),
        (load_predictor, ("AudEnc", "Predictor", "TextEnc")),
        (load_refiner, ("HFTransformer",)),
    ):
        torch.save(
            official({**{name: state[name] for name in names}, **({} if len(names) > 1 else {"AudEnc": {}})}), path
        )
        network: Any = loader(path)
        parts = parts_of(network) if len(names) > 1 else {names[0]: network.state_dict()}
        assert set(parts) == set(names)
        for name, values in parts.items():
            assert {key: list(value.shape) for key, value in values.items()} == table[name]
            doubles = {key for key, value in values.items() if value.dtype == torch.float64}
            assert doubles == {key for key in values if key.endswith("position_encoding.weight")}
            assert all(float(value.flatten()[-1]) in (7, pytest.approx(0.01)) for value in values.values())
        assert not network.training
        assert not any(parameter.requires_grad for parameter in network.parameters())


def test_small_files_of_the_same_layout_load(files: Files) -> None:
    for loader, path, network in zip(LOADERS, files, small_networks(), strict=False):
        loaded = loader(path).state_dict()
        assert set(loaded) == set(network.state_dict())
        assert all(torch.equal(value, loaded[key]) for key, value in network.state_dict().items())


def test_the_inner_levels_alone_load(tmp_path: Path) -> None:
    path = tmp_path / "vq.pth"
    torch.save({"VQ": small_networks()[0].state_dict()}, path)
    assert load_pq_vae(path, VQ).config == VQ


@pytest.mark.parametrize(
    ("loader", "given", "words"),
    [
        (0, 1, "is ProbTalk's predictor, not its autoencoder"),
        (0, 2, "is ProbTalk's refiner, not its autoencoder"),
        (1, 0, "is ProbTalk's autoencoder \\(VQ\\), not its predictor"),
        (1, 2, "is ProbTalk's refiner, not its predictor"),
        (2, 0, "is ProbTalk's autoencoder \\(VQ\\), not its refiner"),
        (2, 1, "is ProbTalk's predictor, not its refiner"),
    ],
)
def test_the_three_are_not_taken_for_one_another(files: Files, loader: int, given: int, words: str) -> None:
    with pytest.raises(CheckpointError, match=words):
        LOADERS[loader](files[given])


def _rewritten(path: Path, change: Callable[[dict[str, Any]], Any]) -> Path:
    content = torch.load(path, weights_only=True)
    change(content["generator"])
    torch.save(content, path)
    return path


@pytest.mark.parametrize(
    ("number", "change", "words"),
    [
        (0, lambda parts: parts["VQ"].pop("vq_layer.ema_dw.2.hidden"), "1 weights are missing"),
        (0, lambda parts: parts["VQ"].update(more=torch.zeros(1)), r"1 are unknown \('more'\)"),
        (1, lambda parts: parts["Predictor"].pop("decoder.transformer_decoder.layers.0.pad_2"), "pad_2"),
        (1, lambda parts: parts.pop("TextEnc"), "TextEnc"),
        (1, lambda parts: parts["AudEnc"].update({"feature_map.0.bias": torch.zeros(3)}), "3 instead of 16"),
        (2, lambda parts: parts["HFTransformer"].pop("class_embed.weight"), "class_embed"),
        (2, lambda parts: parts["HFTransformer"].update({"input_conv.bias": torch.full((32,), torch.nan)}), "not numb"),
        (2, lambda parts: parts["AudEnc"].update(weight=torch.zeros(1)), "audio encoder of its own"),
    ],
)  # fmt: skip
def test_every_unmatched_key_is_one_clear_error(files: Files, number: int, change: Any, words: str) -> None:
    with pytest.raises(CheckpointError, match=words) as caught:
        LOADERS[number](_rewritten(files[number], change))
    assert ". " not in caught.value.message
    assert "\n" not in caught.value.message
    assert caught.value.hint


def test_another_system_and_a_truncated_file_are_refused(files: Files, tmp_path: Path) -> None:
    other = tmp_path / "last.ckpt"
    torch.save({"state_dict": {"sequence_encoder.linear.weight": torch.zeros(128, 768)}}, other)
    with pytest.raises(CheckpointError, match="another system, not of ProbTalk"):
        load_predictor(other)
    torch.save({"generator": {"VQ": {"foot.weight": torch.zeros(1)}}}, other)
    with pytest.raises(CheckpointError, match="another system, not of ProbTalk"):
        load_pq_vae(other, VQ)
    files[1].write_bytes(files[1].read_bytes()[:-2000])
    with pytest.raises(CheckpointError, match="damaged, cut short or no ProbTalk checkpoint"):
        load_predictor(files[1], PREDICTOR)
    with pytest.raises(CheckpointError, match="There is no ProbTalk checkpoint"):
        load_refiner(tmp_path / "nothing.pth")


class _Bomb:
    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return os.mkdir, (str(self.trace),)


def test_code_is_refused_and_not_run(files: Files, tmp_path: Path) -> None:
    trace = tmp_path / "ran"
    torch.save({"generator": {"VQ": {}, "bomb": _Bomb(trace)}}, files[0])
    with pytest.raises(CheckpointError, match="carries code"):
        load_pq_vae(files[0], VQ)
    encoder = files[3].parent / "wav2vec2-base-960h" / "pytorch_model.bin"
    torch.save({"wav2vec2.bomb": _Bomb(trace)}, encoder)
    with pytest.raises(CheckpointError, match="carries code"):
        load_speech_features(encoder, SPEECH)
    assert not trace.exists()


def test_own_sizes_need_no_text_encoder(tmp_path: Path) -> None:
    config = PredictorConfig(20, 10, 8, 8, 12, 3, 16, 1, 2, 16, text_encoder=False, positions=30)
    path = tmp_path / "own.pth"
    torch.save({"generator": parts_of(Predictor(config))}, path)
    assert set(parts_of(load_predictor(path, config))) == {"AudEnc", "Predictor"}


def test_speech_features_are_those_of_the_stock_encoder(files: Files) -> None:
    features = load_speech_features(files[3].parent / "wav2vec2-base-960h" / "pytorch_model.bin", SPEECH)
    library: Any = transformers
    stock = library.Wav2Vec2Model(
        library.Wav2Vec2Config(
            hidden_size=HEARD, num_hidden_layers=1, num_attention_heads=3, intermediate_size=32, conv_dim=(16,) * 7,
            num_conv_pos_embeddings=16, num_conv_pos_embedding_groups=4,
        )
    ).eval()  # fmt: skip
    stock.load_state_dict(features.encoder.state_dict())
    wave = 0.2 * np.random.default_rng(1).normal(size=24_000).astype(np.float32) + 0.1
    given = library.Wav2Vec2FeatureExtractor()(wave, sampling_rate=16_000, return_tensors="pt").input_values
    with torch.inference_mode():
        hidden = stock(given).last_hidden_state
        expected = torch.nn.functional.interpolate(hidden.transpose(1, 2), size=45, mode="linear").transpose(1, 2)
        normalised = torch.from_numpy((wave - wave.mean()) / np.sqrt(wave.var() + 1e-7))[None]
        found = features(normalised)
    assert found.shape == (1, 45, HEARD)
    assert float((found - expected).abs().max()) < 1e-5
    assert frame_count(160_000) == 300


def test_speech_features_in_safetensors_and_of_another_network(files: Files) -> None:
    from safetensors.torch import save_file

    folder = files[3].parent / "wav2vec2-base-960h"
    state = torch.load(folder / "pytorch_model.bin", weights_only=True)
    save_file({key: value.contiguous() for key, value in state.items()}, folder / "model.safetensors")
    loaded = load_speech_features(folder / "model.safetensors", SPEECH)
    assert torch.equal(loaded.encoder.masked_spec_embed, state["wav2vec2.masked_spec_embed"])
    state.pop("wav2vec2.encoder.layer_norm.bias")
    torch.save(state, folder / "pytorch_model.bin")
    with pytest.raises(CheckpointError, match="encoder.layer_norm.bias"):
        load_speech_features(folder / "pytorch_model.bin", SPEECH)
    (folder / "model.safetensors").write_bytes(b"\x10" * 100)
    with pytest.raises(CheckpointError, match="damaged"):
        load_speech_features(folder / "model.safetensors", SPEECH)
