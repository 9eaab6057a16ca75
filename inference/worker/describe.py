"""What a worker tells about itself, and what it loads before there is work. Runs where the networks do."""

from __future__ import annotations

import dataclasses
import importlib
import importlib.metadata
from typing import Any, cast

from ..errors import MissingRuntime
from ..network_runtime import has_torch

NEEDED: tuple[str, ...] = ("numpy", "scipy", "safetensors", "av")
"""What the worker's Python must be able to import, beside torch or ONNX Runtime."""


def require_libraries() -> None:
    """Import what every job needs.

    Raises
    ------
    SoliloquyError
        Of kind ``"missing_runtime"``, naming the first library that does not import and why.
    """
    for name in (*NEEDED, "torch" if has_torch() else "onnxruntime"):
        try:
            importlib.import_module(name)
        except Exception as error:  # a broken torch raises OSError and others
            raise MissingRuntime(
                f"This Python cannot import {name} ({type(error).__name__}: {error}).",
                "Choose another Python, or let Soliloquy install its own.",
            ) from error


def device_names() -> list[dict[str, Any]]:
    """Return what networks can compute on: ``name``, ``title`` and, for graphics cards, ``memory_bytes``."""
    if not has_torch():
        return [{"name": "cpu", "title": "CPU, ONNX Runtime"}]
    import torch

    devices: list[dict[str, Any]] = []
    if torch.cuda.is_available():
        for index in range(torch.cuda.device_count()):
            # torch types it in part only.
            properties = cast("Any", torch.cuda.get_device_properties(index))  # pyright: ignore[reportUnknownMemberType]
            name = "cuda" if index == 0 else f"cuda:{index}"
            devices.append({"name": name, "title": properties.name, "memory_bytes": properties.total_memory})
    if torch.backends.mps.is_available():
        devices.append({"name": "mps", "title": "Apple GPU"})
    devices.append({"name": "cpu", "title": f"CPU, {torch.get_num_threads()} threads"})
    return devices


def describe() -> dict[str, Any]:
    """Import everything a job needs and return versions, devices and engines for the handshake."""
    require_libraries()
    # Now, so that the first job need not wait for it.
    from .. import pipeline  # noqa: F401 # pyright: ignore[reportUnusedImport]
    from ..engines import list_engines

    devices = device_names()
    return {
        "torch": importlib.metadata.version("torch") if has_torch() else "",
        "devices": devices,
        "device": devices[0]["name"],
        "engines": [dataclasses.asdict(engine) for engine in list_engines()],
    }


def prepare() -> None:
    """Load the default engine and the character, and let torch choose its kernels, before the first job asks."""
    import numpy as np

    from ..character import load_character
    from ..engines import face_engine

    load_character().lip_basis()
    face_engine("default").animate(np.zeros(8000, np.float32), 30.0, device="auto")
