"""Fewer keys within a tolerance: sampled curves become polylines or cubic Bezier splines.

All curves of one kind are reduced together: every step works on all segments of all curves at once, so a minute of a
whole character takes a fraction of a second in numpy. A *curve* here has C components that share their key times: one
for a shape key, three for a location, four for a quaternion.

The spline is fitted top down (Schneider, "An Algorithm for Automatically Fitting Digitized Curves", Graphics Gems,
1990): least squares for the two handles of a segment, split where the error is largest. Here time is the known axis:
handles always lie at one and two thirds of a segment, which makes a Bezier F-curve an ordinary cubic in time.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_WINDOW = 12
"""Samples of a first segment. Long fits that are bound to fail cost most; merging mends what this cuts in vain."""
_MERGE_ROUNDS = 10
_FIT_SHARE = 0.5
"""Part of the tolerance that fitting may use up; the rest lets handles be aligned, so that curves stay smooth."""
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


def deviation(found: Doubles, wanted: Doubles, *, rotation: bool) -> Doubles:
    """Return (N,) errors of interpolated values against wanted ones, both (C, N): largest component, or angle in rad.

    Quaternions are normalised first, as Blender does; the wanted ones are unit quaternions of the same sign.
    """
    if not rotation:
        return np.abs(found - wanted).max(axis=0)
    unit = found / np.sqrt(np.maximum((found * found).sum(axis=0), 1e-24))
    unit -= wanted
    chord = np.sqrt((unit * unit).sum(axis=0))
    return 4.0 * np.arcsin(np.minimum(chord / 2.0, 1.0))


@dataclass(frozen=True)
class _Source:
    """The sampled curves, laid out so that numpy's inner loops run along time."""

    values: Doubles
    """(C, U * T)"""
    frames: int
    rotation: bool

    def at(self, curve: Ints, frame: Ints) -> Doubles:
        """Return (C, N) samples."""
        return self.values[:, curve * self.frames + frame]

    def deviation(self, found: Doubles, wanted: Doubles) -> Doubles:
        """Return (N,) errors of interpolated values against source values, both (C, N)."""
        return deviation(found, wanted, rotation=self.rotation)


@dataclass
class _Segments:
    """Stretches between two keys of a curve; ``d1`` and ``d2`` are how far the handles are off the straight line."""

    curve: Ints
    """(S,)"""
    start: Ints
    stop: Ints
    d1: Doubles
    """(C, S)"""
    d2: Doubles

    def take(self, index: npt.NDArray[Any]) -> _Segments:
        return _Segments(self.curve[index], self.start[index], self.stop[index], self.d1[:, index], self.d2[:, index])


def _segments(curve: Ints, start: Ints, stop: Ints, components: int) -> _Segments:
    zeros = np.zeros((components, len(curve)))
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
    b1: Doubles
    """(N,) Bernstein weights of the two handles."""
    b2: Doubles
    wanted: Doubles
    """(C, N) source values."""
    line: Doubles
    """(C, N) values on the straight line between the keys."""


def _samples(source: _Source, segments: _Segments) -> _Samples:
    """Lay out the inner samples of segments that all have some."""
    inner = segments.stop - segments.start - 1
    first = np.concatenate([[0], np.cumsum(inner)[:-1]]).astype(np.int64)
    segment = np.repeat(np.arange(len(inner)), inner)
    since = np.arange(len(segment)) - first[segment] + 1
    frame = since + segments.start[segment]
    u = since / (inner[segment] + 1.0)
    begin = source.at(segments.curve, segments.start)
    step = source.at(segments.curve, segments.stop) - begin
    wanted = source.at(segments.curve[segment], frame)
    line = begin[:, segment] + u * step[:, segment]
    bump = 3.0 * u * (1.0 - u)
    return _Samples(segment, first, frame, bump * (1.0 - u), bump * u, wanted, line)


def _fit(source: _Source, segments: _Segments, samples: _Samples, cubic: bool) -> Doubles:
    """Fit the handles of segments that all have inner samples (in place); return the (N,) error at every sample."""
    if not cubic:
        return source.deviation(samples.line, samples.wanted)
    b1, b2, first = samples.b1, samples.b2, samples.first
    rest = samples.wanted - samples.line
    s11 = np.add.reduceat(b1 * b1, first) + _RIDGE
    s12 = np.add.reduceat(b1 * b2, first)
    s22 = np.add.reduceat(b2 * b2, first) + _RIDGE
    r1, r2 = np.add.reduceat(b1 * rest, first, axis=1), np.add.reduceat(b2 * rest, first, axis=1)
    determinant = s11 * s22 - s12 * s12
    segments.d1[:] = (s22 * r1 - s12 * r2) / determinant
    segments.d2[:] = (s11 * r2 - s12 * r1) / determinant
    return _error(source, segments, samples)


def _error(source: _Source, segments: _Segments, samples: _Samples) -> Doubles:
    """Return the (N,) error at every sample with the handles the segments have."""
    found = samples.line + samples.b1 * segments.d1[:, samples.segment] + samples.b2 * segments.d2[:, samples.segment]
    return source.deviation(found, samples.wanted)


def _worst(source: _Source, segments: _Segments) -> Doubles:
    """Return the (S,) largest error of each segment; all must have inner samples."""
    if not len(segments.curve):
        return np.zeros(0)
    samples = _samples(source, segments)
    return np.maximum.reduceat(_error(source, segments, samples), samples.first)


def _split(source: _Source, pending: _Segments, tolerance: Doubles, cubic: bool) -> list[_Segments]:
    """Split segments at their worst sample until all are within the tolerance."""
    done: list[_Segments] = []
    while len(pending.curve):
        filled = pending.stop - pending.start > 1
        done.append(pending.take(~filled))
        pending = pending.take(filled)
        if not len(pending.curve):
            break
        samples = _samples(source, pending)
        error = _fit(source, pending, samples, cubic)
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
            len(source.values),
        )
    return done


def _join(parts: list[_Segments]) -> _Segments:
    """Return all segments sorted by curve and time."""
    joined = _Segments(
        *(np.concatenate([getattr(part, name) for part in parts]) for name in ("curve", "start", "stop")),
        *(np.concatenate([getattr(part, name) for part in parts], axis=1) for name in ("d1", "d2")),
    )
    return joined.take(np.lexsort((joined.start, joined.curve)))


def _merge(source: _Source, segments: _Segments, tolerance: Doubles, cubic: bool) -> _Segments:
    """Drop keys that top-down splitting left behind though their neighbours do without them."""
    tried = np.zeros(len(segments.curve), bool)  # whether a segment and the one after it failed to merge as they are
    for turn in range(_MERGE_ROUNDS):
        begins = np.concatenate([[True], np.diff(segments.curve) != 0])
        number = np.arange(len(begins)) - np.maximum.accumulate(np.where(begins, np.arange(len(begins)), 0))
        pair = np.flatnonzero((number[:-1] % 2 == turn % 2) & ~begins[1:] & ~tried[:-1])
        if not len(pair):
            continue
        wide = _segments(segments.curve[pair], segments.start[pair], segments.stop[pair + 1], len(source.values))
        samples = _samples(source, wide)
        error = np.maximum.reduceat(_fit(source, wide, samples, cubic), samples.first)
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


def _align(source: _Source, segments: _Segments, tolerance: Doubles) -> npt.NDArray[np.bool_]:
    """Give both handles of a key one direction wherever the tolerance allows (in place).

    Returns
    -------
    array (S,) bool
        Whether the key at the start of each segment got aligned handles.
    """
    length = (segments.stop - segments.start).astype(np.float64)
    slope = (source.at(segments.curve, segments.stop) - source.at(segments.curve, segments.start)) / length
    free1, free2 = segments.d1.copy(), segments.d2.copy()
    after = np.flatnonzero(segments.curve[1:] == segments.curve[:-1]) + 1
    before = after - 1
    out = slope[:, after] + 3.0 * free1[:, after] / length[after]
    into = slope[:, before] - 3.0 * free2[:, before] / length[before]
    shared = 0.5 * (out + into)
    aligned = np.zeros(len(segments.curve), bool)
    aligned[after] = True
    check = segments.stop - segments.start > 1
    while True:
        use = aligned[after]
        segments.d1[:, after] = np.where(use, (shared - slope[:, after]) * length[after] / 3.0, free1[:, after])
        segments.d2[:, before] = np.where(use, (slope[:, before] - shared) * length[before] / 3.0, free2[:, before])
        bad = np.zeros(len(segments.curve), bool)
        bad[check] = _worst(source, segments.take(check)) > tolerance[segments.curve[check]]
        # Of a segment's two keys, the one whose handle was bent more gives up its alignment.
        bent1 = np.abs(segments.d1 - free1).max(axis=0)
        bent2 = np.abs(segments.d2 - free2).max(axis=0)
        blame = bad & (bent1 > 0.0) & (bent1 >= bent2)
        blame[after] |= (bad & (bent2 > 0.0) & (bent2 > bent1))[before]
        if not (blame & aligned).any():
            return aligned
        aligned &= ~blame
        # Only the segments on both sides of those keys have changed.
        check = blame.copy()
        check[before] |= blame[after]
        check &= segments.stop - segments.start > 1


def _reduce(values: npt.ArrayLike, tolerance: npt.ArrayLike, rotation: bool, cubic: bool) -> list[ReducedCurve]:
    array = np.asarray(values, np.float64)
    curves, frames, components = array.shape
    limit = np.broadcast_to(np.asarray(tolerance, np.float64), (curves,))
    if not curves:
        return []
    source = _Source(np.ascontiguousarray(array.transpose(2, 0, 1)).reshape(components, -1), frames, rotation)
    flat = source.deviation(np.repeat(array[:, 0].T, frames, axis=1), source.values).reshape(curves, frames).max(axis=1)
    result: list[ReducedCurve | None] = [None] * curves
    for index in np.flatnonzero(flat <= limit):
        value = array[index, :1]
        result[index] = ReducedCurve(np.zeros(1, np.int64), value, value, value, np.ones(1, bool), float(flat[index]))
    for index in np.flatnonzero((flat > limit) & (limit <= 0.0)):
        result[index] = _every_sample(array[index], cubic)
    moving = np.flatnonzero((flat > limit) & (limit > 0.0))
    if len(moving):
        inner = limit * (1.0 - 1e-4)  # room for the rounding of F-curves to 32 bits
        cuts = np.append(np.arange(0, frames - 1, _WINDOW), frames - 1)
        curve = np.repeat(moving.astype(np.int64), len(cuts) - 1)
        whole = _segments(curve, np.tile(cuts[:-1], len(moving)), np.tile(cuts[1:], len(moving)), components)
        fitted = inner * _FIT_SHARE if cubic else inner
        segments = _merge(source, _join(_split(source, whole, fitted, cubic)), fitted, cubic)
        aligned = _align(source, segments, inner) if cubic else np.zeros(len(segments.curve), bool)
        worst = np.zeros(len(segments.curve))
        filled = np.flatnonzero(segments.stop - segments.start > 1)
        worst[filled] = _worst(source, segments.take(filled))
        bounds = np.concatenate([[0], np.flatnonzero(np.diff(segments.curve)) + 1, [len(segments.curve)]])
        for begin, end in itertools.pairwise(bounds):
            part = segments.take(np.arange(begin, end))
            result[part.curve[0]] = _keys(array, part, aligned[begin:end], float(worst[begin:end].max()))
    return [found for found in result if found is not None]


def _every_sample(values: Doubles, cubic: bool) -> ReducedCurve:
    """Key all samples; handles follow the slope between a sample's neighbours (Catmull and Rom)."""
    third = np.gradient(values, axis=0) / 3.0
    inside = np.full(len(values), cubic)
    inside[[0, -1]] = False
    return ReducedCurve(np.arange(len(values)), values, values - third, values + third, inside, 0.0)


def _keys(values: Doubles, part: _Segments, aligned: npt.NDArray[np.bool_], error: float) -> ReducedCurve:
    """Turn one curve's segments, in order, into its keys."""
    frames = np.append(part.start, part.stop[-1])
    keys = values[part.curve[0], frames]
    third = np.diff(keys, axis=0) / 3.0
    left, right = keys.copy(), keys.copy()
    right[:-1] += third + part.d1.T
    left[1:] += part.d2.T - third
    return ReducedCurve(frames, keys, left, right, np.append(aligned, False), error)
