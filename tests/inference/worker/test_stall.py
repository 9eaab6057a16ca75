"""A job that does not move on is noticed, can be ended, and is ended where nobody sits who could do it."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from soliloquy.inference.orders.animate import AnimateJob
from soliloquy.inference.worker.client import WorkerClient
from soliloquy.inference.worker.job import JobHandle

Order = Callable[..., AnimateJob]


def until_stalled(client: WorkerClient, job: JobHandle) -> None:
    deadline = time.monotonic() + 30
    while not job.stalled:
        assert not job.finished
        assert time.monotonic() < deadline
        client.tick()
        time.sleep(0.01)


@pytest.mark.parametrize("what", ["slow", "deaf"])
def test_signs_of_life_are_no_progress(new_client: Callable[..., WorkerClient], order: Order, what: str) -> None:
    client = new_client(stall_seconds=0.4)
    job = client.submit(order(what))
    until_stalled(client, job)
    assert job.state == "running"
    assert job.still_for >= 0.4
    assert client.state == "busy"  # it lives: heartbeats come


def test_a_job_that_moves_on_is_not_stalled(new_client: Callable[..., WorkerClient], order: Order) -> None:
    client = new_client(stall_seconds=0.8)
    seen: list[bool] = []
    job = client.wait(client.submit(order("steady")), timeout=30, on_tick=lambda job: seen.append(job.stalled))
    assert job.state == "done"
    assert not any(seen)


def test_ending_a_stalled_job_fails_it_and_the_next_one_works(
    new_client: Callable[..., WorkerClient], order: Order, tmp_path: Path
) -> None:
    client = new_client(stall_seconds=0.3)
    job, waiting = client.submit(order("deaf", "a.npz")), client.submit(order("quick", "b.npz"))
    until_stalled(client, job)
    client.end(job)
    assert job.state == "failed"
    assert job.error
    assert job.error.kind == "worker"
    assert "no progress" in job.error.message
    assert "log" in job.error.hint
    assert client.wait(waiting, timeout=20).state == "done"
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["b.npz"]


def test_waiting_has_a_limit(client: WorkerClient, order: Order) -> None:
    behind = client.submit(order("deaf", "a.npz"))
    job = client.wait(client.submit(order("quick", "b.npz")), timeout=30, patience=0.5)
    assert behind.state == "failed"
    assert job.state == "done"


def test_never_is_a_patience_too(new_client: Callable[..., WorkerClient], order: Order) -> None:
    client = new_client(stall_seconds=None)
    job = client.wait(client.submit(order("slow")), timeout=2)
    assert not job.stalled
    client.cancel(job)
