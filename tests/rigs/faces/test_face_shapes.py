"""A head without face keys gets the 52 of ARKit: near the true ones, on every mesh, and nothing else is touched."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

import pytest

bpy = pytest.importorskip("bpy")

import numpy as np
from head_alone import as_added, head_alone

from soliloquy.inference.arkit import ARKIT_NAMES
from soliloquy.inference.errors import BadRig
from soliloquy.rigs.faces.carry import shapes
from soliloquy.rigs.faces.carry.head import gathered, head_parts
from soliloquy.rigs.faces.carry.landmarks import find_face
from soliloquy.rigs.faces.carry.lips import halves
from soliloquy.rigs.faces.carry.surface import Surface
from soliloquy.rigs.faces.face_shapes import add_face_shapes
from soliloquy.rigs.rest_frame import SMPLX_TO_BLENDER, RestFrame
from soliloquy.rigs.rig import Rig, find_rig


def _key(obj: Any, name: str) -> np.ndarray:
    """Return (n, 3) displacements of a key."""
    blocks = obj.data.shape_keys.key_blocks
    moved, rest = np.empty(3 * len(obj.data.vertices), np.float32), np.empty(3 * len(obj.data.vertices), np.float32)
    blocks[name].points.foreach_get("co", moved)
    blocks[0].points.foreach_get("co", rest)
    return (moved - rest).reshape(-1, 3)


def _close_lips(head: Any) -> None:
    """Make one skin of the lips of a head."""
    import bmesh

    face = find_face(_surface_of(head))
    assert face is not None
    place = face.points["lips"] / face.unit
    work = bmesh.new()
    work.from_mesh(head.data)
    near = [v for v in work.verts if (v.co - type(v.co)((place[0], -place[2], place[1]))).length < 0.035]
    bmesh.ops.remove_doubles(work, verts=near, dist=0.003)
    work.to_mesh(head.data)
    work.free()


def _truth(obj: Any, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Return (k,) vertices that were the default character's and (k, 3) how those move there."""
    was = np.empty(len(obj.data.vertices), np.int32)
    obj.data.attributes["was"].data.foreach_get("value", was)
    rest = as_added()
    delta = rest.arkit[ARKIT_NAMES.index(name)].dense(len(rest.vertices))[was]
    return np.arange(len(was)), np.stack([delta[:, 0], -delta[:, 2], delta[:, 1]], axis=1)


@pytest.mark.parametrize(("grow", "decimated"), [((1.0, 1.0, 1.0), True), ((1.05, 0.97, 0.96), False)])
def test_shapes_come_near_the_true_ones(blank_scene: Any, grow: tuple[float, float, float], decimated: bool) -> None:
    head = head_alone(grow=grow, decimated=decimated)
    report = add_face_shapes(None, head)
    assert set(ARKIT_NAMES) <= {*report.added["Head"], "eyeLookInLeft"}
    assert report.failed == {}
    errors = []
    for name in ("jawOpen", "mouthSmileLeft", "mouthPucker", "eyeBlinkRight", "browInnerUp", "mouthUpperUpLeft"):
        vertices, truth = _truth(head, name)
        moving = np.linalg.norm(truth, axis=1) > 2e-3
        errors.append(np.linalg.norm(_key(head, name)[vertices[moving]] - truth[moving] * grow, axis=1))
    assert np.concatenate(errors).mean() < 1.5e-3


def test_nothing_else_changes_and_keys_that_exist_are_kept(blank_scene: Any) -> None:
    head = head_alone()
    head.scale = (3.0, 3.0, 3.0)
    head.rotation_euler = (0.0, 0.0, 0.2)
    bpy.context.view_layer.update()
    head.shape_key_add(name="Basis")
    own = head.shape_key_add(name="Jaw_Open")
    own.data[0].co.x += 1.0
    own.value = 0.5
    before = _key(head, "Jaw_Open")
    polygons, vertices = len(head.data.polygons), len(head.data.vertices)
    modifier = head.modifiers.new("Subdivision", "SUBSURF")
    report = add_face_shapes(None, head)
    assert report.kept == ["jawOpen"]
    assert "jawOpen" not in head.data.shape_keys.key_blocks
    assert np.array_equal(_key(head, "Jaw_Open"), before)
    assert own.value == 0.5
    assert (len(head.data.polygons), len(head.data.vertices)) == (polygons, vertices)
    assert list(head.modifiers) == [modifier]
    assert tuple(head.scale) == (3.0, 3.0, 3.0)
    assert all(
        block.value == 0.0 for block in head.data.shape_keys.key_blocks if block.name not in ("Basis", "Jaw_Open")
    )
    found = find_rig(head)
    assert found is not None
    assert found.face == "arkit"


def test_the_mouth_of_a_drawn_head_and_one_that_stands_open_are_found(blank_scene: Any) -> None:
    head = _surface_of(head_alone())
    shut = find_face(head)
    assert shut is not None
    tip, lips = shut.points["nose"] / shut.unit, shut.points["lips"] / shut.unit
    near = np.exp(-(np.linalg.norm((head.points - tip) / (0.03, 0.025, 0.03), axis=1) ** 2))
    flat = head.points.copy()
    flat[:, 2] -= near * np.maximum(0.0, flat[:, 2] - (lips[2] - 0.004))  # lips stand out more than the nose
    drawn = find_face(Surface(flat, head.triangles))
    assert drawn is not None
    assert drawn.parted
    assert drawn.points["lips"][1] == pytest.approx(shut.points["lips"][1], abs=0.004)
    assert drawn.points["nose"][1] > drawn.points["lips"][1] + 0.01
    wide = head.points.copy()
    wide[shut.kept] += 0.6 * (np.zeros(3) - (0.0, 0.02, 0.004)) * _lower(shut)[:, None]
    agape = find_face(Surface(wide, head.triangles))
    assert agape is not None
    assert agape.parted
    assert agape.gap > 0.006
    assert agape.points["lips"][1] == pytest.approx(shut.points["lips"][1] - 0.006, abs=0.006)


def _lower(face: Any) -> np.ndarray:
    """Return (n,) 1 on the lower lip and the chin below it, 0 above and far away."""
    labels, points = halves(face), face.skin.points
    below = np.clip((face.points["lips"][1] - points[:, 1]) / 0.01, 0.0, 1.0)
    near = np.exp(-((points[:, 0] / 0.03) ** 2)) * (points[:, 2] > face.points["lips"][2] - 0.06)
    return near * np.where(labels > 0, 0.0, np.where(labels < 0, 1.0, below))


def test_a_long_beard_goes_with_the_chin_and_glasses_stay(blank_scene: Any) -> None:
    head = head_alone()
    face = find_face(_surface_of(head))
    assert face is not None
    chin = face.points["chin"] / face.unit * (1.0, 1.0, -1.0)
    chin = chin[[0, 2, 1]]
    eye = (face.points["left eye middle"] / face.unit * (1.0, 1.0, -1.0))[[0, 2, 1]]
    share = np.linspace(-1.0, 1.0, 9)
    side, down = (part.ravel() for part in np.meshgrid(share, share))
    corners = (np.arange(8)[:, None] + 9 * np.arange(8)).ravel()
    quads = np.stack([corners, corners + 1, corners + 10, corners + 9], axis=1).tolist()
    # A sheet that hangs from 8 mm before the chin, and a lens 2 cm before the eye.
    beard = chin + np.stack([0.02 * side, 0.01 * side**2 - 0.008, 0.01 - 0.05 * (down + 1.0)], axis=1)
    lens = eye + np.stack([0.02 * side, 0.0 * side - 0.02, 0.015 * down], axis=1)
    parts = [head]
    for name, points in (("Beard", beard), ("Glasses", lens)):
        data = bpy.data.meshes.new(name)
        data.from_pydata(points.tolist(), [], quads)
        parts.append(bpy.data.objects.new(name, data))
        bpy.context.scene.collection.objects.link(parts[-1])
    report = add_face_shapes(Rig(None, parts, attached=parts))
    assert report.failed == {}
    assert "Glasses" not in report.added
    skin = _key(head, "jawOpen")
    flat = np.empty(3 * len(skin), np.float32)
    head.data.vertices.foreach_get("co", flat)
    at = np.linalg.norm(flat.reshape(-1, 3) - chin, axis=1).argmin()
    assert np.linalg.norm(_key(parts[1], "jawOpen") - skin[at], axis=1).max() < 0.4 * np.linalg.norm(skin[at])


def test_what_failed_is_left_out_unless_it_is_wanted(blank_scene: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    head = head_alone()
    _close_lips(head)
    once = functools.cache(lambda: of_head(gathered(head_parts(None, [head], "", RestFrame(SMPLX_TO_BLENDER, 1.0)))))
    of_head = shapes.shapes_of
    monkeypatch.setattr(shapes, "shapes_of", lambda *_args, **_named: once())
    report = add_face_shapes(None, head)
    assert report.failed["jawOpen"] == "has no slit between the lips to open"
    assert not set(report.failed) & set(head.data.shape_keys.key_blocks.keys())
    assert "mouthSmileLeft" in head.data.shape_keys.key_blocks
    assert any(sentence.startswith("Failed and left out: 'jawOpen'") for sentence in report.sentences)
    report = add_face_shapes(None, head, names=("jawOpen",), keep_failed=True)
    assert report.added["Head"] == ["jawOpen"]


def test_what_has_no_face_is_said(blank_scene: Any) -> None:
    bpy.ops.mesh.primitive_uv_sphere_add()
    ball = bpy.context.object
    with pytest.raises(BadRig, match=r"neither eye openings nor a mouth|No face"):
        add_face_shapes(None, ball)
    assert ball.data.shape_keys is None


def test_the_rim_of_a_helmet_gets_no_lids(blank_scene: Any) -> None:
    bpy.ops.mesh.primitive_uv_sphere_add(segments=64, ring_count=48, radius=0.12, location=(0.0, 0.0, 1.6))
    helmet = bpy.context.object
    import bmesh

    work = bmesh.new()
    work.from_mesh(helmet.data)
    # Open below the rim but for a guard of nose and cheeks, the first of which stands out.
    places = [(face, face.calc_center_median()) for face in work.faces]
    gone = [face for face, at in places if at.z < 0.02 and at.y < 0.02 and 0.022 < abs(at.x) < 0.085]
    bmesh.ops.delete(work, geom=gone, context="FACES")
    for corner in work.verts:
        if corner.co.y < -0.1 and abs(corner.co.x) < 0.016:
            corner.co.y -= 0.03 * max(0.0, 1.0 - abs(corner.co.z + 0.02) / 0.03)
    work.to_mesh(helmet.data)
    work.free()
    with pytest.raises(BadRig, match=r"neither eye openings nor a mouth.*'face left mouth corner'"):
        add_face_shapes(None, helmet)
    assert helmet.data.shape_keys is None


def test_a_face_is_found_under_a_hood_and_above_a_chest(blank_scene: Any) -> None:
    head = _surface_of(head_alone())
    alone = find_face(head)
    assert alone is not None
    share = np.linspace(-1.0, 1.0, 25)
    right, up = (side.ravel() for side in np.meshgrid(share, share))
    corners = np.arange(24)[:, None] + 25 * np.arange(24)
    quads = np.stack([corners, corners + 1, corners + 26, corners + 25], axis=-1).reshape(-1, 4)
    triangles = np.concatenate([quads[:, :3], quads[:, [0, 2, 3]]])
    crown = head.points[:, 1].max()
    hood = np.stack([0.12 * right, crown - 0.02 + 0.06 * up, 0.16 - 0.1 * right**2], axis=1)
    chest = np.stack([0.3 * right, crown - 0.55 + 0.25 * up, 0.2 - 0.1 * right**2 - 0.05 * up**2], axis=1)
    parts = [head, *(Surface(points, triangles) for points in (hood, chest))]
    starts = np.cumsum([0, *(len(part.points) for part in parts)])
    whole = Surface(
        np.concatenate([part.points for part in parts]),
        np.concatenate([part.triangles + start for part, start in zip(parts, starts, strict=False)]),
    )
    found = find_face(whole)
    assert found is not None
    assert np.array_equal(found.kept, alone.kept)
    assert found.points.keys() == alone.points.keys()
    there = find_face(whole, {"nose": chest[12 * 25 + 12]})
    assert there is not None
    assert set(there.kept) <= set(range(starts[2], starts[3])), "where the artist says"


def _surface_of(mesh: Any) -> Surface:
    head = gathered(head_parts(None, [mesh], "", RestFrame(SMPLX_TO_BLENDER, 1.0)))
    return head.surface


def _assert_lined(head: Any, kit: Any) -> None:
    """Whoever looks into the open mouth sees what lies in it, and nothing of that shows through the shut one."""
    from mathutils.bvhtree import BVHTree

    def looks(open_by: float, reach: float) -> Iterator[tuple[float, float]]:
        """Give what each look straight at the mouth meets first of the skin, and of what lies behind it, in metres."""
        trees, points = [], []
        for mesh in (head, kit):
            flat = np.empty(3 * len(mesh.data.vertices), np.float32)
            mesh.data.vertices.foreach_get("co", flat)
            points.append(flat.reshape(-1, 3) + open_by * _key(mesh, "jawOpen"))
            faces = [list(face.vertices) for face in mesh.data.polygons]
            trees.append(BVHTree.FromPolygons(points[-1].tolist(), faces))
        middle = 0.5 * (points[1].min(axis=0) + points[1].max(axis=0))
        for x in np.linspace(-reach, reach, 13):
            for z in np.linspace(-reach, reach, 29):
                start = middle + np.array([x, -0.3, z])
                skin, inside = (tree.ray_cast(start, (0.0, 1.0, 0.0))[3] for tree in trees)
                yield np.inf if skin is None else skin, np.inf if inside is None else inside

    assert all(skin < inside for skin, inside in looks(0.0, 0.03))
    through = [inside for skin, inside in looks(1.0, 0.016) if 0.32 < skin < np.inf]
    assert len(through) > 30
    assert max(through) < 0.4


def test_an_empty_mouth_gets_teeth_that_move_with_the_jaw(blank_scene: Any) -> None:
    head = head_alone()
    import bmesh

    material = [item.name.startswith(("Soliloquy Teeth", "Soliloquy Mouth")) for item in head.data.materials]
    work = bmesh.new()
    work.from_mesh(head.data)
    bmesh.ops.delete(work, geom=[face for face in work.faces if material[face.material_index]], context="FACES")
    work.to_mesh(head.data)
    work.free()
    report = add_face_shapes(None, head, names=("jawOpen", "tongueOut"), mouth_kit=True)
    assert report.made == ["Head Mouth"]
    teeth = bpy.data.objects["Head Mouth"]
    assert np.linalg.norm(_key(teeth, "jawOpen"), axis=1).max() > 0.015
    _assert_lined(head, teeth)
