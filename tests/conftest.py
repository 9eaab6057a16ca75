"""Fixtures that every test may use."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

# Before numpy or torch is there, for every process that a test starts as well. Threads that wait for each other spin:
# with as many lines of tests as cores they took four times the processor time of the same tests on one thread.
os.environ.setdefault("OMP_NUM_THREADS", "1")

_status = 0


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Remember how the run ended."""
    global _status
    _status = int(exitstatus)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave at once on Blender before 5.0: its module can hang or crash at interpreter exit, whoever uses it.

    That the extension lets Blender itself end well is tested in a process of its own (``tests/panels``).
    """
    bpy = sys.modules.get("bpy")
    if bpy is not None and bpy.app.version < (5, 0):
        factory = getattr(config, "_tmp_path_factory", None)
        if factory is not None:  # or pytest would keep the folder for days
            (factory.getbasetemp() / ".lock").unlink(missing_ok=True)
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(_status)


ROOT = Path(__file__).resolve().parents[1]
SLOW = (
    "inference/body/masked", "inference/body/probtalk", "inference/body/sampled", "inference/body/talkshow",
    "inference/body_models", "inference/face/emote", "inference/face/meshtalk", "inference/face/talkshow",
    "inference/gestures/test_playback.py", "inference/layers/test_blinks_gaze.py", "inference/runtime",
    "inference/test_api.py", "inference/test_audio.py", "inference/test_pipeline.py", "inference/test_regenerate.py",
    "inference/worker", "models", "operators/test_craft.py", "operators/test_edit_take.py",
    "operators/test_end_to_end.py",
    "operators/test_export.py", "operators/test_face_shapes.py", "operators/test_mapping.py",
    "operators/test_old_files.py", "operators/test_performances.py", "operators/test_regenerate.py",
    "operators/test_reshape.py", "operators/test_several_takes.py", "operators/test_waiting.py", "rigs/body_models",
    "rigs/faces/test_bone_faces_of_others.py", "rigs/faces/test_components.py", "rigs/faces/test_face_shapes.py",
    "rigs/mappings/test_files_of_others.py", "rigs/render", "rigs/takes/test_readback.py", "rigs/test_export.py",
    "rigs/test_export_complete.py", "rigs/test_export_formats.py", "rigs/test_recorded_motion.py",
    "rigs/test_rest_frame.py", "rigs/test_smplx_motion_on_rigs.py", "shell", "test_extension.py", "training",
    "window",
)  # fmt: skip
"""Tests that run networks, processes, exports or whole sessions for long: ``make test-fast`` leaves them out."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is slow."""
    places = [ROOT / "tests" / place for place in SLOW]
    for item in items:
        if any(item.path.is_relative_to(place) for place in places):
            item.add_marker("slow")


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository root, which is also the extension folder."""
    return ROOT


@pytest.fixture(scope="session")
def speech_wav() -> Path:
    """A real recording of about six seconds (LJ Speech, public domain), FLAC, 16 kHz mono."""
    return ROOT / "assets" / "demo_speech.flac"


@pytest.fixture(scope="session")
def rig_files() -> Path:
    """The folder of other people's rigs, which is no part of the repository: without it tests are skipped, loudly."""
    folder = ROOT.parent / "shared" / "data" / "rigs"
    if not folder.is_dir():
        warnings.warn("No rigs made by others in ../shared/data/rigs: tests that need them are skipped.", stacklevel=1)
        pytest.skip("needs the rigs in ../shared/data/rigs")
    return folder


@pytest.fixture(scope="module")
def one_thread() -> Iterator[None]:
    """Torch on one thread, as long as a module's tests run."""
    torch = pytest.importorskip("torch")
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(autouse=True)
def _threads_as_before() -> Iterator[None]:
    """Torch on as many threads after a test as before: other tests compare with processes of their own."""
    before = sys.modules["torch"].get_num_threads() if "torch" in sys.modules else 0
    yield
    if before:
        sys.modules["torch"].set_num_threads(before)


@pytest.fixture
def blank_scene() -> Iterator[Any]:
    """A fresh empty Blender scene; enabled add-ons stay enabled."""
    bpy = pytest.importorskip("bpy")
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    yield bpy.context.scene
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
