"""Control rigs of no known kind: the controls that move deforming bones, found along the constraints that tie them.

A bone that copies another is no place for keys: what it copies is, if that stands where it stands. Where a bone copies
an FK and an IK chain in turn, or is moved by IK itself, what switches IK off is held while a take plays. Where other
joints have controls, one for which neither is found is left alone.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from ..inference.arkit import region_of_joint
from .control_layer.marker import is_ours
from .controls import PARENTS, Carriers, Switch, copied_bone
from .driven_value import DrivenValues

if TYPE_CHECKING:
    from .mappings.register import SkeletonFound

_COPIES = ("COPY_TRANSFORMS", "COPY_ROTATION", "CHILD_OF", "ARMATURE")
_HOLDING = ("DAMPED_TRACK", "TRACK_TO", "LOCKED_TRACK")
_EYES = ("left_eye_smplhf", "right_eye_smplhf")
"""Eyes that look at a control are led by it, see ``faces/eye_targets.py``."""
_OFF = 1e-4
_NEAR = 0.1
"""Share of the body's height within which a control stands where its bone stands."""
_SAME = 0.01
"""Share of that within which two bones begin in the same place."""
_MOST_STEPS = 24


def on_controls(armature: Any, found: SkeletonFound) -> SkeletonFound:
    """Return a skeleton whose joints are the controls that move its bones; the same one where no bone is tied.

    Parameters
    ----------
    armature : bpy.types.Object
        The armature.
    found : SkeletonFound
        Joints and bones by names or structure.
    """
    if armature.pose is None or found.kind.holds or not _tied(armature):
        return found
    search = _Search(armature)
    bones, switches, notes = dict(found.bones), {}, list(found.notes)
    changed = False
    held: list[str] = []
    for joint, name in found.bones.items():
        if joint in _EYES:
            continue
        control = search.control(name)
        changed |= control != name or bool(search.off)
        if control is None or (control != name and control in bones.values()):
            held.append(joint)
            continue
        bones[joint] = control
        for path, value, bone in search.off:
            regions = switches[path].regions if path in switches else frozenset()
            switches[path] = Switch(path, value, bone, regions | {region_of_joint(joint)})
    if bones != found.bones:
        bones = _with_whole_pelvis(armature, bones, tuple(switches.values()), search.reach)
        for joint in held:
            name = bones.pop(joint)
            notes.append(f"'{name}' is held by a constraint and no control moves it; its joint is left alone.")
    # Otherwise it is no control rig: a take keys what an artist's constraint holds, and the bake says so.
    if not changed:
        return found
    links = {joint: chain for joint, chain in found.links.items() if bones.get(joint) == chain[0]}
    return dataclasses.replace(found, bones=bones, links=links, notes=tuple(notes), switches=tuple(switches.values()))


def _tied(armature: Any) -> bool:
    """Tell whether constraints hold bones, other than those of our controls."""
    return any(not is_ours(item) for bone in armature.pose.bones for item in bone.constraints)


def _with_whole_pelvis(
    armature: Any, bones: dict[str, str], switches: tuple[Switch, ...], reach: float
) -> dict[str, str]:
    """Return joints whose pelvis is the control that carries the spine too, where the one found turns hips alone."""
    first = next((joint for joint in ("spine1", "spine2", "spine3", "neck") if joint in bones), None)
    if first is None or "pelvis" not in bones:
        return bones
    carriers, known = Carriers(armature, held=switches), armature.data.bones
    carrying = [bone.name for bone in carriers.above(known[bones[first]])]
    hips = known[bones["pelvis"]]
    if hips.name in carrying:
        return bones
    for bone in carriers.above(hips):
        if bone.name in carrying and (bone.head_local - hips.head_local).length <= reach:
            return {**bones, "pelvis": bone.name}
    return bones


class _Search:
    """Goes from a bone to its control and remembers what has to be switched off on the way."""

    def __init__(self, armature: Any) -> None:
        self._armature = armature
        self._values = DrivenValues(armature, {})
        self._solved = dict(self._chains())
        self._by_ik = set(self._solved) | self._goals()
        heights = [bone.head_local for bone in armature.data.bones]
        self.reach = _NEAR * float(np.ptp(np.array(heights, np.float64), axis=0).max(initial=0.0))
        self._held: dict[str, float] = {}
        self.off: list[tuple[str, float, str]] = []
        """Data path, value, bone of what was switched off for the last control."""

    def _chains(self) -> Iterator[tuple[str, list[Any]]]:
        """Yield bone -> IK constraints that move it."""
        found: dict[str, list[Any]] = {}
        for owner in self._armature.pose.bones:
            for constraint in owner.constraints:
                if constraint.type in ("IK", "SPLINE_IK") and not constraint.mute:
                    chain = [owner, *owner.parent_recursive]
                    for bone in chain[: constraint.chain_count or len(chain)]:
                        found.setdefault(bone.name, []).append(constraint)
        yield from found.items()

    def _goals(self) -> set[str]:
        """Return the bones that IK reaches for."""
        return {constraint.subtarget for found in self._solved.values() for constraint in found}

    def _follows_ik(self, name: str) -> bool:
        """Tell whether IK moves a bone, or what it hangs on, or reaches for it."""
        bone = self._armature.data.bones.get(name)
        return bone is not None and any(item.name in self._by_ik for item in (bone, *bone.parent_recursive))

    def control(self, name: str) -> str | None:
        """Return the bone whose turn turns a bone, the bone itself where it is free; None where none is found."""
        self.off = []
        start, current = name, name
        for _ in range(_MOST_STEPS):
            if not all(self._switch(constraint) for constraint in self._solved.get(current, ())):
                return None
            source = self._copied(current)
            if source is None:
                return None
            if source == current:
                break
            current = source
        current = self._shown(current)
        bones = self._armature.data.bones
        near = (bones[current].head_local - bones[start].head_local).length <= self.reach
        return current if near else None

    def _copied(self, name: str) -> str | None:
        """Return what a bone copies, the bone itself where it is free, None where something holds it."""
        posed = self._armature.pose.bones[name]
        for constraint in reversed(posed.constraints):
            if constraint.mute or is_ours(constraint) or self._is_off(constraint):
                continue
            if constraint.type not in (*_COPIES, *_HOLDING):
                continue
            local = "LOCAL" in (constraint.owner_space, constraint.target_space)
            if constraint.type in _COPIES and constraint.type != "CHILD_OF" and local:
                continue
            if constraint.type in PARENTS and posed.custom_shape is not None:
                continue  # a control that turns with others
            target = copied_bone(self._armature, constraint, self._values)
            if target and self._follows_ik(target):
                instead = self._instead(posed, constraint)
                if instead is not None:
                    return instead
                if not self._switch(constraint):
                    return None
                continue
            if target and self._is_aimed(target) and self._switch(constraint):
                continue
            if constraint.type in _HOLDING or (self._influence(constraint) or 0.0) < 1.0 - _OFF:
                return None if not self._switch(constraint) else self._copied(name)
            if target in self._armature.data.bones:
                return target
        return name

    def _is_aimed(self, name: str) -> bool:
        """Tell whether a bone looks at something: the end of a chain that bends by itself, as IK does."""
        posed = self._armature.pose.bones.get(name)
        return posed is not None and any(
            item.type in _HOLDING and not item.mute and not self._is_off(item) for item in posed.constraints
        )

    def _shown(self, name: str) -> str:
        """Return the control that an artist sees where a bone has no shape of its own: its parent in the same place."""
        posed = self._armature.pose.bones[name]
        above = posed.parent
        if posed.custom_shape is not None or above is None or above.custom_shape is None or len(above.constraints):
            return name
        apart = (above.bone.head_local - posed.bone.head_local).length
        return above.name if apart < _SAME * self.reach else name

    def _is_off(self, constraint: Any) -> bool:
        value = self._influence(constraint)
        return value is not None and abs(value) <= _OFF

    def _influence(self, constraint: Any) -> float | None:
        """Return a constraint's influence with what has been switched so far; None where its driver is not simple."""
        own = self._held.get(f"{constraint.path_from_id()}.influence")
        values = DrivenValues(self._armature, self._held) if self._held else self._values
        return own if own is not None else values.value(constraint, "influence")

    def _switch(self, constraint: Any) -> bool:
        """Note what switches a constraint off; tells whether anything does."""
        if self._is_off(constraint):
            return True
        return self._hold(constraint, 0.0)

    def _hold(self, constraint: Any, influence: float) -> bool:
        """Note what gives a constraint an influence; tells whether anything does."""
        found = self._values.switched(constraint, "influence", influence)
        if found is None:
            return False
        bone = constraint.path_from_id().split('"')[1]
        self._held[found[0]] = found[1]
        self.off.append((*found, bone))
        return True

    def _instead(self, posed: Any, followed: Any) -> str | None:
        """Return the free bone that a bone copies over what it follows, once that is switched on; None without one."""
        later = list(posed.constraints)[list(posed.constraints).index(followed) + 1 :]
        for constraint in reversed(later):
            if constraint.mute or constraint.type not in _COPIES or constraint.type in PARENTS:
                continue
            target = copied_bone(self._armature, constraint, self._values)
            if target and not self._follows_ik(target) and self._hold(constraint, 1.0):
                return target
        return None
