"""A folder as EMOTE's authors offer it, small and with random weights."""

from __future__ import annotations

import math
import zlib
from pathlib import Path
from typing import Any

import torch

from soliloquy.models.emote.flint import FlintConfig
from soliloquy.models.emote.talking_head import EmoteConfig, TalkingHead
from soliloquy.models.wav2vec2.resampled import Wav2Vec2Sizes

SPEECH = Wav2Vec2Sizes(
    width=64, layers=1, heads=1, feed_forward=32, conv_widths=(16,) * 7, position_kernel=16, position_groups=4
)
CFG = """
inout: {checkpoint_dir: TalkingHead/models/EMOTE_v2/checkpoints}
data: {split: random_by_identityV2_sorted_70_15_15, path: !!python/object/apply:pathlib.PosixPath [/, a, b]}
model:
  audio: {type: wav2vec2, target_fps: 25, model_expected_fps: 50, with_processor: true}
  sequence_encoder: {type: linear, feature_dim: 128, input_feature_dim: 768}
  sequence_decoder:
    type: BertPriorDecoder
    num_layers: 1
    feature_dim: 128
    nhead: 8
    activation: gelu
    period: 30
    max_len: 600
    positional_encoding: {type: none}
    temporal_bias_type: faceformer_future
    style_op: cat
    squash_before: false
    squash_after: true
    squash_type: stack_linear
    post_bug_fix: true
    flame: {flame_model_path: "${inout.assets}/FLAME/geometry/generic_model.pkl", n_exp: 100}
    style_embedding: {type: emotion_linear, n_expression: 8, n_intensities: 3, n_identities: 32}
"""


def small_network(channels: int = 103, *, post_bug_fix: bool = True, seed: int = 0) -> TalkingHead:
    """A talking head with a small speech encoder, every weight random."""
    network = TalkingHead(
        EmoteConfig(speech=SPEECH, flint=FlintConfig(channels=channels), post_bug_fix=post_bug_fix)
    ).eval()
    generator = torch.Generator().manual_seed(seed)
    for name, tensor in network.state_dict().items():
        if tensor.ndim > 1:
            tensor.normal_(0, (2.0 / tensor[0].numel()) ** 0.5, generator=generator)
        elif tensor.is_floating_point():
            tensor.normal_(float("norm" in name or name.endswith(".2.weight")), 0.1, generator=generator)
    for name, tensor in network.state_dict().items():
        if name.endswith("running_var"):
            tensor.fill_(1)
        if name.endswith("cross_smooth_layer.weight"):
            tensor.mul_(0.1)  # of the size of real expressions and jaws
    _hear(network, generator)
    return network


def _hear(network: TalkingHead, generator: torch.Generator) -> None:
    """Random speech features hardly move; centre and enlarge what does, so that the face depends on what is said."""
    loudness = torch.rand(1, 60, 1, generator=generator).repeat_interleave(640, 2)
    noise = loudness * torch.randn(1, 60, 640, generator=generator)
    linear = network.sequence_encoder.linear
    with torch.inference_mode():
        features = network.audio_model(noise.reshape(1, -1), 60)[0]
        linear.weight.mul_(1 / features.std(0).mean())
        linear.bias.copy_(-linear.weight @ features.mean(0))


def fill_by_formula(network: torch.nn.Module) -> None:
    """Give every weight a value that depends on its name and place only, the same on every machine."""
    for name, tensor in network.state_dict().items():
        if not tensor.is_floating_point():
            continue
        older = name.replace("parametrizations.weight.original0", "weight_g").replace(
            "parametrizations.weight.original1", "weight_v"
        )
        number = zlib.crc32(older.encode()) % 1000
        place = torch.arange(tensor.numel(), dtype=torch.float64)
        wave = torch.sin(place * (1.1 + number / 997) + place.square() * 0.013 + number).reshape(tensor.shape)
        if tensor.ndim > 1:
            tensor.copy_(wave * 2 / math.sqrt(tensor[0].numel()))
        else:
            tensor.copy_(
                wave * 0.1
                + float(name.endswith(("norm.weight", "norm1.weight", "norm2.weight", ".2.weight", "running_var")))
            )


def formula_inputs(frames: int) -> tuple[torch.Tensor, torch.Tensor]:
    """A made-up waveform (1, 640 * frames) and condition vectors (1, frames, 43)."""
    place = torch.arange(640 * frames, dtype=torch.float64)
    samples = torch.sin(place * 0.05 + 4 * torch.sin(place * 0.0011)) * (1 + torch.sin(place * 0.0007))
    rows = torch.sin(torch.arange(frames * 43, dtype=torch.float64) * 0.7).square().reshape(1, frames, 43)
    return samples[None].float(), rows.float()


def released(state: dict[str, Any]) -> dict[str, Any]:
    """The weights as a training run leaves them: older names, and what belongs to the losses beside them."""
    older = {
        key.replace("parametrizations.weight.original0", "weight_g").replace(
            "parametrizations.weight.original1", "weight_v"
        ): value
        for key, value in state.items()
    }
    return {
        **older,
        "sequence_decoder.flame.v_template": torch.zeros(5, 3),
        "sequence_decoder.motion_prior.motion_encoder.mean.weight": torch.zeros(2, 2),
        "renderer.render.faces": torch.zeros(1, 3),
    }


def write_folder(folder: Path, network: TalkingHead, cfg: str = CFG, **beside: Any) -> Path:
    """Write ``cfg.yaml`` and ``checkpoints/last.ckpt``; ``beside`` goes into the checkpoint next to the weights."""
    (folder / "checkpoints").mkdir(parents=True, exist_ok=True)
    (folder / "cfg.yaml").write_text(cfg, encoding="utf-8")
    content = {"epoch": 7, "state_dict": released(network.state_dict()), "optimizer_states": [{"state": {}}], **beside}
    torch.save(content, folder / "checkpoints" / "last.ckpt")
    return folder
