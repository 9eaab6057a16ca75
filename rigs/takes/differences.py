"""What two takes have otherwise: the settings they were made with, in words, and their curves, measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ...inference.arkit import REGIONS
from ...inference.errors import SoliloquyError
from ...inference.setting_words import in_words, unlike
from ...inference.settings import recorded_settings
from .. import compat
from . import craft, curves, nla, reshape
from .before import rest_value
from .fixes import name_of

if TYPE_CHECKING:
    from ..rig import Rig
    from .take import Take

Doubles = npt.NDArray[np.float64]

_MOST_FRAMES = 600
"""Frames at which curves are compared; a longer stretch is compared at so many, evenly spread."""
_UNITS = {"rotation_quaternion": "degrees", "value": "percent", "location": "centimetres"}


@dataclass(frozen=True)
class Apart:
    """How far the curves of one region are apart in one unit."""

    region: str
    unit: str
    """``"degrees"`` of bones in their own axes, ``"percent"`` of shape keys, ``"centimetres"`` of bones' places."""
    most: float
    mean: float
    """Over frames and everything that differs."""
    name: str
    """The bone or shape key that is furthest apart."""
    frame: float
    """Scene frame at which it is."""

    @property
    def words(self) -> str:
        """In a sentence."""
        sign = {"degrees": "°", "percent": " % of a shape", "centimetres": " cm"}[self.unit]
        region = self.region.replace("_", " ").capitalize()
        return (
            f"{region}: {self.mean:.1f}{sign} on average, at most {self.most:.1f}{sign} ({self.name}, "
            f"frame {self.frame:.0f})."
        )


def settings_apart(rig: Rig, one: Take, other: Take) -> list[tuple[str, str, str]]:
    """Return (what, of one, of the other), in words, of all that two takes were made with otherwise.

    What was changed after the bake is among it: lip craft, re-shape, keys edited by hand, fixes.
    """
    return unlike(_said(rig, one), _said(rig, other))


def _said(rig: Rig, take: Take) -> dict[str, str]:
    from .take import edited_regions

    try:
        found = in_words(recorded_settings(take.meta))
    except SoliloquyError:
        found = {"Settings": "not known"}
    found["Speech"] = str(take.meta.get("speech", "")) or "none"
    found["Length"] = f"{take.last_frame - take.first_frame:.0f} frames"
    found.update({f"Lip Craft, {title}": value for title, value in in_words(craft.craft_of(rig, take)).items()})
    found.update({f"Re-shape, {title}": value for title, value in in_words(reshape.reshape_of(rig, take)).items()})
    touched = edited_regions(nla.tracks(rig, take.id))
    found["Edited by hand"] = ", ".join(region.replace("_", " ") for region in touched) or "nothing"
    fixes = [item for item in nla.tracks(rig, take.id, fixes=True) if item.fix]
    found["Fix"] = f"{curves.count_keys(nla.actions(fixes))} keys"
    return found


def curves_apart(rig: Rig, one: Take, other: Take) -> list[Apart]:
    """Return how far the curves of two takes are apart where both play, region by region, what is equal left out.

    Takes that share no stretch of the scene are laid over each other at their beginnings. Fixes are not among the
    curves.
    """
    first, last = max(one.first_frame, other.first_frame), min(one.last_frame, other.last_frame)
    shift = 0.0
    if last - first < 1.0:
        first, shift = one.first_frame, other.first_frame - one.first_frame
        last = min(one.last_frame, other.last_frame - shift)
    count = min(_MOST_FRAMES, max(2, int(last - first) + 1))
    frames = np.linspace(np.ceil(first), np.floor(last), count)
    found: list[Apart] = []
    for region in REGIONS:
        mine, theirs = (_played(rig, take, region) for take in (one, other))
        by_unit: dict[str, list[tuple[str, Doubles]]] = {}
        for owner, path in {**mine, **theirs}:
            unit = _UNITS.get(path.rpartition(".")[2])
            if unit is None:
                continue
            shown = _values(mine.get((owner, path)), path, frames)
            beside = _values(theirs.get((owner, path)), path, frames + shift)
            apart = _distance(shown, beside, unit, rig.frame.scale)
            if apart.max() > _least(unit):
                by_unit.setdefault(unit, []).append((name_of(path), apart))
        found += [_most(region, unit, items, frames) for unit, items in by_unit.items()]
    return found


def _played(rig: Rig, take: Take, region: str) -> dict[tuple[int, str], Any]:
    """Return (data block, data path) -> strip of what a take plays of a region."""
    return {
        (item.owner.as_pointer(), curve.data_path): item.strip
        for item in nla.tracks(rig, take.id, region=region)
        for bag in [compat.strip_channelbag(item.strip)]
        if bag is not None
        for curve in bag.fcurves
    }


def _values(strip: Any, path: str, frames: Doubles) -> Doubles:
    """Return (T, width) values of a property at scene frames; at rest where there is no strip."""
    rest = rest_value(path)
    if strip is None:
        return np.tile(np.array(rest), (len(frames), 1))
    at = strip.action_frame_start + (frames - strip.frame_start) / strip.scale
    bag = compat.strip_channelbag(strip)
    played = [bag.fcurves.find(path, index=index) for index in range(len(rest))]
    return np.stack(
        [
            np.full(len(at), value) if curve is None else np.array([curve.evaluate(frame) for frame in at])
            for curve, value in zip(played, rest, strict=True)
        ],
        axis=1,
    )


def _distance(one: Doubles, other: Doubles, unit: str, metres: float) -> Doubles:
    """Return (T,) distances in a unit; ``metres`` per unit of the armature."""
    if unit == "degrees":
        sizes = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
        cosine = np.abs((one * other).sum(axis=1)) / np.maximum(sizes, 1e-12)
        return np.degrees(2.0 * np.arccos(np.minimum(cosine, 1.0)))
    apart: Doubles = 100.0 * np.linalg.norm(one - other, axis=1)
    return apart * metres if unit == "centimetres" else apart


def _least(unit: str) -> float:
    """Return what counts as apart: less is what two bakes of the same differ by in single precision."""
    return 0.05 if unit == "degrees" else 0.01


def _most(region: str, unit: str, items: list[tuple[str, Doubles]], frames: Doubles) -> Apart:
    stack = np.stack([values for _, values in items])
    row, column = np.unravel_index(int(stack.argmax()), stack.shape)
    return Apart(region, unit, float(stack.max()), float(stack.mean()), items[row][0], float(frames[column]))
