"""Fits the people of the cast to the default person's mesh, joints and keys, and writes ``people.npz``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.spatial import cKDTree

from ...inference.arkit import ARKIT_INDEX, ARKIT_NAMES
from ...inference.correctives import EXCESS, FACE_CORRECTIVES, JAW_CORRECTIVE
from ...inference.skeleton import JOINT_INDEX
from .expression_cloning import LocalMaps
from .eyes import build_eyes
from .joints import joint_of_bone
from .makehuman import RANGES, Floats, Ints, SourceData
from .mouth import JawFit, LipSeal
from .pack import sparse_deltas, write_pack
from .part import Part
from .people import AGES, PEOPLE, Recipe
from .people_mend import PersonMender, RestFace
from .phenotype import PhenotypeModel

FORMAT = 2
STEP = 6.0e-6
"""Metres of one unit of displacement."""
MAP_STEP = 1 / 1024
"""Of one unit of the maps: 20 mm of smile move by 0.02 mm at most."""
_SMALLEST_MEND = 1e-5
"""Metres: triangles in the creases of a mouth are that minute."""
_CORRECTIVE = len(ARKIT_NAMES)
_OWN = (ARKIT_INDEX["mouthClose"], _CORRECTIVE)
_MENDED = (
    *(number for number in range(_CORRECTIVE) if number not in _OWN),
    *(_CORRECTIVE + 1 + k for k, item in enumerate(FACE_CORRECTIVES) if item.how != EXCESS),
)
"""Numbers of the keys, as in the pack; a corrective of an excess follows from its key."""
_HEAD_BONES = ("head", "jaw", "left_eye_smplhf", "right_eye_smplhf")


@dataclass(frozen=True)
class Template:
    """The default person, as ``build`` made it."""

    data: SourceData
    vertices: Floats
    """(V, 3) of the base mesh, T-pose, metres."""
    joints: Floats
    weights: Floats
    units: dict[str, Floats]
    """ARKit name -> (V, 3)."""
    correctives: dict[str, Floats]
    """Name -> (V, 3)."""
    jaw: JawFit
    seal: LipSeal
    measure: Callable[[Floats], tuple[Floats, Floats]]
    """A-pose vertices in decimetres -> T-pose vertices and joints, metres."""
    lips: Ints
    """Base vertices in the middle of both lips."""
    parts: list[Part]
    """Core parts in the pack's order, the body first."""


def _grown_head(data: SourceData, vertices: Floats, recipe: Recipe) -> Floats:
    """Return A-pose vertices with the head larger, about the joint it turns on."""
    if recipe.head == 1.0:
        return vertices
    rig = data.rig
    columns = [k for k, bone in enumerate(rig.bones) if joint_of_bone(bone) in _HEAD_BONES]
    share = np.clip(rig.weights[:, columns].sum(1), 0, 1)[:, None]
    pivot = vertices[rig.heads["head"]].mean(0)
    return vertices + share * (recipe.head - 1) * (vertices - pivot)


def _head_stretch(template: Template, vertices: Floats) -> Floats:
    """Return (3, 3), row vectors times it: how much further a step along the skull leads than on the default person."""
    body = np.arange(*RANGES["body"])
    eyes = template.joints[JOINT_INDEX["left_eye_smplhf"], 1]
    skull = body[(template.weights[body, JOINT_INDEX["head"]] > 0.9) & (template.vertices[body, 1] > eyes)]
    x, y = template.vertices[skull], vertices[skull]
    return np.linalg.lstsq(x - x.mean(0), y - y.mean(0), rcond=None)[0] - np.eye(3)


def _face_keys(template: Template, local: Floats, mender: PersonMender) -> tuple[list[Floats], list[Floats]]:
    """Return (C, 3) keys of the person's own, in the order of ``_OWN``, and what is added to those of ``_MENDED``."""

    def carried(keys: dict[str, Floats]) -> dict[str, Floats]:
        return {name: np.einsum("vij,vj->vi", local, key) for name, key in keys.items()}

    def core(key: Floats) -> Floats:
        return np.concatenate([part.face_rows @ key for part in template.parts])

    old_units, old_correctives = carried(template.units), carried(template.correctives)
    units, beside_jaw = mender.units(old_units)
    correctives = mender.correctives(units, old_units, old_correctives)
    new, old = units | correctives, old_units | old_correctives
    names = (*ARKIT_NAMES, JAW_CORRECTIVE, *(item.name for item in FACE_CORRECTIVES))
    changes = [new[names[number]] - old[names[number]] for number in _MENDED]
    return [core(units["mouthClose"]), core(beside_jaw)], [core(mender.with_lashes(change)) for change in changes]


def _fitted(template: Template, maps: LocalMaps, recipe: Recipe) -> dict[str, Any]:
    data = template.data
    source = PhenotypeModel(data, recipe.details, AGES).vertices(recipe.phenotype)
    vertices, joints = template.measure(_grown_head(data, source, recipe))
    vertices = template.seal.close(vertices)
    balls, centres = build_eyes(vertices)
    for joint, centre in centres.items():
        joints[JOINT_INDEX[joint]] = centre
    local = maps(vertices)
    # Lashes, teeth and balls lie in no face of the skin: they take the nearest skin's map.
    loose = np.arange(RANGES["body"][1], len(vertices))
    near = cKDTree(template.vertices[: RANGES["body"][1]]).query(template.vertices[loose])[1]
    local[loose] = local[near]
    local = np.eye(3) + np.round((local - np.eye(3)) / MAP_STEP) * MAP_STEP  # as it is read: creases are minute
    lips = local[template.seal.contacts]
    size = float(np.cbrt(np.linalg.det(lips)).mean())
    rows = slice(*RANGES["lower_teeth"])
    pivot = vertices[rows].mean(0) + size * (template.jaw.pivot - template.vertices[rows].mean(0))
    jaw = JawFit(template.jaw.radians, np.array([0.0, *pivot[1:]]))
    joints[JOINT_INDEX["jaw"]] = jaw.pivot
    face = RestFace(vertices, data.mesh.quads, centres, template.weights, jaw, template.seal, template.lips)
    own, mends = _face_keys(template, local, PersonMender(face))
    moved = []
    delta = vertices - template.vertices
    for part in template.parts:
        ball = next((ball for ball in balls if ball.name == part.name), None)
        moved.append(part.shape_rows @ delta if ball is None else ball.vertices - part.vertices)
    core = np.concatenate([
        local[: RANGES["tongue"][1]],
        *(local[cKDTree(template.vertices[: RANGES["body"][1]]).query(p.vertices)[1]] for p in template.parts[1:]),
    ])  # fmt: skip
    return {
        "displacement": np.concatenate(moved), "joints": joints - template.joints, "maps": core,
        "own": own,
        "mends": mends,
        "head": _head_stretch(template, vertices),
        "height": float(vertices[: RANGES["body"][1], 1].max()),
    }  # fmt: skip


def people_arrays(template: Template, moved: Floats, log: Callable[[str], None] = print) -> dict[str, Any]:
    """Return the arrays of ``people.npz``.

    Parameters
    ----------
    template : Template
        The default person.
    moved : (C,) bool array
        Core vertices that any face key moves.
    """
    quads = template.data.mesh.quads
    maps = LocalMaps(template.vertices, quads[quads.max(1) < RANGES["tongue"][1]])
    fits = {name: _fitted(template, maps, recipe) for name, recipe in PEOPLE.items()}
    for name, fit in fits.items():
        log(f"{name}: {fit['height']:.3f} m")
    mapped = np.nonzero(moved)[0]
    local = np.array([fit["maps"][mapped] - np.eye(3) for fit in fits.values()])
    own = [key for fit in fits.values() for key in fit["own"]]
    mends = [key for fit in fits.values() for key in fit["mends"]]
    return {
        "format": np.int32(FORMAT),
        "names": np.array(list(fits)),
        "displacements": np.round(np.array([fit["displacement"] for fit in fits.values()]) / STEP).astype(np.int32),
        "step": np.float64(STEP),
        "joints": np.array([fit["joints"] for fit in fits.values()]).astype(np.float32),
        "heads": np.array([fit["head"] for fit in fits.values()]).astype(np.float32),
        "mapped": mapped.astype(np.uint16),
        "maps": np.round(local / MAP_STEP).astype(np.int16),
        "map_step": np.float64(MAP_STEP),
        "own_keys": np.array(_OWN, np.uint8),
        **sparse_deltas(np.array(own)),
        "mended_keys": np.array(_MENDED, np.uint8),
        **sparse_deltas(np.array(mends), "mend", _SMALLEST_MEND),
    }


def write_people(path: Path, template: Template, moved: Floats, log: Callable[[str], None] = print) -> None:
    """Fit the cast and write it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_pack(path, people_arrays(template, moved, log))
    log(f"{path.name}: {len(PEOPLE)} people, {path.stat().st_size / 1e6:.2f} MB")
