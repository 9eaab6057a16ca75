"""Times TalkSHOW's two samplers at the published size, on one thread, and holds their tokens against each other.

    python -m soliloquy.training.benchmarks.pixel_sampler [--seconds 60] [--rows 15] [--threads 1]

Weights are random; with trained ones it takes as long. The published sampler makes a whole pass over the grid for each
of its tokens; all passes cost the same, so that some rows tell for all (``--rows``; 0 draws them all).
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


class Clocks:
    """Seconds since it was made: by the wall, and of processor time, which other programs disturb less."""

    def __init__(self) -> None:
        self._started = time.perf_counter(), time.process_time()

    def read(self) -> tuple[float, float]:
        """Return both."""
        return time.perf_counter() - self._started[0], time.process_time() - self._started[1]


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
    clocks = Clocks()
    published = sample_full_grid(network, audio, classes, Draw(0), only=drawn)
    slow = tuple(value * rows / drawn for value in clocks.read())
    clocks = Clocks()
    sampler = RowSampler(network, classes, Draw(0))
    prepared = clocks.read()
    halves, parts = [], []
    for part in audio.split((rows + 1) // 2, 2):
        begun = Clocks()
        parts.append(sampler.sample(part))
        halves.append(begun.read()[1] / part.shape[2] * 1e3)
    fast = clocks.read()
    cached = torch.cat(parts, 1)
    same = int((cached[:, :drawn] == published[:, :drawn]).sum())
    print(f"{arguments.seconds:g} s, {rows} rows of {COLUMNS} tokens; torch {torch.__version__}, "
          f"{arguments.threads} thread(s), {platform.processor() or platform.machine()}")  # fmt: skip
    how = "all measured" if drawn == rows else f"from {drawn * COLUMNS} of {rows * COLUMNS} tokens"
    print(f"published, a pass a token: {slow[0]:8.1f} s, {slow[1]:8.1f} s of processor ({how})")
    setup = f"{prepared[1]:.2f} s of it to lay out the weights"
    print(f"row by row:                {fast[0]:8.1f} s, {fast[1]:8.1f} s of processor (all measured; {setup})")
    print("a row takes " + " then ".join(f"{value:.1f} ms" for value in halves) + " in the first and the second half")
    print(f"{slow[0] / fast[0]:.0f} times faster, {slow[1] / fast[1]:.0f} times by processor time; {same} of "
          f"{drawn * COLUMNS} compared tokens are the same; {cached.unique().numel()} different codes")  # fmt: skip


if __name__ == "__main__":
    main()
