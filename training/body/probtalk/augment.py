"""Gestures nobody recorded, made of those that were: arms exchanged between takes, sizes, speeds and mirrors."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from ....inference.body.upper_body import UPPER_BODY

_ARM = {side: [index for index, name in enumerate(UPPER_BODY) if name.startswith(side)] for side in ("left", "right")}
_SWAP = [
    UPPER_BODY.index(name.replace("left", "right") if name.startswith("left") else name.replace("right", "left"))
    for name in UPPER_BODY
]
# (x, y, z) of a rotation vector becomes (x, -y, -z): entries of the matrix that couple x with y or z change sign.
_SIGNS = torch.tensor([1.0, -1.0, -1.0, -1.0, 1.0, 1.0])


def orthonormal(six: Tensor) -> Tensor:
    """Return (..., 246) numbers made rows of rotations again by Gram and Schmidt."""
    first, second = six.unflatten(-1, (-1, 2, 3)).unbind(-2)
    first = functional.normalize(first, dim=-1)
    second = functional.normalize(second - (first * second).sum(-1, keepdim=True) * first, dim=-1)
    return torch.stack([first, second], -2).flatten(-3)


def mirrored(six: Tensor) -> Tensor:
    """Return (..., 246) with left and right exchanged."""
    return (six.unflatten(-1, (-1, 6))[..., _SWAP, :] * _SIGNS).flatten(-2)


def with_other_arms(six: Tensor, generator: torch.Generator, share: float = 0.4) -> Tensor:
    """Return (B, T, 246) where a share of the takes has one arm of another take of the batch."""
    joints = six.unflatten(-1, (-1, 6)).clone()
    order = torch.randperm(len(six), generator=generator)
    chosen = torch.rand(len(six), generator=generator) < share
    arm = _ARM["left"] if float(torch.rand((), generator=generator)) < 0.5 else _ARM["right"]
    source = joints[order]
    rows = chosen.nonzero()[:, 0]
    for joint in arm:
        joints[rows, :, joint] = source[rows, :, joint]
    return joints.flatten(-2)


def resized(six: Tensor, generator: torch.Generator, low: float = 0.5, high: float = 1.3) -> Tensor:
    """Return (B, T, 246) with every take's movement about its own middle made smaller or larger."""
    size = low + (high - low) * torch.rand((len(six), 1, 1), generator=generator)
    middle = six.mean(1, keepdim=True)
    return orthonormal(middle + size * (six - middle))


def retimed(six: Tensor, frames: int, generator: torch.Generator, slow: float = 0.75, fast: float = 1.3) -> Tensor:
    """Return (B, ``frames``, 246) stretches of longer (B, T, 246) takes, slowed down or sped up; not yet orthonormal.

    T must be at least ``frames`` times ``fast``.
    """
    speed = slow + (fast - slow) * float(torch.rand((), generator=generator))
    needed = min(six.shape[1], round(frames * speed))
    first = int(torch.randint(six.shape[1] - needed + 1, (), generator=generator))
    piece = six[:, first : first + needed].transpose(1, 2)
    return functional.interpolate(piece, frames, mode="linear", align_corners=True).transpose(1, 2)


def joined(takes: list[Tensor], generator: torch.Generator, blend: int = 14) -> Tensor:
    """Return (N, 246): (T, 246) takes in random order, one flowing into the next over ``blend`` frames."""
    rise = 0.5 - 0.5 * torch.cos(torch.pi * (torch.arange(blend) + 1) / (blend + 1))[:, None]
    parts: list[Tensor] = []
    for index in torch.randperm(len(takes), generator=generator).tolist():
        if parts:
            parts.append(orthonormal(torch.lerp(parts[-1][-1:], takes[index][:1], rise)))
        parts.append(takes[index])
    return torch.cat(parts)
