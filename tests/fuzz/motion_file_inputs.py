"""Motion in other programs' formats."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import mutations as by
import numpy as np
from reader import ARCHIVE, JSON, Reader

from soliloquy.inference.arkit import ARKIT_NAMES
from soliloquy.inference.performance import Performance

TEXT = (by.by_lines, by.by_lines, by.by_bytes)


def made(frames: int = 5) -> Performance:
    """Return a performance that moves everything that formats write."""
    random = np.random.default_rng(5)
    return Performance(
        30.0,
        random.normal(0, 0.1, (frames, 165)).astype(np.float32),
        np.zeros((frames, 3), np.float32),
        random.uniform(0, 0.4, (frames, len(ARKIT_NAMES))).astype(np.float32),
        random.uniform(0, 0.1, frames).astype(np.float32),
    )


def written(format: str, suffix: str) -> Callable[[Path], list[bytes]]:
    """Return what makes one good file of a format."""

    def seeds(folder: Path) -> list[bytes]:
        from soliloquy.inference.motion_files.register import write_motion

        return [write_motion(made(), folder / f"seed.{suffix}", format).read_bytes()]

    return seeds


def read(path: Path) -> None:
    """Read as *Load Performance* does."""
    from soliloquy.inference.motion_files.register import read_motion

    assert read_motion(path).frames > 0


def outlined(path: Path) -> None:
    """Look through a BVH file as is done before Blender imports it."""
    from soliloquy.inference.motion_files.bvh_file import outline

    assert outline(path).frames > 0


def body_models(folder: Path) -> list[bytes]:
    """Return a file in SMPL-X's layout, as small as they come."""
    parents = [-1, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 12, 13, 14, 16, 17, 18, 19, 15, 15, 15]
    for wrist in (20, 21):
        for _ in range(5):
            parents += [wrist, len(parents), len(parents) + 1]
    np.savez(
        folder / "seed.npz",
        v_template=np.eye(4, 3), f=np.array([[0, 1, 2], [1, 2, 3]], np.uint32), weights=np.full((4, 55), 1 / 55),
        J_regressor=np.full((55, 4), 0.25), shapedirs=np.zeros((4, 3, 20), np.float32),
        posedirs=np.zeros((4, 3, 486)), kintree_table=np.array([parents, range(55)], np.int64),
    )  # fmt: skip
    return [(folder / "seed.npz").read_bytes()]


def read_model(path: Path) -> None:
    """Read as *Add Body Model* does."""
    from soliloquy.inference.body_models.model_file import read_body_model

    assert np.isfinite(read_body_model(path).joints()).all()


READERS: tuple[Reader, ...] = (
    Reader("live link face", 500, "csv", written("livelink", "csv"), TEXT, read),
    Reader("audio2face", 500, "json", written("audio2face", "json"), JSON, read),
    Reader("rhubarb tsv", 300, "tsv", written("rhubarb-tsv", "tsv"), TEXT, read),
    Reader("rhubarb xml", 300, "xml", written("rhubarb-xml", "xml"), TEXT, read),
    Reader("rhubarb json", 300, "json", written("rhubarb-json", "json"), JSON, read),
    Reader("moho", 300, "dat", written("moho", "dat"), TEXT, read),
    Reader("bvh", 400, "bvh", written("bvh", "bvh"), TEXT, outlined),
    Reader("smplx motion", 600, "npz", written("smplx", "npz"), ARCHIVE, read),
    Reader("body model", 400, "npz", body_models, ARCHIVE, read_model),
)
