"""Writes one take of one character to a file for other programs: FBX, glTF, USD, Alembic, or its motion alone."""

from __future__ import annotations

import contextlib
import math
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import bpy

from ..inference.errors import NotSaved
from ..inference.motion_files.register import read_motion, writable, write_motion
from . import compat
from .character.strands.worn import as_cards
from .control_layer.folded import board_folded
from .control_layer.marker import has_controls
from .export_file import incomplete, quiet, suffixed, written_file
from .export_prepare import deform_only, later, left_out, modifiers_applied, pelvis_free
from .export_preset import PRESETS
from .exported_file import Contents, read_fbx, read_glb
from .imported_file import import_alembic, read_by_import
from .imported_key_ranges import cut_by_importers
from .render.stage import alone, objects_of
from .sample import sample_take
from .takes.take import Take

if TYPE_CHECKING:
    from .rig import Rig


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


def export_fbx(rig: Rig, take: Take, path: str | os.PathLike[str], preset: str = "standard") -> ExportReport:
    """Write a binary FBX with the character and exactly one animation stack, named after the take.

    Every whole scene frame of the take is sampled with everything that plays on the character. Bones come without
    leaf bones, shape keys as blend shapes with their animation. A take that begins before frame 0 begins there in the
    file.

    Parameters
    ----------
    preset : str
        Name of the program that it is for, of ``export_preset.PRESETS``.

    Returns
    -------
    ExportReport

    Raises
    ------
    NotSaved
        When the file cannot be written, or does not hold every mesh and the whole length of the take; nothing is left
        behind then.
    """
    chosen = PRESETS.get(preset)
    if chosen is None:
        raise NotSaved(f"There is no preset '{preset}'.", f"Choose one of {', '.join(PRESETS)}.")
    with written_file(path, ".fbx") as aside:
        with ready(rig, take) as remarks, pelvis_free(rig), quiet():
            bpy.ops.export_scene.fbx(
                filepath=str(aside),
                use_selection=True,
                object_types={"ARMATURE", "MESH"},
                use_mesh_modifiers=False,  # else shape keys are lost
                use_armature_deform_only=has_controls(rig.armature)
                or (chosen.deform_only and deform_only(rig.armature)),
                bake_anim=True,
                bake_anim_use_all_bones=True,
                bake_anim_use_nla_strips=False,
                bake_anim_use_all_actions=False,
                bake_anim_force_startend_keying=True,
                colors_type="SRGB",
                path_mode="COPY",
                embed_textures=True,
                **chosen.options,
            )
        found = _checked(rig, take, aside, read_fbx)
    return ExportReport(suffixed(path, ".fbx"), tuple(sorted(found.meshes)), found.clips[0][1], tuple(remarks))


def export_gltf(rig: Rig, take: Take, path: str | os.PathLike[str]) -> ExportReport:
    """Write a binary glTF (``.glb``) with the character and exactly one animation that starts at time 0.

    Arguments, result and errors are those of :func:`export_fbx`.
    """
    with written_file(path, ".glb") as aside:
        with ready(rig, take) as remarks, quiet():
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
                export_def_bones=deform_only(rig.armature),
                export_cameras=False,
                export_lights=False,
                export_apply=False,
            )
            remarks += filter(None, [cut_by_importers(item for item in objects_of(rig) if item.type == "MESH")])
        found = _checked(rig, take, aside, read_glb)
    return ExportReport(suffixed(path, ".glb"), tuple(sorted(found.meshes)), found.clips[0][1], tuple(remarks))


def export_usd(rig: Rig, take: Take, path: str | os.PathLike[str]) -> ExportReport:
    """Write a binary USD with a skeleton, blend shapes and the animation of both.

    Arguments, result and errors are those of :func:`export_fbx`. USD allows letters, digits and underscores in names:
    others become underscores.
    """
    with written_file(path, ".usdc") as aside:
        with ready(rig, take) as remarks, quiet():
            bpy.ops.wm.usd_export(
                filepath=str(aside),
                selected_objects_only=True,
                export_animation=True,
                export_armatures=True,
                export_shapekeys=True,
                only_deform_bones=has_controls(rig.armature),  # else loses what bones between those that deform do
                export_lights=False,
                export_cameras=False,
                convert_world_material=False,
                evaluation_mode="VIEWPORT",
                **compat.usd_options(),
            )
        found = _checked(rig, take, aside, lambda file: read_by_import(file, compat.import_usd), _plain_names)
    return ExportReport(suffixed(path, ".usdc"), tuple(sorted(found.meshes)), found.clips[0][1], tuple(remarks))


def export_alembic(rig: Rig, take: Take, path: str | os.PathLike[str]) -> ExportReport:
    """Write an Alembic with every vertex of every frame: what modifiers make of the meshes is in it.

    Arguments, result and errors are those of :func:`export_fbx`.
    """
    with written_file(path, ".abc") as aside:
        with ready(rig, take) as _, quiet():
            scene = bpy.context.scene
            bpy.ops.wm.alembic_export(
                filepath=str(aside),
                selected=True,
                start=scene.frame_start,
                end=scene.frame_end,
                evaluation_mode="VIEWPORT",
                export_hair=False,
                export_particles=False,
                as_background_job=False,
            )
        found = _checked(rig, take, aside, lambda file: read_by_import(file, import_alembic), _plain_names)
    return ExportReport(suffixed(path, ".abc"), tuple(sorted(found.meshes)), found.clips[0][1], tuple(left_out(rig)))


def export_motion(rig: Rig, take: Take, path: str | os.PathLike[str], format: str = "performance") -> ExportReport:
    """Write the motion of a take alone, sampled from the scene so that hand edits are in it.

    Parameters
    ----------
    format : str
        Name in ``inference/motion_files`` of a format that can be written.

    Returns
    -------
    ExportReport
        Other arguments and errors are those of :func:`export_fbx`.
    """
    chosen = next((item for item in writable() if item.name == format), None)
    if chosen is None:
        raise NotSaved(f"There is no format '{format}'.", f"Choose one of {', '.join(i.name for i in writable())}.")
    with written_file(path, chosen.suffix) as aside:
        wanted = sample_take(rig, take)
        write_motion(wanted, aside, format)
        if chosen.read is not None or chosen.read_at is not None:
            found = read_motion(aside, fps=wanted.fps)
            # Formats that count at rates or in cues of their own end within a frame or a cue of the take.
            if abs(found.duration - wanted.duration) > 0.2:
                raise incomplete(f"holds {found.duration:.2f} of {wanted.duration:.2f} seconds")
    return ExportReport(suffixed(path, chosen.suffix), (), (wanted.frames - 1) / wanted.fps)


def export_npz(rig: Rig, take: Take, path: str | os.PathLike[str]) -> ExportReport:
    """Write the take as a performance; :func:`export_motion` writes the other formats of motion."""
    return export_motion(rig, take, path)


def frame_range(take: Take) -> tuple[int, int]:
    """Return the first and last whole scene frame that cover a take."""
    first = math.floor(take.first_frame + 1e-3)
    return first, max(first, math.ceil(take.last_frame - 1e-3))


def _own_name(mesh: Any) -> set[str]:
    return {mesh.name}


def _plain_names(mesh: Any) -> set[str]:
    """Return what a mesh object may come back as from USD and Alembic: in letters, digits and underscores."""
    return {re.sub(r"\W", "_", name) for name in (mesh.name, mesh.data.name)}


@contextlib.contextmanager
def ready(rig: Rig, take: Take) -> Iterator[list[str]]:
    """Provide a scene with the character alone, as long as the take; yields what cannot be in the file."""
    first, last = frame_range(take)
    shift = max(0, -first)  # a scene begins at frame 0
    with (
        alone(rig, take, name=take.name) as scene,
        as_cards(rig),
        later(rig, shift),
        board_folded(rig, scene, first + shift, last + shift),
        modifiers_applied(rig) as remarks,
    ):
        scene.frame_start, scene.frame_end = first + shift, last + shift
        yield [*remarks, *left_out(rig)]


def _checked(
    rig: Rig, take: Take, aside: Path, read: Callable[[Path], Contents], names: Callable[[Any], set[str]] = _own_name
) -> Contents:
    """Return what the file written aside holds, compared with what was asked for.

    ``names`` returns what a mesh object may be called in such a file.
    """
    if not aside.is_file():
        raise NotSaved("The file was not written.", "Look into Blender's console for the reason.")
    try:
        found = read(aside)
    except ValueError as error:
        raise incomplete(f"cannot be read back: {error}") from error
    shown = [item for item in objects_of(rig) if item.type == "MESH" and len(item.data.polygons)]
    missing = [item.name for item in shown if not names(item) & found.meshes]
    if missing:
        raise incomplete(f"lacks the mesh '{min(missing)}'" + (f" and {len(missing) - 1} more" * (len(missing) > 1)))
    if len(found.clips) != 1:
        raise incomplete(f"holds {len(found.clips)} animations in place of one")
    first, last = frame_range(take)
    render = bpy.context.scene.render
    wanted = (last - first) * render.fps_base / render.fps
    if abs(found.clips[0][1] - wanted) > 0.5 * render.fps_base / render.fps:
        raise incomplete(f"holds {found.clips[0][1]:.2f} of {wanted:.2f} seconds")
    return found
