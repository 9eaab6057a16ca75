"""The extension registered from the checkout, a worker's client that answers at once, and a real worker."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

pytest.importorskip("bpy")

from kept_worker import SESSION, kept_workers
from small_character import add_small_character

import soliloquy
from soliloquy.inference.arkit import ARKIT_INDEX
from soliloquy.inference.errors import WorkerFault
from soliloquy.inference.orders.regenerate import RegenerateJob
from soliloquy.inference.performance import Performance
from soliloquy.inference.regenerate_job import frame_ranges
from soliloquy.inference.worker.job import JobHandle


@pytest.fixture(scope="module", autouse=True)
def _registered() -> Iterator[None]:
    soliloquy.register()
    yield
    # Without this Blender before 5.0 hangs when Python ends.
    soliloquy.unregister()


@pytest.fixture(autouse=True)
def _quiet_session() -> Iterator[None]:
    from soliloquy.operators import jobs, session, waiting

    yield
    jobs.unregister()
    waiting.forget()
    session.stop()


def performance(frames: int = 30, fps: float = 30.0, **meta: Any) -> Performance:
    """Return a performance whose mouth opens and shuts and whose head turns."""
    phase = np.linspace(0.0, 2.0 * np.pi, frames, dtype=np.float32)
    arkit = np.zeros((frames, 52), np.float32)
    arkit[:, ARKIT_INDEX["jawOpen"]] = 0.5 - 0.5 * np.cos(phase)
    arkit[:, ARKIT_INDEX["eyeBlinkLeft"]] = np.clip(np.sin(phase), 0.0, 1.0)
    made = Performance(
        fps=fps,
        poses=np.zeros((frames, 165), np.float32),
        trans=np.zeros((frames, 3), np.float32),
        arkit=arkit,
        lip_aperture=arkit[:, ARKIT_INDEX["jawOpen"]],
        meta=meta,
    )
    made.joint("head")[:, 1] = 0.2 * np.sin(phase)
    for number, name in enumerate(("left_elbow", "right_elbow", "left_index1", "spine3", "left_eye_smplhf")):
        made.joint(name)[:, 1] = 0.15 * np.sin((2 + number) * phase + number)
    return made


def with_new_part(order: RegenerateJob) -> Performance:
    """Return the kept performance with the chosen joints turned within the range, gently at its ends."""
    kept = Performance.load(order.keep)
    (first, last), *_ = frame_ranges(order.ranges, kept.frames, kept.fps)
    bump = np.sin(np.linspace(0.0, np.pi, last - first + 3, dtype=np.float32)[1:-1]) ** 2
    for name in order.joints:
        kept.joint(name)[first : last + 1, 2] += 0.1 * (1 + order.settings.seed) * bump
    if "spine3" in order.joints:
        kept.joint("left_eye_smplhf")[first : last + 1, 1] -= 0.1 * bump
    record = {
        "ranges": [[first / kept.fps, last / kept.fps]], "joints": list(order.joints), "seed": order.settings.seed,
        "body": order.settings.body, "gestures": order.settings.gestures.to_json(),
    }  # fmt: skip
    kept.meta["regenerated"] = [*kept.meta.get("regenerated", []), record]
    return kept


class AnsweringClient:
    """Stands where the worker's client stands: it finishes, fails or holds every job as the test says."""

    def __init__(self) -> None:
        self.orders: list[Any] = []
        self.seconds = 1.0
        self.forgiven = 0
        self.handles: list[JobHandle] = []
        self.outcome: Any = "done"
        self.state = "ready"
        self.hello: dict[str, Any] = {}
        self.warnings: list[str] = []

    def submit(self, job: Any) -> JobHandle:
        """Take an order."""
        self.orders.append(job)
        self.handles.append(JobHandle(len(self.orders), job, job.output, "running", "Lips", 0.4, 3.0))
        return self.handles[-1]

    @property
    def busy(self) -> bool:
        """Whether a job runs."""
        return any(not handle.finished for handle in self.handles)

    def tick(self) -> None:
        """Finish what runs, unless the test holds it."""
        for order, handle in zip(self.orders, self.handles, strict=True):
            if handle.state != "running" or self.outcome == "hold":
                continue
            if isinstance(self.outcome, Exception):
                handle.state, handle.error = "failed", self.outcome
                continue
            if isinstance(order, RegenerateJob):
                with_new_part(order).save(order.output)
            else:
                settings = order.settings
                meta = {"seed": settings.seed, "settings": settings.to_json()}
                meta["audio"] = {"name": Path(order.audio.path).name, "path": order.audio.path}
                meta["warnings"] = self.warnings
                handle.notes += self.warnings
                meta["range"] = [order.audio.start, order.audio.stop or self.seconds]
                performance(round(self.seconds * settings.fps), settings.fps, **meta).save(order.output)
            handle.state = "done"

    def cancel(self, handle: JobHandle) -> None:
        """Cancel at once."""
        handle.state = "cancelled"

    def end(self, handle: JobHandle) -> None:
        """End what is stuck."""
        handle.fail(WorkerFault("It made no progress, so it was ended.", "Try again."))

    def end_stalled(self) -> None:
        """Nothing is stuck for so long."""

    def forget_crashes(self) -> None:
        """Count how often a person asked anew."""
        self.forgiven += 1

    def stop(self) -> None:
        """Nothing runs."""


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> AnsweringClient:
    """A session whose worker answers at once and whose files go to the test's folder."""
    from soliloquy.operators import session

    answering = AnsweringClient()

    def folder(*parts: str) -> Any:
        made = tmp_path.joinpath(*parts)
        made.mkdir(parents=True, exist_ok=True)
        return made

    ready = SimpleNamespace(ok=True, python=tmp_path / "python", message="Ready.", mend="")
    monkeypatch.setattr(session, "runtime_status", lambda refresh=False: ready)
    monkeypatch.setattr(session, "get_client", lambda: session.add_ticker(_ticker(answering)) or answering)
    monkeypatch.setattr(session, "current_client", lambda: answering)
    monkeypatch.setattr(session, "data_folder", folder)
    return answering


def _ticker(answering: AnsweringClient) -> Any:
    def tick() -> float:
        answering.tick()
        return 0.05

    return tick


@pytest.fixture
def small_speaker(blank_scene: Any) -> Any:
    """A scene whose chosen character is a small one: takes are the same on it, and made in a third of the time."""
    import bpy

    rig = add_small_character(bpy)
    assert rig.armature is not None
    rig.armature.select_set(True)
    blank_scene.soliloquy.character = rig.armature
    return blank_scene


@pytest.fixture(scope="module")
def kept_worker() -> Iterator[None]:
    """One worker for all tests of a module."""
    with kept_workers(SESSION):
        yield


@pytest.fixture
def real_worker(kept_worker: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """The Python of the worker, chosen as a user's environment would choose it; files go to the test's folder."""
    from soliloquy.operators import session

    python = os.environ.get("SOLILOQUY_WORKER_PYTHON", "")
    if not python:
        if importlib.util.find_spec("torch") is None:
            pytest.skip("name a Python with torch in SOLILOQUY_WORKER_PYTHON")
        python = sys.executable
    monkeypatch.setenv("SOLILOQUY_WORKER_PYTHON", python)
    monkeypatch.setenv("SOLILOQUY_RUNTIME", str(tmp_path / "runtime"))

    def folder(*parts: str) -> Path:
        made = tmp_path.joinpath(*parts)
        made.mkdir(parents=True, exist_ok=True)
        return made

    monkeypatch.setattr(session, "data_folder", folder)
    session.runtime_status(refresh=True)
    return python
