"""Every file a person may choose is read right, or refused in one sentence."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import numpy as np
import pytest

av = pytest.importorskip("av")
soundfile = pytest.importorskip("soundfile")
scipy_signal = pytest.importorskip("scipy.signal")

from soliloquy.inference.audio import AudioClip, read_audio
from soliloquy.inference.errors import Cancelled, SoliloquyError
from soliloquy.inference.settings import AudioRange


@pytest.fixture(scope="module")
def speech(speech_wav: Path) -> np.ndarray:
    samples, rate = soundfile.read(speech_wav, dtype="float32")
    assert rate == 16000
    return samples


def read(path: Path, **span: float) -> AudioClip:
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
    ):
        with pytest.raises(SoliloquyError, match=words) as caught:
            read(tmp_path / name)
        assert caught.value.kind == "bad_audio"
        assert caught.value.hint


def test_ranges_that_cannot_be(speech_wav: Path) -> None:
    for start, stop, words in ((2.0, 2.0, "no length"), (3.0, 1.0, "no length"), (-1.0, 2.0, "cannot start")):
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
