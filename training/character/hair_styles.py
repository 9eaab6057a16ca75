"""What a haircut is made of: coats of strands, which differ in where they grow, where they go and how they are cut."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from ...inference.easing import eased
from .hair_growth import Flow, Strands, unit
from .makehuman import Floats

Amount = Callable[[Strands], Floats]
_WHORL = np.array([0.012, 0.110, -0.120])


@dataclass(frozen=True)
class Coat:
    """Strands of one kind."""

    cards: int
    length: Amount
    """Metres."""
    rise: Amount
    """Metres above the head."""
    flow: Flow
    half_width: float = 0.004
    segments: int = 3
    kind: str = "dense"
    where: Callable[[Floats, Floats], Floats] = lambda _place, edge: (edge > 0) * 1.0
    """Density 0..1 of roots, from places relative to the eyes and metres above the hairline."""
    stand: float = 0.5
    """How much strands leave the skin upright, 0 along the flow .. 2."""
    follow: float = 0.35
    gravity: float = 0.0
    hug: float = 1.0
    droop: float = 0.35
    clump: tuple[int, float] = (8, 0.5)
    wave: tuple[float, float] | None = None
    """Amplitude and length, metres."""
    cut: Callable[[Strands, Floats], Floats] | None = None
    """Height above the eyes below which strands are cut."""
    jitter: float = 0.006
    roll: float = 0.12
    """Standard deviation of a card's turn about its strand, radians."""
    tent: float = 0.0
    taper: float = 0.45
    ears: bool = True
    messy: float = 0.12
    """Standard deviation of the direction at the root, radians."""


@dataclass(frozen=True)
class Tail:
    """Hair that leaves the head where it was gathered."""

    at: tuple[float, float, float]
    """Relative to the eyes, metres."""
    cards: int
    length: float
    """Metres of a ponytail; 0 coils it up as a bun."""


@dataclass(frozen=True)
class Style:
    """A haircut."""

    coats: tuple[Coat, ...]
    parting: float | None = None
    """Metres left of the middle; hair lies flat along it."""
    hairline: Callable[[Floats], Floats] = field(default=lambda azimuth: 0 * azimuth)
    """Metres by which the hairline is raised at absolute azimuths in degrees."""
    cap: bool = True
    hangs: bool = False
    tail: Tail | None = None
    seed: int = 7


def away(_s: Strands, place: Floats, _n: Floats, _h: Floats, _t: float) -> Floats:
    """From the whorl outwards; sides and back fall."""
    direction = unit(place - _WHORL)
    direction[:, 1] -= 0.8 * eased(0.10 - place[:, 1], 0.0, 0.06)
    return direction


def swept(across: float, forward: float, lift: float = 0.2) -> Flow:
    """Return a flow that takes the front to one side and the rest away from the whorl."""

    def flow(s: Strands, place: Floats, n: Floats, h: Floats, t: float) -> Floats:
        front = (eased(place[:, 2], -0.10, -0.02) * eased(place[:, 1], 0.055, 0.085))[:, None]
        return (1 - front) * away(s, place, n, h, t) + 1.4 * front * np.array([across, lift, forward])

    return flow


def parted(back: float, fall: float = 1.0) -> Flow:
    """Return a flow from the parting over both sides and down; ``back`` takes it behind the face.

    What has reached the shoulders runs down over the chest or the back, not out along the arms.
    """

    def flow(s: Strands, place: Floats, _n: Floats, _h: Floats, _t: float) -> Floats:
        high = eased(place[:, 1], 0.045, 0.095)
        behind = eased(-s.place[:, 2], 0.11, 0.17)
        ahead = eased(s.place[:, 2], -0.07, -0.02)
        low = eased(-place[:, 1], 0.05, 0.17)
        wish = np.zeros_like(place)
        # Hair above the forehead goes aside before it falls, so that the face stays free.
        aside = np.maximum(1 - ahead, eased(np.abs(place[:, 0]), 0.040, 0.068))
        wish[:, 0] = s.side * (high * (1 - 0.65 * behind) + 1.2 * (1 - aside)) - low * place[:, 0] / 0.06
        wish[:, 1] = -fall * (1.15 - high) * (0.15 + 0.85 * aside)
        wish[:, 2] = -back * (high * (0.45 + behind + 0.9 * ahead) + (0.25 + 0.5 * ahead) * (1 - high) * (1 - low))
        wish[:, 2] += low * np.where(s.place[:, 2] > -0.068, 1.1, -0.9)
        return wish

    return flow


def gathered(target: tuple[float, float, float]) -> Flow:
    """Return a flow towards one place, relative to the eyes."""

    def flow(_s: Strands, place: Floats, _n: Floats, _h: Floats, _t: float) -> Floats:
        return unit(np.array(target) - place)

    return flow


def fringe(s: Strands, place: Floats, n: Floats, h: Floats, t: float) -> Floats:
    """Forward over the forehead and down; sides and back fall from the whorl."""
    front = (eased(np.cos(np.radians(s.azimuth())), 0.30, 0.62))[:, None]
    ahead = unit(place - np.array([0.0, 0.10, -0.13])) * np.array([0.8, 1.0, 1.0])
    ahead[:, 1] -= 0.9 * eased(0.095 - place[:, 1], 0.0, 0.05)
    return (1 - front) * away(s, place, n, h, t) + front * ahead


def level(front: float, back: float) -> Callable[[Strands, Floats], Floats]:
    """Return a cut that passes from one height at the face to another at the nape."""

    def cut(s: Strands, _place: Floats) -> Floats:
        turn = eased(-np.cos(np.radians(s.azimuth())), -0.6, 0.8)
        return (front + (back - front) * turn)[:, None]

    return cut


def by_parting(parting: float, most: float = 2.8) -> Callable[[Floats, Floats], Floats]:
    """Return a density of roots that is higher along the parting and the hairline, where the scalp would show."""

    def density(place: Floats, edge: Floats) -> Floats:
        beside = np.exp(-(((place[:, 0] - parting) / 0.007) ** 2)) * eased(place[:, 2], -0.13, -0.06)
        return (edge > 0) * (1 + (most - 1) * np.maximum(beside, 0.8 * (1 - eased(edge, 0.005, 0.014))))

    return density


def around_ears(front: float, ear: float, back: float) -> Callable[[Strands, Floats], Floats]:
    """Return a cut with one height at the face, one above the ears and one at the nape."""

    def cut(s: Strands, _place: Floats) -> Floats:
        height = np.interp(np.abs(s.azimuth()), [0, 38, 60, 105, 135, 180], [front, front, ear, ear, back, back])
        return height[:, None]

    return cut


def near_line(width: float, most: float = 1.0) -> Callable[[Floats, Floats], Floats]:
    """Return a density of roots along the hairline only, thinning out over ``width`` metres."""
    return lambda _place, edge: most * (edge > -0.0025) * (1 - eased(edge, 0.4 * width, width))


def vary(s: Strands, low: float = 0.8, high: float = 1.15) -> Floats:
    """Return a random factor for every strand."""
    return s.random.uniform(low, high, len(s.roots))


def edge(s: Strands, width: float = 0.025) -> Floats:
    """Return 0 at the hairline, 1 ``width`` metres above it."""
    return eased(s.edge, -0.002, width)
