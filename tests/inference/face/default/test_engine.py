"""The default face engine: lips that follow speech, whatever its length, level and frame rate."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
soundfile = pytest.importorskip("soundfile")

from soliloquy.inference.arkit import ARKIT_INDEX, ARKIT_NAMES
from soliloquy.inference.character import load_character
from soliloquy.inference.errors import Cancelled, SoliloquyError
from soliloquy.inference.face.default import engine as face
from soliloquy.inference.face.default.engine import DefaultFaceEngine, FaceTrack
from soliloquy.training.face.voices import crowd

BILABIALS = {
    "p of purpose": (1.74, 1.84),
    "second p of purpose": (1.96, 2.06),
    "m of may": (2.37, 2.55),
    "b of be": (2.63, 2.69),
    "m of making": (4.08, 4.20),
    "b of books": (4.48, 4.55),
    "b of by": (4.83, 4.93),
    "m of means": (5.01, 5.11),
    "m of movable": (5.51, 5.55),
    "b of movable": (5.74, 5.83),
    "p of types": (6.20, 6.28),
}
"""Seconds into the demo recording, by forced alignment with its text."""
OPEN_VOWELS = {"our": (1.40, 1.69), "art": (3.66, 3.83), "by": (4.93, 5.01), "types": (6.05, 6.20)}
CLOSED = 0.015  # Eye-corner distances; about a millimetre on the character.


def aperture(track: FaceTrack) -> np.ndarray:
    """Lip aperture on the default character's mesh."""
    poses = np.zeros((len(track.arkit), 165), np.float32)
    poses[:, 66:69] = track.jaw
    return load_character().lip_aperture(poses, track.arkit)


@pytest.fixture(scope="module")
def speech(speech_wav: Path) -> np.ndarray:
    samples, rate = soundfile.read(speech_wav, dtype="float32")
    assert rate == 16_000
    return samples


@pytest.fixture(scope="module")
def track(speech: np.ndarray) -> FaceTrack:
    return DefaultFaceEngine().animate(speech, 50.0, device="cpu")


def test_result_is_sound(speech: np.ndarray, track: FaceTrack) -> None:
    assert track.arkit.shape == (round(len(speech) / 16_000 * 50), 52)
    assert track.arkit.min() >= 0
    assert track.arkit.max() <= 1
    opening = load_character().jaw_open_radians * track.arkit[:, ARKIT_INDEX["jawOpen"]]
    np.testing.assert_allclose(track.jaw[:, 0], opening, atol=1e-6)
    idle = [index for index, name in enumerate(ARKIT_NAMES) if name.startswith(("eye", "brow"))]
    assert not track.arkit[:, idle].any()


def test_a_crowd_that_goes_on_after_speech_does_not_hold_the_lips_open(speech: np.ndarray) -> None:
    sound = crowd(len(speech) + 64_000, np.random.default_rng(3))
    heard = np.pad(speech, (0, 64_000)) + 0.3 * np.sqrt(np.mean(speech**2)) * sound
    lips = aperture(DefaultFaceEngine().animate(heard.astype(np.float32), 25.0, device="cpu"))
    spoken = round(len(speech) / 16_000 * 25)
    assert np.percentile(lips[:spoken], 95) > 0.08
    assert lips[spoken + 45 :].max() < 0.01


def test_lips_shut_on_every_p_b_m(track: FaceTrack) -> None:
    # "Printing, then, for our purpose, may be considered as the art of making books by means of movable types."
    lips = aperture(track)
    span = np.percentile(lips, 95)
    assert 0.05 < span < 0.25
    for name, (start, stop) in BILABIALS.items():
        window = lips[int((start - 0.04) * 50) : int((stop + 0.04) * 50) + 2]
        assert window.min() < 0.1 * span, name


def test_what_is_heard_is_told_with_its_time(track: FaceTrack) -> None:
    assert track.visemes is not None
    heard = track.visemes.shares(np.arange(len(track.arkit)) / 50, 0.04)
    shut = [
        heard["PP"][int((start - 0.04) * 50) : int((stop + 0.04) * 50) + 2].max() > 0.7
        for start, stop in BILABIALS.values()
    ]
    assert sum(shut) >= len(shut) - 1  # the m between the two v of "of movable" is hardly there
    for first, last, viseme in ((2.20, 2.30, "SS"), (4.0, 4.07, "FF")):  # purpo-s-e, o-f
        assert heard[viseme][round(first * 50) : round(last * 50)].max() > 0.9, viseme
    assert sum(heard.values()).max() < 1 + 1e-4


def test_lips_open_on_open_vowels(track: FaceTrack) -> None:
    lips = aperture(track)
    for name, (start, stop) in OPEN_VOWELS.items():
        middle = lips[round((start + stop) / 2 * 50)]
        assert middle > 0.2 * np.percentile(lips, 95), name


def test_same_result_every_time(speech: np.ndarray, track: FaceTrack) -> None:
    again = DefaultFaceEngine().animate(speech, 50.0, device="cpu")
    np.testing.assert_array_equal(again.arkit, track.arkit)


@pytest.mark.parametrize("gain", [0.02, 0.2, 2.0])
def test_level_does_not_matter(speech: np.ndarray, track: FaceTrack, gain: float) -> None:
    quiet = DefaultFaceEngine().animate((speech * np.float32(gain)), 50.0, device="cpu")
    assert np.abs(aperture(quiet) - aperture(track)).max() < 0.01


@pytest.mark.parametrize("fps", [1.0, 23.976, 24.0, 30.0, 120.0, 240.0])
def test_any_frame_rate_shows_the_same_motion(speech: np.ndarray, track: FaceTrack, fps: float) -> None:
    other = DefaultFaceEngine().animate(speech, fps, device="cpu")
    assert len(other.arkit) == max(1, round(len(speech) / 16_000 * fps))
    times = np.arange(len(other.arkit)) / fps
    expected = np.interp(times, np.arange(len(track.arkit)) / 50, aperture(track))
    # A frame a second is a look at a single moment: lips on their way to a closure are not seen to be.
    assert np.abs(aperture(other) - expected).mean() < (0.003 if fps > 2 else 0.01)


def test_windows_leave_no_seam(speech: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    long = np.concatenate([speech] * 5)
    windowed = aperture(DefaultFaceEngine().animate(long, 50.0, device="cpu"))
    monkeypatch.setattr(face, "WINDOW_FRAMES", 1_000_000)
    whole = aperture(DefaultFaceEngine().animate(long, 50.0, device="cpu"))
    assert len(whole) > 3 * 300
    assert np.abs(windowed - whole).max() < 0.004


def test_silence_keeps_the_lips_closed_and_still() -> None:
    for samples in (np.zeros(64_000, np.float32), np.zeros(1, np.float32), np.zeros(0, np.float32)):
        lips = aperture(DefaultFaceEngine().animate(samples, 30.0, device="cpu"))
        assert len(lips) == max(1, round(len(samples) / 16_000 * 30))
        assert lips.max() < CLOSED


def test_hiss_and_hum_do_not_talk() -> None:
    rng = np.random.default_rng(5)
    time = np.arange(96_000) / 16_000
    for samples in (0.05 * rng.standard_normal(96_000), 0.2 * np.sin(2 * np.pi * 50 * time)):
        lips = aperture(DefaultFaceEngine().animate(samples.astype(np.float32), 30.0, device="cpu"))
        assert np.mean(lips > 2 * CLOSED) < 0.1


def test_pauses_between_words_of_a_quiet_second_speaker(speech: np.ndarray) -> None:
    gap = np.zeros(48_000, np.float32)
    lips = aperture(DefaultFaceEngine().animate(np.concatenate([speech, gap, speech]), 50.0, device="cpu"))
    start = int((len(speech) / 16_000 + 0.5) * 50)
    assert lips[start : start + 100].max() < CLOSED


def test_cancel_stops_between_windows(speech: np.ndarray) -> None:
    seen: list[float] = []
    with pytest.raises(Cancelled):
        DefaultFaceEngine().animate(
            np.concatenate([speech] * 10),
            30.0,
            device="cpu",
            progress=seen.append,
            cancelled=lambda: len(seen) >= 2,
        )
    assert len(seen) == 2


def test_progress_rises_to_one(speech: np.ndarray) -> None:
    seen: list[float] = []
    DefaultFaceEngine().animate(np.concatenate([speech] * 4), 30.0, device="cpu", progress=seen.append)
    assert seen == sorted(seen)
    assert len(seen) >= 4
    assert seen[-1] == 1.0


def test_missing_and_damaged_weights_are_told_in_words(tmp_path: Path, speech: np.ndarray) -> None:
    with pytest.raises(SoliloquyError, match="missing") as missing:
        DefaultFaceEngine(tmp_path / "none.safetensors").animate(speech, 30.0, device="cpu")
    assert missing.value.kind == "missing_files"
    damaged = tmp_path / "face.safetensors"
    damaged.write_bytes(face.WEIGHTS.read_bytes()[:1000])
    with pytest.raises(SoliloquyError, match="damaged"):
        DefaultFaceEngine(damaged).animate(speech, 30.0, device="cpu")


def test_weights_of_another_network_are_refused(tmp_path: Path, speech: np.ndarray) -> None:
    encoder_only = face.WEIGHTS.with_name("phones.safetensors")
    other = tmp_path / "other.safetensors"
    other.write_bytes(encoder_only.read_bytes())
    with pytest.raises(SoliloquyError, match="another version"):
        DefaultFaceEngine(other).animate(speech, 30.0, device="cpu")
