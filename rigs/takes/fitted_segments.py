"""Stretches of sampled curves between two keys, fitted by cubic pieces: all of them in one go of numpy's.

The fit is Schneider's least squares for the two handles ("An Algorithm for Automatically Fitting Digitized Curves",
Graphics Gems, 1990) with time as the known axis: handles always lie at one and two thirds of a segment, which makes a
Bezier F-curve an ordinary cubic in time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_RIDGE = 1e-7
"""Keeps the handles of a segment with a single inner sample determined (they share its deviation)."""


def deviation(found: Doubles, wanted: Doubles, *, rotation: bool) -> Doubles:
    """Return (N,) errors of interpolated values against wanted ones, both (C, N): largest component, or angle in rad.

    Quaternions are normalised first, as Blender does; the wanted ones are unit quaternions of the same sign.
    """
    if not rotation:
        return np.abs(found - wanted).max(axis=0)
    unit = found * found
    size = unit.sum(axis=0)
    np.sqrt(np.maximum(size, 1e-24, out=size), out=size)
    np.divide(found, size, out=unit)
    unit -= wanted
    unit *= unit
    chord = np.sqrt(unit.sum(axis=0))
    chord /= 2.0
    angle = np.arcsin(np.minimum(chord, 1.0, out=chord), out=chord)
    angle *= 4.0
    return angle


@dataclass(frozen=True)
class Source:
    """The sampled curves, laid out so that numpy's inner loops run along time."""

    values: Doubles
    """(C, U * T)"""
    frames: int
    rotation: bool

    def at(self, curve: Ints, frame: Ints) -> Doubles:
        """Return (C, N) samples."""
        return self.values.take(curve * self.frames + frame, axis=1)

    def deviation(self, found: Doubles, wanted: Doubles) -> Doubles:
        """Return (N,) errors of interpolated values against source values, both (C, N)."""
        return deviation(found, wanted, rotation=self.rotation)


@dataclass
class Segments:
    """Stretches between two keys of a curve; ``d1`` and ``d2`` are how far the handles are off the straight line."""

    curve: Ints
    """(S,)"""
    start: Ints
    stop: Ints
    d1: Doubles
    """(C, S)"""
    d2: Doubles

    def take(self, index: npt.NDArray[Any]) -> Segments:
        """Return some of them, by number or by a mask."""
        if index.dtype == np.bool_:
            index = np.flatnonzero(index)
        return Segments(
            self.curve[index],
            self.start[index],
            self.stop[index],
            self.d1.take(index, axis=1),
            self.d2.take(index, axis=1),
        )


def unfitted(curve: Ints, start: Ints, stop: Ints, components: int) -> Segments:
    """Return segments with straight lines between their keys."""
    zeros = np.zeros((components, len(curve)))
    return Segments(curve, start, stop, zeros, zeros.copy())


@dataclass
class Samples:
    """The inner samples of some segments, one after the other."""

    segment: Ints
    """(N,) which segment each sample belongs to."""
    first: Ints
    """(S,) where each segment's samples begin."""
    b1: Doubles
    """(N,) Bernstein weights of the two handles."""
    b2: Doubles
    wanted: Doubles
    """(C, N) source values."""
    line: Doubles
    """(C, N) values on the straight line between the keys."""


def samples_of(source: Source, segments: Segments) -> Samples:
    """Lay out the inner samples of segments that all have some."""
    inner = segments.stop - segments.start - 1
    first = np.cumsum(inner) - inner
    segment = np.repeat(np.arange(len(inner)), inner)
    number = np.arange(len(segment))
    u = (number - (first - 1).take(segment)) / (inner + 1.0).take(segment)
    start = segments.curve * source.frames + segments.start
    begin = source.values.take(start, axis=1)
    step = source.at(segments.curve, segments.stop) - begin
    wanted = source.values.take(number + (start + 1 - first).take(segment), axis=1)
    line = step.take(segment, axis=1)
    line *= u
    line += begin.take(segment, axis=1)
    rest = 1.0 - u
    b1 = 3.0 * u
    b1 *= rest
    b2 = b1 * u
    b1 *= rest
    return Samples(segment, first, b1, b2, wanted, line)


def fit(source: Source, segments: Segments, samples: Samples, cubic: bool) -> Doubles:
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
    return errors(source, segments, samples)


def errors(source: Source, segments: Segments, samples: Samples) -> Doubles:
    """Return the (N,) error at every sample with the handles the segments have."""
    found = segments.d1.take(samples.segment, axis=1)
    found *= samples.b1
    found += samples.line
    more = segments.d2.take(samples.segment, axis=1)
    more *= samples.b2
    found += more
    return source.deviation(found, samples.wanted)


def worst_errors(source: Source, segments: Segments) -> Doubles:
    """Return the (S,) largest error of each segment; all must have inner samples."""
    if not len(segments.curve):
        return np.zeros(0)
    samples = samples_of(source, segments)
    return np.maximum.reduceat(errors(source, segments, samples), samples.first)
