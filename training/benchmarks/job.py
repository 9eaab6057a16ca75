"""Times the whole job as a user meets it: ``python -m soliloquy.training.benchmarks.job``.

Worker start, 60 s of speech through the warm worker, the bake onto the default character (in a process of its own,
since Blender lives there), cancelling, a killed worker, the cost of a tick, and an hour-long recording: memory, seams.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import soundfile

from ...inference.face.default.engine import WINDOW_FRAMES
from ...inference.orders.animate import AnimateJob
from ...inference.performance import Performance
from ...inference.settings import AnimateSettings, AudioRange
from ...inference.worker.client import WorkerClient
from ...inference.worker.job import JobHandle

_ROOT = Path(__file__).resolve().parents[2]
_RATE = 16000


def long_speech(target: Path, seconds: float, folder: Path) -> Path:
    """Write ``seconds`` of real speech as 16 kHz FLAC: the corpus clips in ``folder`` one after the other, repeated.

    Falls back on the bundled demo recording when the corpus is not there.
    """
    sources = sorted((folder / "ljspeech" / "audio").glob("*.flac")) or [_ROOT / "assets" / "demo_speech.flac"]
    wanted, written, index = round(seconds * _RATE), 0, 0
    with soundfile.SoundFile(str(target), "w", _RATE, 1, format="FLAC") as out:
        while written < wanted:
            samples, rate = soundfile.read(str(sources[index % len(sources)]), dtype="float32", always_2d=True)
            if rate != _RATE:
                raise SystemExit(f"{sources[index % len(sources)]} is not 16 kHz.")
            piece = samples[: wanted - written, 0]
            out.write(piece)
            written += len(piece)
            index += 1
    return target


def resident_bytes(pid: int) -> int:
    """Return the memory a process occupies now, in bytes (Linux)."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError(f"Process {pid} is gone.")


def run_job(client: WorkerClient, audio: Path, output: Path, fps: float = 30.0) -> tuple[JobHandle, float, int]:
    """Run one job to its end; returns (job, seconds, the worker's highest memory in bytes)."""
    begun = time.perf_counter()
    job = client.submit(AnimateJob(AudioRange(str(audio)), AnimateSettings(fps=fps), str(output)))
    highest = 0

    def watch(_: JobHandle) -> None:
        nonlocal highest
        if client.pid:
            highest = max(highest, resident_bytes(client.pid))

    client.wait(job, 3000, watch)
    job.raise_if_failed()
    return job, time.perf_counter() - begun, highest


def cancel_latency(client: WorkerClient, audio: Path, output: Path) -> float:
    """Return the seconds from Cancel to a worker that is ready for the next job."""
    job = client.submit(AnimateJob(AudioRange(str(audio)), AnimateSettings(), str(output)))
    while job.fraction < 0.1 and not job.finished:
        client.tick()
        time.sleep(0.005)
    begun = time.perf_counter()
    client.cancel(job)
    while client.busy:
        client.tick()
        time.sleep(0.001)
    return time.perf_counter() - begun


def kill_notice(client: WorkerClient, audio: Path, output: Path) -> float:
    """Kill the worker in the middle of a job; returns the seconds until the job is reported as failed."""
    job = client.submit(AnimateJob(AudioRange(str(audio)), AnimateSettings(), str(output)))
    while job.fraction < 0.1 and not job.finished:
        client.tick()
        time.sleep(0.005)
    assert client.pid
    begun = time.perf_counter()
    os.kill(client.pid, signal.SIGKILL)
    while not job.finished:
        client.tick()
        time.sleep(0.05)
    assert job.state == "failed"
    return time.perf_counter() - begun


def seam_ratio(performance: Performance, seconds: float) -> float:
    """Return mean jerk of the lip aperture within 0.2 s of window borders, divided by the mean jerk elsewhere.

    A window border lies at every multiple of ``seconds``.
    """
    jerk = np.abs(np.diff(performance.lip_aperture.astype(np.float64), 3))
    times = (np.arange(len(jerk)) + 1.5) / performance.fps
    distance = np.abs(times - seconds * np.round(times / seconds))
    near = (distance < 0.2) & (times > seconds / 2)
    return float(jerk[near].mean() / jerk[~near].mean())


def bake_seconds(performance: Path) -> float:
    """Return the seconds to bake a performance onto the default character, both in a fresh Blender process."""
    code = (
        "import sys, time, bpy\n"
        "from soliloquy.inference.performance import Performance\n"
        "from soliloquy.rigs.character.default_character import add_character\n"
        "from soliloquy.rigs.takes.bake import bake\n"
        "bpy.context.scene.render.fps = 30\n"
        "rig = add_character(bpy.context)\n"
        "begun = time.perf_counter()\n"
        "bake(Performance.load(sys.argv[1]), rig)\n"
        "print('SECONDS', time.perf_counter() - begun)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(performance)], capture_output=True, text=True, timeout=300, check=True
    )
    return float(next(line for line in done.stdout.splitlines() if line.startswith("SECONDS")).split()[1])


def main() -> int:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=_ROOT.parent / "shared" / "data", help="folder of the corpora")
    parser.add_argument("--hours", type=float, default=1.0, help="length of the long recording")
    options = parser.parse_args()
    figures: dict[str, object] = {"machine": f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores"}
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        minute = long_speech(place / "minute.flac", 60, options.data)
        client = WorkerClient(sys.executable, place)
        try:
            begun = time.perf_counter()
            client.warm_up()
            while not client.hello:
                client.tick()
                time.sleep(0.01)
            figures["worker_start_s"] = round(time.perf_counter() - begun, 2)
            ticks = []
            for _ in range(2000):
                begun = time.perf_counter()
                client.tick()
                ticks.append(time.perf_counter() - begun)
            figures["idle_tick_ms"] = round(1e3 * statistics.median(ticks), 4)
            run_job(client, _ROOT / "assets" / "demo_speech.flac", place / "warm.npz")
            runs = [run_job(client, minute, place / "minute.npz")[1] for _ in range(3)]
            figures["animate_60s_s"] = round(min(runs), 2)
            bake = min(bake_seconds(place / "minute.npz") for _ in range(2))
            figures["bake_60s_s"] = round(bake, 2)
            figures["whole_job_60s_s"] = round(min(runs) + bake, 2)
            figures["cancel_s"] = round(max(cancel_latency(client, minute, place / "c.npz") for _ in range(3)), 3)
            figures["kill_noticed_s"] = round(kill_notice(client, minute, place / "k.npz"), 3)
            _, again, _ = run_job(client, minute, place / "again.npz")
            figures["job_after_kill_with_restart_s"] = round(again, 2)
            if options.hours > 0:
                hour = long_speech(place / "hour.flac", 3600 * options.hours, options.data)
                assert client.pid
                before = resident_bytes(client.pid)
                _, seconds, highest = run_job(client, hour, place / "hour.npz")
                figures["long_h"] = options.hours
                figures["long_s"] = round(seconds, 1)
                figures["long_memory_growth_gb"] = round((highest - before) / 1e9, 2)
                ratio = seam_ratio(Performance.load(place / "hour.npz"), WINDOW_FRAMES * 0.02)
                figures["long_seam_jerk_ratio"] = round(ratio, 3)
        finally:
            client.stop()
    print(json.dumps(figures, indent=2))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
