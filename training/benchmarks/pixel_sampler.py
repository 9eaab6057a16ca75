"""Times TalkSHOW's two samplers at the published size, on one thread, and holds their tokens against each other.

    python -m soliloquy.training.benchmarks.pixel_sampler [--seconds 60] [--rows N] [--threads 1]

Weights are random: what is drawn takes as long. The published sampler makes a whole pass over the grid for each of its
tokens; all passes cost the same, so that some rows tell for all (``--rows``; 0 draws them all).
"""

from __future__ import annotations

import argparse
import platform
import time

import torch

from ...models.talkshow.body.pixelcnn import COLUMNS, GatedPixelCNN, PixelCNNConfig
from ...models.talkshow.body.sampler import Draw, RowSampler, sample_full_grid

ROWS_PER_SECOND = 7.5


def random_network(seed: int = 0) -> GatedPixelCNN:
    """Return a network of the published size whose tokens depend on one another."""
    torch.manual_seed(seed)
    network = GatedPixelCNN(PixelCNNConfig()).eval().requires_grad_(False)
    for parameter in network.parameters():
        if parameter.dim() == 1:
            torch.nn.init.normal_(parameter, std=0.1)
    return network


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--rows", type=int, default=15)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    network = random_network()
    rows = round(arguments.seconds * ROWS_PER_SECOND)
    audio, classes = torch.randn(1, network.config.audio_width, rows), torch.tensor([1])
    drawn = min(arguments.rows or rows, rows)
    with torch.no_grad():
        network(torch.zeros(1, rows, COLUMNS, dtype=torch.int64), classes, audio)  # the first pass allocates
    started = time.perf_counter()
    published = sample_full_grid(network, audio, classes, Draw(0), only=drawn)
    slow = (time.perf_counter() - started) * rows / drawn
    started = time.perf_counter()
    sampler = RowSampler(network, classes, Draw(0))
    prepared = time.perf_counter() - started
    halves, parts = [], []
    for part in audio.split((rows + 1) // 2, 2):
        begun = time.perf_counter()
        parts.append(sampler.sample(part))
        halves.append((time.perf_counter() - begun) / part.shape[2] * 1e3)
    fast = time.perf_counter() - started
    cached = torch.cat(parts, 1)
    same = int((cached[:, :drawn] == published[:, :drawn]).sum())
    print(f"{arguments.seconds:g} s, {rows} rows of {COLUMNS} tokens; torch {torch.__version__}, "
          f"{arguments.threads} thread(s), {platform.processor() or platform.machine()}")  # fmt: skip
    how = "measured whole" if drawn == rows else f"from {drawn * COLUMNS} of {rows * COLUMNS} tokens"
    print(f"published, a pass a token: {slow:8.1f} s ({how})")
    print(f"row by row:                {fast:8.1f} s (measured whole, {prepared:.2f} s of it to lay out the weights)")
    print("a row takes " + " then ".join(f"{value:.1f} ms" for value in halves) + " in the first and the second half")
    print(f"{slow / fast:.0f} times faster; {same} of {drawn * COLUMNS} compared tokens are the same, "
          f"{cached.unique().numel()} different codes drawn")  # fmt: skip


if __name__ == "__main__":
    main()
