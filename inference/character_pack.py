"""Reads the character's pack: the whole, uncut body with its keys, and the default person's own clothes and hair.

``inference/cast.py`` makes a :class:`Character` of it: what clothes cover is left out there, and other parts put in.
"""

# numpy types some of its functions in part only.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from .archive import read_arrays
from .arkit import ARKIT_NAMES
from .correctives import FACE_CORRECTIVES, JAW_CORRECTIVE
from .errors import MissingFiles, SoliloquyError
from .pose_correctives import PoseCorrective, read_pose_correctives
from .shipped import AGAIN, ROOT, check_shipped

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]
PACK = ROOT / "assets" / "character.npz"
MOST_BYTES = 256 << 20
_FORMAT = 3
_SHARES = 256
KEY_NAMES = (*ARKIT_NAMES, JAW_CORRECTIVE, *(item.name for item in FACE_CORRECTIVES))
"""Of the pack's keys, in its order."""


@dataclass(frozen=True, eq=False)
class Surface:
    """Vertices and faces of a pack or of a part, in the T-pose of the default person."""

    vertices: Floats
    """(V, 3) metres."""
    loops: Ints
    """(L,) vertex of every face corner, face after face."""
    sizes: Ints
    """(F,) 3 or 4 corners."""
    materials: Ints
    """(F,) index into ``material_names``."""
    material_names: tuple[str, ...]
    uv: Floats
    """(L, 2)."""
    colours: Floats
    """(V, 3) linear RGB."""
    weight_joints: Ints
    """(V, 4) joints that move a vertex."""
    weights: Floats
    """(V, 4) their shares."""
    bind: Ints
    """(B, 4) body vertices that the last B vertices follow."""
    bind_shares: Floats
    """(B, 4) their shares."""


@dataclass(frozen=True, eq=False)
class Pack:
    """What the pack holds; its first vertices are the body's, numbered as on the base mesh."""

    surface: Surface
    kinds: tuple[str, ...]
    """What a face may belong to: ``"body"``, ``"outfit"``, ``"hair"``, ``"brows"``."""
    face_kinds: Ints
    """(F,) index into ``kinds``."""
    hides: Ints
    """Body vertices that the default clothes cover."""
    body: int
    """How many vertices are the body's."""
    joints: Floats
    """(55, 3) rest joints."""
    keys: tuple[tuple[Ints, Floats], ...]
    """The keys of :data:`KEY_NAMES`: vertices and offsets, without what the bound vertices do."""
    pose_correctives: tuple[PoseCorrective, ...]
    """What follows the joints."""
    pose_keys: tuple[tuple[Ints, Floats], ...]
    """What they move at 1: vertices and offsets, likewise."""
    shape: Floats
    """(10, V - B, 3) shape components."""
    shape_joints: Floats
    """(10, 55, 3)."""
    slider_names: tuple[str, ...]
    sliders: Floats
    jaw_open_radians: float
    landmarks: Ints
    """(6,) body vertices; see ``Character``."""

    @property
    def core(self) -> int:
        """How many vertices have displacements of their own; the others are bound to the body."""
        return self.shape.shape[1]


def implied_shares(shares: npt.NDArray[Any]) -> Floats:
    """Return (n, 4) weights from the last three of four that sum to 256."""
    rest = shares.astype(np.int32)
    return (np.column_stack([_SHARES - rest.sum(1), rest]) / _SHARES).astype(np.float32)


def read_surface(data: Mapping[str, npt.NDArray[Any]]) -> Surface:
    """Return the surface that a pack or part file describes.

    Raises
    ------
    ValueError
        When its arrays do not fit together.
    """
    names = tuple(str(name) for name in data["material_names"])
    surface = Surface(
        vertices=(data["vertices"] * float(data["vertex_step"])).astype(np.float32),
        loops=data["loops"].astype(np.int32),
        sizes=data["sizes"].astype(np.int32),
        materials=data["materials"].astype(np.int32),
        material_names=names,
        uv=data["uv"].astype(np.float32) / 65535,
        colours=(data["colours"].astype(np.float32) / 255) ** np.float32(2.2),
        weight_joints=data["weight_joints"].astype(np.int32),
        weights=implied_shares(data["weight_shares"]),
        bind=data["bind_index"].astype(np.int32),
        bind_shares=implied_shares(data["bind_shares"]),
    )
    count, bound = len(surface.vertices), len(surface.bind)
    expected = {
        "vertices": (surface.vertices, (count, 3)), "uv": (surface.uv, (len(surface.loops), 2)),
        "colours": (surface.colours, (count, 3)), "weight_joints": (surface.weight_joints, (count, 4)),
        "weight_shares": (surface.weights, (count, 4)), "materials": (surface.materials, surface.sizes.shape),
        "bind_index": (surface.bind, (bound, 4)), "bind_shares": (surface.bind_shares, (bound, 4)),
    }  # fmt: skip
    wrong = [name for name, (array, shape) in expected.items() if array.shape != shape]
    if wrong or bound > count or int(surface.sizes.sum()) != len(surface.loops):
        raise ValueError(f"arrays that do not fit together: {wrong}")
    if not np.isin(surface.sizes, (3, 4)).all() or not np.isfinite(surface.vertices).all():
        raise ValueError("faces or places that cannot be")
    for array, limit in ((surface.loops, count), (surface.materials, len(names)), (surface.weight_joints, 55)):
        if array.size and not 0 <= int(array.min()) <= int(array.max()) < limit:
            raise ValueError("an index out of range")
    if surface.weights.min(initial=0) < 0 or surface.bind_shares.min(initial=0) < 0:
        raise ValueError("shares that do not add up to one")
    return surface


def read_sparse(data: Mapping[str, npt.NDArray[Any]], count: int, prefix: str = "key") -> list[tuple[Ints, Floats]]:
    """Return the displacements that ``training.character.pack.sparse_deltas`` packed, of ``count`` vertices at most."""
    result: list[tuple[Ints, Floats]] = []
    starts = data[f"{prefix}_starts"]
    for number, scale in enumerate(data[f"{prefix}_scales"]):
        rows = slice(starts[number], starts[number + 1])
        indices = np.cumsum(data[f"{prefix}_gaps"][rows].astype(np.int32), dtype=np.int32)
        if indices.size and indices[-1] >= count:
            raise ValueError("a key of a vertex that is not there")
        result.append((indices, data[f"{prefix}_values"][rows].astype(np.float32) * scale))
    return result


def read_pack(path: Path) -> Pack:
    """Read a pack.

    Raises
    ------
    SoliloquyError
        When it is missing or damaged.
    """
    check_shipped(path, "The character's data")
    try:
        data = read_arrays(path, most_bytes=MOST_BYTES)
        if int(data["format"]) != _FORMAT:
            raise MissingFiles("The character's file is of another version.", AGAIN)
        if tuple(data["key_names"]) != KEY_NAMES:
            raise MissingFiles("The character's face keys are not ARKit's.", AGAIN)
        surface = read_surface(data)
        shape = data["shape_values"].astype(np.float32) * data["shape_scales"][:, None, None]
        pack = Pack(
            surface=surface,
            kinds=tuple(str(kind) for kind in data["kinds"]),
            face_kinds=data["face_kinds"].astype(np.int32),
            hides=data["hides"].astype(np.int32),
            body=int(data["body_count"]),
            joints=data["joints"],
            keys=tuple(read_sparse(data, shape.shape[1])),
            pose_correctives=read_pose_correctives(data),
            pose_keys=tuple(read_sparse(data, shape.shape[1], "pose")),
            shape=shape,
            shape_joints=data["shape_joints"],
            slider_names=tuple(str(name) for name in data["slider_names"]),
            sliders=data["sliders"],
            jaw_open_radians=float(data["jaw_open_radians"]),
            landmarks=data["landmarks"],
        )
        if pack.core + len(surface.bind) != len(surface.vertices) or len(pack.keys) != len(KEY_NAMES):
            raise ValueError("keys or components that do not fit")
        if len(pack.pose_keys) != len(pack.pose_correctives):
            raise ValueError("pose keys that do not fit")
        if not 0 < pack.body <= pack.core or pack.face_kinds.shape != surface.sizes.shape:
            raise ValueError("parts that do not fit")
        for indices, limit in (
            (pack.face_kinds, len(pack.kinds)), (pack.hides, pack.body), (surface.bind, pack.body),
            (pack.landmarks, pack.body),
        ):  # fmt: skip
            if indices.size and not 0 <= int(indices.min()) <= int(indices.max()) < limit:
                raise ValueError("an index out of range")
        return pack
    except SoliloquyError:
        raise
    except Exception as error:  # arrays that do not fit together fail in as many ways as there are
        raise MissingFiles(f"The character's file '{path.name}' is missing or damaged.", AGAIN) from error


@lru_cache(maxsize=1)
def load_pack() -> Pack:
    """Return the shipped pack, read once per process.

    Raises
    ------
    SoliloquyError
        When it is missing or damaged.
    """
    return read_pack(PACK)
