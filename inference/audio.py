"""From a sound or video file to the samples an engine hears: mono, 16 kHz, cut to the sample.

FFmpeg (through PyAV) decodes and resamples. It recognises a file by what it holds, so an MP3 named ``.wav`` is read as
an MP3. Decoding streams through in blocks; only the finished 16 kHz signal is held.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from .errors import BadAudio, SoliloquyError
from .recording.channels import TITLES, Choice, Listener
from .recording.decoder import Decoder, stop_if
from .recording.mono import SAMPLE_RATE, Mono
from .recording.tracks import speech_track
from .settings import AudioRange

SILENCE_DB = -70.0
"""A clip whose loudest sample lies below this level (dB re full scale) counts as silent."""

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
    FFmpeg drops it. Channels are averaged where all hold speech; the one with the speech is taken alone where others
    hold something else (the centre before all, the low-frequency channel never), the loudest where a mix would cancel
    the speech out. Of several tracks it is the one that players play, unless only another one holds speech.
    ``audio.track`` and ``audio.channel`` decide otherwise. Damaged or truncated files give what can be read and a
    warning; a silent file is read and gets a warning.

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
        Kind ``"bad_audio"``: no such file, a folder, an empty file, not a sound, no such track or channel, a range of
        no length, outside the file or longer than :data:`~.recording.mono.MOST_SECONDS`.
    Cancelled
        When ``cancelled()`` turned true.
    """
    path = Path(audio.path)
    _check_range(audio)
    try:
        if path.is_dir():
            raise _bad(f"'{path}' is a folder, not a sound file.", "Choose a sound or video file in it.")
        if not path.is_file():
            raise _bad(f"There is no sound file at '{path}'.", "Check the path, or find the missing file in Blender.")
        if path.stat().st_size == 0:
            raise _bad(f"'{path.name}' is empty (0 bytes).", "Record or export it again.")
        sha256 = _sha256(path, cancelled)
    except OSError as error:
        raise _bad(f"'{path.name}' cannot be read: {error.strerror}.", "Check its name and permissions.") from error

    report: Callable[[float], None] = progress or (lambda _fraction: None)
    try:
        samples, position, warnings = _read(path, audio, report, cancelled)
    except SoliloquyError:
        raise
    except Exception as error:  # FFmpeg on damaged bytes fails in as many ways as there are formats
        raise _bad(f"'{path.name}' is damaged beyond reading.", "Export it again.") from error
    if not len(samples):
        raise _bad(
            f"'{path.name}' is {position:.2f} s long; nothing of it lies within {_words(audio)}.",
            "Choose a range inside the file.",
        )
    if audio.stop is not None and audio.stop > position + 0.1:
        warnings.append(f"'{path.name}' ends at {position:.2f} s, before the end of the chosen range.")
    if float(np.max(np.abs(samples))) < 10.0 ** (SILENCE_DB / 20.0):
        warnings.append(f"'{path.name}' is silent here: the face stays alive, the lips stay closed.")
    stop = audio.start + len(samples) / SAMPLE_RATE
    return AudioClip(samples, SAMPLE_RATE, sha256, audio.start, stop, tuple(warnings))


def _read(
    path: Path, audio: AudioRange, report: Callable[[float], None], cancelled: Callable[[], bool] | None
) -> tuple[Floats, float, list[str]]:
    """Return the samples of a range, the second of the file that was come to, and what was odd."""
    stop = math.inf if audio.stop is None else audio.stop
    track, why = (audio.track, "") if audio.track else speech_track(path, audio.start, stop, cancelled)
    decoder = Decoder(path, track, cancelled)
    listener = Listener()
    wanted = (audio.channel - 1,) if audio.channel else ()
    samples = _mix(decoder, audio, report, wanted, listener)
    choice = Choice(wanted) if wanted else listener.choose(decoder.names)
    if not wanted and listener.channels and len(choice.channels) != listener.channels:
        samples = _mix(decoder, audio, report, choice.channels)
    warnings = [why] * bool(why) + decoder.warnings
    if choice.why:
        number = choice.channels[0]
        name = TITLES.get(decoder.names[number], "") if number < len(decoder.names) else ""
        title = f"Channel {number + 1} ({name})" if name else f"Channel {number + 1}"
        warnings.append(f"{title} of '{path.name}' is used alone: {choice.why}.")
    return samples, decoder.position, warnings


def _mix(
    decoder: Decoder,
    audio: AudioRange,
    report: Callable[[float], None],
    channels: tuple[int, ...],
    listener: Listener | None = None,
) -> Floats:
    """Return the range as 16 kHz mono: the mean of some channels, of all when none is named."""
    stop = math.inf if audio.stop is None else audio.stop
    expected = min(stop, decoder.declared_length()) - audio.start
    mono, span = Mono(expected), max(1e-3, expected)
    reported = 0.0
    for position, rate, block in decoder.blocks(audio.start):
        if channels and listener is not None and channels[0] >= len(decoder.names):
            count = len(decoder.names)
            having = f"{count} channels" if count > 1 else "one channel"
            raise _bad(f"'{decoder.path.name}' has {having}, no channel {channels[0] + 1}.", "Choose another channel.")
        first = max(0, round((audio.start - position) * rate))
        last = len(block[0]) if stop == math.inf else min(len(block[0]), round((stop - position) * rate))
        if last > first:
            part = block[:, first:last]
            mixed = _mean(part, channels)
            if listener is not None:
                listener.hear(part, mixed, rate)
            mono.push(mixed, rate)
        if decoder.position >= stop:
            break
        if position - reported > 2.0:
            reported = position
            report(min(1.0, max(0.0, (position - audio.start) / span)))
    return mono.finish()


def _mean(part: Floats, channels: tuple[int, ...]) -> Floats:
    if not channels or len(part) == 1:
        return part.mean(axis=0)
    # The number of channels may change on the way.
    rows = [min(channel, len(part) - 1) for channel in channels]
    return part[rows[0]] if len(rows) == 1 else part[rows].mean(axis=0)


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
            stop_if(cancelled)
    return digest.hexdigest()
