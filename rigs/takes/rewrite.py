"""Keys of a finished take written anew: those of one region, and the note on its actions of how they are now."""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import numpy.typing as npt

from ...inference.errors import SoliloquyError
from ...inference.setting import Settings
from .. import compat
from . import curves, nla
from .channels import Channel, reduce_channels
from .locks import any_locked
from .take import Take

if TYPE_CHECKING:
    from ..rig import Rig

Chosen = TypeVar("Chosen", bound=Settings)


def write_region(
    rig: Rig,
    take: Take,
    region: str,
    channels: list[Channel],
    limit: Callable[[Channel], float],
    frames: npt.NDArray[np.float64],
    interpolation: str,
) -> int:
    """Write the keys of one region of a take in place of those that are there; returns how many.

    What moves a locked F-curve stays as it is.

    Parameters
    ----------
    channels : list of Channel
        What moves; switches, which hold one value all along, are not written anew.
    limit : callable
        Largest deviation of a channel, in its unit.
    frames : (T,) array
        Frames of the actions at which the channels' values lie.
    interpolation : str
        ``"BEZIER"`` or ``"LINEAR"``.
    """
    moving = [channel for channel in channels if channel.kind != "switch"]
    reduced = reduce_channels(moving, [limit(channel) for channel in moving], interpolation)
    found = nla.tracks(rig, take.id, region=region)
    bags = {item.owner.as_pointer(): compat.strip_channelbag(item.strip) for item in found}
    keys = 0
    for channel, curve in zip(moving, reduced, strict=True):
        for target in channel.targets:
            bag = bags.get(target.owner.as_pointer())
            if bag is not None and not any_locked(bag, target.data_path):
                keys += curves.write_reduced(
                    bag, target.data_path, target.group, curve, frames[curve.frames], interpolation, afresh=True
                )
    return keys


def kept_settings(action: Any | None, name: str, kind: type[Chosen]) -> Chosen:
    """Return the settings that an action's note holds under a name; the defaults where it holds none that can be."""
    info = nla.read_info(action) if action is not None else None
    try:
        return kind.from_json((info or {}).get(name) or {})
    except (SoliloquyError, TypeError):
        return kind()


def note_rewritten(
    rig: Rig,
    take: Take,
    name: str,
    settings: Settings,
    *,
    regions: Container[str],
    written: Container[str],
    more_keys: int,
) -> None:
    """Note on a take's actions what its keys are now.

    Parameters
    ----------
    name : str
        Under which :func:`kept_settings` finds the settings again; the defaults are not kept.
    regions : container of str
        Regions whose actions keep the settings.
    written : container of str
        Regions whose keys were written anew.
    more_keys : int
        Keys that the take has more than before.
    """
    for action, info in {item.strip.action: item.info for item in nla.tracks(rig, take.id)}.items():
        if "keys" in info["meta"]:
            info["meta"]["keys"] += more_keys
        if info["region"] in regions:
            info.pop(name, None)
            if settings != type(settings)():
                info[name] = settings.to_json()
        if info["region"] in written:
            info["fingerprint"] = curves.fingerprint(action)
            if "key_state" in info:
                info["key_state"] = curves.key_state(action)
        nla.write_info(action, info)
