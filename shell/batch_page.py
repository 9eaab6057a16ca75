"""The report of a batch: one plain HTML page with a list; its pictures lie in a folder beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from urllib.parse import quote

from ..inference.motion_files.text import write_text
from .terminal import duration_text

_HEAD = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Soliloquy batch</title>
<style>body{font:15px sans-serif;margin:2em}td,th{text-align:left;padding:.2em 1em .2em 0}.failed{color:#b00020}
img{display:block;border-radius:4px}</style>
</head><body><h1>Soliloquy batch</h1><table>
"""


@dataclass(frozen=True)
class PageRow:
    """What the report says about one job."""

    name: str
    seconds: float
    """Length of the performance, 0 where there is none."""
    state: str
    message: str
    picture: str = ""
    """Path from the page's folder, empty for none."""


def write_page(path: Path, rows: Sequence[PageRow]) -> None:
    """Write a line for each job; raises :class:`~..inference.errors.NotSaved`."""
    drawn = any(row.picture for row in rows)
    names = [*(["Picture"] if drawn else []), "Performance", "Length", "State", "Message"]
    lines = [f"<tr>{''.join(f'<th>{name}</th>' for name in names)}</tr>\n"]
    for row in rows:
        cells = (row.name, duration_text(row.seconds) if row.seconds else "", row.state, row.message)
        mark = ' class="failed"' if row.state == "failed" else ""
        shown = (
            f'<img src="{quote(row.picture)}" width="128" height="128" alt="" loading="lazy">' if row.picture else ""
        )
        picture = f"<td>{shown}</td>" if drawn else ""
        lines.append(f"<tr{mark}>{picture}{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>\n")
    write_text(path, f"{_HEAD}{''.join(lines)}</table></body></html>\n")
