"""The official files of TalkSHOW's body."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ...published import PublishedSystem


def _search(files: Sequence[Path]) -> list[Path]:
    """Return the file of the two VQ-VAEs and the one of the autoregressive model."""
    checkpoints = [path for path in files if path.suffix in (".pth", ".pt")]
    vq = [path for path in checkpoints if "body-vq" in path.parent.name.lower() or "body_vq" in path.name.lower()]
    pixel = [p for p in checkpoints if "body-pixel" in p.parent.name.lower() or "body_pixel" in p.name.lower()]
    return [vq[0], pixel[0]] if vq and pixel else []


SYSTEM = PublishedSystem(
    title="TalkSHOW's body",
    files="the unpacked folders of s2g_body_vq and s2g_body_pixel (smplx_S2G-body-vq-3d and smplx_S2G-body-pixel-3d, "
    "each with ckpt-99.pth)",
    page="https://github.com/yhw-yhw/TalkSHOW",
    licence="Max Planck, research only; no licence file, ask the authors for other uses",
    folder="talkshow",
    search=_search,
)
