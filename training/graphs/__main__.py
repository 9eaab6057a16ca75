"""Make the ONNX graphs of the default engines' networks: ``python -m soliloquy.training.graphs``."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import onnx
import torch
from torch import Tensor, nn

from ...inference.emotion.voice import load_encoder, load_listener
from ...inference.face.default.engine import load_network
from ...inference.gestures.vocabulary import load_vocabulary
from ...inference.layers.upper_face import load_upper_face
from ...inference.shipped import weights_path
from ...inference.words.align import load_recogniser
from ...models.meshtalk.context_tables import tables_of
from .external import refer
from .modules import (
    EmotionGraph,
    FaceGraph,
    GesturesGraph,
    LowerStatesGraph,
    PhonesGraph,
    UpperFaceMotionGraph,
    UpperFaceSpeechGraph,
)

_OPSET = 18
_COLUMNS, _BINS = 401, 201
_FREE = torch.export.Dim.DYNAMIC


def _export(name: str, weights: str, module: nn.Module, inputs: dict[str, Tensor], free: dict[str, list[int]],
            outputs: list[str], target: Path) -> None:  # fmt: skip
    shapes = {key: dict.fromkeys(free[key], _FREE) for key in inputs}
    program = torch.onnx.export(
        module.eval().requires_grad_(False), (), kwargs=inputs, dynamo=True, dynamic_shapes=shapes, verbose=False,
        opset_version=_OPSET, input_names=list(inputs), output_names=outputs,
    )  # fmt: skip
    assert program is not None
    graph = program.model_proto
    # What the exporter tells of itself, paths of this machine among it, is nobody's business.
    for node in graph.graph.node:
        del node.metadata_props[:]
        node.doc_string = ""
    for value in (*graph.graph.value_info, *graph.graph.input, *graph.graph.output, *graph.graph.initializer):
        del value.metadata_props[:]
    del graph.graph.metadata_props[:], graph.metadata_props[:]
    inside = refer(graph, target / f"{weights}.safetensors")
    path = target / f"{name}.onnx"
    onnx.save(graph, path)
    print(f"{path.name}: {path.stat().st_size / 1e3:.0f} kB, {inside / 1e3:.0f} kB of them weights")


def main(arguments: list[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, default=weights_path("face").parent, help="folder of the safetensors")
    target: Path = parser.parse_args(arguments).weights
    network, _ = load_network(target / "face.safetensors", "cpu")
    power, emotion = torch.rand(1, _COLUMNS, _BINS), torch.rand(1, _COLUMNS // 2 + 1, network.config.directed.emotions)
    _export("face", "face", FaceGraph(network), {"power": power, "emotion": emotion},
            {"power": [1], "emotion": [1]}, ["signals"], target)  # fmt: skip
    encoder = load_encoder("cpu", target / "face.safetensors")
    _export("emotion_states", "face", LowerStatesGraph(encoder), {"power": torch.rand(2, _COLUMNS, _BINS)},
            {"power": [0, 1]}, ["states"], target)  # fmt: skip
    _, listener, temperature = load_listener("cpu", target / "emotion.safetensors")
    statistics = torch.rand(3, listener.config.statistics)
    _export("emotion", "emotion", EmotionGraph(listener, temperature), {"statistics": statistics},
            {"statistics": [0]}, ["probabilities", "affect"], target)  # fmt: skip
    recogniser = load_recogniser(target / "phones.safetensors")
    _export("phones", "phones", PhonesGraph(recogniser), {"power": power}, {"power": [1]}, ["likely"], target)
    upper = load_upper_face(target / "upper_face.safetensors")
    _export("upper_face_speech", "upper_face", UpperFaceSpeechGraph(upper),
            {"features": torch.rand(1, 64, upper.config.features)}, {"features": [1]}, ["heard"], target)  # fmt: skip
    _export("upper_face_motion", "upper_face", UpperFaceMotionGraph(upper),
            {"codes": torch.zeros(1, 32, upper.config.heads, dtype=torch.int64)}, {"codes": [1]}, ["motion"],
            target)  # fmt: skip
    np.savez_compressed(target / "upper_face_sampler.npz", **tables_of(upper.context).to_arrays())  # type: ignore[arg-type]
    vocabulary = load_vocabulary(target / "gestures.safetensors")
    _export("gestures", "gestures", GesturesGraph(vocabulary), {"rows": torch.arange(64)}, {"rows": [0]}, ["motion"],
            target)  # fmt: skip


if __name__ == "__main__":
    main()
