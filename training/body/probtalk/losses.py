"""What the networks are punished for: wrong rotations, wrong speeds, and hands in the wrong place."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from ....inference.body.upper_body import ARMS, SPINE, UPPER_BODY
from ....inference.character import load_character
from ....inference.skeleton import JOINT_INDEX
from .motion import MotionSpace

BETA = 0.01
"""Where the smooth L1 loss turns from square to straight, as published."""
_WEIGHTS = {"spine": 0.2, "arm": 0.4, "finger": 0.4}
_CHAIN = (*SPINE, *ARMS)
_CHAIN_NUMBERS = slice(0, 6 * len(_CHAIN))
assert UPPER_BODY[: len(_CHAIN)] == _CHAIN


class MotionLoss:
    """Loss of (B, T, K) motion as the networks see it: smooth L1 by part, speed, and elbows and hands in space.

    The published loss weighs its parts .1 to .4 and adds an L1 loss on velocities. The elbows' and hands' places,
    by forward kinematics on the default character, are added here: a gesture is where the hands are.

    Parameters
    ----------
    space : MotionSpace
        What the networks see.
    """

    def __init__(self, space: MotionSpace, velocity: float = 1.0, place: float = 1.0) -> None:
        self.space = space
        self.velocity, self.place = velocity, place
        joint_weights = torch.tensor([_WEIGHTS[_part(name)] / _count(_part(name)) for name in UPPER_BODY])
        # A number's deviation says how far it moves: an error in it counts in radians, not in deviations.
        self.weights = (joint_weights / joint_weights.sum()).repeat_interleave(6) / 6
        self.joints = torch.from_numpy(load_character().joints).float()

    def __call__(self, given: Tensor, wanted: Tensor, known: Tensor | None = None) -> Tensor:
        """Return the loss; frames that are ``known`` (B, T) do not count."""
        weights = self.weights
        if known is not None:
            open_frames = (~known)[..., None].float()
            weights = weights * open_frames / open_frames.mean().clamp_min(1e-3)
        given, wanted = self.space.numbers(given), self.space.numbers(wanted)
        given, wanted = given / self.space.std, wanted / self.space.std
        error = functional.smooth_l1_loss(given, wanted, beta=BETA, reduction="none")
        speed = (given.diff(dim=1) - wanted.diff(dim=1)).abs()
        pace = weights if weights.ndim == 1 else weights[:, 1:]
        total = (weights * error).sum(-1).mean() + self.velocity * (pace * speed).sum(-1).mean()
        if self.place:
            ours, theirs = self._places(given * self.space.std), self._places(wanted * self.space.std)
            total = total + self.place * (ours - theirs).abs().mean() * 10
            total = total + self.place * (ours.diff(dim=1) - theirs.diff(dim=1)).abs().mean() * 40
        return total

    def places(self, motion: Tensor) -> Tensor:
        """Return (B, T, 4, 3) metres of both elbows and both hands over a pelvis that does not move."""
        return self._places(self.space.numbers(motion))

    def _places(self, numbers: Tensor) -> Tensor:
        frames = matrices(numbers[..., _CHAIN_NUMBERS])
        result = []
        for side in ("left", "right"):
            chain = (*SPINE, *(f"{side}_{joint}" for joint in ("collar", "shoulder", "elbow", "wrist")))
            turn, place = None, self._rest("spine1") - self._rest("pelvis")
            for joint, child in zip(chain, (*chain[1:], f"{side}_middle1"), strict=True):
                own = frames[..., _CHAIN.index(joint), :, :]
                turn = own if turn is None else turn @ own
                place = place + turn @ (self._rest(child) - self._rest(joint))
                if child in (f"{side}_elbow", f"{side}_middle1"):
                    result.append(place)
        return torch.stack(result, -2)

    def _rest(self, joint: str) -> Tensor:
        return self.joints[JOINT_INDEX[joint]]


def matrices(six: Tensor) -> Tensor:
    """Return (..., 41, 3, 3) rotation matrices of (..., 246) numbers."""
    first, second = six.unflatten(-1, (-1, 2, 3)).unbind(-2)
    first = functional.normalize(first, dim=-1)
    second = functional.normalize(second - (first * second).sum(-1, keepdim=True) * first, dim=-1)
    return torch.stack([first, second, torch.linalg.cross(first, second)], -2)


def degrees_apart(given: Tensor, wanted: Tensor) -> Tensor:
    """Return (..., 41) degrees between the rotations of two (..., 246) arrays of numbers."""
    trace = (matrices(given) * matrices(wanted)).sum((-2, -1))
    return torch.rad2deg(torch.arccos(((trace - 1) / 2).clamp(-1, 1)))


def _part(joint: str) -> str:
    return "spine" if joint in SPINE else "arm" if joint in ARMS else "finger"


def _count(part: str) -> int:
    return sum(_part(name) == part for name in UPPER_BODY)
