"""EMOTE's official files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ...published import PublishedSystem


def _folder(checkpoint: Path) -> Path:
    return checkpoint.parent.parent if checkpoint.parent.name == "checkpoints" else checkpoint.parent


def _search(files: Sequence[Path]) -> list[Path]:
    configured = {path.parent for path in files if path.name == "cfg.yaml"}
    heads = [path for path in files if path.suffix == ".ckpt" and _folder(path) in configured]
    # The motion priors of the same download lie in folders named FLINT; the talking head holds its own copy.
    heads = [path for path in heads if not _folder(path).name.upper().startswith("FLINT")]
    newest = [path for path in heads if _folder(path).name.upper() == "EMOTE_V2"]
    last = [path for path in (newest or heads) if path.name == "last.ckpt"]
    return (last or newest or heads)[:1]


SYSTEM = PublishedSystem(
    title="EMOTE",
    files="the unpacked folder EMOTE_v2 or EMOTE (cfg.yaml and checkpoints/last.ckpt)",
    page="https://emote.is.tue.mpg.de",
    licence="Max Planck licence, non-commercial; registration needed",
    folder="emote",
    search=_search,
    home=_folder,
)
