"""The worker as its owner meets it: jobs that end well, badly, never; workers that die or are not workers."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from work import WAITS, work_of

from soliloquy.inference.errors import SoliloquyError
from soliloquy.inference.orders.animate import AnimateJob
from soliloquy.inference.settings import AudioRange
from soliloquy.inference.worker import client as client_module
from soliloquy.inference.worker.client import WorkerClient
from soliloquy.inference.worker.job import JobHandle

Order = Callable[..., AnimateJob]
WAIT = 60.0
"""Seconds after which what did not happen never will; far less than the child's endless jobs last."""


def run_until(client: WorkerClient, condition: Callable[[], bool]) -> None:
    """Tick until the condition holds."""
    limit = time.monotonic() + WAIT
    while not condition():
        assert time.monotonic() < limit, "it never happened"
        client.tick()
        time.sleep(0.005)


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.is_file())


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def running(client: WorkerClient, job: JobHandle) -> None:
    run_until(client, lambda: job.state == "running" and (job.fraction > 0 or job.order.audio.path == "deaf"))


def test_job_ends_with_its_result_and_nothing_beside_it(client: WorkerClient, order: Order, tmp_path: Path) -> None:
    assert client.state == "stopped"
    job = client.wait(client.submit(order("quick")), timeout=WAIT)
    assert (job.state, job.error) == ("done", None)
    assert job.result["frames"] == 3
    assert Path(job.result["output"]).read_text() == "result"
    assert files_in(tmp_path) == ["performance.npz"]
    assert client.state == "ready"
    assert client.hello["torch"] == "none"


def test_jobs_wait_for_each_other_and_share_a_worker(client: WorkerClient, order: Order) -> None:
    jobs = [client.submit(order("quick", f"{index}.npz")) for index in range(3)]
    client.tick()
    assert [job.state for job in jobs] == ["starting", "queued", "queued"]
    client.wait(jobs[0], timeout=WAIT)
    pid = client.pid
    client.wait(jobs[2], timeout=WAIT)
    assert [job.state for job in jobs] == ["done"] * 3
    assert client.pid == pid


def test_progress_arrives_in_words_and_numbers(client: WorkerClient, order: Order) -> None:
    job = client.submit(order("slow"))
    run_until(client, lambda: job.eta is not None)
    assert job.stage == "Thinking"
    assert job.fraction == pytest.approx(0.3)
    assert job.eta is not None
    assert job.eta > 0


@pytest.mark.parametrize("what", ["slow", "careless"])
def test_cancel_is_honoured_by_the_worker_that_goes_on(
    client: WorkerClient, order: Order, tmp_path: Path, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "DRAIN_SECONDS", WAIT)  # on a busy machine it may need more than two seconds
    job = client.submit(order(what))
    running(client, job)
    pid = client.pid
    client.cancel(job)
    assert job.state == "cancelled"
    assert job.finished
    run_until(client, lambda: client.state == "ready")
    assert client.pid == pid
    assert client.wait(client.submit(order("quick")), timeout=WAIT).state == "done"
    assert files_in(tmp_path) == ["performance.npz"]


def test_cancelled_job_that_finishes_anyway_writes_nothing(
    client: WorkerClient, order: Order, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "DRAIN_SECONDS", WAIT)
    Path(order("late").output).write_text("the earlier performance")
    job = client.submit(order("late"))
    run_until(client, lambda: job.state == "running")
    client.cancel(job)
    run_until(client, lambda: client.state == "ready")
    assert job.state == "cancelled"
    assert files_in(tmp_path) == ["performance.npz"]
    assert Path(job.output).read_text() == "the earlier performance"


def test_worker_that_ignores_a_cancel_is_ended(client: WorkerClient, order: Order, tmp_path: Path) -> None:
    job = client.submit(order("deaf"))
    running(client, job)
    run_until(client, lambda: bool(files_in(tmp_path)))
    pid = client.pid
    assert pid
    client.cancel(job)
    waiting = client.submit(order("quick"))
    assert client.wait(waiting, timeout=WAIT).state == "done"
    assert client.pid != pid
    assert not is_alive(pid)
    assert files_in(tmp_path) == ["performance.npz"]


def test_cancelling_a_waiting_job_leaves_the_running_one(client: WorkerClient, order: Order) -> None:
    first, second = client.submit(order("slow", "a.npz")), client.submit(order("quick", "b.npz"))
    running(client, first)
    client.cancel(second)
    client.tick()
    assert (first.state, second.state) == ("running", "cancelled")


def test_killed_worker_is_noticed_and_the_next_job_works(client: WorkerClient, order: Order, tmp_path: Path) -> None:
    job = client.submit(order("deaf"))
    running(client, job)
    run_until(client, lambda: bool(files_in(tmp_path)))
    assert client.pid
    os.kill(client.pid, signal.SIGKILL)
    run_until(client, lambda: job.finished)
    assert job.state == "failed"
    assert job.error
    assert job.error.kind == "worker"
    assert "killed" in job.error.message
    assert files_in(tmp_path) == []
    assert client.wait(client.submit(order("quick")), timeout=WAIT).state == "done"


def test_worker_killed_while_idle_restarts_for_the_next_job(client: WorkerClient, order: Order) -> None:
    client.wait(client.submit(order("quick")), timeout=WAIT)
    assert client.pid
    os.kill(client.pid, signal.SIGKILL)
    time.sleep(0.1)
    assert client.wait(client.submit(order("quick")), timeout=WAIT).state == "done"


def test_three_crashes_hold_the_worker_back_until_forgiven(client: WorkerClient, order: Order) -> None:
    for _ in range(3):
        assert client.wait(client.submit(order("segfault")), timeout=WAIT).state == "failed"
    held = client.wait(client.submit(order("quick")), timeout=WAIT)
    assert held.state == "failed"
    assert held.error
    assert "crashed 3 times" in held.error.message
    assert "log" in held.error.hint
    assert client.pid is None
    client.forget_crashes()
    assert client.wait(client.submit(order("quick")), timeout=WAIT).state == "done"


def test_segfault_leaves_its_trace_in_the_log(client: WorkerClient, order: Order) -> None:
    job = client.wait(client.submit(order("segfault")), timeout=WAIT)
    assert job.error
    assert "SIGSEGV" in job.error.message
    assert any("Segmentation fault" in line for line in client.log_tail(40))


def test_prints_of_libraries_go_to_the_log(client: WorkerClient, order: Order) -> None:
    assert client.wait(client.submit(order("chatter")), timeout=WAIT).state == "done"
    log = "\n".join(client.log_tail())
    assert "a library prints to stdout" in log
    assert "and C code does too" in log
    assert "and so does a child process" in log


@pytest.mark.parametrize(
    ("what", "kind", "words"),
    [
        ("bad", "bad_audio", "The file holds no sound."),
        ("memory", "out_of_memory", "ran out of memory"),
        ("bug", "internal", "ZeroDivisionError"),
        ("full", "not_saved", "'performance.npz' cannot be saved in the folder"),
    ],
)
def test_errors_arrive_in_words_and_the_worker_goes_on(
    client: WorkerClient, order: Order, what: str, kind: str, words: str
) -> None:
    job = client.wait(client.submit(order(what)), timeout=WAIT)
    assert job.state == "failed"
    assert job.error
    assert job.error.kind == kind
    assert words in job.error.message
    assert job.error.hint
    pid = client.pid
    assert client.wait(client.submit(order("quick")), timeout=WAIT).state == "done"
    assert client.pid == pid


def test_notes_reach_the_person(client: WorkerClient, order: Order) -> None:
    assert client.wait(client.submit(order("note")), timeout=WAIT).notes == ["Continues on the CPU."]


def test_big_orders_pass_the_pipe(client: WorkerClient, order: Order) -> None:
    target = tuple((0.1 * index, 1.0, 2.0) for index in range(60_000))
    job = client.wait(client.submit(order("quick", gaze_target=target)), timeout=WAIT)
    assert job.state == "done"
    assert job.result["points"] == 60_000


def test_idle_worker_is_unloaded_and_comes_back(new_client: Callable[..., WorkerClient], order: Order) -> None:
    client = new_client(idle_seconds=0.3)
    client.wait(client.submit(order("quick")), timeout=WAIT)
    pid = client.pid
    assert pid
    run_until(client, lambda: client.state == "stopped")
    run_until(client, lambda: not is_alive(pid))
    assert client.wait(client.submit(order("quick")), timeout=WAIT).state == "done"


def test_silent_worker_is_called_unresponsive(
    client: WorkerClient, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("soliloquy.inference.worker.session.SILENCE_SECONDS", 1.6)
    job = client.submit(order("slow"))
    running(client, job)
    assert client.pid
    os.kill(client.pid, signal.SIGSTOP)
    run_until(client, lambda: client.state == "unresponsive")
    assert "does not respond" in job.stage
    os.kill(client.pid, signal.SIGCONT)
    run_until(client, lambda: client.state == "busy")
    client.cancel(job)


def test_stop_ends_a_computing_worker_and_its_job(client: WorkerClient, order: Order, tmp_path: Path) -> None:
    job = client.submit(order("deaf"))
    running(client, job)
    run_until(client, lambda: bool(files_in(tmp_path)))
    pid = client.pid
    assert pid
    client.stop()
    assert not is_alive(pid)
    assert job.state == "cancelled"
    assert files_in(tmp_path) == []


@pytest.mark.parametrize(
    ("mode", "words"),
    [
        ("old", "protocol 0"),
        ("babble", "not Soliloquy's worker"),
        ("refuse", "cannot import torch"),
        ("broken", "libcudart.so.13"),
    ],
)
def test_what_is_no_worker_is_refused_in_words(
    new_client: Callable[..., WorkerClient], order: Order, mode: str, words: str
) -> None:
    client = new_client(mode)
    job = client.wait(client.submit(order("quick")), timeout=WAIT)
    assert job.state == "failed"
    assert job.error
    assert words in str(job.error)
    assert job.error.hint
    run_until(client, lambda: client.state == "stopped")


def test_missing_python_is_said_at_the_first_job(tmp_path: Path, order: Order) -> None:
    client = WorkerClient(tmp_path / "no-python", tmp_path / "logs")
    job = client.wait(client.submit(order("quick")), timeout=WAIT)
    assert job.error
    assert job.error.kind == "missing_runtime"
    assert "no-python" in job.error.message


def test_output_in_a_missing_folder_is_refused_before_any_work(client: WorkerClient, tmp_path: Path) -> None:
    with pytest.raises(SoliloquyError, match="There is no folder"):
        client.submit(AnimateJob(AudioRange("quick"), output=str(tmp_path / "none" / "a.npz")))
    assert client.state == "stopped"


def test_idle_tick_does_little_and_never_waits(client: WorkerClient, order: Order) -> None:
    client.wait(client.submit(order("quick")), timeout=WAIT)
    work = work_of(client.tick)
    assert WAITS.isdisjoint(work)
    assert work.total() < 100


def test_client_needs_neither_threads_nor_torch() -> None:
    import subprocess

    code = (
        "import sys, soliloquy.inference.worker.client, soliloquy.inference.runtime.locate;"
        "bad = [n for n in ('torch', 'scipy', 'av', 'threading', 'multiprocessing', 'bpy') if n in sys.modules];"
        "print(bad)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    # subprocess itself imports the module threading; no thread is ever made by it here.
    assert set(eval(done.stdout)) <= {"threading"}
    assert not hasattr(client_module, "threading")
