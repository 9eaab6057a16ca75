"""The charts that skin is painted on, and how a texel finds its place on the body."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image
from scipy import ndimage

from ..makehuman import RANGES, Floats, Ints, SourceData
from ..part import vertex_normals

Singles = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]
MASKS = ("lips", "ears", "eyelids", "inside-mouth", "fingernails", "toenails")


@dataclass(frozen=True)
class Chart:
    """A square cut out of the base mesh's texture square."""

    name: str
    corner: tuple[float, float]
    """Lowest u and v of the cut."""
    side: float
    """Its width in u and v."""
    size: int
    """Texels a side of the finest map."""

    def moved(self, uv: npt.NDArray[np.floating]) -> Floats:
        """Return (..., 2) texture coordinates of the base mesh in this chart, 0..1 inside."""
        return (uv - np.array(self.corner)) / self.side

    def holds(self, uv: npt.NDArray[np.floating]) -> Flags:
        """Return (F,) whether a face with (F, 4, 2) texture coordinates lies wholly inside."""
        inside = self.moved(uv)
        return ((inside > 0) & (inside < 1)).all((1, 2))


HEAD = Chart("head", (0.64, 0.32), 0.36, 2048)
BODY = Chart("body", (0.0, 0.0), 1.0, 1024)


@dataclass(frozen=True, eq=False)
class Surface:
    """What lies under the n covered texels of a chart; rows of maps go up with v."""

    chart: Chart
    covered: Flags
    """(size, size)."""
    points: Floats
    """(n, 3) metres, the base mesh's own pose."""
    normals: Floats
    """(n, 3) units."""
    masks: dict[str, Floats]
    """(n,) 0..1 of each of ``MASKS``."""

    def image(self, values: npt.NDArray[np.floating]) -> Singles:
        """Return (size, size, ...) values, grown over the seams so that no filter ever picks the background."""
        result = np.zeros((*self.covered.shape, *values.shape[1:]), np.float32)
        result[self.covered] = values
        near = ndimage.distance_transform_edt(~self.covered, return_distances=False, return_indices=True)
        return result[tuple(near)]


def _cross(first: Floats, second: Floats) -> Floats:
    return first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]


def rasterise(uv: Floats, values: Floats, size: int) -> tuple[Singles, Flags]:
    """Interpolate values over triangles.

    Parameters
    ----------
    uv : (T, 3, 2) array
        Corners, 0..1.
    values : (T, 3, C) array
        At the corners.
    size : int
        Texels a side; a texel is sampled in its middle.

    Returns
    -------
    (size, size, C) float32 and (size, size) bool
        Values, and where a triangle covers the texel.
    """
    corners = uv * size - 0.5
    low = np.clip(np.floor(corners.min(1)).astype(np.int64), 0, size - 1)
    high = np.clip(np.ceil(corners.max(1)).astype(np.int64), 0, size - 1)
    wide, tall = (np.maximum(high - low, -1) + 1).T
    count = wide * tall
    owner = np.repeat(np.arange(len(uv)), count)
    place = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    column, row = low[owner, 0] + place % wide[owner], low[owner, 1] + place // wide[owner]
    a, b, c = corners[owner].transpose(1, 0, 2)
    texel = np.column_stack([column, row])
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = np.stack([_cross(c - b, texel - b), _cross(a - c, texel - c)], 1) / _cross(b - a, c - a)[:, None]
    shares = np.column_stack([shares, 1 - shares.sum(1)])
    inside = (shares > -1e-3).all(1)  # false for what is not a number
    owner, row, column, shares = owner[inside], row[inside], column[inside], shares[inside]
    image = np.zeros((size, size, values.shape[2]), np.float32)
    covered = np.zeros((size, size), np.bool_)
    image[row, column] = np.einsum("nk,nkc->nc", shares, values[owner])
    covered[row, column] = True
    return image, covered


def surface(data: SourceData, vertices: Floats, chart: Chart) -> Surface:
    """Return what lies under a chart.

    Parameters
    ----------
    data : SourceData
        Faces, texture coordinates and regional masks.
    vertices : (V, 3) array
        The person that the places are measured on, metres.
    chart : Chart
        Which cut of the texture square.
    """
    quads: Ints = data.mesh.quads
    body = quads.max(1) < RANGES["body"][1]
    normals = vertex_normals(vertices, quads[body])
    uv = chart.moved(data.mesh.uv.astype(np.float64))
    used = body & (uv.max(1) > 0).all(1) & (uv.min(1) < 1).all(1)
    corners = np.concatenate([np.flatnonzero(used)] * 2)
    thirds = np.repeat([[0, 1, 2], [0, 2, 3]], used.sum(), 0)
    held = np.hstack([vertices, normals])[quads[corners[:, None], thirds]]
    values, covered = rasterise(uv[corners[:, None], thirds], held, chart.size)
    masks = {name: _mask(data, name, chart)[covered] for name in MASKS}
    found = values[covered].astype(np.float64)
    return Surface(chart, covered, found[:, :3], found[:, 3:], masks)


def _mask(data: SourceData, name: str, chart: Chart) -> Floats:
    image = Image.open(io.BytesIO(data.read(f"mpfb2/textures/mpfb_{name}.jpg"))).convert("F")
    width, height = image.size
    (u, v), side = chart.corner, chart.side
    box = (u * width, (1 - v - side) * height, (u + side) * width, (1 - v) * height)
    cut = image.resize((chart.size, chart.size), Image.Resampling.BICUBIC, box=box)
    # The masks are coarser than a chart and their borders are drawn hard.
    soft = ndimage.gaussian_filter(np.asarray(cut, np.float64), 0.8 * chart.size / width / side)
    return np.clip(soft[::-1] / 255, 0, 1)
