"""Mouth movements of a tracked clip carried over to a synthetic voice that says the same sentence.

Both utterances' phones are matched in order; time is mapped phone by phone, linearly within each; what was seen at a
time of the tracked clip is then expected at the matching time of the other.
"""

from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt

from ...models.face.visemes import ARPABET_VISEMES
from .kokoro import Phones

VIDEO_FPS = 25.0
BILABIALS = ("P", "B", "M")
_SILENT = ("SIL", "+SPN+", "+NSN+")
_LONGEST_PAUSE_SECONDS = 0.12
_SKIP_COST = 1.0

Floats = npt.NDArray[np.float32]
Times = npt.NDArray[np.float64]


def spoken(phones: Phones) -> Phones:
    """Return the phones without silences."""
    return [phone for phone in phones if phone[2] not in _SILENT]


def _mismatch(first: str, second: str) -> float:
    if first == second:
        return 0.0
    alike = ARPABET_VISEMES.get(first, -1) == ARPABET_VISEMES.get(second, -2)
    return 0.3 if alike else 2.5 * _SKIP_COST


def match_phones(target: Phones, source: Phones) -> list[tuple[int, int]]:
    """Return the (target, source) indices of phones that match in order: the same phone, or one that looks alike."""
    cost = np.zeros((len(target) + 1, len(source) + 1))
    cost[:, 0] = np.arange(len(target) + 1) * _SKIP_COST
    cost[0] = np.arange(len(source) + 1) * _SKIP_COST
    for i, j in itertools.product(range(1, len(target) + 1), range(1, len(source) + 1)):
        cost[i, j] = min(
            cost[i - 1, j] + _SKIP_COST,
            cost[i, j - 1] + _SKIP_COST,
            cost[i - 1, j - 1] + _mismatch(target[i - 1][2], source[j - 1][2]),
        )
    pairs = []
    i, j = len(target), len(source)
    while i and j:
        if np.isclose(cost[i, j], cost[i - 1, j - 1] + _mismatch(target[i - 1][2], source[j - 1][2])):
            i, j = i - 1, j - 1
            pairs.append((i, j))
        elif np.isclose(cost[i, j], cost[i - 1, j] + _SKIP_COST):
            i -= 1
        else:
            j -= 1
    return pairs[::-1]


def source_times(times: Times, target: Phones, source: Phones) -> Times:
    """Return the tracked clip's time for every time of the other utterance, s; NaN where they do not match.

    Before the first and after the last phone both run at the same pace. A pause within either is bridged when it is
    short; in a longer one that only the target makes, nothing is known.
    """
    target, source = spoken(target), spoken(source)
    pairs = match_phones(target, source)
    result = np.full(len(times), np.nan)
    if not pairs:
        return result
    first, last = pairs[0], pairs[-1]
    if first[0] == 0 and first[1] == 0:
        before = times < target[0][0]
        result[before] = source[0][0] - (target[0][0] - times[before])
    if last[0] == len(target) - 1 and last[1] == len(source) - 1:
        after = times >= target[-1][1]
        result[after] = source[-1][1] + (times[after] - target[-1][1])
    for ours, theirs in pairs:
        start, stop, _ = target[ours]
        inside = (times >= start) & (times < stop)
        part = (times[inside] - start) / max(stop - start, 1e-6)
        result[inside] = source[theirs][0] + part * (source[theirs][1] - source[theirs][0])
    for (ours, theirs), (next_ours, next_theirs) in itertools.pairwise(pairs):
        start, stop = target[ours][1], target[next_ours][0]
        if next_ours != ours + 1 or stop <= start:
            continue
        begin, end = source[theirs][1], source[next_theirs][0]
        if next_theirs == theirs + 1 and (stop - start <= _LONGEST_PAUSE_SECONDS or end > begin):
            inside = (times >= start) & (times < stop)
            result[inside] = begin + (times[inside] - start) / (stop - start) * (end - begin)
    return result


def _sampled(geometry: Floats, times: Times) -> Floats:
    """Return (T, C) rows of 25 fps geometry at times in s; NaN before NaN times, held beyond its ends."""
    position = np.clip(times * VIDEO_FPS, 0, len(geometry) - 1)
    known = ~np.isnan(position)
    result = np.full((len(times), geometry.shape[1]), np.nan, np.float32)
    index = np.arange(len(geometry))
    for column in range(geometry.shape[1]):
        result[known, column] = np.interp(position[known], index, geometry[:, column])
    return result


def transfer_geometry(geometry: Floats, source: Phones, target: Phones, seconds: float, lag: float = 0.0) -> Floats:
    """Carry a tracked clip's mouth geometry over to another utterance of the same sentence.

    Parameters
    ----------
    geometry : (N, C) array
        At 25 fps, column 0 the lip aperture, NaN where no face was found.
    source, target : list of (start s, stop s, CMU phone)
        Phones of the tracked clip and of the other utterance.
    seconds : float
        Length of the other utterance.
    lag : float
        By how many s the tracked clip's picture comes later than its sound.

    Returns
    -------
    (M, C) array
        At 25 fps, frame i at i / 25 s; NaN where the two do not match.
    """
    times = np.arange(int(seconds * VIDEO_FPS) + 1) / VIDEO_FPS
    result = _sampled(geometry, source_times(times, target, source) + lag)
    # Lips can be shut for less than a video frame: the frame nearest to a closure shows it at its tightest.
    for start, stop, phone in spoken(target):
        if phone not in BILABIALS:
            continue
        fine = np.arange(start, stop, 0.005)
        moved = _sampled(geometry, source_times(fine, target, source) + lag)
        if len(fine) and not np.isnan(moved[:, 0]).all():
            tightest = int(np.nanargmin(moved[:, 0]))
            frame = min(round(fine[tightest] * VIDEO_FPS), len(times) - 1)
            if not result[frame, 0] <= moved[tightest, 0]:
                result[frame] = moved[tightest]
    return result
