"""The engines that docs/add_an_engine.md describes, written out as the page has them."""

from __future__ import annotations

import re
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "add_an_engine.md"
_FILE = re.compile(r"^`engines/([\w/.]+)`\n\n```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def write_engines(folder: Path) -> Path:
    """Write every file of the page into a folder of engines, and return it."""
    files = _FILE.findall(PAGE.read_text(encoding="utf-8"))
    assert len(files) == 4
    for name, text in files:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder
