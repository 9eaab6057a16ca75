"""Where a character is asked to look: an object, another character's eyes, or the camera as its listener."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from mathutils import Matrix, Vector

from ..rigs.strips import scene_fps

if TYPE_CHECKING:
    from ..rigs.rig import Rig

Points = tuple[tuple[float, float, float], ...]

_EYES = ("left_eye_smplhf", "right_eye_smplhf")
_ASIDE = np.radians(50.0)
"""How far aside of straight ahead a camera may stand to count as the one that is spoken to."""
_NEAR, _FAR = 0.3, 15.0  # metres


def gaze_points(target: Any, rig: Rig, first_frame: float, duration: float | None, scene: Any) -> Points:
    """Return where ``target`` is in the character's own frame (Y up, metres).

    Any part of another character stands for that character's eyes. One point per frame when the target itself is
    animated by location keys, without parent or constraints, and the length of the speech is known; else its present
    place.
    """
    return () if target is None else points_of(target, rig, first_frame, duration, scene)


def points_of(target: Any, rig: Rig, first_frame: float, duration: float | None, scene: Any) -> Points:
    """Return :func:`gaze_points` of an object that is there."""
    return _path(target, _place_of(target, rig), rig, first_frame, duration, scene)


def place_in_sight(target: Any, rig: Rig, aside: float) -> npt.NDArray[np.float64] | None:
    """Return (3,) metres from the character's eyes at rest to an object, in the character's own frame.

    None where that stands further than ``aside`` radians from straight ahead, or nearer or further than people talk.
    """
    return _in_sight(np.array(_point(rig, _place_of(target, rig))), aside)


def _in_sight(point: npt.NDArray[np.float64], aside: float) -> npt.NDArray[np.float64] | None:
    from ..rigs.reference_skeleton import PLACES

    away = point - np.mean([PLACES[name] for name in _EYES], axis=0)
    near_enough = _NEAR < float(np.linalg.norm(away)) < _FAR
    return away if near_enough and abs(float(np.arctan2(away[0], away[2]))) <= aside else None


def listener_points(rig: Rig, first_frame: float, duration: float | None, scene: Any) -> Points:
    """Return where the scene's camera is in the character's own frame; nothing when it does not stand before it."""
    camera = scene.camera
    if camera is None:
        return ()
    if _in_sight(np.array(_point(rig, camera.matrix_world.translation)), _ASIDE) is None:
        return ()
    return _path(camera, camera.matrix_world.translation.copy(), rig, first_frame, duration, scene)


def eyes_of(rig: Rig) -> Any:
    """Return the place in the world between a character's eyes, where its pose has them now; None without a head."""
    if rig.armature is None:
        return None
    bones = rig.armature.pose.bones
    found = [bones[rig.bones[name]] for name in _EYES if rig.bones.get(name, "") in bones]
    world = rig.armature.matrix_world
    if len(found) == len(_EYES):
        return world @ (sum((bone.head for bone in found), Vector()) / len(found))
    head = bones.get(rig.bones.get("head", ""))
    if head is None:
        return None
    # Without eyes of its own: where a head of its size has them, turned as the head is turned now.
    from ..rigs.reference_skeleton import PLACES

    up = np.mean([PLACES[name] for name in _EYES], axis=0) - PLACES["head"]
    x, y, z = (float(value) for value in up / rig.frame.scale @ rig.frame.axes.T)
    turned = head.matrix.to_3x3() @ head.bone.matrix_local.to_3x3().inverted_safe()
    return world @ (head.head + Matrix(turned) @ Vector((x, y, z)))


def _place_of(target: Any, rig: Rig) -> Any:
    """Return the place in the world that looking at an object means."""
    from ..rigs.rig import find_rig

    other = find_rig(target)
    if other is not None and other.holder is not rig.holder:
        eyes = eyes_of(other)
        if eyes is not None:
            return eyes
    return target.matrix_world.translation.copy()


def _path(target: Any, place: Any, rig: Rig, first_frame: float, duration: float | None, scene: Any) -> Points:
    """Return the place, or one per frame where the target is moved by location keys of its own."""
    curves = _location_curves(target)
    if not curves or duration is None or target.parent is not None or len(target.constraints):
        return (_point(rig, place),)
    beside = place - target.location
    points = []
    for index in range(max(1, round(duration * scene_fps(scene)))):
        moved = target.location.copy()
        for axis, curve in curves.items():
            moved[axis] = curve.evaluate(first_frame + index)
        points.append(_point(rig, moved + beside))
    return tuple(points)


def _location_curves(target: Any) -> dict[int, Any]:
    from ..rigs.compat import active_channelbag

    bag = active_channelbag(target)
    if bag is None:
        return {}
    return {curve.array_index: curve for curve in bag.fcurves if curve.data_path == "location"}


def _point(rig: Rig, place: Any) -> tuple[float, float, float]:
    x, y, z = rig.own_place(place)
    # A tenth of a millimetre: one place per frame is stored with the performance.
    return round(float(x), 4), round(float(y), 4), round(float(z), 4)
