"""The frame in which faces are measured: x to the character's left, y up, z to the front, metres."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ..rest_frame import SMPLX_TO_BLENDER, RestFrame, turn_of, world_matrix
from .key_shapes import key_shape, rest_points

if TYPE_CHECKING:
    from ..rig_parts import RigJoint, RigKey

Doubles = npt.NDArray[np.float64]

_PLAIN = RestFrame(SMPLX_TO_BLENDER, 1.0)


def face_frame(
    mesh: Any, moved: Doubles, points: Doubles, armature: Any, joints: Mapping[str, RigJoint], frame: RestFrame
) -> Doubles:
    """Return the (3, 4) affine map from a mesh object's own space to the frame of its face.

    It is the frame of the character's skeleton. A face without one stands upright in the world, and its front is where
    the moving part of the mesh lies, seen from the middle of the mesh.

    Parameters
    ----------
    mesh : bpy.types.Object
        The mesh object.
    moved : (V, 3) array
        What some movement of lips or lids adds, in the mesh's space.
    points : (V, 3) array
        Its rest points.
    armature, joints, frame
        As in a :class:`~.drive.FaceParts`; without joints the frame is not used.
    """
    world = np.array(mesh.matrix_world, np.float64)
    if joints and armature is not None:
        local = np.linalg.inv(np.array(armature.matrix_world, np.float64)) @ world
        found: Doubles = frame.scale * frame.axes.T @ local[:3]
        return found
    share = np.linalg.norm(moved, axis=1)
    share = share / max(float(share.sum()), 1e-30)
    out = (world[:3, :3] @ (share @ points - 0.5 * (points.min(axis=0) + points.max(axis=0))))[:2]
    front = np.array([0.0, -1.0, 0.0])
    if np.linalg.norm(out) > 1e-9:
        main = int(np.argmax(np.abs(out)))
        front = np.eye(3)[main] * np.sign(out[main])
    up = np.array([0.0, 0.0, 1.0])
    turned: Doubles = np.stack([np.cross(up, front), up, front]) @ world[:3]
    return turned


def frame_without_joints(holder: Any, keys: Sequence[RigKey]) -> RestFrame:
    """Return the SMPL-X frame, in an object's space, of a face that no known skeleton carries: see :func:`face_frame`.

    Parameters
    ----------
    holder : bpy.types.Object
        The armature, or the mesh of a face without bones; its world's units count as metres.
    keys : sequence of RigKey
        The face's keys; the first that moves the mouth tells where the front is.
    """
    solid = (key for key in keys if len(key.mesh.data.vertices))
    key = next((key for key in solid if "mouth" in key.shows.mix[0][0] or "jaw" in key.shows.mix[0][0]), None)
    if key is None:
        return _PLAIN
    world = world_matrix(holder)
    to_face = face_frame(key.mesh, key_shape(key.mesh, key.name), rest_points(key.mesh), None, {}, _PLAIN)
    into_holder = np.linalg.inv(world[:3, :3]) @ world_matrix(key.mesh)[:3, :3]
    axes = turn_of(into_holder @ np.linalg.inv(to_face[:, :3]))
    scale = float(abs(np.linalg.det(world[:3, :3]))) ** (1 / 3)
    return RestFrame(np.round(axes) if np.allclose(axes, np.round(axes), atol=1e-5) else axes, scale or 1.0)


def directions(frame: Doubles, moved: Doubles) -> Doubles:
    """Return (..., 3) displacements of a mesh in the frame of its face."""
    turned: Doubles = moved @ frame[:, :3].T
    return turned


def places(frame: Doubles, points: Doubles) -> Doubles:
    """Return (..., 3) points of a mesh in the frame of its face."""
    placed: Doubles = points @ frame[:, :3].T + frame[:, 3]
    return placed
