"""What a character lacks to show a whole performance, in words."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..inference.arkit import ARKIT_NAMES, REGION_JOINTS, REGIONS

if TYPE_CHECKING:
    from .faces.drive import Drive
    from .mappings.register import FaceFound, SkeletonFound
    from .rig_parts import RigKey

_BODY = ("head", "body", "hands")
_FACE = ("lips", "upper_face")
_BONES = {
    "lips": "jaw bone", "eyes": "eye bones", "head": "neck and head bones", "body": "bones of a body",
    "hands": "finger bones",
}  # fmt: skip
_NEARLY_ALL = 40
"""Face keys of 52 from which on nobody misses the others much: many faces come without tongue or cheeks."""

_NOTICED = ("eyeBlinkLeft", "mouthSmileLeft", "mouthClose")
"""Keys of a face that are missed first."""


def lacking(
    armature: Any,
    meshes: Sequence[Any],
    skeleton: SkeletonFound | None,
    face: FaceFound | None,
    joints: Collection[str],
    keys: Collection[RigKey],
    drives: Sequence[Drive] = (),
) -> dict[str, str]:
    """Return region -> what of it a character cannot show, one sentence each; the same sentence where regions share it.

    Parameters
    ----------
    joints, keys, drives
        What is animated.
    """
    found: dict[str, str] = {}
    if armature is None:
        found.update(dict.fromkeys(_BODY, f"'{meshes[0].name}' has no skeleton; head, body and hands left alone."))
    elif not joints:
        found.update(dict.fromkeys(_BODY, _no_body(armature, skeleton)))
    shown = {name for key in keys for name, _ in key.shows.mix}
    shown.update(name for drive in drives for name in drive.coefficients)
    if joints and skeleton is not None:
        found.update(_parts(armature, skeleton, joints, shown))
    if not keys and not drives:
        found.update(dict.fromkeys(_FACE, _no_face(armature, meshes, face)))
    elif len(shown) < _NEARLY_ALL and not drives:
        missed = next(name for name in (*_NOTICED, *ARKIT_NAMES) if name not in shown)
        said = (
            f"{len(shown)} of 52 face keys found on {_names(meshes)}; the others, among them '{missed}', are missing."
        )
        found.update(dict.fromkeys(_FACE, said))
    if keys and not drives and "jawOpen" not in shown and "jaw" not in joints:
        found["lips"] = f"Nothing opens the mouth of {_names(meshes)}: there is neither a key 'jawOpen' nor a jaw bone."
    for drive in drives:
        found.update(getattr(drive, "lacks", {}))
    return {region: found[region] for region in REGIONS if region in found}


def _no_body(armature: Any, skeleton: SkeletonFound | None) -> str:
    remedy = "Say under Mapping which bone is which."
    if skeleton is None:
        why = "neither names nor places of its bones make a body, which without known names has to stand on its feet"
        return f"'{armature.name}': {why}; body left alone. {remedy}"
    if not skeleton.bones and skeleton.notes:
        return f"'{armature.name}': body left alone. {skeleton.notes[0]}"
    count, total = len(skeleton.bones), len(skeleton.kind.bones)
    return f"'{armature.name}': {count} of {total} joints found; body left alone. {remedy}"


def _parts(
    armature: Any, skeleton: SkeletonFound, joints: Collection[str], shown: Collection[str]
) -> Mapping[str, str]:
    """Return what regions of a skeleton lack that no shape key shows instead."""
    instead = {"lips": "jawOpen" in shown, "eyes": any(name.startswith("eyeLook") for name in shown)}
    found = {}
    for region in ("lips", "eyes", *_BODY):
        wanted = [joint for joint in REGION_JOINTS[region] if joint in skeleton.kind.bones]
        missed = [joint for joint in wanted if joint not in joints]
        if not wanted and region in _BODY:
            found[region] = f"'{armature.name}' is a {skeleton.kind.title}; it has no {region}."
        elif missed and len(missed) == len(wanted):
            if not instead.get(region):
                found[region] = f"'{armature.name}' has no {_BONES[region]}; {region} left alone."
        elif missed:
            found[region] = (
                f"'{armature.name}': {len(wanted) - len(missed)} of {len(wanted)} joints of the {region} found; "
                f"the others, among them '{missed[0]}', are missing."
            )
    return found


def _no_face(armature: Any, meshes: Sequence[Any], face: FaceFound | None) -> str:
    if not meshes:
        return f"'{armature.name}' has no mesh; no face keys were found."
    if face is not None and face.kind.cannot:
        keyed = sum(len(keys) for _, keys in face.keys)
        return f"No face keys were found on {_names(meshes)}, only {keyed} {face.kind.title}. {face.kind.cannot}"
    remedy = "Add shape keys with ARKit's names to animate lips, brows and lids."
    return f"No face keys were found on {_names(meshes)}. {remedy}"


def _names(meshes: Sequence[Any]) -> str:
    more = f" and {len(meshes) - 1} more" if len(meshes) > 1 else ""
    return f"'{meshes[0].name}'{more}"
