"""Camera, soft lights and background for pictures of one character."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import bpy
from mathutils import Matrix, Quaternion, Vector

from ...inference.errors import SoliloquyError
from .. import compat
from .framing import subject

if TYPE_CHECKING:
    from ..rig import Rig

VIEWS = ("head", "upper", "body")
_LENS = 85.0
_SENSOR = 24.0
_Lamp = tuple[str, tuple[float, float, float], float, float, float, tuple[float, float, float]]
MODELLED, EVEN = "modelled", "even"
LIGHTS: dict[str, tuple[_Lamp, ...]] = {
    # name, direction from the subject in its own frame, distance and size in picture heights, watts at 1 m, colour.
    # The eye light is small and close to the camera: its mirror image in the pupils is what makes eyes look alive.
    MODELLED: (
        ("Key", (-1.3, -0.80, 0.6), 2.6, 1.0, 16.5, (1.0, 0.92, 0.82)),
        ("Fill", (1.0, -0.8, 0.15), 2.8, 2.2, 1.3, (0.80, 0.90, 1.0)),
        ("Rim", (0.75, 1.0, 0.8), 2.4, 1.0, 18.0, (1.0, 0.90, 0.78)),
        ("Eye Light", (-0.34, -1.0, 0.30), 2.6, 0.55, 3.4, (1.0, 0.96, 0.91)),
    ),
    EVEN: (
        ("Key", (-0.85, -1.0, 0.75), 2.6, 1.2, 17.0, (1.0, 0.94, 0.86)),
        ("Fill", (1.0, -0.8, 0.15), 2.8, 2.2, 2.2, (0.84, 0.92, 1.0)),
        ("Rim", (0.65, 1.0, 0.9), 2.4, 1.2, 22.0, (0.94, 0.97, 1.0)),
        ("Eye Light", (-0.34, -1.0, 0.30), 2.6, 0.55, 4.5, (1.0, 0.97, 0.93)),
    ),
}
"""Lamps for pictures of a person, whose face has a side in shade, and for faces that are to be read: all of them
is seen."""
_MOST_GAZE = 25.0
"""Degrees that an eye turns towards the camera at most."""
_ASIDE = 0.22
_BACKGROUND = {MODELLED: (0.085, 0.092, 0.108), EVEN: (0.115, 0.125, 0.145)}
_WALL = {
    MODELLED: ((0.135, 0.155, 0.185), (0.018, 0.024, 0.034)),
    EVEN: ((0.125, 0.135, 0.150), (0.022, 0.025, 0.030)),
}
"""What the camera sees of it: behind the subject, and in the corners."""


def set_up(
    scene: Any, rig: Rig, *, view: str, size: tuple[int, int], samples: int, engine: str, side: float = _ASIDE,
    light: str = MODELLED,
) -> None:  # fmt: skip
    """Furnish a scene that holds the character: camera, lights, world and render settings.

    Parameters
    ----------
    scene : bpy.types.Scene
        The scene of :func:`soliloquy.rigs.stage.alone`, at the frame the camera aims at.
    rig : Rig
        The character.
    view : str
        ``"head"`` (head and shoulders), ``"upper"`` (from the hips up) or ``"body"``.
    size : (int, int)
        Width and height in pixels.
    samples : int
        Samples per pixel for Cycles; the picture is denoised.
    engine : str
        ``"CYCLES"`` (works without a screen), ``"EEVEE"`` or ``"WORKBENCH"``.
    side : float
        How far to its right the camera stands, as a share of its distance.
    light : str
        Of :data:`LIGHTS`.
    """
    if view not in VIEWS:
        raise SoliloquyError(f"Unknown view '{view}'.", f"Choose among: {', '.join(VIEWS)}.")
    if min(size) < 16 or max(size) > 8192 or samples < 1:
        raise SoliloquyError("The picture size or number of samples is out of range.", "Choose 16 to 8192 pixels.")
    width, height = size
    scene.camera = furnish(scene.collection, rig, view=view, size=size, side=side, light=light)
    world = bpy.data.worlds.new("Soliloquy")
    scene.world = world
    world.color = _BACKGROUND[light]
    _backdrop(world, light)
    render = scene.render
    render.resolution_x, render.resolution_y, render.resolution_percentage = width, height, 100
    render.use_sequencer = render.use_compositing = False
    render.film_transparent = False
    render.use_persistent_data = True
    render.image_settings.file_format = "PNG"
    render.image_settings.color_mode = "RGB"
    compat.set_engine(scene, engine)
    if render.engine == "CYCLES":
        cycles = scene.cycles
        cycles.device, cycles.samples, cycles.seed = "CPU", samples, 0
        cycles.use_denoising, cycles.denoiser = True, "OPENIMAGEDENOISE"
        cycles.use_adaptive_sampling = True
        cycles.transparent_max_bounces = 24  # cards of hair lie many deep
        # What lights from the world is even; Cycles would map its brightness for seconds before every picture.
        world.cycles.sampling_method = "NONE"
        cycles.max_bounces, cycles.caustics_reflective, cycles.caustics_refractive = 5, False, False


def furnish(
    collection: Any, rig: Rig, *, view: str, size: tuple[int, int], side: float = _ASIDE, light: str = MODELLED
) -> Any:
    """Add a camera on the character and soft lights to a collection; returns the camera.

    Parameters
    ----------
    collection : bpy.types.Collection
        Takes the objects.
    view, size
        As in :func:`set_up`.
    side : float
        How far to its right the camera stands, as a share of its distance.
    light : str
        Of :data:`LIGHTS`.
    """
    width, height = size
    centre, tall, turn = subject(rig, view)
    tall = max(tall, tall * 0.8 * height / width)
    camera = bpy.data.cameras.new("Soliloquy")
    camera.sensor_fit, camera.sensor_height, camera.lens = "VERTICAL", _SENSOR, _LENS
    distance = tall / (2.0 * math.tan(math.atan(_SENSOR / (2.0 * _LENS))))
    made = _place(collection, "Camera", camera, centre, turn @ Vector((-side, -1.0, 0.04)).normalized() * distance)
    for name, direction, far, wide, watts, colour in LIGHTS[light]:
        lamp = bpy.data.lights.new(f"Soliloquy {name}", "AREA")
        lamp.shape, lamp.size, lamp.energy = "DISK", wide * tall, watts * (far * tall) ** 2
        lamp.color = colour
        _place(collection, name, lamp, centre, turn @ Vector(direction).normalized() * far * tall)
    return made


def look_at_camera(scene: Any, rig: Rig) -> None:
    """Turn the eyes into the scene's camera: each ball about its own middle, so that they converge on the lens.

    A rig without eye bones keeps its gaze.
    """
    if rig.armature is None or scene.camera is None:
        return
    bpy.context.view_layer.update()
    for side in ("left", "right"):
        name = rig.bones.get(f"{side}_eye_smplhf")
        if name is None:
            continue
        bone = rig.armature.pose.bones[name]
        place = rig.armature.matrix_world @ bone.head
        toward = scene.camera.matrix_world.translation - place
        turn = Matrix((rig.turn).tolist())
        ahead = turn @ Vector((0.0, -1.0, 0.0))
        swing = ahead.rotation_difference(toward)
        if math.degrees(swing.angle) > _MOST_GAZE:
            swing = Quaternion(swing.axis, math.radians(_MOST_GAZE))
        rest = rig.armature.matrix_world.to_quaternion() @ bone.bone.matrix_local.to_quaternion()
        bone.rotation_mode = "QUATERNION"
        bone.rotation_quaternion = rest.inverted() @ swing @ rest
    bpy.context.view_layer.update()


def tear_down(scene: Any) -> None:
    """Delete what :func:`set_up` added; the scene itself stays."""
    for item in [obj for obj in scene.collection.objects if obj.name.startswith("Soliloquy ") and obj.data]:
        if isinstance(item.data, bpy.types.Camera):
            bpy.data.cameras.remove(item.data)
        elif isinstance(item.data, bpy.types.Light):
            bpy.data.lights.remove(item.data)
    if scene.world is not None:
        bpy.data.worlds.remove(scene.world)


def _backdrop(world: Any, light: str) -> None:
    """Give a world an even light, and the camera a wall that is lit behind the subject and darker towards the edges."""
    compat.use_nodes(world)
    tree = world.node_tree
    background = next(node for node in tree.nodes if node.type == "BACKGROUND")
    place, ray = tree.nodes.new("ShaderNodeTexCoord"), tree.nodes.new("ShaderNodeLightPath")
    away, ramp = tree.nodes.new("ShaderNodeVectorMath"), tree.nodes.new("ShaderNodeMapRange")
    wall, seen = tree.nodes.new("ShaderNodeMix"), tree.nodes.new("ShaderNodeMix")
    away.operation = "DISTANCE"
    away.inputs[1].default_value = (0.5, 0.55, 0.0)
    tree.links.new(place.outputs["Window"], away.inputs[0])
    ramp.interpolation_type = "SMOOTHSTEP"
    ramp.inputs["From Max"].default_value = 0.75
    tree.links.new(away.outputs["Value"], ramp.inputs["Value"])
    for mix in (wall, seen):
        mix.data_type = "RGBA"
    for mix, factor, first, second in (
        (wall, ramp.outputs["Result"], *_WALL[light]),
        (seen, ray.outputs["Is Camera Ray"], _BACKGROUND[light], None),
    ):
        factor_in, *_ = (socket for socket in mix.inputs if socket.name == "Factor" and socket.enabled)
        one, other = (next(s for s in mix.inputs if s.name == name and s.enabled) for name in ("A", "B"))
        tree.links.new(factor, factor_in)
        one.default_value = (*first, 1.0)
        if second is not None:
            other.default_value = (*second, 1.0)
        else:
            tree.links.new(next(s for s in wall.outputs if s.enabled), other)
    tree.links.new(next(s for s in seen.outputs if s.enabled), background.inputs["Color"])


def _place(collection: Any, name: str, data: Any, centre: Vector, offset: Vector) -> Any:
    """Add an object that looks at the centre from an offset."""
    item = bpy.data.objects.new(f"Soliloquy {name}", data)
    collection.objects.link(item)
    item.matrix_world = Matrix.Translation(centre + offset) @ offset.to_track_quat("Z", "Y").to_matrix().to_4x4()
    return item
