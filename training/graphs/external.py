"""Lets a graph find its weights in the safetensors file that they come from, so that none are stored twice.

A safetensors file is a header and then raw tensors; an ONNX tensor may name a file, an offset and a length. Half
precision stays so on disk: a Cast before each weight widens it, which the runtime does once, when it opens the graph.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

_TYPES = {"F16": (TensorProto.FLOAT16, np.dtype("<f2")), "F32": (TensorProto.FLOAT, np.dtype("<f4"))}
_SMALLEST = 64
"""Values below which a tensor stays in the graph: a reference takes as much room."""


@dataclass(frozen=True)
class _Place:
    """Where a tensor lies in the file."""

    kind: int
    first: int
    length: int
    shape: tuple[int, ...]


def _turns(values: npt.NDArray[np.float32]) -> list[npt.NDArray[np.float32]]:
    """Return a tensor, and a matrix's transpose: the exporter turns the weights of linear layers over."""
    return [values, np.ascontiguousarray(values.T)] if values.ndim == 2 else [values]


def _same(values: npt.NDArray[np.float32], place: _Place, data: bytes) -> bool:
    dtype = np.dtype("<f2" if place.kind == TensorProto.FLOAT16 else "<f4")
    stored = np.frombuffer(data[place.first : place.first + place.length], dtype).reshape(place.shape)
    return bool(np.array_equal(stored.astype(np.float32), values))


def _layout(weights: Path) -> tuple[dict[str, Any], int]:
    with open(weights, "rb") as stream:
        length = int.from_bytes(stream.read(8), "little")
        return json.loads(stream.read(length)), 8 + length


def refer(graph: onnx.ModelProto, weights: Path) -> int:
    """Replace every initializer that equals a tensor of ``weights`` by a reference; return bytes that stay inside."""
    header, start = _layout(weights)
    header.pop("__metadata__", None)
    stored: dict[tuple[tuple[int, ...], bytes], _Place] = {}
    data = weights.read_bytes()
    for entry in header.values():
        kind, dtype = _TYPES.get(entry["dtype"], (None, None))
        if dtype is None:
            continue
        first, last = (start + place for place in entry["data_offsets"])
        values = np.frombuffer(data[first:last], dtype).reshape(entry["shape"]).astype(np.float32)
        place = _Place(cast("int", kind), first, last - first, values.shape)
        for turned in _turns(values):
            stored.setdefault((turned.shape, turned.tobytes()), place)
    inside, steps = 0, []
    for tensor in graph.graph.initializer:
        values = numpy_helper.to_array(tensor)
        found = stored.get((values.shape, values.astype(np.float32).tobytes())) if values.dtype == np.float32 else None
        if found is None or values.size < _SMALLEST:
            inside += values.nbytes
            continue
        name, shape = tensor.name, values.shape
        tensor.Clear()
        tensor.name, tensor.data_type = f"{name}.stored", found.kind
        tensor.dims.extend(found.shape)
        tensor.data_location = TensorProto.EXTERNAL
        for key, value in (("location", weights.name), ("offset", found.first), ("length", found.length)):
            entry = tensor.external_data.add()
            entry.key, entry.value = key, str(value)
        turned = shape != found.shape or not _same(values, found, data)
        steps.append(
            helper.make_node("Cast", [tensor.name], [f"{name}.wide" if turned else name], to=TensorProto.FLOAT)
        )
        if turned:
            steps.append(helper.make_node("Transpose", [f"{name}.wide"], [name], perm=[1, 0]))
    nodes = [*steps, *graph.graph.node]
    del graph.graph.node[:]
    graph.graph.node.extend(nodes)
    return inside
