"""Files that come whole or not at all, through no link, and words that blame the disk."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from soliloquy.inference import saving
from soliloquy.inference.errors import NotSaved
from soliloquy.inference.performance import Performance

posix = pytest.mark.skipif(os.name == "nt", reason="POSIX permissions and links")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_what_is_written_appears_whole_and_alone(tmp_path: Path) -> None:
    with saving.written_aside(tmp_path / "a.bin") as stream:
        stream.write(b"half")
        assert "a.bin" not in names(tmp_path)
        stream.write(b" and half")
    assert (tmp_path / "a.bin").read_bytes() == b"half and half"
    assert names(tmp_path) == ["a.bin"]


@pytest.mark.parametrize(
    ("number", "words", "next_step"),
    [
        (errno.ENOSPC, "the disk is full", "Free some space"),
        (errno.EROFS, "the disk is read-only", "Choose another folder"),
        (errno.EACCES, "you may not write there", "another folder"),
    ],
)
def test_a_write_that_fails_blames_folder_and_disk_and_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, words: str, next_step: str
) -> None:
    target = tmp_path / "a.bin"
    target.write_bytes(b"old")

    def refuse(descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(saving.os, "fsync", refuse)
    with pytest.raises(NotSaved) as failure, saving.written_aside(target) as stream:
        stream.write(b"new")
    assert words in failure.value.message
    assert str(tmp_path) in failure.value.message
    assert next_step in failure.value.hint
    assert target.read_bytes() == b"old"
    assert names(tmp_path) == ["a.bin"]


def test_a_fault_of_the_writer_stays_what_it_is_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), saving.written_aside(tmp_path / "a.bin"):
        raise ZeroDivisionError
    assert names(tmp_path) == []


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotSaved, match="folder is not there"), saving.written_aside(tmp_path / "none" / "a.bin"):
        pass


@posix
def test_a_link_at_the_target_is_replaced_and_what_it_points_to_is_left_alone(tmp_path: Path) -> None:
    victim, target = tmp_path / "victim", tmp_path / "a.bin"
    victim.write_bytes(b"precious")
    target.symlink_to(victim)
    with saving.written_aside(target) as stream:
        stream.write(b"new")
    assert victim.read_bytes() == b"precious"
    assert not target.is_symlink()
    assert target.read_bytes() == b"new"


@posix
def test_a_link_where_the_file_aside_would_go_is_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    victim = tmp_path / "victim"
    victim.write_bytes(b"precious")
    monkeypatch.setattr(saving.secrets, "token_hex", lambda count: "guessed")
    saving.aside_of(tmp_path / "a.bin").symlink_to(victim)
    with pytest.raises(NotSaved), saving.written_aside(tmp_path / "a.bin") as stream:
        stream.write(b"evil")
    assert victim.read_bytes() == b"precious"


def test_names_aside_cannot_be_guessed(tmp_path: Path) -> None:
    assert len({saving.aside_of(tmp_path / "a.npz").name for _ in range(50)}) == 50
    assert saving.aside_of(tmp_path / "a.npz").suffix == ".npz"


def test_a_name_is_reserved_for_one_only(tmp_path: Path) -> None:
    first = saving.reserve(tmp_path / "speech.npz")
    second = saving.reserve(tmp_path / "speech.npz")
    assert (first.name, second.name) == ("speech.npz", "speech-2.npz")
    saving.release(second)
    first.write_bytes(b"a performance")
    saving.release(first)
    assert names(tmp_path) == ["speech.npz"]


@posix
def test_files_in_a_private_folder_are_private(tmp_path: Path) -> None:
    folder = saving.private_folder(tmp_path / "deep" / "performances")
    with saving.written_aside(folder / "a.npz") as stream:
        stream.write(b"")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(folder.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "a.npz").stat().st_mode) == 0o600


@posix
def test_a_folder_that_a_person_chose_keeps_its_permissions(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    saving.private_folder(tmp_path)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755
    saving.private_folder(tmp_path, ours=True)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700


def test_leftovers_of_a_killed_writer_are_found_by_their_name(tmp_path: Path) -> None:
    staged = saving.aside_of(tmp_path / "speech[1].npz")
    for path in (staged, saving.aside_of(staged), tmp_path / "speech[1].npz", saving.aside_of(tmp_path / "other.npz")):
        path.write_bytes(b"")
    saving.remove_unfinished(staged)
    left = names(tmp_path)
    assert "speech[1].npz" in left
    assert len(left) == 2


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_performance_on_a_full_disk_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import numpy as np

    monkeypatch.setattr(saving, "open_exclusively", lambda path: open("/dev/full", "wb"))  # noqa: SIM115
    made = Performance(
        30.0, np.zeros((9, 165), "f4"), np.zeros((9, 3), "f4"), np.zeros((9, 52), "f4"), np.zeros(9, "f4")
    )
    with pytest.raises(NotSaved, match="disk is full"):
        made.save(tmp_path / "a.npz")
    assert names(tmp_path) == []


@pytest.mark.parametrize(
    ("said", "words", "next_step"),
    [
        ("Error: Python: Traceback (most recent call last):\n  File x\nOSError: [Errno 28] No space left on device\n\n"
         "Location: x.py:1", "the disk is full", "Free some space"),
        ("Error: Cannot open file /x: Read-only file system", "the disk is read-only", "Choose another folder"),
        ("Error: Python: Traceback (most recent call last):\n  File x\nKeyError: 'bones'\nLocation: x.py:1",
         "a.fbx' was not written: KeyError: 'bones'.", "the add-on"),
        ("", "the exporter failed", "the add-on"),
    ],
)  # fmt: skip
def test_what_blender_says_of_a_write_that_failed_is_one_sentence(said: str, words: str, next_step: str) -> None:
    error = saving.not_saved_by("/folder/a.fbx", RuntimeError(said), "Look at the add-on.")
    assert words in error.message
    assert next_step in error.hint
    assert "Traceback" not in str(error)
    assert "\n" not in str(error)
