"""From a sound or video file to the samples an engine hears: mono, 16 kHz, cut to the sample.

FFmpeg (through PyAV) decodes and resamples. It recognises a file by what it holds, so an MP3 named ``.wav`` is read as
an MP3. Decoding streams through in blocks; only the finished 16 kHz signal is held.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import av.error
import numpy as np
import numpy.typing as npt
from av.container import InputContainer

from .errors import BadAudio, Cancelled, SoliloquyError
from .settings import AudioRange

SAMPLE_RATE = 16000
"""Rate of every :class:`AudioClip`, Hz."""
SILENCE_DB = -70.0
"""A clip whose loudest sample lies below this level (dB re full scale) counts as silent."""

# A mono mix this much weaker than its loudest channel has lost the speech: one channel silent, or opposite phases.
_MIX_LOSS = 0.55
# Containers that hold sound themselves. Play lists and the like, which make FFmpeg open other files, are left out.
_CONTAINERS = (
    "wav,w64,flac,mp3,ogg,mov,mp4,m4a,matroska,webm,aac,aiff,caf,au,avi,asf,flv,mpeg,mpegts,ac3,eac3,dts,amr,amrnb,"
    "amrwb,ape,wv,tta,tak,mxf,dsf,voc,truehd,mpc,mpc8,gsm,oma,rm,loas"
)
_PCM_SCALE = {"u8": 128.0, "s16": 32768.0, "s32": 2147483648.0, "s64": 9223372036854775808.0}
# FFmpeg's errors derive from these two.
_DECODE_ERRORS = (av.error.FFmpegError, ValueError)

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class AudioClip:
    """A stretch of speech, ready for the engines."""

    samples: Floats
    """(n,) float32, mono, 16 kHz, nominally -1..1, always finite."""
    sample_rate: int
    sha256: str
    """Hash of the whole source file."""
    start: float
    """Where the clip starts in the file, seconds."""
    stop: float
    """Where it ends in the file, seconds."""
    warnings: tuple[str, ...] = ()
    """Sentences for the user: what was odd about the file and how it was read all the same."""

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return len(self.samples) / self.sample_rate


def _bad(message: str, hint: str) -> SoliloquyError:
    return BadAudio(message, hint)


def read_audio(
    audio: AudioRange,
    *,
    progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> AudioClip:
    """Decode a file, or a range of it, to 16 kHz mono.

    Time zero is the first sample a player plays: the padding that MP3 and AAC encoders put in front is dropped as
    FFmpeg drops it. Channels are averaged; where that cancels the speech out, the loudest channel is taken instead.
    Damaged or truncated files give what can be read and a warning; a silent file is read and gets a warning.

    Parameters
    ----------
    audio : AudioRange
        File and range in seconds. A range may reach past the end of the file; it is cut there.
    progress : callable, optional
        Called with 0..1.
    cancelled : callable, optional
        Asked several times a second.

    Raises
    ------
    SoliloquyError
        Kind ``"bad_audio"``: no such file, a folder, an empty file, not a sound, no audio track, a range of no length
        or outside the file.
    Cancelled
        When ``cancelled()`` turned true.
    """
    path = Path(audio.path)
    _check_range(audio)
    if path.is_dir():
        raise _bad(f"'{path}' is a folder, not a sound file.", "Choose a sound or video file in it.")
    if not path.is_file():
        raise _bad(f"There is no sound file at '{path}'.", "Check the path, or find the missing file in Blender.")
    try:
        if path.stat().st_size == 0:
            raise _bad(f"'{path.name}' is empty (0 bytes).", "Record or export it again.")
        sha256 = _sha256(path, cancelled)
    except OSError as error:
        raise _bad(f"'{path.name}' cannot be read: {error.strerror}.", "Check the file's permissions.") from error

    report = progress or (lambda _fraction: None)
    decoder = _Decoder(path, audio, cancelled)
    samples = decoder.read(lambda fraction: report(fraction))
    lost = decoder.lost_channel()
    if lost is not None:
        samples = decoder.read(lambda fraction: report(fraction), channel=lost)
        decoder.warnings.append(
            f"Channel {lost + 1} of '{path.name}' is used alone: mixing its channels would have weakened the speech."
        )
    if not len(samples):
        raise _bad(
            f"'{path.name}' is {decoder.position:.2f} s long; nothing of it lies within {_words(audio)}.",
            "Choose a range inside the file.",
        )
    if audio.stop is not None and audio.stop > decoder.position + 0.1:
        decoder.warnings.append(f"'{path.name}' ends at {decoder.position:.2f} s, before the end of the chosen range.")
    if float(np.max(np.abs(samples))) < 10.0 ** (SILENCE_DB / 20.0):
        decoder.warnings.append(f"'{path.name}' is silent here: the face stays alive, the lips stay closed.")
    stop = audio.start + len(samples) / SAMPLE_RATE
    return AudioClip(samples, SAMPLE_RATE, sha256, audio.start, stop, tuple(decoder.warnings))


def _check_range(audio: AudioRange) -> None:
    stop = math.inf if audio.stop is None else audio.stop
    if math.isnan(audio.start) or math.isnan(stop) or audio.start < 0.0 or math.isinf(audio.start):
        raise _bad(f"The range cannot start at {audio.start:g} s.", "Choose a start of 0 or more.")
    if stop - audio.start < 1.0 / SAMPLE_RATE:
        raise _bad(f"The range {_words(audio)} has no length.", "Choose a stop that lies after the start.")


def _words(audio: AudioRange) -> str:
    return f"{audio.start:g} s to " + ("the end" if audio.stop is None else f"{audio.stop:g} s")


def _sha256(path: Path, cancelled: Callable[[], bool] | None) -> str:
    digest = hashlib.sha256()
    with open(path, "rb") as stream:
        while block := stream.read(1 << 22):
            digest.update(block)
            _stop_if(cancelled)
    return digest.hexdigest()


def _stop_if(cancelled: Callable[[], bool] | None) -> None:
    if cancelled is not None and cancelled():
        raise Cancelled()


def _riff_cut_short(path: Path) -> bool:
    """Tell whether a WAV is shorter than its header says; FFmpeg trusts the file's size and stays silent about it."""
    with open(path, "rb") as stream:
        head = stream.read(8)
    declared = int.from_bytes(head[4:8], "little")
    # Recorders that stream write 0 or nearly 4 GB because they do not know the length.
    return head[:4] == b"RIFF" and 0 < declared < 0xFFFFF000 and declared + 8 > path.stat().st_size + 1


def _channels(frame: av.AudioFrame) -> Floats:
    """Return (channels, n) float32 of one decoded frame, finite."""
    array = frame.to_ndarray()
    kind = frame.format.name.removesuffix("p")
    if not frame.format.is_planar:
        array = array.reshape(-1, frame.layout.nb_channels).T
    if kind in _PCM_SCALE:
        offset = 128.0 if kind == "u8" else 0.0
        return ((array.astype(np.float64) - offset) / _PCM_SCALE[kind]).astype(np.float32)
    values = array.astype(np.float32)
    if not np.isfinite(values).all():
        values = np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)
    # A float file may hold huge nonsense, whose square would overflow.
    return np.clip(values, -16.0, 16.0)


class _Mono:
    """Collects mono blocks of any sample rate as one 16 kHz signal."""

    def __init__(self, expected: int) -> None:
        self._signal = np.empty(max(expected, SAMPLE_RATE), np.float32)
        self._length = 0
        self._pending: list[Floats] = []
        self._pending_length = 0
        self._rate = 0
        self._resampler: av.AudioResampler | None = None

    def push(self, block: Floats, rate: int) -> None:
        if rate != self._rate:
            self._flush()
            self._rate = rate
            self._resampler = av.AudioResampler("flt", "mono", SAMPLE_RATE) if rate != SAMPLE_RATE else None
        self._pending.append(block)
        self._pending_length += len(block)
        if self._pending_length >= rate:
            self._drain()

    def finish(self) -> Floats:
        self._flush()
        return self._signal[: self._length]

    def _drain(self) -> None:
        if not self._pending:
            return
        block = np.concatenate(self._pending)
        self._pending, self._pending_length = [], 0
        if self._resampler is None:
            self._append(block)
            return
        frame = av.AudioFrame.from_ndarray(block[None], format="flt", layout="mono")
        frame.sample_rate = self._rate
        for out in self._resampler.resample(frame):
            self._append(out.to_ndarray()[0])

    def _flush(self) -> None:
        self._drain()
        if self._resampler is not None:
            for out in self._resampler.resample(None):
                self._append(out.to_ndarray()[0])
            self._resampler = None
        self._rate = 0

    def _append(self, block: Floats) -> None:
        end = self._length + len(block)
        if end > len(self._signal):
            self._signal = np.resize(self._signal, max(end, int(len(self._signal) * 1.5)))
        self._signal[self._length : end] = block
        self._length = end


class _Decoder:
    """One file and one range of it; may be read more than once."""

    def __init__(self, path: Path, audio: AudioRange, cancelled: Callable[[], bool] | None) -> None:
        self.path = path
        self.audio = audio
        self.cancelled = cancelled
        self.warnings: list[str] = []
        self.position = 0.0
        """Seconds into the file the last reading came to."""
        self._energy = np.zeros(0)
        self._mix_energy = 0.0

    def lost_channel(self) -> int | None:
        """Return the channel to take alone, or None when the mono mix holds the speech."""
        if len(self._energy) < 2 or self._mix_energy >= _MIX_LOSS**2 * self._energy.max():
            return None
        return int(np.argmax(self._energy))

    def read(self, progress: Callable[[float], None], channel: int | None = None) -> Floats:
        """Return the range as 16 kHz mono: the mean of the channels, or one of them."""
        self.warnings.clear()
        self._energy, self._mix_energy = np.zeros(0), 0.0
        stop = math.inf if self.audio.stop is None else self.audio.stop
        length = self._expected_length()
        mono = _Mono(int(max(0.0, min(stop, length) - self.audio.start) * SAMPLE_RATE) + 4096)
        span = max(1e-3, min(stop, length) - self.audio.start)
        reported = 0.0
        for position, rate, block in self._blocks():
            first = max(0, round((self.audio.start - position) * rate))
            last = len(block[0]) if stop == math.inf else min(len(block[0]), round((stop - position) * rate))
            if last > first:
                part = block[:, first:last]
                mixed = part.mean(axis=0) if channel is None else part[min(channel, len(part) - 1)]
                self._measure(part, mixed)
                mono.push(mixed, rate)
            if self.position >= stop:
                break
            if position - reported > 2.0:
                reported = position
                progress(min(1.0, max(0.0, (position - self.audio.start) / span)))
        return mono.finish()

    def _measure(self, part: Floats, mixed: Floats) -> None:
        if len(self._energy) < len(part):
            self._energy = np.pad(self._energy, (0, len(part) - len(self._energy)))
        self._energy[: len(part)] += np.einsum("cn,cn->c", part, part, dtype=np.float64)
        self._mix_energy += float(np.einsum("n,n->", mixed, mixed, dtype=np.float64))

    def _open(self) -> InputContainer:
        # "file:" keeps a colon in a file's name from being taken for a protocol, and no other protocol is allowed.
        options = {"protocol_whitelist": "file", "format_whitelist": _CONTAINERS}
        try:
            return av.open(f"file:{self.path}", options=options, metadata_errors="replace")
        except _DECODE_ERRORS as error:
            raise _bad(
                f"'{self.path.name}' is not a sound file, or is damaged beyond reading.",
                "Choose a WAV, FLAC, MP3, OGG or M4A file, or export this one again.",
            ) from error

    def _expected_length(self) -> float:
        with self._open() as container:
            return max(0.0, (container.duration or 0) / av.time_base)

    def _blocks(self) -> Iterator[tuple[float, int, Floats]]:
        """Yield (seconds into the file, sample rate, (channels, n) samples) in order, gaps filled with silence."""
        damaged = 0
        self.position = 0.0
        origin: float | None = None
        with self._open() as container:
            stream = container.streams.best("audio")
            if stream is None or not isinstance(stream, av.AudioStream):
                raise _bad(f"'{self.path.name}' has no sound in it.", "Choose a file with an audio track.")
            if stream.codec_context is None:
                raise _bad(f"The sound in '{self.path.name}' uses an unknown codec.", "Export it as WAV or FLAC.")
            declared = float(stream.duration * stream.time_base) if stream.duration and stream.time_base else 0.0
            # Plain samples can be sought exactly; compressed ones are decoded from the start, as only that is exact.
            if 1.0 < self.audio.start < declared and stream.codec_context.name.startswith("pcm_") and stream.time_base:
                container.seek(int((self.audio.start - 0.5) / stream.time_base), stream=stream)
                origin = 0.0
            for packet in container.demux(stream):
                _stop_if(self.cancelled)
                try:
                    frames = packet.decode()
                except _DECODE_ERRORS:
                    damaged += 1
                    continue
                for frame in frames:
                    rate = frame.sample_rate
                    if not rate or not frame.samples:
                        continue
                    if frame.time is not None:
                        if origin is None:
                            origin = frame.time
                        gap = frame.time - origin - self.position
                        if gap > 0.02 and (gap < 60.0 or self.position == 0.0):
                            if self.position > 0.0:
                                yield self.position, rate, np.zeros((1, round(gap * rate)), np.float32)
                            self.position = frame.time - origin
                    block = _channels(frame)
                    position = self.position
                    self.position += block.shape[1] / rate
                    yield position, rate, block
        self._judge(damaged, declared)

    def _judge(self, damaged: int, declared: float) -> None:
        """Note what was wrong with a file that was read to its end."""
        if self.position == 0.0:
            raise _bad(
                f"'{self.path.name}' holds no sound that can be read: it is empty or damaged.", "Export it again."
            )
        if damaged:
            self.warnings.append(f"'{self.path.name}' is damaged; {damaged} unreadable pieces were skipped.")
        elif declared - self.position > max(0.5, 0.02 * declared):
            self.warnings.append(
                f"'{self.path.name}' is cut short: {self.position:.2f} s of {declared:.2f} s could be read."
            )
        elif _riff_cut_short(self.path):
            self.warnings.append(
                f"'{self.path.name}' is cut short: the {self.position:.2f} s that are there were read."
            )
