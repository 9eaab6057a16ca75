"""What is sewn onto a garment in strips: collars, lapels and belts, drawn along an edge and folded over the cloth."""

from __future__ import annotations

import numpy as np

from ...inference.easing import eased
from .binding import closest_rows
from .chart import Sheet, strip_uv
from .garment import keep_clear
from .makehuman import Floats, Ints
from .part import MATERIALS, Part, grid_faces, no_rows, vertex_normals
from .wearer import Wearer


def resampled(line: Floats, count: int, *, closed: bool) -> Floats:
    """Return (count, 3) points at even distances along a polyline; a closed one does not repeat its start."""
    whole = np.concatenate([line, line[:1]]) if closed else line
    place = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(whole, axis=0), axis=1))])
    wanted = np.linspace(0, place[-1], count + 1)[:-1] if closed else np.linspace(0, place[-1], count)
    return np.stack([np.interp(wanted, place, whole[:, k]) for k in range(3)], 1)


def evened(line: Floats, passes: int, *, closed: bool) -> Floats:
    """Return a smoothed polyline; an open one keeps its ends."""
    result = line.copy()
    for _ in range(passes):
        middle = 0.5 * result + 0.25 * (np.roll(result, 1, 0) + np.roll(result, -1, 0))
        result = middle if closed else np.concatenate([result[:1], middle[1:-1], result[-1:]])
    return result


def strip_part(
    name: str, material: str, rows: list[Floats], garment: Part, *, closed: bool, sheet: Sheet,
    corner: tuple[float, float],
) -> Part:  # fmt: skip
    """Return a part from its lengthwise lines (k of (n, 3)); it takes its skin weights from the garment below."""
    grid = np.stack(rows, 1)
    count, columns = grid.shape[:2]
    faces = grid_faces(count, columns, closed=False)
    length = float(np.linalg.norm(np.diff(grid[:, columns // 2], axis=0), axis=1).sum())
    width = float(np.linalg.norm(np.diff(grid[count // 2], axis=0), axis=1).sum())
    uv = strip_uv(count, columns, length, width, corner, sheet)
    if closed:
        step = np.arange(columns - 1)
        last = (count - 1) * columns
        faces = np.concatenate([faces, np.stack([last + step, last + step + 1, step + 1, step], 1)])
        uv = np.concatenate([uv, uv[: columns - 1]])
    points = grid.reshape(-1, 3)
    normal = vertex_normals(points, faces)
    if ((normal * vertex_normals(garment.vertices, garment.faces)[_nearest(points, garment)]).sum(1)).mean() < 0:
        faces, uv = faces[:, ::-1], uv[:, ::-1]
    weights = closest_rows(points, garment.vertices, garment.faces) @ garment.weights
    empty = no_rows(len(points), 1)
    colours = np.full((len(points), 3), 0.5)
    return Part(
        name, points, faces, np.full(len(faces), MATERIALS.index(material)), colours, weights, empty, empty, uv=uv
    )


def _nearest(points: Floats, garment: Part) -> Ints:
    rows = closest_rows(points, garment.vertices, garment.faces)
    return np.asarray(rows.argmax(1)).ravel()


def _on(garment: Part, points: Floats, height: Floats | float) -> Floats:
    """Return points laid onto a garment, ``height`` metres above it."""
    rows = closest_rows(points, garment.vertices, garment.faces)
    normal = rows @ vertex_normals(garment.vertices, garment.faces)
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-9)
    return rows @ garment.vertices + normal * np.broadcast_to(np.asarray(height, float), (len(points),))[:, None]


def _into(garment: Part, edge: Floats, *, closed: bool) -> tuple[Floats, Floats]:
    """Return (n, 3) unit directions from an edge into the cloth, and the cloth's normals there."""
    rows = closest_rows(edge, garment.vertices, garment.faces)
    normal = evened(rows @ vertex_normals(garment.vertices, garment.faces), 8, closed=closed)
    along = np.roll(edge, -1, 0) - np.roll(edge, 1, 0)
    if not closed:
        along[0], along[-1] = edge[1] - edge[0], edge[-1] - edge[-2]
    into = np.cross(normal, along)
    into /= np.linalg.norm(into, axis=1, keepdims=True)
    inside = closest_rows(edge + 0.02 * into, garment.vertices, garment.faces) @ garment.vertices
    outside = closest_rows(edge - 0.02 * into, garment.vertices, garment.faces) @ garment.vertices
    if (
        np.linalg.norm(inside - edge - 0.02 * into, axis=1).sum()
        > np.linalg.norm(outside - edge + 0.02 * into, axis=1).sum()
    ):
        into = -into
    return into, normal / np.linalg.norm(normal, axis=1, keepdims=True)


def belt(garment: Part, loop: Floats, sheet: Sheet, width: float = 0.034) -> Part:
    """Return a belt around the uppermost edge of trousers."""
    edge = evened(resampled(loop, 64, closed=True), 4, closed=True)
    into, normal = _into(garment, edge, closed=True)
    rows = [
        _on(garment, edge + (width + 0.0005) * into, -0.001),
        _on(garment, edge + width * into, 0.0026),
        _on(garment, edge + 0.5 * width * into, 0.0028),
        edge - 0.0035 * into + 0.0028 * normal,
        edge - 0.0035 * into - 0.001 * normal,
    ]
    return strip_part("belt", "belt", rows, garment, closed=True, sheet=sheet, corner=(0.02, 0.02))


def shirt_collar(wearer: Wearer, shirt: Part, loop: Floats, sheet: Sheet, *, low: bool = False) -> Part:
    """Return a collar with stand and fold along the neck's edge, open by a finger in front, pointed at its ends.

    A ``low`` one goes under a jacket.
    """
    neck, head = wearer.joint("neck"), wearer.joint("head")
    up = (head - neck) / np.linalg.norm(head - neck)
    centre = loop.mean(0)
    side = loop - centre
    angle = np.arctan2(side[:, 0], side[:, 2] - up[2] * (side @ up))
    order = np.argsort(angle)
    count = 49
    turn = np.linspace(0.07, 2 * np.pi - 0.07, count)
    wanted = np.mod(turn + np.pi, 2 * np.pi) - np.pi
    edge = np.stack([np.interp(wanted, angle[order], loop[order, k], period=2 * np.pi) for k in range(3)], 1)
    edge = evened(edge, 3, closed=False)
    radial = edge - centre
    radial -= np.outer(radial @ up, up)
    radial /= np.linalg.norm(radial, axis=1, keepdims=True)
    front = (np.abs(np.linspace(-1, 1, count)) ** 4)[:, None]
    point = (eased(np.abs(np.linspace(-1.0, 1.0, count)), 0.72, 1.0))[:, None]
    height, fall = 0.021 - 0.009 * front, 0.027 + 0.006 * front + 0.026 * point
    if low:
        height, fall = 0.030 - 0.010 * front, 0.025 + 0.010 * front + 0.024 * point
    outwards = np.where(np.arange(count) < count / 2, 1.0, -1.0)[:, None] * np.array([1.0, 0, 0])
    skin = np.nonzero(wearer.vertices[:, 1] > neck[1] - 0.06)[0]
    skin = np.intersect1d(skin, np.unique(wearer.quads))
    place, normals = wearer.vertices[skin], wearer.normals[skin]
    top = keep_clear(edge + height * up - 0.003 * radial, place, normals, 0.005)
    outer = vertex_normals(shirt.vertices, shirt.faces)
    away = -up + 0.16 * radial + point * (0.55 * outwards + np.array([0, 0, 0.2]))
    away /= np.linalg.norm(away, axis=1, keepdims=True)

    def leaf(share: float, lift: float) -> Floats:
        points = top + 0.0065 * radial + share * fall * away + lift * radial
        return keep_clear(points, shirt.vertices, outer, 0.0035 + lift)

    rows = [
        edge - 0.003 * up + 0.0012 * radial,
        keep_clear(edge + 0.45 * height * up, place, normals, 0.004),
        top,
        top + 0.0035 * up + 0.003 * radial,
        leaf(0.0, 0.001), leaf(0.35, 0.001), leaf(0.7, 0.001), leaf(1.0, 0.001), leaf(1.0, -0.0015), leaf(0.5, -0.0015),
    ]  # fmt: skip
    return strip_part(
        "collar", "shirt", rows, shirt, closed=False, sheet=sheet, corner=(0.03, sheet.height - MARGIN_TOP)
    )


MARGIN_TOP = 0.40


def lapels(jacket: Part, line: Floats, neck_height: float, sheet: Sheet) -> Part:
    """Return collar and lapels along an opening's edge, from the closing button around the neck and back to it.

    ``line`` is the open edge as (n, 3) points; the notch lies where it passes ``neck_height``.
    """
    count = 141
    edge = evened(resampled(line, count, closed=False), 4, closed=False)
    into, normal = _into(jacket, edge, closed=False)
    into = evened(into, 16, closed=False)
    into /= np.linalg.norm(into, axis=1, keepdims=True)
    place = np.linspace(-1.0, 1.0, count)
    # Behind the neck the edge comes down to the same height again.
    crossing = np.abs(place[int(np.argmax(edge[: count // 2, 1] > neck_height))])
    # From the button (1) the lapel widens to the notch at ``crossing``; behind it the collar goes round.
    way = np.clip((1 - np.abs(place)) / (1 - crossing), 0, 1.5)
    width = 0.086 * eased(way, -0.25, 0.95)
    width = np.where(way > 1.0, 0.052 - 0.006 * eased(way, 1.0, 1.5), width)
    notch = np.exp(-(((way - 1.0) / 0.035) ** 2))
    ends = np.asarray(1 - np.abs(place), np.float64)
    width = (width * (1 - 0.55 * notch) * eased(ends, 0.0, 0.05) + 0.002)[:, None]
    rise = (0.022 * eased(way, 0.95, 1.5) + 0.002)[:, None]
    tip = (0.30 * eased(way, 0.55, 0.98) * (way < 1.0))[:, None] * np.array([0, 1.0, 0])

    def on(share: float, height: float) -> Floats:
        return _on(jacket, edge + share * width * (into + tip), height)

    rows = [
        _on(jacket, edge + 0.004 * into, 0.0005),
        edge - rise * into + 0.004 * normal,
        edge - 0.6 * rise * into + 0.0075 * normal,
        on(0.3, 0.0065), on(0.65, 0.0052), on(1.0, 0.0032), on(1.0, 0.0004), on(0.6, 0.0004),
    ]  # fmt: skip
    return strip_part("lapels", "jacket", rows, jacket, closed=False, sheet=sheet, corner=(0.02, 0.82))
