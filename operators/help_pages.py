"""The pages of docs/ for a browser: the part of Markdown that they use, as HTML with a style of its own."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from pathlib import Path

import bpy

from ..inference.errors import SoliloquyError

DOCS = Path(__file__).resolve().parents[1] / "docs"
STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 sans-serif; max-width: 52em; margin: 2em auto; padding: 0 1em; }
img { max-width: 100%; } code { font-size: 90%; } pre { padding: .8em; overflow-x: auto; border: 1px solid #8886; }
table { border-collapse: collapse; } td, th { border: 1px solid #8886; padding: .3em .6em; vertical-align: top; }
a { color: #e87d0d; }
"""
_LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)")
_LIST = re.compile(r"(\s*)([-*]|\d+\.)\s+(.*)")


def address(page: str) -> str:
    """Return the address of a page for the browser; the pages are written anew into Blender's temporary folder.

    Parameters
    ----------
    page : str
        Name of a file in docs/, with ``#heading`` for a place on it.

    Raises
    ------
    SoliloquyError
        When there is no such page, or it cannot be written.
    """
    name, _, heading = page.partition("#")
    if not (DOCS / name).is_file() or Path(name).name != name:
        raise SoliloquyError(f"There is no help page '{name}' in this extension.", "Install the extension anew.")
    folder = Path(bpy.app.tempdir) / "soliloquy_help"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for source in DOCS.glob("*.md"):
            text = page_of(source.read_text(encoding="utf-8"))
            (folder / f"{source.stem}.html").write_text(text, encoding="utf-8")
    except OSError as error:
        raise SoliloquyError(f"The help pages cannot be written: {error.strerror}.", f"Read {DOCS / name}.") from error
    return (folder / f"{Path(name).stem}.html").as_uri() + (f"#{heading}" if heading else "")


def page_of(text: str) -> str:
    """Return a whole page of HTML out of Markdown."""
    title = next((line[2:] for line in text.splitlines() if line.startswith("# ")), "Soliloquy")
    head = f"<meta charset='utf-8'><title>{html.escape(title)}</title><style>{STYLE}</style>"
    home = "<p><a href='README.html'>All pages</a></p>"
    return f"<!doctype html><html><head>{head}</head><body>{home}{''.join(_blocks(text.splitlines()))}</body></html>"


def anchor_of(heading: str) -> str:
    """Return the name of the place that a heading makes."""
    return re.sub(r"[^\w\s-]", "", heading.lower()).strip().replace(" ", "-")


def _blocks(lines: list[str]) -> list[str]:
    made: list[str] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        end = at + 1
        if line.startswith("```"):
            while end < len(lines) and not lines[end].startswith("```"):
                end += 1
            made.append(f"<pre><code>{html.escape(chr(10).join(lines[at + 1 : end]))}</code></pre>")
            end += 1
        elif line.startswith("#"):
            level = len(line) - len(line.lstrip("#"))
            words = line[level:].strip()
            made.append(f"<h{level} id='{anchor_of(words)}'>{_inline(words)}</h{level}>")
        elif line.startswith("|"):
            end = _run(lines, at, lambda other: other.startswith("|"))
            made.append(_table(lines[at:end]))
        elif _LIST.match(line):
            end = _run(lines, at, lambda other: bool(other.strip()) and not other.startswith("#"))
            made.append(_list(lines[at:end]))
        elif line.strip():
            end = _run(lines, at, lambda other: bool(other.strip()) and not other.startswith(("#", "|", "```", "- ")))
            made.append(f"<p>{_inline(' '.join(lines[at:end]))}</p>")
        at = end
    return made


def _run(lines: list[str], at: int, belongs: Callable[[str], bool]) -> int:
    end = at + 1
    while end < len(lines) and belongs(lines[end]):
        end += 1
    return end


def _table(lines: list[str]) -> str:
    rows = [re.split(r"(?<!\\)\|", line.strip().strip("|")) for line in lines]
    made = []
    for index, row in enumerate(rows):
        if index == 1:
            continue
        kind = "th" if index == 0 else "td"
        made.append("<tr>" + "".join(f"<{kind}>{_inline(cell.strip())}</{kind}>" for cell in row) + "</tr>")
    return f"<table>{''.join(made)}</table>"


def _list(lines: list[str]) -> str:
    items: list[str] = []
    for line in lines:
        found = _LIST.match(line)
        if found:
            items.append(found[3])
        else:
            items[-1] += " " + line.strip()
    kind = "ol" if lines[0].lstrip()[0].isdigit() else "ul"
    return f"<{kind}>{''.join(f'<li>{_inline(item)}</li>' for item in items)}</{kind}>"


def _inline(text: str) -> str:
    """Return a line with its code, links, pictures and emphasis; code is kept out of everything else's way."""
    made = []
    for index, part in enumerate(text.split("`")):
        if index % 2:
            made.append(f"<code>{html.escape(part)}</code>")
            continue
        part = html.escape(part, quote=False)
        part = re.sub(r"\*\*([^*]+)\*\*", r"<b>\1</b>", part)
        made.append(re.sub(r"\*([^*\s][^*]*)\*", r"<i>\1</i>", part))
    return _LINK.sub(_link, "".join(made))


def _link(found: re.Match[str]) -> str:
    picture, words, target = found.groups()
    if picture:
        place = DOCS / target
        return f"<img src='{place.as_uri()}' alt='{words}'>" if place.is_file() else f"<i>{words}</i>"
    name, _, heading = target.partition("#")
    if name.startswith(("http:", "https:")) or not name:
        return f"<a href='{target}'>{words}</a>"
    if not (DOCS / name).is_file() or not name.endswith(".md"):
        return words  # a page that does not come with the extension
    return f"<a href='{name[:-3]}.html{'#' + heading if heading else ''}'>{words}</a>"
