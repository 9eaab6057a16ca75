"""Hair as strands: where the cards are, whatever the character does; in pictures, not in files; gone without trace."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from saved_scene import open_scene, save_scene
from small_character import small_performance

from soliloquy.inference.errors import SoliloquyError
from soliloquy.inference.looks import FILE as LOOKS
from soliloquy.inference.looks import looks, read_looks
from soliloquy.rigs import compat
from soliloquy.rigs.character.default_character import add_character
from soliloquy.rigs.character.strands.groups import AMOUNT
from soliloquy.rigs.character.strands.hair import put_on_strands, take_off_strands
from soliloquy.rigs.character.strands.worn import (
    FOLDED,
    STRANDS_PROPERTY,
    as_cards,
    body_of,
    remove_abandoned,
    strands_of,
)
from soliloquy.rigs.export import export_fbx, export_gltf, export_usd
from soliloquy.rigs.render.stage import alone
from soliloquy.rigs.rig import find_rig
from soliloquy.rigs.takes import ghost
from soliloquy.rigs.takes.bake import BakeOptions, bake

_BLOCKS = ("objects", "meshes", "hair_curves", "materials", "node_groups", "images", "collections")


def blocks() -> dict[str, list[str]]:
    """Return the names of everything in the file that strands could leave behind."""
    return {kind: sorted(item.name for item in getattr(bpy.data, kind)) for kind in _BLOCKS}


def shown(item: Any, name: str = "position") -> np.ndarray:
    """Return an attribute (n, 3) of what a 3D View shows of a mesh or curves object."""
    data = item.evaluated_get(bpy.context.evaluated_depsgraph_get()).data
    values = np.empty(3 * len(data.attributes[name].data), np.float32)
    data.attributes[name].data.foreach_get("vector", values)
    return values.reshape(-1, 3)


def hair(rig: Any, kind: str = "Hair") -> Any:
    return next(item for item in strands_of(rig) if item[STRANDS_PROPERTY] == kind)


def cards(rig: Any) -> np.ndarray:
    """Return the places (k, 3) of the vertices of hair cards as the character stands."""
    mesh = rig.meshes[0]
    number = next(n for n, item in enumerate(mesh.data.materials) if item.name.startswith("Soliloquy Hair"))
    used = {v for face in mesh.data.polygons if face.material_index == number for v in face.vertices}
    with as_cards(rig):
        bpy.context.view_layer.update()
        found = shown(mesh)[sorted(used)]
    bpy.context.view_layer.update()
    return found


def farthest(points: np.ndarray, others: np.ndarray) -> float:
    """Return how far the farthest of some points is from the nearest of others."""
    return max(float(np.linalg.norm(others - point, axis=1).min()) for point in points[:: max(1, len(points) // 400)])


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Path:
    def build() -> None:
        add_character(bpy.context, person="woman", hair_as="strands")

    return save_scene(tmp_path_factory.mktemp("strands") / "woman.blend", build)


@pytest.fixture
def woman(scene: Path, blank_scene: Any) -> Any:
    rig = open_scene(scene)
    bpy.context.view_layer.update()
    return rig


def test_strands_stand_where_the_cards_do_and_go_with_them(woman: Any) -> None:
    before = shown(hair(woman))
    assert len(before) > 30_000
    assert farthest(before, cards(woman)) < 0.03
    woman.armature.pose.bones["head"].rotation_quaternion = (0.9, 0.1, -0.42, 0.0)
    woman.meshes[0].data.shape_keys.key_blocks["Shape000"].value = 2.0
    bpy.context.view_layer.update()
    after = shown(hair(woman))
    assert np.linalg.norm(after - before, axis=1).max() > 0.05
    assert farthest(after, cards(woman)) < 0.03


def test_the_cards_they_stand_in_for_are_not_seen(woman: Any) -> None:
    mesh = woman.meshes[0]

    def area() -> float:
        bpy.context.view_layer.update()
        data = mesh.evaluated_get(bpy.context.evaluated_depsgraph_get()).data
        names = [item.name.partition(".")[0] for item in data.materials]
        uv = data.uv_layers[0].uv
        # The sheet of shade stays: it lies on the upper part of the picture.
        return sum(
            face.area
            for face in data.polygons
            if names[face.material_index] == "Soliloquy Brows" and uv[face.loop_start].vector[1] < 0.7475
        )

    assert area() == pytest.approx(0, abs=1e-9)
    with as_cards(woman):
        assert area() > 1e-5
    assert area() == pytest.approx(0, abs=1e-9)


def test_brows_and_beard_move_with_the_face(blank_scene: Any) -> None:
    rig = add_character(bpy.context, person="man", hair_as="strands")
    keys = rig.meshes[0].data.shape_keys.key_blocks
    bpy.context.view_layer.update()
    rest = {kind: shown(hair(rig, kind)) for kind in ("Hair", "Brows", "Beard")}
    keys["browInnerUp"].value = keys["mouthSmileLeft"].value = 1.0
    bpy.context.view_layer.update()
    moved = {kind: np.linalg.norm(shown(hair(rig, kind)) - rest[kind], axis=1).max() for kind in rest}
    assert moved["Brows"] > 0.003
    assert moved["Beard"] > 0.003
    assert moved["Hair"] < 0.001


def test_hair_of_the_same_seed_is_the_same_and_of_another_is_not(blank_scene: Any) -> None:
    first, second = (add_character(bpy.context, person="child", hair_as="strands") for _ in range(2))
    bpy.context.view_layer.update()
    one, two = hair(first), hair(second)
    np.testing.assert_array_equal(shown(one), shown(two))
    group = two.modifiers[0].node_group
    seed = next(item.identifier for item in group.interface.items_tree if item.name == "Seed")
    compat.set_node_input(two.modifiers[0], seed, 7)
    two.update_tag()
    bpy.context.view_layer.update()
    again = shown(two)
    assert again.shape != shown(one).shape or not np.allclose(again, shown(one))


def test_combed_guides_keep_their_new_place_on_the_moving_head(woman: Any) -> None:
    def moved() -> np.ndarray:
        """Return what combing moves each point of the strands, as the character stands."""
        item, found = hair(woman), []
        data = item.data.attributes["position"].data
        grown = np.empty(3 * len(data), np.float32)
        data.foreach_get("vector", grown)
        for aside in (0.0, 0.02):
            data.foreach_set("vector", (grown.reshape(-1, 3) + np.array([aside, 0, 0], np.float32)).ravel())
            item.data.update_tag()
            bpy.context.view_layer.update()
            found.append(shown(item))
        data.foreach_set("vector", grown)
        return found[1] - found[0]

    np.testing.assert_allclose(np.median(moved(), axis=0), (0.02, 0, 0), atol=1e-3)
    woman.armature.pose.bones["head"].rotation_quaternion = (0.7071, 0.0, 0.0, 0.7071)
    turned = moved()
    np.testing.assert_allclose(np.percentile(np.linalg.norm(turned, axis=1), [10, 50, 90]), 0.02, atol=8e-3)
    assert np.percentile(np.abs(turned[:, 1:]).max(1), 75) > 0.015, "a head turned by a right angle takes it along"


def test_a_moustache_is_no_denser_than_a_full_beard(blank_scene: Any) -> None:
    counts = {}
    for beard in ("full", "moustache"):
        rig = add_character(bpy.context, person="man", beard=beard, hair_as="strands")
        amount = hair(rig, "Beard").data.attributes[AMOUNT].data
        counts[beard] = sum(item.value for item in amount), len(amount)
    assert counts["full"][0] == pytest.approx(9000, rel=0.01)
    assert counts["moustache"][0] / counts["moustache"][1] < 1.3 * counts["full"][0] / counts["full"][1]
    assert counts["moustache"][0] > 1200


class _Counting(bpy.types.RenderEngine):
    """Renders nothing, and counts the strands that it is given."""

    bl_idname = "COUNTING"
    bl_label = "Counting"
    counted = 0

    def render(self, depsgraph: Any) -> None:
        """Count."""
        found = (item.object for item in depsgraph.object_instances if item.object.type == "CURVES")
        type(self).counted = sum(len(item.data.curves) for item in found)


def test_views_show_a_part_of_the_strands_that_renders_have(woman: Any) -> None:
    bpy.utils.register_class(_Counting)
    try:
        scene = bpy.context.scene
        scene.camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
        scene.collection.objects.link(scene.camera)
        scene.render.engine, scene.render.resolution_percentage = "COUNTING", 1
        bpy.ops.render.render()
    finally:
        bpy.utils.unregister_class(_Counting)
    graph = bpy.context.evaluated_depsgraph_get()
    views = sum(len(item.evaluated_get(graph).data.curves) for item in strands_of(woman))
    assert _Counting.counted > 35_000
    assert 0.06 < views / _Counting.counted < 0.2


def test_back_to_cards_leaves_nothing_behind(blank_scene: Any) -> None:
    rig = add_character(bpy.context, person="man")
    attributes = sorted(rig.meshes[0].data.attributes.keys())
    before = blocks()
    assert put_on_strands(rig)
    made = strands_of(rig)
    assert set(put_on_strands(rig)) == set(made), "a second time changes nothing"
    assert take_off_strands(rig)
    assert not take_off_strands(rig)
    assert blocks() == before
    assert sorted(rig.meshes[0].data.attributes.keys()) == attributes
    assert [item.type for item in rig.meshes[0].modifiers] == ["ARMATURE"]


@pytest.mark.parametrize("chosen", ["armature", "body", "all"])
def test_a_deleted_character_takes_its_strands_along(blank_scene: Any, chosen: str) -> None:
    other = add_character(bpy.context, person="child", hair_as="strands")
    kept = blocks()["objects"]
    rig = add_character(bpy.context, person="man", hair_as="strands")
    gone = {
        "armature": [rig.armature, *rig.meshes],
        "body": rig.meshes,
        "all": [rig.armature, *rig.meshes, *strands_of(rig)],
    }
    bpy.ops.object.select_all(action="DESELECT")
    for item in gone[chosen]:
        item.select_set(True)
    bpy.ops.object.delete()
    remove_abandoned()
    # What nothing uses is not saved.
    left = [item.name for item in bpy.data.objects if item.users and item.name not in kept]
    assert left == ([rig.armature.name] if chosen == "body" else [])
    assert strands_of(other)


def test_a_saved_file_keeps_them(woman: Any, tmp_path: Path) -> None:
    path = str(tmp_path / "hair.blend")
    before, name = shown(hair(woman)), woman.armature.name
    bpy.ops.wm.save_as_mainfile(filepath=path)
    bpy.ops.wm.open_mainfile(filepath=path)
    rig = find_rig(bpy.data.objects[name])
    bpy.context.view_layer.update()
    np.testing.assert_allclose(shown(hair(rig)), before, atol=1e-6)
    assert take_off_strands(rig)
    assert not len(bpy.data.hair_curves)


def test_exports_hold_cards_and_give_the_strands_back(woman: Any, tmp_path: Path) -> None:
    take = bake(small_performance(4, 25), woman, BakeOptions()).take
    mesh = woman.meshes[0]
    for write, suffix in ((export_fbx, "fbx"), (export_gltf, "glb"), (export_usd, "usdc")):
        report = write(woman, take, tmp_path / f"hair.{suffix}")
        assert not [text for text in report.warnings if "Strands" in text or FOLDED in text or "no mesh" in text]
    assert mesh.modifiers[FOLDED].show_viewport
    strands = [item.name for item in strands_of(woman)]
    width = _breadth_of_hair(tmp_path, [item.name for item in mesh.data.materials])
    assert strands == [item.name for item in strands_of(woman)]
    for suffix, area in width.items():
        assert area > 0.1, f"{suffix} has square metres of hair cards"


def _breadth_of_hair(folder: Path, names: list[str]) -> dict[str, float]:
    """Return square metres of faces with hair's material, by file."""
    found: dict[str, float] = {}
    readers = {
        "fbx": lambda path: bpy.ops.import_scene.fbx(filepath=path),
        "glb": lambda path: bpy.ops.import_scene.gltf(filepath=path),
        "usdc": lambda path: bpy.ops.wm.usd_import(filepath=path),
    }
    for suffix, read in readers.items():
        before = set(bpy.data.objects)
        read(str(folder / f"hair.{suffix}"))
        new = [item for item in bpy.data.objects if item not in before]
        assert not [item for item in new if item.type in ("CURVES", "CURVE")]
        found[suffix] = sum(
            face.area
            for item in new
            if item.type == "MESH"
            for face in item.data.polygons
            if item.data.materials and "Hair" in item.data.materials[face.material_index].name
        )
        for item in new:
            bpy.data.objects.remove(item)
    return found


def test_pictures_have_them_and_sampled_scenes_do_not(woman: Any) -> None:
    for strands in (True, False):
        with alone(woman, strands=strands) as scene:
            assert [item.type for item in scene.objects].count("CURVES") == len(strands_of(woman)) * strands


def test_a_ghost_has_hair_of_its_own(woman: Any) -> None:
    take = bake(small_performance(4, 25), woman, BakeOptions()).take
    ghost.show(woman, take, aside=1.0)
    bpy.context.view_layer.update()
    copies = [item for item in bpy.data.objects if STRANDS_PROPERTY in item and item not in strands_of(woman)]
    assert len(copies) == len(strands_of(woman))
    assert all(body_of(item) not in (None, woman.meshes[0]) for item in copies)
    assert ghost.hide(woman)
    remove_abandoned()
    assert len([item for item in bpy.data.objects if STRANDS_PROPERTY in item]) == len(strands_of(woman))


def test_looks_and_scripts_say_what_hair_is_made_of(blank_scene: Any, tmp_path: Path) -> None:
    content = json.loads(LOOKS.read_text())
    content["woman"]["hair_as"] = "strands"
    path = tmp_path / "looks.json"
    path.write_text(json.dumps(content))
    read = read_looks(path)
    assert (read["woman"].hair_as, read["man"].hair_as) == ("strands", "cards")
    assert {look.hair_as for look in looks().values()} == {"cards"}, "cards play faster: nobody starts with strands"
    assert not strands_of(add_character(bpy.context))
    with pytest.raises(SoliloquyError, match="made of 'wool'"):
        add_character(bpy.context, hair_as="wool")
