"""Grows strands on the head: roots spread evenly, every step follows a flow, gravity and the surface below."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from scipy.spatial import cKDTree

from ...inference.easing import eased
from .makehuman import RANGES, Floats, Ints
from .scalp import Scalp

STEPS = 30
Flow = Callable[["Strands", Floats, Floats, Floats, float], Floats]
"""(strands, places relative to the eyes, surface normals, heights above it, share of the way to the tip) -> (n, 3)."""


def unit(vectors: Floats) -> Floats:
    """Return vectors of length one along the last axis."""
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9)


class Ground:
    """What hair lies on: head, neck and shoulders without the ears, which stand as a rise in the surface.

    Parameters
    ----------
    scalp : Scalp
        The head.
    ears : (V,) array
        0..1 where ears are.
    cloth : float
        Metres by which clothes stand off the shoulders.
    """

    def __init__(self, scalp: Scalp, ears: Floats, cloth: float = 0.020) -> None:
        vertices, eyes = scalp.vertices, scalp.eyes
        body = np.arange(*RANGES["body"])
        place = vertices[body] - eyes
        near = (place[:, 1] > -0.52) & (np.abs(place[:, 0]) < 0.24) & (ears[body] < 0.3)
        axis = np.column_stack([np.zeros(len(body)), vertices[body, 1], np.full(len(body), scalp.centre[2])])
        outward = ((vertices[body] - axis) * scalp.normals[body]).sum(1) > -0.005
        self.index = body[near & outward]
        self.points, self.normals = vertices[self.index], scalp.normals[self.index]
        self._tree = cKDTree(self.points)
        cloth_share = eased(eyes[1] - self.points[:, 1], 0.175, 0.225)
        distance = cKDTree(vertices[body[ears[body] > 0.3]]).query(self.points)[0]
        self.rise = np.maximum(cloth * cloth_share, 0.016 * (1 - eased(distance, 0.000, 0.045)))

    def clear(self, points: Floats, least: float, *, ears: bool = True) -> Floats:
        """Return (n, 3) points, those lower than ``least`` metres above the ground moved up to there."""
        height, normals = self.look(points, ears=ears)
        return points + np.clip(least - height, 0, 0.03)[:, None] * normals

    def look(self, points: Floats, *, ears: bool = True) -> tuple[Floats, Floats]:
        """Return heights (n,) above the ground and its normals (n, 3) below (n, 3) points."""
        distances, nearest = self._tree.query(points, k=5)
        shares = 1 / (distances**2 + 1e-6)
        shares /= shares.sum(1, keepdims=True)
        normals = unit(np.einsum("nk,nkc->nc", shares, self.normals[nearest]))
        below = np.einsum("nk,nkc->nc", shares, self.points[nearest])
        height = ((points - below) * normals).sum(1)
        return (height - (shares * self.rise[nearest]).sum(1) if ears else height), normals


@dataclass
class Strands:
    """Strands to grow; everything is per strand (n,) unless it says otherwise."""

    roots: Floats
    """(n, 3) on the scalp."""
    normals: Floats
    """(n, 3)."""
    place: Floats
    """(n, 3) roots relative to the eyes."""
    edge: Floats
    """Metres above the hairline."""
    layer: Floats
    """0..1, lowest to highest layer."""
    side: Floats
    """-1 or 1: the side of the parting."""
    random: np.random.Generator
    length: Floats = field(default_factory=lambda: np.zeros(0))
    rise: Floats = field(default_factory=lambda: np.zeros(0))
    """Metres that the strand keeps above the ground at its highest."""
    path: Floats = field(default_factory=lambda: np.zeros(0))
    """(n, STEPS + 1, 3) once grown."""

    @property
    def top(self) -> Floats:
        """1 on the upper head, 0 on its sides."""
        return eased(self.place[:, 1], 0.050, 0.105)

    @property
    def front(self) -> Floats:
        """1 above the forehead, 0 behind the crown."""
        return eased(self.place[:, 2], -0.075, -0.005) * eased(self.place[:, 1], 0.035, 0.06)

    def azimuth(self) -> Floats:
        """Degrees from the front, -180..180, left positive."""
        return np.degrees(np.arctan2(self.place[:, 0], self.place[:, 2] + 0.083))


def scatter(
    vertices: Floats, faces: Ints, count: int, random: np.random.Generator, dense: Callable[[Floats], Floats]
) -> Floats:
    """Return about ``count`` (n, 3) points on quads, evenly spaced where ``dense`` is 1, farther apart where below.

    Far more than needed are drawn, then thinned (dart throwing).
    """
    a, b, c, d = (vertices[faces[:, k]] for k in range(4))
    area = np.linalg.norm(np.cross(c - a, d - b), axis=1) / 2
    area = area * dense((a + b + c + d) / 4)
    chosen = random.choice(len(faces), count * 6, p=area / area.sum())
    u, v = random.random((2, len(chosen), 1))
    points = (1 - u) * ((1 - v) * a[chosen] + v * d[chosen]) + u * ((1 - v) * b[chosen] + v * c[chosen])
    share = dense(points)
    points = points[share > 0]
    spacing = 0.80 * np.sqrt(area.sum() / count) / np.sqrt(np.clip(share[share > 0], 0.05, 4))
    tree = cKDTree(points)
    taken = np.zeros(len(points), bool)
    free = np.ones(len(points), bool)
    for k in range(len(points)):
        if free[k]:
            taken[k] = True
            free[tree.query_ball_point(points[k], spacing[k])] = False
    return points[taken]


def uneven(points: Floats, size: float) -> Floats:
    """Return (n,) smooth noise of about -1..1 with features ``size`` metres wide, the same for the same points."""
    phase = points / size
    return (
        np.sin(5.1 * phase[:, 0] + 2.3 * phase[:, 1])
        + np.sin(3.7 * phase[:, 1] - 4.3 * phase[:, 2] + 1.3)
        + np.sin(4.9 * phase[:, 2] + 6.1 * phase[:, 0] + 0.7)
    ) / 2.2


def sprout(scalp: Scalp, points: Floats, edge: Floats, parting: float, random: np.random.Generator) -> Strands:
    """Return strands not yet grown from root points; ``parting`` is its x in metres."""
    _, normals = scalp.surface(points)
    place = points - scalp.eyes
    side = np.where(place[:, 0] + random.normal(0, 0.0012, len(points)) > parting, 1.0, -1.0)
    return Strands(points, normals, place, edge, random.random(len(points)), side, random)


def grow(
    strands: Strands,
    ground: Ground,
    eyes: Floats,
    flow: Flow,
    *,
    start: Floats,
    follow: float = 0.35,
    gravity: float = 0.0,
    hug: float = 1.0,
    droop: float = 0.35,
    ears: bool = True,
) -> None:
    """Set the paths of strands.

    Parameters
    ----------
    strands : Strands
        With ``length`` and ``rise``.
    ground : Ground
        What they do not enter.
    eyes : (3,) array
        Origin of the flow's places.
    flow : Flow
        Where hair wants to go.
    start : (n, 3) array
        Directions at the roots.
    follow : float
        How quickly a strand turns into the flow, 0..1 a step.
    gravity : float
        How strongly it turns down, a step.
    hug : float
        How firmly it is held at its own height above the head, 0..1; hair that has left the head hangs freely.
    droop : float
        Share of its height that a tip loses.
    ears : bool
        Whether the hair goes around the ears.
    """
    count = len(strands.roots)
    point = strands.roots - 0.0006 * strands.normals
    direction = unit(start)
    path = np.empty((count, STEPS + 1, 3))
    path[:, 0] = point
    normals = strands.normals
    height = np.zeros(count)
    step = (strands.length / STEPS)[:, None]
    for k in range(STEPS):
        t = (k + 1) / STEPS
        wish = unit(flow(strands, point - eyes, normals, height, t))
        near = (1 - eased(height, 0.02, 0.05))[:, None]
        wish = unit(wish - 0.9 * near * (wish * normals).sum(1, keepdims=True) * normals)
        # Shoulders guide hair more than the air does.
        low = eased(eyes[1] - point[:, 1], 0.10, 0.18)[:, None]
        direction = direction + follow * (1 + 1.2 * low) * (wish - direction)
        # The head carries what lies on top of it.
        direction[:, 1] -= gravity * (1 - 0.85 * eased(point[:, 1] - eyes[1], 0.03, 0.08))
        direction = unit(direction)
        point = point + direction * step
        height, normals = ground.look(point, ears=ears)
        # Strands rise within two centimetres of the root, whatever their length.
        along = t * strands.length
        lift = strands.rise * (1 - np.exp(-along / 0.012)) * (1 - droop * t**3)
        lift = np.maximum(lift, 0.0015 * (1 - np.exp(-along / 0.003)))
        held = hug * (1 - eased(height, 0.03, 0.06)) * eased(point[:, 1] - eyes[1], -0.035, 0.02)
        shift = np.where(height < lift, lift - height, -held * np.maximum(height - lift - 0.001, 0))
        moved = point + np.clip(shift, -0.35 * step[:, 0], 0.02)[:, None] * normals
        direction = unit(moved - path[:, k])
        point = path[:, k] + direction * step
        path[:, k + 1] = point
    strands.path = path


def clump(strands: Strands, every: int, strength: float, power: float = 1.6) -> Ints:
    """Draw strands together in locks, towards their tips; returns (n,) the lock of each."""
    count = len(strands.roots)
    guides = strands.random.choice(count, max(count // every, 1), replace=False)
    # Only the neighbours of one side share a lock.
    keys = np.column_stack([strands.roots, 0.05 * strands.side])
    owner = guides[cKDTree(keys[guides]).query(keys)[1]]
    t = np.linspace(0, 1, strands.path.shape[1])[None, :, None]
    share = strength * strands.random.uniform(0.4, 1.0, (count, 1, 1)) * t**power
    strands.path = strands.path + share * (strands.path[owner] - strands.path)
    return owner


def wave(strands: Strands, owner: Ints, amplitude: float, length: float, *, loose: float = 0.3) -> None:
    """Wave or curl strands; those of a lock move nearly together.

    Parameters
    ----------
    strands : Strands
        Grown.
    owner : (n,) array
        The lock of each.
    amplitude, length : float
        Of a wave, metres.
    loose : float
        Radians by which phases differ within a lock.
    """
    tangent = unit(np.gradient(strands.path, axis=1))
    across = unit(np.cross(tangent, strands.normals[:, None] + 0.01))
    out = np.cross(across, tangent)
    count = len(owner)
    phase = strands.random.uniform(0, 2 * np.pi, count)[owner] + strands.random.normal(0, loose, count)
    along = np.linspace(0, 1, strands.path.shape[1])[None] * strands.length[:, None]
    angle = 2 * np.pi * along / length + phase[:, None]
    size = amplitude * (1 - np.exp(-along / (0.6 * length)))
    strands.path = strands.path + (size * np.cos(angle))[..., None] * across + (size * np.sin(angle))[..., None] * out


def settle(strands: Strands, ground: Ground, least: float = 0.0008, *, ears: bool = True) -> None:
    """Push what entered the head back out of it, but for the roots."""
    flat = ground.clear(strands.path[:, 1:].reshape(-1, 3), least, ears=ears)
    strands.path[:, 1:] = flat.reshape(len(strands.path), -1, 3)


def trim(strands: Strands, eyes: Floats, level: Callable[[Strands, Floats], Floats], jitter: float) -> None:
    """Cut strands where they first come below a height.

    Parameters
    ----------
    strands : Strands
        Grown; their paths are spaced anew and their lengths set.
    eyes : (3,) array
        Origin of places.
    level : callable
        Of strands and their paths' places (n, steps, 3): the height (n, steps) of the cut above the eyes.
    jitter : float
        Standard deviation of the height over the strands, metres.
    """
    place = strands.path - eyes
    count, steps = place.shape[:2]
    high = place[..., 1] - level(strands, place) - strands.random.normal(0, jitter, (count, 1))
    below = high < 0
    below[:, :3] = False
    last = np.where(below.any(1), below.argmax(1), steps - 1)
    a, b = high[np.arange(count), last - 1], high[np.arange(count), last]
    part = np.where(below.any(1), np.clip(a / np.maximum(a - b, 1e-9), 0, 1), 1.0)
    end = last - 1 + part
    at = np.linspace(0, 1, steps)[None] * end[:, None]
    low = np.minimum(at.astype(int), steps - 2)
    row = np.arange(count)[:, None]
    strands.path = strands.path[row, low] + (at - low)[..., None] * (
        strands.path[row, low + 1] - strands.path[row, low]
    )
    strands.length = strands.length * end / (steps - 1)
