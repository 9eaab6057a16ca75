"""Motion for recordings of any length, window by window.

A window is 180 frames, as in training, and the next begins 150 later: the 30 frames they share are handed over as known
motion. (The authors' test loop steps by 180 from its second window on, so that from the third on nothing is shared, and
their demonstration joins two windows only.) Of three details that their code leaves open or hard, each is softened:
what two windows share is cross-faded instead of cut at its end; the last window is moved back to be a whole one; and
the frames before the known ones are then simply drawn again and dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from .decoding import CHOICE_TEMPERATURE, STEPS, Logits, Noise, decode_tokens, draw_noise, guided
from .pq_vae import FRAMES_PER_STEP, PQVAE
from .predictor import Predictor
from .refiner import Refiner

WINDOW = 180
STRIDE = 150
OVERLAP = WINDOW - STRIDE


@dataclass
class Networks:
    """The three networks, on one device and in evaluation mode."""

    vq: PQVAE
    predictor: Predictor
    refiner: Refiner | None = None
    """Without one, decoded motion is the result."""

    def to(self, device: str | torch.device) -> Networks:
        """Move all of them; returns itself."""
        for network in (self.vq, self.predictor, self.refiner):
            if network is not None:
                network.to(device).eval()
        return self


@dataclass(frozen=True)
class Sampling:
    """How tokens are drawn."""

    steps: int = STEPS
    temperature: float = 1.0
    choice_temperature: float = CHOICE_TEMPERATURE
    guidance: float = 0.0
    """How far logits are pushed away from those of ``null_label`` (0: not at all, and at no cost)."""
    null_label: int = -1
    """The label of a network that was trained to tell nobody apart by it; needed for guidance."""


def plan_windows(frames: int, window: int = WINDOW, stride: int = STRIDE) -> list[tuple[int, int]]:
    """Return the first frame and the one after the last of every window; neighbours share ``window - stride`` or more.

    Up to ``window`` frames are one window of their own length. Of more, every window is whole, the last one moved back.
    """
    if frames <= window:
        return [(0, frames)]
    starts = [*range(0, frames - window, stride), frames - window]
    return [(start, start + window) for start in starts]


def stretch(motion: Tensor, frames: int) -> Tensor:
    """Return (B, T, C) motion with T resampled linearly to ``frames``, as the 176 decoded frames of a window are."""
    if motion.shape[1] == frames:
        return motion
    return functional.interpolate(motion.transpose(1, 2), size=frames, mode="linear").transpose(1, 2)


def steps_of(frames: int) -> int:
    """Return how many steps the networks make of so many frames."""
    return frames // FRAMES_PER_STEP


def generate_window(
    networks: Networks,
    audio: Tensor,
    label: Tensor,
    motion: Tensor,
    known: Tensor,
    noise: Noise,
    *,
    tokens: Tensor | None = None,
    sampling: Sampling | None = None,
) -> tuple[Tensor, Tensor]:
    """Draw the motion of one window.

    Parameters
    ----------
    audio : (B, T, audio_in)
        Audio features, T not below 8.
    label : (B,)
        Whole numbers.
    motion : (B, T, in_dim)
        Normalised; only the known frames matter.
    known : (B, T)
        1 where the motion is known.
    noise : Noise
        Of (B, T // 8 * groups) tokens.
    tokens : (B, T // 8 * groups)
        Codes that are known already, the mask token elsewhere; all unknown when None.

    Returns
    -------
    motion : (B, T, in_dim)
        All frames as the networks have them, the known ones too.
    codes : (B, T // 8, groups)
    """
    sampling = sampling or Sampling()
    predictor, frames = networks.predictor, audio.shape[1]
    condition = predictor.condition(motion, known, audio)
    if tokens is None:
        shape = (len(audio), condition.shape[1] * predictor.config.groups)
        tokens = torch.full(shape, predictor.config.mask_id, device=audio.device)
    chosen = decode_tokens(
        _logits(predictor, condition, label, sampling),
        tokens,
        predictor.config.mask_id,
        noise,
        temperature=sampling.temperature,
        choice_temperature=sampling.choice_temperature,
    )
    codes = chosen.reshape(len(chosen), -1, predictor.config.groups)
    decoded = stretch(networks.vq.decode(codes), frames)
    if networks.refiner is None:
        return decoded, codes
    mask = known.to(motion.dtype)[..., None]
    return networks.refiner(motion * mask + decoded * (1 - mask), known, audio, label), codes


def generate_motion(
    networks: Networks,
    audio_of: Callable[[int, int], Tensor],
    frames: int,
    label: Tensor,
    generator: torch.Generator | None = None,
    *,
    sampling: Sampling | None = None,
) -> Iterator[Tensor]:
    """Yield (B, n, in_dim) motion piece after piece, ``frames`` in all; no more than a window is held.

    Parameters
    ----------
    audio_of : callable
        From a first frame and one after the last to (B, n, audio_in) audio features, on the networks' device.
    frames : int
        Above 0; fewer than 8 are drawn as 8, with the last features held.
    generator : torch.Generator
        On the CPU; the same seed gives the same motion on every device.
    """
    sampling = sampling or Sampling()
    config = networks.predictor.config
    held: Tensor | None = None
    windows = plan_windows(frames)
    for number, (start, stop) in enumerate(windows):
        audio = audio_of(start, stop)
        if stop - start < FRAMES_PER_STEP:
            audio = torch.cat([audio, audio[:, -1:].expand(-1, FRAMES_PER_STEP - (stop - start), -1)], 1)
        motion = audio.new_zeros(*audio.shape[:2], config.in_dim)
        known = audio.new_zeros(audio.shape[:2])
        shared = windows[number - 1][1] - start if number else 0
        if held is not None:
            motion[:, shared - OVERLAP : shared] = held
            known[:, shared - OVERLAP : shared] = 1
        noise = draw_noise(
            len(audio), steps_of(audio.shape[1]) * config.groups, config.codes, generator, sampling.steps
        )
        result = generate_window(networks, audio, label, motion, known, noise, sampling=sampling)[0][:, : stop - start]
        if held is not None:
            result = torch.cat([cross_fade(held, result[:, shared - OVERLAP : shared]), result[:, shared:]], 1)
        if number == len(windows) - 1:
            yield result
        else:
            yield result[:, :-OVERLAP]
            held = result[:, -OVERLAP:]


def cross_fade(before: Tensor, after: Tensor) -> Tensor:
    """Return (B, n, C) that starts as one motion and ends as another, by a raised cosine."""
    share = (torch.arange(before.shape[1], device=before.device, dtype=before.dtype) + 0.5) / before.shape[1]
    weight = (0.5 - 0.5 * torch.cos(torch.pi * share))[:, None]
    return before + weight * (after - before)


def _logits(predictor: Predictor, condition: Tensor, label: Tensor, sampling: Sampling) -> Logits:
    def told(tokens: Tensor) -> Tensor:
        return predictor.logits(tokens, condition, label)

    def untold(tokens: Tensor) -> Tensor:
        return predictor.logits(tokens, condition, torch.full_like(label, sampling.null_label))

    return guided(told, untold, sampling.guidance)
