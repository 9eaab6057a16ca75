"""MikuMikuDance: Japanese names, and the English ones that translators put in their place."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from .named_skeleton import NamedSkeleton, named_skeleton

_FINGERS = {
    "thumb": ("親指", "thumb", "012"),
    "index": ("人指 人差指", "indexfinger forefinger index fore", "123"),
    "middle": ("中指", "middlefinger middle", "123"),
    "ring": ("薬指", "ringfinger thirdfinger ring third", "123"),
    "pinky": ("小指", "littlefinger pinky little", "123"),
}
_LIMBS = {
    "hip": "足 leg", "knee": "ひざ 膝 knee", "ankle": "足首 ankle",
    "foot": "つま先 足先 足先ex toe legtipex toetip toeex",
    "collar": "肩 shoulder", "shoulder": "腕 arm", "elbow": "ひじ 肘 elbow", "wrist": "手首 wrist hand",
    "eye_smplhf": "目 eye",
    **{
        f"{finger}{link}": " ".join(f"{name}{number}" for name in f"{japanese} {english}".split())
        for finger, (japanese, english, numbers) in _FINGERS.items()
        for link, number in enumerate(numbers, 1)
    },
}  # fmt: skip
_TRUNK = {
    "pelvis": "腰 グルーブ センター waist groove center centre 下半身 lowerbody",
    "neck": "首 neck", "head": "頭 head", "jaw": "あご 顎 jaw",
}  # fmt: skip


@dataclass(frozen=True)
class _Mmd(NamedSkeleton):
    def riders(self, armature: Any, bones: Collection[str]) -> dict[str, tuple[str, ...]]:
        """Return bone -> its double of the legs (``足D``), which the skin hangs on and MikuMikuDance turns along.

        Where a constraint does that still, as importers make them, there is none.
        """
        posed = armature.pose.bones if armature.pose is not None else {}
        known = {self.spelling(name): name for name in armature.data.bones.keys()}  # noqa: SIM118
        doubles = {name: known.get(f"{self.spelling(name)}d", "") for name in bones}
        return {
            name: (double,) for name, double in doubles.items()
            if double in posed and double not in bones and not len(posed[double].constraints)
        }  # fmt: skip


SKELETON = named_skeleton(
    "mmd", "MikuMikuDance skeleton", _TRUNK, _LIMBS,
    spine=("上半身 | 上半身2 | 上半身3", "上半身 | 上半身2", "upperbody | upperbody2 | upperbody3",
        "upperbody | upperbody2"),
    mark="(?i)上半身|upper ?body", made=_Mmd,
)  # fmt: skip
