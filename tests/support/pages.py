"""The pages a reader reads, and the blocks of code in them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

NOT_RUN = re.compile(r'title="Not run by the tests: ([^"]+)"')
_FENCE = re.compile(r"^```(?P<language>\w*)(?P<rest>[^\n]*)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """One fenced block of a page."""

    page: str
    line: int
    language: str
    text: str
    not_run: str
    """Why the tests do not run it, in the page's own visible words; empty where they do."""


def pages(root: Path) -> list[Path]:
    """Return every page, relative to the repository."""
    found = [root / "README.md", root / "CONTRIBUTING.md", *(root / "docs").glob("*.md")]
    return sorted(path.relative_to(root) for path in found if path.is_file())


def blocks(root: Path, page: Path) -> list[Block]:
    """Return the fenced blocks of a page, from top to bottom."""
    text = (root / page).read_text(encoding="utf-8")
    found = []
    for match in _FENCE.finditer(text):
        reason = NOT_RUN.search(match["rest"])
        line = text.count("\n", 0, match.start()) + 1
        found.append(Block(page.as_posix(), line, match["language"], match["text"], reason[1] if reason else ""))
    return found


def prose(root: Path, page: Path) -> str:
    """Return a page without its fenced blocks."""
    return _FENCE.sub("", (root / page).read_text(encoding="utf-8"))
