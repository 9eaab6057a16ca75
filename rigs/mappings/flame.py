"""FLAME heads: a neck that carries the whole head, jaw, eyes; and the unnamed components of FLAME and SMPL-X faces."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from .convention import FaceKind, Shows, SkeletonKind

_BONES = {
    "neck": ("neck",),
    "jaw": ("jaw",),
    "left_eye_smplhf": ("left_eye", "left_eye_smplhf"),
    "right_eye_smplhf": ("right_eye", "right_eye_smplhf"),
}
COMPONENTS = "components"
FEWEST_COMPONENTS = 5
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
    name="flame", title="FLAME head", bones=_BONES, enough=_whole, carries={"neck": ("neck", "head")}, t_pose=True
)  # fmt: skip


class _Components(FaceKind):
    """Keys that are numbered and named by no expression; lids, which they seldom shut, may be added beside them."""

    def find(self, mesh: Any) -> dict[str, Shows]:
        """Return key name -> what it shows; nothing where there are only a few such keys."""
        found = super().find(mesh)
        numbered = sum(not shows.mix for shows in found.values())
        return found if numbered >= FEWEST_COMPONENTS else {}


FACE = _Components(
    name=COMPONENTS,
    title="statistical components of expression",
    keys={
        **{f"exp{index:0{width}d}": Shows(()) for width in (1, 2, 3) for index in range(_COMPONENTS)},
        **{name.lower(): Shows(((name, 1.0),)) for name in ("eyeBlinkLeft", "eyeBlinkRight")},
    },
    enough=0,
)
