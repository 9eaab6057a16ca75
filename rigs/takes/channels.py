"""Which F-curve of which data block each channel of a performance goes to, for one region of one rig."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import bpy
import numpy as np
import numpy.typing as npt

from ...inference.arkit import ARKIT_INDEX, REGION_COEFFICIENTS, REGION_JOINTS
from ...inference.performance import Performance
from ...inference.rotation import axis_angle_to_quaternion, continuous_quaternions
from ..mappings.smplx import SKELETON as SMPLX
from .locks import within_locks
from .loose_bones import carried_along
from .reduction import ReducedCurve, reduce_curves
from .rig_places import RigPlaces
from .world_turns import WorldTurns

if TYPE_CHECKING:
    from ..driven_keys import Driving
    from ..mappings.convention import Shows
    from ..rig import Rig
    from ..rig_parts import RigJoint

Doubles = npt.NDArray[np.float64]

UNITS = {"rotation": "radians", "coefficient": "coefficient", "location": "metres", "switch": "coefficient"}
"""Kind of channel -> unit of its values and errors."""
_HALF_SHUT = 0.5
"""What is left of an open eye when looks begin to fade behind its lids."""


@dataclass(frozen=True)
class Target:
    """The F-curves one channel is written to: consecutive indices of one property of one data block."""

    owner: Any
    """The data block: the armature object or a mesh's shape keys."""
    data_path: str
    group: str
    """Name of the F-curve group: the bone, or "Shape Keys"."""


@dataclass
class Channel:
    """One animated property over time, with every place it is written to."""

    kind: str
    """``"rotation"`` (quaternions), ``"coefficient"``, ``"location"`` or ``"switch"`` (holds one value all along)."""
    values: Doubles
    """(T, C): C is 4, 1, 3 or 1; in the units of the property. A switch's T is 1."""
    targets: list[Target]
    widens: bool = False
    """Whether sliders may be widened for values beyond their ends, as for keys that are no coefficients."""
    unit: float = 1.0
    """What a value of 1 stands for in the unit of tolerances and errors: metres, or coefficients."""


def bone_path(bone: str, prop: str) -> str:
    """Return the data path of a pose bone's property."""
    return f'pose.bones["{bpy.utils.escape_identifier(bone)}"].{prop}'


def bone_of(path: str) -> str:
    """Return the bone whose property a data path of an armature object leads to; empty for any other path."""
    start = 'pose.bones["'
    name = path[len(start) :].rpartition('"].')[0] if path.startswith(start) else ""
    return str(bpy.utils.unescape_identifier(name))


def quaternions(axis_angle: npt.ArrayLike) -> Doubles:
    """Turn axis-angle (T, ..., 3) into quaternions (T, ..., 4), w first, without sign flips along time."""
    return continuous_quaternions(axis_angle_to_quaternion(np.asarray(axis_angle, np.float64))).astype(np.float64)


def _turned(turns: WorldTurns, item: RigJoint, joint: str) -> list[tuple[str, Doubles]]:
    """Return the bones that turn for a joint, and (T, 4) quaternions in their own axes, continuous in sign."""
    if item.as_performed and turns.as_performed(joint):
        turned = turns.performance.joint(joint) @ item.axes.T
        return [(item.bone, quaternions(turned if item.gain == 1.0 else turned * item.gain))]
    return [(segment.bone, turns.bone(segment)) for segment in item.segments]


def _travel(performance: Performance, rig: Rig) -> Channel:
    """Return the channel that moves the character by what the pelvis travels."""
    assert rig.root is not None
    moved = performance.trans.astype(np.float64)
    if rig.root.lift:
        moved += np.array([0.0, rig.root.lift, 0.0])
    moved = moved @ rig.root.axes.T
    target = Target(rig.armature, bone_path(rig.root.bone, "location"), rig.root.bone)
    return Channel("location", moved, [target], unit=rig.root.metres)


def _with_shut_lids(performance: Performance) -> Performance:
    """Return a performance that looks nowhere behind lids that a blink has shut.

    On faces of others a look moves the lids too, up above all, and would leave a slit.
    """
    arkit = performance.arkit.copy()
    for side in ("Left", "Right"):
        seen = np.clip((1.0 - performance.coefficient(f"eyeBlink{side}")) / _HALF_SHUT, 0.0, 1.0)
        for way in ("Up", "Down", "In", "Out"):
            arkit[:, ARKIT_INDEX[f"eyeLook{way}{side}"]] *= seen
    return dataclasses.replace(performance, arkit=arkit)


def _key_channels(performance: Performance, rig: Rig, region: str) -> list[Channel]:
    """Return the channels of the shape keys of a region; keys that show the same share one."""
    # Faces on SMPL-X's skeleton take coefficients as they are; the cast's lids have keys of their own that mend it.
    if region == "eyes" and rig.skeleton != SMPLX.name:
        performance = _with_shut_lids(performance)
    grouped: dict[Shows, list[Target]] = {}
    driven: dict[tuple[int, str], tuple[Driving, list[Shows]]] = {}
    for name in REGION_COEFFICIENTS[region]:
        for key in rig.keys:
            if key.shows.mix[0][0] == name:
                driving = rig.driven.get((key.mesh.name_full, key.name))
                if driving is None:
                    target = Target(key.mesh.data.shape_keys, key.path, "Shape Keys")
                    grouped.setdefault(key.shows, []).append(target)
                else:
                    place = driving.owner.as_pointer(), driving.path
                    driven.setdefault(place, (driving, []))[1].append(key.shows)
    found = []
    for shows, targets in grouped.items():
        values = _shown(performance, shows)
        gain = max(abs(gain) for _, gain in shows.mix)
        found.append(Channel("coefficient", values[:, None], targets, unit=1.0 / gain))
    for driving, several in driven.values():
        values = np.mean([_shown(performance, shows) for shows in dict.fromkeys(several)], axis=0)
        values = (values - driving.offset) / driving.gain
        target = Target(driving.owner, driving.path, "Face")
        found.append(Channel("coefficient", values[:, None], [target], unit=abs(driving.gain)))
    return found


def _shown(performance: Performance, shows: Shows) -> Doubles:
    """Return (T,) the values of a key that shows something of a performance."""
    values = np.full(performance.frames, shows.offset)
    terms = [gain * performance.coefficient(name).astype(np.float64) for name, gain in shows.mix]
    for term in [np.max(terms, axis=0)] if shows.greatest else terms:
        values = values + term
    return values


def region_channels(performance: Performance, rig: Rig, region: str, turns: WorldTurns | None = None) -> list[Channel]:
    """Return the channels of one region that this rig has bones or shape keys for.

    Parameters
    ----------
    turns : WorldTurns, optional
        Of this performance and this rig, where several regions share them.

    Notes
    -----
    Joints turn their bone (``rotation_quaternion``), ``trans`` moves the rig's root with the region ``body``, ARKit
    coefficients drive the shape keys that show them, and the rig's drives the rest of the face. What must be switched
    for that comes last.
    """
    found: list[Channel] = []
    fitted = rig.lip_fit.fitted(performance) if region == "lips" and rig.lip_fit is not None else performance
    # Lips that a bone opens are fitted by that bone's turns too.
    turns = turns if turns is not None and fitted.poses is performance.poses else WorldTurns(fitted, rig)
    elsewhere = {joint for drive in rig.drives for joint in drive.joints}
    loose = rig.loose if rig.root is not None else {}
    riding = any(rider.above is None for item in rig.joints.values() for rider in item.riders)
    places = RigPlaces(turns) if rig.root is not None and (loose or riding) else None
    for joint in REGION_JOINTS[region]:
        item = rig.joints.get(joint)
        if item is None or joint in elsewhere:
            continue
        for bone, whole in _turned(turns, item, joint):
            turned = within_locks(rig.armature.pose.bones[bone], whole)
            if turned is not None:
                target = Target(rig.armature, bone_path(bone, "rotation_quaternion"), bone)
                found.append(Channel("rotation", turned, [target]))
        if joint == "pelvis" and rig.root is not None:
            found.append(_travel(performance, rig))
        for rider in item.riders:
            target = Target(rig.armature, bone_path(rider.bone, "rotation_quaternion"), rider.bone)
            found.append(Channel("rotation", turns.bone(rider), [target]))
        free = [*((item.segments[0],) if joint in loose else ()), *(part for part in item.riders if part.above is None)]
        if places is not None and rig.root is not None:
            for part in free:
                target = Target(rig.armature, bone_path(part.bone, "location"), part.bone)
                found.append(Channel("location", carried_along(places, part), [target], unit=rig.root.metres))
    driven = [channel for drive in rig.drives for channel in drive.channels(performance, region)]
    found += [*_key_channels(fitted, rig, region), *driven]
    return [*found, *(_switch_channels(rig, region) if found else ())]


def _switch_channels(rig: Rig, region: str) -> list[Channel]:
    """Return the channels that hold what a region's controls need in order to act, such as FK instead of IK."""
    return [
        Channel("switch", np.array([[item.value]]), [Target(rig.armature, item.path, item.bone)])
        for item in rig.switches if region in item.regions
    ]  # fmt: skip


def reduce_channels(channels: list[Channel], limits: list[float], interpolation: str) -> list[ReducedCurve]:
    """Return each channel's keys, channels of one kind reduced together.

    Parameters
    ----------
    limits : list of float
        Largest deviation of each channel, in its unit.
    interpolation : str
        ``"BEZIER"`` or ``"LINEAR"``.
    """
    result: dict[int, ReducedCurve] = {}
    for kind in UNITS:
        chosen = [index for index, channel in enumerate(channels) if channel.kind == kind]
        if kind == "switch":
            result.update({index: _held(channels[index].values) for index in chosen})
        elif chosen:
            stack = np.stack([channels[index].values for index in chosen])
            units = np.array([channels[index].unit for index in chosen])
            tolerances = np.array([limits[index] for index in chosen]) / units
            found = reduce_curves(stack, tolerances, interpolation, rotation=kind == "rotation")
            for index, unit, curve in zip(chosen, units, found, strict=True):
                result[index] = dataclasses.replace(curve, error=curve.error * float(unit))
    return [result[index] for index in range(len(channels))]


def _held(values: Doubles) -> ReducedCurve:
    """Return the one key of a switch."""
    return ReducedCurve(np.zeros(1, np.int64), values, values, values, np.ones(1, np.bool_), 0.0)
