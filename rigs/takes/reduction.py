"""Fewer keys within a tolerance: sampled curves become polylines or cubic Bezier splines.

Curves of one kind are reduced together: every step works on all segments of several curves at once, so a minute of a
whole character takes a fraction of a second in numpy. A *curve* here has C components that share their key times: one
for a shape key, three for a location, four for a quaternion.

The spline is fitted top down (Schneider, "An Algorithm for Automatically Fitting Digitized Curves", Graphics Gems,
1990): least squares for the two handles of a segment, split where the error is largest.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .fitted_segments import Segments, Source, fit, samples_of, unfitted, worst_errors

Doubles = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_WINDOW = 12
"""Samples of a first segment. Long fits that are bound to fail cost most; merging mends what this cuts in vain."""
_MERGE_ROUNDS = 10
_AT_ONCE = 1 << 16
"""Numbers reduced together, as many as stay in a processor's cache with what is computed from them."""
_FIT_SHARE = 0.5
"""Part of the tolerance that fitting may use up; the rest lets handles be aligned, so that curves stay smooth."""


@dataclass(frozen=True)
class ReducedCurve:
    """Keys of one curve; handles lie a third of the way to the neighbouring key."""

    frames: Ints
    """(K,) indices of the source samples that became keys."""
    values: Doubles
    """(K, C) key values; always source samples."""
    left: Doubles
    """(K, C) values of the left handles."""
    right: Doubles
    """(K, C) values of the right handles."""
    aligned: npt.NDArray[np.bool_]
    """(K,) whether both handles lie on one line through the key."""
    error: float
    """Largest deviation at any source sample, in the curve's unit (radians for rotations)."""


def reduce_linear(values: Doubles, tolerance: npt.ArrayLike, *, rotation: bool = False) -> list[ReducedCurve]:
    """Choose keys so that straight lines between them stay within the tolerance at every sample.

    Parameters
    ----------
    values : array (U, T, C)
        U curves of T evenly spaced samples with C components.
    tolerance : float or array (U,)
        Largest allowed deviation: of any component, or of the rotation angle in radians.
    rotation : bool
        The components are unit quaternions (w, x, y, z), continuous in sign, normalised after interpolation.

    Returns
    -------
    list of ReducedCurve
    """
    return _reduce(values, tolerance, rotation, cubic=False)


def fit_bezier(values: Doubles, tolerance: npt.ArrayLike, *, rotation: bool = False) -> list[ReducedCurve]:
    """Fit cubic Bezier splines that stay within the tolerance at every sample.

    Arguments and result are those of :func:`reduce_linear`. Handles are aligned (no kink) wherever the tolerance
    allows it.
    """
    return _reduce(values, tolerance, rotation, cubic=True)


def reduce_curves(
    values: Doubles, tolerance: npt.ArrayLike, interpolation: str, *, rotation: bool = False
) -> list[ReducedCurve]:
    """Reduce curves to keys joined by ``"BEZIER"`` splines or ``"LINEAR"`` pieces; see :func:`reduce_linear`."""
    return (fit_bezier if interpolation == "BEZIER" else reduce_linear)(values, tolerance, rotation=rotation)


def _split(source: Source, pending: Segments, tolerance: Doubles, cubic: bool) -> list[Segments]:
    """Split segments at their worst sample until all are within the tolerance."""
    done: list[Segments] = []
    while len(pending.curve):
        filled = pending.stop - pending.start > 1
        done.append(pending.take(~filled))
        pending = pending.take(filled)
        if not len(pending.curve):
            break
        samples = samples_of(source, pending)
        error = fit(source, pending, samples, cubic)
        worst = np.maximum.reduceat(error, samples.first)
        bad = worst > tolerance[pending.curve]
        done.append(pending.take(~bad))
        # No error is infinite, so that only segments to split have peaks.
        peaks = np.flatnonzero(error == np.where(bad, worst, np.inf).take(samples.segment))
        owners = samples.segment[peaks]
        firsts = np.append(True, owners[1:] != owners[:-1])[: len(owners)]
        owners, peaks = owners[firsts], peaks[firsts]
        split = pending.take(owners)
        middle = peaks - samples.first[owners] + split.start + 1
        pending = unfitted(
            np.concatenate([split.curve, split.curve]),
            np.concatenate([split.start, middle]),
            np.concatenate([middle, split.stop]),
            len(source.values),
        )
    return done


def _join(parts: list[Segments]) -> Segments:
    """Return all segments sorted by curve and time."""
    joined = Segments(
        *(np.concatenate([getattr(part, name) for part in parts]) for name in ("curve", "start", "stop")),
        *(np.concatenate([getattr(part, name) for part in parts], axis=1) for name in ("d1", "d2")),
    )
    return joined.take(np.argsort(joined.curve * (joined.stop.max() + 1) + joined.start))


def _merge(source: Source, segments: Segments, tolerance: Doubles, cubic: bool) -> Segments:
    """Drop keys that top-down splitting left behind though their neighbours do without them."""
    tried = np.zeros(len(segments.curve), bool)  # whether a segment and the one after it failed to merge as they are
    for turn in range(_MERGE_ROUNDS):
        begins = np.concatenate([[True], np.diff(segments.curve) != 0])
        number = np.arange(len(begins)) - np.maximum.accumulate(np.where(begins, np.arange(len(begins)), 0))
        pair = np.flatnonzero((number[:-1] % 2 == turn % 2) & ~begins[1:] & ~tried[:-1])
        if not len(pair):
            continue
        wide = unfitted(segments.curve[pair], segments.start[pair], segments.stop[pair + 1], len(source.values))
        samples = samples_of(source, wide)
        error = np.maximum.reduceat(fit(source, wide, samples, cubic), samples.first)
        good = error <= tolerance[wide.curve]
        tried[pair] = ~good
        merged = pair[good]
        tried[np.maximum(merged - 1, 0)] = False  # their next segment is another one now
        keep = np.ones(len(segments.curve), bool)
        keep[merged + 1] = False
        for name in ("stop", "d1", "d2"):
            getattr(segments, name)[..., merged] = getattr(wide, name)[..., good]
        segments, tried = segments.take(keep), tried[keep]
    return segments


def _align(source: Source, segments: Segments, tolerance: Doubles) -> tuple[npt.NDArray[np.bool_], Doubles]:
    """Give both handles of a key one direction wherever the tolerance allows (in place).

    Returns
    -------
    aligned : array (S,) bool
        Whether the key at the start of each segment got aligned handles.
    worst : array (S,)
        The largest error of each segment.
    """
    length = (segments.stop - segments.start).astype(np.float64)
    slope = (source.at(segments.curve, segments.stop) - source.at(segments.curve, segments.start)) / length
    free1, free2 = segments.d1.copy(), segments.d2.copy()
    after = np.flatnonzero(segments.curve[1:] == segments.curve[:-1]) + 1
    before = after - 1
    out = slope[:, after] + 3.0 * free1[:, after] / length[after]
    into = slope[:, before] - 3.0 * free2[:, before] / length[before]
    shared = 0.5 * (out + into)
    segments.d1[:, after] = (shared - slope[:, after]) * length[after] / 3.0
    segments.d2[:, before] = (slope[:, before] - shared) * length[before] / 3.0
    aligned = np.zeros(len(segments.curve), bool)
    aligned[after] = True
    worst, limit = np.zeros(len(segments.curve)), tolerance[segments.curve]
    filled = segments.stop - segments.start > 1
    check = np.flatnonzero(filled)
    while True:
        worst[check] = worst_errors(source, segments.take(check))
        bad = check[worst[check] > limit[check]]
        # Of a segment's two keys, the one whose handle was bent more gives up its alignment.
        bent1 = np.abs(segments.d1[:, bad] - free1[:, bad]).max(axis=0)
        bent2 = np.abs(segments.d2[:, bad] - free2[:, bad]).max(axis=0)
        blamed = np.concatenate([bad[(bent1 > 0.0) & (bent1 >= bent2)], bad[(bent2 > 0.0) & (bent2 > bent1)] + 1])
        lost = np.unique(blamed[aligned[blamed]])
        if not len(lost):
            return aligned, worst
        aligned[lost] = False
        segments.d1[:, lost] = free1[:, lost]
        segments.d2[:, lost - 1] = free2[:, lost - 1]
        # Only the segments on both sides of those keys have changed.
        check = np.unique(np.concatenate([lost - 1, lost]))
        check = check[filled[check]]


def _reduce(values: npt.ArrayLike, tolerance: npt.ArrayLike, rotation: bool, cubic: bool) -> list[ReducedCurve]:
    array = np.asarray(values, np.float64)
    curves, frames, components = array.shape
    limit = np.broadcast_to(np.asarray(tolerance, np.float64), (curves,))
    if not curves:
        return []
    source = Source(np.ascontiguousarray(array.transpose(2, 0, 1)).reshape(components, -1), frames, rotation)
    flat = source.deviation(np.repeat(array[:, 0].T, frames, axis=1), source.values).reshape(curves, frames).max(axis=1)
    result: list[ReducedCurve | None] = [None] * curves
    for index in np.flatnonzero(flat <= limit):
        value = array[index, :1]
        result[index] = ReducedCurve(np.zeros(1, np.int64), value, value, value, np.ones(1, bool), float(flat[index]))
    for index in np.flatnonzero((flat > limit) & (limit <= 0.0)):
        result[index] = _every_sample(array[index], cubic)
    moving = np.flatnonzero((flat > limit) & (limit > 0.0))
    some = max(1, _AT_ONCE // (frames * components))
    for chosen in (moving[first : first + some] for first in range(0, len(moving), some)):
        for index, curve in zip(chosen, _reduce_some(source, array, chosen, limit, cubic), strict=True):
            result[index] = curve
    return [found for found in result if found is not None]


def _reduce_some(source: Source, values: Doubles, chosen: Ints, limit: Doubles, cubic: bool) -> list[ReducedCurve]:
    """Reduce the curves of some numbers together; ``values`` are the source's, ``limit`` the tolerance of all."""
    inner = limit * (1.0 - 1e-4)  # room for the rounding of F-curves to 32 bits
    cuts = np.append(np.arange(0, source.frames - 1, _WINDOW), source.frames - 1)
    curve = np.repeat(chosen.astype(np.int64), len(cuts) - 1)
    whole = unfitted(curve, np.tile(cuts[:-1], len(chosen)), np.tile(cuts[1:], len(chosen)), len(source.values))
    fitted = inner * _FIT_SHARE if cubic else inner
    segments = _merge(source, _join(_split(source, whole, fitted, cubic)), fitted, cubic)
    if cubic:
        aligned, worst = _align(source, segments, inner)
    else:
        aligned, worst = np.zeros(len(segments.curve), bool), np.zeros(len(segments.curve))
        filled = np.flatnonzero(segments.stop - segments.start > 1)
        worst[filled] = worst_errors(source, segments.take(filled))
    bounds = np.concatenate([[0], np.flatnonzero(np.diff(segments.curve)) + 1, [len(segments.curve)]])
    return [
        _keys(values, segments.take(np.arange(begin, end)), aligned[begin:end], float(worst[begin:end].max()))
        for begin, end in itertools.pairwise(bounds)
    ]


def _every_sample(values: Doubles, cubic: bool) -> ReducedCurve:
    """Key all samples; handles follow the slope between a sample's neighbours (Catmull and Rom)."""
    third = np.gradient(values, axis=0) / 3.0 if len(values) > 1 else np.zeros_like(values)
    inside = np.full(len(values), cubic)
    inside[[0, -1]] = False
    return ReducedCurve(np.arange(len(values)), values, values - third, values + third, inside, 0.0)


def _keys(values: Doubles, part: Segments, aligned: npt.NDArray[np.bool_], error: float) -> ReducedCurve:
    """Turn one curve's segments, in order, into its keys."""
    frames = np.append(part.start, part.stop[-1])
    keys = values[part.curve[0], frames]
    third = np.diff(keys, axis=0) / 3.0
    left, right = keys.copy(), keys.copy()
    right[:-1] += third + part.d1.T
    left[1:] += part.d2.T - third
    return ReducedCurve(frames, keys, left, right, np.append(aligned, False), error)
