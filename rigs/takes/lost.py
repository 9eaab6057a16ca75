"""What an older Blender lost of a take when it opened a newer Blender's file.

Since 4.4 an action has one slot per data block. Older Blenders read the first slot and drop the others: the jaw's keys
of the lips come through, the keys of their shapes do not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...inference.arkit import REGIONS
from ...inference.errors import BadFile
from .. import compat
from . import nla

if TYPE_CHECKING:
    from ..rig import Rig
    from .take import Take


def lost_regions(rig: Rig, take: Take) -> list[str]:
    """Return the regions of a take of which some data block has no keys left."""
    found = {item.region for item in nla.tracks(rig, take.id) if not _plays(item)}
    return [region for region in REGIONS if region in found]


def _plays(item: nla.TakeTrack) -> bool:
    """Tell whether a track's action holds a curve for the kind of data block that it lies on."""
    bag = compat.strip_channelbag(item.strip)
    keyed = {curve.data_path.partition("[")[0] for curve in bag.fcurves} if bag is not None else set[str]()
    return ("key_blocks" if item.owner.id_type == "KEY" else "pose.bones") in keyed


def why_lost(rig: Rig, take: Take) -> BadFile | None:
    """Return in words what of a take is lost and how to get it back, None when nothing is."""
    regions = lost_regions(rig, take)
    if not regions:
        return None
    words = " and ".join(", ".join(region.replace("_", " ") for region in regions).rsplit(", ", 1))
    return BadFile(
        f"'{take.name}' has lost keys of its {words}: the file was saved by Blender 4.4 or newer, and this Blender "
        "reads only the first part of such an action.",
        "Open the file in Blender 4.4 or newer and do not save it here, or use Load Performance to bake it anew.",
    )
