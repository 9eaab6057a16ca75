"""From frames to latent frames: consecutive frames stacked and projected."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional


class StackLinearSquash(nn.Module):
    """Stacks every ``frames`` consecutive frames into one vector and maps it linearly.

    Parameters
    ----------
    in_width, out_width : int
        Channels of a frame and of a latent frame.
    frames : int
        Frames per latent frame.
    """

    def __init__(self, in_width: int, out_width: int, frames: int = 8) -> None:
        super().__init__()
        self.frames = frames
        self.linear = nn.Linear(in_width * frames, out_width)

    def forward(self, hidden: Tensor) -> Tensor:
        """(B, T, in_width) to (B, T / frames, out_width); T must be a multiple of ``frames``."""
        batch, count, width = hidden.shape
        return self.linear(hidden.reshape(batch, count // self.frames, width * self.frames))


def pad_frames(hidden: Tensor, multiple: int) -> Tensor:
    """Return (B, T, C) with zero frames added at the end up to a multiple."""
    return functional.pad(hidden, (0, 0, 0, -hidden.shape[1] % multiple))
