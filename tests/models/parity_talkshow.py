"""Runs TalkSHOW's authors' own face generator beside ours on the same random weights; prints the largest differences.

    python tests/models/parity_talkshow.py CLONE [--layout FILE]

CLONE is a clone of https://github.com/yhw-yhw/TalkSHOW, which has to be had from there. Needs torch and transformers.
torchaudio, which the authors' module imports and never calls here, is replaced by an empty module. ``--layout`` writes
the names and shapes of the authors' state dict.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import tempfile
import types
from pathlib import Path
from typing import Any

import torch
import transformers
from torch import nn

from soliloquy.models.talkshow.face import frame_count, load_face_generator

CASES = ((16_000, None), (48_123, None), (160_000, 2), (35_200, 0))
"""Samples, and index of the speaker."""
LIMIT = 1e-4


def authors_generator(clone: Path) -> Any:
    """Return their ``s2g_face`` with random weights, its wav2vec 2.0 built from the stock settings, not from a hub."""
    for name in ("torchaudio", "torchaudio.sox_effects"):
        module: Any = types.ModuleType(name)
        module.apply_effects_tensor = None
        sys.modules[name] = module
    # Their package's own __init__ imports the training code: go around it.
    for name in ("nets", "nets.spg"):
        package = types.ModuleType(name)
        package.__path__ = [str(clone / name.replace(".", "/"))]
        sys.modules[name] = package
    library: Any = transformers
    config: Any = library.Wav2Vec2Config(attn_implementation="eager")
    stock: Any = library.Wav2Vec2Model

    def from_config(cls: Any, *_: object) -> Any:
        return cls(config)

    stock.from_pretrained = classmethod(from_config)
    type(config).use_return_dict = property(lambda _: True)  # newer releases no longer have it
    module = importlib.import_module("nets.spg.s2g_face")
    torch.manual_seed(0)
    generator = module.Generator(
        n_poses=88, each_dim=[3, 69, 90, 100], dim_list=[0, 3, 9, 75, 165], identity=True, num_classes=4
    ).eval()
    for parameter in generator.parameters():
        nn.init.normal_(parameter, std=parameter[0].numel() ** -0.5 if parameter.dim() > 1 else 0.1)
    for part in generator.modules():
        if isinstance(part, nn.LayerNorm | nn.GroupNorm):
            nn.init.normal_(part.weight, 1.0, 0.1)
    return generator


def main() -> int:
    """Compare, print, and return 1 where a difference is above the limit."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clone", type=Path)
    parser.add_argument("--layout", type=Path)
    arguments = parser.parse_args()
    theirs = authors_generator(arguments.clone.resolve())
    if arguments.layout:
        table = {key: list(value.shape) for key, value in theirs.state_dict().items()}
        arguments.layout.write_text(json.dumps(table, indent=1), encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ckpt-99.pth"
        optimizer = torch.optim.SGD(theirs.parameters(), lr=1e-3, momentum=0.9)
        inside = {"generator": theirs.state_dict(), "generator_optim": optimizer.state_dict(), "discriminator": None}
        torch.save({"generator": inside, "epoch": 99, "global_steps": 1}, path)
        ours = load_face_generator(path)
    worst = 0.0
    with torch.inference_mode():
        for samples, speaker in CASES:
            wave, code = 0.1 * torch.randn(1, samples), torch.zeros(1, 4)
            if speaker is not None:
                code[0, speaker] = 1
            expected = theirs(wave[..., None], None, code, time_steps=frame_count(samples))[0]
            found = ours(wave, code)
            assert found.shape == expected.shape
            difference = float((found - expected).abs().max())
            worst = max(worst, difference)
            size = float(expected.abs().max())
            print(
                f"{samples} samples, speaker {speaker}: {tuple(found.shape)}, {difference:.1e} (values to {size:.1f})"
            )
    print(f"largest difference {worst:.1e}; torch {torch.__version__}, transformers {transformers.__version__}")
    return int(worst > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
