"""A face board beside the head: knobs that add to the face's keys, the jaw and the eyes.

A driver on a key that a take animates would override the take. So each key gets a second one with the same movement,
whose driver gives what the knob adds: as much as leaves the sum of both within the key's slider.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ...inference.arkit import ARKIT_NAMES
from ...inference.eye_look import HORIZONTAL_LIMIT, VERTICAL_LIMIT
from ..rig_parts import JAW_OPEN_PROPERTY, JAW_OPEN_RADIANS
from ..takes.channels import bone_path
from .bones import Added
from .limbs import ADDED
from .marker import CONSTRAINT, KEY_ENDING
from .ties import add_variable, drive, tie

if TYPE_CHECKING:
    from ..rig import Rig
    from ..rig_parts import RigKey

Doubles = npt.NDArray[np.float64]

BOARD, _ANCHOR = "CTL_board", "MCH_board"
TRAVEL = 0.02
"""Metres that a knob goes for a whole key."""
_BESIDE, _ABOVE = 0.36, 0.04
"""Metres from the head joint to the middle of the board, to the character's left and up."""
WIDE, HIGH = 0.26, 0.36
"""Metres."""
_EYES = {"left_eye_smplhf": "eye.L", "right_eye_smplhf": "eye.R"}


@dataclass(frozen=True)
class Knob:
    """A control on the board."""

    name: str
    place: tuple[float, float]
    """Metres from the board's middle, to the character's left and up."""
    axes: str
    """Along which it moves: ``"x"``, ``"y"`` or both."""
    outwards: int = 0
    """1 or -1 where along x it moves only away from the middle, to that side."""

    @property
    def bone(self) -> str:
        """Name of its bone."""
        return f"CTL_{self.name}"


KNOBS = (
    Knob("brow_inner", (0.0, 0.125), "y"),
    *(
        knob
        for end, side in (("L", 1), ("R", -1))
        for knob in (
            Knob(f"brow.{end}", (side * 0.075, 0.12), "y"),
            Knob(f"lids.{end}", (side * 0.075, 0.06), "y"),
            Knob(f"cheek.{end}", (side * 0.1, 0.005), "y"),
            Knob(f"mouth.{end}", (side * 0.06, -0.055), "xy", side),
        )
    ),
    Knob("eyes", (0.0, 0.06), "xy"),
    Knob("lip_upper", (0.0, -0.008), "y"),
    Knob("lips", (0.0, -0.055), "xy"),
    Knob("lip_lower", (0.0, -0.102), "y"),
    Knob("jaw", (0.0, -0.15), "xy"),
)

_BOTH: dict[str, tuple[str, float]] = {
    "browOuterUp": ("brow.y", 1.0), "browDown": ("brow.y", -1.0), "eyeBlink": ("lids.y", -1.0),
    "eyeWide": ("lids.y", 1.0), "eyeSquint": ("cheek.y", 0.7), "cheekSquint": ("cheek.y", 1.0),
    "mouthSmile": ("mouth.y", 1.0), "mouthFrown": ("mouth.y", -1.0), "mouthStretch": ("mouth.x", 1.0),
}  # fmt: skip
_ONE: dict[str, tuple[str, float]] = {
    "browInnerUp": ("brow_inner.y", 1.0), "mouthUpperUpLeft": ("lip_upper.y", 1.0),
    "mouthUpperUpRight": ("lip_upper.y", 1.0), "mouthRollUpper": ("lip_upper.y", -1.0),
    "mouthLowerDownLeft": ("lip_lower.y", -1.0), "mouthLowerDownRight": ("lip_lower.y", -1.0),
    "mouthRollLower": ("lip_lower.y", 1.0), "mouthFunnel": ("lips.y", 1.0), "mouthPucker": ("lips.y", -1.0),
    "mouthLeft": ("lips.x", 1.0), "mouthRight": ("lips.x", -1.0), "jawOpen": ("jaw.y", -1.0),
    "jawLeft": ("jaw.x", 1.0), "jawRight": ("jaw.x", -1.0),
    "eyeLookUpLeft": ("eyes.y", 1.0), "eyeLookUpRight": ("eyes.y", 1.0), "eyeLookDownLeft": ("eyes.y", -1.0),
    "eyeLookDownRight": ("eyes.y", -1.0), "eyeLookOutLeft": ("eyes.x", 1.0), "eyeLookInLeft": ("eyes.x", -1.0),
    "eyeLookInRight": ("eyes.x", 1.0), "eyeLookOutRight": ("eyes.x", -1.0),
}  # fmt: skip


def _moves() -> dict[str, tuple[str, int, float]]:
    """Return coefficient -> knob, 0 for x or 1 for y, and coefficients per whole way of the knob."""
    found = {name: (*said.split("."), gain) for name, (said, gain) in _ONE.items()}
    moves = {name: (knob, "xy".index(axis), gain) for name, (knob, axis, gain) in found.items()}
    for name, (said, gain) in _BOTH.items():
        knob, axis = said.split(".")
        for side, end, out in (("Left", "L", 1.0), ("Right", "R", -1.0)):
            moves[f"{name}{side}"] = (f"{knob}.{end}", "xy".index(axis), gain * out if axis == "x" else gain)
    return {name: moves[name] for name in ARKIT_NAMES if name in moves}


MOVES = _moves()


def keys_of(rig: Rig) -> Iterator[tuple[str, RigKey]]:
    """Yield coefficient and shape key of what the board can move."""
    for key in rig.keys:
        if len(key.shows.mix) == 1 and key.shows.mix[0][0] in MOVES:
            yield key.shows.mix[0][0], key


def added(rig: Rig) -> list[Added]:
    """Return the bones of the board; empty for a face whose keys it cannot move."""
    if not any(True for _ in keys_of(rig)):
        return []
    metre, axes = 1.0 / rig.frame.scale, rig.frame.axes
    left, up, front = (axes[:, index] * metre for index in range(3))
    rest, bones = rig.armature.data.bones, rig.bones
    head = np.array(rest[bones["head"]].head_local, np.float64)
    middle = head + left * _BESIDE + up * _ABOVE
    parent = rest[bones["pelvis"]].parent
    small = up * 0.015
    found = [
        Added(_ANCHOR, parent.name if parent is not None else "", head=head, along=small, front=front),
        Added(BOARD, _ANCHOR, head=middle, along=up * 0.05, front=front, control=True),
    ]
    for knob in KNOBS:
        place = middle + left * knob.place[0] + up * knob.place[1]
        found.append(Added(knob.bone, BOARD, head=place, along=small, front=front, control=True))
    for joint, helper in (("jaw", "jaw"), *_EYES.items()):
        if joint in bones:
            above = rest[bones[joint]].parent.name
            kinds = ("",) if joint == "jaw" else ("_up", "_out")
            found += [Added(f"MCH_{helper}{kind}", above, like=bones[joint]) for kind in kinds]
    return found


def tie_board(rig: Rig) -> None:
    """Let the board stand beside the head, its knobs keep within their ways, and the face follow them."""
    posed = rig.armature.pose.bones
    tie(posed[_ANCHOR], "COPY_LOCATION", rig.bones["head"])
    travel = TRAVEL / rig.frame.scale
    for knob in KNOBS:
        bone = posed[knob.bone]
        bone.rotation_mode = "XYZ"
        bone.lock_rotation = bone.lock_scale = (True, True, True)
        bone.lock_location = ("x" not in knob.axes, "y" not in knob.axes, True)
        limit = bone.constraints.new("LIMIT_LOCATION")
        limit.name, limit.owner_space, limit.use_transform_limit = f"{CONSTRAINT} Way", "LOCAL", True
        for axis in "xyz":
            low, high = (-travel, travel) if axis in knob.axes else (0.0, 0.0)
            if axis == "x" and knob.outwards:
                low, high = min(0.0, knob.outwards * travel), max(0.0, knob.outwards * travel)
            for end, value in (("min", low), ("max", high)):
                setattr(limit, f"use_{end}_{axis}", True)
                setattr(limit, f"{end}_{axis}", value)
    _tie_jaw(rig)
    _tie_eyes(rig)
    _add_keys(rig)


def _knob(rig: Rig, coefficient: str) -> tuple[tuple[Any, str], float]:
    """Return what a driver reads of the knob that moves a coefficient, and coefficients per unit of that."""
    knob, axis, gain = MOVES[coefficient]
    return (rig.armature, f"{bone_path(f'CTL_{knob}', 'location')}[{axis}]"), gain * rig.frame.scale / TRAVEL


def _bounded(key: RigKey, gain: float) -> str:
    """Return the expression of what a knob ``v`` adds to a key's value ``k``, so that the sum stays on its slider."""
    low, high = key.block.slider_min, key.block.slider_max
    whole = f"k+{gain * key.shows.mix[0][1]:.6g}*v"
    return f"min(max({whole},min(k,{low:g})),max(k,{high:g}))-k"


def _turning(rig: Rig, bone: str, axis: Doubles, joint: str, factor: str, variables: dict[str, Any]) -> None:
    """Let a helper turn about an axis of the SMPL-X frame, and the joint with it on top of its keys."""
    posed = rig.armature.pose.bones
    helper = posed[bone]
    helper.rotation_mode = "AXIS_ANGLE"
    helper.rotation_axis_angle = (0.0, *(rig.joints[joint].axes @ axis))
    drive(helper, "rotation_axis_angle", 0, factor, variables)
    tie(posed[rig.bones[joint]], "COPY_ROTATION", bone, **ADDED)


def _tie_jaw(rig: Rig) -> None:
    if "jaw" not in rig.joints:
        return
    source, gain = _knob(rig, "jawOpen")
    radians = float(rig.armature.get(JAW_OPEN_PROPERTY, JAW_OPEN_RADIANS))
    beside = next((key for name, key in keys_of(rig) if name == "jawOpen"), None)
    expression, variables = f"{radians:.9g}*{gain:.6g}*v", {"v": source}
    if beside is not None:
        # The key that goes with the jaw says how far it may open.
        expression = f"{radians:.9g}*({_bounded(beside, gain)})"
        variables["k"] = (beside.mesh.data.shape_keys, beside.path)
    _turning(rig, "MCH_jaw", np.array([1.0, 0.0, 0.0]), "jaw", expression, variables)


def _tie_eyes(rig: Rig) -> None:
    for joint, helper in _EYES.items():
        if joint not in rig.joints:
            continue
        up, out = _knob(rig, "eyeLookDownLeft"), _knob(rig, "eyeLookOutLeft")
        for kind, (source, gain), limit, axis in (
            ("up", up, VERTICAL_LIMIT, (1.0, 0.0, 0.0)),
            ("out", out, HORIZONTAL_LIMIT, (0.0, 1.0, 0.0)),
        ):
            factor = f"{float(limit) * gain:.9g}*v"
            _turning(rig, f"MCH_{helper}_{kind}", np.array(axis), joint, factor, {"v": source})


def _add_keys(rig: Rig) -> None:
    for coefficient, key in list(keys_of(rig)):
        mesh, keys = key.mesh, key.mesh.data.shape_keys
        active, block = mesh.active_shape_key_index, key.block
        made = mesh.shape_key_add(name=key.name + KEY_ENDING, from_mix=False)
        places = np.empty(3 * len(block.points), np.float32)
        block.points.foreach_get("co", places)
        made.points.foreach_set("co", places)
        made.relative_key, made.vertex_group = block.relative_key, block.vertex_group
        made.slider_min, made.slider_max = -1.0, 1.0
        mesh.active_shape_key_index = active
        source, gain = _knob(rig, coefficient)
        drive(made, "value", -1, _bounded(key, gain), {"k": (keys, key.path), "v": source})
    for keys in {key.mesh.data.shape_keys for _, key in keys_of(rig)}:
        _mend_sums(keys)


def _mend_sums(keys: Any) -> None:
    """Let drivers that read a key's value, as those of correctives do, read what the board adds to it too."""
    for curve in keys.animation_data.drivers if keys.animation_data is not None else ():
        if KEY_ENDING + '"]' in curve.data_path:
            continue
        driver = curve.driver
        for variable in list(driver.variables):
            target, letter = variable.targets[0], variable.name
            name = target.data_path.partition('["')[2].partition('"]')[0]
            added = name + KEY_ENDING
            if variable.type == "SINGLE_PROP" and target.id == keys and added in keys.key_blocks:
                add_variable(driver, letter + KEY_ENDING, (keys, target.data_path.replace(f'"{name}"', f'"{added}"')))
                driver.expression = re.sub(rf"\b{letter}\b", f"({letter}+{letter}{KEY_ENDING})", driver.expression)


def remove_keys(mesh: Any) -> None:
    """Take the keys of the board off a mesh object, and what drivers read of them."""
    keys = mesh.data.shape_keys
    if keys is None:
        return
    for curve in list(keys.animation_data.drivers) if keys.animation_data is not None else ():
        if KEY_ENDING + '"]' in curve.data_path:
            keys.animation_data.drivers.remove(curve)
            continue
        driver = curve.driver
        for variable in list(driver.variables):
            if variable.name.endswith(KEY_ENDING):
                letter = variable.name.removesuffix(KEY_ENDING)
                driver.expression = driver.expression.replace(f"({letter}+{variable.name})", letter)
                driver.variables.remove(variable)
    active = mesh.active_shape_key.name if mesh.active_shape_key is not None else ""
    for block in [block for block in keys.key_blocks if block.name.endswith(KEY_ENDING)]:
        if block.name.removesuffix(KEY_ENDING) in keys.key_blocks:
            mesh.shape_key_remove(block)
    mesh.active_shape_key_index = max(0, keys.key_blocks.find(active))
