"""Glasses: rims swept along the outline of their lenses, bridge, pads, and arms that hook behind the ears.

They are bound to places that no expression moves much (root of the nose, temples, tops of the ears), so that they fit
heads of other sizes and stand still while a face moves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...inference.skeleton import JOINT_INDEX
from .garment import keep_clear
from .makehuman import RANGES, Floats, Ints
from .part import MATERIALS, Part, blend_rows, grid_faces, rigid_weights, vertex_normals
from .part_file import write_part

STEP = 1.0e-5
"""Metres of one unit in these files."""
_AROUND = 10
"""Points around a wire."""
_OUTLINE = 44
"""Points along a lens."""


@dataclass(frozen=True)
class Frame:
    """The form of a pair of glasses; metres."""

    material: str
    half: tuple[float, float]
    """Half the breadth and height of a lens."""
    square: float
    """Exponent of its outline: 2 is an ellipse, more is squarer."""
    rim: tuple[float, float]
    """Half the height and depth of the rim's section."""
    drop: float
    """How much lower than the pupil the middle of the lens lies."""
    bridge: float
    """How far the bridge lies above the middle of the lens."""
    arm: tuple[float, float]
    """Half the height and thickness of an arm's section."""


FRAMES: dict[str, Frame] = {
    "round": Frame("metal", (0.0225, 0.0215), 2.1, (0.0008, 0.0010), 0.004, 0.006, (0.0012, 0.0007)),
    "square": Frame("acetate", (0.0255, 0.0180), 3.4, (0.0018, 0.0016), 0.004, 0.008, (0.0028, 0.0013)),
}
"""Name of a part -> its form."""


def _tube(path: Floats, up: Floats, half: tuple[float, float], *, closed: bool) -> tuple[Floats, Ints]:
    """Return a wire of rounded section along a path: (n * _AROUND, 3) points and (m, 4) faces."""
    along = np.roll(path, -1, 0) - np.roll(path, 1, 0) if closed else np.gradient(path, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    side = np.cross(along, up)
    side /= np.linalg.norm(side, axis=1, keepdims=True)
    upright = np.cross(side, along)
    turn = 2 * np.pi * np.arange(_AROUND) / _AROUND
    across, high = (np.sign(f) * np.abs(f) ** 0.7 for f in (np.cos(turn), np.sin(turn)))
    points = path[:, None] + half[0] * high[:, None] * upright[:, None] + half[1] * across[:, None] * side[:, None]
    rows = len(path)
    faces = grid_faces(rows, _AROUND, closed=True)
    if closed:
        step = np.arange(_AROUND)
        following = (step + 1) % _AROUND
        last = (rows - 1) * _AROUND
        faces = np.concatenate([faces, np.stack([last + step, last + following, following, step], 1)])
    return points.reshape(-1, 3), faces


class _Head:
    """Where glasses sit on the default head."""

    def __init__(self, vertices: Floats, quads: Ints, joints: Floats, still: Floats) -> None:
        self.vertices, self.skin = vertices, np.arange(*RANGES["body"])
        self.normals = vertex_normals(vertices, quads)
        self.pupil = joints[JOINT_INDEX["left_eye_smplhf"]]
        self._still = still
        ridge = self.pupil * np.array([0, 1, 0]) + np.array([0, -0.010, self.pupil[2] + 0.026])
        self.nose = self._anchor(ridge, 0.0012)
        self.temple = self._anchor(self.pupil + np.array([0.036, 0.006, -0.022]), 0.0012)
        self.ear = self._anchor(self.pupil + np.array([0.045, 0.011, -0.072]), 0.0003)
        self.temple_right, self.ear_right = (self._mirror(v) for v in (self.temple, self.ear))

    def _anchor(self, place: Floats, most: float) -> int:
        """Return the vertex of the skin nearest to a place among those that no face key moves by more than ``most``."""
        far = np.linalg.norm(self.vertices[self.skin] - place, axis=1)
        far[self._still[self.skin] > most] = np.inf
        return int(self.skin[far.argmin()])

    def _mirror(self, vertex: int) -> int:
        far = np.linalg.norm(self.vertices[self.skin] - self.vertices[vertex] * [-1, 1, 1], axis=1)
        return int(self.skin[far.argmin()])

    def front(self, x: Floats, y: Floats) -> Floats:
        """Return how far ahead the plane of the lenses lies: curved about the face, leaning in below."""
        ahead = self.vertices[self.nose, 2] + 0.0045
        return ahead - 1.9 * np.abs(x) ** 2 + 0.13 * (y - self.pupil[1])

    def rows(self, points: Floats) -> tuple[Ints, Floats]:
        """Return (n, 4) vertices and shares that carry points: nose to temples by breadth, temples to ears by depth."""
        temple, ear = self.vertices[self.temple], self.vertices[self.ear]
        back = np.clip((self.front(np.array(0.066), temple[1]) - points[:, 2]) / 0.085, 0, 1)
        out = np.clip(np.abs(points[:, 0]) / temple[0], 0, 1)
        left = points[:, 0] >= 0
        index = np.stack(
            [
                np.full(len(points), self.nose),
                np.where(left, self.temple, self.temple_right),
                np.where(left, self.ear, self.ear_right),
                np.full(len(points), self.nose),
            ],
            1,
        )
        back = back * (np.abs(points[:, 0]) > 0.9 * ear[0])
        shares = np.stack([(1 - out) * (1 - back), out * (1 - back), back, np.zeros(len(points))], 1)
        return index, shares


def build_glasses(vertices: Floats, quads: Ints, joints: Floats, still: Floats, frame: Frame) -> list[Part]:
    """Return frame and lenses.

    Parameters
    ----------
    vertices, quads : (V, 3), (F, 4) arrays
        Base mesh, metres, and faces of the skin.
    joints : (55, 3) array
        Rest joints.
    still : (V,) array
        Metres that the face keys move a vertex at most.
    frame : Frame
        The form.
    """
    head = _Head(vertices, quads, joints, still)
    wires: list[tuple[Floats, Ints]] = []
    lenses: list[tuple[Floats, Ints]] = []
    middle = np.array([head.pupil[0] + 0.0035, head.pupil[1] - frame.drop])
    turn = 2 * np.pi * np.arange(_OUTLINE) / _OUTLINE
    unit = np.stack([np.sign(f) * np.abs(f) ** (2 / frame.square) for f in (np.cos(turn), np.sin(turn))], 1)
    level = middle[1] + frame.bridge
    hinge_y = middle[1] + 0.55 * frame.half[1]
    for sign in (1.0, -1.0):

        def on_front(flat: Floats, sign: float = sign) -> Floats:
            return np.column_stack([sign * flat[:, 0], flat[:, 1], head.front(flat[:, 0], flat[:, 1])])

        outline = on_front(middle + unit * frame.half)
        forward = np.tile([0.0, 0.0, 1.0], (_OUTLINE, 1))
        wires.append(_tube(outline, forward, (frame.rim[1], frame.rim[0]), closed=True))
        shrunk = np.linspace(1, 0.02, 6)
        rings = np.concatenate([on_front(middle + unit * frame.half * share) for share in shrunk])
        rings[:, 2] += 0.0012 * (1 - np.repeat(shrunk, _OUTLINE) ** 2)
        faces = grid_faces(len(shrunk), _OUTLINE, closed=True)
        lenses.append((rings, faces if sign > 0 else faces[:, ::-1]))
        wires.append(_arm(head, middle[0] + frame.half[0], hinge_y, sign, frame))
    wires.append(_bridge(head, middle[0] - frame.half[0], level, frame))
    parts = []
    for name, material, pieces in (("frame", frame.material, wires), ("lenses", "lens", lenses)):
        starts = np.cumsum([0, *(len(points) for points, _ in pieces)])
        points = np.concatenate([points for points, _ in pieces])
        quad = np.concatenate([faces + start for (_, faces), start in zip(pieces, starts[:-1], strict=True)])
        points = keep_clear(points, vertices[head.skin], head.normals[head.skin], 0.0008)
        rows = blend_rows(*head.rows(points), len(vertices))
        colours = np.full((len(points), 3), 0.05)
        numbers = np.full(len(quad), MATERIALS.index(material))
        parts.append(
            Part(name, points, quad, numbers, colours, rigid_weights(len(points), "head"), rows, rows, bound=True)
        )
    return parts


def _arm(head: _Head, edge: float, height: float, sign: float, frame: Frame) -> tuple[Floats, Ints]:
    """Return an arm: from the rim's outer edge to the ear, over it, and down behind it."""
    ear = head.vertices[head.ear]
    front = float(head.front(np.array(edge), np.array(height)))
    corners = np.array(
        [
            [edge - 0.0005, height, front],
            [edge + 0.0045, height + 0.0005, front - 0.002],
            [edge + 0.0085, height + 0.0005, front - 0.008],
            [ear[0] + 0.0005, ear[1] + 0.0022, ear[2] + 0.030],
            [ear[0] + 0.0020, ear[1] + 0.0035, ear[2]],
            [ear[0] + 0.0012, ear[1] - 0.0010, ear[2] - 0.016],
            [ear[0] - 0.0005, ear[1] - 0.0140, ear[2] - 0.026],
            [ear[0] - 0.0035, ear[1] - 0.0300, ear[2] - 0.029],
        ]
    )
    place = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(corners, axis=0), axis=1))])
    path = np.column_stack([np.interp(np.linspace(0, place[-1], 30), place, corners[:, k]) for k in range(3)])
    for _ in range(3):
        path[1:-1] = 0.5 * path[1:-1] + 0.25 * (path[2:] + path[:-2])
    path[:, 0] *= sign
    points, faces = _tube(path, np.tile([0.0, 1.0, 0.15], (len(path), 1)), frame.arm, closed=False)
    return points, faces if sign > 0 else faces[:, ::-1]


def _bridge(head: _Head, edge: float, level: float, frame: Frame) -> tuple[Floats, Ints]:
    """Return the bow over the nose between both rims."""
    x = np.linspace(-edge - 0.001, edge + 0.001, 13)
    bow = 1 - (x / edge) ** 2
    y = level + 0.0025 * bow
    path = np.column_stack([x, y, head.front(x, y) + 0.0012 * bow])
    return _tube(path, np.tile([0.0, 1.0, 0.0], (len(x), 1)), (1.1 * frame.rim[0], 1.1 * frame.rim[1]), closed=False)


def write_glasses(
    folder: Path, vertices: Floats, quads: Ints, joints: Floats, still: Floats, log: Callable[[str], None] = print
) -> None:
    """Write ``glasses_NAME.npz`` of every frame into a folder; parameters as of :func:`build_glasses`."""
    for name, frame in FRAMES.items():
        parts = build_glasses(vertices, quads, joints, still, frame)
        path = folder / f"glasses_{name}.npz"
        write_part(path, parts, step=STEP)
        count = sum(len(part.vertices) for part in parts)
        log(f"{path.name}: {count} vertices, {path.stat().st_size / 1000:.0f} kB")
