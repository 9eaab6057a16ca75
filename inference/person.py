"""The people of the cast: displacements of the default person's mesh and joints, and what they do to the face keys.

A face key is carried from the default person to another by the local linear map between the two faces, as expression
cloning does (Noh and Neumann, "Expression cloning", SIGGRAPH 2001); where that is not exact enough, as for lips that
must stay shut while the jaw falls, the person has a key of his own.
"""

# numpy types some of its functions in part only.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from .archive import read_arrays
from .arkit import ARKIT_INDEX, ARKIT_NAMES
from .character_pack import Pack, load_pack, read_sparse
from .correctives import EXCESS, FACE_CORRECTIVES
from .errors import MissingFiles, SoliloquyError
from .pose_correctives import fitted_key
from .shipped import AGAIN, ROOT, check_shipped

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]
PEOPLE = ROOT / "assets" / "cast" / "people.npz"
DEFAULT = "default"
_MOST_BYTES = 64 << 20
_FORMAT = 2


@dataclass(frozen=True, eq=False)
class Person:
    """What makes a person of the default one; C core vertices."""

    displacements: Floats
    """(C, 3) metres."""
    joints: Floats
    """(55, 3) displacement of the rest joints."""
    head: Floats
    """(3, 3), row vectors times it: displacement that hair gains per metre away from where it grows."""
    mapped: Ints
    """(M,) core vertices that a face key moves."""
    maps: Floats
    """(M, 3, 3) what turns the default person's key offsets there into this person's, less the identity."""
    own: Mapping[int, Floats]
    """Number of a key (52 is the jaw's corrective) -> (C, 3) displacement instead of the mapped one."""
    mends: Mapping[int, tuple[Ints, Floats]]
    """Number of a key -> core vertices, ascending, and (n, 3) what is added there to the mapped offsets, so that this
    person's face does not fold."""

    def keys(self, pack: Pack) -> list[tuple[Ints, Floats]]:
        """Return the pack's keys of its core vertices for this person: vertices and offsets."""
        dense = np.zeros((pack.core, 3, 3), np.float32)
        dense[self.mapped] = self.maps
        result: list[tuple[Ints, Floats]] = []
        for number, (indices, offsets) in enumerate(pack.keys):
            if number in self.own:
                moved = np.nonzero(self.own[number].any(1))[0].astype(np.int32)
                result.append((moved, self.own[number][moved]))
            else:
                carried = offsets + np.einsum("nij,nj->ni", dense[indices], offsets)
                result.append(
                    _added((indices, carried), self.mends[number]) if number in self.mends else (indices, carried)
                )
        for number, item in enumerate(FACE_CORRECTIVES, start=len(ARKIT_NAMES) + 1):
            if item.how == EXCESS:  # takes back what the key itself moves, this person's own one too
                indices, offsets = result[ARKIT_INDEX[item.first]]
                result[number] = indices, -offsets
        return result

    def pose_keys(self, pack: Pack) -> list[tuple[Ints, Floats]]:
        """Return the pack's pose keys for this person: vertices and offsets."""
        rest = pack.surface.vertices
        return [
            (key[0], fitted_key(key, rest, pack.joints[item.joint], self.displacements, self.joints[item.joint]))
            for item, key in zip(pack.pose_correctives, pack.pose_keys, strict=True)
        ]


def _added(first: tuple[Ints, Floats], second: tuple[Ints, Floats]) -> tuple[Ints, Floats]:
    """Return the sum of two displacements: vertices, ascending, and (n, 3) offsets."""
    indices = np.union1d(first[0], second[0]).astype(np.int32)
    offsets = np.zeros((len(indices), 3), np.float32)
    for places, values in (first, second):
        offsets[np.searchsorted(indices, places)] += values
    return indices, offsets


def _read(path: Path, pack: Pack) -> dict[str, Person]:
    check_shipped(path, "The people of the cast")
    try:
        data = read_arrays(path, most_bytes=_MOST_BYTES)
        if int(data["format"]) != _FORMAT:
            raise MissingFiles("The file of people is of another version.", AGAIN)
        names = [str(name) for name in data["names"]]
        own_keys = [int(number) for number in data["own_keys"]]
        mended_keys = [int(number) for number in data["mended_keys"]]
        moved = data["displacements"].astype(np.float32) * float(data["step"])
        maps = data["maps"].astype(np.float32) * float(data["map_step"])
        mapped = data["mapped"].astype(np.int32)
        joints = data["joints"].astype(np.float32)
        fits = moved.shape == (len(names), pack.core, 3) and joints.shape == (len(names), *pack.joints.shape)
        if not fits or maps.shape != (len(names), len(mapped), 3, 3):
            raise ValueError("people of another body")
        if mapped.size and not 0 <= int(mapped.min()) <= int(mapped.max()) < pack.core:
            raise ValueError("an index out of range")
        heads = data["heads"].astype(np.float32)
        if heads.shape != (len(names), 3, 3):
            raise ValueError("heads that do not fit")
        if any(not 0 <= number <= len(ARKIT_NAMES) for number in own_keys):
            raise ValueError("a key that is not there")
        if any(not 0 <= number < len(pack.keys) or number in own_keys for number in mended_keys):
            raise ValueError("a mended key that is not there")
        sparse, mended = read_sparse(data, pack.core), read_sparse(data, pack.core, "mend")
        if len(sparse) != len(names) * len(own_keys) or len(mended) != len(names) * len(mended_keys):
            raise ValueError("keys that do not fit")
        result: dict[str, Person] = {}
        for row, name in enumerate(names):
            own: dict[int, Floats] = {}
            for column, number in enumerate(own_keys):
                own[number] = np.zeros((pack.core, 3), np.float32)
                indices, offsets = sparse[row * len(own_keys) + column]
                own[number][indices] = offsets
            start = row * len(mended_keys)
            mends = {number: mended[start + k] for k, number in enumerate(mended_keys)}
            result[name] = Person(moved[row], joints[row], heads[row], mapped, maps[row], own, mends)
        return result
    except SoliloquyError:
        raise
    except Exception as error:  # arrays that do not fit together fail in as many ways as there are
        raise MissingFiles(f"The file '{path.name}' of the cast is missing or damaged.", AGAIN) from error


def read_people(path: Path, pack: Pack) -> dict[str, Person]:
    """Read the people that fit a pack, by name.

    Raises
    ------
    SoliloquyError
        When the file is missing, damaged, or made for another pack.
    """
    return _read(path, pack)


@lru_cache(maxsize=1)
def load_people() -> dict[str, Person]:
    """Return the shipped people, read once per process; the default person is not among them."""
    return read_people(PEOPLE, load_pack())


def blend(shares: Mapping[str, float]) -> Person | None:
    """Return the person who is so much of each of some people; None is the default person.

    Parameters
    ----------
    shares : mapping
        Name -> share; what is missing to one is the default person.

    Raises
    ------
    SoliloquyError
        For a name that is not in the cast.
    """
    wanted = {name: share for name, share in shares.items() if name != DEFAULT and share != 0}
    if not wanted:
        return None
    people = load_people()
    for name in wanted:
        if name not in people:
            raise SoliloquyError(
                f"There is no person '{name}' in the cast.", f"It has: {', '.join((DEFAULT, *people))}."
            )
    chosen = [(people[name], np.float32(share)) for name, share in wanted.items()]
    if len(chosen) == 1 and chosen[0][1] == 1:
        return chosen[0][0]
    first = chosen[0][0]
    left = np.float32(1) - sum(share for _, share in chosen)
    own: dict[int, Floats] = {}
    for number in first.own:
        indices, offsets = load_pack().keys[number]
        own[number] = np.asarray(sum(share * person.own[number] for person, share in chosen), np.float32)
        own[number][indices] += left * offsets
    mends: dict[int, tuple[Ints, Floats]] = {}
    for person, share in chosen:
        for number, (indices, offsets) in person.mends.items():
            scaled = indices, share * offsets
            mends[number] = _added(mends[number], scaled) if number in mends else scaled
    return Person(
        np.asarray(sum(share * person.displacements for person, share in chosen), np.float32),
        np.asarray(sum(share * person.joints for person, share in chosen), np.float32),
        np.asarray(sum(share * person.head for person, share in chosen), np.float32),
        first.mapped,
        np.asarray(sum(share * person.maps for person, share in chosen), np.float32),
        own,
        mends,
    )


def written(shares: Mapping[str, float]) -> str:
    """Return a mixture as a text: a name, or ``woman:0.5+man:0.5``."""
    if len(shares) == 1 and next(iter(shares.values())) == 1:
        return next(iter(shares))
    return "+".join(f"{name}:{share:.6g}" for name, share in shares.items())


def parsed(text: str) -> dict[str, float]:
    """Return the mixture of a text of :func:`written`.

    Raises
    ------
    SoliloquyError
        When it is no such text.
    """
    if ":" not in text:
        return {text: 1.0}
    try:
        pairs = [entry.split(":") for entry in text.split("+")]
        return {name: float(share) for name, share in pairs}
    except ValueError as error:
        raise SoliloquyError(f"'{text}' names no person of the cast.", "Add the character again.") from error
