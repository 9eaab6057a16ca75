"""Films with chosen sound tracks."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np


def film_of(path: Path, *tracks: np.ndarray) -> Path:
    """Write mono sound tracks of 16 kHz."""
    with av.open(str(path), "w") as container:
        streams = [container.add_stream("pcm_s16le", rate=16000, layout="mono") for _ in tracks]
        for stream, samples in zip(streams, tracks, strict=True):
            frame = av.AudioFrame.from_ndarray((32767 * samples).astype(np.int16)[None], format="s16", layout="mono")
            frame.sample_rate = 16000
            for part in (frame, None):
                for packet in stream.encode(part):
                    container.mux(packet)
    return path
