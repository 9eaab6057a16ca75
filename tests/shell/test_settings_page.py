"""The page of settings says what is declared."""

from __future__ import annotations

from pathlib import Path

from soliloquy.inference.craft import LipCraft
from soliloquy.inference.gestures.settings import GestureSettings
from soliloquy.shell.settings_page import settings_page, settings_table


def test_the_page_is_current(root: Path) -> None:
    written = (root / "docs" / "settings.md").read_text(encoding="utf-8")
    assert written == settings_page(), "write it anew: python -m soliloquy.shell.settings_page"


def test_a_row_tells_names_range_unit_and_default() -> None:
    assert (
        "| Amount | `rate` | `--rate` | `rate` | 0 to 2 | 1 | How many accents of the speech get a gesture: 0 none, "
        "1 natural for the style, 2 twice as many. |\n"
    ) in settings_table(GestureSettings)
    assert (
        "| Offset | `offset` | `--offset-ms` | `offset_ms` | -0.5 to 0.5 s; option and property: -500 to 500 ms | 0 | "
        "Time by which the mouth comes later; negative: earlier. |\n"
    ) in settings_table(LipCraft)
