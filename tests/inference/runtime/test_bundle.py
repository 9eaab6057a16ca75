"""What the extension's zip brings along is unpacked whole or not at all, and the worker is found to run with it."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import sys
import zipfile
from pathlib import Path

import pytest

from soliloquy.inference.errors import MissingFiles, NotSaved, SoliloquyError
from soliloquy.inference.orders.animate import AnimateJob
from soliloquy.inference.runtime import unpack as unpacking
from soliloquy.inference.runtime.bundle import FORMAT, Bundle, own_python, read_bundle
from soliloquy.inference.runtime.locate import PYTHON_VARIABLE, find_runtime
from soliloquy.inference.runtime.unpack import unpack, use_bundle
from soliloquy.inference.settings import AnimateSettings, AudioRange
from soliloquy.inference.worker.client import WorkerClient
from soliloquy.inference.worker.environment import worker_command

GOOD = {"lib/__init__.py": "VALUE = 3\n", "lib/tests/test_lib.py": "", "onnxruntime/tools/x.py": ""}


def make(
    folder: Path, files: dict[str | zipfile.ZipInfo, str] | None = None, changed: dict[str, object] | None = None
) -> Bundle | None:
    """Lay a made-up bundle into ``folder/root`` and return it as the extension reads it."""
    source = folder / "root" / "bundle"
    source.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(source / "lib-1-py3-none-any.whl", "w") as archive:
        for name, text in (files if files is not None else GOOD).items():
            archive.writestr(name, text)
    sha256 = hashlib.sha256((source / "lib-1-py3-none-any.whl").read_bytes()).hexdigest()
    listed = {"format": FORMAT, "python": own_python(), "version": "abc", "wheels": {"lib-1-py3-none-any.whl": sha256}}
    (source / "bundle.json").write_text(json.dumps(listed | (changed or {})), encoding="utf-8")
    return read_bundle(folder / "home", folder / "root")


def made(folder: Path, files: dict[str | zipfile.ZipInfo, str] | None = None) -> Bundle:
    bundle = make(folder, files)
    assert bundle is not None
    return bundle


def test_is_unpacked_once_without_tests_and_other_versions_go(tmp_path: Path) -> None:
    bundle = made(tmp_path)
    (tmp_path / "home" / "older").mkdir(parents=True)
    (tmp_path / "home" / unpacking.ASIDE / "half").mkdir(parents=True)  # what a killed process leaves
    assert not bundle.unpacked
    unpack(bundle)
    assert bundle.unpacked
    assert [path.name for path in bundle.site.rglob("*") if path.is_file()] == ["__init__.py"]
    assert {path.name for path in bundle.site.parent.iterdir()} == {"abc", unpacking.LOCK_NAME}
    if os.name == "posix":
        assert stat.S_IMODE(bundle.site.stat().st_mode) == 0o700
    (bundle.source / "lib-1-py3-none-any.whl").unlink()
    unpack(bundle)  # not read again


def link() -> zipfile.ZipInfo:
    item = zipfile.ZipInfo("lib/link")
    item.external_attr = (stat.S_IFLNK | 0o777) << 16
    return item


@pytest.mark.parametrize(
    "name", ["../outside.py", "/outside.py", "lib/../../outside.py", "C:\\outside.py", "lib\\..\\..\\x.py", link()],
    ids=str,
)  # fmt: skip
def test_nothing_is_written_outside(tmp_path: Path, name: str | zipfile.ZipInfo) -> None:
    bundle = made(tmp_path, {"lib/__init__.py": "", name: "outside"})
    with pytest.raises(MissingFiles, match="leads out"):
        unpack(bundle)
    assert [path.name for path in bundle.site.parent.iterdir()] == [unpacking.LOCK_NAME]
    assert not list(tmp_path.rglob("outside*"))


def test_a_wheel_that_is_not_the_one_is_refused_and_nothing_stays(tmp_path: Path) -> None:
    bundle = made(tmp_path)
    wheel = bundle.source / "lib-1-py3-none-any.whl"
    whole = wheel.read_bytes()
    wheel.write_bytes(whole[:-1] + b"x")
    with pytest.raises(MissingFiles, match=r"'lib-1-py3-none-any\.whl'.* damaged"):
        unpack(bundle)
    wheel.unlink()
    with pytest.raises(MissingFiles, match="missing"):
        unpack(bundle)
    assert not bundle.unpacked
    wheel.write_bytes(whole)
    unpack(bundle)
    assert bundle.unpacked


def test_a_cut_archive_of_the_right_hash_is_refused(tmp_path: Path) -> None:
    bundle = made(tmp_path)
    wheel = bundle.source / "lib-1-py3-none-any.whl"
    wheel.write_bytes(wheel.read_bytes()[:60])
    cut = Bundle(
        bundle.source, bundle.site, bundle.python, {wheel.name: hashlib.sha256(wheel.read_bytes()).hexdigest()}
    )
    with pytest.raises(MissingFiles, match="no whole archive"):
        unpack(cut)
    assert not bundle.unpacked


def test_size_and_number_of_files_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bundle = made(tmp_path, {"lib/a.py": "a" * 1000, "lib/b.py": "b" * 1000})
    for name, most in (("MOST_BYTES", 1500), ("MOST_FILES", 1)):
        with monkeypatch.context() as patched:
            patched.setattr(unpacking, name, most)
            with pytest.raises(MissingFiles, match="larger than"):
                unpack(bundle)
        assert not bundle.unpacked


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    bundle = made(tmp_path)
    (tmp_path / "home").write_text("a file", encoding="utf-8")  # the one thing that stops root too
    with pytest.raises(NotSaved, match="home"):
        unpack(bundle)


def test_two_do_not_unpack_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bundle = made(tmp_path)
    home = bundle.site.parent
    home.mkdir()
    monkeypatch.setattr(unpacking, "LOCK_SECONDS", 0.0)
    with unpacking._locked(home / unpacking.LOCK_NAME), pytest.raises(NotSaved, match="Another Blender"):
        unpack(bundle)
    unpack(bundle)
    assert bundle.unpacked


@pytest.mark.parametrize(
    "changed",
    [{"format": 2}, {"version": "../abc"}, {"version": ""}, {"python": 3}, {"wheels": {}}, {"wheels": {"../x": "0"}}],
    ids=str,
)
def test_a_list_that_makes_no_sense_is_no_bundle(tmp_path: Path, changed: dict[str, object]) -> None:
    assert make(tmp_path) is not None
    assert make(tmp_path, None, changed) is None


def test_the_bundle_is_used_unless_a_person_has_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(PYTHON_VARIABLE, raising=False)
    bundle, folder = made(tmp_path), tmp_path / "runtime"
    status = find_runtime(None, folder, bundle)
    assert (status.kind, status.ok, status.python, status.bundle) == ("bundled", True, Path(sys.executable), bundle)
    chosen = find_runtime(sys.executable, folder, bundle)
    assert (chosen.kind, chosen.bundle) == ("own", None)
    private = folder / "venv-1" / "bin"
    private.mkdir(parents=True)
    (private / "python3").write_text("", encoding="utf-8")
    (folder / "runtime.json").write_text('{"environment": "venv-1"}', encoding="utf-8")
    assert find_runtime(None, folder, bundle).kind == "private"
    (private / "python3").unlink()
    assert find_runtime(None, folder, bundle).kind == "bundled", "what was installed is gone"


def test_a_bundle_for_another_python_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(PYTHON_VARIABLE, raising=False)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    make(tmp_path, None, {"python": "3.2"})
    status = find_runtime(None, tmp_path / "runtime", read_bundle(tmp_path / "home", tmp_path / "root"))
    assert not status.ok
    assert "for Python 3.2" in status.message


def test_the_process_imports_what_it_unpacked_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bundle = made(tmp_path)
    monkeypatch.setattr(unpacking, "read_bundle", lambda home: bundle)
    monkeypatch.setattr(sys, "path", list(sys.path))
    assert use_bundle(str(tmp_path / "home")) is None
    assert sys.path[0] == str(bundle.site)


def test_a_worker_that_cannot_unpack_says_why(tmp_path: Path) -> None:
    """This checkout brings no bundle along: the worker in this Python refuses in one sentence."""
    client = WorkerClient(sys.executable, tmp_path / "logs", command=worker_command(sys.executable, tmp_path / "home"))
    output = str(tmp_path / "x.npz")
    job = client.wait(client.submit(AnimateJob(AudioRange("x.wav"), AnimateSettings(), output)), timeout=60)
    client.stop()
    with pytest.raises(SoliloquyError, match="that come with Soliloquy are missing"):
        job.raise_if_failed()
