"""Control rigs: what must be switched for their FK controls to act, and what carries a control.

The controls of an artist's rig hang on bones between them, which constraints tie to other controls. Keys on an arm's FK
controls show only while the arm is switched to FK, so a take holds such switches from its first frame on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import bpy

from ..inference.arkit import region_of_joint
from .control_layer.marker import is_ours
from .driven_value import DrivenValues

if TYPE_CHECKING:
    from .mappings.register import SkeletonFound

_COPIES = ("COPY_TRANSFORMS", "COPY_ROTATION", "CHILD_OF")
"""Constraints that make a bone turn as another does."""
_CARRY = (*_COPIES, "ARMATURE")
"""The same, and those that blend several."""
PARENTS = ("CHILD_OF", "ARMATURE")
"""Constraints whose bone turns with others as with a parent, and by its own keys."""
_WHOLE = 1.0 - 1e-4
"""Influence from which on a constraint overrides the parent."""


@dataclass(frozen=True)
class Switch:
    """A property of an armature object, and the value that it must have while a take plays."""

    path: str
    """Data path from the armature object."""
    value: float
    bone: str
    """The bone it is found on."""
    regions: frozenset[str]
    """Regions of a performance whose controls need it."""

    def throw(self, armature: Any) -> None:
        """Set the property on an armature object."""
        set_property(armature, self.path, [self.value])


def set_property(owner: Any, path: str, values: Sequence[float]) -> None:
    """Set a property of a data block, or a custom property as the type that it has."""
    if path.endswith('"]'):
        holder, _, name = path[:-2].rpartition('["')
        now = owner.path_resolve(path)
        has = owner.path_resolve(holder) if holder else owner
        has[bpy.utils.unescape_identifier(name)] = type(now)(values[0])
        owner.update_tag()  # for what it drives
        return
    holder, _, name = path.rpartition(".")
    setattr(owner.path_resolve(holder) if holder else owner, name, values if len(values) > 1 else values[0])


def switches_of(armature: Any, found: SkeletonFound) -> tuple[Switch, ...]:
    """Return what must be held for the controls of an armature object to act; empty for a rig without any."""
    posed = armature.pose.bones if armature.pose is not None else {}
    switches = []
    for held in found.kind.holds:
        bone = posed.get(held.bone)
        value = bone.get(held.prop) if bone is not None else None
        regions = frozenset(region_of_joint(joint) for joint in held.joints if joint in found.bones)
        if not isinstance(value, bool | int | float) or not regions:
            continue
        name, prop = (bpy.utils.escape_identifier(text) for text in (held.bone, held.prop))
        switches.append(Switch(f'pose.bones["{name}"]["{prop}"]', held.value, held.bone, regions))
    return (*switches, *found.switches)


class Carriers:
    """Which bone turns which, while a take plays and holds its switches."""

    def __init__(self, armature: Any, found: SkeletonFound | None = None, *, held: Sequence[Switch] = ()) -> None:
        """Look at an armature object's drivers, and at switches that are held, a found skeleton's or others."""
        held = switches_of(armature, found) if found is not None else held
        self._armature = armature
        self._posed = armature.pose.bones if armature.pose is not None else {}
        self._values = DrivenValues(armature, {switch.path: switch.value for switch in held})
        self._found: dict[str, Any | None] = {}

    def of(self, bone: Any) -> Any | None:
        """Return the bone that turns a bone: the one it copies wholly, else the parent it turns with; or None."""
        if bone.name not in self._found:
            self._found[bone.name] = self._look(bone)
        return self._found[bone.name]

    def _look(self, bone: Any) -> Any | None:
        posed = self._posed.get(bone.name)
        for constraint in reversed(posed.constraints) if posed is not None else ():
            if (
                constraint.type not in _CARRY
                or constraint.mute
                or is_ours(constraint)
                or (self._values.value(constraint, "influence") or 0.0) < _WHOLE
            ):
                continue
            name = copied_bone(self._armature, constraint, self._values)
            if name in self._armature.data.bones:
                return self._armature.data.bones[name]
        return bone.parent if bone.use_inherit_rotation else None

    def above(self, bone: Any) -> Iterator[Any]:
        """Yield the bones that carry a bone, the nearest first."""
        seen = {bone.name}
        while (bone := self.of(bone)) is not None and bone.name not in seen:
            seen.add(bone.name)
            yield bone


def only_parented(posed: Any) -> bool:
    """Tell whether all that holds a bone of a pose does so as a parent or as our controls do: its own keys show."""
    active = [item for item in posed.constraints if not item.mute and item.influence > 0.0]
    return bool(active) and all(item.type in PARENTS or is_ours(item) for item in active)


def copied_bone(armature: Any, constraint: Any, values: DrivenValues) -> str:
    """Return the bone of the same armature that a constraint makes its bone turn with; empty for other constraints.

    What a constraint copies in local space is added to the parent's turn.
    """
    if constraint.type == "ARMATURE":
        items = [item for item in constraint.targets if item.target == armature]
        weights = [values.value(item, "weight") or 0.0 for item in items]
        total = sum(weights)
        whole = [item.subtarget for item, weight in zip(items, weights, strict=True) if weight >= _WHOLE * total]
        return str(whole[0]) if total > 0.0 and whole else ""
    if constraint.type not in _COPIES or constraint.target != armature:
        return ""
    local = constraint.type != "CHILD_OF" and "LOCAL" in (constraint.owner_space, constraint.target_space)
    return "" if local else str(constraint.subtarget)
