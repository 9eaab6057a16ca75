"""Draw the plane of valence and arousal with what each place shows: ``docs/img/affect.png``.

python -m soliloquy.training.emotion.plot
"""

from __future__ import annotations

from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import to_rgb

from ...inference.emotion.affect import COORDINATES, mixture
from ...inference.settings import EMOTIONS

OUTPUT = Path(__file__).resolve().parents[2] / "docs" / "img" / "affect.png"
COLOURS = {
    "neutral": "#f4f4f4",
    "happy": "#f2b705",
    "sad": "#2f6db5",
    "surprised": "#f2762e",
    "fear": "#7b4ea3",
    "disgusted": "#4f8f3a",
    "angry": "#c8281e",
    "contempt": "#8a5a3c",
}


def main() -> None:
    """Write the picture."""
    side = np.linspace(-1, 1, 400)
    valence, arousal = np.meshgrid(side, side)
    weights = mixture(valence, arousal)
    colours = weights @ np.array([to_rgb(COLOURS[name]) for name in EMOTIONS])
    figure, axes = plt.subplots(figsize=(6.4, 6.0), dpi=110)
    axes.imshow(colours, origin="lower", extent=(-1, 1, -1, 1), interpolation="bilinear")
    felt = 1 - weights[..., EMOTIONS.index("neutral")]
    lines = axes.contour(valence, arousal, felt, levels=[0.25, 0.5, 0.75], colors="black", linewidths=0.6, alpha=0.5)
    axes.clabel(lines, fmt="%g", fontsize=7)
    for name, (x, y) in COORDINATES.items():
        axes.plot(x, y, "o", color="white", markeredgecolor="black", markersize=7)
        left = name in ("disgusted", "contempt", "angry")
        offset = (-9, -4) if left else (9, -4)
        if name == "happy":
            offset, left = (-4, 10), True
        axes.annotate(name, (x, y), offset, textcoords="offset points", ha="right" if left else "left", fontsize=10)
    axes.axhline(0, color="black", linewidth=0.5, alpha=0.4)
    axes.axvline(0, color="black", linewidth=0.5, alpha=0.4)
    axes.set_xlabel("valence: unpleasant to pleasant")
    axes.set_ylabel("arousal: asleep to agitated")
    axes.set_title("What each place shows (lines: how much is felt)", fontsize=10)
    figure.tight_layout()
    figure.savefig(OUTPUT)


if __name__ == "__main__":
    main()
