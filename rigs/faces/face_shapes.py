"""Gives a head the 52 shape keys of ARKit: the default character's face, carried over onto its own meshes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import bpy
import numpy as np
import numpy.typing as npt

from ...inference.arkit import ARKIT_INDEX, ARKIT_NAMES
from ...inference.errors import BadRig
from ..mappings.arkit import FACE, JAW_CORRECTIVE
from ..rest_frame import SMPLX_TO_BLENDER, RestFrame
from .jaw_movement import jaw_turned
from .key_shapes import rest_points

if TYPE_CHECKING:
    from ..rig import Rig
    from .carry.head import Head, MeshPart
    from .carry.shapes import Shapes

Doubles = npt.NDArray[np.float64]

LIDS = ("eyeBlinkLeft", "eyeBlinkRight")
_STILL = 5e-5
"""Metres below which a mesh does not move with a shape and gets no key for it."""
LANDMARK_PREFIX = "face "
"""How the names of Empties begin that say where a landmark is: ``face nose``, ``face left mouth corner``."""


@dataclass
class FaceShapesReport:
    """What was added, and what not."""

    added: dict[str, list[str]] = field(default_factory=dict)
    """Mesh object -> names of its new keys."""
    kept: list[str] = field(default_factory=list)
    """Shapes that were there before and stay as they are."""
    failed: dict[str, str] = field(default_factory=dict)
    """Shape -> what is wrong with it, as the rest of a sentence; left out unless they were to be kept."""
    failed_kept: bool = False
    """Whether failed shapes were added all the same."""
    made: list[str] = field(default_factory=list)
    """New objects: the inside of the mouth."""

    @property
    def sentences(self) -> list[str]:
        """The report in words."""
        names = dict.fromkeys(name for keys in self.added.values() for name in keys)
        found = [f"{len(names)} face shapes added to {_listed(list(self.added))}."] if names else []
        if self.kept:
            found.append(f"{_listed(self.kept)} {'was' if len(self.kept) == 1 else 'were'} there already and kept.")
        found += [f"'{name}' added, with teeth and tongue." for name in self.made]
        reasons: dict[str, list[str]] = {}
        for name, why in self.failed.items():
            reasons.setdefault(why, []).append(name)
        done = "Failed, to be corrected by hand" if self.failed_kept else "Failed and left out"
        found += [f"{done}: {_listed(shapes)}: {why}." for why, shapes in reasons.items()]
        return found


def _listed(names: Collection[str]) -> str:
    quoted = [f"'{name}'" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"


def add_face_shapes(
    rig: Rig | None,
    obj: Any = None,
    *,
    names: Collection[str] = ARKIT_NAMES,
    landmarks: Mapping[str, npt.ArrayLike] | None = None,
    mouth_kit: bool = False,
    keep_failed: bool = False,
    progress: Callable[[float], None] = lambda _share: None,
) -> FaceShapesReport:
    """Add ARKit's shape keys to every mesh of a head.

    Keys that exist are never touched: a shape that a mesh has under its name, however spelled, is kept. Vertices,
    modifiers and the object's place stay as they are.

    Parameters
    ----------
    rig : Rig, optional
        The character, as :func:`~..rig.find_rig` found it.
    obj : bpy.types.Object, optional
        Instead of a rig: a mesh, or an armature with its meshes, that stands on Z and faces -Y in the world.
    names : collection of str
        ARKit's names of the shapes to add.
    landmarks : dict, optional
        Landmark -> (3,) place in the world, where an artist knows better than what is found.
    mouth_kit : bool
        Also add teeth, gums and tongue where the mouth has none.
    keep_failed : bool
        Also add the shapes that came out badly, to be corrected by hand; without it the report names them.
    progress : callable, optional
        Told the share that is done, 0 to 1.

    Raises
    ------
    BadRig
        When no face can be made out, or a mesh cannot be edited; nothing is added then.
    """
    from .carry.head import gathered, head_parts
    from .carry.shapes import shapes_of

    armature, meshes, head_bone, frame = _character(rig, obj)
    parts = head_parts(armature, meshes, head_bone, frame)
    if not parts:
        raise BadRig("There is no mesh of a head here.", "Select a character whose head is a mesh.")
    for part in parts:
        if not part.mesh.is_editable or not part.mesh.data.is_editable:
            raise BadRig(
                f"'{part.mesh.name}' is linked from another file and cannot be given shape keys.",
                "Make its data local (Object > Relations > Make Local) first.",
            )
    head = gathered(parts)
    given = _landmarks(armature, frame, landmarks)
    joints = rig.joints if rig is not None else {}
    eyes_by_bones = "left_eye_smplhf" in joints
    progress(0.05)
    shapes = shapes_of(head, landmarks=given, eyes_by_bones=eyes_by_bones, progress=progress)
    report = FaceShapesReport(
        failed={name: why for name, why in shapes.failed.items() if name in names}, failed_kept=keep_failed
    )
    names = [name for name in names if keep_failed or name not in report.failed]
    for part, place in zip(parts, head.places, strict=True):
        _add(part, place, shapes, names, joints.get("jaw"), armature, frame, report)
    if mouth_kit:
        from .mouth_kit import add_mouth_kit

        made = add_mouth_kit(armature, _bearer(head, shapes), head, shapes, rig, frame, names)
        report.made += [made.name] if made is not None else []
    progress(1.0)
    return report


def _character(rig: Rig | None, obj: Any) -> tuple[Any, list[Any], str, RestFrame]:
    """Return armature, meshes, the head's bone and the frame of what shapes are to be added to."""
    if rig is not None and rig.joints:
        head = next((rig.joints[joint].bone for joint in ("head", "neck") if joint in rig.joints), "")
        return rig.armature, list(rig.attached), head, rig.frame
    if rig is not None:
        meshes = list(rig.attached)
    elif obj is not None and obj.type == "ARMATURE":
        meshes = [child for child in obj.children_recursive if child.type == "MESH"]
    else:
        meshes = [obj] if obj is not None and obj.type == "MESH" else []
    return None, meshes, "", RestFrame(SMPLX_TO_BLENDER, 1.0)


def _landmarks(
    armature: Any, frame: RestFrame, landmarks: Mapping[str, npt.ArrayLike] | None
) -> dict[str, Doubles] | None:
    """Return landmarks in the head's frame."""
    if not landmarks:
        return None
    back = np.linalg.inv(np.array(armature.matrix_world, np.float64)) if armature is not None else np.eye(4)
    found = {}
    for name, place in landmarks.items():
        world = np.array([*np.asarray(place, np.float64), 1.0])
        found[name] = frame.scale * (frame.axes.T @ (back @ world)[:3])
    return found


def landmark_empties(scene: Any) -> dict[str, Doubles]:
    """Return the places of the Empties in a scene whose names say that they are landmarks of a face."""
    found = {}
    for item in scene.objects:
        if item.type == "EMPTY" and item.name.lower().startswith(LANDMARK_PREFIX):
            name = item.name.lower().removeprefix(LANDMARK_PREFIX).partition(".")[0].strip()
            found[name] = np.array(item.matrix_world.translation, np.float64)
    return found


def _bearer(head: Head, shapes: Shapes) -> MeshPart:
    """Return the part that bears the skin of the face."""
    skin = set(shapes.face.kept.tolist())
    return max(
        zip(head.parts, head.places, strict=True), key=lambda pair: len(skin & set(pair[1].tolist()))
    )[0]  # fmt: skip


def _add(
    part: MeshPart,
    place: npt.NDArray[np.int64],
    shapes: Shapes,
    names: Collection[str],
    jaw: Any,
    armature: Any,
    frame: RestFrame,
    report: FaceShapesReport,
) -> None:
    """Add the shapes that a mesh moves with."""
    mesh, on = part.mesh, place >= 0
    had = {FACE.spelling(block.name) for block in mesh.data.shape_keys.key_blocks} if mesh.data.shape_keys else set()
    wanted = {name: shapes.deltas[ARKIT_INDEX[name]][place[on]] for name in ARKIT_NAMES if name in names}
    if jaw is not None and "jawOpen" in wanted:
        # Beside a bone that opens the jaw, this key adds what the bone does not do.
        wanted[JAW_CORRECTIVE] = wanted["jawOpen"] - jaw_turned(armature, part, jaw, frame)[on]
    new = {}
    for name, moved in wanted.items():
        if FACE.spelling(name) in had:
            if name not in report.kept:
                report.kept.append(name)
        elif float(np.abs(moved).max(initial=0.0)) > _STILL:
            new[name] = moved
    if new:
        _write(mesh, on, {name: moved @ part.to_mesh.T for name, moved in new.items()})
        report.added[mesh.name] = list(new)


def _write(mesh: Any, on: npt.NDArray[np.bool_], new: Mapping[str, Doubles]) -> None:
    """Add shape keys with displacements of the chosen vertices, in the mesh's own coordinates."""
    active = mesh.active_shape_key_index
    if mesh.data.shape_keys is None:
        mesh.shape_key_add(name="Basis", from_mix=False)
    rest = rest_points(mesh)
    for name, moved in new.items():
        block = mesh.shape_key_add(name=name, from_mix=False)
        block.slider_min, block.slider_max, block.value = 0.0, 1.0, 0.0
        block.relative_key = mesh.data.shape_keys.reference_key
        points = rest.astype(np.float32)
        points[on] += moved.astype(np.float32)
        block.points.foreach_set("co", points.ravel())
    mesh.active_shape_key_index = active
    mesh.data.update()
    bpy.context.view_layer.update()
