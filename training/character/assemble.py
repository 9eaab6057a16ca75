"""Joins the parts into the arrays of the pack."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ...inference.arkit import ARKIT_NAMES
from ...inference.correctives import FACE_CORRECTIVES, JAW_CORRECTIVE
from .makehuman import Floats, Ints
from .mouth import JawFit
from .pack import VERTEX_STEP, quantise, sorted_influences, sparse_deltas
from .part import MATERIALS, Part
from .shape_space import SLIDERS, ShapeSpace

FORMAT = 3


@dataclass(frozen=True)
class FaceKeys:
    """Displacements of the base mesh: (52, V, 3) ARKit keys in Apple's order, the jaw's corrective (V, 3), and those of
    ``correctives.FACE_CORRECTIVES`` (N, V, 3)."""

    arkit: Floats
    corrective: Floats
    further: Floats


def assemble(
    parts: list[Part],
    shape: ShapeSpace,
    keys: FaceKeys,
    joints: Floats,
    jaw: JawFit,
    landmarks: Ints,
    hides: Ints,
) -> dict[str, Any]:
    """Return the pack's arrays.

    Parameters
    ----------
    parts : list of Part
        The first one is the body; bound parts refer to its vertices.
    shape, keys : ShapeSpace, FaceKeys
        On the base mesh.
    joints : (55, 3) array
        Rest joints.
    jaw : JawFit
        The jaw's angle at ``jawOpen = 1``.
    landmarks : (6,) array
        Vertices of the body part: inner lip upper, lower, mouth corner left, right, outer eye corner left, right.
    hides : (h,) array
        Vertices of the body part that the default clothes cover.
    """
    core = [part for part in parts if not part.bound]
    bound = [part for part in parts if part.bound]
    ordered = core + bound
    starts = np.concatenate([[0], np.cumsum([len(part.vertices) for part in ordered])])
    loops, sizes, materials, uv = [], [], [], []
    for part, start in zip(ordered, starts[:-1], strict=True):
        triangle = part.faces[:, 2] == part.faces[:, 3]
        keep = np.ones(part.faces.shape, bool)
        keep[triangle, 3] = False
        loops.append((part.faces + start)[keep])
        sizes.append(np.where(triangle, 3, 4))
        materials.append(part.materials)
        flat = np.zeros((*part.faces.shape, 2)) if part.uv is None else part.uv
        uv.append(flat[keep])
    kinds = tuple(dict.fromkeys(part.kind for part in ordered))
    face_kinds = np.repeat([kinds.index(part.kind) for part in ordered], [len(part.faces) for part in ordered])
    vertices = np.concatenate([part.vertices for part in ordered])
    shape_deltas = np.array([
        np.concatenate([part.shape_rows @ component for part in core]) for component in shape.vertices
    ])  # fmt: skip
    face_deltas = np.array([
        np.concatenate([part.face_rows @ key for part in core]) for key in (*keys.arkit, keys.corrective, *keys.further)
    ])  # fmt: skip
    shape_values = [quantise(component) for component in shape_deltas]
    which = np.concatenate(materials)
    used = np.unique(which)
    joint_index, joint_share = sorted_influences(np.concatenate([part.weights for part in ordered]))
    body_of_base = {int(base): k for k, base in enumerate(parts[0].shape_rows.indices)}
    bind_index, bind_share = [], []
    for part in bound:
        for row in range(len(part.vertices)):
            entries = slice(part.shape_rows.indptr[row], part.shape_rows.indptr[row + 1])
            weights = np.zeros(4)
            index = np.zeros(4, np.int64)
            columns, values = part.shape_rows.indices[entries], part.shape_rows.data[entries]
            index[: len(columns)] = [body_of_base[int(column)] for column in columns]
            weights[: len(columns)] = values
            bind_index.append(index)
            bind_share.append(weights)
    bind_index = np.array(bind_index, np.int64).reshape(-1, 4)
    order, bind_share = sorted_influences(np.array(bind_share, float).reshape(-1, 4))
    bind_index = np.take_along_axis(bind_index, order, 1)
    return {
        "format": np.int32(FORMAT),
        "vertices": np.round(vertices / VERTEX_STEP).astype(np.int32),
        "vertex_step": np.float64(VERTEX_STEP),
        "loops": np.concatenate(loops).astype(np.uint16),
        "sizes": np.concatenate(sizes).astype(np.uint8),
        "materials": np.searchsorted(used, which).astype(np.uint8),
        "material_names": np.array([MATERIALS[k] for k in used]),
        "uv": np.round(np.clip(np.concatenate(uv), 0, 1) * 65535).astype(np.uint16),
        "colours": np.round(np.clip(np.concatenate([p.colours for p in ordered]), 0, 1) ** (1 / 2.2) * 255).astype(
            np.uint8
        ),
        "weight_joints": joint_index.astype(np.uint8),
        "weight_shares": joint_share[:, 1:].astype(np.uint8),
        "joints": joints.astype(np.float32),
        "jaw_open_radians": np.float64(jaw.radians),
        "shape_values": np.array([value for value, _ in shape_values]),
        "shape_scales": np.array([scale for _, scale in shape_values], np.float32),
        "shape_joints": shape.joints.astype(np.float32),
        "slider_names": np.array([name for name, _, _ in SLIDERS]),
        "sliders": shape.sliders.astype(np.float32),
        "bind_index": bind_index.astype(np.uint16),
        "bind_shares": bind_share[:, 1:].astype(np.uint8),
        "kinds": np.array(kinds),
        "face_kinds": face_kinds.astype(np.uint8),
        "hides": np.asarray(hides, np.uint16),
        "body_count": np.int32(len(parts[0].vertices)),
        "landmarks": np.asarray(landmarks, np.int32),
        "key_names": np.array([*ARKIT_NAMES, JAW_CORRECTIVE, *(item.name for item in FACE_CORRECTIVES)]),
        **sparse_deltas(face_deltas),
    }
