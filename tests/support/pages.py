"""The pages a reader reads, and the blocks of code in them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

NOT_RUN = re.compile(r'title="Not run by the tests: ([^"]+)"')
_FENCE = re.compile(
    r"^(?P<indent> *)```(?P<language>\w*)(?P<rest>[^\n]*)\n(?P<text>.*?)^(?P=indent)```$", re.DOTALL | re.MULTILINE
)
_FILE = re.compile(r"\n`([\w./]+)`\n\n$")


@dataclass(frozen=True)
class Block:
    """One fenced block of a page."""

    page: str
    line: int
    language: str
    text: str
    not_run: str
    """Why the tests do not run it, in the page's own visible words; empty where they do."""
    file: str
    """The file it is, where the line before names one; empty for what is typed."""


def pages(root: Path) -> list[Path]:
    """Return every page, relative to the repository."""
    found = [root / "README.md", root / "CONTRIBUTING.md", *(root / "docs").glob("*.md")]
    return sorted(path.relative_to(root) for path in found if path.is_file())


def blocks(root: Path, page: Path) -> list[Block]:
    """Return the fenced blocks of a page, from top to bottom."""
    text = (root / page).read_text(encoding="utf-8")
    found = []
    for match in _FENCE.finditer(text):
        before = text[: match.start()]
        reason, file = NOT_RUN.search(match["rest"]), _FILE.search(before)
        found.append(
            Block(
                page=page.as_posix(),
                line=before.count("\n") + 1,
                language=match["language"],
                text=dedent(match["text"]),
                not_run=reason[1] if reason else "",
                file=file[1] if file else "",
            )
        )
    return found


def prose(root: Path, page: Path) -> str:
    """Return a page without its fenced blocks."""
    return _FENCE.sub("", (root / page).read_text(encoding="utf-8"))
