"""The fields of the Mapping panel: one per joint and expression, which show a character's mapping and change it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import bpy
from bpy.app.handlers import persistent
from bpy.props import EnumProperty, PointerProperty, StringProperty

from ..inference.arkit import ARKIT_NAMES, REGION_JOINTS, REGIONS
from ..inference.errors import BadRig, SoliloquyError
from ..inference.skeleton import JOINT_NAMES
from ..rigs.mappings.roles import ROLES
from . import history, session
from .choice import anchor, forget_seen, seen
from .setting_properties import with_properties

if TYPE_CHECKING:
    from ..rigs.mappings.saved import SavedMapping
    from ..rigs.rig import Rig

EXPRESSIONS, VISEMES = "EXPRESSIONS", "VISEMES"
_LOOK_SECONDS = 1.0


@dataclass
class _Looked:
    """What the panel shows, looked up a moment ago, and what test takes have shown in this session."""

    at: float = -_LOOK_SECONDS
    uid: int = 0
    rig: Rig | None = None
    worked: dict[int, frozenset[str]] = field(default_factory=dict)
    failed: dict[int, frozenset[str]] = field(default_factory=dict)
    written: dict[str, int] = field(default_factory=dict)
    """Presets written in this session -> the character they were made on, which undo may change."""


_looked = _Looked()


def shown_rig(context: Any) -> Rig | None:
    """Return what there is of a rig in what is selected, be it nothing that can be animated yet; None for no figure.

    Looked up once a second.
    """
    found = seen(context).rig
    if found is not None:
        return found
    active = getattr(context, "active_object", None)
    if active is None:
        return None
    now = time.monotonic()
    if _looked.uid != active.session_uid or now - _looked.at > _LOOK_SECONDS:
        from ..rigs.rig import look

        below = [active, *(child for child in active.children_recursive if child.type == "ARMATURE")]
        rigs = (look(item) for item in below[:2])
        rig = next((rig for rig in rigs if rig is not None and (rig.armature is not None or _keyed(rig))), None)
        _looked.at, _looked.uid, _looked.rig = now, active.session_uid, rig
    return _looked.rig


def forget() -> None:
    """Look again at the next question."""
    _looked.at, _looked.rig = -_LOOK_SECONDS, None
    forget_seen()


def by_hand(rig: Rig) -> bool:
    """Return whether a mapping made by hand, of this character or for its skeleton, is in use."""
    from ..rigs import mapping_store

    return mapping_store.saved_mapping(anchor(rig)) is not None


def has_test(rig: Rig) -> bool:
    """Return whether a test take of a character is there."""
    from ..rigs.takes.trial import trial_take

    return trial_take(rig) is not None


def light(rig: Rig, name: str) -> str:
    """Return the state of a joint or a coefficient: ``"missing"``, ``"mapped"``, ``"verified"`` or ``"failed"``."""
    uid = anchor(rig).session_uid
    if name in _looked.failed.get(uid, ()):
        return "failed"
    if name in _looked.worked.get(uid, ()):
        return "verified"
    return "mapped" if name in rig.joints or _key_of(rig, name) else "missing"


def title_of(joint: str) -> str:
    """Return a joint's name for people, short enough for a sidebar: ``"L Index 1"``."""
    side, _, rest = joint.removesuffix("_smplhf").partition("_")
    words = f"{side[0]} {rest}" if rest else side
    return re.sub(r"(\d)$", r" \1", words).title()


def joints_of_part(part: str) -> list[str]:
    """Return the joints of a part in the order an artist looks for them: trunk, left side, right side."""
    sides = ("left_", "right_")
    return sorted(
        REGION_JOINTS[part.lower()],
        key=lambda joint: next((place for place, side in enumerate(sides, 1) if joint.startswith(side)), 0),
    )


def present_mapping(rig: Rig) -> SavedMapping:
    """Return how a character is mapped now: by hand where somebody did, else as it was detected."""
    from ..rigs import mapping_store
    from ..rigs.mappings.saved import SavedMapping

    saved = mapping_store.saved_mapping(anchor(rig))
    return SavedMapping(rig.bones, saved.keys if saved is not None else {})


def change(rig: Rig, mapping: SavedMapping) -> None:
    """Give a character a mapping, kept on it and as the preset for its skeleton.

    Raises
    ------
    SoliloquyError
        When it cannot be kept.
    """
    from ..rigs import mapping_store

    holder = anchor(rig)
    mapping_store.save_mapping(holder, mapping)
    _looked.written[mapping_store.fingerprint(holder)] = holder.session_uid
    tried(rig, frozenset(), frozenset())
    forget()


def tried(rig: Rig, worked: frozenset[str], failed: frozenset[str]) -> None:
    """Remember which joints and coefficients a test take showed as performed, and which it did not."""
    uid = anchor(rig).session_uid
    _looked.worked[uid], _looked.failed[uid] = worked, failed


def _say_joint(joint: str, bone: str) -> None:
    from ..rigs.mappings.saved import SavedMapping

    rig = shown_rig(bpy.context)
    if rig is None or rig.armature is None:
        return
    if bone and bone not in rig.armature.data.bones:
        session.set_error(BadRig(f"'{rig.armature.name}' has no bone '{bone}'.", "Pick one from the list."))
        return
    mapping = present_mapping(rig)
    # A bone is one joint's; the one that had it before gives it up.
    joints = {name: held for name, held in mapping.joints.items() if held != bone and name != joint}
    if bone:
        joints[joint] = bone
    _try(lambda: change(rig, SavedMapping(joints, mapping.keys)))


def _say_key(coefficient: str, key: str) -> None:
    from ..rigs.mappings.saved import SavedMapping

    rig = shown_rig(bpy.context)
    if rig is None:
        return
    mapping = present_mapping(rig)
    _try(lambda: change(rig, SavedMapping(mapping.joints, {**mapping.keys, coefficient: key})))


def _try(act: Callable[[], None]) -> None:
    """Do what a field of the panel asks for, as one step of undo: the fields themselves are no part of the file."""
    try:
        act()
        history.push("Change Mapping")
    except SoliloquyError as error:
        session.set_error(error)


def _key_of(rig: Rig | None, name: str) -> str:
    """Return the first key that shows a coefficient, a viseme or a whole face; empty for none."""
    if rig is None:
        return ""
    for drive in rig.drives:
        for pose in getattr(drive, "poses", ()):
            if pose.role == name and pose.parts:
                return str(pose.parts[0][1])
    return rig.shape_keys.get(name, "")


def _key_of_shown(coefficient: str) -> str:
    return _key_of(shown_rig(bpy.context), coefficient)


def _keyed(rig: Rig) -> bool:
    return any(mesh.data.shape_keys is not None for mesh in rig.attached)


def _bone_of(joint: str) -> str:
    rig = shown_rig(bpy.context)
    return rig.bones.get(joint, "") if rig is not None else ""


def _fields() -> dict[str, Any]:
    """Return one text field per joint and per coefficient, which shows the mapping and changes it."""
    bone = "Bone that turns as this joint does; empty: none"
    key = "Shape key that shows this expression, on every mesh that has it; empty: none"
    found = {joint: _field(joint, title_of(joint), bone, _bone_of, _say_joint) for joint in JOINT_NAMES}
    return found | {name: _field(name, name, key, _key_of_shown, _say_key) for name in (*ARKIT_NAMES, *ROLES)}


def _field(name: str, title: str, text: str, read: Callable[[str], str], say: Callable[[str, str], None]) -> Any:
    # Blender counts the arguments of what it is given.
    return StringProperty(
        name=title, description=text, get=lambda _self: read(name), set=lambda _self, value: say(name, value)
    )


@with_properties(_fields)
class SoliloquyMapping(bpy.types.PropertyGroup):
    """The fields of the Mapping panel: the character's mapping itself lies on its armature."""

    part: EnumProperty(
        name="Part",
        description="What is listed",
        items=(
            *((region.upper(), region.replace("_", " ").title(), "") for region in REGIONS if region != "upper_face"),
            (EXPRESSIONS, "Expressions", "The 52 of ARKit"),
            (VISEMES, "Visemes", "Mouths of speech and whole faces, for characters that have those"),
        ),
        default="BODY",
    )


CLASSES = (SoliloquyMapping,)


@persistent
def _after_history(*_: Any) -> None:
    """Let presets written in this session follow what undo and redo made of the characters they came from."""
    from ..rigs import mapping_store
    from ..rigs.mappings.saved import read_mapping

    forget()
    for name, uid in _looked.written.items():
        holder = next((item for item in bpy.data.objects if item.session_uid == uid), None)
        text = holder.get(mapping_store.MAPPING_PROPERTY) if holder is not None else None
        try:
            if isinstance(text, str):
                mapping_store.write_preset(read_mapping(text))
            elif holder is not None and mapping_store.takes_property(holder):
                mapping_store.forget_preset(name)
        except SoliloquyError as error:
            session.set_error(error)


def register() -> None:
    """Attach the fields to the window manager, which files do not save, and follow undo."""
    bpy.types.WindowManager.soliloquy_mapping = PointerProperty(type=SoliloquyMapping)
    for name in ("undo_post", "redo_post"):
        getattr(bpy.app.handlers, name).append(_after_history)


def unregister() -> None:
    """Take the fields back."""
    for name in ("undo_post", "redo_post"):
        handlers = getattr(bpy.app.handlers, name)
        if _after_history in handlers:
            handlers.remove(_after_history)
    _looked.worked.clear()
    _looked.failed.clear()
    _looked.written.clear()
    forget()
    del bpy.types.WindowManager.soliloquy_mapping
