"""Opens a file that holds characters and finds the one that is meant: scenes, FBX, glTF, VRM, BVH, SMPL-X and FLAME."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import bpy

from ..inference.errors import BadFile, BadRig, SoliloquyError
from ..inference.motion_files.bvh_file import outline
from .imported_key_ranges import widen_to_animation
from .mapping_store import MAPPING_PROPERTY, read_mapping_file
from .rig import find_rig, look, rigs_in_scene, why_no_rig
from .stillness import why_still
from .takes.access import why_locked

if TYPE_CHECKING:
    from .rig import Rig

_BINARY_FBX = b"Kaydara FBX Binary"
_COMPRESSED = ("EXT_meshopt_compression", "KHR_meshopt_compression")
_HEAD_BYTES = 1 << 20
"""What is looked at of a file before Blender opens it."""


def open_file(path: str | os.PathLike[str]) -> None:
    """Make a file the scene: a .blend as it is, any other imported into an empty one.

    Raises
    ------
    BadFile
        When it is empty, of no kind there is, or cannot be read; with what to do instead.
    """
    path = Path(path)
    opener = _checked(path)
    if path.suffix.lower() != ".blend":
        bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    _open(path, opener)


def import_file(path: str | os.PathLike[str]) -> None:
    """Import what a file that is no .blend holds into the scene of the window; raises :class:`BadFile`."""
    path = Path(path)
    _open(path, _checked(path))


def _checked(path: Path) -> Callable[[Path], None]:
    """Return what opens a file, once it has been found to be of the kind that its ending says."""
    opener = _OPENERS.get(path.suffix.lower())
    if opener is None:
        raise BadFile(f"'{path.name}' is no character file.", f"Use one of {', '.join(SUFFIXES)}.")
    try:
        with open(path, "rb") as stream:
            head = stream.read(_HEAD_BYTES)
    except OSError as error:
        raise BadFile(f"'{path.name}' cannot be read: {error.strerror}.", "Check the file.") from error
    if not head.strip(b"\0 \r\n\t"):
        raise BadFile(f"'{path.name}' is empty.", "Export the character again.")
    _refuse_known(path, head)
    return opener


def _open(path: Path, opener: Callable[[Path], None]) -> None:
    try:
        opener(path)
    except SoliloquyError:
        raise
    except Exception as error:  # Blender's importers raise whatever their parsers do
        lines = str(error).strip().splitlines() or [type(error).__name__]
        said = lines[-1].removeprefix("Error: ").rstrip(".")
        raise BadFile(f"'{path.name}' cannot be opened: {said}.", "Check the file, or export it again.") from error


def character_in(path: str | os.PathLike[str], name: str = "") -> Rig:
    """Return the character of a file that :func:`open_file` has opened.

    Parameters
    ----------
    path : path
        The file, for words.
    name : str
        Object that is any part of the character; empty where the file holds one character only.

    Raises
    ------
    BadRig
        When there is none, several, or it cannot be animated.
    """
    title, scene = Path(path).name, bpy.context.scene
    if name:
        item = scene.objects.get(name)
        if item is None:
            raise BadRig(f"There is no object '{name}' in '{title}'.", _called(_figures(scene)))
        rig = find_rig(item)
        if rig is None:
            raise BadRig(f"'{name}' is no character that can be animated.", why_no_rig(item) or "Name another object.")
        return _usable(rig)
    rigs = rigs_in_scene(scene)
    # An armature that moves no mesh stands beside the one that does: what a control rig was made from, a motion.
    bodies = [rig for rig in rigs if rig.attached] or rigs
    if len(bodies) > 1:
        names = [rig.holder.name for rig in bodies]
        raise BadRig(f"'{title}' holds {len(names)} characters: {_listed(names)}.", "Choose one by --object NAME.")
    if bodies:
        return _usable(bodies[0])
    if not scene.objects:
        raise BadRig(f"'{title}' holds no objects.", "Export the character with its skeleton and meshes.")
    linked = next((item for item in scene.objects if item.instance_collection is not None), None)
    shown = linked.instance_collection if linked is not None else None
    cast = [item for item in shown.all_objects if find_rig(item) is not None] if shown is not None else []
    if linked is not None and shown is not None and cast:
        if all(item.library is None for item in cast):
            raise BadRig(
                f"'{linked.name}' only shows the collection '{shown.name}', which is not in the scene itself.",
                "Drag that collection from the Outliner's Blender File view into the scene, and save the file.",
            )
        raise BadRig(
            f"'{linked.name}' shows a linked character, which cannot be keyed.",
            "Choose Object > Library Override > Make in Blender, and save the file.",
        )
    why = next(filter(None, map(why_no_rig, scene.objects)), "")
    raise BadRig(
        f"There is no character that Soliloquy knows in '{title}'.",
        why or "It needs an armature that deforms a mesh, or a face with shape keys.",
    )


def use_mapping(path: str | os.PathLike[str], name: str = "") -> None:
    """Give the character of the opened file the mapping in a JSON file, for this session alone.

    Parameters
    ----------
    name : str
        Object that is any part of the character; the one with most of the mapping's bones when empty.

    Raises
    ------
    SoliloquyError
        When it is no mapping, or no armature has any of its bones.
    """
    mapping = read_mapping_file(Path(path))
    scene = bpy.context.scene
    rig = look(scene.objects.get(name)) if name else None
    if rig is not None:
        rig.holder[MAPPING_PROPERTY] = mapping.to_json()
        return
    armatures = [item for item in scene.objects if item.type == "ARMATURE"]
    holder = min(armatures, key=lambda item: len(mapping.lost_bones(item)), default=None)
    if holder is None or len(mapping.lost_bones(holder)) == len(mapping.joints) > 0:
        raise BadRig(
            f"No armature has a bone that '{Path(path).name}' names.", "Choose the mapping of this kind of skeleton."
        )
    holder[MAPPING_PROPERTY] = mapping.to_json()


def others_in(rig: Rig) -> list[str]:
    """Return the names of other armatures of the scene that move a mesh."""
    return [name for name in _figures(bpy.context.scene) if rig.armature is None or name != rig.armature.name]


def _usable(rig: Rig) -> Rig:
    locked = why_locked(rig)
    if locked is not None and rig.holder.library is not None:
        raise locked
    still = why_still(rig)
    if still is not None:
        raise still
    return rig


def _figures(scene: Any) -> list[str]:
    return [
        item.name
        for item in scene.objects
        if item.type == "ARMATURE" and any(child.type == "MESH" for child in item.children_recursive)
    ]


def _called(names: list[str]) -> str:
    return f"It holds {_listed(names)}." if names else "It holds no armature."


def _listed(names: list[str], most: int = 8) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(f"'{name}'" for name in names[:most]) + more


def _refuse_known(path: Path, head: bytes) -> None:
    """Refuse what Blender's importers are known not to read, with what to choose instead."""
    suffix = path.suffix.lower()
    if suffix == ".fbx" and not head.startswith(_BINARY_FBX):
        raise BadFile(
            f"'{path.name}' is an FBX file in text form, which Blender does not read.",
            "Export it again as binary FBX, or convert it with Autodesk's FBX Converter.",
        )
    if suffix in (".glb", ".gltf", ".vrm"):
        used = next((name for name in _COMPRESSED if name.encode() in _json_part(head)), "")
        if used:
            raise BadFile(
                f"'{path.name}' is compressed with {used}, which Blender does not read.",
                "Export it without compression, or undo it: 'gltf-transform copy in.glb out.glb'.",
            )


def _json_part(head: bytes) -> bytes:
    """Return the beginning of a glTF file's JSON, where extensions are named."""
    if head[:4] != b"glTF":
        return head
    return head[20 : 20 + int.from_bytes(head[12:16], "little")]


def _open_blend(path: Path) -> None:
    bpy.ops.wm.open_mainfile(filepath=str(path), load_ui=False, use_scripts=False)


def _import_fbx(path: Path) -> None:
    bpy.ops.import_scene.fbx(filepath=str(path))


def _import_gltf(path: Path) -> None:
    before = set(bpy.data.shape_keys)
    bpy.ops.import_scene.gltf(filepath=str(path))
    widen_to_animation(set(bpy.data.shape_keys) - before)


def _import_vrm(path: Path) -> None:
    from .vrm.opening import import_vrm

    import_vrm(path)


def _import_bvh(path: Path) -> None:
    outline(path)  # which refuses what the importer trusts
    bpy.ops.import_anim.bvh(filepath=str(path), update_scene_fps=False, update_scene_duration=False)


def _add_body_model(path: Path) -> None:
    from .body_models.add import add_body_model

    add_body_model(bpy.context, path)


_OPENERS: dict[str, Callable[[Path], None]] = {
    ".blend": _open_blend,
    ".fbx": _import_fbx,
    ".glb": _import_gltf,
    ".gltf": _import_gltf,
    ".vrm": _import_vrm,
    ".bvh": _import_bvh,
    ".npz": _add_body_model,
    ".pkl": _add_body_model,
}
SUFFIXES = tuple(_OPENERS)
