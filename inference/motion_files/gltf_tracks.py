"""What nodes of a glTF file do over time: numbers read within bounds, rotations and places at even times."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..rotation import continuous_quaternions, quaternion_multiply, slerp

Doubles = npt.NDArray[np.float64]

_TYPES = {5120: ("<i1", 127), 5121: ("<u1", 255), 5122: ("<i2", 32767), 5123: ("<u2", 65535), 5126: ("<f4", 1)}
"""Component type -> how its numbers are stored, and what stands for 1 where they are normalised."""
_WIDTHS = {"SCALAR": 1, "VEC3": 3, "VEC4": 4}
_MOST_NODES, _DEEPEST = 20_000, 500


@dataclass(frozen=True, eq=False)
class Track:
    """How one node turns or moves."""

    times: Doubles
    """(K,) seconds, rising."""
    values: Doubles
    """(K, 3) places in metres or (K, 4) unit quaternions w, x, y, z."""
    steps: bool
    """Whether each value stays until the next."""

    def at(self, times: Doubles) -> Doubles:
        """Return the values (T, 3) or (T, 4) at times in seconds; before the first and after the last they stay."""
        after = np.clip(np.searchsorted(self.times, times, side="right"), 1, max(1, len(self.times) - 1))
        before = after - 1
        after = np.minimum(after, len(self.times) - 1)
        span = np.maximum(self.times[after] - self.times[before], 1e-9)
        share = np.clip((times - self.times[before]) / span, 0.0, 1.0)
        if self.steps:
            share = np.floor(share)
        first, second = self.values[before], self.values[after]
        if self.values.shape[1] == 4:
            return continuous_quaternions(slerp(first, second, share)).astype(np.float64)
        found: Doubles = first + share[:, None] * (second - first)
        return found


class GltfTracks:
    """Nodes at rest and the first animation of a file.

    Parameters
    ----------
    data : dict
        The file's JSON.
    binary : bytes
        Its first buffer.

    Raises
    ------
    ValueError, KeyError, IndexError, TypeError
        When anything in it is not as the format has it.
    """

    def __init__(self, data: dict[str, Any], binary: bytes) -> None:
        self._data, self._binary = data, binary
        self._nodes: list[dict[str, Any]] = data["nodes"]
        if len(self._nodes) > _MOST_NODES:
            raise ValueError("it has too many nodes")
        self.parents: dict[int, int] = {
            self._index(child): number for number, node in enumerate(self._nodes) for child in node.get("children", ())
        }
        self.tracks: dict[tuple[int, str], Track] = {}
        clip = data["animations"][0]
        for channel in clip["channels"]:
            target = channel["target"]
            if target.get("path") in ("rotation", "translation") and "node" in target:
                sampler = clip["samplers"][self._index(channel["sampler"])]
                self.tracks[self._index(target["node"]), target["path"]] = self._track(sampler, target["path"])

    @staticmethod
    def _index(value: Any) -> int:
        if not isinstance(value, int) or value < 0:
            raise ValueError("a number in it is none")
        return value

    def _track(self, sampler: dict[str, Any], path: str) -> Track:
        times, values = self._numbers(sampler["input"])[:, 0], self._numbers(sampler["output"])
        way = sampler.get("interpolation", "LINEAR")
        if way == "CUBICSPLINE":
            # In, value and out of every key; between keys the way is straight here.
            values = values[1::3]
        if len(times) != len(values) or values.shape[1] != (4 if path == "rotation" else 3):
            raise ValueError("times and values do not fit")
        if (np.diff(times) < 0).any():
            raise ValueError("time runs backwards")
        if path == "rotation":
            values = _unit(np.roll(values, 1, axis=1))
        return Track(times, values, way == "STEP")

    def _numbers(self, accessor: Any) -> Doubles:
        """Return the (count, width) numbers of an accessor."""
        item = self._data["accessors"][self._index(accessor)]
        view = self._data["bufferViews"][self._index(item["bufferView"])]
        kind, one = _TYPES[item["componentType"]]
        width, count, size = _WIDTHS[item["type"]], self._index(item["count"]), np.dtype(kind).itemsize
        start = self._index(view.get("byteOffset", 0)) + self._index(item.get("byteOffset", 0))
        stride = self._index(view.get("byteStride", 0)) or width * size
        if "sparse" in item or view.get("buffer", 0) != 0 or count < 1 or stride < width * size:
            raise ValueError("its numbers are stored in a way that is not read")
        if start + (count - 1) * stride + width * size > len(self._binary):
            raise ValueError("it ends early")
        raw: npt.NDArray[Any] = np.ndarray((count, width), kind, self._binary, start, (stride, size))
        found = raw.astype(np.float64)
        if item.get("normalized"):
            found = np.maximum(found / one, -1.0)
        if not np.isfinite(found).all() or np.abs(found).max() > 1e6:
            raise ValueError("a number in it is beyond all bounds")
        return found

    def rest(self, node: int) -> tuple[Doubles, Doubles]:
        """Return the (4,) rotation and (3,) place of a node at rest against the world."""
        turn, place = np.array([1.0, 0.0, 0.0, 0.0]), np.zeros(3)
        chain = [node]
        while chain[-1] in self.parents:
            chain.append(self.parents[chain[-1]])
            if len(chain) > _DEEPEST:
                raise ValueError("its nodes go round in a circle")
        for number in reversed(chain):
            own = self._nodes[number]
            place = place + _turned(turn, np.array(own.get("translation", (0.0, 0.0, 0.0)), np.float64).reshape(3))
            step = _unit(np.roll(np.array(own.get("rotation", (0.0, 0.0, 0.0, 1.0)), np.float64).reshape(1, 4), 1, 1))
            turn = quaternion_multiply(turn, step[0]).astype(np.float64)
        return turn, place

    def above(self, node: int) -> tuple[Doubles, Doubles]:
        """Return the rotation and place at rest of what a node hangs on."""
        up = self.parents.get(node)
        return self.rest(up) if up is not None else (np.array([1.0, 0.0, 0.0, 0.0]), np.zeros(3))


def _unit(quaternion: Doubles) -> Doubles:
    size = np.linalg.norm(quaternion, axis=1, keepdims=True)
    if (size < 1e-6).any():
        raise ValueError("a rotation in it is none")
    return continuous_quaternions(quaternion / size).astype(np.float64)


def _turned(quaternion: Doubles, vector: Doubles) -> Doubles:
    """Return (..., 3) turned by (4,)."""
    axis = quaternion[1:]
    cross = np.asarray(np.cross(axis, vector), np.float64) + quaternion[0] * vector
    return vector + 2.0 * np.asarray(np.cross(axis, cross), np.float64)


def moved(turn: Doubles, place: Doubles, values: Doubles) -> Doubles:
    """Return (T, 3) places against the world of places in a node that is turned (4,) and lies at (3,)."""
    return _turned(turn, values) + place
