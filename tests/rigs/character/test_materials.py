"""The character's surface: pictures that every material finds, shared between characters and carried by saved files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from soliloquy.inference.character import load_character
from soliloquy.rigs.character.default_character import add_character
from soliloquy.rigs.character.materials import character_materials
from soliloquy.rigs.character.materials.eye import IRISES
from soliloquy.rigs.character.materials.hair_picture import COLOURS as HAIR_COLOURS
from soliloquy.rigs.character.materials.maps import MAPS
from soliloquy.rigs.character.materials.skin import VIEWPORT

PAINTED = ("skin", "face skin", "eye", "iris", "pupil", "teeth", "mouth")


def _picture(material: Any) -> Any:
    """Return the image straight behind the base colour, as exporters look for it."""
    return _base_colour(material).links[0].from_node.image


def _base_colour(material: Any) -> Any:
    shader = next(node for node in material.node_tree.nodes if node.type == "BSDF_PRINCIPLED")
    return shader.inputs["Base Color"]


def _pixels(image: Any) -> np.ndarray:
    """Return (rows, columns, 3) values."""
    values = np.empty(len(image.pixels), np.float32)
    image.pixels.foreach_get(values)
    return values.reshape(image.size[1], image.size[0], 4)[..., :3]


def test_two_characters_share_their_pictures(blank_scene: Any) -> None:
    add_character(bpy.context, name="Anna")
    once = len(bpy.data.images)
    add_character(bpy.context, name="Berta")
    assert len(bpy.data.images) == once >= 8


def test_a_character_of_the_next_file_has_the_same_pictures_and_may_have_other_colours(blank_scene: Any) -> None:
    def mean_colours(outfit: str) -> dict[str, np.ndarray]:
        bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
        rig = add_character(bpy.context, outfit=outfit)
        named = {item.name.removeprefix("Soliloquy "): item for item in rig.meshes[0].data.materials}
        return {name: _pixels(_picture(named[name])).mean((0, 1)) for name in ("Sweater", "Jeans") if name in named}

    first, other, again = mean_colours("sweater"), mean_colours("suit"), mean_colours("sweater")
    assert (set(first), set(other)) == ({"Sweater", "Jeans"}, set())
    for name, colour in first.items():
        np.testing.assert_array_equal(again[name], colour)
    assert np.abs(first["Sweater"] - first["Jeans"]).max() > 0.02


@pytest.mark.parametrize("skin", list(VIEWPORT))
def test_every_tone_has_a_face_and_a_body_of_the_same_colour(blank_scene: Any, skin: str) -> None:
    colours = []
    for material in character_materials(("face skin", "skin"), {"skin": skin}):
        colours.append(np.median(_pixels(_picture(material))[::16, ::16], (0, 1)))
    assert np.abs(colours[0] - colours[1]).max() < 0.08
    assert colours[0][0] > colours[0][1] > colours[0][2]


def test_pupil_is_darker_than_iris_and_iris_than_the_white(blank_scene: Any) -> None:
    for eyes in IRISES:
        eye, iris, pupil = character_materials(("eye", "iris", "pupil"), {"eyes": eyes})
        assert sum(pupil.diffuse_color[:3]) < 0.2 * sum(iris.diffuse_color[:3]) < 0.2 * sum(eye.diffuse_color[:3])
        image = _picture(iris)
        pixels = _pixels(image).mean(-1)
        middle = image.size[0] // 2
        row = pixels[middle, middle:]
        # From the middle outwards: the pupil, the iris, its dark rim, the white.
        pupil_, ring, rim, white = row[:40].max(), row[62:76].mean(), row[82:88].mean(), row[100:110].mean()
        assert pupil_ < 0.1 < ring < white
        assert rim < 0.9 * ring


def test_a_name_that_there_is_not_means_the_default_persons(blank_scene: Any) -> None:
    odd, usual = (character_materials(("face skin", "iris"), look) for look in ({"skin": "?", "eyes": "?"}, None))
    assert [_picture(material) for material in odd] == [_picture(material) for material in usual]


def test_a_saved_file_needs_nothing_beside_it(blank_scene: Any, tmp_path: Path) -> None:
    character_materials(PAINTED)
    assert all(image.packed_file is not None for image in bpy.data.images)


def test_what_is_painted_has_its_place_in_the_picture() -> None:
    character = load_character()
    owner = np.repeat(character.materials, character.sizes)
    for name in PAINTED:
        uv = character.uv[owner == character.material_names.index(name)]
        assert np.ptp(uv, 0).min() > 0.05, f"all corners of {name} lie in one place"
    size = sum(path.stat().st_size for path in MAPS.glob("*.jpg"))
    assert size < 6e6


@pytest.mark.parametrize("colour", ["black", "brown", "red", "blond", "grey", (0.1, 0.3, 0.6)])
def test_hair_is_one_picture_with_alpha_in_the_colour_of_the_look(blank_scene: Any, colour: Any) -> None:
    first, second = character_materials(("hair", "hair"), {"hair_colour": colour})
    shader = next(node for node in first.node_tree.nodes if node.type == "BSDF_PRINCIPLED")
    image = _picture(first)
    assert image is _picture(second)
    assert image.packed_file is not None
    assert shader.inputs["Alpha"].links[0].from_node.image is image
    # It shines in its own colour only: a dielectric's gloss is white on cards seen edge on.
    assert shader.inputs["Metallic"].default_value > 0.0
    assert shader.inputs["Specular IOR Level"].default_value == 0.0
    # An exporter would take a picture behind the normal for a normal map.
    assert not shader.inputs["Normal"].is_linked
    pixels = np.array(image.pixels[:]).reshape(-1, 4)
    strands = pixels[pixels[:, 3] > 0.9, :3]
    linear = np.where(strands > 0.04045, ((strands + 0.055) / 1.055) ** 2.4, strands / 12.92).mean(0)
    wanted = np.array(HAIR_COLOURS[colour] if isinstance(colour, str) else colour)
    assert np.abs(linear - wanted).max() < 0.5 * wanted.max()
    assert linear.argmax() == wanted.argmax()
    assert 0.1 < (pixels[:, 3] < 0.1).mean() < 0.9


def test_solid_view_lets_skin_show_through_thin_hair(blank_scene: Any) -> None:
    """It draws whole cards: brows were two black bars."""
    hair, beard, brows, lashes = character_materials(("hair", "beard", "brows", "lashes"))
    assert hair.diffuse_color[3] == 1.0
    for thin in (beard, brows, lashes):
        assert 0.2 < thin.diffuse_color[3] < 0.7
        assert thin.metallic == 1.0, "the sheen of a whole card shows black brows as grey slabs"


def test_solid_view_shows_coils_as_one_dark_mass(blank_scene: Any) -> None:
    """Cards that point every way were scales, each with a sheen of its own."""
    coils, smooth = (
        next(m for m in add_character(bpy.context, hair=cut).meshes[0].data.materials if "Hair" in m.name)
        for cut in ("afro", "bob")
    )
    assert (coils.metallic, smooth.metallic) == (1.0, 0.0)
    assert coils.diffuse_color[3] < 0.8
    assert smooth.diffuse_color[3] == 1.0


def test_solid_view_brightens_skin_alone_and_exports_keep_its_colour(blank_scene: Any) -> None:
    skin, hair = character_materials(("face skin", "hair"))
    shown, kept = (np.array(value[:3]) for value in (skin.diffuse_color, _base_colour(skin).default_value))
    assert np.all(shown > 1.3 * kept)
    assert shown.max() <= 1.0
    np.testing.assert_allclose(hair.diffuse_color[:3], _base_colour(hair).default_value[:3])


def test_fair_hair_has_darker_brows_and_dark_lashes(blank_scene: Any) -> None:
    hair, brows, lashes = character_materials(("hair", "brows", "lashes"), {"hair_colour": "blond"})
    assert sum(lashes.diffuse_color[:3]) < sum(brows.diffuse_color[:3]) < sum(hair.diffuse_color[:3])
