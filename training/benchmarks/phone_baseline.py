"""The peer that knows the text: phones from forced alignment, blended by dominance functions, fitted to the tracks.

Cohen and Massaro 1993, "Modeling coarticulation in synthetic visual speech": every segment pulls the mouth towards its
own target with a dominance that falls off exponentially before and after it; the mouth is the dominance-weighted mean
of all targets. Here target, strength and both slopes of every class are fitted to the apertures of the training clips
by least squares, and so is the exponent, so that nothing is left to chance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from ...models.face.visemes import ARPABET_VISEMES, SAMPA_VISEMES, VISEMES
from ..face.corpora import Clip

Floats = npt.NDArray[np.float32]
_VIDEO_FPS = 25.0
_SILENT = "SIL"
_STEPS = 500


def segments(clip: Clip, classes: dict[str, int]) -> npt.NDArray[np.float64]:
    """Return (S, 3) start s, stop s, class of a clip's known phones, with silence where there is none."""
    end = len(clip.samples) / 16_000
    silent = classes[_SILENT]
    rows: list[tuple[float, float, int]] = []
    at = 0.0
    for start, stop, label in clip.phones:
        # emodb: "+sth" and "-sth" say how the sound before goes on.
        index = rows[-1][2] if label.startswith(("+", "-")) and rows else classes.get(label, silent)
        if start > at + 0.02:
            rows.append((at, start, silent))
        rows.append((max(start, at), stop, index))
        at = max(at, stop)
    if end > at + 0.02:
        rows.append((at, end, silent))
    return np.array(rows or [(0.0, end, silent)])


def phone_classes() -> dict[str, int]:
    """Return a class of its own for every CMU phone."""
    names = sorted(set(ARPABET_VISEMES) - {"SIL", "+SPN+", "+NSN+"})
    return {name: index for index, name in enumerate([_SILENT, *names])}


def viseme_classes() -> dict[str, int]:
    """Return the viseme of every CMU and German SAMPA label; phones of another language have no class of their own."""
    return {**SAMPA_VISEMES, **ARPABET_VISEMES, _SILENT: VISEMES.index("sil")}


class DominanceModel(nn.Module):
    """Targets and dominance functions of phone classes."""

    def __init__(self, classes: dict[str, int]) -> None:
        super().__init__()
        self.classes = classes
        count = max(classes.values()) + 1
        self.target = nn.Parameter(torch.full((count,), 0.06))
        self.strength = nn.Parameter(torch.zeros(count))
        self.before = nn.Parameter(torch.full((count,), 3.0))
        self.after = nn.Parameter(torch.full((count,), 3.0))
        self.centre = nn.Parameter(torch.zeros(count))
        self.exponent = nn.Parameter(torch.zeros(()))

    def forward(self, times: Tensor, rows: Tensor) -> Tensor:
        """(B, T) times in s and (B, S, 3) segments, class -1 for padding, to (B, T) aperture."""
        kind = rows[..., 2].long()
        known = (kind >= 0)[:, None]
        kind = kind.clamp_min(0)
        length = rows[..., 1] - rows[..., 0]
        middle = rows[..., 0] + length * torch.sigmoid(self.centre[kind])
        away = times[:, :, None] - middle[:, None]
        slope = torch.where(away < 0, self.before[kind][:, None], self.after[kind][:, None])
        power = 1 + torch.sigmoid(self.exponent)
        fall = torch.exp(slope) * (away.abs() + 1e-4) ** power
        weight = torch.exp(self.strength[kind])[:, None] * torch.exp(-fall) * known + 1e-9 * known
        return (weight * self.target[kind][:, None]).sum(-1) / weight.sum(-1)


@dataclass(frozen=True)
class PhoneBaseline:
    """A fitted model, and how it speaks a clip."""

    model: DominanceModel

    @classmethod
    def fit(cls, clips: list[Clip], classes: dict[str, int], steps: int = _STEPS, seed: int = 0) -> PhoneBaseline:
        """Fit on tracked clips with phones."""
        torch.manual_seed(seed)
        model = DominanceModel(classes)
        clips = [clip for clip in clips if clip.geometry is not None and clip.phones]
        apertures = [clip.geometry[:, 0] for clip in clips if clip.geometry is not None]
        frames = max(len(aperture) for aperture in apertures)
        rows = [segments(clip, classes) for clip in clips]
        padded = torch.full((len(clips), max(len(r) for r in rows), 3), -1.0)
        target = torch.full((len(clips), frames), float("nan"))
        for index, (row, aperture) in enumerate(zip(rows, apertures, strict=True)):
            padded[index, : len(row)] = torch.from_numpy(row).float()
            target[index, : len(aperture)] = torch.from_numpy(aperture)
        times = (torch.arange(frames) / _VIDEO_FPS).expand(len(clips), -1)
        known = torch.isfinite(target)
        target = torch.nan_to_num(target)
        # Apertures are a hundredth of the other parameters.
        others = [parameter for name, parameter in model.named_parameters() if name != "target"]
        optimizer = torch.optim.Adam([{"params": [model.target], "lr": 0.004}, {"params": others, "lr": 0.05}])
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
        for _ in range(steps):
            error = ((model(times, padded) - target) / 0.05).square()
            loss = torch.where(known, error, 0.0).sum() / known.sum()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
        return cls(model.eval().requires_grad_(False))

    def aperture(self, clip: Clip, times: npt.NDArray[np.floating]) -> Floats:
        """Return the aperture at times in s of the clip."""
        rows = torch.from_numpy(segments(clip, self.model.classes)).float()[None]
        with torch.inference_mode():
            return self.model(torch.from_numpy(np.asarray(times, np.float32))[None], rows)[0].clamp_min(0).numpy()
