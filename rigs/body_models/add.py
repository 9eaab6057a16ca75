"""Adds the user's own SMPL-X or FLAME file to a scene: armature, skinned mesh, components, driven correctives."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

import bpy
import numpy as np
import numpy.typing as npt

from ...inference.body_models.model_file import FLAME, SMPLX, BodyModel, read_body_model
from ...inference.user_folders import given_path
from .. import compat
from ..character.placement import home_collection, leave_mode, show_in_local_view, view_of
from ..character.shape import to_blender
from ..character.skin import add_weights, build_armature, hang
from ..rig import Rig, find_rig
from .components import EXPRESSION, SHAPE, add_components
from .correctives import FULL, add_correctives
from .joints import remember_joints

_BONE_LENGTH = 0.1
_ROOT = "root"
_SKIN = (0.58, 0.38, 0.29, 1.0)
SHAPES = 10
"""Components of shape that become keys where nothing else is said, as with the official add-ons."""
EXPRESSIONS = 100


def add_body_model(
    context: bpy.types.Context,
    path: str | os.PathLike[str],
    *,
    name: str = "",
    betas: npt.ArrayLike = (),
    shapes: int = SHAPES,
    expressions: int = EXPRESSIONS,
    correctives: str = FULL,
    location: Sequence[float] = (0.0, 0.0, 0.0),
    on_ground: bool = True,
    remark: Callable[[str], None] = lambda _text: None,
) -> Rig:
    """Add a body or a head from the user's own model file.

    Bones, keys and properties are called and lie as in the official add-ons: every bone upright at its joint, so that
    the model's rotations go into the bones as they are; ``Shape``, ``Exp`` and ``Pose`` keys, the last driven by the
    bones.

    Parameters
    ----------
    context : bpy.types.Context
        Its view layer receives the character; the mode becomes Object Mode.
    path : path
        ``.npz`` or ``.pkl`` of SMPL-X or FLAME. Nothing in it is executed.
    name : str
        Of the armature; ``SMPLX-neutral`` and the like when empty.
    betas : (B,) array
        Shape; the bones lie at its joints.
    shapes, expressions : int
        Components that become shape keys, at most; as many as there are betas at least.
    correctives : str
        ``"FULL"``, ``"JAW"`` or ``"OFF"``. All of them cost some 35 ms a frame on 10,475 vertices.
    location : (3,) floats
        Where it goes: the point between the feet of a body on the ground, the model's own origin otherwise.
    on_ground : bool
        Lift a body so that its feet stand there.
    remark : callable, optional
        Given a sentence where the character went elsewhere than to the active collection.

    Returns
    -------
    Rig
        The new character, selected and active.

    Raises
    ------
    BadCheckpoint
        When the file cannot be used; nothing is added then.
    BadRig
        When the mode cannot be left, or the scene is another file's.
    """
    source = given_path(path)
    model = read_body_model(source)
    given = np.asarray(betas, np.float64).reshape(-1)[: model.shape.shape[2]]
    shapes = min(max(shapes, len(given)), model.shape.shape[2])
    expressions = min(expressions, model.expression.shape[2])
    collection, elsewhere = home_collection(context)
    leave_mode(context)
    for obj in context.view_layer.objects.selected:
        obj.select_set(False)
    view = view_of(context)
    title = f"{'SMPLX' if model.kind == SMPLX else 'FLAME'}-{{}}{model.gender}"
    armature = _armature(context, name or title.format(""), model, given, collection, view)
    mesh = _mesh(f"{name}-mesh" if name else title.format("mesh-"), model)
    body = bpy.data.objects.new(mesh.name, mesh)
    collection.objects.link(body)
    if view is not None:
        show_in_local_view(view, [body])
    vertices, groups = np.nonzero(model.weights)
    add_weights(body, model.joint_names, vertices, groups, model.weights[vertices, groups])
    add_components(body, model, SHAPE, model.shape[:, :, :shapes], given)
    add_components(body, model, EXPRESSION, model.expression[:, :, :expressions])
    add_correctives(body, model, armature, correctives)
    body.active_shape_key_index = 0
    hang(body, armature)
    remember_joints(mesh, model, shapes, expressions)
    if model.kind == SMPLX:
        body["smplx_gender"] = model.gender
        body["smplx_version"] = "locked_head" if "2020" in source.stem else "v1.1"
    armature.location = np.add(location, (0.0, 0.0, _height(model, given) if on_ground else 0.0))
    armature.select_set(True)
    context.view_layer.objects.active = armature
    context.view_layer.update()
    rig = find_rig(armature)
    if rig is None:
        raise RuntimeError("a body model does not recognise itself")
    if elsewhere:
        remark(elsewhere)
    return rig


def _armature(
    context: bpy.types.Context, name: str, model: BodyModel, betas: npt.ArrayLike, collection: Any, view: Any
) -> Any:
    """Add the bones: a root at the origin under SMPL-X's pelvis, FLAME's own root."""
    joints, names, parents = model.joints(betas), model.joint_names, model.parents
    if model.kind == SMPLX:
        joints = np.concatenate([np.zeros((1, 3)), joints])
        names, parents = (_ROOT, *names), (-1, *(parent + 1 for parent in parents))
    lengths = [_BONE_LENGTH] * len(names)
    return build_armature(context, name, joints, names, parents, lengths, collection=collection, view=view)


def _mesh(name: str, model: BodyModel) -> Any:
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata(to_blender(model.vertices), [], model.faces)
    mesh.validate()  # faces that are no faces
    mesh.polygons.foreach_set("use_smooth", np.ones(len(mesh.polygons), bool))
    if model.uv is not None and model.uv_faces is not None and len(mesh.polygons) == len(model.faces):
        layer = mesh.uv_layers.new(name="UVMap")
        corners = model.uv[model.uv_faces].astype(np.float32)
        layer.data.foreach_set("uv", np.ascontiguousarray(corners).ravel())
    material = bpy.data.materials.new(name)
    compat.use_nodes(material)
    material.diffuse_color = _SKIN
    shader = next(node for node in material.node_tree.nodes if node.type == "BSDF_PRINCIPLED")
    shader.inputs["Base Color"].default_value = _SKIN
    shader.inputs["Roughness"].default_value = 0.55
    mesh.materials.append(material)
    mesh.update()
    return mesh


def _height(model: BodyModel, betas: npt.NDArray[np.float64]) -> float:
    """Return how far a body's lowest point lies under its origin; a head has no feet to stand on."""
    if model.kind == FLAME:
        return 0.0
    heights = model.vertices[:, 1] + model.shape[:, 1, : len(betas)] @ betas
    return float(-heights.min())
