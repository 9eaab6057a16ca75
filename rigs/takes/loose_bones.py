"""Limbs whose bones hang on none of the body's, as in game exports of control rigs: carried along by their location."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from ..rig_parts import Segment
    from .rig_places import RigPlaces

Doubles = npt.NDArray[np.float64]


def carried_along(places: RigPlaces, part: Segment) -> Doubles:
    """Return (T, 3) locations, in the property's own axes and units, that keep a loose bone where its body carries it.

    Parameters
    ----------
    places : RigPlaces
        Of the performance and the rig.
    part : Segment
        The first bone of a joint that is :attr:`~..rig.Rig.loose`, or a rider that hangs on none that is turned.
    """
    rig, performance = places.turns.rig, places.turns.performance
    assert rig.root is not None
    bone = part.bone
    moved = places.bone_place(bone) - places.head(bone)
    data = rig.armature.data.bones[bone]
    if rig.root.bone not in {bone, *(item.name for item in data.parent_recursive)}:
        moved = moved + performance.trans.astype(np.float64) + np.array([0.0, rig.root.lift, 0.0])
    axes = part.rest.T if data.use_local_location else rig.frame.axes
    found: Doubles = moved @ axes.T / rig.root.metres
    return found
