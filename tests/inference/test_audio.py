"""Every file a person may choose is read right, or refused in one sentence."""

from __future__ import annotations

import hashlib
import os
import struct
import tracemalloc
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

av = pytest.importorskip("av")
soundfile = pytest.importorskip("soundfile")
scipy_signal = pytest.importorskip("scipy.signal")

from films import film_of

from soliloquy.inference.audio import AudioClip, read_audio
from soliloquy.inference.errors import BadAudio, Cancelled, SoliloquyError
from soliloquy.inference.recording import mono
from soliloquy.inference.settings import AudioRange


@pytest.fixture(scope="module")
def speech(speech_wav: Path) -> np.ndarray:
    samples, rate = soundfile.read(speech_wav, dtype="float32")
    assert rate == 16000
    return samples


def read(path: Path, **span: Any) -> AudioClip:
    return read_audio(AudioRange(str(path), **span))


def similarity(clip: AudioClip, speech: np.ndarray) -> float:
    """Correlation at lag zero: one sample of delay would show."""
    assert clip.samples.dtype == np.float32
    assert abs(len(clip.samples) - len(speech)) <= 2
    count = min(len(clip.samples), len(speech))
    return float(np.corrcoef(clip.samples[:count], speech[:count])[0, 1])


def encode(path: Path, codec: str, speech: np.ndarray, **stream_options: str) -> None:
    """Write a sound track of 48 kHz stereo."""
    high = scipy_signal.resample_poly(speech, 3, 1).astype(np.float32)
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=48000, layout="stereo")
        frame = av.AudioFrame.from_ndarray(np.stack([high, high]), format="fltp", layout="stereo")
        frame.sample_rate = 48000
        for part in (*av.AudioResampler(stream.format.name, "stereo", 48000, 1024).resample(frame), None):
            for packet in stream.encode(part):
                container.mux(packet)


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE"])
def test_sample_formats(tmp_path: Path, speech: np.ndarray, subtype: str) -> None:
    soundfile.write(tmp_path / "a.wav", speech, 16000, subtype=subtype)
    clip = read(tmp_path / "a.wav")
    assert np.abs(clip.samples - speech).max() < (0.01 if subtype == "PCM_U8" else 1e-4)
    assert clip.sha256 == hashlib.sha256((tmp_path / "a.wav").read_bytes()).hexdigest()
    assert clip.warnings == ()


@pytest.mark.parametrize("rate", [8000, 11025, 22050, 44100, 48000, 96000])
def test_sample_rates_keep_time_and_sound(tmp_path: Path, speech: np.ndarray, rate: int) -> None:
    divisor = int(np.gcd(rate, 16000))
    other = scipy_signal.resample_poly(speech, rate // divisor, 16000 // divisor)
    soundfile.write(tmp_path / "a.wav", np.stack([other, other], 1), rate, subtype="PCM_24")
    back = scipy_signal.resample_poly(other, 16000 // divisor, rate // divisor)[: len(speech)]
    assert similarity(read(tmp_path / "a.wav"), back.astype(np.float32)) > 0.999


@pytest.mark.parametrize("name", ["a.flac", "a.mp3", "a.ogg", "mp3 named.wav"])
def test_containers(tmp_path: Path, speech: np.ndarray, name: str) -> None:
    kind = "mp3" if "mp3" in name else name.rpartition(".")[2]
    soundfile.write(tmp_path / name, speech, 16000, format=kind)
    assert similarity(read(tmp_path / name), speech) > 0.995


@pytest.mark.parametrize(("name", "codec"), [("a.m4a", "aac"), ("film.mkv", "aac")])
def test_aac_in_sound_and_film_files(tmp_path: Path, speech: np.ndarray, name: str, codec: str) -> None:
    encode(tmp_path / name, codec, speech)
    clip = read(tmp_path / name)
    # This encoder writes its 1024 samples of run-up without marking them, so time is checked to that.
    assert abs(clip.duration - len(speech) / 16000) < 0.05
    shifts = [float(np.corrcoef(clip.samples[s : s + 90000], speech[:90000])[0, 1]) for s in range(400)]
    assert max(shifts) > 0.98


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.mp3"])
def test_a_range_is_cut_to_the_sample(tmp_path: Path, speech: np.ndarray, name: str) -> None:
    soundfile.write(tmp_path / name, speech, 16000)
    whole = read(tmp_path / name).samples
    clip = read(tmp_path / name, start=2.1234, stop=3.5)
    first, last = round(2.1234 * 16000), 56000
    np.testing.assert_allclose(clip.samples, whole[first:last], atol=1e-6)
    assert (clip.start, clip.stop) == (2.1234, pytest.approx(3.5, abs=1e-4))


def test_speech_survives_a_silent_and_an_inverted_channel(tmp_path: Path, speech: np.ndarray) -> None:
    for name, other in (("silent.wav", 0 * speech), ("inverted.wav", -speech)):
        soundfile.write(tmp_path / name, np.stack([other, speech], 1), 16000)
        clip = read(tmp_path / name)
        assert np.abs(clip.samples).max() == pytest.approx(np.abs(speech).max(), abs=1e-3)
        assert len(clip.warnings) == 1


def test_nan_and_infinity_become_silence(tmp_path: Path, speech: np.ndarray) -> None:
    broken = speech.copy()
    broken[1000], broken[2000] = np.nan, np.inf
    soundfile.write(tmp_path / "a.wav", broken, 16000, subtype="FLOAT")
    clip = read(tmp_path / "a.wav")
    assert np.isfinite(clip.samples).all()
    assert np.abs(clip.samples - speech)[2001:].max() < 1e-6


def test_silence_is_read_with_a_warning(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.zeros(16000), 16000)
    clip = read(tmp_path / "a.wav")
    assert clip.duration == 1.0
    assert "silent" in clip.warnings[0]


@pytest.mark.parametrize("name", ["a.wav", "a.mp3", "a.flac"])
def test_a_truncated_file_gives_what_is_there_and_says_so(tmp_path: Path, speech: np.ndarray, name: str) -> None:
    soundfile.write(tmp_path / name, speech, 16000)
    data = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(data[: len(data) // 2])
    clip = read(tmp_path / name)
    assert 0.3 * len(speech) < len(clip.samples) < 0.7 * len(speech)
    assert len(clip.warnings) == 1
    assert name in clip.warnings[0]


def test_a_film_without_sound_is_refused(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "film.mkv"), "w") as container:
        stream = container.add_stream("mpeg4", rate=24)
        stream.width = stream.height = 64
        frame = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")
        for part in (frame, None):
            for packet in stream.encode(part):
                container.mux(packet)
    with pytest.raises(SoliloquyError, match="has no sound in it"):
        read(tmp_path / "film.mkv")


def test_what_is_no_sound_is_refused_in_words(tmp_path: Path, speech: np.ndarray) -> None:
    (tmp_path / "text.wav").write_text("Hello, I am not a sound.\n" * 200)
    (tmp_path / "list.m3u8").write_text("#EXTM3U\n#EXTINF:1,\n/etc/hostname\n")
    (tmp_path / "empty.wav").touch()
    (tmp_path / "noise.wav").write_bytes(os.urandom(20000))
    soundfile.write(tmp_path / "header.wav", speech, 16000)
    (tmp_path / "header.wav").write_bytes((tmp_path / "header.wav").read_bytes()[:44])
    for name, words in (
        ("text.wav", "not a sound file"),
        ("list.m3u8", "not a sound file"),
        ("empty.wav", "is empty"),
        ("noise.wav", "not a sound file"),
        ("header.wav", "holds no sound"),
        ("", "is a folder"),
        ("missing.wav", "no sound file at"),
        ("n" * 300, "cannot be read"),
    ):
        with pytest.raises(SoliloquyError, match=words) as caught:
            read(tmp_path / name)
        assert caught.value.kind == "bad_audio"
        assert caught.value.hint


def test_ranges_that_cannot_be(speech_wav: Path) -> None:
    for start, stop, words in ((2.0, 2.0, "not lie after"), (3.0, 1.0, "not lie after"), (-1.0, 2.0, "start=-1")):
        with pytest.raises(SoliloquyError, match=words):
            read(speech_wav, start=start, stop=stop)
    with pytest.raises(SoliloquyError, match="nothing of it lies within"):
        read(speech_wav, start=100.0)
    clip = read(speech_wav, start=5.0, stop=100.0)
    assert clip.stop == pytest.approx(6.5248, abs=1e-3)
    assert "before the end of the chosen range" in clip.warnings[0]


def test_cancelling(speech_wav: Path) -> None:
    with pytest.raises(Cancelled):
        read_audio(AudioRange(str(speech_wav)), cancelled=lambda: True)


def _extensible(path: Path, channels: list[np.ndarray], mask: int, rate: int = 16000) -> Path:
    """Write 16-bit WAVE_FORMAT_EXTENSIBLE with a channel mask."""
    data = (np.clip(np.stack(channels, 1), -1, 1) * 32767).astype("<i2").tobytes()
    count = len(channels)
    form = struct.pack("<HHIIHHHHI", 0xFFFE, count, rate, rate * count * 2, count * 2, 16, 22, 16, mask)
    form += bytes.fromhex("0100000000001000800000aa00389b71")
    body = b"WAVEfmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", len(data)) + data
    path.write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)
    return path


def _tone(frequency: float, count: int, level: float = 0.5) -> np.ndarray:
    return (level * np.sin(2 * np.pi * frequency * np.arange(count) / 16000)).astype(np.float32)


def _rumble(count: int) -> np.ndarray:
    spectrum = np.fft.rfft(np.random.default_rng(1).normal(size=count))
    spectrum[np.fft.rfftfreq(count, 1 / 16000) > 90] = 0
    rumble = np.fft.irfft(spectrum, count)
    return (0.6 * rumble / np.abs(rumble).max()).astype(np.float32)


def _notes(count: int, seconds: float = 0.25) -> np.ndarray:
    """Plucked chords that change several times a second."""
    time = np.arange(int(seconds * 16000)) / 16000
    shape = np.exp(-3 * time) * np.minimum(1, time / 0.01)
    chords = [(220, 277, 330), (196, 247, 294), (175, 220, 262)]
    bars = [sum(np.sin(2 * np.pi * f * k * time) / k for f in chord for k in range(1, 8)) * shape for chord in chords]
    music = np.resize(np.concatenate(bars), count)
    return (0.6 * music / np.abs(music).max()).astype(np.float32)


_OTHERS = {
    "tone": lambda n: _tone(1000, n),
    "hum": lambda n: sum(_tone(50 * k, n, 0.5 / k) for k in range(1, 8)),
    "rumble": _rumble,
    "noise": lambda n: np.random.default_rng(2).normal(0, 0.2, n).astype(np.float32),
    "chords": _notes,
    "slow chords": lambda n: _notes(n, 0.5),
    "beeps": lambda n: _tone(1000, n) * (np.arange(n) % 5333 < 2666),
    "clicks": lambda n: np.where(np.arange(n) % 4000 < 400, np.random.default_rng(3).normal(0, 0.3, n), 0),
    "timecode": lambda n: 0.5 * np.repeat(np.random.default_rng(4).integers(0, 2, n // 8 + 1) * 2 - 1, 8)[:n],
}


@pytest.mark.parametrize("other", list(_OTHERS))
@pytest.mark.parametrize("level", [0.3, 0.03])
def test_the_channel_with_the_speech_is_taken_however_loud_the_other_is(
    tmp_path: Path, speech: np.ndarray, other: str, level: float
) -> None:
    quiet = level * speech / np.abs(speech).max()
    for channels, number in (([quiet, _OTHERS[other](len(speech))], 1), ([_OTHERS[other](len(speech)), quiet], 2)):
        clip = read(_extensible(tmp_path / "a.wav", channels, 3))
        assert np.corrcoef(clip.samples, quiet)[0, 1] > 0.99
        assert f"Channel {number} " in clip.warnings[0]
        assert "speech" in clip.warnings[0]


def test_what_holds_speech_in_both_channels_is_mixed_as_ever(tmp_path: Path, speech: np.ndarray) -> None:
    later = np.roll(speech, 20000)
    rng = np.random.default_rng(5)
    for name, left, right in (
        ("dual mono", speech, speech),
        ("two people", speech, later),
        ("louder on one side", speech, 0.4 * speech),
        ("a room", speech, 0.6 * np.roll(speech, 300) + rng.normal(0, 0.01, len(speech)).astype(np.float32)),
        ("no speech at all", _notes(len(speech)), _tone(440, len(speech))),
    ):
        path = tmp_path / f"{name}.wav"
        soundfile.write(path, np.stack([left, right], 1), 16000, subtype="FLOAT")
        clip = read(path)
        assert clip.warnings == (), name
        np.testing.assert_array_equal(clip.samples, np.stack([left, right]).astype(np.float32).mean(axis=0))


def test_of_surround_sound_the_centre_is_taken_and_never_the_low_channel(tmp_path: Path, speech: np.ndarray) -> None:
    quiet, rest = 0.2 * speech / np.abs(speech).max(), np.zeros_like(speech)
    for name, channels, number in (
        ("centre", [rest, rest, quiet, _tone(40, len(speech)), rest, rest], 3),
        ("music", [_notes(len(speech)), _notes(len(speech)), quiet, rest, rest, rest], 3),
        ("speech all round", [2 * quiet, 2 * quiet, quiet, rest, quiet, quiet], 3),
        ("speech in the low channel", [rest, rest, quiet, 4 * np.roll(speech, 9000), rest, rest], 3),
        ("empty centre", [rest, quiet, rest, _rumble(len(speech)), rest, rest], 2),
    ):
        clip = read(_extensible(tmp_path / f"{name}.wav", channels, 0x3F))
        assert np.corrcoef(clip.samples, quiet)[0, 1] > 0.99, name
        assert f"Channel {number} " in clip.warnings[0], name
    silent = [rest, rest, rest, _tone(40, len(speech)), rest, rest]
    assert np.abs(read(_extensible(tmp_path / "low.wav", silent, 0x3F)).samples).max() < 1e-3


def test_a_channel_and_a_track_can_be_chosen(tmp_path: Path, speech: np.ndarray) -> None:
    other = _tone(300, len(speech))
    path = _extensible(tmp_path / "a.wav", [speech, other], 3)
    for channel, wanted in ((1, speech), (2, other)):
        clip = read(path, channel=channel)
        assert np.corrcoef(clip.samples, wanted)[0, 1] > 0.999
        assert clip.warnings == ()
    with pytest.raises(BadAudio, match=r"has 2 channels, no channel 3\. Choose"):
        read(path, channel=3)
    with pytest.raises(BadAudio, match="has one sound track, no track 2"):
        read(path, track=2)
    film = film_of(tmp_path / "film.mkv", other, speech)
    for track, wanted in ((1, other), (2, speech)):
        clip = read(film, track=track)
        assert np.corrcoef(clip.samples, wanted)[0, 1] > 0.999
        assert clip.warnings == ()


def _wav(path: Path, rate: int, data: bytes, channels: int = 1, bits: int = 8, claimed: int | None = None) -> Path:
    form = struct.pack(
        "<HHIIHH", 1, channels, rate, min(rate * channels * bits // 8, 2**32 - 1), channels * bits // 8, bits
    )
    size = len(data) if claimed is None else claimed
    body = b"WAVEfmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", size) + data
    path.write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)
    return path


@pytest.mark.parametrize("rate", [1, 100, 1999, 4_000_000_000])
def test_rates_that_no_recording_has_are_refused_at_once(tmp_path: Path, rate: int) -> None:
    path = _wav(tmp_path / "a.wav", rate, bytes([128, 140]) * 60_000)
    tracemalloc.start()
    with pytest.raises(BadAudio, match="samples a second|not a sound file|no sound that can be read") as caught:
        read(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert caught.value.hint
    assert peak < 8 << 20


def test_more_than_the_longest_stretch_is_refused_and_a_part_of_it_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mono, "MOST_SECONDS", 5.0)
    path = _wav(tmp_path / "a.wav", 4000, bytes([128, 140]) * 30_000)
    with pytest.raises(BadAudio, match="cannot be animated at a time") as caught:
        read(path)
    assert "shorter stretch" in caught.value.hint
    assert read(path, start=9.0, stop=13.0).duration == pytest.approx(4.0, abs=0.01)


def test_declared_lengths_take_no_memory(tmp_path: Path) -> None:
    path = _wav(tmp_path / "a.wav", 8000, bytes([128, 140]) * 8000, claimed=0xFFFFFFF0)
    tracemalloc.start()
    clip = read(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert clip.duration == pytest.approx(2.0, abs=0.01)
    assert peak < 1 << 30  # set aside, not filled


def test_many_channels_are_read(tmp_path: Path, speech: np.ndarray) -> None:
    part = (32767 * speech[:32000]).astype("<i2")
    samples = np.zeros((len(part), 60), "<i2")
    samples[:, 41] = part
    clip = read(_wav(tmp_path / "a.wav", 16000, samples.tobytes(), 60, 16))
    assert np.corrcoef(clip.samples, speech[:32000])[0, 1] > 0.99


def test_pauses_between_packets_are_kept_but_not_without_end(tmp_path: Path, speech: np.ndarray) -> None:
    def write(name: str, gap: float, packets: int, length: float) -> Path:
        path = tmp_path / name
        count = int(length * 16000)
        with av.open(str(path), "w", format="matroska") as container:
            stream = container.add_stream("pcm_s16le", rate=16000, layout="mono")
            stream.time_base = Fraction(1, 16000)
            for number in range(packets):
                part = speech[:count] if len(speech) >= count else np.resize(speech, count)
                frame = av.AudioFrame.from_ndarray((32767 * part).astype(np.int16)[None], format="s16", layout="mono")
                frame.sample_rate, frame.time_base = 16000, Fraction(1, 16000)
                frame.pts = round(number * gap * 16000)
                for packet in stream.encode(frame):
                    container.mux(packet)
        return path

    clip = read(write("pause.mkv", 3.0, 3, 1.0))
    assert clip.duration == pytest.approx(7.0, abs=0.05)
    assert np.abs(clip.samples[17000:47000]).max() == 0
    assert clip.warnings == ()
    clip = read(write("broken.mkv", 59.0, 200, 0.05))
    assert clip.duration < 200
    assert "broken clock" in clip.warnings[0]


@pytest.mark.parametrize(("name", "codec"), [("a.mp3", "libmp3lame"), ("a.m4a", "aac"), ("a.ogg", "libopus")])
def test_damage_in_the_middle_costs_only_what_is_damaged(
    tmp_path: Path, speech: np.ndarray, name: str, codec: str
) -> None:
    encode(tmp_path / name, codec, speech)
    content = bytearray((tmp_path / name).read_bytes())
    third = len(content) // 3
    content[third : third + 2000] = os.urandom(2000)
    (tmp_path / name).write_bytes(bytes(content))
    clip = read(tmp_path / name)
    assert clip.duration > 0.8 * len(speech) / 16000
