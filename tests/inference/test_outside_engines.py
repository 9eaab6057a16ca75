"""Engines from outside: broken ones never stop the others, and what goes wrong names whose fault it is."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from soliloquy.inference import engines, outside_engines
from soliloquy.inference.engine_spec import read_spec
from soliloquy.inference.errors import SoliloquyError
from soliloquy.inference.face.track import FaceTrack
from soliloquy.inference.settings import AnimateSettings

SPEC = {"name": "hum", "kind": "face", "title": "Hum", "description": "Hums.", "loader": ".engine:make"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.delenv(outside_engines.FOLDER_VARIABLE, raising=False)
    outside_engines.use_folder(tmp_path)
    yield tmp_path
    outside_engines.use_folder(None)


def _write(folder: Path, name: str, init: str, engine: str = "") -> Path:
    place = folder / name
    place.mkdir()
    (place / "__init__.py").write_text(init, encoding="utf-8")
    (place / "engine.py").write_text(engine, encoding="utf-8")
    return place


def _listed(name: str) -> engines.EngineInfo:
    return next(info for info in engines.list_engines() if info.name == name and info.source)


BROKEN = {
    "no python": ("SPEC = {", "SyntaxError"),
    "no spec": ("", "holds no SPEC"),
    "heavy import": ("import nothing_of_this_name", "nothing_of_this_name"),
    "leaves": ("raise SystemExit(3)", "SystemExit"),
    "a text": ("SPEC = 'hum'", "no dictionary"),
    "unknown field": (f"SPEC = {SPEC | {'colour': 'red'}}", "unknown field 'colour'"),
    "no title": ("SPEC = {'name': 'hum', 'kind': 'face', 'description': 'Hums.'}", "no field 'title'"),
    "other kind": (f"SPEC = {SPEC | {'kind': 'tail'}}", "kind 'tail'"),
    "bad name": (f"SPEC = {SPEC | {'name': 'Hum!'}}", "cannot be called"),
    "no loader": (f"SPEC = {SPEC | {'loader': ''}}", "names no loader"),
    "packages as a text": (f"SPEC = {SPEC | {'packages': 'numpy'}}", "packages are no list"),
    "unknown ability": (f"SPEC = {SPEC | {'abilities': ['fly']}}", "no ability 'fly'"),
    "not even texts": (f"SPEC = {SPEC | {'abilities': [[1]]}}", "cannot be read"),
    "taken": (f"SPEC = {SPEC | {'name': 'emote'}}", "already, of Soliloquy"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_engine_is_listed_with_the_reason_and_stops_nobody(folder: Path, case: str) -> None:
    init, reason = BROKEN[case]
    _write(folder, "emote" if case == "taken" else "broken", init)
    _write(folder, "whole", f"SPEC = {SPEC | {'name': 'whole'}}")
    listed = engines.list_engines()
    broken = next(info for info in listed if info.source and info.name != "whole")
    assert not broken.available
    assert reason in broken.why_not
    assert str(folder) in broken.source
    assert _listed("whole").available
    assert {("face", "default"), ("body", "phrases")} <= {(info.kind, info.name) for info in listed}
    assert sum(info.name == "emote" and info.kind == "face" for info in listed) == 1


def test_asking_for_a_broken_engine_says_why(folder: Path) -> None:
    _write(folder, "hum", "SPEC = {")
    with pytest.raises(SoliloquyError, match="SyntaxError") as refused:
        engines.face_engine("hum")
    assert str(folder / "hum") in refused.value.hint


def test_a_mended_engine_is_read_again(folder: Path) -> None:
    place = _write(folder, "hum", "SPEC = {")
    assert not _listed("hum").available
    (place / "__init__.py").write_text(f"SPEC = {SPEC}", encoding="utf-8")
    assert _listed("hum").available


def test_a_folder_that_is_gone_is_said(folder: Path) -> None:
    outside_engines.use_folder(folder / "gone")
    assert "cannot be read" in _listed("gone").why_not
    assert any(info.name == "default" and not info.source for info in engines.list_engines())


def test_missing_files_and_packages_keep_an_engine_from_working(folder: Path) -> None:
    place = _write(folder, "hum", f"SPEC = {SPEC | {'files': ['hum.bin']}}")
    assert "'hum.bin' is missing" in _listed("hum").why_not
    with pytest.raises(SoliloquyError, match=r"hum.bin"):
        engines.face_engine("hum")
    (place / "hum.bin").write_bytes(b"")
    assert _listed("hum").available
    _write(folder, "lacks", f"SPEC = {SPEC | {'name': 'lacks', 'packages': ['no_package_of_this_name']}}")
    assert "'no_package_of_this_name' is not installed" in _listed("lacks").why_not
    with pytest.raises(SoliloquyError, match="not installed") as refused:
        engines.face_engine("lacks")
    assert refused.value.kind == "missing_runtime"


ENGINE = """
import numpy as np
from soliloquy.inference.face.track import FaceTrack

class Hum:
    def animate(self, samples, fps, **asked):
        {body}

make = Hum
"""
FAULTS = {
    "1 / 0": r"failed \(ZeroDivisionError",
    "raise SystemExit(0)": r"failed \(SystemExit",
    "return None": "gave no FaceTrack",
    "return FaceTrack(np.zeros((3, 52)), np.zeros((30, 3)))": r"coefficients of shape \(3, 52\)",
    "return FaceTrack(np.full((30, 52), np.nan), np.zeros((30, 3)))": "are not numbers",
    "return FaceTrack(np.zeros((30, 52)), np.zeros((30, 2)))": "rotations of the jaw",
}


@pytest.mark.parametrize("body", FAULTS)
def test_a_fault_in_an_engine_names_it(folder: Path, body: str) -> None:
    _write(folder, "hum", f"SPEC = {SPEC}", ENGINE.format(body=body))
    with pytest.raises(SoliloquyError, match=FAULTS[body]) as refused:
        engines.face_engine("hum").animate(np.zeros(16_000, np.float32), 30.0)
    assert "'hum'" in refused.value.message
    assert str(folder / "hum") in refused.value.hint


@pytest.mark.parametrize(
    ("text", "reason"),
    [("", "AttributeError"), ("import nothing_of_this_name", "ModuleNotFoundError"), ("make = object", "no animate")],
)
def test_an_engine_that_cannot_be_made_names_it(folder: Path, text: str, reason: str) -> None:
    _write(folder, "hum", f"SPEC = {SPEC}", text)
    with pytest.raises(SoliloquyError, match=reason) as refused:
        engines.face_engine("hum")
    assert "'hum'" in refused.value.message


def test_memory_that_runs_out_is_nobodys_fault(folder: Path) -> None:
    _write(folder, "hum", f"SPEC = {SPEC}", ENGINE.format(body="raise RuntimeError('CUDA out of memory')"))
    with pytest.raises(RuntimeError, match="out of memory"):
        engines.face_engine("hum").animate(np.zeros(16_000, np.float32), 30.0)


def test_an_engine_may_be_two_files(folder: Path) -> None:
    place = _write(folder, "hum", f"SPEC = {SPEC}", "from .numbers import make\n")
    (place / "numbers.py").write_text(
        ENGINE.format(body="return FaceTrack(np.full((30, 52), 0.5), np.zeros((30, 3)))"), encoding="utf-8"
    )
    track = engines.face_engine("hum").animate(np.zeros(16_000, np.float32), 30.0)
    assert isinstance(track, FaceTrack)
    assert track.arkit.dtype == np.float32
    assert (track.arkit == 0.5).all()


def test_packages_announce_engines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "humming"
    package.mkdir()
    (package / "__init__.py").write_text(f"SPEC = {SPEC}", encoding="utf-8")
    (package / "engine.py").write_text(
        ENGINE.format(body="return FaceTrack(np.zeros((30, 52)), np.zeros((30, 3)))"), encoding="utf-8"
    )
    about = tmp_path / "humming-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: humming\nVersion: 1.0\n", encoding="utf-8")
    (about / "entry_points.txt").write_text(
        "[soliloquy.engines]\nhum = humming:SPEC\nlost = humming:GONE\n", encoding="utf-8"
    )
    monkeypatch.syspath_prepend(tmp_path)
    outside_engines.from_packages.cache_clear()
    try:
        assert _listed("hum").source == "package humming"
        assert "GONE" in _listed("lost").why_not
        assert len(engines.face_engine("hum").animate(np.zeros(16_000, np.float32), 30.0).jaw) == 30
        assert AnimateSettings(face="hum").face == "hum"
        with pytest.raises(SoliloquyError, match="GONE"):
            AnimateSettings(face="lost")
        # Blender's own Python is never asked.
        assert all(not engine.source for engine in engines.register(packages=False)[0])
    finally:
        outside_engines.from_packages.cache_clear()
        for name in [name for name in sys.modules if name.startswith("humming")]:
            del sys.modules[name]


def test_numbers_of_engines_from_outside_stay(folder: Path) -> None:
    _write(folder, "hum", f"SPEC = {SPEC}")
    before = engines.enum_number(engines.find_engine("face", "hum"))
    _write(folder, "alto", f"SPEC = {SPEC | {'name': 'alto'}}")
    assert engines.enum_number(engines.find_engine("face", "hum")) == before
    assert before >= 1000


def test_a_spec_of_ours_is_taken_as_it_is() -> None:
    spec = read_spec(SPEC)
    assert read_spec(spec) is spec
