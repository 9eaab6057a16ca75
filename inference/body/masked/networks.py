"""ProbTalk's three networks with our weights: from speech features, and motion that is known, to motion at 30 fps.

Tokens of a long recording are drawn in windows that know the tokens and the frames they share with windows drawn before
them (Liu et al., CVPR 2024, section 3.3): every second window first, then those between, which join their neighbours.
All tokens are decoded as one row, so the autoencoder knows no borders; the refiner's windows are cross-faded.
"""

# numpy and torch type some of their functions in part only.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from ....models.probtalk.decoding import decode_tokens, draw_noise
from ....models.probtalk.pq_vae import FRAMES_PER_STEP, PQVAE, PQVAEConfig
from ....models.probtalk.predictor import Predictor, PredictorConfig
from ....models.probtalk.refiner import Refiner, RefinerConfig
from ...errors import Cancelled
from ...gestures.features import FEATURES
from ...gestures.settings import STYLES
from ...shipped import weights_path
from ...shipped_weights import AGAIN, read_weights, refusing_damaged
from ...time_filters import runs_of, smooth
from ...window_blend import blend_windows, plan_windows
from ..upper_body import SIX

Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]

WEIGHTS = weights_path("probtalk")
FPS = 30.0
WINDOW_STEPS = 22
"""Tokens of a window in time: 176 frames."""
OVERLAP_STEPS = 4
"""Tokens a window knows from the one before: 32 frames, 1.07 s."""
NO_STYLE = 2 * len(STYLES)
"""The label that says nothing, for guidance."""
HEARD = len(FEATURES) + 1
"""Channels of the networks' condition: the features without the posture, and 1 where anything is told at all."""
SEATED = FEATURES.index("seated")
"""The channel that becomes part of the label: it decides so much that nothing else would be heard beside it."""
_AT_ONCE = 8  # windows
_MARGIN = 8  # steps around a stretch that its decoded frames depend on, and more
_STRETCH = 256  # steps decoded at a time
LEFT_OUT = ("position_encoding", "ema_dw", "ema_cluster_size", "num_batches_tracked")
"""Weights that the file does without: worked out anew, or of use in training only."""


@dataclass(frozen=True)
class Sampling:
    """How tokens are drawn."""

    temperature: float = 0.95
    """Below 1 the likelier ones are drawn more often than the network says."""
    guidance: float = 1.0
    """How far the condition is overstated; 0 is not at all."""
    choice_temperature: float = 15.0
    steps: int = 8
    smoothing: float = 1.5
    """Deviation in frames of the Gaussian along time that takes out what tokens drawn apart disagree on."""


@dataclass(frozen=True)
class Axes:
    """What the networks see of a frame: its place along the principal axes of the motion they know."""

    mean: Floats
    """(246,) of the 6D numbers."""
    forward: Floats
    """(246, K)."""
    backward: Floats
    """(K, 246)."""

    def seen(self, numbers: Floats) -> Floats:
        """Return (N, K) of (N, 246)."""
        return (numbers - self.mean) @ self.forward

    def numbers(self, seen: Floats) -> Floats:
        """Return (N, 246) of (N, K)."""
        return seen @ self.backward + self.mean


class MaskedNetworks:
    """The autoencoder, the predictor and the refiner, ready to use.

    Attributes
    ----------
    axes : Axes
        What the networks see of a frame's numbers.
    """

    def __init__(self, vq: PQVAE, predictor: Predictor, refiner: Refiner, axes: Axes) -> None:
        self.vq, self.predictor, self.refiner = vq, predictor, refiner
        for network in (vq, predictor, refiner):
            network.eval().requires_grad_(False)
        self.axes = axes

    def draw(
        self,
        numbers: Floats,
        known: Flags,
        features: Floats,
        style: int,
        generator: torch.Generator,
        *,
        sampling: Sampling | None = None,
        progress: Callable[[float], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Floats:
        """Return motion for speech.

        Parameters
        ----------
        numbers : (N, 246) array
            6D rotations at 30 fps; only rows that are ``known`` matter.
        known : (N,) bool array
            Frames to go on from; they come back as the networks rebuild them, which is nearly as they are.
        features : (N, 16) array
            As :mod:`.gesture_features` has them.
        style : int
            Index into ``STYLES``.

        Returns
        -------
        (N, 246) array
            6D rotations, not yet orthonormal.
        """
        sampling = sampling or Sampling()
        total = len(numbers)
        steps = -(-total // FRAMES_PER_STEP)
        grow = steps * FRAMES_PER_STEP - total
        motion = self.axes.seen(_filled(_extended(numbers, grow), np.append(known, np.zeros(grow, bool))))
        known = np.append(known, np.zeros(grow, bool))
        heard = _told(_extended(features, grow))
        label = style + len(STYLES) * bool(np.mean(features[:, SEATED]) > 0.5)
        with torch.inference_mode():
            codes, given = self._known_codes(motion, known)
            groups = _passes(steps)
            for number, windows in enumerate(groups):
                if cancelled is not None and cancelled():
                    raise Cancelled
                self._draw_windows(windows, motion, known, heard, label, codes, given, generator, sampling)
                if progress is not None:
                    progress(0.9 * (number + 1) / len(groups))
            decoded = self._decoded(codes)
            refined = self._refined(np.where(known[:, None], motion, decoded), known, heard, label)
        if progress is not None:
            progress(1.0)
        return self.axes.numbers(smooth(refined, sampling.smoothing))[:total]

    def _known_codes(self, motion: Floats, known: Flags) -> tuple[Tensor, Flags]:
        """Return (S, groups) codes, and (S,) which of them all frames are known of."""
        given = known.reshape(-1, FRAMES_PER_STEP).all(1)
        codes = torch.full((len(given), self.predictor.config.groups), self.predictor.config.mask_id)
        if given.any():
            for first in range(0, len(given), _STRETCH):
                rows = slice(max(0, first - _MARGIN) * FRAMES_PER_STEP, (first + _STRETCH + _MARGIN) * FRAMES_PER_STEP)
                own = self.vq.encode(torch.from_numpy(motion[rows])[None])[0][min(first, _MARGIN) :][:_STRETCH]
                part = torch.from_numpy(given[first : first + _STRETCH])
                codes[first : first + _STRETCH][part] = own[part]
        return codes, given

    def _draw_windows(
        self,
        windows: list[tuple[int, int]],
        motion: Floats,
        known: Flags,
        heard: Floats,
        style: int,
        codes: Tensor,
        given: Flags,
        generator: torch.Generator,
        sampling: Sampling,
    ) -> None:
        """Draw the unknown tokens of windows of one length in place; motion drawn before is their context."""
        windows = [(first, last) for first, last in windows if not given[first:last].all()]
        if not windows:
            return
        config = self.predictor.config
        context, mask = motion.copy(), known.copy()
        for first, last in windows:
            for begin, end in runs_of(given[first:last]).tolist():
                frames = slice((first + begin) * FRAMES_PER_STEP, (first + end) * FRAMES_PER_STEP)
                start = max(0, first + begin - _MARGIN)
                skip = (first + begin - start) * FRAMES_PER_STEP
                # Tokens beyond the run that nobody has drawn yet cannot be decoded.
                row = torch.where(codes[start : first + end] == config.mask_id, 0, codes[start : first + end])
                drawn = self._decoded(row)[skip:]
                context[frames] = np.where(known[frames, None], motion[frames], drawn)
                mask[frames] = True
        rows = [slice(first * FRAMES_PER_STEP, last * FRAMES_PER_STEP) for first, last in windows]
        place = (
            torch.from_numpy(np.stack([context[row] for row in rows] * 2)),
            torch.from_numpy(np.stack([mask[row] for row in rows] * 2)).float(),
        )
        told = torch.from_numpy(np.stack([heard[row] for row in rows]))
        count = len(windows)
        # The second half of the batch is told nothing, for guidance.
        condition = self.predictor.condition(*place, torch.cat([told, torch.zeros_like(told)]))
        label = torch.tensor([style] * count + [NO_STYLE] * count)
        if not sampling.guidance:
            condition, label = condition[:count], label[:count]

        def logits(tokens: Tensor) -> Tensor:
            if not sampling.guidance:
                return self.predictor.logits(tokens, condition, label)
            with_it, without = self.predictor.logits(tokens.repeat(2, 1), condition, label).chunk(2)
            return with_it + sampling.guidance * (with_it - without)

        tokens = torch.stack([codes[first:last].flatten() for first, last in windows])
        noise = draw_noise(count, tokens.shape[1], config.codes, generator, sampling.steps)
        drawn = decode_tokens(
            logits, tokens, config.mask_id, noise,
            temperature=sampling.temperature, choice_temperature=sampling.choice_temperature,
        )  # fmt: skip
        for (first, last), row in zip(windows, drawn, strict=True):
            codes[first:last] = row.unflatten(0, (-1, config.groups))
            given[first:last] = True

    def _decoded(self, codes: Tensor) -> Floats:
        """Return (8 S, K) motion of (S, groups) codes."""
        parts: list[Floats] = []
        for first in range(0, len(codes), _STRETCH):
            start = max(0, first - _MARGIN)
            piece = cast("Floats", self.vq.decode(codes[None, start : first + _STRETCH + _MARGIN])[0].numpy())
            skip = (first - start) * FRAMES_PER_STEP
            parts.append(piece[skip : skip + _STRETCH * FRAMES_PER_STEP])
        return np.concatenate(parts)

    def _refined(self, motion: Floats, known: Flags, heard: Floats, style: int) -> Floats:
        window, overlap = WINDOW_STEPS * FRAMES_PER_STEP, OVERLAP_STEPS * FRAMES_PER_STEP
        windows = plan_windows(len(motion), window, overlap)
        parts: list[Floats] = []
        for first, last in windows:
            given = torch.from_numpy(motion[first:last])[None]
            mask = torch.from_numpy(known[first:last])[None].float()
            # Ours learns what to add, the published one the motion itself.
            change = self.refiner(given, mask, torch.from_numpy(heard[first:last])[None], torch.tensor([style]))
            parts.append(cast("Floats", (given + change)[0].numpy()))
        return blend_windows(windows, parts, overlap)


def _passes(steps: int) -> list[list[tuple[int, int]]]:
    """Return the windows over so many steps, in groups that are drawn at once, one group after the other.

    The even windows come first, then the odd ones between them, which know both their neighbours. Where the even ones
    would overlap, all windows are drawn one by one.
    """
    if steps <= WINDOW_STEPS:
        return [[(0, steps)]]
    count = -(-(steps - WINDOW_STEPS) // (WINDOW_STEPS - OVERLAP_STEPS)) + 1
    starts = np.round(np.linspace(0, steps - WINDOW_STEPS, count)).astype(int)
    windows = [(int(start), int(start) + WINDOW_STEPS) for start in starts]
    if any(after[0] < before[1] for before, after in zip(windows, windows[2:], strict=False)):
        return [[window] for window in windows]
    groups: list[list[tuple[int, int]]] = []
    for parity in (windows[::2], windows[1::2]):
        groups += [parity[first : first + _AT_ONCE] for first in range(0, len(parity), _AT_ONCE)]
    return groups


def _told(features: Floats) -> Floats:
    told = np.concatenate([features, np.ones((len(features), 1), np.float32)], 1).astype(np.float32)
    told[:, SEATED] = 0
    return told


def _extended(values: npt.NDArray[np.floating[Any]], frames: int) -> npt.NDArray[np.floating[Any]]:
    return np.concatenate([values, np.repeat(values[-1:], frames, 0)]) if frames else values


def _filled(numbers: npt.NDArray[np.floating[Any]], known: Flags) -> Floats:
    """Return (N, 246) with unknown frames interpolated between known ones, for the encoder's sake."""
    if known.all() or not known.any():
        return np.asarray(numbers, np.float32)
    places, at = np.arange(len(numbers)), np.flatnonzero(known)
    after = np.clip(np.searchsorted(at, places), 0, len(at) - 1)
    low, high = at[np.maximum(after - 1, 0)], at[after]
    share = np.clip((places - low) / np.maximum(high - low, 1), 0, 1)[:, None]
    between = (1 - share) * numbers[low] + share * numbers[high]
    return np.where(known[:, None], numbers, between).astype(np.float32)


def load_masked_networks(path: Path | None = None) -> MaskedNetworks:
    """Read the networks.

    Raises
    ------
    SoliloquyError
        When the file is missing, damaged, or of another version; of the kind ``"missing_files"``.
    """
    path = path or WEIGHTS
    return _load(path, path.stat().st_mtime_ns if path.is_file() else 0)


@lru_cache(maxsize=1)
def _load(path: Path, stamp: int) -> MaskedNetworks:
    with refusing_damaged(path, "The weights of the masked gestures", AGAIN):
        state, metadata = read_weights(path)
        sizes = {name: json.loads(metadata[name]) for name in ("vq", "predictor", "refiner")}
        sizes["vq"]["widths"] = tuple(sizes["vq"]["widths"])
        vq = PQVAE(PQVAEConfig(**sizes["vq"]))
        predictor = Predictor(PredictorConfig(**sizes["predictor"]))
        refiner = Refiner(RefinerConfig(**sizes["refiner"]))
        for name, network in (("vq", vq), ("predictor", predictor), ("refiner", refiner)):
            own = {key.removeprefix(f"{name}."): value for key, value in state.items() if key.startswith(f"{name}.")}
            derived = {
                key: value for key, value in network.state_dict().items() if any(part in key for part in LEFT_OUT)
            }
            network.load_state_dict({**derived, **own})
        axes = Axes(*(cast("Floats", state[name].numpy()) for name in ("mean", "forward", "backward")))
        if axes.mean.shape != (SIX,) or axes.forward.shape != (SIX, sizes["vq"]["in_dim"]):
            raise ValueError("the axes are of other joints")
    return MaskedNetworks(vq, predictor, refiner, axes)
