"""MeshTalk's official files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ...published import PublishedSystem

FILES = ("encoder.pkl", "context_model.pkl", "vertex_unet.pkl")


def _search(files: Sequence[Path]) -> list[Path]:
    for place in {path.parent: None for path in files}:
        inside = {path.name: path for path in files if path.parent == place}
        if all(name in inside for name in FILES):
            return [inside[name] for name in FILES]
    return []


SYSTEM = PublishedSystem(
    title="MeshTalk",
    files="encoder.pkl, context_model.pkl and vertex_unet.pkl",
    page="https://github.com/facebookresearch/meshtalk",
    licence="CC BY-NC 4.0",
    folder="meshtalk",
    search=_search,
)
