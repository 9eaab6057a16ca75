"""Lip craft after the bake: the lips' keys of one take written anew from the performance that the take carries.

Nothing but those keys changes, and only while every one of them is as a bake or a craft has written it: keys that a
person touched are left alone, and the craft goes into a new take instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...inference.craft import apply_craft
from ...inference.craft_settings import LipCraft
from ...inference.errors import HandMade, SoliloquyError
from ...inference.shape.reshape import reshaped
from ...inference.shape.settings import Reshape
from . import curves, follow, lips_record, nla
from . import take as takes
from .access import own_take, why_locked
from .bake import BakeOptions, BakeReport, Tolerance, bake
from .channels import region_channels
from .lost import why_lost
from .rewrite import kept_settings, note_rewritten, write_region
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
    return kept_settings(carrier(rig, take), "craft", LipCraft)


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
    before = curves.count_keys(nla.actions(lips_tracks(rig, take)))
    keys = write_region(
        rig, take, "lips", region_channels(crafted, rig, "lips"), lambda channel: record.limit(channel.kind),
        record.frames, record.interpolation,
    )  # fmt: skip
    more = curves.count_keys(nla.actions(lips_tracks(rig, take))) - before
    note_rewritten(rig, take, "craft", craft, regions=("lips",), written=("lips",), more_keys=more)
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
    return reshaped(performance, Reshape(emotion=kept_settings(action, "reshape", Reshape).emotion))
