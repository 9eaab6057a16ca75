"""Ten shape components of adult bodies in the T-pose, with joints that follow, and sliders regressed onto them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .makehuman import Floats
from .phenotype import Phenotype, PhenotypeModel, random_adult

COMPONENTS = 10
SAMPLES = 160
SLIDERS: tuple[tuple[str, int, float], ...] = (
    ("masculine", 0, 0.5),
    ("age", 1, 0.4),
    ("muscle", 2, 0.4),
    ("weight", 3, 0.4),
    ("height", 4, 0.2),
)
"""Name, phenotype axis, and how far along that axis the slider's value 1 reaches."""


@dataclass(frozen=True)
class ShapeSpace:
    """Components in units of one standard deviation of the sampled adults."""

    vertices: Floats
    """(10, V, 3)."""
    joints: Floats
    """(10, 55, 3)."""
    sliders: Floats
    """(sliders, 10): betas of a slider at 1."""
    explained: float
    """Share of the samples' variance that the components hold."""


def build_shape_space(
    model: PhenotypeModel,
    measure: Callable[[Floats], tuple[Floats, Floats]],
    template: tuple[Floats, Floats],
    *,
    seed: int = 20,
) -> ShapeSpace:
    """Sample adults and find the components.

    Parameters
    ----------
    model : PhenotypeModel
        Gives A-pose vertices in decimetres.
    measure : callable
        Turns those into (V, 3) T-pose vertices on the ground and (55, 3) joints, metres.
    template : pair of arrays
        Vertices and joints where all components are zero.
    seed : int
        Of the sample.
    """
    random = np.random.default_rng(seed)
    people: list[Phenotype] = [random_adult(random) for _ in range(SAMPLES)]
    shapes, skeletons = [], []
    for person in people:
        vertices, joints = measure(model.vertices(person))
        shapes.append((vertices - template[0]).astype(np.float32).ravel())
        skeletons.append((joints - template[1]).ravel())
    samples, skeleton = np.array(shapes), np.array(skeletons)
    gram = samples.astype(np.float64) @ samples.T.astype(np.float64)
    energy, modes = np.linalg.eigh(gram)
    energy, modes = energy[::-1][:COMPONENTS], modes[:, ::-1][:, :COMPONENTS]
    spread = np.sqrt(energy)
    # samples = modes * spread @ directions; one unit is one standard deviation of the samples.
    directions = (modes.T @ samples) / np.sqrt(SAMPLES)
    joint_directions = (modes.T @ skeleton) / np.sqrt(SAMPLES)
    betas = modes * np.sqrt(SAMPLES)
    axes = np.array([person.axes() for person in people])
    design = np.column_stack([axes, np.ones(len(axes))])
    slopes = np.linalg.lstsq(design, betas, rcond=None)[0][:-1]
    sliders = np.array([slopes[axis] * reach for _, axis, reach in SLIDERS])
    return ShapeSpace(
        directions.reshape(COMPONENTS, -1, 3),
        joint_directions.reshape(COMPONENTS, -1, 3),
        sliders,
        float((spread**2).sum() / np.trace(gram)),
    )
