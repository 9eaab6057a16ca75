"""What an artist can change about the lips of a finished performance, without running a network again.

The mouth of a performance is taken apart into what it holds (the emotion's share) and what it speaks. Shapes are
weighted, then ``jawOpen`` and ``mouthClose`` are solved so that the lips are as far apart on the mesh as the settings
promise. Lips that met still meet, unless ``closure`` is below 1.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from .arkit import ARKIT_INDEX, REGION_COEFFICIENTS
from .craft_settings import LipCraft
from .easing import smoothstep
from .errors import SoliloquyError
from .skeleton import JOINT_INDEX
from .soft_gain import amplified
from .time_filters import FULL_WIDTH, held_part, nearest, running_minimum, shift, smooth, soft_dilate

if TYPE_CHECKING:
    from .character import Character
    from .label_track import LabelTrack
    from .performance import Performance

Floats = npt.NDArray[np.float32]

_LIPS = [ARKIT_INDEX[name] for name in REGION_COEFFICIENTS["lips"]]
_JAW, _CLOSE = ARKIT_INDEX["jawOpen"], ARKIT_INDEX["mouthClose"]
_JAW_POSE = slice(3 * JOINT_INDEX["jaw"], 3 * JOINT_INDEX["jaw"] + 3)
_REGIONS = {
    "upper_lip": ("mouthUpperUp", "mouthRollUpper", "mouthShrugUpper"),
    "lower_lip": ("mouthLowerDown", "mouthRollLower", "mouthShrugLower"),
    "corners": ("mouthSmile", "mouthFrown", "mouthDimple", "mouthStretch", "mouthPress"),
    "tongue": ("tongueOut",),
    "rounding": ("mouthPucker", "mouthFunnel"),
}
_JAW_ASIDE = ("jawForward", "jawLeft", "jawRight")
_PRESSING = ("mouthPress", "mouthRoll")
_LEAST_RANGE = 0.03
"""Aperture range taken for a clip that hardly opens its mouth."""
_EASINGS = 4
_MARGIN = 0.001
"""Aperture beyond the target that is let pass, a tenth of a millimetre."""


def apply_craft(performance: Performance, craft: LipCraft, character: Character | None = None) -> Performance:
    """Return a performance with its lips changed as an artist asks; numpy only, no network runs.

    Only the coefficients of the region ``lips`` and the jaw joint change; afterwards they agree, and the aperture is
    measured again. Coefficients in an engine's own expression space stay as the engine gave them.

    Parameters
    ----------
    performance : Performance
        From any engine; stays as it is.
    craft : LipCraft
        Neutral settings give identical arrays.
    character : Character, optional
        Whose mesh the aperture is measured on; the default character when missing.

    Returns
    -------
    Performance
        ``meta["craft"]`` holds the settings; those of earlier calls move to ``meta["earlier_crafts"]``.

    Raises
    ------
    SoliloquyError
        When the performance's mouth holds values that are not numbers.
    """
    from .character import load_character

    poses, arkit = performance.poses.copy(), performance.arkit.copy()
    if not (np.isfinite(poses[:, _JAW_POSE]).all() and np.isfinite(arkit).all()):
        raise SoliloquyError("The performance's mouth holds values that are not numbers.", "Animate again.")
    aperture = performance.lip_aperture.copy()
    meta = dict(performance.meta)
    if not craft.neutral:
        if "craft" in meta:
            meta["earlier_crafts"] = [*meta.get("earlier_crafts", []), meta["craft"]]
        meta["craft"] = craft.to_json()
        if arkit[:, _LIPS].any() or poses[:, _JAW_POSE].any():  # a region at rest stays at rest
            character = character or load_character()
            poses, arkit = _Craft(performance, craft, character).apply(poses, arkit)
            aperture = character.lip_aperture(poses, arkit)
    return dataclasses.replace(
        performance,
        poses=poses,
        trans=performance.trans.copy(),
        arkit=arkit,
        lip_aperture=aperture,
        expressions=None if performance.expressions is None else performance.expressions.copy(),
        betas=np.array(performance.betas),
        tracks=_later(performance, craft.offset),
        meta=meta,
    )


def _later(performance: Performance, seconds: float) -> dict[str, LabelTrack]:
    """Return the performance's tracks; what the mouth says comes as late as the mouth does."""
    tracks = dict(performance.tracks)
    if seconds and "visemes" in tracks:
        tracks["visemes"] = tracks["visemes"].later(seconds, performance.duration)
    return tracks


class _Craft:
    """One performance's mouth on its way through the settings."""

    def __init__(self, performance: Performance, craft: LipCraft, character: Character) -> None:
        self._craft, self._character = craft, character
        self._fps = performance.fps
        self._open = character.lip_aperture(*_wide_open(character))[0]

    def apply(self, poses: Floats, arkit: Floats) -> tuple[Floats, Floats]:
        """Return (T, 165) and (T, 52); the arguments may be changed."""
        aperture = self._character.lip_aperture(poses, arkit)
        performed = arkit.copy()
        lag = self._craft.offset * self._fps
        if lag:
            performed = nearest(arkit, lag)
            arkit[:, _LIPS] = shift(arkit[:, _LIPS], lag)
            poses[:, _JAW_POSE] = shift(poses[:, _JAW_POSE], lag)
            met, aperture = nearest(aperture, lag), shift(aperture, lag)
            # Between two frames a short closure would be lost.
            aperture = np.where(self._shut(met, met) > 0, np.minimum(met, aperture), aperture)
        spoken, apart = self._close(aperture)
        kept = (self._shut(spoken, aperture) * (1 - apart)).astype(np.float32)
        met = spoken
        if self._craft.smoothing:
            sigma = self._craft.smoothing / FULL_WIDTH * self._fps
            arkit[:, _LIPS] = smooth(arkit[:, _LIPS], sigma)
            poses[:, _JAW_POSE] = smooth(poses[:, _JAW_POSE], sigma)
            spoken = smooth(spoken, sigma)
            # The mouth comes to a closure and leaves it as slowly as it does everything else.
            spoken += soft_dilate(kept, 0.5 * sigma) * (
                np.minimum(running_minimum(met, round(0.5 * sigma)), spoken) - spoken
            )
        self._shape(arkit, aperture)
        target = self._articulate(spoken)
        poses, arkit, moved = self._move_jaw(poses, arkit)
        target = np.maximum(target + moved, 0)
        # What was shut is shut, measured against how far the mouth opens now.
        scale = np.quantile(target, 0.95) / max(float(np.quantile(met, 0.95)), 1e-6)
        target += kept * (np.minimum(target, min(scale, 1.0) * met) - target)
        return self._solve(poses, arkit, performed, target.astype(np.float32))

    def _range(self, aperture: Floats) -> tuple[float, float]:
        """Return the aperture of shut lips and how far it goes beyond."""
        low, high = np.quantile(aperture, (0.05, 0.95))
        # A clip without a closure has none to seal.
        low = min(float(low), 0.02)
        return low, max(float(high) - low, _LEAST_RANGE)

    def _shut(self, aperture: Floats, reference: Floats) -> Floats:
        """Return (T,) 1 where lips are shut by the range of a clip, falling to 0 where they are clearly apart."""
        low, width = self._range(reference)
        return 1 - smoothstep(aperture, low + 0.15 * width, low + 0.22 * width)

    def _close(self, aperture: Floats) -> tuple[Floats, Floats]:
        """Return the aperture with closures sealed or left apart, and (T,) how much they are left apart."""
        from .face.lips import SEALED_APERTURE

        closure = self._craft.closure
        low, width = self._range(aperture)
        if closure > 1:
            more = closure - 1
            sealed = aperture * smoothstep(aperture, more * (low + 0.2 * width), more * (low + 0.5 * width))
            return np.maximum(sealed, np.minimum(aperture, SEALED_APERTURE)), np.zeros_like(aperture)
        gap = 0.25 * width * (1 - closure) * self._speaking(aperture)
        return np.cbrt(aperture**3 + gap**3).astype(np.float32), (1 - closure) * self._speaking(aperture)

    def _speaking(self, aperture: Floats) -> Floats:
        """Return (T,) 1 where lips that meet do so in a word, falling to 0 where they have rested for a while."""
        low, width = self._range(aperture)
        open_frames = np.flatnonzero(aperture > low + 0.15 * width)
        if not len(open_frames):
            return np.zeros_like(aperture)
        frames = np.arange(len(aperture))
        after = np.searchsorted(open_frames, frames)
        distance = np.minimum(
            np.abs(open_frames[np.minimum(after, len(open_frames) - 1)] - frames),
            np.abs(open_frames[np.maximum(after - 1, 0)] - frames),
        )
        return 1 - smoothstep((distance / self._fps).astype(np.float32), 0.15, 0.3)

    def _shape(self, arkit: Floats, aperture: Floats) -> None:
        """Weight every coefficient but those that part the lips, in place."""
        craft = self._craft
        names = [name for name in REGION_COEFFICIENTS["lips"] if name not in ("jawOpen", "mouthClose")]
        columns = [ARKIT_INDEX[name] for name in names]
        values = arkit[:, columns]
        speech = np.full(len(names), craft.articulation)
        region = np.ones(len(names))
        for index, name in enumerate(names):
            if name in _JAW_ASIDE:
                speech[index] *= craft.jaw
            elif name not in ("mouthLeft", "mouthRight") and name.endswith(("Left", "Right")):
                speech[index] *= 1 + craft.asymmetry * (1 if name.endswith("Left") else -1)
            for group, members in _REGIONS.items():
                if name.startswith(members):
                    region[index] *= getattr(craft, group)
        # Two seconds: longer than a word, shorter than a mood. Less of the speech may leave some of it, but more of it
        # must not grow a mood that a closure had pushed aside.
        for gain, share in ((speech < 1, 0.25), (speech > 1, 0.5)):
            weighted = np.flatnonzero(gain & values.any(0))
            if len(weighted):
                spoken = values[:, weighted]
                held = held_part(spoken, 2.0 * self._fps, share)
                values[:, weighted] = amplified(
                    spoken, np.minimum(held, spoken) if share == 0.5 else held, speech[weighted]
                )
        values = amplified(values, np.zeros_like(values), region)
        if craft.asymmetry:
            # Jaw and funnel open both sides: the mouth is drawn to the side that speaks, the other keeps shut.
            low, width = self._range(aperture)
            pull = abs(craft.asymmetry) * smoothstep(aperture, low + 0.15 * width, low + 0.6 * width)
            side, other = ("Left", "Right") if craft.asymmetry > 0 else ("Right", "Left")
            for name, amount in ((f"mouth{side}", 0.3), (f"mouthLowerDown{side}", 0.2), (f"mouthPress{other}", 0.25)):
                values[:, names.index(name)] += amount * pull
        if craft.closure != 1:
            pressing = [index for index, name in enumerate(names) if name.startswith(_PRESSING)]
            met = (self._shut(aperture, aperture) * self._speaking(aperture))[:, None]
            if craft.closure < 1:
                values[:, pressing] *= 1 - (1 - craft.closure) * met
            else:
                values[:, pressing] += (craft.closure - 1) * met * np.minimum(0.12, values[:, pressing])
        arkit[:, columns] = np.clip(values, 0, 1)

    def _articulate(self, aperture: Floats) -> Floats:
        """Return the aperture under weaker or stronger articulation; what stays open all along does not count."""
        if self._craft.articulation == 1:
            return aperture.copy()
        held = smooth(running_minimum(aperture, round(1.5 * self._fps)), 0.5 * self._fps)
        held = np.minimum(held, aperture)
        share = (aperture / self._open)[:, None]
        return self._open * amplified(share, (held / self._open)[:, None], np.array([self._craft.articulation]))[:, 0]

    def _move_jaw(self, poses: Floats, arkit: Floats) -> tuple[Floats, Floats, Floats]:
        """Drop the jaw more or less, what holds the lips together with it.

        Returns poses, coefficients, and (T,) what the range of the jaw alone did to the aperture.
        """
        craft = self._craft

        def dropped(gain: float) -> tuple[Floats, Floats]:
            turned, face = poses.copy(), arkit.copy()
            face[:, _JAW] = amplified(face[:, [_JAW]], np.zeros((1, 1), np.float32), np.array([gain]))[:, 0]
            share = face[:, _JAW] / np.maximum(arkit[:, _JAW], 1e-4)
            face[:, _CLOSE] = np.where(arkit[:, _JAW] > 1e-4, np.clip(face[:, _CLOSE] * share, 0, 1), face[:, _CLOSE])
            turned[:, _JAW_POSE] *= np.float32(gain)
            turned[:, _JAW_POSE.start] = self._character.jaw_open_radians * face[:, _JAW]
            return turned, face

        turned, face = dropped(craft.articulation * craft.jaw)
        if craft.jaw == 1:
            return turned, face, np.zeros(len(face), np.float32)
        before = self._character.lip_aperture(*dropped(craft.articulation))
        return turned, face, self._character.lip_aperture(turned, face) - before

    def _solve(self, poses: Floats, arkit: Floats, performed: Floats, target: Floats) -> tuple[Floats, Floats]:
        """Solve jaw and lips for the target; where a weighted shape keeps lips apart, it gives way to the performed."""
        from .face.lip_solver import solve_aperture

        solved, face = solve_aperture(poses, arkit, target, self._character)
        share = np.ones(len(target), np.float32)
        wide = np.arange(len(target))
        for _ in range(_EASINGS):
            excess = self._character.lip_aperture(solved[wide], face[wide]) - target[wide]
            apart = (excess > _MARGIN) & (share[wide] > 0)
            wide, excess = wide[apart], excess[apart]
            if not len(wide):
                break
            share[wide] *= 0.8 * _MARGIN / excess
            share[share < 0.05] = 0
            eased = arkit[wide]
            eased[:, _LIPS] += (1 - share[wide, None]) * (performed[wide][:, _LIPS] - eased[:, _LIPS])
            solved[wide], face[wide] = solve_aperture(poses[wide], eased, target[wide], self._character)
        return solved, face


def _wide_open(character: Character) -> tuple[Floats, Floats]:
    poses, arkit = np.zeros((1, 3 * len(JOINT_INDEX)), np.float32), np.zeros((1, len(ARKIT_INDEX)), np.float32)
    arkit[:, _JAW] = 1
    poses[:, _JAW_POSE.start] = character.jaw_open_radians
    return poses, arkit
