"""How much flesh bends leave: ``python -m soliloquy.training.benchmarks.bends [--person NAME]``.

The skin within some reach of a joint, closed by fans over its borders, holds a volume; around limbs, slices of 1 cm
across the bone have a girth. Printed is what a pose leaves of each, of the least slice for girth, with linear blending
alone and with the pose correctives; and how many triangles of the skin turn over by more than 101 degrees. Joints
without correctives follow on the default person: with linear blending, with the skinning that the correctives are
fitted to, and how far the latter moves any vertex from the former.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from ...inference.archive import read_arrays
from ...inference.cast import NONE, compose
from ...inference.character_model import Character
from ...inference.character_pack import MOST_BYTES, PACK
from ...inference.person import DEFAULT
from ...inference.rotation import axis_angle_to_matrix
from ...inference.skeleton import JOINT_INDEX
from ..character.binding import triangles
from ..character.flesh import Flesh as Skinning
from ..character.makehuman import Floats, Ints

_TURNED = -0.2
_SLICES = 0.01
"""Metres between slices."""


@dataclass(frozen=True)
class Bend:
    """A bend of one joint, or of two that share it."""

    name: str
    turns: dict[str, tuple[float, float, float]]
    """Joint -> axis-angle in degrees."""
    joint: str
    reach: float
    """Metres around the joint."""
    along: int | None = None
    """The axis of the limb, for its girth."""


BENDS = (
    Bend("elbow 90", {"left_elbow": (0, -90, 0)}, "left_elbow", 0.12, 0),
    Bend("elbow 130", {"left_elbow": (0, -130, 0)}, "left_elbow", 0.12, 0),
    Bend("wrist 75", {"left_wrist": (0, 0, -75)}, "left_wrist", 0.06, 0),
    Bend("knee 90", {"left_knee": (90, 0, 0)}, "left_knee", 0.16, 1),
    Bend("knee 130", {"left_knee": (130, 0, 0)}, "left_knee", 0.16, 1),
    Bend("arm hanging", {"left_shoulder": (0, 0, -75)}, "left_shoulder", 0.16),
    Bend("arm ahead", {"left_shoulder": (0, -90, 0)}, "left_shoulder", 0.16),
    Bend("arm up, 150 from hanging", {"left_shoulder": (0, 0, 60)}, "left_shoulder", 0.16),
    Bend("hips 90", {"left_hip": (-90, 0, 0), "right_hip": (-90, 0, 0)}, "left_hip", 0.2),
    Bend("neck 40", {"neck": (0, 20, 0), "head": (0, 20, 0)}, "neck", 0.11, 1),
    Bend("nod 40", {"neck": (20, 0, 0), "head": (20, 0, 0)}, "neck", 0.11, 1),
)

_FINGERS = {"index": 80.0, "middle": 85.0, "ring": 85.0, "pinky": 85.0}
_FIST = {
    f"left_{finger}{k}": (0.0, 0.0, -share * most) for finger, most in _FINGERS.items()
    for k, share in ((1, 1.0), (2, 1.2), (3, 0.7))
}  # fmt: skip
UNCORRECTED = (
    Bend("shoulder raised 25", {"left_collar": (0, 0, 25)}, "left_collar", 0.16),
    Bend("shoulder forward 25", {"left_collar": (0, -25, 0)}, "left_collar", 0.16),
    Bend("bow 60", {"spine1": (25, 0, 0), "spine2": (20, 0, 0), "spine3": (15, 0, 0)}, "spine2", 0.25, 1),
    Bend("lean aside 45", {"spine1": (0, 0, 15), "spine2": (0, 0, 15), "spine3": (0, 0, 15)}, "spine2", 0.25, 1),
    Bend("trunk turned 60", {"spine1": (0, 20, 0), "spine2": (0, 20, 0), "spine3": (0, 20, 0)}, "spine2", 0.25, 1),
    Bend("foot up 25", {"left_ankle": (-25, 0, 0)}, "left_ankle", 0.10),
    Bend("foot down 45", {"left_ankle": (45, 0, 0)}, "left_ankle", 0.10),
    Bend("knuckle 80", {"left_index1": (0, 0, -80)}, "left_index1", 0.025, 0),
    Bend("finger 100", {"left_index2": (0, 0, -100)}, "left_index2", 0.02, 0),
    Bend("fist", _FIST, "left_middle1", 0.05),
    Bend("thumb 50", {"left_thumb2": (0, -50, 0)}, "left_thumb2", 0.02),
)
"""Of joints that have no correctives: a key costs every frame 0.12 ms, and what it could add here is not seen."""


@dataclass(frozen=True)
class Left:
    """What a bend leaves."""

    volume: float
    girth: float
    turned: int


class Flesh:
    """The bare skin of a character."""

    def __init__(self, character: Character) -> None:
        named = [k for k, name in enumerate(character.material_names) if name in ("skin", "face skin")]
        starts = np.cumsum(character.sizes) - character.sizes
        corners = np.minimum(starts[:, None] + np.arange(4), (starts + character.sizes - 1)[:, None])
        self.triangles = triangles(character.loops[corners].astype(np.int64)[np.isin(character.materials, named)])
        self.rest = character.vertices.astype(np.float64)
        self.joints = character.joints.astype(np.float64)

    def left(self, bend: Bend, moved: Floats) -> Left:
        """Return what a bend leaves where the skin went to (V, 3)."""
        at = self.joints[JOINT_INDEX[bend.joint]]
        near = self.triangles[(np.linalg.norm(self.rest[self.triangles] - at, axis=2) < bend.reach).all(1)]
        girth = 1.0
        if bend.along is not None:
            offsets = np.arange(-0.5 * bend.reach, 0.5 * bend.reach + 1e-6, _SLICES)
            girth = min(self._girth(near, bend.along, at[bend.along] + offset, moved) for offset in offsets)
        first, second = (_normals(points, near) for points in (self.rest, moved))
        looks = [(first @ _turn(bend, share).T * second).sum(1) for share in (0.0, 0.5, 1.0)]
        return Left(_volume(moved, near) / _volume(self.rest, near), girth, int((np.max(looks, 0) < _TURNED).sum()))

    def _girth(self, near: Ints, axis: int, at: float, moved: Floats) -> float:
        """Return the length around a slice across an axis over that at rest; the slice moves with the skin."""
        side = self.rest[near][:, :, axis] - at
        cut = near[(side > 0).any(1) & (side <= 0).any(1)]
        ends: tuple[list[Any], list[Any]] = ([], [])
        for a, b in ((0, 1), (1, 2), (2, 0)):
            first, second = (self.rest[cut[:, k], axis] - at for k in (a, b))
            crosses = (first > 0) != (second > 0)
            share = np.where(crosses, first / np.where(crosses, first - second, 1), 0)[:, None]
            for points, found in zip((self.rest, moved), ends, strict=True):
                found.append((crosses, points[cut[:, a]] + share * (points[cut[:, b]] - points[cut[:, a]])))
        lengths: list[float] = []
        for found in ends:
            crosses = np.array([item for item, _ in found])
            places = np.array([item for _, item in found])
            two = np.argsort(~crosses, axis=0, kind="stable")[:2]
            rows = np.arange(len(cut))
            lengths.append(float(np.linalg.norm(places[two[0], rows] - places[two[1], rows], axis=1).sum()))
        return lengths[1] / lengths[0]


def _turn(bend: Bend, share: float) -> Floats:
    """Return (3, 3) what turns the far side of a bend, or a share of that: skin between looks somewhere between."""
    result = np.eye(3)
    for name, turn in bend.turns.items():
        if not name.startswith("right_"):
            result = result @ axis_angle_to_matrix(share * np.radians(turn))
    return result


def _normals(points: Floats, corners: Ints) -> Floats:
    a, b, c = (points[corners[:, k]] for k in range(3))
    normals = np.cross(b - a, c - a)
    return normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-15)


def _volume(points: Floats, corners: Ints) -> float:
    """Return the volume inside triangles, their borders closed by fans from the middle of each."""
    edges = np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [2, 0]]])
    known = {(int(a), int(b)) for a, b in edges}
    border = np.array([(b, a) for a, b in known if (b, a) not in known], np.int64)
    origin = points[np.unique(corners)].mean(0)
    total = np.einsum("ni,ni->", *_spanned(points, corners, origin))
    nodes, flat = np.unique(border, return_inverse=True)
    flat = flat.reshape(-1, 2)
    links = coo_matrix((np.ones(len(flat)), flat.T), (len(nodes), len(nodes)))
    count, label = connected_components(links, directed=False)
    for loop in range(count):
        own = border[label[flat[:, 0]] == loop]
        middle = points[np.unique(own)].mean(0) - origin
        total += (np.cross(points[own[:, 0]] - origin, points[own[:, 1]] - origin) @ middle).sum()
    return float(total / 6)


def _spanned(points: Floats, corners: Ints, origin: Floats) -> tuple[Floats, Floats]:
    a, b, c = (points[corners[:, k]] - origin for k in range(3))
    return np.cross(a, b), c


def pose_of(bend: Bend) -> Floats:
    """Return the (55, 3) pose of a bend."""
    pose = np.zeros((55, 3))
    for name, turn in bend.turns.items():
        pose[JOINT_INDEX[name]] = np.radians(turn)
    return pose


def main() -> None:
    """Print a row per bend."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--person", default=DEFAULT)
    person = parser.parse_args().person
    character = compose(person, outfit=NONE)
    plain = replace(character, pose_correctives=(), pose_keys=())
    flesh = Flesh(character)
    print(f"{'bend':26s} {'volume':>14s} {'least girth':>14s} {'turned over':>12s}   (blending alone, corrected)")
    for bend in BENDS:
        first, second = (flesh.left(bend, item.skin(pose_of(bend))) for item in (plain, character))
        girth = f"{first.girth:6.2f} {second.girth:6.2f}" if bend.along is not None else ""
        print(
            f"{bend.name:26s} {first.volume:7.3f} {second.volume:6.3f} {girth:>14s} "
            f"{first.turned:6d} {second.turned:5d}"
        )
    if person == DEFAULT:
        _print_uncorrected(plain, flesh)


def _print_uncorrected(plain: Character, flesh: Flesh) -> None:
    bent = sorted({JOINT_INDEX[name] for bend in UNCORRECTED for name in bend.turns})
    better = Skinning(read_arrays(PACK, most_bytes=MOST_BYTES), bent)
    print(
        f"\n{'no correctives':26s} {'volume':>14s} {'least girth':>14s} {'mm apart':>9s}   (blending, better skinning)"
    )
    for bend in UNCORRECTED:
        pose = pose_of(bend)
        blended = plain.skin(pose)
        further = better.missing(pose)[1]
        wanted = blended.copy()
        wanted[better.bent] += further
        first, second = (flesh.left(bend, points) for points in (blended, wanted))
        girth = f"{first.girth:6.2f} {second.girth:6.2f}" if bend.along is not None else ""
        apart = 1000 * np.linalg.norm(further, axis=1).max()
        print(f"{bend.name:26s} {first.volume:7.3f} {second.volume:6.3f} {girth:>14s} {apart:9.1f}")


if __name__ == "__main__":
    main()
