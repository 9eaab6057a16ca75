"""What a take lays aside, and what removing the last one gives back: actions of the file, rotation modes, offsets.

An action that came with a character plays on the bones a take needs, so it is muted: it becomes a muted NLA track of
its own name. Bones turn by quaternions while there are takes, and stand where their rest pose has them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from ...inference.plain_json import parse_object
from .. import compat
from . import nla
from .channels import bone_of, bone_path
from .hindrances import be, listed

if TYPE_CHECKING:
    from ..rig import Rig
    from .channels import Channel

PROPERTY = "soliloquy_aside"
"""Custom property of an animated data block: JSON of what was laid aside."""
_ANIMATION = 8
"""Bones or keys of a take that an action must animate to count as a performance of its own, not as some keys."""
_TURNS = ("rotation_quaternion", "rotation_euler", "rotation_axis_angle")
_RESTS = {"location": (0.0, 0.0, 0.0), "scale": (1.0, 1.0, 1.0)}


def mute_actions(rig: Rig, channels: Iterable[Channel]) -> list[str]:
    """Mute actions that came with the file and play on what channels animate; returns in sentences which."""
    targets = [target for channel in channels for target in channel.targets]
    said: list[str] = []
    for owner in nla.owners(rig):
        mine = {t.group if owner.id_type == "OBJECT" else t.data_path for t in targets if t.owner == owner}
        if PROPERTY in owner and not any(True for _ in nla.owner_tracks(owner)):
            del owner[PROPERTY]  # left from takes that somebody deleted by hand
        known = _read(owner.get(PROPERTY))
        action = _mute(rig, owner, mine)
        if action:
            owner[PROPERTY] = json.dumps({**known, "action": action})
            called = next((mesh.name for mesh in rig.meshes if mesh.data.shape_keys == owner), owner.name)
            said.append(
                f"The action '{action['name']}' of '{called}' plays on what the take animates, so it was muted: it is "
                "a track of that name in the NLA editor, and comes back when the last take is removed."
            )
    return said


def put_to_rest(rig: Rig, channels: Iterable[Channel]) -> list[str]:
    """Let the bones of channels turn by quaternions about their places at rest; returns in a sentence what changed."""
    if rig.armature is None:
        return []
    targets = [(target, channel.kind) for channel in channels for target in channel.targets]
    mine = [(target, kind) for target, kind in targets if target.owner == rig.armature]
    known = _read(rig.armature.get(PROPERTY))
    keyed = {target.data_path for target, kind in mine if kind == "location"}
    said = _rest(rig.armature, {target.group for target, kind in mine if kind == "rotation"}, keyed, known)
    if known:
        rig.armature[PROPERTY] = json.dumps(known)
    return said


def give_back(rig: Rig) -> None:
    """Give back what was laid aside on data blocks that no take plays on any more."""
    for owner in nla.owners(rig):
        if PROPERTY not in owner or any(True for _ in nla.owner_tracks(owner)):
            continue
        known = _read(owner[PROPERTY])
        del owner[PROPERTY]
        if owner == rig.armature:
            _unrest(owner, known.get("bones", {}))
        if "action" in known:
            posed = known["action"].get("posed")
            _unrest(owner, posed if isinstance(posed, dict) else {})
            _unmute(owner, known["action"])


def _read(text: Any) -> dict[str, Any]:
    try:
        found = parse_object(text) if isinstance(text, str) else {}
    except ValueError:
        return {}
    return {name: value for name, value in found.items() if isinstance(value, dict)}


def _mute(rig: Rig, owner: Any, mine: set[str]) -> dict[str, Any]:
    """Turn the live action of a data block into a muted track where it is a performance of its own."""
    data = owner.animation_data
    action = data.action if data is not None else None
    if action is None or data.use_tweak_mode or data.action_blend_type != "REPLACE" or data.action_influence <= 0.0:
        return {}
    bag = compat.active_channelbag(owner)
    curves = [curve for curve in bag.fcurves if not curve.mute] if bag is not None else []
    animated = {bone_of(c.data_path) if owner.id_type == "OBJECT" else c.data_path for c in curves}
    performed = animated & {part.bone for item in rig.joints.values() for part in item.segments}
    if owner.id_type != "OBJECT":
        performed = {path for path in animated if path.startswith("key_blocks[")}
    if len(performed) < _ANIMATION or not animated & mine or nla.read_info(action) is not None:
        return {}
    slot = compat.active_slot(data)
    track = data.nla_tracks.new()
    track.name = action.name
    strip = track.strips.new(action.name, int(action.frame_range[0]), action)
    compat.assign_same_slot(strip, data)
    track.mute = True
    strip.select = track.select = False
    found = {"name": action.name, "track": track.name, "slot": slot.identifier if slot is not None else ""}
    data.action = None
    if owner == rig.armature:
        found["posed"] = _straighten(rig, animated, mine)
    return found


def _straighten(rig: Rig, animated: set[str], mine: set[str]) -> dict[str, Any]:
    """Put bones beside the take's to rest where the muted action left them: twist bones, and what carries the body;
    returns how they stood."""
    carriers = _carriers(rig, mine)
    noted: dict[str, Any] = {}
    for bone in rig.armature.pose.bones:
        if (
            bone.name not in animated
            or bone.name in rig.joint_bones
            or (bone.name in mine and bone.name not in carriers)
        ):
            continue
        above = next((parent.name for parent in bone.parent_recursive if parent.name in rig.joint_bones), None)
        if above not in mine and bone.name not in carriers:
            continue
        noted[bone.name] = {name: [float(v) for v in getattr(bone, name)] for name in (*_TURNS, *_RESTS)}
        bone.matrix_basis.identity()
    return noted


def _carriers(rig: Rig, mine: set[str]) -> set[str]:
    """Return the bones that a take's bones hang on and that are no joints: roots, and bodies above the hips."""
    posed = rig.armature.pose.bones
    return {above.name for name in rig.joint_bones & mine for above in posed[name].parent_recursive} - rig.joint_bones


def carried_by_tracks(rig: Rig, channels: Iterable[Channel]) -> list[str]:
    """Say which NLA tracks of the artist's move what the body hangs on, and with it the take."""
    data = rig.armature.animation_data if rig.armature is not None else None
    if data is None or not data.use_nla:
        return []
    targets = [target for channel in channels for target in channel.targets if target.owner == rig.armature]
    carriers = _carriers(rig, {target.group for target in targets})
    keyed = {target.data_path for target in targets}
    for track in data.nla_tracks if carriers else ():
        for strip in track.strips if not track.mute else ():
            bag = compat.strip_channelbag(strip) if not strip.mute and nla.read_info(strip.action) is None else None
            paths = [curve.data_path for curve in bag.fcurves if not curve.mute] if bag is not None else []
            moved = [bone_of(path) for path in paths if path not in keyed and bone_of(path) in carriers]
            if moved:
                return [
                    f"The NLA track '{track.name}' of '{rig.armature.name}' moves '{moved[0]}', which the body hangs "
                    "on, and the take goes along. Mute the track where that is not meant."
                ]
    return []


def _unmute(owner: Any, action: dict[str, Any]) -> None:
    """Make a muted action live again; what an artist did with it meanwhile stays."""
    data = owner.animation_data
    tracks = data.nla_tracks if data is not None else ()
    track = next((t for t in tracks if t.name == action.get("track") and t.mute and len(t.strips) == 1), None)
    if track is None or data.action is not None or track.strips[0].action is None:
        return
    strip = track.strips[0]
    compat.set_action(data, strip.action, strip.action_slot if compat.has_slots() else None)
    data.nla_tracks.remove(track)


def _rest(armature: Any, bones: set[str], keyed: set[str], known: dict[str, Any]) -> list[str]:
    """Note how bones stand and let them turn by quaternions about their places at rest."""
    kept = known.setdefault("bones", {})
    switched: list[str] = []
    posed = armature.pose.bones
    places, sizes = np.empty(3 * len(posed), np.float32), np.empty(3 * len(posed), np.float32)
    posed.foreach_get("location", places)
    posed.foreach_get("scale", sizes)
    moved = np.abs(places.reshape(-1, 3)).max(axis=1) > 1e-6
    scaled = np.abs(sizes.reshape(-1, 3) - 1.0).max(axis=1) > 1e-6
    for index, bone in enumerate(posed):
        if bone.name not in bones or not (moved[index] or scaled[index] or bone.rotation_mode != "QUATERNION"):
            continue
        noted = kept.setdefault(bone.name, {})
        if bone.rotation_mode != "QUATERNION":
            noted.setdefault("mode", bone.rotation_mode)
            for name in _TURNS:
                noted.setdefault(name, [float(value) for value in getattr(bone, name)])
            bone.rotation_mode = "QUATERNION"
            switched.append(bone.name)
        for name, rest in _RESTS.items():
            if (moved if name == "location" else scaled)[index] and bone.path_from_id(name) not in keyed:
                noted.setdefault(name, [float(value) for value in getattr(bone, name)])
                setattr(bone, name, rest)
    if not kept:
        del known["bones"]
    if not switched:
        return []
    names = listed(switched, "bones")
    said = [
        f"{names} {'was' if len(switched) == 1 else 'were'} switched to quaternion rotation; keys on other rotation "
        "channels no longer act. Removing the last take switches back."
    ]
    drivers = armature.animation_data.drivers if armature.animation_data is not None else ()
    paths = {bone_path(name, prop): name for name in switched for prop in _TURNS[1:]}
    driven = list(dict.fromkeys(paths[curve.data_path] for curve in drivers if curve.data_path in paths))
    if driven:
        said.append(
            f"{listed(driven, 'bones')} {be(driven)} turned by a driver on a rotation that no longer acts. "
            "Let the driver move the quaternion rotation, or remove it."
        )
    return said


def _unrest(armature: Any, bones: dict[str, Any]) -> None:
    for name, noted in bones.items():
        bone = armature.pose.bones.get(name)
        if bone is None or not isinstance(noted, dict):
            continue
        try:
            if "mode" in noted and bone.rotation_mode == "QUATERNION":
                bone.rotation_mode = noted["mode"]
            for key in (*_TURNS, *_RESTS):
                if key in noted:
                    setattr(bone, key, noted[key])
        except (TypeError, ValueError):
            continue  # somebody edited the note by hand
