"""The haircuts by name."""

from __future__ import annotations

import numpy as np

from ...inference.easing import eased
from .hair_growth import Flow, Strands, uneven, unit
from .hair_styles import (
    Coat,
    Style,
    Tail,
    around_ears,
    away,
    by_parting,
    edge,
    fringe,
    gathered,
    level,
    near_line,
    parted,
    swept,
    vary,
)
from .makehuman import Floats


def _baby(length: float, flow: Flow, count: int = 160) -> Coat:
    """Fine short hair that breaks the hairline."""
    return Coat(
        count, lambda s: length * vary(s, 0.5, 1.2), lambda s: 0.0012 + 0.002 * s.layer, flow, half_width=0.0030,
        segments=2, kind="wisp", where=near_line(0.009), stand=0.2, clump=(3, 0.3), messy=0.35, roll=0.1, ears=False,
    )  # fmt: skip


def _short_rise(s: Strands, top: float, front: float) -> Floats:
    return (0.0018 + top * s.top + front * s.front) * (0.25 + 0.75 * edge(s)) * (0.3 + 0.9 * s.layer)


def _temples(azimuth: Floats) -> Floats:
    """A hairline that has receded: high at the temples, a tongue of hair left in the middle; over the ears, where short
    hair does not fall over the skin, it comes down to them."""
    behind = eased(azimuth, 58, 80) * (1 - eased(azimuth, 112, 130))
    return 0.020 + 0.018 * np.exp(-(((azimuth - 33) / 17) ** 2)) - 0.026 * behind


def _thinning(place: Floats, edge: Floats) -> Floats:
    """Sparse on top, and sparser towards the line in front."""
    front = eased(place[:, 2], -0.07, -0.02)
    return (edge > 0) * (1 - 0.55 * eased(place[:, 1], 0.075, 0.105)) * (1 - 0.7 * front * (1 - eased(edge, 0, 0.02)))


def _soft(azimuth: Floats) -> Floats:
    """A rounder, lower hairline than the default, without sideburns."""
    return -0.003 + 0.010 * np.exp(-(((azimuth - 74) / 9) ** 2))


def _tangle(s: Strands, place: Floats, n: Floats, _h: Floats, _t: float) -> Floats:
    """Any way along the head, neighbours differently: a mass of coils. Those by the hairline keep off the face and the
    neck, on which none would lie down."""
    turn = 9.0 * uneven(s.roots, 0.013) + 6.0 * s.layer
    first = unit(np.cross(n, np.array([0.3, 0.2, 1.0])))
    back = (1 - eased(s.edge, 0.004, 0.035))[:, None] * unit(np.array(_CROWN) - place)
    return np.cos(turn)[:, None] * first + np.sin(turn)[:, None] * np.cross(n, first) + 1.9 * back


_CROWN = (0.0, 0.110, -0.100)
_TAIL_AT = (0.0, 0.050, -0.172)
_BUN_AT = (0.0, 0.000, -0.160)

STYLES: dict[str, Style] = {
    "crop": Style((
        Coat(1500, lambda s: (0.015 + 0.027 * s.top + 0.008 * s.front) * (0.6 + 0.4 * edge(s)) * vary(s, 0.7, 1.2),
             lambda s: _short_rise(s, 0.009, 0.005), swept(0.75, 0.35), half_width=0.0024, segments=2, stand=0.40,
             clump=(2, 0.20), wave=(0.0012, 0.03), messy=0.38, ears=False, taper=0.9),
        Coat(160, lambda s: 0.028 * vary(s), lambda s: 0.005 + 0.009 * s.top, swept(0.6, 0.5), half_width=0.004,
             segments=2, kind="wisp", stand=0.7, clump=(3, 0.2), messy=0.4, ears=False),
        _baby(0.012, swept(0.5, 0.4)),
    )),
    "side_parting": Style((
        Coat(900, lambda s: (0.020 + 0.055 * s.top) * (0.55 + 0.45 * edge(s)) * vary(s, 0.85, 1.1),
             lambda s: _short_rise(s, 0.010, 0.008) * np.where(s.side < 0, 1.0, 0.65), parted(0.9), half_width=0.0032,
             segments=3, where=by_parting(0.034), stand=0.45, clump=(4, 0.30), wave=(0.0015, 0.06), follow=0.25,
             ears=False, messy=0.19, taper=0.85),
        Coat(120, lambda s: (0.02 + 0.045 * s.top) * vary(s), lambda s: 0.004 + 0.010 * s.top, parted(0.9),
             half_width=0.005, kind="wisp", stand=0.6, clump=(3, 0.2), messy=0.3, ears=False),
        _baby(0.012, parted(0.9)),
    ), parting=0.034),
    "bob": Style((
        Coat(560, lambda s: 0.30 + 0 * s.layer, lambda s: (0.003 + 0.010 * s.layer) * (0.4 + 0.6 * edge(s)),
             parted(0.55), half_width=0.0060, segments=7, where=by_parting(0.022), stand=0.3, gravity=0.11, follow=0.24,
             clump=(6, 0.35), wave=(0.002, 0.11), cut=level(-0.105, -0.085), jitter=0.004, taper=0.3, droop=0.1),
        Coat(60, lambda s: 0.28 * vary(s), lambda s: 0.010 + 0.008 * s.layer, parted(0.5), half_width=0.006, segments=7,
             kind="wisp", stand=0.4, gravity=0.11, follow=0.24, cut=level(-0.095, -0.075), jitter=0.012, messy=0.3),
        _baby(0.020, parted(1.0), 120),
    ), parting=0.022, hairline=_soft, hangs=True),
    "shoulder": Style((
        Coat(500, lambda s: 0.40 + 0 * s.layer, lambda s: (0.004 + 0.011 * s.layer) * (0.4 + 0.6 * edge(s)),
             parted(0.5), half_width=0.0066, segments=9, where=by_parting(-0.018), stand=0.3, gravity=0.12, follow=0.22,
             clump=(9, 0.6), wave=(0.007, 0.085), cut=level(-0.185, -0.20), jitter=0.014, taper=0.5, droop=0.0),
        Coat(60, lambda s: 0.33 * vary(s), lambda s: 0.012 + 0.009 * s.layer, parted(0.45), half_width=0.007,
             segments=9, kind="wisp", stand=0.4, gravity=0.12, follow=0.22, wave=(0.009, 0.08), messy=0.3),
        _baby(0.022, parted(0.9), 120),
    ), parting=-0.018, hairline=_soft, hangs=True),
    "long": Style((
        Coat(480, lambda s: 0.56 + 0 * s.layer, lambda s: (0.003 + 0.008 * s.layer) * (0.4 + 0.6 * edge(s)),
             parted(0.6), half_width=0.0070, segments=11, where=by_parting(0.0), stand=0.25, gravity=0.12, follow=0.22,
             clump=(5, 0.4), wave=(0.003, 0.18), cut=level(-0.29, -0.36), jitter=0.020, taper=0.55, droop=0.0),
        Coat(40, lambda s: 0.42 * vary(s), lambda s: 0.010 + 0.008 * s.layer, parted(0.55), half_width=0.007,
             segments=10, kind="wisp", stand=0.4, gravity=0.12, follow=0.22, messy=0.3),
        _baby(0.022, parted(1.0), 120),
    ), parting=0.0, hairline=_soft, hangs=True),
    "ponytail": Style((
        Coat(750, lambda s: 1.12 * np.linalg.norm(s.place - np.array(_TAIL_AT), axis=1),
             lambda s: (0.0015 + 0.0045 * s.layer) * (0.3 + 0.7 * edge(s)), gathered(_TAIL_AT), half_width=0.0050,
             segments=6, stand=0.15, follow=0.30, clump=(5, 0.15), droop=0.3, messy=0.04, roll=0.12, taper=0.6,
             where=by_parting(9.0), ears=False),
        _baby(0.018, gathered(_TAIL_AT), 200),
    ), hairline=_soft, hangs=True, tail=Tail(_TAIL_AT, 120, 0.27)),
    "bun": Style((
        Coat(750, lambda s: 1.12 * np.linalg.norm(s.place - np.array(_BUN_AT), axis=1),
             lambda s: (0.0015 + 0.0055 * s.layer) * (0.3 + 0.7 * edge(s)), gathered(_BUN_AT), half_width=0.0050,
             segments=6, stand=0.2, follow=0.30, clump=(5, 0.2), droop=0.3, messy=0.06, roll=0.12, taper=0.6,
             where=by_parting(9.0), ears=False),
        Coat(60, lambda s: 0.06 * vary(s), lambda s: 0.006 + 0.006 * s.layer, gathered(_BUN_AT), half_width=0.004,
             segments=3, kind="wisp", messy=0.2, ears=False),
        _baby(0.018, gathered(_BUN_AT), 200),
    ), hairline=_soft, tail=Tail(_BUN_AT, 150, 0.0)),
    "afro": Style((
        Coat(420, lambda s: 0.050 + 0.02 * s.layer, lambda s: (0.004 + 0.020 * s.layer) * (0.4 + 0.6 * edge(s, 0.03)),
             _tangle, half_width=0.0085, segments=4, stand=1.2, clump=(3, 0.0), wave=(0.003, 0.030), droop=0.0,
             roll=0.25, taper=0.6, messy=0.5, ears=False, kind="coil"),
        Coat(800, lambda s: 0.055 + 0.02 * s.layer, lambda s: (0.022 + 0.024 * s.layer) * (0.35 + 0.65 * edge(s, 0.04)),
             _tangle, half_width=0.0080, segments=4, stand=1.6, clump=(3, 0.0), wave=(0.005, 0.025), droop=0.0,
             roll=0.35, taper=0.6, messy=0.5, ears=False, kind="coil", where=lambda _place, edge: (edge > 0.004) * 1.0),
        Coat(200, lambda s: 0.012 * vary(s), lambda s: 0.003 + 0.003 * s.layer, _tangle, half_width=0.006, segments=2,
             kind="coil", where=near_line(0.008), stand=0.6, clump=(3, 0.0), messy=0.5, ears=False),
    )),
    "buzz": Style((
        Coat(1500, lambda s: 0.0065 * vary(s), lambda s: 0.0030 + 0 * s.layer, away, half_width=0.0032, segments=1,
             kind="bristle", stand=0.8, clump=(4, 0.0), messy=0.3, hug=0.3, ears=False,
             where=lambda _place, edge: (edge > 0.002) * 1.0),
    )),
    "bowl": Style((
        Coat(700, lambda s: 0.19 + 0 * s.layer, lambda s: (0.003 + 0.009 * s.layer) * (0.45 + 0.55 * edge(s)),
             fringe, half_width=0.0046, segments=6, stand=0.35, gravity=0.06, follow=0.25, clump=(3, 0.25),
             wave=(0.0015, 0.09), cut=around_ears(0.030, 0.010, -0.045), jitter=0.007, taper=0.6, droop=0.15,
             ears=False),
        Coat(80, lambda s: 0.16 * vary(s), lambda s: 0.008 + 0.008 * s.layer, fringe, half_width=0.005, segments=6,
             kind="wisp", stand=0.5, gravity=0.05, follow=0.25, cut=around_ears(0.024, 0.006, -0.052), jitter=0.007,
             messy=0.3, ears=False),
    ), hairline=_soft),
    "receding": Style((
        Coat(1100, lambda s: (0.016 + 0.022 * s.top) * (0.55 + 0.45 * edge(s)) * vary(s),
             lambda s: _short_rise(s, 0.005, 0.002), swept(0.35, -0.75, 0.35), half_width=0.0026, segments=2,
             where=_thinning, stand=0.35,
             clump=(2, 0.2), wave=(0.0012, 0.04), messy=0.25, ears=False, taper=0.75),
        Coat(150, lambda s: 0.022 * vary(s), lambda s: 0.003 + 0.006 * s.top, swept(0.35, -0.6), half_width=0.004,
             segments=2, kind="wisp", stand=0.6, clump=(3, 0.2), messy=0.5, ears=False),
        _baby(0.012, swept(0.2, -0.5), 220),
    ), hairline=_temples),
}  # fmt: skip
"""By the names that a look uses."""
