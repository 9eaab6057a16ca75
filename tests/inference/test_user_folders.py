"""Where a user's files go, also where there is no home folder or none that can be written."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

import pytest

from soliloquy.inference import user_folders
from soliloquy.inference.errors import NotSaved, SoliloquyError
from soliloquy.inference.runtime.locate import default_runtime_folder
from soliloquy.inference.worker.log import NAME, open_log, writable_log_folder

pytestmark = pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    return tmp_path / "tmp"


def test_a_user_whom_nobody_knows_has_a_place_too(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(user_folders.Path, "home", unknown)
    for name in ("XDG_DATA_HOME", "SOLILOQUY_RUNTIME"):
        monkeypatch.delenv(name, raising=False)
    assert default_runtime_folder().is_relative_to(temporary)


def test_without_a_writable_home_the_log_lies_among_the_temporary_files(temporary: Path, tmp_path: Path) -> None:
    (tmp_path / "a_file").write_text("no folder")
    log, path = open_log(tmp_path / "a_file" / "logs")
    with log:
        log.write(b"a line")
    assert path == temporary / f"soliloquy-{os.getuid()}" / NAME
    assert path.read_bytes() == b"a line"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_folder_that_somebody_else_put_there_is_not_used(temporary: Path, tmp_path: Path) -> None:
    (tmp_path / "trap").mkdir()
    (temporary / f"soliloquy-{os.getuid()}").symlink_to(tmp_path / "trap")
    folder = user_folders.temporary_folder()
    assert folder.parent == temporary
    assert not folder.is_symlink()
    assert folder.resolve() != (tmp_path / "trap").resolve()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_where_nothing_can_be_written_the_folder_is_blamed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a_file").write_text("no folder")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "a_file"))
    with pytest.raises(NotSaved, match="a_file"):
        writable_log_folder(tmp_path / "a_file" / "logs")


def test_an_old_log_that_others_could_read_becomes_private(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text("earlier\n")
    (tmp_path / NAME).chmod(0o644)
    log, path = open_log(tmp_path)
    log.close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text() == "earlier\n"


def test_a_home_folder_that_nobody_has_is_a_path_like_any_other() -> None:
    assert user_folders.given_path("~") == Path.home()
    assert user_folders.given_path("~nobody_of_this_name/a.wav") == Path("~nobody_of_this_name/a.wav")
    for value in (None, 5, b"a.wav"):
        with pytest.raises(SoliloquyError, match="is no path"):
            user_folders.given_path(value)  # type: ignore[arg-type]
