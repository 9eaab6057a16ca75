"""Widens the sliders of shape keys that a take drives past their ends, and sets them back when nothing plays them.

Blender clamps a key's value to its slider, and importers leave 0 to 1 where a key was made for -3 to 3.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ...inference.plain_json import parse_object

if TYPE_CHECKING:
    from .channels import Channel

PROPERTY = "soliloquy_key_ranges"
"""Custom property of a mesh's shape keys: JSON of name -> [lowest, highest] as they were."""
_MOST = 10.0
"""What Blender lets a slider reach."""


def widen(channels: Iterable[Channel]) -> list[str]:
    """Widen sliders to what channels that ask for it need; returns in a sentence whose were."""
    widened: list[str] = []
    for channel in channels:
        if not channel.widens:
            continue
        low, high = float(channel.values.min()), float(channel.values.max())
        for target in channel.targets:
            block = target.owner.path_resolve(target.data_path.rpartition(".")[0])
            if low >= block.slider_min and high <= block.slider_max:
                continue
            known = _known(target.owner)
            known.setdefault(block.name, [block.slider_min, block.slider_max])
            target.owner[PROPERTY] = json.dumps(known)
            block.slider_min = max(-_MOST, min(block.slider_min, float(math.floor(low))))
            block.slider_max = min(_MOST, max(block.slider_max, float(math.ceil(high))))
            widened.append(block.name)
    if not widened:
        return []
    one = len(widened) == 1
    said = f"'{widened[0]}'" if one else f"{len(widened)} shape keys, among them '{widened[0]}',"
    return [
        f"The {'slider' if one else 'sliders'} of {said} {'was' if one else 'were'} widened to what the take needs; "
        "removing the take sets them back."
    ]


def set_back(owner: Any, data_path: str) -> None:
    """Give the slider of a key, by the data path of its value, the ends that it had before it was widened."""
    if getattr(owner, "id_type", "") != "KEY" or PROPERTY not in owner:
        return
    known = _known(owner)
    block = owner.path_resolve(data_path.rpartition(".")[0])
    before = known.pop(block.name, None)
    if before is not None:
        block.slider_min, block.slider_max = before
    if known:
        owner[PROPERTY] = json.dumps(known)
    else:
        del owner[PROPERTY]


def _known(owner: Any) -> dict[str, list[float]]:
    try:
        read = parse_object(owner.get(PROPERTY, "{}"))
    except (TypeError, ValueError):
        return {}
    return {
        name: [float(pair[0]), float(pair[1])] for name, pair in read.items()
        if isinstance(pair, list) and len(pair) == 2 and all(isinstance(end, int | float) for end in pair)
    }  # fmt: skip
