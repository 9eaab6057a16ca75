"""Hundreds of orders through one worker: ``python -m soliloquy.training.benchmarks.soak``.

Short clips of every kind of order, some cancelled, some that must fail. Afterwards the memory of the worker and of its
owner, their open descriptors, their threads and the files beside the results are as they were. Linux.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import statistics
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from ...inference.orders.animate import AnimateJob
from ...inference.orders.hear import HearJob
from ...inference.orders.order import Order
from ...inference.orders.regenerate import RegenerateJob
from ...inference.settings import AnimateSettings, AudioRange
from ...inference.worker.client import WorkerClient
from ...inference.worker.job import JobHandle
from .job import resident_bytes

DEMO = Path(__file__).resolve().parents[2] / "assets" / "demo_speech.flac"
EMOTIONS = ("neutral", "happy", "sad", "angry")
STRETCHES = ((0.0, 1.5), (1.0, 3.0), (2.0, 4.5), (3.0, 5.0))
"""Seconds of the demo recording."""
MOST_GROWTH = 0.02
"""Share by which memory may be larger in the last third than in the one before it."""


@dataclass(frozen=True)
class Sample:
    """What two processes hold after an order."""

    worker_bytes: int
    owner_bytes: int
    worker_files: int
    owner_files: int
    worker_threads: int
    files: int


def measure(client: WorkerClient, folder: Path) -> Sample:
    """Return what the worker and this process hold now, and how many files lie in ``folder``."""
    assert client.pid
    worker, owner = client.pid, os.getpid()
    return Sample(
        resident_bytes(worker),
        resident_bytes(owner),
        len(os.listdir(f"/proc/{worker}/fd")),
        len(os.listdir(f"/proc/{owner}/fd")),
        len(os.listdir(f"/proc/{worker}/task")),
        len(list(folder.iterdir())),
    )


def order_of(number: int, folder: Path, kept: Path) -> Order:
    """Return the order of this number; results take turns in four names, so that their files do not add up."""
    start, stop = STRETCHES[number % len(STRETCHES)]
    settings = AnimateSettings(seed=number, emotion=EMOTIONS[number % len(EMOTIONS)])
    output = folder / f"result-{number % 4}.npz"
    audio = AudioRange(str(DEMO), start, stop)
    if number % 10 == 3:
        return HearJob(audio, settings, str(folder / "heard.json"))
    if number % 10 == 6:
        part = AudioRange(str(DEMO), *STRETCHES[2])
        return RegenerateJob(part, settings, str(output), keep=str(kept), ranges=((0.5, 1.5),))
    if number % 10 == 8:
        return AnimateJob(AudioRange(str(folder / "no_sound.wav")), settings, str(output))
    return AnimateJob(audio, settings, str(output))


def run(client: WorkerClient, order: Order, number: int) -> JobHandle:
    """Carry an order out; every tenth is cancelled on its way."""
    job = client.submit(order)
    if number % 10 == 9:
        client.wait(job, 60.0, lambda job: client.cancel(job) if job.fraction > 0.2 else None)
        while client.busy:
            client.tick()
            time.sleep(0.005)
    return client.wait(job, 120.0)


def grown(samples: list[Sample], name: str) -> tuple[float, float]:
    """Return the median of a field over the second and the last third."""
    third = len(samples) // 3
    values = [getattr(sample, name) for sample in samples]
    return statistics.median(values[third : 2 * third]), statistics.median(values[2 * third :])


def main() -> int:
    """Run the orders and print what grew; returns 1 when something did."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=300, metavar="N")
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="soliloquy-soak-"))
    client = WorkerClient(sys.executable, folder.with_name(f"{folder.name}-logs"))
    ends: Counter[str] = Counter()
    samples: list[Sample] = []
    begun = time.monotonic()
    try:
        (folder / "no_sound.wav").write_bytes(b"RIFF")
        kept = folder / "kept.npz"
        first = AnimateJob(AudioRange(str(DEMO), *STRETCHES[2]), AnimateSettings(), str(kept))
        client.wait(client.submit(first), 300.0).raise_if_failed()
        for number in range(arguments.jobs):
            order = order_of(number, folder, kept)
            job = run(client, order, number)
            ends[f"{order.kind} {job.state}"] += 1
            samples.append(measure(client, folder))
            if number % 50 == 49:
                print(f"{number + 1} orders, {samples[-1].worker_bytes / 1e6:.0f} MB in the worker", flush=True)
    finally:
        client.stop()
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(client.log_folder, ignore_errors=True)
    print(
        f"{arguments.jobs} orders in {time.monotonic() - begun:.0f} s on {platform.processor() or platform.machine()}:"
    )
    print(", ".join(f"{count} {end}" for end, count in sorted(ends.items())))
    status = 0
    for name in Sample.__dataclass_fields__:
        before, after = grown(samples, name)
        allowed = before * (1 + MOST_GROWTH) if name.endswith("bytes") else before
        scale = 1e6 if name.endswith("bytes") else 1
        print(f"{name}: {before / scale:.1f} in the second third, {after / scale:.1f} in the last")
        status |= after > allowed
    return int(status)


if __name__ == "__main__":
    sys.exit(main())
