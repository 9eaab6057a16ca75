"""Fewer keys within a tolerance: sampled curves become polylines or cubic Bezier splines.

All curves of one kind are reduced together: every step works on all segments of all curves at once, so a minute of a
whole character takes a fraction of a second in numpy. A *curve* here has C components that share their key times: one
for a shape key, three for a location, four for a quaternion.

The spline is fitted top down (Schneider, "An Algorithm for Automatically Fitting Digitized Curves", Graphics Gems,
1990): least squares for the two handles of a segment, split where the error is largest. Here time is the known axis:
handles always lie at one and two thirds of a segment, which makes a Bezier F-curve an ordinary cubic in time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_WINDOW = 32
"""Samples of a first segment. Long fits that are bound to fail cost most; merging mends what this cuts in vain."""
_MERGE_ROUNDS = 8
_RIDGE = 1e-7
"""Keeps the handles of a segment with a single inner sample determined (they share its deviation)."""


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
    return _reduce(np.asarray(values, np.float64), tolerance, rotation, cubic=False)


def fit_bezier(values: Doubles, tolerance: npt.ArrayLike, *, rotation: bool = False) -> list[ReducedCurve]:
    """Fit cubic Bezier splines that stay within the tolerance at every sample.

    Arguments and result are those of :func:`reduce_linear`. Handles are aligned (no kink) wherever the tolerance
    allows it.
    """
    return _reduce(np.asarray(values, np.float64), tolerance, rotation, cubic=True)


@dataclass
class _Segments:
    """Stretches between two keys of a curve; ``d1`` and ``d2`` are how far the handles are off the straight line."""

    curve: Ints
    start: Ints
    stop: Ints
    d1: Doubles
    d2: Doubles

    def take(self, index: npt.NDArray[np.generic]) -> _Segments:
        return _Segments(self.curve[index], self.start[index], self.stop[index], self.d1[index], self.d2[index])


def _segments(curve: Ints, start: Ints, stop: Ints, components: int) -> _Segments:
    zeros = np.zeros((len(curve), components))
    return _Segments(curve, start, stop, zeros, zeros.copy())


@dataclass
class _Samples:
    """The inner samples of some segments, one after the other."""

    segment: Ints
    """(N,) which segment each sample belongs to."""
    first: Ints
    """(S,) where each segment's samples begin."""
    frame: Ints
    """(N,) index of the sample in its curve."""
    phase: Doubles
    """(N, 1) place between the keys, 0..1."""


def _samples(segments: _Segments) -> _Samples:
    inner = segments.stop - segments.start - 1
    first = np.concatenate([[0], np.cumsum(inner)[:-1]]).astype(np.int64)
    segment = np.repeat(np.arange(len(inner)), inner)
    frame = np.arange(len(segment)) - first[segment] + segments.start[segment] + 1
    phase = (frame - segments.start[segment]) / (inner[segment] + 1.0)
    return _Samples(segment, first, frame, phase[:, None])


def _deviation(found: Doubles, wanted: Doubles, rotation: bool) -> Doubles:
    """Return (N,) errors of interpolated values against source values, both (N, C)."""
    if not rotation:
        return np.abs(found - wanted).max(axis=1)
    unit = found / np.sqrt(np.maximum(np.einsum("nc,nc->n", found, found), 1e-24))[:, None]
    unit -= wanted
    chord = np.sqrt(np.einsum("nc,nc->n", unit, unit))
    return 4.0 * np.arcsin(np.minimum(chord / 2.0, 1.0))


def _fit(values: Doubles, segments: _Segments, samples: _Samples, rotation: bool, cubic: bool) -> Doubles:
    """Fit the handles of segments that all have inner samples (in place); return the (N,) error at every sample."""
    wanted = values[segments.curve[samples.segment], samples.frame]
    begin = values[segments.curve, segments.start]
    step = values[segments.curve, segments.stop] - begin
    u = samples.phase
    line = begin[samples.segment] + u * step[samples.segment]
    if not cubic:
        return _deviation(line, wanted, rotation)
    b1, b2 = 3.0 * u * (1.0 - u) ** 2, 3.0 * u**2 * (1.0 - u)
    rest = wanted - line
    s11 = np.add.reduceat(b1 * b1, samples.first) + _RIDGE
    s12 = np.add.reduceat(b1 * b2, samples.first)
    s22 = np.add.reduceat(b2 * b2, samples.first) + _RIDGE
    r1, r2 = np.add.reduceat(b1 * rest, samples.first), np.add.reduceat(b2 * rest, samples.first)
    determinant = s11 * s22 - s12 * s12
    segments.d1[:] = (s22 * r1 - s12 * r2) / determinant
    segments.d2[:] = (s11 * r2 - s12 * r1) / determinant
    return _deviation(line + b1 * segments.d1[samples.segment] + b2 * segments.d2[samples.segment], wanted, rotation)


def _errors(values: Doubles, segments: _Segments, rotation: bool) -> Doubles:
    """Return the largest error of each segment (S,) with the handles it has."""
    worst = np.zeros(len(segments.curve))
    filled = np.flatnonzero(segments.stop - segments.start > 1)
    if not len(filled):
        return worst
    part = segments.take(filled)
    samples = _samples(part)
    wanted = values[part.curve[samples.segment], samples.frame]
    begin = values[part.curve, part.start]
    step = values[part.curve, part.stop] - begin
    u = samples.phase
    found = begin[samples.segment] + u * step[samples.segment]
    found += 3.0 * u * (1.0 - u) ** 2 * part.d1[samples.segment] + 3.0 * u**2 * (1.0 - u) * part.d2[samples.segment]
    worst[filled] = np.maximum.reduceat(_deviation(found, wanted, rotation), samples.first)
    return worst


def _split(values: Doubles, pending: _Segments, tolerance: Doubles, rotation: bool, cubic: bool) -> list[_Segments]:
    """Split segments at their worst sample until all are within the tolerance."""
    done: list[_Segments] = []
    while len(pending.curve):
        filled = pending.stop - pending.start > 1
        done.append(pending.take(~filled))
        pending = pending.take(filled)
        if not len(pending.curve):
            break
        samples = _samples(pending)
        error = _fit(values, pending, samples, rotation, cubic)
        worst = np.maximum.reduceat(error, samples.first)
        bad = worst > tolerance[pending.curve]
        done.append(pending.take(~bad))
        peaks = np.flatnonzero((error == worst[samples.segment]) & bad[samples.segment])
        owners, chosen = np.unique(samples.segment[peaks], return_index=True)
        middle = samples.frame[peaks[chosen]]
        split = pending.take(owners)
        pending = _segments(
            np.concatenate([split.curve, split.curve]),
            np.concatenate([split.start, middle]),
            np.concatenate([middle, split.stop]),
            values.shape[2],
        )
    return done


def _join(parts: list[_Segments]) -> _Segments:
    """Return all segments sorted by curve and time."""
    joined = _Segments(
        *(np.concatenate([getattr(part, name) for part in parts]) for name in ("curve", "start", "stop", "d1", "d2"))
    )
    return joined.take(np.lexsort((joined.start, joined.curve)))


def _merge(values: Doubles, segments: _Segments, tolerance: Doubles, rotation: bool, cubic: bool) -> _Segments:
    """Drop keys that top-down splitting left behind though their neighbours do without them."""
    merged = 1
    for turn in range(_MERGE_ROUNDS):
        begins = np.concatenate([[True], np.diff(segments.curve) != 0])
        number = np.arange(len(begins)) - np.maximum.accumulate(np.where(begins, np.arange(len(begins)), 0))
        pair = np.flatnonzero((number[:-1] % 2 == turn % 2) & ~begins[1:])
        wide = _segments(segments.curve[pair], segments.start[pair], segments.stop[pair + 1], values.shape[2])
        if not len(pair):
            continue
        samples = _samples(wide)
        error = np.maximum.reduceat(_fit(values, wide, samples, rotation, cubic), samples.first)
        good = error <= tolerance[wide.curve]
        before, merged = merged, int(good.sum())
        if before + merged == 0:
            break
        gone = np.zeros(len(segments.curve), bool)
        gone[pair[good]] = True
        gone[pair[good] + 1] = True
        segments = _join([segments.take(~gone), wide.take(good)])
    return segments


def _align(values: Doubles, segments: _Segments, tolerance: Doubles, rotation: bool) -> npt.NDArray[np.bool_]:
    """Give both handles of a key one direction wherever the tolerance allows (in place).

    Returns
    -------
    array (S,) bool
        Whether the key at the start of each segment got aligned handles.
    """
    length = (segments.stop - segments.start).astype(np.float64)[:, None]
    slope = (values[segments.curve, segments.stop] - values[segments.curve, segments.start]) / length
    free1, free2 = segments.d1.copy(), segments.d2.copy()
    after = np.flatnonzero(segments.curve[1:] == segments.curve[:-1]) + 1
    before = after - 1
    out = slope[after] + 3.0 * free1[after] / length[after]
    into = slope[before] - 3.0 * free2[before] / length[before]
    shared = 0.5 * (out + into)
    aligned = np.zeros(len(segments.curve), bool)
    aligned[after] = True
    while True:
        use = aligned[after][:, None]
        segments.d1[after] = np.where(use, (shared - slope[after]) * length[after] / 3.0, free1[after])
        segments.d2[before] = np.where(use, (slope[before] - shared) * length[before] / 3.0, free2[before])
        bad = _errors(values, segments, rotation) > tolerance[segments.curve]
        blame = np.zeros(len(segments.curve), bool)
        blame[after] = bad[after] | bad[before]
        if not (blame & aligned).any():
            return aligned
        aligned &= ~blame


def _reduce(values: Doubles, tolerance: npt.ArrayLike, rotation: bool, cubic: bool) -> list[ReducedCurve]:
    curves, frames, components = values.shape
    limit = np.broadcast_to(np.asarray(tolerance, np.float64), (curves,))
    if not curves:
        return []
    flat = _deviation(
        np.broadcast_to(values[:, :1], values.shape).reshape(-1, components), values.reshape(-1, components), rotation
    )
    flat = flat.reshape(curves, frames).max(axis=1)
    moving = np.flatnonzero(flat > limit)
    result: list[ReducedCurve | None] = [None] * curves
    for index in np.flatnonzero(flat <= limit):
        value = values[index, :1]
        result[index] = ReducedCurve(np.zeros(1, np.int64), value, value, value, np.ones(1, bool), float(flat[index]))
    if len(moving):
        inner = limit * (1.0 - 1e-4)  # room for the rounding of F-curves to 32 bits
        cuts = np.append(np.arange(0, frames - 1, _WINDOW), frames - 1)
        curve = np.repeat(moving.astype(np.int64), len(cuts) - 1)
        whole = _segments(curve, np.tile(cuts[:-1], len(moving)), np.tile(cuts[1:], len(moving)), components)
        segments = _join(_split(values, whole, inner, rotation, cubic))
        segments = _merge(values, segments, inner, rotation, cubic)
        aligned = _align(values, segments, inner, rotation) if cubic else np.zeros(len(segments.curve), bool)
        worst = _errors(values, segments, rotation)
        bounds = np.concatenate([[0], np.flatnonzero(np.diff(segments.curve)) + 1, [len(segments.curve)]])
        for begin, end in zip(bounds[:-1], bounds[1:], strict=True):
            part = segments.take(np.arange(begin, end))
            result[part.curve[0]] = _keys(values, part, aligned[begin:end], float(worst[begin:end].max()))
    return [curve for curve in result if curve is not None]


def _keys(values: Doubles, part: _Segments, aligned: npt.NDArray[np.bool_], error: float) -> ReducedCurve:
    """Turn one curve's segments, in order, into its keys."""
    frames = np.append(part.start, part.stop[-1])
    keys = values[part.curve[0], frames]
    third = np.diff(keys, axis=0) / 3.0
    left, right = keys.copy(), keys.copy()
    right[:-1] += third + part.d1
    left[1:] += part.d2 - third
    ends = np.append(aligned, False)
    return ReducedCurve(frames, keys, left, right, ends, error)
