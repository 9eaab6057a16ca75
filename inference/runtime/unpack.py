"""Unpack the wheels that the extension brings along, once: whole or not at all, by the process that needs them.

They go into a folder aside, which takes its name when it is complete. A lock that ends with its process keeps two from
unpacking at once, so what lies aside while it is held is what a killed one left. Standard library only.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import stat
import sys
import time
import zipfile
from collections.abc import Generator
from pathlib import Path, PurePosixPath
from typing import IO

from ..errors import MissingFiles, NotSaved, SoliloquyError
from ..saving import not_saved, private_folder
from ..shipped import AGAIN
from .bundle import Bundle, read_bundle

LOCK_NAME = ".lock"
ASIDE = ".unpacking"
MOST_BYTES = 1 << 30
"""Of all files together; the wheels hold about a third of it."""
MOST_FILES = 20_000
LOCK_SECONDS = 110.0
"""How long another process may take; the worker's client waits for 120 s."""
_UNUSED = ("onnxruntime/transformers/", "onnxruntime/tools/", "onnxruntime/quantization/", "onnxruntime/datasets/")
"""Parts of libraries that the worker never imports; nor does it their tests."""
_CHUNK = 1 << 20


def unpack(bundle: Bundle) -> None:
    """Unpack a bundle into its ``site`` unless it lies there already, and remove those of other versions.

    Raises
    ------
    MissingFiles
        When a wheel is missing, damaged, or would write outside of its folder.
    NotSaved
        When the folder cannot be written.
    """
    if bundle.unpacked:
        return
    home = bundle.site.parent
    try:
        private_folder(home, ours=True)
        with _locked(home / LOCK_NAME):
            if bundle.unpacked:
                return
            _clean(home)
            aside = home / ASIDE
            aside.mkdir(mode=0o700)
            try:
                left = [MOST_BYTES, MOST_FILES]
                for name, sha256 in bundle.wheels.items():
                    _unpack_wheel(bundle.source / name, sha256, aside, left)
                _rename(aside, bundle.site)
            except BaseException:
                shutil.rmtree(aside, ignore_errors=True)
                raise
    except OSError as error:
        raise not_saved(bundle.site, error) from error


def use_bundle(home: str) -> SoliloquyError | None:
    """Unpack what comes with this extension below ``home`` and let this process import it; return what went wrong."""
    bundle = read_bundle(Path(home))
    if bundle is None:
        return MissingFiles("The libraries that come with Soliloquy are missing.", AGAIN)
    try:
        unpack(bundle)
    except SoliloquyError as error:
        return error
    # First: Blender's Python has a numpy of its own, in some versions too old for scipy.
    sys.path.insert(0, str(bundle.site))
    return None


def _unpack_wheel(path: Path, sha256: str, folder: Path, left: list[int]) -> None:
    try:
        with open(path, "rb") as stream:
            if hashlib.file_digest(stream, "sha256").hexdigest() != sha256:
                raise MissingFiles(f"'{path.name}', which comes with Soliloquy, is damaged.", AGAIN)
            with zipfile.ZipFile(stream) as archive:
                for member in archive.infolist():
                    if not member.is_dir() and not _is_unused(member.filename):
                        _extract(archive, member, folder, left)
    except FileNotFoundError as error:
        if path.exists():
            raise
        raise MissingFiles(f"'{path.name}', which comes with Soliloquy, is missing.", AGAIN) from error
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise MissingFiles(f"'{path.name}', which comes with Soliloquy, is no whole archive.", AGAIN) from error


def _is_unused(name: str) -> bool:
    return "/tests/" in name or name.startswith(_UNUSED)


def _extract(archive: zipfile.ZipFile, member: zipfile.ZipInfo, folder: Path, left: list[int]) -> None:
    name = PurePosixPath(member.filename)
    inside = not name.is_absolute() and ".." not in name.parts and not set(member.filename) & set("\\:\0")
    if not inside or stat.S_ISLNK(member.external_attr >> 16):
        raise MissingFiles(f"An archive of Soliloquy's holds the file '{member.filename:.80}', which leads out.", AGAIN)
    target = folder.joinpath(*name.parts)
    target.parent.mkdir(parents=True, exist_ok=True)
    left[1] -= 1
    # Counted as it arrives: what an archive says about its size may be untrue.
    with archive.open(member) as packed, open(target, "xb") as unpacked:
        while data := packed.read(_CHUNK):
            left[0] -= len(data)
            if min(left) < 0:
                raise MissingFiles("The archives that come with Soliloquy are larger than they may be.", AGAIN)
            unpacked.write(data)


def _clean(home: Path) -> None:
    """Remove what a killed process left, and other versions; one that is in use under Windows stays."""
    old = home / f"{ASIDE}-old"
    shutil.rmtree(old, ignore_errors=True)
    for path in home.iterdir():
        if path.is_dir() and not path.is_symlink():
            with contextlib.suppress(OSError):
                os.rename(path, old)  # first, so that nobody takes what is half removed for whole
                shutil.rmtree(old, ignore_errors=True)


def _rename(source: Path, target: Path) -> None:
    """Rename; under Windows a virus scanner may hold new files for a moment."""
    for _ in range(50 if sys.platform == "win32" else 0):
        try:
            return os.rename(source, target)
        except PermissionError:
            time.sleep(0.1)
    return os.rename(source, target)


@contextlib.contextmanager
def _locked(path: Path) -> Generator[None]:
    """Hold a file that one process at a time can hold."""
    deadline = time.monotonic() + LOCK_SECONDS
    with open(path, "ab") as file:
        while not _try_lock(file):
            if time.monotonic() > deadline:
                raise NotSaved(
                    f"Another Blender has been unpacking in '{path.parent}' for long.", "Close it and try again."
                )
            time.sleep(0.1)
        yield


def _try_lock(file: IO[bytes]) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
