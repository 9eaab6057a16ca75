"""A part of a performance drawn anew: some frames of some joints, the rest as it is.

Everything outside is motion that the networks know, as tokens and as motion context, so the new part is drawn to fit it
(masked decoding; Liu et al., CVPR 2024). What the autoencoder and other engines' motion leave over at the borders dies
away over the new frames, so that pose and velocity meet.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt
import torch

from ...errors import SoliloquyError
from ...gestures.features import FPS, gesture_features
from ...gestures.settings import STYLES, GestureSettings
from ...rotation_curves import MEET_SECONDS, meeting, resampled
from ...skeleton import JOINT_INDEX
from ..resting import brought_home, laid_at_rest
from ..track import SpokenBody
from ..upper_body import SIX, UPPER_BODY, from_six, to_six, upper_body_of, with_upper_body
from .networks import MaskedNetworks

Doubles = npt.NDArray[np.float64]

_AROUND = 3.0
"""Seconds of kept motion on each side that the networks see."""
_TRIES = 3
"""How many are drawn; the one that meets the kept motion best is taken."""


def infill(
    poses: npt.ArrayLike,
    speech: SpokenBody,
    settings: GestureSettings,
    *,
    first: int,
    last: int,
    joints: tuple[str, ...],
    networks: MaskedNetworks,
) -> Doubles:
    """Return poses with a part drawn anew.

    Parameters
    ----------
    poses : (T, 165) array
        Axis-angle of a whole performance, by whichever engine.
    speech : SpokenBody
        The same recording, with the ground that the poses stand on; its seed decides what is drawn.
    settings : GestureSettings
        How to gesture.
    first, last : int
        The first new frame and the one after the last.
    joints : tuple of str
        Names out of ``UPPER_BODY``; all other joints are kept.

    Returns
    -------
    (T, 165) array
        Every number that is not of these frames and joints is bit for bit the same.

    Raises
    ------
    SoliloquyError
        For a range outside the recording, or joints that do not gesture.
    """
    kept = np.asarray(poses, np.float64)
    total = len(kept)
    if not 0 <= first < last <= total:
        raise SoliloquyError(
            f"The frames {first} to {last} cannot be made anew: there are {total}.", "Choose a range inside them."
        )
    unknown = [name for name in joints if name not in UPPER_BODY]
    if unknown or not joints:
        what = f"The joint '{unknown[0]}' does not gesture" if unknown else "No joint was chosen"
        raise SoliloquyError(f"{what}.", "Choose among the spine, the collars, the arms, the hands and the fingers.")
    if len(speech.ground.poses) != total:
        raise SoliloquyError(
            f"The recording has {len(speech.ground.poses)} frames, the performance {total}.",
            "Use the recording that the performance was made from.",
        )
    fps = speech.fps
    begin = max(0, first - round(_AROUND * fps))
    end = min(total, last + round(_AROUND * fps))
    ground = speech.ground.poses[begin:end]
    old = upper_body_of(kept[begin:end], ground)
    seated = settings.posture == "seated"
    known = brought_home(old, ground, fps, seated=seated)
    drawn = _drawn_anew(networks, known, fps, begin, speech, settings, first - begin, last - begin)
    # What draws knows one rest only; here the hands lie where this body has them.
    rests = [dataclasses.replace(span, start=span.start - begin / fps) for span in speech.ground.rests]
    tries = [laid_at_rest(one, ground, rests, fps, seated=seated)[0] for one in drawn]
    new = min(tries, key=lambda one: _mismatch(one, old, first - begin, last - begin))
    chosen = [UPPER_BODY.index(name) for name in joints]
    part = new[first - begin : last - begin]
    # The spine's own bend is what meets; the ground beneath it goes on by itself.
    part[:, chosen] = meeting(old, new, first - begin, last - begin, round(MEET_SECONDS * fps))[:, chosen]
    placed = with_upper_body(speech.ground.poses[first:last], part)
    result = kept.copy()
    for name in joints:
        column = 3 * JOINT_INDEX[name]
        result[first:last, column : column + 3] = placed[:, column : column + 3]
    return result


def _drawn_anew(
    networks: MaskedNetworks,
    old: Doubles,
    fps: float,
    begin: int,
    speech: SpokenBody,
    settings: GestureSettings,
    first: int,
    last: int,
) -> list[Doubles]:
    """Return (N, 41, 3) arrays like ``old``, drawn anew from frame ``first`` to ``last``, at the performance's rate."""
    seconds = (begin + np.arange(len(old))) / fps
    start = int(np.floor(seconds[0] * FPS))
    count = int(np.ceil(seconds[-1] * FPS)) - start + 1
    times = (start + np.arange(count)) / FPS
    known = (times < seconds[first] - 0.5 / FPS) | (times > seconds[last - 1] + 0.5 / FPS)
    numbers = to_six(resampled(old, (times - seconds[0]) * fps)).reshape(count, SIX).astype(np.float32)
    arousal = np.interp(np.arange(start + count) / FPS, speech.times, speech.arousal)
    features = gesture_features(speech.prosody, settings, arousal)[start:]
    style = STYLES.index(settings.style)
    candidates: list[npt.NDArray[np.float32]] = []
    for attempt in range(_TRIES):
        generator = torch.Generator().manual_seed((speech.seed * 7919 + 104729 * attempt + first) & 0x7FFFFFFFFFFFFFFF)
        candidates.append(networks.draw(numbers, known, features, style, generator))
    places = (seconds - times[0]) * FPS
    return [resampled(from_six(candidate.reshape(count, -1, 6)), places) for candidate in candidates]


def _mismatch(drawn: Doubles, kept: Doubles, first: int, last: int) -> float:
    """Return how far a drawn motion and the kept one are apart on the kept frames next to the new ones."""
    near = [row for row in (first - 2, first - 1, last, last + 1) if 0 <= row < len(kept)]
    return float(np.square(to_six(drawn[near]) - to_six(kept[near])).mean()) if near else 0.0
