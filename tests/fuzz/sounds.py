"""Recordings, in the containers and codecs that people bring."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import mutations as by
import numpy as np
from reader import Reader

_SOUNDS = (
    ("wav", "pcm_s16le"),
    ("wav", "pcm_f32le"),
    ("wav", "pcm_u8"),
    ("flac", "flac"),
    ("mp3", "libmp3lame"),
    ("ogg", "libopus"),
    ("ogg", "libvorbis"),
    ("mp4", "aac"),
    ("matroska", "aac"),
    ("matroska", "pcm_s16le"),
    ("aiff", "pcm_s16be"),
    ("au", "pcm_mulaw"),
    ("w64", "pcm_s16le"),
    ("caf", "alac"),
    ("mpegts", "ac3"),
    ("tta", "tta"),
    ("wv", "wavpack"),
    ("asf", "wmav2"),
    ("avi", "pcm_s16le"),
    ("flv", "aac"),
    ("amr", "libopencore_amrnb"),
    ("voc", "pcm_u8"),
)


def _sounds(_: Path) -> list[bytes]:
    import av

    made = []
    time = np.arange(9600) / 48000
    samples = (0.3 * np.sin(2 * np.pi * 200 * time) * (1 + np.sin(2 * np.pi * 20 * time))).astype(np.float32)
    for container, codec in _SOUNDS:
        stream = io.BytesIO()
        try:
            with av.open(stream, "w", format=container) as output:
                # PyAV's types know no sound streams here.
                track: Any = output.add_stream(codec, rate=48000, layout="stereo")
                frame = av.AudioFrame.from_ndarray(np.stack([samples, 0.5 * samples]), format="fltp", layout="stereo")
                frame.sample_rate = 48000
                size = track.codec_context.frame_size or 1024
                for part in (*av.AudioResampler(track.format.name, "stereo", 48000, size).resample(frame), None):
                    for packet in track.encode(part):
                        output.mux(packet)
        except Exception:  # not every FFmpeg has every encoder
            continue
        made.append(stream.getvalue())
    return made


def _read_sound(path: Path) -> None:
    from soliloquy.inference.audio import read_audio
    from soliloquy.inference.settings import AudioRange

    clip = read_audio(AudioRange(str(path)))
    assert np.isfinite(clip.samples).all()
    if len(path.name) % 2:
        read_audio(AudioRange(str(path), 0.05, 0.1, channel=2))


READERS: tuple[Reader, ...] = (Reader("sound", 3000, "wav", _sounds, (by.by_bytes,), _read_sound, "av"),)
