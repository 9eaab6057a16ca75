"""Reads the EMOTE that a person downloaded from the authors: ``cfg.yaml`` and a Lightning checkpoint beside it."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import torch
from torch import Tensor

from ..checkpoint import CheckpointError, inner_state, load_strict, read_checkpoint
from ..wav2vec2.resampled import TransformersMissingError, Wav2Vec2Sizes
from .flint import FlintConfig
from .talking_head import EmoteConfig, TalkingHead

SYSTEM = "EMOTE"
IGNORED = (
    "sequence_decoder.motion_prior.motion_encoder.",
    "sequence_decoder.motion_prior.preprocessor.",
    "sequence_decoder.motion_prior.postprocessor.",
    "sequence_decoder.flame.",
    "preprocessor.",
    "renderer.",
)
"""What a training run leaves in the state dict and speech needs not: the half of FLINT that encodes, and the FLAME mesh
and renderer of the losses. The optimiser lies outside the state dict. Any other key must find its place."""
_SPEECH = "audio_model.model."
_PRIOR = "sequence_decoder.motion_prior.motion_decoder."
_FOLDER = "Choose the folder that holds cfg.yaml and checkpoints, EMOTE_v2 or EMOTE."
_OTHER = "Choose the folder EMOTE_v2 or EMOTE of the authors' download."
_MOST_SETTINGS = 1 << 20
_MOST = 4096
"""Heads, periods and speakers that a network may have."""
_MOST_NUMBERS = 400_000_000
_HEAD_WIDTH = 64
"""Channels per attention head in every released wav2vec 2.0."""


def load_emote(folder: str | os.PathLike[str]) -> tuple[TalkingHead, Path]:
    """Return the network of an official folder, ready to run on the CPU, and the checkpoint it came from.

    Raises
    ------
    CheckpointError
        For a missing cfg.yaml or checkpoint, a damaged one, one of another system or another variant, or one that
        carries code. Nothing of the file was executed.
    TransformersMissingError
        When ``transformers`` is not installed.
    """
    folder = Path(folder)
    settings = read_settings(folder / "cfg.yaml")
    path = find_checkpoint(folder)
    state = inner_state(read_checkpoint(path, system=SYSTEM), "state_dict")
    if state is None:
        raise CheckpointError(f"'{path.name}' holds no {SYSTEM} weights.", _OTHER)
    config = read_config(settings, state, path.name)
    with torch.device("meta"):
        network = TalkingHead(config)
    if sum(parameter.numel() for parameter in network.parameters()) > _MOST_NUMBERS:
        raise CheckpointError(f"'{path.name}' is larger than any variant of {SYSTEM}.", _OTHER)
    network.to_empty(device="cpu")
    embed = f"{_SPEECH}masked_spec_embed"
    # Used in pre-training only; some releases of transformers leave it out.
    filled: dict[str, Any] = dict(state) if embed in state else {**state, embed: torch.zeros(config.speech.width)}
    load_strict(network, filled, system=SYSTEM, ignored=IGNORED, source=path.name)
    return network.eval().requires_grad_(False), path


def find_checkpoint(folder: Path) -> Path:
    """Return the checkpoint of a folder: ``last.ckpt``, or else the only one there is."""
    found = sorted((folder / "checkpoints").glob("*.ckpt")) or sorted(folder.glob("*.ckpt"))
    last = [path for path in found if path.name == "last.ckpt"]
    if not found:
        raise CheckpointError(f"There is no {SYSTEM} checkpoint in '{folder}'.", _FOLDER)
    if not last and len(found) > 1:
        raise CheckpointError(
            f"There are {len(found)} checkpoints in '{folder}' and none is called last.ckpt.", "Leave only one there."
        )
    return (last or found)[0]


def read_settings(path: Path) -> dict[str, Any]:
    """Return the plain values of a ``cfg.yaml``; objects that OmegaConf wrote down become their values.

    Raises
    ------
    CheckpointError
        When it is missing or no settings file of a talking head.
    """
    try:
        import yaml
    except ImportError as error:  # comes with transformers
        raise TransformersMissingError from error

    class Plain(yaml.SafeLoader):
        """Reads a tagged object as what it is made of; an alias, by which ten lines stand for a million, is refused."""

        def compose_node(self, parent: Any, index: Any) -> Any:
            if self.check_event(yaml.AliasEvent):
                raise yaml.YAMLError("aliases are not read")
            return super().compose_node(parent, index)

    def plain(loader: yaml.SafeLoader, _: str, node: yaml.Node) -> Any:
        if isinstance(node, yaml.MappingNode):
            return loader.construct_mapping(node, deep=True)
        if isinstance(node, yaml.SequenceNode):
            return loader.construct_sequence(node, deep=True)
        return loader.construct_scalar(node) if isinstance(node, yaml.ScalarNode) else None

    Plain.add_multi_constructor("tag:yaml.org,2002:python/", plain)
    Plain.add_multi_constructor("!", plain)
    if not path.is_file():
        raise CheckpointError(f"There is no cfg.yaml in '{path.parent}'.", _FOLDER)
    try:
        if path.stat().st_size > _MOST_SETTINGS:
            raise ValueError("longer than any settings")
        settings: object = yaml.load(path.read_text(encoding="utf-8"), Loader=Plain)
    except Exception as error:  # a parser of text that anyone may have written
        raise CheckpointError(f"'{path.name}' in '{path.parent}' is damaged.", _OTHER) from error
    described = cast("dict[str, Any]", settings) if isinstance(settings, dict) else {}
    if not isinstance(described.get("model"), dict):
        raise CheckpointError(f"'{path.name}' in '{path.parent}' does not describe {SYSTEM}.", _OTHER)
    return described


def read_config(settings: Mapping[str, Any], state: Mapping[str, Any], source: str) -> EmoteConfig:
    """Return the variant that settings and weights describe.

    Sizes come from the weights; from the settings only what weights do not show.

    Raises
    ------
    CheckpointError
        For settings of another network, or weights without EMOTE's parts.
    """
    decoder = _group(settings, "model", "sequence_decoder")
    prior = _group(decoder, "motion_prior", "cfg", "model")
    _expect(decoder, "type", "BertPriorDecoder", None)
    _expect(decoder, "temporal_bias_type", "faceformer_future", "none")
    _expect(decoder, "style_op", "cat", "add")
    _expect(decoder, "activation", "gelu", "gelu")
    _expect(decoder, "squash_type", "stack_linear", "conv")
    _expect(decoder, "squash_before", False, True)
    _expect(decoder, "squash_after", True, False)
    _expect(decoder, "positional_encoding.type", "none", "none")
    _expect(_group(settings, "model"), "audio.target_fps", 25, 25)
    _expect(prior, "rotation_representation", "aa", "aa")
    if list(_group(prior, "sequence_components")) not in ([], ["exp", "jaw"]):
        raise _unlike("motion_prior.sequence_components", list(_group(prior, "sequence_components")))
    _expect(prior, "sequence_decoder.temporal_bias.type", "alibi_future", "alibi_future")
    style = _group(decoder, "style_embedding")
    try:
        config = EmoteConfig(
            speech=_speech_sizes(state),
            flint=_flint_config(state, _number(_group(prior, "sequence_decoder"), "nhead", 8)),
            width=_shape(state, "sequence_encoder.linear.weight")[0],
            heads=_number(decoder, "nhead", 8),
            layers=_count(state, "sequence_decoder.bert_decoder.layers."),
            period=_number(decoder, "period", 30),
            emotions=_number(style, "n_expression", 8),
            intensities=_number(style, "n_intensities", 3),
            identities=_number(style, "n_identities", 32),
            post_bug_fix=bool(decoder.get("post_bug_fix", False)),
        )
        condition = _shape(state, "sequence_decoder.obj_vector.map.weight")[1]
    except (LookupError, TypeError, ValueError, ArithmeticError) as error:
        raise CheckpointError(f"'{source}' is the checkpoint of another system, not of {SYSTEM}.", _OTHER) from error
    if condition != config.condition:
        raise CheckpointError(
            f"'{source}' takes {condition} numbers as its condition, while cfg.yaml describes {config.condition}.",
            _OTHER,
        )
    return config


def _speech_sizes(state: Mapping[str, Any]) -> Wav2Vec2Sizes:
    convolutions = [
        _shape(state, f"{_SPEECH}feature_extractor.conv_layers.{index}.conv.weight")
        for index in range(_count(state, f"{_SPEECH}feature_extractor.conv_layers."))
    ]
    width = _shape(state, f"{_SPEECH}feature_projection.projection.weight")[0]
    position = f"{_SPEECH}encoder.pos_conv_embed.conv."
    older = f"{position}weight_v" in state
    kernel = _shape(state, position + ("weight_v" if older else "parametrizations.weight.original1"))
    return Wav2Vec2Sizes(
        width=width,
        layers=_count(state, f"{_SPEECH}encoder.layers."),
        heads=max(1, width // _HEAD_WIDTH),
        feed_forward=_shape(state, f"{_SPEECH}encoder.layers.0.feed_forward.intermediate_dense.weight")[0],
        conv_widths=tuple(shape[0] for shape in convolutions),
        conv_kernels=tuple(shape[2] for shape in convolutions),
        position_kernel=kernel[2],
        position_groups=width // kernel[1],
    )


def _flint_config(state: Mapping[str, Any], heads: int) -> FlintConfig:
    channels, width, _ = _shape(state, f"{_PRIOR}cross_smooth_layer.weight")
    if channels not in (53, 103):
        raise ValueError(f"{channels} channels")
    return FlintConfig(
        channels=channels,
        width=width,
        heads=heads,
        feed_forward=_shape(state, f"{_PRIOR}decoder_transformer.layers.0.linear1.weight")[0],
        layers=_count(state, f"{_PRIOR}decoder_transformer.layers."),
        halvings=_count(state, f"{_PRIOR}expander."),
        projection=f"{_PRIOR}post_transformer_linear.weight" in state,
    )


def _shape(state: Mapping[str, Any], key: str) -> tuple[int, ...]:
    value = state[key]
    if not isinstance(value, Tensor):
        raise TypeError(key)
    return tuple(value.shape)


def _count(state: Mapping[str, Any], prefix: str) -> int:
    found = [re.match(r"\d+", key[len(prefix) :]) for key in state if str(key).startswith(prefix)]
    return 1 + max((int(match[0]) for match in found if match), default=-1)


def _number(group: Mapping[str, Any], name: str, default: int) -> int:
    value = int(group.get(name, default))
    if not 1 <= value <= _MOST:
        raise ValueError(f"{name} {value}")
    return value


def _group(settings: Any, *names: str) -> dict[str, Any]:
    for name in names:
        settings = inner_state(settings, name) or {}
    return dict(settings)


def _expect(group: Mapping[str, Any], name: str, wanted: Any, default: Any) -> None:
    *path, last = name.split(".")
    value = _group(group, *path).get(last, default)
    if value is None and wanted == "none":
        return
    if value != wanted:
        raise _unlike(name, value)


def _unlike(name: str, value: Any) -> CheckpointError:
    said = str(value)[:40]
    return CheckpointError(f"cfg.yaml describes another network than {SYSTEM}: '{name}' is '{said}'.", _OTHER)
