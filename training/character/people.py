"""Who the people of the cast are: a phenotype each, and details of the face that make a person of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from .phenotype import Phenotype

AGES = ("child", "young", "old")
"""Anchors of the age axis here: 10, 25 and 90 years."""
_EARS = {f"ears/{side}-ear-wing-decr": 0.4 for side in "lr"}


@dataclass(frozen=True)
class Recipe:
    """How a person is made of the targets."""

    phenotype: Phenotype
    details: dict[str, float] = field(default_factory=dict)
    """Further targets, path under ``mpfb2/targets`` without ending -> weight."""
    head: float = 1.0
    """Size of the head over what the targets give."""


def _years(age: float) -> float:
    """Return the place on ``AGES``' axis of an age from -1 (10 years) over 0 (25) to 1 (90)."""
    return (age + 1) / 2


def _both(kind: str, **weights: float) -> dict[str, float]:
    """Return a target of each side; underscores stand for hyphens."""
    part = "eye" if kind == "eyes" else kind.rstrip("s")
    return {f"{kind}/{s}-{part}-{name.replace('_', '-')}": weight for name, weight in weights.items() for s in "lr"}


PEOPLE: dict[str, Recipe] = {
    "woman": Recipe(
        Phenotype(0.04, _years(0.02), 0.48, 0.42, 0.5, 0.9, (0.06, 0.10, 0.84)),
        {
            **_both("eyes", scale_incr=0.55, height2_incr=0.40, bag_decr=0.5, corner2_up=0.30), **_EARS,
            **_both("cheek", bones_incr=0.35), "head/head-oval": 0.55, "chin/chin-height-decr": 0.2,
            "chin/chin-triangle": 0.25, "nose/nose-scale-horiz-decr": 0.3, "nose/nose-hump-decr": 0.3,
            "nose/nose-point-up": 0.25, "mouth/mouth-upperlip-volume-incr": 0.3, "mouth/mouth-angles-up": 0.3,
            "mouth/mouth-scale-horiz-incr": 0.1, "mouth/mouth-cupidsbow-incr": 0.25,
            "forehead/forehead-scale-vert-decr": 0.5,
        },
    ),
    "man": Recipe(
        Phenotype(0.96, _years(0.12), 0.6, 0.46, 0.55, 0.85, (0.06, 0.06, 0.88)),
        {
            **_both("eyes", scale_incr=0.45, height2_incr=0.2, bag_decr=0.2), **_EARS,
            **_both("cheek", bones_incr=0.25, volume_decr=0.2), "head/head-rectangular": 0.3,
            "chin/chin-width-incr": 0.25, "chin/chin-prominent-incr": 0.2, "chin/chin-cleft-incr": 0.2,
            "nose/nose-hump-incr": 0.2, "nose/nose-scale-depth-incr": 0.1, "mouth/mouth-scale-horiz-incr": 0.15,
            "mouth/mouth-trans-up": 0.15, "mouth/mouth-angles-up": 0.2, "eyebrows/eyebrows-trans-down": 0.2,
            "torso/measure-shoulder-dist-decr": 1.3,
        },
    ),
    "black_woman": Recipe(
        Phenotype(0.05, _years(0.08), 0.52, 0.46, 0.52, 0.9, (0.93, 0.0, 0.07)),
        {
            **_both("eyes", scale_incr=0.5, height2_incr=0.3, bag_decr=0.4, corner2_up=0.2), **_EARS,
            **_both("cheek", bones_incr=0.45), "head/head-diamond": 0.25, "head/head-oval": 0.35,
            "nose/nose-scale-horiz-decr": 0.25, "nose/nose-flaring-decr": 0.2, "mouth/mouth-angles-up": 0.35,
            "mouth/mouth-scale-horiz-decr": 0.1, "forehead/forehead-nubian-incr": 0.2, "chin/chin-width-decr": 0.25,
        },
    ),
    "east_asian_man": Recipe(
        Phenotype(0.94, _years(0.04), 0.5, 0.44, 0.5, 0.85, (0.0, 0.97, 0.03)),
        {
            **_both("eyes", scale_incr=0.5, height2_incr=0.2, bag_decr=0.35), **_EARS,
            **_both("cheek", bones_incr=0.2, volume_decr=0.25), "head/head-oval": 0.25, "head/head-fat-decr": 0.25,
            "chin/chin-width-decr": 0.15, "chin/chin-prominent-incr": 0.15, "nose/nose-scale-horiz-decr": 0.2,
            "nose/nose-trans-up": 0.1, "mouth/mouth-angles-up": 0.3, "mouth/mouth-lowerlip-volume-decr": 0.15,
            "torso/measure-shoulder-dist-decr": 1.4,
        },
    ),
    "older_woman": Recipe(
        Phenotype(0.06, _years(0.66), 0.45, 0.56, 0.46, 0.75, (0.05, 0.08, 0.87)),
        {
            **_both("eyes", scale_incr=0.5, height2_incr=0.25, eyefold_down=0.2), **_EARS,
            **_both("cheek", bones_incr=0.3, volume_incr=0.1), "head/head-age-incr": 0.25, "head/head-square": 0.15,
            "forehead/forehead-scale-vert-decr": 0.3,
            "nose/nose-hump-incr": 0.15, "nose/nose-scale-vert-incr": 0.1, "mouth/mouth-angles-up": 0.4,
            "mouth/mouth-laugh-lines-in": 0.3, "mouth/mouth-upperlip-volume-incr": 0.25, "neck/neck-double-incr": 0.1,
        },
    ),
    "child": Recipe(
        Phenotype(0.4, _years(-1.0), 0.5, 0.5, 0.45, 0.8, (0.2, 0.2, 0.6)),
        {
            **_both("eyes", scale_incr=0.5, height2_incr=0.35, bag_decr=0.4), **_both("cheek", volume_incr=0.3),
            "head/head-round": 0.35, "nose/nose-point-up": 0.3, "nose/nose-scale-vert-decr": 0.2,
            "chin/chin-height-decr": 0.2, "mouth/mouth-angles-up": 0.3, "mouth/mouth-upperlip-volume-incr": 0.15,
        },
        head=1.04,
    ),
    "stylised": Recipe(
        Phenotype(0.25, _years(-0.25), 0.4, 0.35, 0.5, 1.0, (0.15, 0.25, 0.6)),
        {
            **_both("eyes", scale_incr=2.5, height2_incr=1.1, bag_decr=0.8, corner2_up=0.3, trans_down=0.2), **_EARS,
            **_both("cheek", volume_incr=0.4), "head/head-round": 0.5, "nose/nose-scale-horiz-decr": 0.9,
            "nose/nose-scale-vert-decr": 0.9, "nose/nose-scale-depth-decr": 0.45, "nose/nose-hump-decr": 0.5,
            "nose/nose-point-up": 0.4, "chin/chin-triangle": 0.5, "chin/chin-height-decr": 0.4,
            "mouth/mouth-scale-horiz-decr": 0.25, "mouth/mouth-angles-up": 0.45, "neck/neck-scale-horiz-decr": 0.5,
            "neck/neck-scale-depth-decr": 0.4, "forehead/forehead-scale-vert-decr": 0.3,
        },
        head=1.36,
    ),
}  # fmt: skip
"""The cast besides the default person; on one topology and one skeleton."""
