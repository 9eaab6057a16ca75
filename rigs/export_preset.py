"""What each program wants of an FBX, as data: an artist chooses a program, not axes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class ExportPreset:
    """How an FBX is written for one program."""

    name: str
    """What scripts and the command line call it."""
    label: str
    description: str
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Arguments of Blender's own exporter, over those that all exports share."""
    deform_only: bool = True
    """Whether of a control rig only the bones that deform are written, with what its controls make of them."""


_SHARED: dict[str, Any] = {
    "axis_forward": "-Z",
    "axis_up": "Y",
    "global_scale": 1.0,
    "apply_unit_scale": True,
    "use_space_transform": True,
    "bake_space_transform": False,  # turns armatures and their animation apart
    "add_leaf_bones": False,
    "primary_bone_axis": "Y",
    "secondary_bone_axis": "X",
    "armature_nodetype": "NULL",
    "bake_anim_step": 1.0,
    "bake_anim_simplify_factor": 0.0,
    "mesh_smooth_type": "OFF",
    "use_tspace": False,
}

PRESETS: dict[str, ExportPreset] = {
    preset.name: preset
    for preset in (
        ExportPreset(
            "standard",
            "Standard",
            "All bones, metres: for Blender and anything else",
            {**_SHARED, "apply_scale_options": "FBX_SCALE_ALL"},
            deform_only=False,
        ),
        ExportPreset(
            "unity",
            "Unity",
            "Metres, every object at scale 1; normals in place of smoothing groups",
            {**_SHARED, "apply_scale_options": "FBX_SCALE_ALL"},
        ),
        ExportPreset(
            "unreal",
            "Unreal",
            "Centimetres, so that the size is right as it is; smoothing by faces, which Unreal asks for",
            {**_SHARED, "apply_scale_options": "FBX_SCALE_NONE", "mesh_smooth_type": "FACE"},
        ),
        ExportPreset(
            "maya",
            "Maya",
            "Centimetres, as Maya counts; hard and soft edges are kept",
            {**_SHARED, "apply_scale_options": "FBX_SCALE_NONE", "mesh_smooth_type": "EDGE"},
        ),
    )
}
"""Name -> preset, the first is the default."""
