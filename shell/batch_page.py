"""The report of a batch: one plain HTML page with a list, without pictures."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

from ..inference.motion_files.text import write_text
from .terminal import duration_text

_HEAD = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Soliloquy batch</title>
<style>body{font:15px sans-serif;margin:2em}td,th{text-align:left;padding:.2em 1em .2em 0}.failed{color:#b00020}</style>
</head><body><h1>Soliloquy batch</h1><table>
<tr><th>Performance</th><th>Length</th><th>State</th><th>Message</th></tr>
"""


def write_page(path: Path, rows: Sequence[tuple[str, float, str, str]]) -> None:
    """Write name, seconds, state and message of each job; raises :class:`~..inference.errors.NotSaved`."""
    lines: list[str] = []
    for name, seconds, state, message in rows:
        cells = (name, duration_text(seconds) if seconds else "", state, message)
        mark = ' class="failed"' if state == "failed" else ""
        lines.append(f"<tr{mark}>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>\n")
    write_text(path, f"{_HEAD}{''.join(lines)}</table></body></html>\n")
