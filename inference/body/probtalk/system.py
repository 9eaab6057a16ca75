"""ProbTalk's official files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ...published import PublishedSystem


def _search(files: Sequence[Path]) -> list[Path]:
    """Return the files of the VQ-VAE, the predictor and the refiner, and the statistics of its motion."""
    checkpoints = [path for path in files if path.suffix in (".pth", ".pt")]
    found: list[Path] = []
    for words in (("vq",), ("predictor",), ("final", "refiner", "hf")):
        # The refiner's training folder is named after its "vqaug" too.
        named = [path for path in checkpoints if any(word in path.parent.name.lower() for word in words)]
        if words == ("vq",):
            named = [path for path in named if "hf" not in path.parent.name.lower()]
        found += named[:1]
    statistics = [path for path in files if path.name == "norm_stats.npy"]
    heard = [path for path in files if path.name in ("model.safetensors", "pytorch_model.bin")]
    heard = [path for path in heard if "wav2vec2-base-960h" in str(path)]
    return [*found, statistics[0]] if len(found) == 3 and statistics and heard else []


SYSTEM = PublishedSystem(
    title="ProbTalk",
    files="the unpacked folder experiments (the VQ, predictor and refiner, each with ckpt-*.pth), norm_stats.npy and "
    "the folder wav2vec2-base-960h (from huggingface.co/facebook/wav2vec2-base-960h)",
    page="https://github.com/feifeifeiliu/probtalk",
    licence="MIT by its page, which has no licence file; its motion is in SMPL-X's skeleton",
    folder="probtalk",
    search=_search,
)
