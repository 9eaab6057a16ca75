"""The second ear's teacher: what lips probably did where a voice was recorded and no face.

Seconds of other people are all there is to learn strangers from, and an ear as large as the second learns them by
heart. Two that cannot: a small ear on the encoder as its maker left it, which never heard how one reader moves, and the
map of the sounds (``sounds``). What both say of minutes of other speech, on the mean, is what the second ear learns
beside the people (distillation into a larger student: Xie et al. 2020, "Self-training with Noisy Student"): the teacher
hears a recording as it is, the student also in other voices, rooms and noise.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor
from torch.nn import functional

from ...inference.face.default.casual import aperture_of_sounds
from ...inference.face.default.vocal_effort import band_levels
from ...models.face.geometry import GEOMETRY, GEOMETRY_SCALE
from ...models.face.network import FaceNetwork, FaceNetworkConfig, PeopleEar
from . import examples as ex
from .corpora import Clip, load_emodb, load_ljspeech
from .people import Heard, PeopleSettings, disturbed, hear_people, train_people
from .sounds import fit_sounds, sounds_heard
from .train import encode

TEACHER = PeopleSettings(steps=200, first=2, others=7, taught=0)
"""How a small ear is trained; it hears no copies."""
SMALL = FaceNetworkConfig(width=96, dropout=0.3)
SEEDS = (0, 1)
"""Of the small ears whose mean is taken."""
_MAP = 0.5
"""Share of the map of the sounds in what is taught."""
_EVERY = 2
"""Every second piece of speech is enough."""


@dataclass
class Speech:
    """A piece of speech without a face, hidden states (T, blocks * width) in three ways."""

    clip: str
    hidden: Tensor
    """As the network hears it."""
    untouched: Tensor
    """As the encoder as its maker left it does."""
    copy: Tensor
    """As the network hears it in another voice, room or noise."""
    speed: float
    """Time t of the piece is at t / speed in the copy."""
    levels: Tensor
    """(T, BANDS) of the voice's bands."""


@dataclass
class Lessons:
    """What a teacher learns from, as the untouched encoder hears it, and the speech of which it then tells."""

    people: list[Heard]
    speech: list[Speech]


def speech_without_faces(data: Path) -> list[Clip]:
    """Return pieces of the recordings of ljspeech and emodb that are not held out."""
    read = [piece for clip in load_ljspeech(data) if not clip.held_out for piece in ex.chunks(clip)]
    acted = [clip for clip in load_emodb(data) if not clip.held_out]
    return [*read[::_EVERY], *acted[::_EVERY]]


def prepare(network: FaceNetwork, encoder: Path, first: list[Clip], others: list[Clip], speech: list[Clip]) -> Lessons:
    """Return the lessons for a network.

    Parameters
    ----------
    encoder : Path
        The vendored encoder's weights.
    first, others : list of Clip
        The first speaker's and all others'.
    speech : list of Clip
        From :func:`speech_without_faces`.
    """
    untouched = FaceNetwork(SMALL)
    untouched.encoder.load_state_dict({name: tensor.float() for name, tensor in load_file(encoder).items()})
    plain, copies = [ex.plain(clip) for clip in speech], [disturbed(clip, 1) for clip in speech]
    rows = zip(
        speech, plain, copies, encode(network, plain), encode(untouched, plain), encode(network, copies), strict=True
    )
    pieces = [
        Speech(
            clip.name, hidden, maker, copy, changed.speed,
            torch.from_numpy(band_levels(example.samples.astype(np.float32) / 32767, 0, len(hidden))),
        )
        for clip, example, changed, hidden, maker, copy in rows
    ]  # fmt: skip
    return Lessons(hear_people(untouched, first, others, disturbing=False), pieces)


def teach(
    network: FaceNetwork,
    heard: list[Heard],
    lessons: Lessons,
    left_out: frozenset[str] = frozenset(),
    report: Callable[[str], None] = print,
) -> list[Heard]:
    """Return every piece of speech and its copy with the aperture that the teacher tells; the rest is not a number."""
    weights = fit_sounds(network, heard, left_out)
    teachers = []
    for seed in SEEDS:
        torch.manual_seed(seed)
        beginner = FaceNetwork(SMALL)
        teachers.append(
            train_people(beginner, lessons.people, dataclasses.replace(TEACHER, seed=seed), left_out, report)
        )
    taught = []
    for piece in lessons.speech:
        told = [_apertures(teacher, piece.untouched) for teacher in teachers]
        plain = Heard("", piece.clip, True, piece.hidden, torch.empty(0), piece.levels)
        asked = aperture_of_sounds(sounds_heard(network, plain), piece.levels.numpy(), weights)
        aperture = (1 - _MAP) * np.mean(told, axis=0) + _MAP * asked
        moved = np.clip(np.arange(len(piece.copy)) * piece.speed, 0, len(aperture) - 1)
        there = np.interp(moved, np.arange(len(aperture)), aperture)
        taught.append(dataclasses.replace(plain, geometry=_geometry(aperture)))
        taught.append(Heard("", piece.clip, False, piece.copy, _geometry(there), torch.empty(0)))
    return taught


def _apertures(ear: PeopleEar, hidden: Tensor) -> np.ndarray:
    with torch.inference_mode():
        raw = ear(list(hidden.float()[None].chunk(len(ear.norms), dim=-1)))[0, :, 0]
        return GEOMETRY_SCALE[0] * functional.softplus(raw, beta=4.0).numpy()


def _geometry(aperture: np.ndarray) -> Tensor:
    whole = np.full((len(aperture), len(GEOMETRY)), np.nan, np.float32)
    whole[:, 0] = aperture
    return torch.from_numpy(whole)
