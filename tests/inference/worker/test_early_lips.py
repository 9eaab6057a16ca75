"""Early lips come only to who asks for this version of them, and never hold a job up."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from soliloquy.inference import early_lips
from soliloquy.inference.early_lips import LipsSoFar
from soliloquy.inference.orders.animate import AnimateJob
from soliloquy.inference.worker.client import WorkerClient

Order = Callable[..., AnimateJob]
WAIT = 60.0


def test_who_asks_gets_them_while_the_job_runs(client: WorkerClient, order: Order) -> None:
    job = client.submit(order("lips"))
    job.early = LipsSoFar()
    client.wait(job, WAIT)
    job.raise_if_failed()
    assert Path(job.output).read_text() == "shown"
    assert job.early.seconds == 1.0
    assert job.early.made_seconds == pytest.approx(1.0)
    mouth = job.early.at(0.5)
    assert mouth is not None
    assert mouth["aperture"] == pytest.approx(0.2, abs=0.002)


def test_who_does_not_ask_gets_none(client: WorkerClient, order: Order) -> None:
    job = client.submit(order("lips"))
    client.wait(job, WAIT)
    job.raise_if_failed()
    assert Path(job.output).read_text() == "nobody looked"


def test_an_owner_of_another_version_gets_none_and_the_job_goes_on(
    client: WorkerClient, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(early_lips, "VERSION", early_lips.VERSION + 1)
    job = client.submit(order("lips"))
    job.early = LipsSoFar()
    client.wait(job, WAIT)
    job.raise_if_failed()
    assert Path(job.output).read_text() == "nobody looked"
    assert job.early.seconds == 0.0


def test_a_job_is_not_held_up_where_nobody_reads(client: WorkerClient, order: Order, tmp_path: Path) -> None:
    job = client.submit(order("flood"))
    job.early = LipsSoFar()
    limit = time.monotonic() + WAIT
    while job.state != "running":
        assert time.monotonic() < limit
        client.tick()
        time.sleep(0.01)
    # The interface is busy with something else: it does not tick until the job has written its result.
    while not (tmp_path / "seconds.txt").is_file():
        assert time.monotonic() < limit, "the job waits for somebody to read"
        time.sleep(0.05)
    client.wait(job, WAIT)
    job.raise_if_failed()
    assert job.early.made_seconds == pytest.approx(1.0)
