"""What a batch performs: the recordings of a folder, or the rows of a CSV with what is chosen for each."""

from __future__ import annotations

import argparse
import csv
import io
import re
from dataclasses import dataclass, field
from pathlib import Path

from ..inference.errors import BadAudio, BadFile, SoliloquyError
from ..inference.motion_files.text import delimiter_of, read_text
from ..inference.user_folders import given_path

MOST_BYTES = 4 << 20
MOST_ROWS = 10_000
SUFFIXES = frozenset({
    ".aac", ".aif", ".aiff", ".avi", ".flac", ".m4a", ".m4v", ".mkv", ".mov", ".mp3", ".mp4", ".mxf", ".oga", ".ogg",
    ".opus", ".wav", ".webm", ".wma",
})  # fmt: skip
"""Endings of what counts as a recording in a folder; a CSV may name any file."""
_OWN = ("audio", "output")
_YES = frozenset({"1", "yes", "true", "on", "x"})
_NO = frozenset({"0", "no", "false", "off"})
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")


@dataclass(frozen=True)
class Row:
    """One recording of a batch."""

    place: str
    """Where it was found, for messages: a file's name or ``row 4``."""
    audio: str
    """Path of the recording."""
    output: str = ""
    """Name that the performance shall have; empty: that of the recording."""
    cells: dict[str, str] = field(default_factory=dict[str, str])
    """Option without its dashes -> what the table says, nothing empty."""
    folder: Path = Path()
    """Where paths in cells start."""
    decimal_commas: bool = False

    def target(self) -> str:
        """Return the name of the performance; raises :class:`SoliloquyError` for a name that is none."""
        if not self.output:
            return Path(self.audio).stem + ".npz"
        if self.output in (".", "..") or re.search(r"[\\/:\x00-\x1f]", self.output):
            raise SoliloquyError(
                f"The output '{self.output}' is no plain file name.", "Name a file without its folder."
            )
        return self.output if self.output.lower().endswith(".npz") else f"{self.output}.npz"

    def chosen(self, common: argparse.Namespace, options: argparse.ArgumentParser) -> argparse.Namespace:
        """Return the arguments of the command with those of this row in their places.

        Parameters
        ----------
        options : ArgumentParser
            Knows the options that a row may say; what is not given must be None.

        Raises
        ------
        SoliloquyError
            For a cell that cannot be used.
        """
        words: list[str] = []
        unsaid: dict[str, None] = {}
        for column, cell in self.cells.items():
            action = options._option_string_actions[f"--{column}"]
            if action.nargs == 0:
                if cell.lower() in _YES:
                    words.append(f"--{column}")
                elif cell.lower() in _NO:
                    unsaid[action.dest] = None
                else:
                    raise SoliloquyError(f"'{cell:.40}' under '{column}' is neither yes nor no.", "Write one of them.")
                continue
            if action.metavar == "FILE":
                cell = str(self.folder / given_path(cell))
            elif self.decimal_commas and action.type is float and _DECIMAL_COMMA.fullmatch(cell):
                cell = cell.replace(",", ".")
            words.append(f"--{column}={cell}")
        said = {name: value for name, value in vars(options.parse_args(words)).items() if value is not None}
        return argparse.Namespace(**{**vars(common), **unsaid, **said})


def read_rows(source: str, options: argparse.ArgumentParser) -> list[Row]:
    """Return what a folder or a CSV asks for, in the order of names or rows.

    Parameters
    ----------
    options : ArgumentParser
        Knows the options that a column may be named after.

    Raises
    ------
    BadAudio
        When there is nothing of the name, or nothing in it.
    BadFile
        For a CSV that cannot be read, is too large, or has a column that is none.
    """
    path = given_path(source).absolute()
    if path.is_dir():
        try:
            found = sorted(item for item in path.iterdir() if _is_recording(item))
        except OSError as error:
            raise BadAudio(
                f"The folder '{source}' cannot be read: {error.strerror}.", "Check its permissions."
            ) from error
        if not found:
            raise BadAudio(f"There is no recording in the folder '{source}'.", "Choose another one, or give a CSV.")
        _check_number(len(found), source)
        return [Row(item.name, str(item)) for item in found]
    if not path.exists():
        raise BadAudio(f"There is no folder or CSV '{source}'.", "Check the path.")
    if path.suffix.lower() not in (".csv", ".tsv"):
        raise BadFile(f"'{source}' is neither a folder nor a .csv.", "For one recording use 'soliloquy animate'.")
    rows = _table(path, options)
    if not rows:
        raise BadFile(f"'{source}' holds no rows.", "Write one for each recording below the names of the columns.")
    return rows


def _is_recording(path: Path) -> bool:
    return path.suffix.lower() in SUFFIXES and not path.name.startswith(".") and path.is_file()


def _check_number(found: int, source: str) -> None:
    if found > MOST_ROWS:
        raise BadFile(f"'{source}' holds more than {MOST_ROWS:,} recordings.", "Divide it into several batches.")


def _table(path: Path, options: argparse.ArgumentParser) -> list[Row]:
    text = read_text(path, most_bytes=MOST_BYTES)
    delimiter = delimiter_of(text)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    rows: list[Row] = []
    try:
        columns = [_column(cell) for cell in next(reader, [])]
        _check_columns(path.name, columns, options)
        for cells in reader:
            place = f"row {reader.line_num}"
            said = [cell.strip() for cell in cells]
            if not any(said):
                continue
            if any(said[len(columns) :]):
                raise BadFile(
                    f"'{path.name}' has more cells in {place} than columns.", "Put cells that hold commas in quotes."
                )
            values = {name: cell for name, cell in zip(columns, said, strict=False) if name and cell}
            audio = values.pop("audio", "")
            audio = str(path.parent / given_path(audio)) if audio else ""
            output = values.pop("output", "")
            rows.append(Row(place, audio, output, values, path.parent, decimal_commas=delimiter == ";"))
            _check_number(len(rows), path.name)
    except csv.Error as error:
        raise BadFile(f"'{path.name}' is no CSV: {error}.", "Save it again as CSV.") from error
    return rows


def _column(cell: str) -> str:
    return cell.strip().lower().lstrip("-").replace("_", "-").replace(" ", "-")


def _check_columns(name: str, columns: list[str], options: argparse.ArgumentParser) -> None:
    if "audio" not in columns:
        raise BadFile(f"'{name}' has no column 'audio'.", "Its first row must name the columns.")
    named = [column for column in columns if column]
    unknown = [column for column in named if column not in _OWN and f"--{column}" not in options._option_string_actions]
    if unknown:
        listed = ", ".join(f"'{column:.40}'" for column in unknown[:8])
        raise BadFile(
            f"'{name}' has columns that are no options: {listed}.",
            "'soliloquy batch --help' names them; write 'voice-emotion' for --voice-emotion.",
        )
    twice = sorted({column for column in named if named.count(column) > 1})
    if twice:
        raise BadFile(f"'{name}' has the column '{twice[0]}' twice.", "Take one away.")
