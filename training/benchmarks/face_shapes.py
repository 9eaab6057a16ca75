"""Audit of the character's face shapes: ``python -m soliloquy.training.benchmarks.face_shapes [PACK] [--person NAME]``.

Every key alone at 1 and the combinations that used to break, skinned as in a bake: triangles turned over (the normal
turns by more than 101 degrees) and squashed (to less than 0.12 of their area), lid vertices inside the eyeballs. The
exit code is 1 where a limit is not kept.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ...inference.arkit import ARKIT_INDEX, ARKIT_NAMES
from ...inference.cast import compose
from ...inference.character import Character, SparseDelta, read_character
from ...inference.person import DEFAULT, load_people
from ...inference.skeleton import JOINT_INDEX

Doubles = npt.NDArray[np.float64]

TURNED, SQUASHED = -0.2, 0.12
MOST_FLIPPED = 4
DEEPEST = 3e-4
"""Metres that a lid may lie inside an eyeball, where it did not at rest."""


def _both(name: str, value: float = 1.0) -> dict[str, float]:
    return {f"{name}{side}": value for side in ("Left", "Right")}


COMBINATIONS: dict[str, dict[str, float]] = {
    "both lids": _both("eyeBlink"),
    "both lids half": _both("eyeBlink", 0.5),
    "lids + eyeSquint + cheekSquint": _both("eyeBlink") | _both("eyeSquint") | _both("cheekSquint"),
    "lids + eyeLookDown": _both("eyeBlink") | _both("eyeLookDown"),
    "eyeSquint + cheekSquint": _both("eyeSquint") | _both("cheekSquint"),
    "smile": _both("mouthSmile"),
    "smile + stretch .6": _both("mouthSmile") | _both("mouthStretch", 0.6),
    "smile + jaw .5": _both("mouthSmile") | {"jawOpen": 0.5},
    "smile + blink": _both("mouthSmile") | _both("eyeBlink"),
    "jaw 1 + close 1": {"jawOpen": 1.0, "mouthClose": 1.0},
    "jaw .4 + tongue": {"jawOpen": 0.4, "tongueOut": 1.0},
    "jaw .35 + rollLower": {"jawOpen": 0.35, "mouthRollLower": 1.0},
    "funnel + jaw .3": {"mouthFunnel": 1.0, "jawOpen": 0.3},
    "pucker + jaw .2": {"mouthPucker": 1.0, "jawOpen": 0.2},
    "frown + shrugLower": _both("mouthFrown") | {"mouthShrugLower": 1.0},
}  # fmt: skip
"""Name -> coefficients; those of issue and house that broke before there were correctives."""


@dataclass(frozen=True)
class Finding:
    """What one shape does to the skin of the face."""

    flipped: int
    squashed: int
    deepest: float
    """Metres that a lid is deeper inside an eyeball than at rest allows; 0 outside."""

    @property
    def sound(self) -> bool:
        """Whether it keeps the limits."""
        return self.flipped <= MOST_FLIPPED and self.squashed <= MOST_FLIPPED and self.deepest <= DEEPEST


def _alone(character: Character, kept: npt.NDArray[np.intp]) -> Character:
    """Return a character of some vertices, good for ``skin`` alone: an audit moves the face and leaves the rest."""
    place = np.full(len(character.vertices), -1, np.int32)
    place[kept] = np.arange(len(kept), dtype=np.int32)

    def cut(key: SparseDelta) -> SparseDelta:
        there = place[key.indices] >= 0
        return SparseDelta(place[key.indices[there]], key.offsets[there])

    return replace(
        character,
        vertices=character.vertices[kept],
        weight_joints=character.weight_joints[kept],
        weights=character.weights[kept],
        arkit=tuple(cut(key) for key in character.arkit),
        jaw_corrective=cut(character.jaw_corrective),
        correctives=tuple(cut(key) for key in character.correctives),
        pose_keys=tuple(cut(key) for key in character.pose_keys),
    )


class ShapeAudit:
    """Looks at shapes of one character."""

    def __init__(self, character: Character) -> None:
        rest = character.vertices.astype(np.float64)
        eyes = character.joints[[JOINT_INDEX["left_eye_smplhf"], JOINT_INDEX["right_eye_smplhf"]]].astype(np.float64)
        middle = eyes.mean(0)
        loops, sizes = character.loops, character.sizes
        starts = np.cumsum(sizes) - sizes
        quads = starts[sizes == 4]
        cut = np.concatenate([
            np.stack([loops[starts], loops[starts + 1], loops[starts + 2]], 1),
            np.stack([loops[quads], loops[quads + 2], loops[quads + 3]], 1),
        ])  # fmt: skip
        material = np.concatenate([character.materials, character.materials[sizes == 4]])
        skin = np.isin(
            material, [k for k, name in enumerate(character.material_names) if name in ("skin", "face skin")]
        )
        corners = rest[cut] - middle
        near = (
            (corners[:, :, 1].min(1) > -0.17) & (corners[:, :, 1].max(1) < 0.085) & (corners[:, :, 2].max(1) > -0.075)
        )
        kept, flat = np.unique(cut[skin & near], return_inverse=True)
        self.triangles = flat.reshape(-1, 3)
        self._character = _alone(character, kept)
        skinned = rest[kept]
        self._normals, self._areas = self._measure(skinned)
        lids = np.arange(len(kept))
        self._balls: list[tuple[Doubles, float, npt.NDArray[np.int32]]] = []
        for side, centre in zip(("left", "right"), eyes, strict=True):
            ball = (character.weight_joints[:, 0] == JOINT_INDEX[f"{side}_eye_smplhf"]) & (character.weights[:, 0] == 1)
            radius = float(np.median(np.linalg.norm(rest[ball] - centre, axis=1)))
            outside = np.linalg.norm(skinned - centre, axis=1) > radius - 1e-4
            self._balls.append((centre, radius, lids[outside]))

    def _measure(self, vertices: Doubles) -> tuple[Doubles, Doubles]:
        a, b, c = (vertices[self.triangles[:, k]] for k in range(3))
        normals = np.cross(b - a, c - a)
        areas = np.linalg.norm(normals, axis=1)
        return normals / np.maximum(areas, 1e-15)[:, None], areas

    def look(self, coefficients: Mapping[str, float]) -> Finding:
        """Return what a shape does, the jaw turned as ``jawOpen`` asks."""
        pose, arkit = np.zeros((55, 3)), np.zeros(52)
        for name, value in coefficients.items():
            arkit[ARKIT_INDEX[name]] = value
        pose[JOINT_INDEX["jaw"], 0] = arkit[ARKIT_INDEX["jawOpen"]] * self._character.jaw_open_radians
        moved = self._character.skin(pose, arkit)
        normals, areas = self._measure(moved)
        turned = (normals * self._normals).sum(1) < TURNED
        deepest = max(
            float((radius - np.linalg.norm(moved[lids] - centre, axis=1)).max()) for centre, radius, lids in self._balls
        )
        return Finding(int(turned.sum()), int((areas < SQUASHED * self._areas).sum()), max(0.0, deepest))


def cases() -> dict[str, dict[str, float]]:
    """Return every key alone, and the combinations."""
    return {**{name: {name: 1.0} for name in ARKIT_NAMES}, **COMBINATIONS}


def table(audit: ShapeAudit) -> tuple[list[str], int]:
    """Return the lines of what is found on a character, and how many shapes break a limit."""
    lines, failed = [f"{'shape':34s} flipped squashed  lid in ball mm"], 0
    for name, coefficients in cases().items():
        found = audit.look(coefficients)
        failed += not found.sound
        remark = "" if found.sound else "  <-"
        lines.append(f"{name:34s} {found.flipped:7d} {found.squashed:8d} {1000 * found.deepest:7.2f}{remark}")
    return [*lines, f"{failed} of {len(cases())} shapes break a limit"], failed


def main() -> int:
    """Print what is found; returns the exit code."""
    everybody = (DEFAULT, *load_people())
    parser = argparse.ArgumentParser(prog="python -m soliloquy.training.benchmarks.face_shapes", description=__doc__)
    parser.add_argument("pack", nargs="?", type=Path, help="a character's pack (default: the shipped one)")
    parser.add_argument(
        "--person", choices=(*everybody, "all"), default=DEFAULT, help="of the cast (default: %(default)s)"
    )
    given = parser.parse_args()
    if given.pack is not None and given.person != DEFAULT:
        parser.error("people fit the shipped pack only: give a pack or --person")
    failed = 0
    for person in everybody if given.person == "all" else (given.person,):
        audit = ShapeAudit(compose(person) if given.pack is None else read_character(given.pack))
        lines, broken = table(audit)
        failed += broken
        print("\n".join([person, *lines] if given.person == "all" else lines))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
