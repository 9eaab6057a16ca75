"""Decodes one track of a file block by block, within bounds, over what is damaged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import av
import av.error
import numpy as np
import numpy.typing as npt
from av.container import InputContainer

from ..errors import BadAudio, Cancelled
from .memory import bound_memory

Floats = npt.NDArray[np.float32]
Block = tuple[float, int, Floats]
"""Seconds into the file, samples per second, (channels, n) samples."""

# Containers that hold sound themselves. Play lists and the like, which make FFmpeg open other files, are left out.
_CONTAINERS = (
    "wav,w64,flac,mp3,ogg,mov,mp4,m4a,matroska,webm,aac,aiff,caf,au,avi,asf,flv,mpeg,mpegts,ac3,eac3,dts,amr,amrnb,"
    "amrwb,ape,wv,tta,tak,mxf,dsf,voc,truehd,mpc,mpc8,gsm,oma,rm,loas"
)
_RATES = (2000, 3_072_000)
"""Samples per second that speech can come in: telephones of old, one-bit recordings."""
_MOST_CHANNELS = 256
_PATIENCE = 60.0
"""Seconds that opening a file, and each reading from it, may take."""
_GAP, _LONGEST_GAP = 0.02, 60.0
"""Seconds missing between two packets: less is rounding, more a broken clock."""
_MOST_SILENCE = 10.0
"""Silence that gaps may make, as a multiple of the sound there is, beyond a minute."""
_PCM_SCALE = {"u8": 128.0, "s16": 32768.0, "s32": 2147483648.0, "s64": 9223372036854775808.0}
# FFmpeg's errors derive from these two.
_DECODE_ERRORS = (av.error.FFmpegError, ValueError)


def stop_if(cancelled: Callable[[], bool] | None) -> None:
    """Raise :class:`Cancelled` when the person has cancelled."""
    if cancelled is not None and cancelled():
        raise Cancelled()


class Decoder:
    """One track of one file; may be read more than once.

    Parameters
    ----------
    track : int
        Sound track, counted from 1; 0 for the one a player plays.
    """

    def __init__(self, path: Path, track: int, cancelled: Callable[[], bool] | None) -> None:
        self.path = path
        self.warnings: list[str] = []
        """Sentences about what was odd, after a reading to the end."""
        self.position = 0.0
        """Seconds into the file that the last reading came to."""
        self.names: tuple[str, ...] = ()
        """What FFmpeg calls the channels."""
        self._track = track
        self._cancelled = cancelled
        self._silence = 0.0
        self._left_out = 0.0
        self._damaged = 0

    def declared_length(self) -> float:
        """Return the seconds that the file says it has; nobody vouches for them."""
        with self._open() as container:
            return max(0.0, (container.duration or 0) / av.time_base)

    def tracks(self) -> tuple[int, ...]:
        """Return the numbers of the sound tracks, the one that a player plays first."""
        with self._open() as container:
            played = container.streams.best("audio")
            found = list(enumerate(container.streams.audio, 1))
        return tuple(number for number, _ in sorted(found, key=lambda item: item[1] is not played))

    def blocks(self, start: float) -> Iterator[Block]:
        """Yield what is from ``start`` on, or from earlier on, in order, gaps filled with silence.

        Raises
        ------
        BadAudio
            When there is no such track, or nothing in it that can be read as speech.
        """
        self.warnings.clear()
        self.position = self._silence = self._left_out = 0.0
        self._damaged = 0
        with self._open() as container:
            stream = self._stream(container)
            declared = float(stream.duration * stream.time_base) if stream.duration and stream.time_base else 0.0
            origin = self._seek(container, stream, start, declared)
            for frame in self._frames(container, stream):
                if frame.time is not None:
                    if origin is None:
                        origin = frame.time
                    yield from self._gap(frame.time - origin, frame.sample_rate)
                block = _channels(frame)
                position = self.position
                self.position += block.shape[1] / frame.sample_rate
                yield position, frame.sample_rate, block
        self._judge(declared)

    def _open(self) -> InputContainer:
        # "file:" keeps a colon in a file's name from being taken for a protocol, and no other protocol is allowed.
        options = {"protocol_whitelist": "file", "format_whitelist": _CONTAINERS}
        bound_memory()
        try:
            return av.open(f"file:{self.path}", options=options, metadata_errors="replace", timeout=_PATIENCE)
        except _DECODE_ERRORS as error:
            raise BadAudio(
                f"'{self.path.name}' is not a sound file, or is damaged beyond reading.",
                "Choose a WAV, FLAC, MP3, OGG or M4A file, or export this one again.",
            ) from error

    def _stream(self, container: InputContainer) -> av.AudioStream:
        found = container.streams.audio
        if not len(found):
            raise BadAudio(f"'{self.path.name}' has no sound in it.", "Choose a file with an audio track.")
        if self._track > len(found):
            tracks = f"{len(found)} sound tracks" if len(found) > 1 else "one sound track"
            raise BadAudio(f"'{self.path.name}' has {tracks}, no track {self._track}.", "Choose another track.")
        stream = found[self._track - 1] if self._track else container.streams.best("audio")
        # PyAV's types say that there always is a codec; its streams of unknown ones have none.
        if not isinstance(stream, av.AudioStream) or cast("Any", stream.codec_context) is None:
            raise BadAudio(f"The sound in '{self.path.name}' uses an unknown codec.", "Export it as WAV or FLAC.")
        return stream

    def _seek(self, container: InputContainer, stream: av.AudioStream, start: float, declared: float) -> float | None:
        """Go near the start where that is exact; return what counts as time zero, None where it is yet to be found."""
        # Plain samples can be sought exactly; compressed ones are decoded from the start, as only that is exact.
        if not (1.0 < start < declared and stream.codec_context.name.startswith("pcm_") and stream.time_base):
            return None
        try:
            container.seek(int((start - 0.5) / stream.time_base), stream=stream)
        except _DECODE_ERRORS:
            return None
        return 0.0

    def _frames(self, container: InputContainer, stream: av.AudioStream) -> Iterator[av.AudioFrame]:
        """Yield frames with sound in them, over packets that cannot be decoded, up to where nothing can be read."""
        packets = iter(container.demux(stream))
        while True:
            stop_if(self._cancelled)
            try:
                packet = next(packets, None)
            except _DECODE_ERRORS:
                self._damaged += 1
                return
            if packet is None:
                return
            try:
                frames = packet.decode()
            except _DECODE_ERRORS:
                self._damaged += 1
                continue
            for frame in frames:
                if isinstance(cast("Any", frame), av.AudioFrame) and frame.samples and frame.sample_rate:
                    self._check(frame)
                    yield frame

    def _check(self, frame: av.AudioFrame) -> None:
        if not _RATES[0] <= frame.sample_rate <= _RATES[1]:
            raise BadAudio(
                f"'{self.path.name}' has {frame.sample_rate} samples a second, which no recording of speech has.",
                "Export it as WAV with 48000.",
            )
        count = frame.layout.nb_channels
        if not 1 <= count <= _MOST_CHANNELS:
            raise BadAudio(f"'{self.path.name}' has {count} channels.", "Export the one with the speech as WAV.")
        if len(self.names) != count:
            self.names = tuple(channel.name for channel in frame.layout.channels)

    def _gap(self, target: float, rate: int) -> Iterator[Block]:
        """Fill what is missing up to the next packet with silence, second by second."""
        seconds = target - self.position
        if seconds <= _GAP:
            return
        if self.position == 0.0:  # the reading was begun further on
            self.position = target
            return
        if seconds >= _LONGEST_GAP:
            return
        if self._silence + seconds > _LONGEST_GAP + _MOST_SILENCE * (self.position - self._silence):
            self._left_out += seconds
            return
        self._silence += seconds
        left = round(seconds * rate)
        position, self.position = self.position, target
        while left > 0:
            count = min(left, rate)
            yield position, rate, np.zeros((1, count), np.float32)
            position += count / rate
            left -= count

    def _judge(self, declared: float) -> None:
        """Note what was wrong with a file that was read to its end."""
        name = self.path.name
        if self.position == 0.0:
            raise BadAudio(f"'{name}' holds no sound that can be read: it is empty or damaged.", "Export it again.")
        if self._left_out:
            self.warnings.append(f"'{name}' has a broken clock; {self._left_out:.0f} s of pauses were left out.")
        if self._damaged:
            self.warnings.append(f"'{name}' is damaged; {self._damaged} unreadable pieces were skipped.")
        elif declared - self.position > max(0.5, 0.02 * declared):
            self.warnings.append(f"'{name}' is cut short: {self.position:.2f} s of {declared:.2f} s could be read.")
        elif _riff_cut_short(self.path):
            self.warnings.append(f"'{name}' is cut short: the {self.position:.2f} s that are there were read.")


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
