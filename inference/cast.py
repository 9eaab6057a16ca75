"""Composes a character of named parts: a person, hair, brows, a beard, clothes and glasses on one body.

Parts are files ``assets/cast/parts/KIND_NAME.npz``. Each of their vertices follows up to four vertices of the body, so
that every person, shape component and face key carries them along.
"""

# numpy types some of its functions in part only.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from .archive import read_arrays
from .arkit import ARKIT_NAMES
from .character_model import Character, SparseDelta
from .character_pack import Pack, Surface, load_pack, read_surface
from .cloth_bends import bend_cloth
from .drape import Trunk, fit_of, trunk_share
from .errors import MissingFiles, SoliloquyError
from .lids import hang_lids
from .person import DEFAULT, Person, blend
from .shipped import AGAIN, ROOT, check_shipped
from .skeleton import JOINT_INDEX

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]
PARTS = ROOT / "assets" / "cast" / "parts"
KINDS = ("hair", "brows", "beard", "outfit", "glasses")
"""Kinds of parts, in the order in which they are put on."""
NONE = "none"
"""In place of a part's name: nothing of that kind, not even the default person's."""
_MOST_BYTES = 32 << 20
_FORMAT = 1


@dataclass(frozen=True, eq=False)
class CastPart:
    """A style of hair, a beard, an outfit, glasses."""

    surface: Surface
    """All of its vertices are bound."""
    hides: Ints
    """Body vertices that it covers."""
    kind: str = ""
    """One of :data:`KINDS`."""


def read_part(path: Path, pack: Pack) -> CastPart:
    """Read a part.

    Raises
    ------
    SoliloquyError
        When it is missing, damaged, or made for another body.
    """
    check_shipped(path, "A part of the cast")
    try:
        data = read_arrays(path, most_bytes=_MOST_BYTES)
        if int(data["format"]) != _FORMAT:
            raise MissingFiles(f"The part '{path.stem}' is of another version.", AGAIN)
        surface, hides = read_surface(data), data["hides"].astype(np.int32)
        if len(surface.bind) != len(surface.vertices):
            raise ValueError("vertices that follow nothing")
        for indices in (surface.bind, hides):
            if indices.size and not 0 <= int(indices.min()) <= int(indices.max()) < pack.body:
                raise ValueError("an index out of range")
        return CastPart(surface, hides, path.stem.partition("_")[0])
    except SoliloquyError:
        raise
    except Exception as error:  # arrays that do not fit together fail in as many ways as there are
        raise MissingFiles(f"The part '{path.stem}' of the cast is missing or damaged.", AGAIN) from error


def part_names(kind: str) -> tuple[str, ...]:
    """Return the names of the parts of one kind that there are, sorted."""
    return tuple(sorted(path.stem.removeprefix(f"{kind}_") for path in PARTS.glob(f"{kind}_*.npz")))


@lru_cache(maxsize=16)
def load_part(kind: str, name: str) -> CastPart:
    """Return a shipped part.

    Raises
    ------
    SoliloquyError
        When there is none of that name, or it is damaged.
    """
    if kind not in KINDS:
        raise SoliloquyError(f"There is no kind of part called '{kind}'.", f"There are: {', '.join(KINDS)}.")
    if name not in part_names(kind):
        raise SoliloquyError(
            f"The cast has no {kind} called '{name}'.", f"It has: {', '.join((NONE, DEFAULT, *part_names(kind)))}."
        )
    return read_part(PARTS / f"{kind}_{name}.npz", load_pack())


def compose(
    person: str | Mapping[str, float] = DEFAULT,
    *,
    hair: str | None = None,
    brows: str | None = None,
    beard: str | None = None,
    outfit: str | None = None,
    glasses: str | None = None,
    lids: float = 0.0,
) -> Character:
    """Return a character of named parts.

    Parameters
    ----------
    person : str or mapping
        A name of the cast, or names with shares for a mixture.
    hair, brows, beard, outfit, glasses : str, optional
        Names of parts; None is what the default person has of that kind, ``"none"`` nothing.
    lids : float
        How much of a blink the lids hang at rest; see :func:`lids.hang_lids`.

    Raises
    ------
    SoliloquyError
        For a name that there is not, or a file that is damaged.
    """
    wanted = {"hair": hair, "brows": brows, "beard": beard, "outfit": outfit, "glasses": glasses}
    shares = {person: 1.0} if isinstance(person, str) else person
    return _composed(tuple(shares.items()), tuple(wanted.items()), lids)


@lru_cache(maxsize=2)
def _composed(
    shares: tuple[tuple[str, float], ...], wanted: tuple[tuple[str, str | None], ...], lids: float
) -> Character:
    """Return the character, 12 MB, kept for the next scene that it is added to: nobody writes into its arrays."""
    parts = [load_part(kind, name) for kind, name in wanted if name is not None and name not in (NONE, DEFAULT)]
    dropped = {kind for kind, name in wanted if name not in (None, DEFAULT)}
    return assemble(load_pack(), blend(dict(shares)), dropped, parts, lids)


def assemble(
    pack: Pack, person: Person | None, dropped: set[str], parts: Sequence[CastPart], lids: float = 0.0
) -> Character:
    """Return the character of a pack, a person and parts.

    Parameters
    ----------
    pack, person : Pack, Person or None
        The body, and what makes it somebody else's.
    dropped : set of str
        Kinds of the pack's own parts that are left out.
    parts : sequence of CastPart
        What is put on.
    lids : float
        How much of a blink the lids hang at rest.
    """
    gone = [number for number, kind in enumerate(pack.kinds) if kind in dropped]
    own = _cut(pack.surface, ~np.isin(pack.face_kinds, gone), pack.core)
    whole = _joined([own.surface, *(part.surface for part in parts)])
    hides = [] if "outfit" in dropped else [pack.hides]
    covered = np.zeros(len(whole.vertices), np.bool_)
    covered[np.concatenate([*hides, *(part.hides for part in parts), np.zeros(0, np.int32)])] = True
    inside = np.minimum.reduceat(covered[whole.loops], np.cumsum(whole.sizes) - whole.sizes)
    final = _cut(whole, ~inside, 0)
    worn = np.zeros(len(whole.vertices), np.bool_)
    start = len(own.kept)
    for part in parts:
        if part.kind == "outfit":
            surface = part.surface
            hanging = np.isin(surface.material_names, fit_of(surface.material_names)[1])[surface.materials]
            worn[start + surface.loops[np.repeat(hanging, surface.sizes)]] = True
        start += len(part.surface.vertices)
    return _character(pack, person, whole, final, lids, worn)


@dataclass(frozen=True, eq=False)
class _Kept:
    surface: Surface
    kept: Ints
    """Vertices that are left, by their old number."""
    place: Ints
    """(old vertices,) new number, -1 where gone."""


def _cut(surface: Surface, faces: npt.NDArray[np.bool_], core: int) -> _Kept:
    """Leave out faces and the vertices that nothing uses; the first ``core`` vertices stay in any case."""
    corners = np.repeat(faces, surface.sizes)
    used = np.zeros(len(surface.vertices), np.bool_)
    used[:core] = True
    used[surface.loops[corners]] = True
    kept = np.nonzero(used)[0].astype(np.int32)
    place = np.full(len(used), -1, np.int32)
    place[kept] = np.arange(len(kept), dtype=np.int32)
    bound = used[len(used) - len(surface.bind) :]
    left = replace(
        surface,
        vertices=surface.vertices[kept],
        loops=place[surface.loops[corners]],
        sizes=surface.sizes[faces],
        materials=surface.materials[faces],
        uv=surface.uv[corners],
        colours=surface.colours[kept],
        weight_joints=surface.weight_joints[kept],
        weights=surface.weights[kept],
        bind=surface.bind[bound],
        bind_shares=surface.bind_shares[bound],
    )
    return _Kept(left, kept, place)


def _joined(surfaces: Sequence[Surface]) -> Surface:
    if len(surfaces) == 1:
        return surfaces[0]
    names = tuple(dict.fromkeys(name for surface in surfaces for name in surface.material_names))
    starts = np.cumsum([0, *(len(surface.vertices) for surface in surfaces)])
    places = [np.array([names.index(name) for name in surface.material_names], np.int32) for surface in surfaces]
    return Surface(
        vertices=np.concatenate([surface.vertices for surface in surfaces]),
        loops=np.concatenate([s.loops + np.int32(start) for s, start in zip(surfaces, starts[:-1], strict=True)]),
        sizes=np.concatenate([surface.sizes for surface in surfaces]),
        materials=np.concatenate([place[s.materials] for s, place in zip(surfaces, places, strict=True)]),
        material_names=names,
        uv=np.concatenate([surface.uv for surface in surfaces]),
        colours=np.concatenate([surface.colours for surface in surfaces]),
        weight_joints=np.concatenate([surface.weight_joints for surface in surfaces]),
        weights=np.concatenate([surface.weights for surface in surfaces]),
        bind=np.concatenate([surface.bind for surface in surfaces]),
        bind_shares=np.concatenate([surface.bind_shares for surface in surfaces]),
    )


def _stretched(pack: Pack, person: Person, surface: Surface, bind: Ints, shares: Floats) -> Floats:
    """Return (B, 3) what bound vertices of a head of another size move beyond the skin that they follow.

    A lock lies along the skull far from its root: it would sink into a larger head.
    """
    count = len(bind)
    root = np.einsum("nk,nkc->nc", shares, pack.surface.vertices[bind])
    away = surface.vertices[len(surface.vertices) - count :] - root
    on_head = surface.weight_joints[len(surface.vertices) - count :, :1] == JOINT_INDEX["head"]
    return np.asarray(on_head * (away @ person.head), np.float32)


@lru_cache(maxsize=1)
def _trunk(pack: Pack) -> Trunk:
    """Return where cloth hangs on a pack's body, .1 s of work."""
    body = slice(0, pack.body)
    share = trunk_share(pack.surface.weight_joints[body], pack.surface.weights[body])
    return Trunk(pack.surface.vertices[body], pack.joints, share)


def _draped(pack: Pack, person: Person, fit: str) -> Floats:
    """Return (body, 3) by what cloth that hangs on a person lies elsewhere than on the default one."""
    trunk, vertices = _trunk(pack), pack.surface.vertices[: pack.body]
    before = trunk.hung(vertices, pack.joints, fit)
    after = trunk.hung(vertices + person.displacements[: pack.body], pack.joints + person.joints, fit)
    return np.asarray(after - before, np.float32)


@lru_cache(maxsize=3)
def _draped_shape(pack: Pack, fit: str) -> Floats:
    """Return the (10, core, 3) shape components as cloth that hangs follows them."""
    result = pack.shape.copy()
    columns = np.moveaxis(pack.shape[:, : pack.body], 0, 1)
    evened = _trunk(pack).followed(columns.reshape(pack.body, -1), fit)
    result[:, : pack.body] = np.moveaxis(evened.reshape(columns.shape), 1, 0)
    return result


def _character(
    pack: Pack, person: Person | None, whole: Surface, final: _Kept, lids: float, worn: npt.NDArray[np.bool_]
) -> Character:
    """Move the core vertices and let the bound ones follow, in rest, keys and shape components."""
    core, bind, shares = pack.core, whole.bind, whole.bind_shares
    bound = final.kept[final.kept >= core] - core
    solid = final.kept[final.kept < core]
    bind, shares = bind[bound], shares[bound]

    def follow(moved: Floats) -> Floats:
        """Return (left vertices, 3) displacements from (core, 3)."""
        carried = sum(shares[:, k, None] * moved[bind[:, k]] for k in range(4))
        return np.concatenate([moved[solid], np.asarray(carried, np.float32)])

    vertices, joints, keys = final.surface.vertices, pack.joints, list(pack.keys)
    pose_keys = list(pack.pose_keys)
    cloth, fit = worn[final.kept], fit_of(whole.material_names)[0]
    shape = np.stack([follow(component) for component in pack.shape])
    if cloth.any():
        shape[:, cloth] = np.stack([follow(component) for component in _draped_shape(pack, fit)])[:, cloth]
    if person is not None:
        moved = follow(person.displacements)
        if cloth.any():
            draped = person.displacements.copy()
            draped[: pack.body] = _draped(pack, person, fit)
            moved[cloth] = follow(draped)[cloth]
        vertices = vertices + moved
        vertices[len(solid) :] += _stretched(pack, person, final.surface, bind, shares)
        joints, keys, pose_keys = joints + person.joints, person.keys(pack), person.pose_keys(pack)
    if lids:
        (moved, lowered), keys = hang_lids(keys, lids, core)
        rest = np.zeros((core, 3), np.float32)
        rest[moved] = lowered
        vertices = vertices + follow(rest)
    columns = np.ascontiguousarray(bind.T)  # (4, n): NumPy goes through long rows quickly
    deltas: list[SparseDelta] = []
    for indices, offsets in (*keys, *pose_keys):
        dense = np.zeros((core, 3), np.float32)
        dense[indices] = offsets
        moves = np.zeros(core, np.bool_)
        moves[indices] = (offsets != 0).any(1)
        one, two, three, four = moves[columns]
        touched = (one | two | three | four).nonzero()[0].astype(np.int32)
        carried = np.einsum("nk,nkc->nc", shares[touched], dense[bind[touched]])
        there = final.place[indices] >= 0
        deltas.append(
            SparseDelta(
                np.concatenate([final.place[indices[there]], touched + np.int32(len(solid))]),
                np.concatenate([offsets[there], carried]),
            )
        )
    surface = final.surface
    named: Ints = np.unique(surface.materials)
    base: Ints = np.full(len(vertices), -1, np.int32)
    base[: len(solid)] = np.where(solid < pack.body, solid, -1)
    made = Character(
        vertices=vertices,
        loops=surface.loops,
        sizes=surface.sizes,
        materials=np.searchsorted(named, surface.materials).astype(np.int32),
        material_names=tuple(surface.material_names[int(k)] for k in named),
        uv=surface.uv,
        colours=surface.colours,
        joints=joints,
        weight_joints=surface.weight_joints,
        weights=surface.weights,
        arkit=tuple(deltas[: len(ARKIT_NAMES)]),
        jaw_corrective=deltas[len(ARKIT_NAMES)],
        correctives=tuple(deltas[len(ARKIT_NAMES) + 1 : len(pack.keys)]),
        pose_correctives=pack.pose_correctives,
        pose_keys=tuple(deltas[len(pack.keys) :]),
        shape=shape,
        shape_joints=pack.shape_joints,
        slider_names=pack.slider_names,
        sliders=pack.sliders,
        jaw_open_radians=pack.jaw_open_radians,
        landmarks=final.place[pack.landmarks],
        base=base,
    )
    return bend_cloth(made)
