"""Files that exporters write: aside, looked at, and put in place only when they are whole."""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Iterator
from pathlib import Path

from ..inference.errors import NotSaved
from ..inference.saving import aside_of, not_saved, not_saved_by


def incomplete(what: str) -> NotSaved:
    """Return the error for a file that lacks something: what it does, in words that go on from *that*."""
    return NotSaved(
        f"The exporter made a file that {what}, so it was not kept.",
        "Update the exporter's add-on, or report this with the scene.",
    )


def suffixed(path: str | os.PathLike[str], suffix: str) -> Path:
    """Return a path with an ending, added where it has another."""
    target = Path(path)
    return target if target.suffix.lower() == suffix else target.with_name(target.name + suffix)


def _check_folder(target: Path) -> None:
    try:
        fits = "\0" not in target.name and target.parent.is_dir() and os.access(target.parent, os.W_OK)
        fits = fits and not target.is_dir() and (not target.exists() or os.access(target, os.W_OK))
    except OSError:  # a name that no file can have
        fits = False
    if not fits:
        raise NotSaved(
            f"'{target}' cannot be written.", "Choose a file name in a folder that exists and that you can write to."
        )


@contextlib.contextmanager
def written_file(path: str | os.PathLike[str], suffix: str) -> Iterator[Path]:
    """Yield a path beside the target; what lies there at the end becomes the target, or vanishes on failure."""
    target = suffixed(path, suffix)
    _check_folder(target)
    aside = aside_of(target)
    try:
        yield aside
        if not aside.is_file():
            raise NotSaved(f"'{target.name}' was not written.", "Look into Blender's console for the reason.")
        os.replace(aside, target)
    except RuntimeError as error:
        raise not_saved_by(target, error, "Check that the exporter's add-on is enabled in the preferences.") from error
    except OSError as error:
        raise not_saved(target, error) from error
    finally:
        aside.unlink(missing_ok=True)


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep the exporters' timing prints off the user's terminal."""
    with contextlib.redirect_stdout(io.StringIO()):
        yield
