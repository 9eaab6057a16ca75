"""Height fields of cloth in metres, drawn on a pattern sheet: folds where limbs bend, threads, seams, pockets.

Everything is periodic noise of a given direction and width (a Gaussian around one frequency), weighted with where it
belongs; seeds are fixed.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from .chart import LEG_RADIUS, LOWER, MARGIN, SLEEVE_RADIUS, TORSO_RADIUS, Sheet
from .makehuman import Floats

Point = tuple[float, float]


class Canvas:
    """Pixel centres of a sheet, rows from the top, and what can be drawn there.

    Parameters
    ----------
    sheet : Sheet
        In metres.
    width : int
        Pixels across.
    seed : int
        Of all its noise.
    """

    def __init__(self, sheet: Sheet, width: int, seed: int) -> None:
        self.sheet = sheet
        self.step = sheet.width / width
        self.shape = (round(sheet.height / self.step), width)
        self.u, self.v = np.meshgrid(
            (np.arange(width) + 0.5) * self.step, sheet.height - (np.arange(self.shape[0]) + 0.5) * self.step
        )
        self._rng = np.random.default_rng(seed)
        rows, columns = (np.fft.fftfreq(n, self.step) for n in self.shape)
        self._across, self._down = np.meshgrid(columns, rows)

    def noise(self, width: float, degrees: float = 0.0, slender: float = 1.0, breadth: float = 0.6) -> Floats:
        """Return noise of standard deviation 1 whose ridges lie ``width`` metres apart and run ``degrees`` from u.

        ``slender`` is how many times longer than wide they are.
        """
        turn = np.radians(degrees)
        ahead = self._across * np.sin(turn) + self._down * np.cos(turn)
        aside = self._across * np.cos(turn) - self._down * np.sin(turn)
        centre = 1 / width
        across = np.exp(-(((np.abs(ahead) - centre) / (breadth * centre)) ** 2))
        envelope = across * np.exp(-((aside * width * slender) ** 2))
        if slender == 1.0:
            envelope = np.exp(-(((np.hypot(ahead, aside) - centre) / (breadth * centre)) ** 2))
        spectrum = np.fft.fft2(self._rng.standard_normal(self.shape)) * envelope
        field = np.fft.ifft2(spectrum).real
        return field / field.std()

    def blurred(self, field: Floats, width: float) -> Floats:
        """Return a field without what is narrower than ``width`` metres."""
        keep = np.exp(-((np.hypot(self._across, self._down) * width) ** 2) * 2)
        return np.fft.ifft2(np.fft.fft2(field) * keep).real

    def spot(self, place: Point, size: Point) -> Floats:
        """Return a Gaussian of height 1 around a place."""
        return np.exp(-(((self.u - place[0]) / size[0]) ** 2) - ((self.v - place[1]) / size[1]) ** 2)

    def to_line(self, points: Sequence[Point]) -> tuple[Floats, Floats]:
        """Return the distance to a polyline and the length along it, metres."""
        best = np.full(self.shape, 9.0)
        along = np.zeros(self.shape)
        passed = 0.0
        for (au, av), (bu, bv) in itertools.pairwise(points):
            length = float(np.hypot(bu - au, bv - av))
            share = np.clip(((self.u - au) * (bu - au) + (self.v - av) * (bv - av)) / length**2, 0, 1)
            distance = np.hypot(self.u - au - share * (bu - au), self.v - av - share * (bv - av))
            along = np.where(distance < best, passed + share * length, along)
            best = np.minimum(best, distance)
            passed += length
        return best, along


def ridge(field: Floats, sharp: float = 0.35) -> Floats:
    """Return noise whose crests are narrower than its valleys, as folds are; mean 0, deviation about 1."""
    bent = np.exp(sharp * field)
    return (bent - bent.mean()) / bent.std()


def upper_folds(canvas: Canvas, stiff: float) -> Floats:
    """Return (rows, columns) metres of folds of a garment of the upper body; ``stiff`` 0 (limp) .. 1 (heavy)."""
    sheet = canvas.sheet
    base = MARGIN - sheet.bottom
    wide = 0.026 + 0.016 * stiff
    middle = sheet.sleeves + MARGIN + SLEEVE_RADIUS * np.pi
    torso = 1 / (1 + np.exp((canvas.v - sheet.sleeves + 0.012) / 0.004))
    side, armpit, waist = np.pi / 2 * TORSO_RADIUS, 1.265 + base, 1.05 + base
    height = 0.35 * canvas.noise(0.11, 15.0) * torso
    for sign in (-1.0, 1.0):
        up = ridge(canvas.noise(wide, 90.0 - sign * 48.0, 4.5))
        down = ridge(canvas.noise(wide, 90.0 + sign * 30.0, 5.0))
        level = ridge(canvas.noise(0.9 * wide, sign * 14.0, 3.5))
        for face in (0.62, 1.38):
            place = sheet.width / 2 + sign * side * face
            height = height + 0.9 * up * canvas.spot((place, armpit + 0.015), (0.055, 0.085)) * torso
            height = height + 0.7 * down * canvas.spot((place, armpit - 0.10), (0.075, 0.09)) * torso
            height = height + 0.9 * level * canvas.spot((place, waist), (0.10, 0.065)) * torso
        height = height + 0.6 * level * canvas.spot((sheet.width / 2 + sign * side, waist), (0.09, 0.08)) * torso
    drag = ridge(canvas.noise(0.04, 82.0, 6.0))
    height = height + 0.35 * drag * canvas.spot((sheet.width / 2, waist + 0.03), (0.5, 0.17)) * torso
    sleeve = 1 - torso
    elbow = 0.28
    rings = ridge(canvas.noise(wide, 84.0, 3.0))
    slants = ridge(canvas.noise(wide, 58.0, 4.0)) + ridge(canvas.noise(wide, 122.0, 4.0))
    inner = 0.45 + 0.8 * canvas.spot((elbow, middle + 0.11), (9.0, 0.09))
    height = height + sleeve * inner * rings * canvas.spot((elbow, middle), (0.055, 9.0))
    height = height + sleeve * 0.5 * slants * canvas.spot((elbow, middle), (0.11, 9.0))
    height = height + sleeve * 0.75 * rings * canvas.spot((0.46, middle), (0.045, 9.0))
    height = height + sleeve * 0.7 * slants * canvas.spot((0.06, middle), (0.06, 9.0))
    return 0.0011 * (1 - 0.25 * stiff) * height


def lower_folds(canvas: Canvas, stiff: float) -> Floats:
    """Return (rows, columns) metres of folds of trousers: groin, knee, ankle."""
    wide = 0.028 + 0.012 * stiff
    base = MARGIN - LOWER.bottom
    height = 0.3 * canvas.noise(0.10, 80.0)
    for place, sign in ((LOWER.width / 4, 1.0), (0.75 * LOWER.width, -1.0)):
        front, back = place + sign * LEG_RADIUS * np.pi / 2, place - sign * LEG_RADIUS * np.pi / 2
        whisker = ridge(canvas.noise(0.75 * wide, sign * 22.0, 5.0))
        across = ridge(canvas.noise(wide, 6.0, 3.5))
        slant = ridge(canvas.noise(wide, -sign * 38.0, 4.0))
        half = 1 / (1 + np.exp(-sign * (LOWER.width / 2 - canvas.u) / 0.004))
        knee, groin = 0.50 + base, 0.865 + base
        height = height + half * 1.0 * whisker * canvas.spot((front + sign * 0.04, groin), (0.085, 0.045))
        height = height + half * 1.0 * across * canvas.spot((back, knee), (0.09, 0.06))
        height = height + half * 0.55 * slant * canvas.spot((front, knee - 0.01), (0.12, 0.10))
        height = height + half * 0.8 * across * canvas.spot((back, 0.80 + base), (0.09, 0.04))
        height = height + half * 0.45 * slant * canvas.spot((place, 0.68 + base), (0.25, 0.14))
        height = height + half * 0.9 * across * canvas.spot((place, 0.13 + base), (0.4, 0.055))
    return 0.0012 * (1 - 0.2 * stiff) * height


def knit(canvas: Canvas) -> Floats:
    """Return 0..1, the loops of a plain knit: columns of small slanted stitches."""
    wale, course = 0.0052, 0.0040
    column = canvas.u / wale
    leg = np.abs(np.mod(column, 1.0) - 0.5)
    stitch = np.cos(2 * np.pi * (canvas.v / course + 1.3 * leg))
    return (0.5 + 0.5 * np.cos(2 * np.pi * (2 * leg - 0.5))) * (0.72 + 0.28 * stitch)


def twill(canvas: Canvas, width: float, rows: float = 1.0) -> Floats:
    """Return 0..1, the diagonal lines of a twill ``width`` metres apart."""
    return 0.5 + 0.5 * np.cos(2 * np.pi * (canvas.u + rows * canvas.v) / width)
