"""Draws the picture that all hair cards share: locks side by side, a scalp of short roots, and stubble.

Grey is a strand's tone (0 deep, 1 sunlit; the material turns it into a hair colour), alpha its coverage. ``v`` runs
from root to tip.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

Plane = npt.NDArray[np.float32]

COLUMNS = 16
CARD_SHARE = 0.75
"""The part of the picture's height, from the bottom, that holds the locks."""
WIDTH, HEIGHT = 1024, 512
_GUTTER = 0.04


@dataclass(frozen=True)
class Lock:
    """One column: how many strands, how they run, how light they are."""

    strands: int
    tone: float
    curl: float = 0.0
    """Amplitude of a strand's waves, in column widths."""
    turns: float = 0.0
    taper: float = 0.35
    """Share of the length over which a strand's end thins out."""
    spread: float = 0.40
    """How far roots stand from the middle of the column, in column widths."""


LOCKS: dict[str, tuple[Lock, ...]] = {
    "dense": (Lock(54, 0.41), Lock(52, 0.43), Lock(48, 0.48), Lock(46, 0.51), Lock(42, 0.55), Lock(34, 0.62)),
    "loose": (Lock(20, 0.46), Lock(17, 0.57, spread=0.42)),
    "wisp": (Lock(6, 0.60, 0.04, 1.0, 0.7, 0.40), Lock(4, 0.66, 0.05, 1.5, 0.8, 0.42)),
    "coil": (Lock(15, 0.36, 0.16, 5.0, 0.2), Lock(14, 0.50, 0.18, 6.0, 0.2), Lock(10, 0.62, 0.20, 7.0, 0.3)),
    "bristle": (Lock(11, 0.42, 0.03, 0.8, 0.8), Lock(9, 0.55, 0.05, 1.2, 0.8)),
    "single": (Lock(1, 0.35, 0.0, 0.0, 0.9, 0.0),),
}
"""Kinds of lock and their variants; a kind's columns follow one another."""


def columns(kind: str) -> range:
    """Return the columns that hold a kind of lock.

    Raises
    ------
    KeyError
        For an unknown kind.
    """
    start = 0
    for name, locks in LOCKS.items():
        if name == kind:
            return range(start, start + len(locks))
        start += len(locks)
    raise KeyError(kind)


def _draw_lock(lock: Lock, width: int, height: int, random: np.random.Generator) -> tuple[Plane, Plane]:
    """Return tone and coverage (height, width) of one column, root first."""
    t = np.linspace(0, 1, height, dtype=np.float32)
    x = (np.arange(width, dtype=np.float32) + 0.5) / width
    cover = np.zeros((height, width), np.float32)
    tone = np.full((height, width), lock.tone, np.float32)
    alone = lock.strands == 1
    thickness = 0.9 / width
    for number in random.permutation(lock.strands):
        # Close together in the middle, few along both sides, so that a lock has no edge.
        place = 2 * (number + random.random()) / lock.strands - 1
        root = 0.5 + (0.0 if alone else lock.spread * (0.62 * place + 0.38 * place**3) * random.uniform(0.9, 1.1))
        meet = 0.5 + random.normal(0, 0.22) * lock.spread
        start = 0.0 if alone else random.uniform(0, 0.05)
        end = 0.99 if alone else 0.99 * (1 - (1 - random.beta(2.6, 1.0)) * (1.0 + 0.3 * abs(place)))
        waves = lock.curl * random.uniform(0.6, 1.2) * np.sin(2 * np.pi * (lock.turns * t + random.random()))
        sway = 0.035 * np.sin(2 * np.pi * (random.uniform(0.4, 1.3) * t + random.random())) * (not alone)
        path = root + 0.40 * (meet - root) * t**2 + (waves + sway) * np.sqrt(t)
        path = np.clip(path, 0.06, 0.94)
        thin = np.clip((end - t) / lock.taper, 0, 1) ** 0.6 * np.clip((t - start) / 0.06, 0, 1)
        half = thickness * random.uniform(0.7, 1.5) * thin
        if alone:  # lashes: broad where they leave the lid, so that they stand in a line there
            half = (0.20 + 0.28 * np.clip(1 - t / 0.30, 0, 1)) * thin**0.5
        # What is thinner than a texel covers less of it.
        inside = np.clip((half[:, None] - np.abs(x[None] - path[:, None])) * width + 0.5, 0, 1) * (thin > 0)[:, None]
        # Cylinders: a strand is lighter along its middle.
        round_ = 1 - 0.35 * np.clip(np.abs(x[None] - path[:, None]) / np.maximum(half, 1e-6)[:, None], 0, 1)
        own = np.clip(lock.tone + random.normal(0, 0.19), 0.05, 1) * round_
        tone = tone * (1 - inside) + own * inside
        cover = np.maximum(cover, inside)
    # Roots lie in the shade of the hair above them.
    tone *= (0.68 + 0.32 * np.clip(t / 0.30, 0, 1) + 0.10 * t**2)[:, None]
    return np.clip(tone, 0, 1), cover


def _draw_roots(width: int, height: int, random: np.random.Generator, *, dots: int, fade: float) -> tuple[Plane, Plane]:
    """Return tone and coverage of short hair seen from above; coverage fades in over the first ``fade`` of the height.

    Across is the azimuth from the front to the back of the head, up is the share of the way to the crown, so that the
    dots are drawn wider and sparser the higher they are.
    """
    cover = np.zeros((height, width), np.float32)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    for _ in range(dots):
        up = 1 - np.sqrt(random.random())
        across = random.random() * width
        wide = min(0.9 / max(1 - up, 0.06), 12.0)
        row, reach = up * height, int(wide * 2 + 3)
        rows = slice(max(int(row) - 4, 0), min(int(row) + 6, height))
        cols = slice(max(int(across) - reach, 0), min(int(across) + reach, width))
        distance = np.hypot((x[rows, cols] - across) / wide, (y[rows, cols] - row) / random.uniform(1.0, 1.9))
        cover[rows, cols] = np.maximum(cover[rows, cols], np.clip(1.3 - distance, 0, 1) * random.uniform(0.45, 0.95))
    v = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    edge = np.clip(v / fade, 0, 1)
    edge = edge * edge * (3 - 2 * edge)
    return np.full((height, width), 0.38, np.float32), np.clip(0.35 * cover + 0.92 * edge, 0, 1) * (edge if dots else 1)


def draw(seed: int = 11) -> npt.NDArray[np.uint8]:
    """Return the (HEIGHT, WIDTH, 2) picture, tone and coverage, top row first."""
    random = np.random.default_rng(seed)
    locks = [lock for kind in LOCKS.values() for lock in kind]
    if len(locks) != COLUMNS:
        raise ValueError(f"{len(locks)} locks for {COLUMNS} columns")
    tall = round(HEIGHT * CARD_SHARE)
    wide = WIDTH // COLUMNS
    picture = np.zeros((HEIGHT, WIDTH, 2), np.float32)
    for column, lock in enumerate(locks):
        tone, cover = _draw_lock(lock, wide, tall, random)
        picture[:tall, column * wide : (column + 1) * wide] = np.dstack([tone, cover])
    half = WIDTH // 2
    for start, dots, fade in ((0, 12000, 0.17), (half, 0, 1.0)):
        tone, cover = _draw_roots(half, HEIGHT - tall, random, dots=dots, fade=fade)
        picture[tall:, start : start + half] = np.dstack([tone, cover])
    # Few levels keep the file small; the eye does not see the steps.
    levels = np.array([47, 31])
    return (np.round(picture[::-1] * levels) / levels * 255).round().astype(np.uint8)


def card_uv(
    column: npt.NDArray[np.int64], across: npt.NDArray[Any], along: npt.NDArray[Any]
) -> npt.NDArray[np.float64]:
    """Return (..., 2) texture coordinates of places on cards.

    Parameters
    ----------
    column : int array
        Column of every card.
    across, along : arrays of the same shape
        0..1 from edge to edge, and from root to tip.
    """
    u = (column + _GUTTER + (1 - 2 * _GUTTER) * across) / COLUMNS
    return np.stack([u, CARD_SHARE * (0.004 + 0.988 * along)], -1)


def roots_uv(azimuth: npt.ArrayLike, up: npt.ArrayLike, *, stubble: bool = False) -> npt.NDArray[np.float64]:
    """Return (..., 2) texture coordinates on the picture of short roots.

    Parameters
    ----------
    azimuth, up : arrays
        0..1 from front to back, and from the hairline (transparent) to the crown.
    stubble : bool
        The sparser half, for beards.
    """
    u = 0.5 * (0.004 + 0.992 * np.clip(azimuth, 0, 1)) + 0.5 * stubble
    return np.stack([u, CARD_SHARE + (1 - CARD_SHARE) * (0.01 + 0.98 * np.clip(up, 0, 1))], -1)


def write(path: Path) -> None:
    """Draw the picture and save it as a PNG with alpha."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(draw(), "LA").save(path, optimize=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("output", type=Path)
    write(parser.parse_args().output)
