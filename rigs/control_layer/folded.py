"""The face board folded into the keys that it adds to, while a character is exported."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import bpy
import numpy as np

from .. import compat
from ..takes import nla
from .board import remove_keys
from .marker import KEY_ENDING, has_controls
from .undeformed import undeformed

if TYPE_CHECKING:
    from ..rig import Rig


@contextmanager
def board_folded(rig: Rig, scene: Any, first: int, last: int) -> Iterator[None]:
    """Let meshes be without the keys of the face board for a while, and let their own keys show what it adds.

    Parameters
    ----------
    scene : bpy.types.Scene
        The window's scene, which the character is in.
    first, last : int
        Frames that count.
    """
    with ExitStack() as stack:
        for mesh in rig.attached if has_controls(rig.armature) else ():
            keys = mesh.data.shape_keys
            names = [block.name for block in keys.key_blocks] if keys is not None else []
            moved = [name for name in names if name + KEY_ENDING in names]
            if moved and mesh.is_editable:
                _fold(stack, rig, mesh, moved, scene, np.arange(first, last + 1))
        yield


def _fold(stack: ExitStack, rig: Rig, mesh: Any, names: list[str], scene: Any, frames: Any) -> None:
    blocks = mesh.data.shape_keys.key_blocks
    shown = np.zeros((len(names), len(frames)))
    with undeformed(rig):
        for column, frame in enumerate(frames):
            scene.frame_set(int(frame))
            shown[:, column] = [blocks[name].value + blocks[name + KEY_ENDING].value for name in names]
    original, name = mesh.data, mesh.data.name
    made = original.copy()
    original.name, made.name = f"{name} whole", name

    aside: list[Any] = []

    def back() -> None:
        mesh.data = original
        bpy.data.meshes.remove(made)
        for action in aside:
            bpy.data.actions.remove(action)
        original.name = name

    stack.callback(back)  # whatever goes wrong from here on
    keys = made.shape_keys
    # A copy's drivers read the original.
    for curve in keys.animation_data.drivers:
        for variable in curve.driver.variables:
            for target in variable.targets:
                if target.id == original.shape_keys:
                    target.id = keys
    mesh.data = made
    remove_keys(mesh)
    paths = {f'key_blocks["{bpy.utils.escape_identifier(item)}"].value': item for item in names}
    data = keys.animation_data
    if data.action is not None:
        slot = compat.active_slot(data)
        copy = data.action.copy()
        aside.append(copy)
        for bag in compat.channelbags(copy):
            for curve in [curve for curve in bag.fcurves if curve.data_path in paths]:
                bag.fcurves.remove(curve)
        compat.set_action(data, copy, slot)
    folded = compat.new_action("Soliloquy face board", keys.id_type)
    aside.append(folded)
    bag = compat.channelbag(keys, folded)
    for path, row in zip(paths, shown, strict=True):
        curve = compat.new_fcurve(bag, path, 0, "")
        curve.keyframe_points.add(len(frames))
        curve.keyframe_points.foreach_set("co", np.stack([frames, row], 1).astype(np.float32).ravel())
        for key in curve.keyframe_points:
            key.interpolation = "LINEAR"
        curve.update()
    start, stop = float(frames[0]), float(max(frames[-1], frames[0] + 1))
    nla.add_track(keys, folded, "Soliloquy face board", start, stop)
