"""Lip craft after the bake: the lips' keys of one take written anew from the performance that the take carries.

Nothing but those keys changes, and only while every one of them is as a bake or a craft has written it: keys that a
person touched are left alone, and the craft goes into a new take instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...inference.craft import LipCraft, apply_craft
from ...inference.errors import HandMade, SoliloquyError
from ...inference.shape.reshape import reshaped
from ...inference.shape.settings import Reshape
from .. import compat
from . import curves, follow, lips_record, nla
from . import take as takes
from .access import own_take, why_locked
from .bake import BakeOptions, BakeReport, Tolerance, bake
from .channels import reduce_channels, region_channels
from .lost import why_lost
from .take import Take

if TYPE_CHECKING:
    from ...inference.performance import Performance
    from ..rig import Rig


def lips_tracks(rig: Rig, take: Take) -> list[nla.TakeTrack]:
    """Return the NLA tracks of a take's lips; empty when it has none."""
    return nla.tracks(rig, take.id, region="lips")


def carrier(rig: Rig, take: Take) -> Any | None:
    """Return the action that carries how a take's lips were performed, None when there is none."""
    for found in lips_tracks(rig, take):
        if lips_record.PROPERTY in found.strip.action:
            return found.strip.action
    return None


def craft_of(rig: Rig, take: Take) -> LipCraft:
    """Return the craft a take's lips were last written with."""
    action = carrier(rig, take)
    info = nla.read_info(action) if action is not None else None
    try:
        return LipCraft.from_json((info or {}).get("craft") or {})
    except (SoliloquyError, TypeError):
        return LipCraft()


def why_not(rig: Rig, take: Take) -> SoliloquyError | None:
    """Return why a take's lips cannot be crafted in place, None when they can."""
    found = lips_tracks(rig, take)
    if not found:
        return SoliloquyError(f"The take '{take.name}' has no lips.", "Choose a take with lips.")
    lost = why_lost(rig, take)
    if lost is not None:
        return lost
    action = carrier(rig, take)
    if action is None or lips_record.read(action) is None:
        return SoliloquyError(
            f"The take '{take.name}' does not carry its original lips: it was baked by an older version.",
            "Animate again; the new take can be crafted.",
        )
    if not all(item.strip.action.is_editable for item in found):
        return HandMade(
            f"The lips of '{take.name}' are linked from another file and stay as they are.",
            "Craft into a new take instead.",
        )
    locked = why_locked(rig, found)
    if locked is not None:
        return locked
    if touched(rig, take):
        return HandMade(
            f"The lips of '{take.name}' hold keys edited by hand, which stay as they are.",
            "Craft into a new take instead.",
        )
    return None


def touched(rig: Rig, take: Take) -> bool:
    """Tell whether a person changed anything about the keys of a take's lips since they were written."""
    return any(
        curves.key_state(action) != (nla.read_info(action) or {}).get("key_state")
        for action in nla.actions(lips_tracks(rig, take))
    )


def craft_take(rig: Rig, take: Take, craft: LipCraft) -> int:
    """Write the keys of a take's lips anew, as performed and then crafted; neutral settings bring the bake's keys back.

    Tracks, strips, other regions and other takes stay as they are.

    Returns
    -------
    int
        Keyframes written.

    Raises
    ------
    SoliloquyError
        When the take carries no lips, or holds keys that a person touched; nothing is changed then.
    """
    problem = why_not(rig, take)
    if problem is not None:
        raise problem
    own_take(rig, take.id)
    action = carrier(rig, take)
    record = lips_record.read(action)
    assert record is not None
    crafted = apply_craft(_in_its_mood(record.performance(), action), craft)
    channels = [channel for channel in region_channels(crafted, rig, "lips") if channel.kind != "switch"]
    reduced = reduce_channels(channels, [record.limit(c.kind) for c in channels], record.interpolation)
    found = lips_tracks(rig, take)
    bags = {item.owner.as_pointer(): compat.strip_channelbag(item.strip) for item in found}
    frames, keys, before = record.frames, 0, curves.count_keys(nla.actions(found))
    for channel, curve in zip(channels, reduced, strict=True):
        for target in channel.targets:
            bag = bags.get(target.owner.as_pointer())
            if bag is not None:
                keys += curves.write_reduced(
                    bag, target.data_path, target.group, curve, frames[curve.frames], record.interpolation, afresh=True
                )
    _remember(rig, take, craft, curves.count_keys(nla.actions(found)) - before)
    return keys


def craft_into_new_take(rig: Rig, take: Take, craft: LipCraft, *, name: str = "", scene: Any = None) -> BakeReport:
    """Bake a take's original lips as a new take of the lips alone, and craft that; the take itself is only muted there.

    Raises
    ------
    SoliloquyError
        When the take does not carry its lips, or the name is taken.
    """
    action = carrier(rig, take)
    record = lips_record.read(action) if action is not None else None
    if record is None:
        raise why_not(rig, take) or SoliloquyError(f"The take '{take.name}' has no lips.", "Choose a take with lips.")
    strip = next(item.strip for item in lips_tracks(rig, take) if item.strip.action == action)
    performance = record.performance()
    performance.meta = {key: value for key, value in take.meta.items() if key not in ("keys", "max_error")}
    options = BakeOptions(
        first_frame=strip.frame_start + (record.first - strip.action_frame_start) * strip.scale,
        regions=("lips",),
        interpolation=record.interpolation,
        tolerance=Tolerance(record.tolerance["rotation"], record.tolerance["coefficient"]),
        name=name.strip() or takes.free_variant(rig, f"{take.name} lips"),
    )
    report = bake(performance, rig, options, scene=scene)
    follow.link_like(rig, report.take, take)
    if not craft.neutral:
        craft_take(rig, report.take, craft)
    return report


def _in_its_mood(performance: Performance, action: Any) -> Performance:
    """Return lips whose mood is as strong as the take was re-shaped to."""
    try:
        chosen = Reshape.from_json((nla.read_info(action) or {}).get("reshape") or {})
    except (SoliloquyError, TypeError):
        return performance
    return reshaped(performance, Reshape(emotion=chosen.emotion))


def _remember(rig: Rig, take: Take, craft: LipCraft, more_keys: int) -> None:
    """Note on the take's actions what its lips are now."""
    for action, info in {item.strip.action: item.info for item in nla.tracks(rig, take.id)}.items():
        if "keys" in info["meta"]:
            info["meta"]["keys"] += more_keys
        if info["region"] == "lips":
            info.pop("craft", None)
            if not craft.neutral:
                info["craft"] = craft.to_json()
            info["fingerprint"] = curves.fingerprint(action)
            info["key_state"] = curves.key_state(action)
        nla.write_info(action, info)
