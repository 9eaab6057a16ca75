"""Motion in files that hold somebody's skeleton or character, as performances: BVH, FBX, glTF.

Such a file is imported into a scene of its own, its skeleton recognised as any character is, its animation sampled, and
all of it removed again.
"""

from __future__ import annotations

import contextlib
import io
import math
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import bpy
import numpy as np

from ..inference.arkit import ARKIT_INDEX, REGION_COEFFICIENTS, REGION_JOINTS, REGIONS
from ..inference.errors import BadFile, BadRig
from ..inference.motion_files.bvh_file import outline
from ..inference.motion_files.register import FRAME_RATE, OF_SKELETONS, read_motion
from ..inference.performance import MOST_FRAMES
from ..inference.user_folders import given_path
from . import compat
from .imported_file import forgotten
from .open_file import import_file
from .render.stage import temporary_scene
from .rig import rigs_in_scene, why_no_rig
from .sample import sample_frames

if TYPE_CHECKING:
    from ..inference.performance import Performance
    from .rig import Rig

_STILL = 1e-4
"""Radians, and shares of a shape key, that are no motion."""


def load_motion(path: str | os.PathLike[str], fps: float = FRAME_RATE) -> Performance:
    """Read motion of any kind: of a skeleton, or in a format of ``inference/motion_files``.

    Parameters
    ----------
    path : path-like
        The file.
    fps : float
        Frames per second of files that do not say theirs.

    Raises
    ------
    BadFile
        When it is missing, damaged, too large, or holds no motion.
    BadRig
        When its skeleton is none that is known.
    """
    source = given_path(path)
    return motion_in(source, fps) if source.suffix.lower() in OF_SKELETONS else read_motion(source, fps)


def motion_in(path: Path, fps: float = FRAME_RATE) -> Performance:
    """Return the motion of the character in a file; the scene of the user stays as it is.

    Arguments and errors are those of :func:`load_motion`.
    """
    if path.suffix.lower() == ".bvh":
        fps = outline(path).fps
    with forgotten(), temporary_scene("Motion") as scene, contextlib.redirect_stdout(io.StringIO()):
        before = set(bpy.data.actions)
        compat.set_frame_rate(scene, fps)
        import_file(path)
        rig, actions = _performer(scene, path, before)
        first, last = _range(rig)
        count = math.floor(last - first + 1e-3) + 1
        if count > MOST_FRAMES:
            raise BadFile(f"'{path.name}' holds {count:,} frames.", f"Cut it to {MOST_FRAMES:,} at most.")
        notes: dict[str, Any] = {"imported": {"format": path.suffix.lower()[1:], "file": path.name}, "warnings": []}
        performance = sample_frames(rig, scene, first, count, notes)
    regions = _held(performance)
    if actions > 1:
        notes["warnings"].append(f"'{path.name}' holds {actions} animations; the one that plays was taken.")
    if not regions & {"lips", "upper_face"}:
        notes["warnings"].append(f"'{path.name}' holds no face; lips and brows left alone.")
    notes["regions"] = [region for region in REGIONS if region in regions]
    return performance


def _performer(scene: Any, path: Path, before: set[Any]) -> tuple[Rig, int]:
    """Return the character that moves, and how many animations there are for it."""
    rigs = rigs_in_scene(scene)
    if not rigs:
        why = next(filter(None, map(why_no_rig, scene.objects)), "")
        raise BadRig(f"'{path.name}' holds no skeleton that Soliloquy knows.", why or "Export it with its skeleton.")
    moving = [rig for rig in rigs if list(_animations(rig))]
    if not moving:
        raise BadFile(f"'{path.name}' holds a character and no motion.", "Export it with its animation.")
    return moving[0], sum(_turns_bones(action) for action in bpy.data.actions if action not in before)


def _turns_bones(action: Any) -> bool:
    curves = (curve for bag in compat.channelbags(action) for curve in bag.fcurves)
    return any(curve.data_path.startswith("pose.bones") for curve in curves)


def _animations(rig: Rig) -> Iterator[Any]:
    """Yield the actions that play on a rig."""
    keys = [mesh.data.shape_keys for mesh in rig.meshes if mesh.data.shape_keys is not None]
    for owner in (*([rig.armature] if rig.armature is not None else []), *keys):
        data = owner.animation_data
        if data is None:
            continue
        if data.action is not None:
            yield data.action
        for track in data.nla_tracks:
            if not track.mute:
                yield from (strip.action for strip in track.strips if strip.action is not None and not strip.mute)


def _range(rig: Rig) -> tuple[float, float]:
    """Return the first and the last frame that is keyed."""
    ranges = np.array([action.frame_range[:] for action in _animations(rig)])
    return float(ranges[:, 0].min()), float(ranges[:, 1].max())


def _held(performance: Performance) -> set[str]:
    """Return the regions in which something moves."""
    found = set()
    for region in REGIONS:
        turns = [np.abs(performance.joint(joint)).max() for joint in REGION_JOINTS[region]]
        shown = [performance.arkit[:, ARKIT_INDEX[name]].max() for name in REGION_COEFFICIENTS[region]]
        if max([*turns, *shown], default=0.0) > _STILL:
            found.add(region)
    return found | {"body"}
