"""The official files of TalkSHOW's face."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ...published import PublishedSystem


def _search(files: Sequence[Path]) -> list[Path]:
    checkpoints = [path for path in files if path.suffix in (".pth", ".pt")]
    named = [path for path in checkpoints if "face" in path.parent.name.lower() or "face" in path.name.lower()]
    plain = [path for path in checkpoints if path.parent.name == "talkshow" and path.name.startswith("ckpt")]
    return (named or plain)[:1]


SYSTEM = PublishedSystem(
    title="TalkSHOW",
    files="the face checkpoint (the unpacked folder of s2g_face with ckpt-99.pth)",
    page="https://github.com/yhw-yhw/TalkSHOW",
    licence="Max Planck, research only; no licence file, ask the authors for other uses",
    folder="talkshow",
    search=_search,
)
