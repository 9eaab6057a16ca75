"""What the VRM add-on keeps with an armature is read as a file is; text that somebody spoiled counts as none."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from soliloquy.rigs.vrm.properties import EXPRESSIONS_PROPERTY, HUMANOID_PROPERTY, expressions_of, humanoid_of


class _Armature(dict[str, Any]):
    """An armature object with custom properties."""

    def __init__(self, bones: list[str], extension: Any = None, **properties: Any) -> None:
        super().__init__(properties)
        self.data = SimpleNamespace(bones=dict.fromkeys(bones), vrm_addon_extension=extension)


def _mesh(name: str, keys: list[str]) -> Any:
    return SimpleNamespace(name=name, data=SimpleNamespace(shape_keys=SimpleNamespace(key_blocks=dict.fromkeys(keys))))


def _node(bone: str) -> Any:
    return SimpleNamespace(node=SimpleNamespace(bone_name=bone))


def test_the_add_ons_version_0_is_read() -> None:
    bones = [SimpleNamespace(bone=n, node=SimpleNamespace(bone_name=b)) for n, b in (
        ("hips", "Pelvis"), ("leftThumbProximal", "Thumb"), ("head", "Gone"),
    )]  # fmt: skip
    bind = SimpleNamespace(mesh=SimpleNamespace(mesh_object_name="Face"), index="ah", weight=0.5)
    lost = SimpleNamespace(mesh=SimpleNamespace(mesh_object_name="Face"), index="gone", weight=0.5)
    group = SimpleNamespace(name="Joy", preset_name="joy", binds=[bind, lost])
    vrm0 = SimpleNamespace(
        humanoid=SimpleNamespace(human_bones=bones),
        blend_shape_master=SimpleNamespace(blend_shape_groups=[group]),
        first_person=SimpleNamespace(look_at_type_name="BlendShape"),
    )
    armature = _Armature(["Pelvis", "Thumb"], SimpleNamespace(spec_version="0.0", vrm0=vrm0))
    mesh = _mesh("Face", ["ah"])
    assert humanoid_of(armature) == {"hips": "Pelvis", "leftThumbMetacarpal": "Thumb"}
    found, gaze = expressions_of(armature, [mesh])
    assert [(item.name, item.preset, parts) for item, parts in found] == [("Joy", "happy", [(mesh, "ah", 0.5)])]
    assert gaze.by_keys


def test_the_add_ons_version_1_is_read() -> None:
    bind = SimpleNamespace(node=SimpleNamespace(mesh_object_name="Face"), index="ah", weight=1.0)
    expression = SimpleNamespace(morph_target_binds=[bind], override_mouth="none", override_blink="blend")
    custom = SimpleNamespace(custom_name="smug", morph_target_binds=[], override_mouth="none", override_blink="none")
    vrm1 = SimpleNamespace(
        humanoid=SimpleNamespace(human_bones=SimpleNamespace(hips=_node("Pelvis"), left_upper_arm=_node("Arm"))),
        expressions=SimpleNamespace(preset=SimpleNamespace(blink_left=expression), custom=[custom]),
        look_at=SimpleNamespace(type="bone"),
    )
    armature = _Armature(["Pelvis", "Arm"], SimpleNamespace(spec_version="1.0", vrm1=vrm1))
    assert humanoid_of(armature) == {"hips": "Pelvis", "leftUpperArm": "Arm"}
    found, gaze = expressions_of(armature, [_mesh("Face", ["ah"])])
    assert [(item.preset or item.name, item.blink, len(parts)) for item, parts in found] == [
        ("blinkLeft", "blend", 1), ("smug", "none", 0)
    ]  # fmt: skip
    assert not gaze.by_keys


def test_other_armatures_and_spoiled_text_are_none() -> None:
    assert humanoid_of(_Armature(["a"])) == {}
    for text in ("{", "[]", '{"hips": 3}', '{"expressions": [{"name": 1}], "gaze": {}}', 7):
        armature = _Armature(["a"], **{HUMANOID_PROPERTY: text, EXPRESSIONS_PROPERTY: text})
        assert humanoid_of(armature) == {}
        assert expressions_of(armature, [])[0] == []
