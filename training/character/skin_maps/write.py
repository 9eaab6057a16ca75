"""Bakes every skin map and writes it as a small JPEG."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from ....inference.easing import eased
from ..makehuman import Floats, SourceData
from ..phenotype import Phenotype, PhenotypeModel
from .charts import BODY, HEAD, Chart, Singles, surface
from .face_places import Around, find_places
from .noise import layers, spot
from .pigment import Pigment, cheeks, forehead, nostrils, pigment
from .relief import coarse, lip_furrows, normal_map, pores, relief, wrinkles
from .tones import TONES, albedo

_METRES = 0.1
_ROUGHNESS_SIZE = 1024


def srgb(linear: Floats) -> Floats:
    """Return linear light 0..1 in sRGB's transfer curve (IEC 61966-2-1)."""
    return np.where(linear < 0.0031308, 12.92 * linear, 1.055 * np.maximum(linear, 1e-9) ** (1 / 2.4) - 0.055)


def save(image: Singles, path: Path, quality: int, size: int | None = None) -> None:
    """Write (s, s) or (s, s, 3) values 0..1, whose rows go up, as a JPEG whose rows go down."""
    levels = np.round(np.clip(image[::-1], 0, 1) * 255).astype(np.uint8)
    picture = Image.fromarray(levels)
    if size is not None and size != picture.width:
        picture = picture.resize((size, size), Image.Resampling.BOX)
    if levels.ndim == 2:
        picture.save(path, quality=quality, optimize=True)
    else:
        picture.save(path, quality=quality, optimize=True, subsampling=1)


def roughness(around: Around, found: Pigment, pore: Floats) -> Floats:
    """Return (n,) Principled roughness: oily nose, forehead and chin, dull jaw, moist lips, wet mouth, smooth nails."""
    points, places = around.points, around.places
    nose = np.clip(spot(points, places.nose, [0.016, 0.022, 0.03]) + nostrils(around), 0, 1)
    bridge = spot(points, [0, places.eye[1] + 0.004, places.nose[2] - 0.02], [0.010, 0.030, 0.03])
    brow = forehead(around) * (1 - eased(around.side, 0.020, 0.055))
    chin = spot(points, [0, places.mouth[1] - 0.033, places.mouth[2]], [0.018, 0.012, 0.03])
    oily = np.clip(
        nose + 0.7 * bridge + 0.5 * brow + 0.5 * chin + 0.15 * cheeks(around) + 0.5 * around.masks["eyelids"], 0, 1
    )
    patches = layers(points, 60, 63, 2) - 0.5 + 0.9 * (layers(points, 420, 61, 2) - 0.5)
    # What lies in a pore does not shine.
    skin = 0.53 - 0.18 * oily + 0.14 * patches + 0.22 * pore
    wet = np.clip(0.72 * found.lips + eased(found.inner_mouth, 0.3, 0.8) + 0.7 * found.nails, 0, 1)
    return skin - 0.24 * wet


def bake_skin(data: SourceData, folder: Path, log: Callable[[str], None] = print) -> None:
    """Write all skin maps: ``skin_TONE_CHART.jpg``, ``skin_normal_CHART[_older].jpg``, ``skin_roughness_CHART.jpg``.

    Parameters
    ----------
    data : SourceData
        The opened wheel.
    folder : Path
        Where the files go; made where it is missing.
    log : callable
        Given a line per chart.
    """
    folder.mkdir(parents=True, exist_ok=True)
    vertices = PhenotypeModel(data, {}).vertices(Phenotype(gender=0.3, proportions=0.7)) * _METRES
    places = find_places(data, vertices)
    for chart in (HEAD, BODY):
        around = Around(surface(data, vertices, chart), places)
        _bake_chart(around, chart, folder)
        log(f"{chart.name}: {len(around.points)} texels of {chart.size} x {chart.size}")


def _bake_chart(around: Around, chart: Chart, folder: Path) -> None:
    ground, found = around.surface, pigment(around)
    lines, (pore, _), furrows = wrinkles(around), pores(around), lip_furrows(around)
    for suffix, age in (("", 0.0), ("_older", 1.0)):
        if suffix and chart is BODY:
            continue
        height = relief(around, found, lines, age)
        save(normal_map(ground, height), folder / f"skin_normal_{chart.name}{suffix}.jpg", 72)
    rough = ground.image(roughness(around, found, pore * coarse(around)))
    save(rough, folder / f"skin_roughness_{chart.name}.jpg", 78, min(_ROUGHNESS_SIZE, chart.size // 2))
    for name, tone in TONES.items():
        colours = ground.image(srgb(albedo(tone, found, pore * coarse(around), furrows, lines)))
        save(colours, folder / f"skin_{name}_{chart.name}.jpg", 83)
