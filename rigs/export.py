"""Writes one take of one character to a file for other programs: FBX, glTF, or the performance itself."""

from __future__ import annotations

import contextlib
import io
import math
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import bpy

from ..inference.errors import NotSaved
from ..inference.performance import Performance
from ..inference.saving import aside_of, not_saved
from . import compat
from .export_prepare import later, left_out, modifiers_applied
from .exported_file import Contents, read_fbx, read_glb
from .render.stage import alone, objects_of
from .sample import sample_take
from .takes.take import Take

if TYPE_CHECKING:
    from .rig import Rig

_HAIR = 2.0**-14
"""Metres (0.06 mm); a power of two, so that shifting back and forth leaves no rounding."""


@dataclass(frozen=True)
class ExportReport:
    """What an export wrote, as read back from the file."""

    path: Path
    meshes: tuple[str, ...]
    """Names of the mesh objects; empty for a performance."""
    seconds: float
    """From the first frame to the last."""
    warnings: tuple[str, ...] = ()
    """What could not be in the file."""


def export_fbx(rig: Rig, take: Take, path: str | os.PathLike[str]) -> ExportReport:
    """Write a binary FBX with the character and exactly one animation stack, named after the take.

    Every whole scene frame of the take is sampled with everything that plays on the character. Bones come without
    leaf bones, shape keys as blend shapes with their animation. A take that begins before frame 0 begins there in the
    file.

    Returns
    -------
    ExportReport

    Raises
    ------
    NotSaved
        When the file cannot be written, or does not hold every mesh and the whole length of the take; nothing is left
        behind then.
    """
    with _aside(path, ".fbx") as aside:
        with _ready(rig, take) as remarks, _pelvis_free(rig), _quiet():
            bpy.ops.export_scene.fbx(
                filepath=str(aside),
                use_selection=True,
                object_types={"ARMATURE", "MESH"},
                use_mesh_modifiers=False,  # else shape keys are lost
                add_leaf_bones=False,
                use_armature_deform_only=False,
                bake_anim=True,
                bake_anim_use_all_bones=True,
                bake_anim_use_nla_strips=False,
                bake_anim_use_all_actions=False,
                bake_anim_force_startend_keying=True,
                bake_anim_step=1.0,
                bake_anim_simplify_factor=0.0,
                apply_scale_options="FBX_SCALE_ALL",
                colors_type="SRGB",
                path_mode="AUTO",
            )
        found = _checked(rig, take, aside, read_fbx)
    return ExportReport(_suffixed(path, ".fbx"), tuple(sorted(found.meshes)), found.clips[0][1], tuple(remarks))


def export_gltf(rig: Rig, take: Take, path: str | os.PathLike[str]) -> ExportReport:
    """Write a binary glTF (``.glb``) with the character and exactly one animation that starts at time 0.

    Arguments, result and errors are those of :func:`export_fbx`.
    """
    with _aside(path, ".glb") as aside:
        with _ready(rig, take) as remarks, _quiet():
            compat.count_seconds_as_gltf_does(bpy.context.scene)
            bpy.ops.export_scene.gltf(
                filepath=str(aside),
                export_format="GLB",
                use_selection=True,
                use_active_scene=True,
                export_animations=True,
                export_animation_mode="SCENE",
                export_anim_scene_split_object=False,
                export_frame_range=True,
                export_anim_slide_to_zero=True,
                export_force_sampling=True,
                export_frame_step=1,
                export_optimize_animation_size=False,
                export_morph=True,
                export_morph_animation=True,
                export_morph_normal=False,  # doubles the file; engines compute normals
                export_skins=True,
                export_def_bones=False,
                export_cameras=False,
                export_lights=False,
                export_apply=False,
            )
        found = _checked(rig, take, aside, read_glb)
    return ExportReport(_suffixed(path, ".glb"), tuple(sorted(found.meshes)), found.clips[0][1], tuple(remarks))


def export_npz(rig: Rig, take: Take, path: str | os.PathLike[str]) -> ExportReport:
    """Write the take as a performance, sampled from the scene so that hand edits are in it.

    Arguments, result and errors are those of :func:`export_fbx`.
    """
    with _aside(path, ".npz") as aside:
        wanted = sample_take(rig, take)
        wanted.save(aside)
        found = Performance.load(aside)
        if (found.frames, found.fps) != (wanted.frames, wanted.fps):
            raise _incomplete(f"holds {found.frames} of {wanted.frames} frames")
    return ExportReport(_suffixed(path, ".npz"), (), (found.frames - 1) / found.fps)


def frame_range(take: Take) -> tuple[int, int]:
    """Return the first and last whole scene frame that cover a take."""
    first = math.floor(take.first_frame + 1e-3)
    return first, max(first, math.ceil(take.last_frame - 1e-3))


@contextlib.contextmanager
def _ready(rig: Rig, take: Take) -> Iterator[list[str]]:
    """Provide a scene with the character alone, as long as the take; yields what cannot be in the file."""
    first, last = frame_range(take)
    shift = max(0, -first)  # a scene begins at frame 0
    with (
        alone(rig, take, name=take.name) as scene,
        later(rig, shift),
        modifiers_applied(rig) as remarks,
    ):
        scene.frame_start, scene.frame_end = first + shift, last + shift
        yield [*remarks, *left_out(rig)]


def _checked(rig: Rig, take: Take, aside: Path, read: Callable[[Path], Contents]) -> Contents:
    """Return what the file written aside holds, compared with what was asked for."""
    if not aside.is_file():
        raise NotSaved("The file was not written.", "Look into Blender's console for the reason.")
    try:
        found = read(aside)
    except ValueError as error:
        raise _incomplete(f"cannot be read back: {error}") from error
    missing = {item.name for item in objects_of(rig) if item.type == "MESH" and len(item.data.polygons)} - found.meshes
    if missing:
        raise _incomplete(f"lacks the mesh '{min(missing)}'" + (f" and {len(missing) - 1} more" * (len(missing) > 1)))
    if len(found.clips) != 1:
        raise _incomplete(f"holds {len(found.clips)} animations in place of one")
    first, last = frame_range(take)
    render = bpy.context.scene.render
    wanted = (last - first) * render.fps_base / render.fps
    if abs(found.clips[0][1] - wanted) > 0.5 * render.fps_base / render.fps:
        raise _incomplete(f"holds {found.clips[0][1]:.2f} of {wanted:.2f} seconds")
    return found


def _incomplete(what: str) -> NotSaved:
    return NotSaved(
        f"The exporter made a file that {what}, so it was not kept.",
        "Update the exporter's add-on, or report this with the scene.",
    )


@contextlib.contextmanager
def _pelvis_free(rig: Rig) -> Iterator[None]:
    """Shift the parent of the bone that travels by a hair while an FBX is written.

    Blender's FBX importer connects an only child that lies straight along its parent, and a connected bone ignores
    its location: the character would not move from its place.
    """
    armature = rig.armature
    bone = armature.data.bones[rig.root.bone] if rig.root is not None else None
    if bone is None or bone.parent is None or len(bone.parent.children) != 1 or bone.use_connect:
        yield
        return
    if armature.data.library is not None or armature.data.override_library is not None:
        yield
        return
    parent = bone.parent.name

    hair = _HAIR / rig.frame.scale

    def shift(amount: float) -> None:
        bpy.ops.object.mode_set(mode="EDIT")
        moved = armature.data.edit_bones[parent]
        moved.head.x += amount
        moved.tail.x += amount
        bpy.ops.object.mode_set(mode="OBJECT")

    shift(hair)
    try:
        yield
    finally:
        shift(-hair)


def _suffixed(path: str | os.PathLike[str], suffix: str) -> Path:
    target = Path(path)
    return target if target.suffix.lower() == suffix else target.with_name(target.name + suffix)


def _check_folder(target: Path) -> None:
    try:
        fits = "\0" not in target.name and target.parent.is_dir() and os.access(target.parent, os.W_OK)
        fits = fits and not target.is_dir() and (not target.exists() or os.access(target, os.W_OK))
    except OSError:  # a name that no file can have
        fits = False
    if not fits:
        raise NotSaved(
            f"'{target}' cannot be written.", "Choose a file name in a folder that exists and that you can write to."
        )


@contextlib.contextmanager
def _aside(path: str | os.PathLike[str], suffix: str) -> Iterator[Path]:
    """Yield a path beside the target; what lies there at the end becomes the target, or vanishes on failure."""
    target = _suffixed(path, suffix)
    _check_folder(target)
    aside = aside_of(target)
    try:
        yield aside
        if not aside.is_file():
            raise NotSaved(f"'{target.name}' was not written.", "Look into Blender's console for the reason.")
        os.replace(aside, target)
    except RuntimeError as error:
        reason = str(error).strip().splitlines()
        raise NotSaved(
            f"'{target.name}' was not written: {reason[0] if reason else 'the exporter failed'}.",
            "Check that the exporter's add-on is enabled in the preferences.",
        ) from error
    except OSError as error:
        raise not_saved(target, error) from error
    finally:
        aside.unlink(missing_ok=True)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep the exporters' timing prints off the user's terminal."""
    with contextlib.redirect_stdout(io.StringIO()):
        yield
