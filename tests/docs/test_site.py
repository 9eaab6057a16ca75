"""The pages as a site: none left out of the navigation, no link that leads nowhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pages import pages, prose

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


def anchors(root: Path, page: Path) -> set[str]:
    """The places in a page that a link can lead to, as GitHub and MkDocs name them."""
    found = set()
    for title in re.findall(r"^#+ (.+)$", prose(root, page), re.MULTILINE):
        words = re.sub(r"[^\w\s-]", "", re.sub(r"[`*]", "", title).strip().lower())
        found.add(re.sub(r"\s", "-", words))
    return found


def test_the_navigation_names_every_page_once(root: Path) -> None:
    named = re.findall(r"([\w./-]+\.md)", (root / "mkdocs.yml").read_text(encoding="utf-8"))
    assert sorted(named) == sorted(path.name for path in (root / "docs").glob("*.md"))


def test_every_page_is_in_the_table_of_pages(root: Path) -> None:
    linked = set(LINK.findall((root / "docs" / "README.md").read_text(encoding="utf-8")))
    assert {path.name for path in (root / "docs").glob("*.md")} - linked == {"README.md"}


def test_links_lead_somewhere(root: Path) -> None:
    broken = []
    for page in pages(root):
        for link in LINK.findall(prose(root, page)):
            if link.startswith(("https://", "http://", "mailto:")):
                continue
            target, _, anchor = link.partition("#")
            path = (root / page).parent / target if target else root / page
            if not path.exists() or (anchor and anchor not in anchors(root, path.resolve().relative_to(root))):
                broken.append(f"{page}: {link}")
            if page.parts[0] == "docs" and target and not path.resolve().is_relative_to(root / "docs"):
                broken.append(f"{page}: {link} leads out of the site")
    assert broken == []


def test_it_builds_strictly(root: Path, tmp_path: Path) -> None:
    """`make docs` does the same with a MkDocs of its own; here only where this Python has one."""
    pytest.importorskip("mkdocs", reason="MkDocs is in .venv/docs; run `make docs`")
    from mkdocs.commands.build import build
    from mkdocs.config import load_config

    config = load_config(str(root / "mkdocs.yml"), strict=True, site_dir=str(tmp_path / "site"))
    build(config)
    assert (tmp_path / "site" / "index.html").is_file()
