"""The figures that are measured of every take: a function of a :class:`~.case.Case` that returns name -> figure."""

from __future__ import annotations

from collections.abc import Callable

from .body import curls, directions, palms, travel, trunk
from .case import Case
from .face import lids, lips
from .mouths import mouths

MEASURES: list[Callable[[Case], dict[str, float]]] = [directions, palms, curls, trunk, travel, mouths, lips, lids]
