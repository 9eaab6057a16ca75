"""How strongly the controls of a face move its mesh, measured on a copy: behind constraints weights do not tell.

Each control is moved a little and the evaluated mesh is looked at. The copy stands in a scene of its own, so that the
artist's pose, animation and scene stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import bpy
import numpy as np
import numpy.typing as npt
from mathutils import Matrix

from ...inference.rotation import axis_angle_to_matrix
from ..controls import Switch
from ..mappings.face_bones import CORNER, JAW, LOWER_LID, LOWER_LIP, UPPER_LID, UPPER_LIP
from ..rest_frame import RestFrame
from .bone_weights import Skin, without_hidden
from .face_bone import FaceBone
from .face_frame import places

Doubles = npt.NDArray[np.float64]
T = TypeVar("T")
Poses = dict[str, tuple[Doubles, Doubles]]
"""Bone -> (3, 3) turn and (3,) shift in metres, in the face's frame."""

_SHIFT, _TURN = 0.003, 0.15
"""Metres and radians of a trial: small enough that the mesh follows in proportion."""
_AJAR = 0.1
"""Radians by which the jaw is open where lips are tried."""
_TURNS = 0.2
"""Part of the way from which on the turn of a jaw's control, or its place, opens the mouth."""
_LEAST = 0.05
"""Share from which on a control moves a mesh at all."""


def measured_skins(
    armature: Any,
    meshes: Sequence[Any],
    bones: Sequence[FaceBone],
    eyes: Mapping[int, Doubles],
    frame: RestFrame,
    switches: Sequence[Switch] = (),
) -> list[Skin]:
    """Return how controls move meshes: jaw, each part of the lips, and the lids of an eye together.

    Parameters
    ----------
    armature : bpy.types.Object
        The armature.
    meshes : sequence of bpy.types.Object
        Meshes that it deforms.
    bones : sequence of FaceBone
        The controls.
    eyes : dict
        1 for the left and -1 for the right eye -> (3,) its middle.
    frame : RestFrame
        The face's frame in the armature.
    switches
        What is held while a take plays.
    """
    column = {bone.name: index for index, bone in enumerate(bones)}
    with _stand_in(armature, meshes, frame, switches) as copy:
        rest = copy.points()
        shares = [np.zeros((len(points), len(bones))) for points in rest]
        opened: Poses = {}
        slide = 0.0
        ajar = [np.zeros_like(points) for points in rest]
        for bone in sorted(bones, key=lambda bone: bone.role != JAW):
            if bone.role == JAW:
                turn = _about_right(_TURN)
                found = copy.moved({bone.name: (turn, np.zeros(3))}, rest)
                ways = [(points - bone.place) @ (turn - np.eye(3)).T for points in rest]
                # Lips are tried with the mouth ajar, from where they have to shut it.
                opened = {bone.name: (_about_right(_AJAR), np.zeros(3))}
                most = max((_most(*pair) for pair in zip(found, ways, strict=True)), default=0.0)
                if bone.free and most < _TURNS:
                    down = np.array([0.0, -_SHIFT, 0.0])
                    lowered = copy.moved({bone.name: (np.eye(3), down)}, rest)
                    slide = max((_most(moved, np.broadcast_to(down, moved.shape)) for moved in lowered), default=0.0)
                    if slide > _TURNS:
                        found, ways = lowered, [np.broadcast_to(slide * down, moved.shape) for moved in lowered]
                        opened = {bone.name: (np.eye(3), down)}
                    else:
                        slide = 0.0
                ajar = copy.moved(opened, rest)
            elif bone.role in (UPPER_LIP, LOWER_LIP, CORNER):
                up = np.array([0.0, _SHIFT, 0.0])
                found = copy.moved({**opened, bone.name: (np.eye(3), up)}, rest)
                found = [moved - before for moved, before in zip(found, ajar, strict=True)]
                ways = [np.broadcast_to(up, points.shape) for points in rest]
            else:
                continue
            for share, moved, way in zip(shares, found, ways, strict=True):
                share[:, column[bone.name]] = _share(moved, way)
        for role, angle in ((UPPER_LID, _TURN), (LOWER_LID, -_TURN)):
            _lids(copy, rest, shares, [b for b in bones if b.role == role and b.side in eyes], eyes, angle, column)
    for mesh, points, share in zip(meshes, rest, shares, strict=True):
        without_hidden(mesh, points, share)
    return [
        Skin(mesh, points, share, column, apart=True, slide=slide)
        for mesh, points, share in zip(meshes, rest, shares, strict=True)
        if share.max(initial=0.0) > _LEAST
    ]


def tried(
    armature: Any,
    mesh: Any,
    frame: RestFrame,
    switches: Sequence[Switch],
    trials: Callable[[Callable[[Poses], Doubles]], T],
) -> T:
    """Return what trials find that may pose a copy of a character and see by how much (V, 3) a mesh moves."""
    with _stand_in(armature, [mesh], frame, switches) as copy:
        rest = copy.points()
        return trials(lambda poses: copy.moved(poses, rest)[0])


def _lids(
    copy: _StandIn,
    rest: list[Doubles],
    shares: list[Doubles],
    lids: list[FaceBone],
    eyes: Mapping[int, Doubles],
    angle: float,
    column: Mapping[str, int],
) -> None:
    """Turn all upper, or all lower, lids about their eyes at once; the first bone of an eye stands for all."""
    if not lids:
        return
    turn = _about_right(angle)
    away = {bone.name: bone.place - eyes[bone.side] for bone in lids}
    found = copy.moved({name: (turn, turn @ at - at) for name, at in away.items()}, rest)
    for side, eye in eyes.items():
        first = next((bone for bone in lids if bone.side == side), None)
        for points, share, moved in zip(rest, shares, found, strict=True) if first is not None else ():
            there = np.sign(points[:, 0]) == side
            share[there, column[first.name]] = _share(moved, (points - eye) @ (turn - np.eye(3)).T)[there]


def _about_right(angle: float) -> Doubles:
    """Return the (3, 3) rotation about the axis to the character's left, which lowers what lies in front."""
    return np.asarray(axis_angle_to_matrix(np.array([angle, 0.0, 0.0])), np.float64)


def _share(moved: Doubles, way: Doubles) -> Doubles:
    """Return (V,) which part of a way points went."""
    length = (way * way).sum(axis=1)
    share = np.where(length > 1e-10, (moved * way).sum(axis=1) / np.maximum(length, 1e-10), 0.0)
    clipped: Doubles = np.where(share > 0.01, np.clip(share, 0.0, 1.2), 0.0)
    return clipped


def _most(moved: Doubles, way: Doubles) -> float:
    """Return which part of a way the points that went furthest went, single ones left out."""
    length = (way * way).sum(axis=1)
    part = (moved * way).sum(axis=1) / np.maximum(length, 1e-10)
    return float(np.sort(part[length > 1e-10])[-4:].min(initial=np.inf)) if (length > 1e-10).any() else 0.0


class _StandIn:
    """A copy of an armature and its meshes at rest."""

    def __init__(self, armature: Any, meshes: list[Any], scene: Any, frame: RestFrame) -> None:
        self._armature, self._meshes, self._scene, self._frame = armature, meshes, scene, frame

    def points(self) -> list[Doubles]:
        """Return (V, 3) the evaluated points of each mesh, in the face's frame."""
        self._scene.view_layers[0].update()
        graph = self._scene.view_layers[0].depsgraph
        to_armature = np.linalg.inv(np.array(self._armature.evaluated_get(graph).matrix_world, np.float64))
        found = []
        for mesh in self._meshes:
            shown = mesh.evaluated_get(graph)
            flat = np.empty(3 * len(shown.data.vertices), np.float32)
            shown.data.vertices.foreach_get("co", flat)
            local = (to_armature @ np.array(shown.matrix_world, np.float64))[:3]
            found.append(places(self._frame.scale * self._frame.axes.T @ local, flat.reshape(-1, 3).astype(np.float64)))
        return found

    def moved(self, poses: Poses, rest: list[Doubles]) -> list[Doubles]:
        """Return (V, 3) by how much each mesh moves when bones are posed, and pose them back."""
        for name, (turn, shift) in poses.items():
            posed = self._armature.pose.bones[name]
            axes = self._frame.axes.T @ np.array(posed.bone.matrix_local.to_3x3(), np.float64)
            basis = np.eye(4)
            basis[:3, :3] = axes.T @ turn @ axes
            basis[:3, 3] = axes.T @ shift / self._frame.scale
            posed.matrix_basis = Matrix(basis.tolist())
        found = [points - old for points, old in zip(self.points(), rest, strict=True)]
        for name in poses:
            self._armature.pose.bones[name].matrix_basis = Matrix.Identity(4)
        return found


@contextmanager
def _stand_in(armature: Any, meshes: Sequence[Any], frame: RestFrame, switches: Sequence[Switch]) -> Iterator[_StandIn]:
    """Provide a copy of a character at rest, with its constraints and drivers and without its animation."""
    scene = bpy.data.scenes.new("Soliloquy trial")
    made: list[Any] = []
    try:
        copy = armature.copy()
        made.append(copy)
        _own_ties(copy, armature)
        for posed in copy.pose.bones:
            posed.matrix_basis = Matrix.Identity(4)
        for switch in switches:
            switch.throw(copy)
        for mesh in meshes:
            other = mesh.copy()
            made.append(other)
            if mesh.parent == armature:
                other.parent = copy
            for modifier in other.modifiers:
                mine = modifier.type == "ARMATURE" and modifier.object == armature
                modifier.show_viewport = mine
                if mine:
                    modifier.object = copy
        for item in made:
            item.hide_viewport = False
            scene.collection.objects.link(item)
        yield _StandIn(copy, made[1:], scene, frame)
    finally:
        bpy.data.scenes.remove(scene)
        for item in reversed(made):
            bpy.data.objects.remove(item)


def _own_ties(copy: Any, original: Any) -> None:
    """Let constraints and drivers of a copied armature object work on the copy, and nothing play on it."""
    for posed in copy.pose.bones:
        for constraint in posed.constraints:
            for item in constraint.targets if constraint.type == "ARMATURE" else (constraint,):
                if getattr(item, "target", None) == original:
                    item.target = copy
            if getattr(constraint, "pole_target", None) == original:
                constraint.pole_target = copy
    data = copy.animation_data
    if data is None:
        return
    data.action = None
    for track in list(data.nla_tracks):
        data.nla_tracks.remove(track)
    for curve in data.drivers:
        for variable in curve.driver.variables:
            for target in variable.targets:
                if target.id == original:
                    target.id = copy
