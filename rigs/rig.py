"""What of a character in the scene can be animated: each joint's bone and how it lies, each key and what it shows.

Only ``mappings`` knows how bones and shape keys are called, and only here is measured how they lie; the rest of
``rigs`` asks a :class:`Rig`.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import bpy
import numpy as np
import numpy.typing as npt

from .bind_pose import stray_skin
from .character.marker import CHARACTER_PROPERTY, GHOST_PROPERTY
from .control_search import on_controls
from .controls import Switch, switches_of
from .driven_keys import Driving, driven_keys
from .faces.drive import Drive, FaceParts
from .faces.face_frame import frame_without_joints
from .faces.lip_fit import LipFit, lip_fit_of
from .faces.one_motion import without_doubles, without_opening
from .faces.register import drives_of
from .loose_joints import loose_joints
from .mapping_store import saved_mapping
from .mappings.bust import SKELETON as BUST
from .mappings.metarig import generated_from
from .mappings.register import FaceFound, SkeletonFound, called_by_face, match_face, match_skeleton
from .mappings.smplx import shape_component
from .missing_parts import lacking
from .oddities import oddities
from .rest_frame import SMPLX_TO_BLENDER, RestFrame, measure, turn_of
from .rig_parts import RigJoint, RigKey, Root, joints_of, keys_of, root_of

Doubles = npt.NDArray[np.float64]

_PROP_KEYS = 5
"""Shape keys that a thing may have which is no face: its basis and a few more."""


@dataclass(frozen=True, eq=False)
class Rig:
    """A character that performances can be baked onto, as it lay when it was found."""

    armature: Any
    """The armature object, or None for a face without bones."""
    meshes: list[Any]
    """Mesh objects that carry face keys; for a body without any, the meshes the armature deforms."""
    attached: list[Any] = field(default_factory=list)
    """Every mesh object that hangs on the armature or is deformed by it, clothes and hair included."""
    skeleton: str = ""
    """Name of the kind of skeleton; empty where none can be animated."""
    face: str = ""
    """Name of the kind of face; empty where none can be animated."""
    joints: dict[str, RigJoint] = field(default_factory=dict)
    """SMPL-X joint -> bone, in SMPL-X order."""
    keys: tuple[RigKey, ...] = ()
    """Every shape key that shows some coefficient, mesh after mesh."""
    drives: tuple[Drive, ...] = ()
    """What animates parts of the face that such keys do not: visemes, components, bones."""
    lip_fit: LipFit | None = None
    """How its lips are opened as far as performed, where keys of its own open them."""
    switches: tuple[Switch, ...] = ()
    """What must be held for its controls to act while a take plays."""
    frame: RestFrame = field(default_factory=lambda: RestFrame(SMPLX_TO_BLENDER, 1.0))
    """The SMPL-X frame in the armature, and metres per unit."""
    root: Root | None = None
    """What takes the travel; None where there is no pelvis."""
    lacks: Mapping[str, str] = field(default_factory=dict)
    """Region of a performance -> what of it the character cannot show, in one sentence."""
    notes: tuple[str, ...] = ()
    """What is odd about its skeleton, one sentence each."""
    found: FaceFound | None = None
    """The face's keys as they were found, those too whose movement a bone does."""

    @functools.cached_property
    def loose(self) -> Mapping[str, str]:
        """Joint -> the joint above whose bone its own does not hang on, though it should."""
        return loose_joints(self.armature, self.joints)

    @functools.cached_property
    def driven(self) -> Mapping[tuple[str, str], Driving]:
        """(Mesh object, shape key) -> the property that takes the key's place, since it drives it."""
        holders = [*self.meshes, *([self.armature, self.armature.data] if self.armature is not None else [])]
        return driven_keys(self.keys, holders)

    @functools.cached_property
    def stray(self) -> str:
        """Which bones' skin lies away from them at rest, in a sentence; empty where none does."""
        return stray_skin(self)

    @property
    def kind(self) -> str:
        """Name of the convention: the skeleton's, or the face's where there is no skeleton or but a bust's."""
        return self.face or self.skeleton if self.skeleton == BUST.name else self.skeleton or self.face

    @property
    def bones(self) -> dict[str, str]:
        """SMPL-X joint -> bone."""
        return {joint: item.bone for joint, item in self.joints.items()}

    @functools.cached_property
    def joint_bones(self) -> set[str]:
        """Every bone that takes part in a joint: halves of a limb, several bones of a neck."""
        return {part.bone for item in self.joints.values() for part in item.segments}

    @property
    def shape_keys(self) -> dict[str, str]:
        """ARKit coefficient -> the first shape key that shows it."""
        found: dict[str, str] = {}
        for key in self.keys:
            for name, _ in key.shows.mix:
                found.setdefault(name, key.name)
        return found

    @property
    def holder(self) -> Any:
        """The object that stands for the character: its armature, or its first mesh where it has no bones."""
        return self.armature if self.armature is not None else self.meshes[0]

    @property
    def turn(self) -> Doubles:
        """(3, 3) how the character stands turned in the world; the identity where it stands on Z and faces -Y."""
        turned: Doubles = turn_of(np.array(self.holder.matrix_world)) @ (self.frame.axes @ SMPLX_TO_BLENDER.T)
        return turned

    @property
    def size(self) -> float:
        """Units of the world that a metre of the character takes."""
        return abs(float(self.holder.matrix_world.to_scale().z)) / self.frame.scale  # negative where it is mirrored

    def own_place(self, point: Any) -> Doubles:
        """Return (3,) metres in the character's SMPL-X frame of a point in the world."""
        local = np.array(self.holder.matrix_world.inverted_safe() @ point, np.float64)
        place: Doubles = self.frame.axes.T @ local * self.frame.scale
        return place

    @property
    def shape_components(self) -> dict[int, Any]:
        """Number of a component of the body's shape -> its shape key, where the character has any."""
        blocks = [
            b for mesh in self.meshes if mesh.data.shape_keys is not None for b in mesh.data.shape_keys.key_blocks
        ]
        numbered = {shape_component(block.name): block for block in blocks}
        return {number: block for number, block in numbered.items() if number is not None}


def assemble(
    armature: Any,
    meshes: Iterable[Any],
    skeleton: SkeletonFound | None,
    face: FaceFound | None,
    attached: Iterable[Any] = (),
) -> Rig:
    """Return the rig that a kind of skeleton and a kind of face make of an armature and meshes, measured.

    Parameters
    ----------
    armature : bpy.types.Object or None
        The armature.
    meshes : iterable of bpy.types.Object
        Meshes that carry face keys, or those that the armature deforms.
    skeleton, face
        What the mappings found; one that is not enough leaves those regions alone, which ``Rig.lacks`` says.
    attached : iterable of bpy.types.Object
        Every mesh that belongs to the character.
    """
    joints: dict[str, RigJoint] = {}
    frame = RestFrame(SMPLX_TO_BLENDER, 1.0)
    if armature is not None and skeleton is not None and skeleton.enough:
        unit = bpy.context.scene.unit_settings.scale_length if bpy.context.scene is not None else 1.0
        frame = measure(armature, skeleton.bones, unit, strides=skeleton.kind.strides)
        joints = joints_of(armature, skeleton, frame)
    keys = keys_of(face, joints) if face is not None and (face.enough or (joints and not face.kind.cannot)) else ()
    keys = without_doubles(armature, joints, keys)
    meshes = list(meshes)
    attached = list(dict.fromkeys([*attached, *meshes]))
    keys = without_opening(armature, attached, joints, keys, frame)
    if not joints:
        frame = frame_without_joints(armature if armature is not None else meshes[0], keys) if keys else frame
    # The cast's other people have the default person's axes, but legs of their own.
    other = armature is not None and armature.get(CHARACTER_PROPERTY, "default") != "default"
    strides = other or skeleton is None or not skeleton.kind.t_pose
    parts = FaceParts(armature, attached, skeleton, face, joints, keys, frame)
    drives = drives_of(parts)
    return Rig(
        armature=armature,
        meshes=meshes,
        attached=attached,
        skeleton=skeleton.kind.name if joints and skeleton is not None else "",
        face=face.kind.name if (keys or drives) and face is not None else "",
        joints=joints,
        keys=keys,
        drives=drives,
        lip_fit=lip_fit_of(parts),
        switches=switches_of(armature, skeleton) if joints and skeleton is not None else (),
        frame=frame,
        root=root_of(armature, joints, frame, strides=strides),
        lacks=lacking(armature, attached, skeleton, face, joints, keys, drives),
        found=face if (keys or drives) else None,
        notes=(
            *(skeleton.notes if skeleton is not None else ()),
            *(oddities(armature, attached, skeleton.bones) if joints and skeleton is not None else ()),
        ),
    )


def _armature_of(obj: Any) -> Any | None:
    """Return the armature an object is, hangs on, or is deformed by."""
    walk = obj
    while walk is not None:
        if walk.type == "ARMATURE":
            return walk
        for modifier in walk.modifiers:
            if modifier.type == "ARMATURE" and modifier.object is not None:
                return modifier.object
        walk = walk.parent
    return None


def _meshes_of(armature: Any) -> list[Any]:
    attached = [child for child in armature.children_recursive if child.type == "MESH"]
    for scene in armature.users_scene:
        for obj in scene.objects:
            if obj.type == "MESH" and obj not in attached and _armature_of(obj) is armature:
                attached.append(obj)
    return attached


def find_rig(obj: Any) -> Rig | None:
    """Return the rig an object belongs to, or None when it is not a character that can be animated.

    Parameters
    ----------
    obj : bpy.types.Object or None
        An armature, a mesh it deforms, or anything parented to either.

    Notes
    -----
    Recognised is what ``rigs/mappings`` holds: one file per kind of skeleton or face.
    """
    rig = look(obj)
    return rig if rig is not None and (rig.joints or rig.keys or rig.drives) else None


def why_no_rig(obj: Any) -> str:
    """Return why an object that looks like a character is none that can be animated; empty for a rig or a plain thing.

    An object looks like a character when it has to do with an armature or carries a number of shape keys.
    """
    if obj is None or find_rig(obj) is not None:
        return ""
    keys = obj.data.shape_keys if obj.type == "MESH" else None
    keyed = keys is not None and len(keys.key_blocks) > _PROP_KEYS
    rig = look(obj) if keyed or _armature_of(obj) is not None else None
    # The body first: most figures that are not known have a skeleton.
    return " ".join(dict.fromkeys(reversed(list(rig.lacks.values())))) if rig is not None else ""


def look(obj: Any) -> Rig | None:
    """Return what there is of a rig in an object, animated or not: a mapping made by hand, else what is detected.

    A ghost of a character is none.
    """
    if obj is None or GHOST_PROPERTY in obj:
        return None
    armature = _armature_of(obj)
    attached = _meshes_of(armature) if armature is not None else [obj] if obj.type == "MESH" else []
    metarig, generated = armature, generated_from(armature) if armature is not None and not attached else None
    if generated is not None:
        armature, attached = generated, _meshes_of(generated)
    if armature is None and not attached:
        return None
    face = match_face(attached)
    skeleton = match_skeleton(armature, attached) if armature is not None else None
    skeleton = on_controls(armature, called_by_face(skeleton, face)) if skeleton is not None else None
    saved = saved_mapping(armature if armature is not None else obj)
    if saved is not None:
        skeleton = saved.on_skeleton(armature, skeleton) if armature is not None else None
        face = saved.on_face(attached, face)
    faces = face.meshes if face is not None and not face.kind.cannot else []
    rig = assemble(armature, faces or attached, skeleton, face, attached)
    if metarig is None or generated is None:
        return rig
    said = f"'{metarig.name}' is a metarig; '{armature.name}', which was generated from it, is animated in its place."
    return dataclasses.replace(rig, notes=(said, *rig.notes))


def rigs_in_scene(scene: bpy.types.Scene) -> list[Rig]:
    """Return every rig of a scene once, in the order of the scene's objects; skeletons without meshes come last.

    Of two armatures, the one a rig was made from and the rig, the one that deforms the meshes is the character.
    """
    found: list[Rig] = []
    overrides = (obj.override_library for obj in scene.objects)
    # What was overridden may still stand in the scene, linked.
    seen: set[Any] = {item.reference for item in overrides if item is not None and item.reference is not None}
    for obj in scene.objects:
        if obj.type not in ("ARMATURE", "MESH") or obj in seen:
            continue
        rig = find_rig(obj)
        if rig is None or _comes_itself(rig, obj, scene):
            continue
        members = {rig.armature, *rig.attached} if rig.armature is not None else {obj}
        if not members & seen:
            found.append(rig)
        seen |= members
    return sorted(found, key=lambda rig: not rig.attached)


def _comes_itself(rig: Rig, obj: Any, scene: bpy.types.Scene) -> bool:
    """Tell whether an object is a metarig, and what was generated from it stands in the scene beside it."""
    return obj.type == "ARMATURE" and rig.armature != obj and scene.objects.get(rig.armature.name) == rig.armature
