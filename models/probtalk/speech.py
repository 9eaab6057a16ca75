"""The speech features ProbTalk listens to: the stock wav2vec2-base-960h, its last layer at 30 frames per second.

The encoder is frozen in their training and not in their checkpoints: its weights are those that Facebook AI offers
(Baevski et al. 2020), in a folder ``wav2vec2-base-960h`` with ``model.safetensors`` or ``pytorch_model.bin``.
"""

from __future__ import annotations

import os
from pathlib import Path

import torch
from torch import Tensor, nn

from ..checkpoint import CheckpointError, load_strict, read_checkpoint
from ..wav2vec2.resampled import SAMPLE_RATE, Wav2Vec2Resampled, Wav2Vec2Sizes, resample_frames

FPS = 30
SYSTEM = "wav2vec2-base-960h"
NAMES = ("model.safetensors", "pytorch_model.bin")
"""What its file is called, the better one first."""


def frame_count(samples: int) -> int:
    """Return the frames that the authors' code makes of so many samples at 16 kHz."""
    return samples * FPS // SAMPLE_RATE


class SpeechFeatures(nn.Module):
    """Waveform to features, frozen.

    Parameters
    ----------
    sizes : Wav2Vec2Sizes
        wav2vec2-base unless told otherwise.
    """

    def __init__(self, sizes: Wav2Vec2Sizes | None = None) -> None:
        super().__init__()
        self.encoder = Wav2Vec2Resampled(sizes)

    def forward(self, samples: Tensor, frames: int | None = None) -> Tensor:
        """Return features of speech.

        Parameters
        ----------
        samples : (B, n)
            Waveform at 16 kHz, brought to zero mean and unit variance over the whole recording.
        frames : int
            Frames wanted; :func:`frame_count` when None.

        Returns
        -------
        (B, frames, 768) Tensor
            Resampled linearly after the last layer, outer edges on outer edges.
        """
        frames = frame_count(samples.shape[-1]) if frames is None else frames
        features = self.encoder(samples).transpose(1, 2)
        return resample_frames(features, frames, align_corners=False).transpose(1, 2)


def load_speech_features(path: str | os.PathLike[str], sizes: Wav2Vec2Sizes | None = None) -> SpeechFeatures:
    """Return the encoder with the weights of a file of Hugging Face's layout, ready to run.

    Raises
    ------
    CheckpointError
        When the file is missing, damaged, carries code, or is another network.
    TransformersMissingError
        When ``transformers`` is not installed.
    """
    path = Path(path)
    state = _safetensors(path) if path.suffix == ".safetensors" else read_checkpoint(path, system=SYSTEM)
    state = {str(key).removeprefix("wav2vec2."): value for key, value in state.items()}
    with torch.device("meta"):
        features = SpeechFeatures(sizes)
    features.to_empty(device="cpu")
    # The fine-tuned head for letters is not asked.
    load_strict(features.encoder, state, system=SYSTEM, ignored=("lm_head.",), source=path.name)
    return features.eval().requires_grad_(False)


def _safetensors(path: Path) -> dict[str, Tensor]:
    from safetensors import SafetensorError
    from safetensors.torch import load_file  # pyright: ignore[reportUnknownVariableType] - its own

    try:
        return load_file(path)
    except (SafetensorError, OSError, ValueError) as error:
        raise CheckpointError(
            f"'{path.name}' is damaged, cut short or no {SYSTEM} checkpoint.", "Download it again."
        ) from error
