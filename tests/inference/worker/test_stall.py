"""A job that does not move on is noticed, can be ended, and is ended where nobody sits who could do it."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from soliloquy.inference.orders.animate import AnimateJob
from soliloquy.inference.worker import client as client_module
from soliloquy.inference.worker.client import WorkerClient
from soliloquy.inference.worker.job import JobHandle

Order = Callable[..., AnimateJob]
WAIT = 60.0
"""Seconds after which what did not happen never will; far less than the child's endless jobs last."""


def until_stalled(client: WorkerClient, job: JobHandle) -> None:
    deadline = time.monotonic() + WAIT
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


def test_a_job_that_moves_on_is_not_stalled(
    new_client: Callable[..., WorkerClient], order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a clock that the job itself moves on: half a second with each of twenty steps, however busy the machine."""
    client = new_client(stall_seconds=0.8)
    job = client.submit(order("steady"))
    clock = SimpleNamespace(monotonic=lambda: 10.0 * job.fraction, sleep=time.sleep)
    monkeypatch.setattr(client_module, "time", clock)
    seen: list[bool] = []
    limit = time.monotonic() + WAIT
    while not job.finished and time.monotonic() < limit:
        client.tick()
        seen.append(job.stalled)
        time.sleep(0.01)
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
    assert client.wait(waiting, timeout=WAIT).state == "done"
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["b.npz"]


def test_waiting_has_a_limit(client: WorkerClient, order: Order) -> None:
    behind = client.submit(order("deaf", "a.npz"))
    job = client.wait(client.submit(order("quick", "b.npz")), timeout=WAIT, patience=2.0)
    assert behind.state == "failed"
    assert job.state == "done"


def test_never_is_a_patience_too(new_client: Callable[..., WorkerClient], order: Order) -> None:
    client = new_client(stall_seconds=None)
    job = client.wait(client.submit(order("slow")), timeout=2)
    assert not job.stalled
    client.cancel(job)
