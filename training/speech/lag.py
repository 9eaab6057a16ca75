"""How far the picture of every tracked clip lags its sound, judged by what the lips do elsewhere on the same phones.

Sound and picture of grid_s1 are out of step by up to two video frames, differently in every clip. The aperture averaged
over all clips, per phone between its neighbours and per part of the phone, predicts each clip's aperture; the shift
that fits it best is the clip's lag. No network is involved.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from ..face.corpora import FRAME_SECONDS, Clip, geometry_frames
from ..face.sync import clip_lag
from .kokoro import Phones

_PARTS = 6
_PAUSE_STEP_SECONDS = 0.04
_PAUSE_STEPS = 8

Place = tuple[str, str, str, int]


def _joined(phones: Phones) -> Phones:
    joined: Phones = []
    for start, stop, phone in phones:
        if joined and phone == joined[-1][2] == "SIL":
            joined[-1] = (joined[-1][0], stop, phone)
        else:
            joined.append((start, stop, phone))
    return joined


def _places(clip: Clip) -> Iterator[tuple[int, Place]]:
    """Yield every frame that lies in a phone with the phone, its neighbours and the part of it.

    A pause is told by its distance from the nearer phone.
    """
    phones = _joined(clip.phones)
    names = ["SIL", *(phone for _, _, phone in phones), "SIL"]
    times = np.arange(clip.frames) * FRAME_SECONDS
    for index, (start, stop, phone) in enumerate(phones):
        before, after = names[index], names[index + 2]
        for frame in np.flatnonzero((times >= start) & (times < stop)):
            time = float(times[frame])
            if phone != "SIL":
                part = min(int((time - start) / (stop - start) * _PARTS), _PARTS - 1)
                yield int(frame), (before, phone, after, part)
            elif after != "SIL" and (before == "SIL" or stop - time < time - start):
                yield int(frame), ("", phone, after, -min(int((stop - time) / _PAUSE_STEP_SECONDS), _PAUSE_STEPS))
            elif before != "SIL":
                yield int(frame), (before, phone, "", min(int((time - start) / _PAUSE_STEP_SECONDS), _PAUSE_STEPS))


def clip_lags(clips: list[Clip]) -> dict[str, tuple[float, float]]:
    """Return clip name -> (lag, correlation): the picture of sound at t is at t + lag, s; within +-80 ms.

    Parameters
    ----------
    clips : list of Clip
        Tracked clips with phones. Averages are taken over those that are not held out, without the clip itself.
    """
    sums: defaultdict[Place, float] = defaultdict(float)
    counts: defaultdict[Place, int] = defaultdict(int)
    usable = [clip for clip in clips if clip.phones and clip.geometry is not None]
    apertures = {clip.name: geometry_frames(clip)[:, 0].astype(np.float64) for clip in usable}
    places = {clip.name: list(_places(clip)) for clip in usable}
    for clip in usable:
        aperture = apertures[clip.name]
        for frame, place in () if clip.held_out else places[clip.name]:
            if np.isfinite(aperture[frame]):
                sums[place] += float(aperture[frame])
                counts[place] += 1
    overall = sum(sums.values()) / max(sum(counts.values()), 1)
    result = {}
    for clip in usable:
        aperture = apertures[clip.name]
        predicted = np.full(len(aperture), overall)
        for frame, place in places[clip.name]:
            own = not clip.held_out and np.isfinite(aperture[frame])
            others = counts[place] - own
            if others:
                predicted[frame] = (sums[place] - own * np.nan_to_num(aperture[frame])) / others
        if np.isfinite(aperture).all():
            result[clip.name] = clip_lag(predicted, aperture)
    return result
