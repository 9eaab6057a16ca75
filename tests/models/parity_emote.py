"""Runs EMOTE's authors' own classes beside ours on the same random weights; prints the largest differences.

    python tests/models/parity_emote.py CLONE [--layout FILE] [--reference FILE]

CLONE is a clone of https://github.com/radekd91/inferno, which has to be had from there. Needs torch, transformers,
omegaconf and munch. What the authors' modules import beyond that and never call here (rendering, training loop, losses)
is replaced by empty modules. ``--layout`` writes the names and shapes of the authors' state
dict, ``--reference`` numbers that the tests compare with.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import types
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import Any

import torch
from emote_files import SPEECH, fill_by_formula, formula_inputs
from torch import Tensor, nn

from soliloquy.models.emote.bias import alibi_future, faceformer_future
from soliloquy.models.emote.flint import Flint, FlintConfig
from soliloquy.models.emote.squash import StackLinearSquash
from soliloquy.models.emote.talking_head import EmoteConfig, SequenceEncoder, TalkingHead
from soliloquy.models.wav2vec2.resampled import Wav2Vec2Resampled, zero_mean_unit_variance

UNCALLED = (
    "pytorch_lightning",
    "pytorch3d",
    "inferno.layers.losses",
    "inferno.models.temporal.BlockFactory",
    "inferno.utils.batch",
)
FRAMES = (8, 51, 64, 125)
REFERENCE_FRAMES = 51


class _Empty(types.ModuleType):
    """A module in which every name is an empty class."""

    __path__: list[str] = []  # pyright: ignore[reportIncompatibleVariableOverride]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return nn.Module if name == "LightningModule" else type(name, (), {})


class _Uncalled(MetaPathFinder, Loader):
    def find_spec(self, fullname: str, path: Sequence[str] | None, target: Any = None) -> ModuleSpec | None:
        if any(fullname == name or fullname.startswith(f"{name}.") for name in UNCALLED):
            return ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec: ModuleSpec) -> types.ModuleType:
        module = _Empty(spec.name)
        if spec.name == "inferno.utils.batch":
            module.check_nan = lambda *_: None  # pyright: ignore[reportAttributeAccessIssue]
        return module

    def exec_module(self, module: types.ModuleType) -> None:
        """Leave it empty."""


class FlamePreprocessor:
    """In FLAME's place: no mesh, so that only coefficients are compared."""

    def __init__(self) -> None:
        self.flame = self
        self.v_template = torch.zeros(1)
        self.cfg = types.SimpleNamespace(n_shape=300)

    def __call__(self, batch: dict[str, Any], **_: Any) -> dict[str, Any]:
        return batch

    def forward(self, shape: Tensor, *_: Any) -> tuple[Tensor, None, None]:
        """No vertices."""
        return torch.zeros(len(shape), 1, 3), None, None


def _settings(channels: int, post_bug_fix: bool) -> tuple[Any, Any]:
    """The settings that the authors' training scripts end up with: of the talking head, and of the prior."""
    from omegaconf import OmegaConf

    layer = {
        "num_layers": 1,
        "feature_dim": 128,
        "intermediate_size": 384,
        "nhead": 8,
        "dropout": 0.0,
        "activation": "gelu",
        "positional_encoding": {"type": "none"},
        "temporal_bias": {"type": "alibi_future", "max_len": 600},
    }
    prior = {
        "model": {
            "sequence_encoder": {"type": "L2lEncoderWithGaussianHead", **layer},
            "sequence_decoder": {
                "type": "L2lDecoder",
                **layer,
                "last_layer_init": False,
                "post_transformer_proj": {"init": "zeros"},
                "conv_smooth_layer": "l2l_default",
                "post_conv_proj": False,
            },
            "sizes": {"quant_factor": 3},
            "rotation_representation": "aa",
            "sequence_components": {"exp": channels - 3, "jaw": "rot"},
        },
        "learning": {"batching": {"sequence_length_train": 32}},
    }
    head = {
        "type": "BertPriorDecoder",
        "num_layers": 1,
        "feature_dim": 128,
        "nhead": 8,
        "dropout": 0.25,
        "activation": "gelu",
        "period": 30,
        "squash_before": False,
        "squash_after": True,
        "squash_type": "stack_linear",
        "style_op": "cat",
        "positional_encoding": {"type": "none"},
        "temporal_bias_type": "faceformer_future",
        "motion_prior": {"path": "", "trainable": False},
        "post_bug_fix": post_bug_fix,
        "style_embedding": {
            "type": "emotion_linear",
            "use_shape": False,
            "use_video_expression": False,
            "gt_expression_label": True,
            "gt_expression_intensity": True,
            "n_intensities": 3,
            "gt_expression_identity": True,
            "n_identities": 32,
            "use_expression": False,
            "n_expression": 8,
            "use_valence": False,
            "use_arousal": False,
            "use_emotion_feature": False,
            "use_bias": True,
        },
    }
    return OmegaConf.create(head), OmegaConf.create(prior)


@contextmanager
def _authors(clone: Path) -> Iterator[None]:
    sys.meta_path.insert(0, _Uncalled())
    sys.path.insert(0, str(clone))
    yield


def _scramble(module: nn.Module, seed: int) -> None:
    """Give every weight and every running statistic a value that tells it from its neighbours."""
    generator = torch.Generator().manual_seed(seed)
    for name, tensor in module.state_dict().items():
        if name.endswith("running_var"):
            tensor.uniform_(0.5, 2, generator=generator)
        elif tensor.ndim > 1:
            tensor.normal_(0, (2.0 / tensor[0].numel()) ** 0.5, generator=generator)
        elif tensor.is_floating_point():
            # Of one dimension: biases, running means, and the weights of norms.
            tensor.normal_(float(".norm" in name or name.endswith(".2.weight")), 0.2, generator=generator)


def _print(what: str, ours: Tensor, theirs: Tensor) -> float:
    """Print the largest difference, and how much the values vary over frames, which says what the former is worth."""
    assert ours.shape == theirs.shape, (ours.shape, theirs.shape)
    difference, spread = float((ours - theirs).abs().max()), float(theirs.std(-2, correction=0).mean())
    print(f"{what:58} {difference:.1e}   (deviation over frames {spread:.2f})", flush=True)
    return difference


def compare_blocks(channels: int) -> tuple[list[float], Any]:
    """Bias, squash and both halves of the prior."""
    masking = importlib.import_module("inferno.models.temporal.TransformerMasking")
    prior_module = importlib.import_module("inferno.models.temporal.motion_prior.L2lMotionPrior")
    decoders = importlib.import_module("inferno.models.talkinghead.FaceFormerDecoder")
    found = []
    if channels == 53:
        theirs = masking.init_faceformer_biased_mask_future(8, 1200, 30)
        found.append(_print("faceformer_future, 8 heads, 1200 frames", faceformer_future(8, 1200, 30), theirs))
        found.append(
            _print("alibi_future, 8 heads", alibi_future(8, 600), masking.init_alibi_biased_mask_future(8, 600))
        )
        squash, stock = StackLinearSquash(128, 128), decoders.StackLinearSquash(128, 8, 128)
        stock.load_state_dict(squash.state_dict())
        hidden = torch.randn(2, 64, 128)
        found.append(_print("StackLinearSquash", squash(hidden), stock(hidden)))
    _, settings = _settings(channels, True)
    stock = prior_module.L2lVqVae(settings).eval()
    _scramble(stock, 1)
    ours = Flint(FlintConfig(channels=channels)).eval()
    ours.load_state_dict(stock.state_dict(), strict=True)
    for frames in (8, 32, 64, 256):
        motion = torch.randn(2, frames, channels)
        mean, log_variance = ours.motion_encoder(motion)
        batch = stock.motion_encoder({"input_sequence": motion})
        found.append(_print(f"FLINT encoder, {channels}, {frames} frames, mean", mean, batch["encoded_features_mean"]))
        found.append(_print("  log variance", log_variance, batch["encoded_features_logvar"]))
        decoded = stock.motion_decoder({"encoded_features": mean}, input_key="encoded_features")["decoded_sequence"]
        found.append(_print("  decoder", ours.motion_decoder(mean), decoded))
    return found, stock


def _speech_model(**sizes: Any) -> Any:
    encoders = importlib.import_module("inferno.models.temporal.AudioEncoders")
    from transformers import Wav2Vec2Config, Wav2Vec2FeatureExtractor

    stock = encoders.Wav2Vec2Encoder.__new__(encoders.Wav2Vec2Encoder)
    nn.Module.__init__(stock)
    config = Wav2Vec2Config(**sizes)
    stock.cfg, stock.dropout, stock.resampling, stock.trainable = config, None, True, True
    stock.input_processor = Wav2Vec2FeatureExtractor(do_normalize=True)
    stock.model = encoders.Wav2Vec2ModelResampled(config, target_fps=25, model_expected_fps=50).eval()
    return stock


def compare_speech(stock: Any) -> list[float]:
    """wav2vec2-base with the change of frame rate."""
    ours = Wav2Vec2Resampled(normalise=True).eval()
    ours.load_state_dict(stock.model.state_dict(), strict=True)
    found = []
    for frames in FRAMES:
        samples = torch.randn(1, 640 * frames) * 0.1
        sample = {"raw_audio": samples.view(1, frames, 640), "samplerate": [16000]}
        theirs = stock(sample, desired_output_length=frames)["audio_feature"]
        found.append(_print(f"wav2vec2-base features, {frames} frames", ours(samples, frames), theirs))
    return found


def _whole(speech: Any, prior: Any, channels: int, post_bug_fix: bool) -> Any:
    """The authors' network around a speech model and a prior."""
    from omegaconf import OmegaConf

    base = importlib.import_module("inferno.models.talkinghead.TalkingHeadBase")
    decoders = importlib.import_module("inferno.models.talkinghead.FaceFormerDecoder")
    encoders = importlib.import_module("inferno.models.temporal.SequenceEncoders")
    head, _ = _settings(channels, post_bug_fix)
    prior.preprocessor = prior.postprocessor = FlamePreprocessor()
    vars(decoders)["load_motion_prior_net"] = lambda *_: prior
    # Past the coefficients lies FLAME's mesh.
    prior.postprocess = lambda batch: {**batch, "reconstructed_vertices": torch.zeros(1, 4096, 3)}
    decoder = decoders.BertPriorDecoder(head)
    width = speech.cfg.hidden_size
    encoder = encoders.LinearSequenceEncoder(OmegaConf.create({"feature_dim": 128, "input_feature_dim": width}))
    stock = base.TalkingHeadBase(OmegaConf.create({"data": {}, "model": {}}), speech, encoder, decoder)
    stock.neural_losses = {}
    # What follows the prior adds the template's vertices.
    decoder._post_prediction = decoder._apply_motion_prior
    return stock.eval()


def _animate(stock: Any, samples: Tensor, condition: Tensor) -> Tensor:
    frames = condition.shape[1]
    emotion, intensity, identity = condition.split([8, 3, 32], -1)
    sample = {
        "raw_audio": samples.view(1, frames, 640),
        "samplerate": [16000],
        "gt_vertices": torch.zeros(1, frames, 3),
        "gt_shape": torch.zeros(1, 300),
        "template": torch.zeros(1, 3),
        "gt_expression_label_condition": emotion,
        "gt_expression_intensity_condition": intensity,
        "gt_expression_identity_condition": identity,
    }
    result = stock(sample)
    return torch.cat([result["predicted_exp"], result["predicted_jaw"]], -1)


def reference(channels: int) -> dict[str, list[list[float]]]:
    """Numbers of the authors' network with a small speech model, weights by formula: first, middle and last frame."""
    prior_module = importlib.import_module("inferno.models.temporal.motion_prior.L2lMotionPrior")
    small = {
        "hidden_size": SPEECH.width,
        "num_hidden_layers": SPEECH.layers,
        "num_attention_heads": SPEECH.heads,
        "intermediate_size": SPEECH.feed_forward,
        "conv_dim": SPEECH.conv_widths,
        "num_conv_pos_embeddings": SPEECH.position_kernel,
        "num_conv_pos_embedding_groups": SPEECH.position_groups,
    }
    numbers = {}
    for post_bug_fix in (True, False):
        prior = prior_module.L2lVqVae(_settings(channels, post_bug_fix)[1]).eval()
        stock = _whole(_speech_model(**small), prior, channels, post_bug_fix)
        fill_by_formula(stock)
        motion = _animate(stock, *formula_inputs(REFERENCE_FRAMES))[0]
        rows = motion[[0, REFERENCE_FRAMES // 2, REFERENCE_FRAMES - 1]]
        numbers[f"{channels} {post_bug_fix}"] = [[round(float(value), 5) for value in row] for row in rows]
    return numbers


def compare_whole(speech: Any, prior: Any, channels: int, post_bug_fix: bool) -> tuple[list[float], Any]:
    """From samples to coefficients, through the authors' own ``TalkingHeadBase.forward``."""
    stock = _whole(speech, prior, channels, post_bug_fix)
    encoder, decoder = stock.sequence_encoder, stock.sequence_decoder
    _scramble(encoder, 2)
    for part in (decoder.obj_vector, decoder.bert_decoder, decoder.decoder, decoder.squasher_2):
        _scramble(part, 3)
    config = EmoteConfig(flint=FlintConfig(channels=channels), post_bug_fix=post_bug_fix)
    ours = TalkingHead(config).eval()
    ours.load_state_dict(stock.state_dict(), strict=True)
    found = []
    if channels == 53 and post_bug_fix:
        features = torch.randn(1, 50, 768)
        content = SequenceEncoder(768, 128)
        content.load_state_dict(encoder.state_dict())
        theirs = encoder({"fused_feature": features})["seq_encoder_output"]
        found.append(_print("LinearSequenceEncoder", content(features), theirs))
    for frames in FRAMES:
        samples = torch.randn(1, 640 * frames) * 0.1
        condition = torch.cat([torch.softmax(torch.randn(1, frames, size), -1) for size in (8, 3, 32)], -1)
        theirs = _animate(stock, samples, condition)
        mine = ours(zero_mean_unit_variance(samples), condition)
        what = f"whole network, {channels}, post_bug_fix {post_bug_fix}, {frames} frames"
        found.append(_print(what, mine, theirs))
    return found, stock


def _write_layout(path: Path, layout: dict[str, dict[str, list[int]]]) -> None:
    """Write both releases as one table, the weight norm named as in PyTorch 1.12."""
    rows = []
    for key, shape in layout["103"].items():
        wide: list[int | str] = list(shape)
        if shape != layout["53"][key]:
            wide[0] = "channels"
        for older, newer in (("weight_g", "original0"), ("weight_v", "original1")):
            key = key.replace(f"parametrizations.weight.{newer}", older)
        rows.append(f"  {json.dumps(key)}: {json.dumps(wide)}")
    source = (
        "State dict of the authors' TalkingHeadBase with BertPriorDecoder and L2lVqVae, built by their constructors "
        "with the published settings (radekd91/inferno, commit ac21bcd), weight norm named as in PyTorch 1.12; written "
        "by tests/models/parity_emote.py --layout. 'channels' is 53 or 103."
    )
    text = f'{{\n "source": {json.dumps(source)},\n "keys": {{\n' + ",\n".join(rows) + "\n }\n}\n"
    path.write_text(text, encoding="utf-8")


def main() -> int:
    """Compare everything; the exit code is 1 when a difference exceeds 1e-4."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clone", type=Path)
    parser.add_argument("--reference", type=Path, help="write numbers of the authors' network into this file, and stop")
    parser.add_argument("--layout", type=Path, help="write the authors' key names and shapes into this file")
    arguments = parser.parse_args()
    import transformers

    torch.manual_seed(0)
    print(f"torch {torch.__version__}, transformers {transformers.__version__}")
    with _authors(arguments.clone), torch.inference_mode():
        if arguments.reference:
            numbers = {**reference(53), **reference(103)}
            arguments.reference.write_text(json.dumps(numbers) + "\n", encoding="utf-8")
            return 0
        speech = _speech_model()
        found = compare_speech(speech)
        layout: dict[str, Any] = {}
        for channels in (53, 103):
            blocks, prior = compare_blocks(channels)
            found += blocks
            encoder = prior.motion_encoder
            for post_bug_fix in (True, False):
                prior.motion_encoder = encoder
                differences, stock = compare_whole(speech, prior, channels, post_bug_fix)
                found += differences
            layout[str(channels)] = {name: list(tensor.shape) for name, tensor in stock.state_dict().items()}
    if arguments.layout:
        _write_layout(arguments.layout, layout)
    print(f"largest difference of all: {max(found):.1e}")
    return int(max(found) > 1e-4)


if __name__ == "__main__":
    sys.exit(main())
