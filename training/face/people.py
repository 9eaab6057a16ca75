"""The second ear: what eleven more people taught the face network about opening and width.

One speaker who reads commands does not carry to natural speech of strangers. The ear starts as a copy of the first and
is trained on all people, each weighed alike whatever was recorded of them, every opening brought to one size, and on
twice as much speech without faces, of which a teacher tells how far the lips were apart (``teacher``). What the network
knew before stays untouched: closures, visemes and expression are the first ear's.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from ...inference.face.default.vocal_effort import band_levels
from ...models.face.loudness import speech_gain
from ...models.face.network import FaceNetwork, PeopleEar
from . import examples as ex
from . import voices
from .corpora import Clip
from .losses import _clip_correlation, _mean
from .train import encode

CANONICAL = 0.15
"""95th percentile of the aperture that everybody's is brought to, outer eye-corner distances."""
SHARE = (0.6, 0.6, 0.6, 0.6, 0.6)
"""How far the second ear is followed in aperture, width, upper lip, lower lip and chin: strangers gain from more of it,
the first speaker from less."""
OPENING = 1.15
"""What the aperture is multiplied with, so that strangers open as far as they did: found with each left out."""
_COPIES = 3


@dataclass(frozen=True)
class PeopleSettings:
    """Everything that decides the training of the second ear apart from the clips."""

    seed: int = 0
    steps: int = 150
    first: int = 2
    """Clips of the first speaker in a batch; the others are drawn person by person."""
    others: int = 4
    taught: int = 12
    """Clips in a batch of whose lips a teacher tells."""
    rate: float = 1.5e-3
    weight_decay: float = 0.02
    width: float = 0.5
    """Weight of the correlation of width."""


@dataclass
class Heard:
    """One example on its way into a batch: who, of which clip, hidden states and (T, 5) geometry of one size."""

    speaker: str
    clip: str
    plain: bool
    hidden: Tensor
    geometry: Tensor
    levels: Tensor
    """(T, BANDS) of the voice's bands, from ``vocal_effort.band_levels``."""


def disturbed(clip: Clip, copy: int) -> ex.Example:
    """Return an augmented copy of a clip, three in five with music, a crowd or applause (stand-ins) under it."""
    rng = np.random.default_rng([copy, sum(clip.name.encode()), len(clip.samples)])
    example = ex.augmented(clip, rng)
    samples = example.samples.astype(np.float32) / 32767
    kind = rng.integers(0, 5)
    if kind < 3:
        under = (voices.music, voices.crowd, voices.applause)[kind](len(samples), rng)
        level = np.sqrt(np.mean(samples**2) + 1e-12) * 10 ** (-rng.uniform(3, 25) / 20)
        samples = samples + level * under
        samples = samples * speech_gain(samples)
    example.samples = np.clip(samples * 32767, -32767, 32767).astype(np.int16)
    return example


def hear_people(network: FaceNetwork, first: list[Clip], others: list[Clip], *, disturbing: bool = True) -> list[Heard]:
    """Return what the frozen encoder makes of an eighth of the first speaker's clips and of all others'.

    Each clip as it is and, unless ``disturbing`` is False, in augmented copies.
    """
    sizes = {
        speaker: float(np.nanpercentile(np.concatenate([_aperture(c) for c in others if c.speaker == speaker]), 95))
        for speaker in {clip.speaker for clip in others}
    }
    clips = [*first[::8], *others]
    copies = (1, _COPIES) if disturbing else (0, 0)
    jobs = [(clip, copy) for clip in clips for copy in range(1 + copies[clip.corpus != "grid_s1"])]
    examples = [ex.plain(clip) if copy == 0 else disturbed(clip, copy) for clip, copy in jobs]
    heard = []
    for (clip, copy), example, hidden in zip(jobs, examples, encode(network, examples), strict=True):
        geometry = torch.from_numpy(example.geometry.astype(np.float32))
        geometry[:, 0] *= CANONICAL / sizes.get(clip.speaker, CANONICAL)
        levels = torch.from_numpy(band_levels(example.samples.astype(np.float32) / 32767, 0, len(hidden)))
        heard.append(Heard(clip.speaker, clip.name, copy == 0, hidden, geometry, levels))
    return heard


def _aperture(clip: Clip) -> np.ndarray:
    assert clip.geometry is not None
    return clip.geometry[:, 0]


def with_ear(network: FaceNetwork, ear: PeopleEar, share: Sequence[float] = SHARE) -> FaceNetwork:
    """Return a network that follows a second ear as far as ``share`` says, number by number of the geometry."""
    grown = FaceNetwork(dataclasses.replace(network.config, people=True))
    state = {name: tensor for name, tensor in network.state_dict().items() if not name.startswith("head.people.")}
    state |= {f"head.people.{name}": tensor for name, tensor in ear.state_dict().items()}
    state["head.people.share"] = torch.tensor(share)
    grown.load_state_dict(state)
    return grown.eval()


def train_people(
    network: FaceNetwork,
    heard: list[Heard],
    settings: PeopleSettings,
    left_out: frozenset[str] = frozenset(),
    report: Callable[[str], None] = print,
    taught: Sequence[Heard] = (),
) -> PeopleEar:
    """Return a second ear for a network, trained on everybody but those left out.

    ``taught`` is what a teacher, who did not hear them either, told of other speech (``teacher.teach``).
    """
    rng = np.random.default_rng(settings.seed)
    torch.manual_seed(settings.seed)
    ear = PeopleEar(network.config)
    ear.load_state_dict(network.head.state_dict(), strict=False)
    by_speaker: dict[str, dict[str, list[Heard]]] = {}
    for one in heard:
        if one.speaker not in left_out:
            by_speaker.setdefault(one.speaker, {}).setdefault(one.clip, []).append(one)
    first = list(by_speaker.pop("s1").values())
    names = sorted(by_speaker)
    pieces: dict[str, list[Heard]] = {}
    for one in taught:
        pieces.setdefault(one.clip, []).append(one)
    told = list(pieces.values())
    optimizer = torch.optim.AdamW(ear.parameters(), settings.rate, weight_decay=settings.weight_decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, settings.rate, total_steps=settings.steps + 1, pct_start=0.15
    )
    started, scale = time.perf_counter(), network.head.get_buffer("scale")
    ear.train()
    for step in range(1, settings.steps + 1):
        clips = [first[i] for i in rng.integers(0, len(first), settings.first)]
        for name in rng.choice(names, settings.others, replace=settings.others > len(names)):
            own = list(by_speaker[name].values())
            clips.append(own[rng.integers(0, len(own))])
        if told:
            clips += [told[i] for i in rng.integers(0, len(told), settings.taught)]
        loss = _loss(ear, [copies[rng.integers(0, len(copies))] for copies in clips], scale, settings)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(ear.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        if step % 40 == 0:
            report(f"people: step {step}/{settings.steps} loss {loss.item():.3f} {time.perf_counter() - started:.0f} s")
    return ear.eval()


def _loss(ear: PeopleEar, batch: list[Heard], scale: Tensor, settings: PeopleSettings) -> Tensor:
    """Return squared errors, every clip counting alike, of geometry and its steps, and correlations within a clip."""
    pad = nn.utils.rnn.pad_sequence
    states = pad([one.hidden.float() for one in batch], batch_first=True)
    keep = pad([torch.ones(len(one.hidden), 1) for one in batch], batch_first=True)
    target = pad([one.geometry for one in batch], batch_first=True, padding_value=float("nan")) / scale
    raw = ear(list(states.chunk(len(ear.norms), dim=-1)), keep)
    said = torch.cat([functional.softplus(raw[..., :1], beta=4.0), raw[..., 1:]], -1)
    seen = torch.isfinite(target)
    known, whole = seen[..., 0], seen[..., 1]
    part = whole.any(1).float().mean()  # Of the clips, those of which more than the aperture is known.
    target = torch.nan_to_num(target)
    weight = known / known.sum(1, keepdim=True).clamp_min(1)
    error = (said - target).square() * seen
    loss = ((error[..., 0] + 0.3 * error[..., 1:].mean(-1)) * weight).sum(1).mean()
    for column, share in ((0, 1.0), (1, settings.width * part), (2, 0.2 * part)):
        loss = loss + share * _clip_correlation(said[..., column], target[..., column], seen[..., column])
    steps = (said.diff(dim=1) - target.diff(dim=1)).square()
    return loss + sum(
        share * _mean(steps[..., column], there[:, 1:] & there[:, :-1])
        for column, share, there in ((0, 1.0, known), (1, 0.3 * part, whole))
    )
