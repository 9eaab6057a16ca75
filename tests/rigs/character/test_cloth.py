"""Cloth in Blender: every material has pictures that exporters find, in the colour that a look asks for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from soliloquy.rigs.character.materials import character_materials
from soliloquy.rigs.character.materials.cloth import FABRICS


def _shader(material: Any) -> Any:
    return next(node for node in material.node_tree.nodes if node.type == "BSDF_PRINCIPLED")


def _mean(image: Any) -> np.ndarray:
    """Return the mean linear colour."""
    pixels = np.array(image.pixels[:]).reshape(-1, 4)[:, :3]
    return (pixels**2.2).mean(0)


def test_every_fabric_has_its_three_pictures(blank_scene: Any) -> None:
    for material in character_materials(tuple(FABRICS)):
        inputs = _shader(material).inputs
        assert inputs["Base Color"].links[0].from_node.type == "TEX_IMAGE"
        assert inputs["Roughness"].links[0].from_node.type == "TEX_IMAGE"
        bend = inputs["Normal"].links[0].from_node
        assert bend.inputs["Color"].links[0].from_node.image.colorspace_settings.name == "Non-Color"
    assert all(image.packed_file is not None for image in bpy.data.images)


def test_a_look_dyes_its_cloth(blank_scene: Any) -> None:
    green = (0.05, 0.3, 0.08)
    (dyed,) = character_materials(("dress",), {"outfit_colours": {"dress": green}})
    (usual,) = character_materials(("dress",))
    picture = _shader(dyed).inputs["Base Color"].links[0].from_node.image
    np.testing.assert_allclose(_mean(picture), green, rtol=0.2)
    assert _mean(_shader(usual).inputs["Base Color"].links[0].from_node.image)[0] > 0.15
    np.testing.assert_allclose(dyed.diffuse_color[:3], green, atol=1e-6)
    (again,) = character_materials(("dress",), {"outfit_colours": {"dress": green}})
    assert _shader(again).inputs["Base Color"].links[0].from_node.image == picture
