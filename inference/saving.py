"""Files that come whole or not at all: written aside under a name nobody can guess, renamed when complete.

The file aside is made exclusively and never through a link, so that in a folder others may write to nobody can lead the
writing elsewhere. What goes wrong is said as :class:`NotSaved`, which blames the folder and the disk.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import secrets
import stat
from collections.abc import Generator
from pathlib import Path
from typing import Any, BinaryIO

from .errors import NotSaved

_EXCLUSIVE = os.O_CREAT | os.O_EXCL | os.O_RDWR | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
_REASONS = {
    errno.ENOSPC: ("the disk is full", "Free some space, or choose another folder."),
    errno.EDQUOT: ("your share of the disk is full", "Free some space, or choose another folder."),
    errno.EFBIG: ("the disk takes no file of this size", "Choose another folder."),
    errno.EROFS: ("the disk is read-only", "Choose another folder."),
    errno.EACCES: ("you may not write there", "Choose another folder, or close programs that have the file open."),
    errno.EPERM: ("you may not write there", "Choose another folder, or close programs that have the file open."),
    errno.ENOENT: ("the folder is not there", "Create it, or choose another one."),
    errno.ENOTDIR: ("that is no folder", "Choose another one."),
    errno.ENAMETOOLONG: ("the name is too long", "Choose a shorter one."),
    errno.EIO: ("the disk reports an error", "Check the disk, or choose another folder."),
}
"""What an operating system's error means, and the next step."""


def not_saved(path: str | os.PathLike[str], error: OSError) -> NotSaved:
    """Return in words why a file could not be written: its name, its folder, what the disk says, the next step."""
    target = Path(path)
    said = error.strerror or str(error)
    reason, hint = _REASONS.get(error.errno or 0, ("", "Choose another folder."))
    reason = f"{reason} ({said})" if reason else said
    return NotSaved(f"'{target.name}' cannot be saved in the folder '{target.parent}': {reason}.", hint)


def not_saved_by(path: str | os.PathLike[str], error: Exception, hint: str) -> NotSaved:
    """Return in words why somebody else's code could not write a file: what the system said, where it is in its words.

    Blender's operators wrap what went wrong into a text, be it a line or a whole traceback, whose last line says it.

    Parameters
    ----------
    hint : str
        The next step where the words hold nothing that the system says.
    """
    text = str(error).strip()
    for number in _REASONS:
        if os.strerror(number) in text:
            return not_saved(path, OSError(number, os.strerror(number)))
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("Location:")]
    said = lines[-1].removeprefix("Error: ").rstrip(" .") if lines else "the exporter failed"
    return NotSaved(f"'{Path(path).name}' was not written: {said}.", hint)


def open_exclusively(path: Path) -> BinaryIO:
    """Create a file that must not exist yet, not even as a link, and return it for writing.

    Others may do with it what they may do with its folder, and no more: in a private folder files are private.

    Raises
    ------
    FileExistsError
        When the name is taken.
    OSError
        When it cannot be created.
    """
    mode = 0o666 & stat.S_IMODE(os.stat(path.parent).st_mode) if os.name == "posix" else 0o666
    return os.fdopen(os.open(path, _EXCLUSIVE, mode | 0o600), "wb")


def aside_of(target: Path) -> Path:
    """Return a name beside ``target`` that nobody can guess, hidden, with the same suffix."""
    return target.with_name(f".{target.stem}.{secrets.token_hex(8)}.part{target.suffix}")


def unfinished(target: Path) -> list[Path]:
    """Return what a process that was killed while it wrote ``target`` may have left, ``target`` included.

    For a target that itself was named by :func:`aside_of`: then nothing else can have such names.
    """
    import glob

    return [target, *target.parent.glob(f".{glob.escape(target.stem)}.*.part{glob.escape(target.suffix)}")]


def remove_unfinished(target: Path) -> None:
    """Remove what :func:`unfinished` names."""
    for path in unfinished(target):
        _remove(path)


@contextlib.contextmanager
def written_aside(target: str | os.PathLike[str]) -> Generator[BinaryIO]:
    """Give a stream to write ``target`` with, and put the file in place when the block ends well.

    A link at ``target`` is replaced, not followed. When the block raises, ``target`` stays as it was and nothing is
    left beside it.

    Raises
    ------
    NotSaved
        When the file cannot be written.
    """
    target = Path(target)
    aside = aside_of(target)
    try:
        with open_exclusively(aside) as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(aside, target)
    except OSError as error:
        _remove(aside)
        raise not_saved(target, error) from error
    except BaseException:
        _remove(aside)
        raise


def write_json(path: str | os.PathLike[str], values: Any) -> None:
    """Write plain JSON values as a file.

    Raises
    ------
    NotSaved
        When that is not possible.
    """
    with written_aside(path) as stream:
        stream.write(json.dumps(values, indent=1, sort_keys=True).encode())


def reserve(path: Path) -> Path:
    """Create an empty file under a name that is free, ``path`` or one with a number, and return it: it is ours now.

    Two processes that want the same name get two.

    Raises
    ------
    NotSaved
        When the folder cannot be written.
    """
    free, number = path, 1
    while True:
        try:
            open_exclusively(free).close()
            return free
        except FileExistsError:
            number += 1
            free = path.with_stem(f"{path.stem}-{number}")
        except OSError as error:
            raise not_saved(path, error) from error


def release(path: Path) -> None:
    """Take a name of :func:`reserve` back, unless something was written under it."""
    with contextlib.suppress(OSError):
        if not path.is_symlink() and path.stat().st_size == 0:
            path.unlink()


def private_folder(path: Path, *, ours: bool = False) -> Path:
    """Create a folder that only this user may look into, with the folders above it; return it.

    Parameters
    ----------
    ours : bool
        Whether the place is Soliloquy's own: then one that is there already becomes private too. A folder that a person
        chose stays as it is.

    Raises
    ------
    OSError
        When it cannot be created.
    """
    for folder in reversed([folder for folder in (path, *path.parents) if not folder.is_dir()]):
        folder.mkdir(mode=0o700, exist_ok=True)
    if ours and os.name == "posix" and path.stat().st_uid == os.getuid() and stat.S_IMODE(path.stat().st_mode) & 0o077:
        with contextlib.suppress(OSError):
            path.chmod(0o700)
    return path


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink()
