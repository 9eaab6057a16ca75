"""FLAME heads: a neck that carries the whole head, jaw, eyes; and the unnamed components of FLAME and SMPL-X faces."""

from __future__ import annotations

from collections.abc import Collection

from .convention import FaceKind, Shows, SkeletonKind

_BONES = {
    "neck": ("neck",),
    "jaw": ("jaw",),
    "left_eye_smplhf": ("left_eye", "left_eye_smplhf"),
    "right_eye_smplhf": ("right_eye", "right_eye_smplhf"),
}
_COMPONENTS = 400


class _Head(SkeletonKind):
    """An armature that is nothing but a head: the names alone would fit many a body."""

    def find(self, armature: object) -> dict[str, str]:
        """Return joint -> bone; nothing where there are more bones than a head has."""
        few = len(armature.data.bones) <= len(_BONES) + 2  # type: ignore[attr-defined]
        return super().find(armature) if few else {}


def _whole(joints: Collection[str]) -> bool:
    return set(_BONES) <= set(joints)


SKELETON = _Head(
    name="flame", title="FLAME head", bones=_BONES, enough=_whole, carries={"neck": ("neck", "head")}
)  # fmt: skip

FACE = FaceKind(
    name="components",
    title="statistical components of expression",
    keys={f"exp{index:0{width}d}": Shows(()) for width in (1, 2, 3) for index in range(_COMPONENTS)},
    cannot="Add shape keys with ARKit's names, each of which has a meaning of its own.",
)
