"""Other voices and other rooms out of one recording: pitch, formants, speed, noise, reverberation, tone.

Every function takes and returns float32 mono samples at 16 kHz; only speed changes the timing, and says by how much.
"""

from __future__ import annotations

from fractions import Fraction

import librosa
import numpy as np
import numpy.typing as npt
from scipy import signal

RATE = 16_000
_ENVELOPE_QUEFRENCY = 30  # Samples of cepstrum kept: below the pitch period of voices up to 500 Hz.

Floats = npt.NDArray[np.float32]


def shift_formants(samples: Floats, factor: float) -> Floats:
    """Scale the spectral envelope along frequency and keep the pitch: a shorter vocal tract for ``factor`` > 1.

    The envelope is the cepstrally smoothed log spectrum; each frame is filtered by moved over original envelope.
    """
    frames = librosa.stft(samples, n_fft=512, hop_length=128)
    log_magnitude = np.log(np.abs(frames) + 1e-6)
    cepstrum = np.fft.irfft(log_magnitude, axis=0)
    cepstrum[_ENVELOPE_QUEFRENCY:-_ENVELOPE_QUEFRENCY] = 0
    envelope = np.fft.rfft(cepstrum, axis=0).real
    source = np.minimum(np.arange(len(envelope)) / factor, len(envelope) - 1)
    floor = np.minimum(source.astype(int), len(envelope) - 2)
    part = (source - floor)[:, None]
    moved = envelope[floor] * (1 - part) + envelope[floor + 1] * part
    gain = np.exp(np.clip(moved - envelope, -3.5, 3.5))
    return librosa.istft(frames * gain, hop_length=128, length=len(samples)).astype(np.float32)


def resample_speed(samples: Floats, factor: float) -> Floats:
    """Play faster by ``factor``: pitch, formants and speed rise together."""
    ratio = Fraction(1 / factor).limit_denominator(50)
    return signal.resample_poly(samples, ratio.numerator, ratio.denominator).astype(np.float32)


def convert_voice(samples: Floats, pitch: float, formants: float, speed: float) -> tuple[Floats, float]:
    """Change pitch, formants and speed by their own factors.

    Returns
    -------
    samples, speed
        The voice and the true speed factor: time ``t`` of the original is at ``t / speed``.
    """
    stretch = speed / pitch
    voice = samples if abs(stretch - 1) < 0.02 else librosa.effects.time_stretch(samples, rate=stretch, n_fft=1024)
    voice = resample_speed(voice, pitch)
    if abs(formants / pitch - 1) > 0.01:
        voice = shift_formants(voice, formants / pitch)
    return voice, len(samples) / len(voice)


def reverberate(samples: Floats, rng: np.random.Generator) -> Floats:
    """Convolve with a synthetic room: exponentially decaying noise, 0.1..0.5 s, under the direct sound."""
    seconds = rng.uniform(0.1, 0.5)
    length = int(seconds * RATE)
    tail = rng.standard_normal(length) * np.exp(-6.9 * np.arange(length) / length)
    tail *= rng.uniform(0.05, 0.35) / np.sqrt(np.sum(tail**2) + 1e-9)
    tail[: int(0.002 * RATE)] = 0
    tail[0] = 1
    return signal.fftconvolve(samples, tail)[: len(samples)].astype(np.float32)


def colour(samples: Floats, rng: np.random.Generator) -> Floats:
    """Filter with a random smooth curve of +-8 dB and now and then the band of a telephone or a dull microphone."""
    corners = np.array([0, 150, 400, 1000, 2500, 5000, 8000]) / 8000
    taps = signal.firwin2(129, corners, 10 ** (rng.uniform(-8, 8, len(corners)) / 20))
    filtered = signal.fftconvolve(samples, taps, mode="same")
    kind = rng.random()
    if kind < 0.15:
        band = signal.butter(4, (rng.uniform(150, 350), rng.uniform(3000, 4000)), "bandpass", fs=RATE, output="sos")
        filtered = signal.sosfilt(band, filtered)
    elif kind < 0.3:
        band = signal.butter(4, rng.uniform(3000, 6500), "lowpass", fs=RATE, output="sos")
        filtered = signal.sosfilt(band, filtered)
    return np.asarray(filtered, np.float32)


def noise(length: int, rng: np.random.Generator) -> Floats:
    """Return stationary noise of a random colour (power falls with f to the -2..0), unit RMS, slowly swelling."""
    spectrum = np.fft.rfft(rng.standard_normal(length))
    frequencies = np.maximum(np.arange(len(spectrum)), 1)
    wave = np.fft.irfft(spectrum * frequencies ** rng.uniform(-1, 0), length)
    swell = 1 + rng.uniform(0, 0.5) * np.sin(
        2 * np.pi * (rng.uniform(0.1, 1.5) * np.arange(length) / RATE + rng.random())
    )
    wave = wave * swell
    return (wave / (np.sqrt(np.mean(wave**2)) + 1e-9)).astype(np.float32)


def music(length: int, rng: np.random.Generator) -> Floats:
    """Return simple music, unit RMS: chords of decaying harmonic notes and a noisy beat."""
    wave = np.zeros(length)
    step = int(RATE * rng.uniform(0.2, 0.6))
    root = rng.uniform(80, 300)
    harmonics = np.arange(1, 9)
    for start in range(0, length, step):
        count = min(length - start, 2 * step)
        time = np.arange(count) / RATE
        for interval in rng.choice([0, 3, 4, 5, 7, 9, 12, 16], 3, replace=False):
            pitch = root * 2 ** (interval / 12)
            weights = rng.uniform(0.2, 1, 8) / harmonics
            tone = (weights[:, None] * np.sin(2 * np.pi * pitch * harmonics[:, None] * time)).sum(0)
            wave[start : start + count] += tone * np.exp(-time * rng.uniform(1, 6))
        beat = rng.standard_normal(count) * np.exp(-time * 40)
        wave[start : start + count] += rng.uniform(0, 1.5) * beat
    return (wave / (np.sqrt(np.mean(wave**2)) + 1e-9)).astype(np.float32)


def applause(length: int, rng: np.random.Generator) -> Floats:
    """Return a stand-in for applause, unit RMS: a thousand short claps, each noise of its own colour."""
    wave = np.zeros(length + 800)
    for start in rng.integers(0, length, max(1, int(length / RATE * rng.uniform(40, 150)))):
        count = int(rng.integers(120, 400))
        clap = rng.standard_normal(count) * np.exp(-6 * np.arange(count) / count)
        wave[start : start + count] += rng.uniform(0.2, 1) * np.convolve(clap, rng.standard_normal(6), "same")
    return (wave[:length] / (np.sqrt(np.mean(wave**2)) + 1e-9)).astype(np.float32)


def crowd(length: int, rng: np.random.Generator) -> Floats:
    """Return a stand-in for a murmuring crowd, unit RMS: noise in formant-like bands that swells as syllables do."""
    wave, time = np.zeros(length), np.arange(length) / RATE
    for _ in range(8):
        low = rng.uniform(150, 1800)
        band = signal.butter(2, (low, low * rng.uniform(1.3, 1.9)), "bandpass", fs=RATE, output="sos")
        swell = np.clip(np.sin(2 * np.pi * (rng.uniform(2, 6) * time + rng.random())), 0, 1)
        wave += rng.uniform(0.3, 1) * swell * np.asarray(signal.sosfilt(band, rng.standard_normal(length)))
    return (wave / (np.sqrt(np.mean(wave**2)) + 1e-9)).astype(np.float32)


def add_noise(samples: Floats, decibels: float, rng: np.random.Generator) -> Floats:
    """Add noise at a signal-to-noise ratio in dB."""
    level = np.sqrt(np.mean(samples**2) + 1e-12) * 10 ** (-decibels / 20)
    return (samples + level * noise(len(samples), rng)).astype(np.float32)
