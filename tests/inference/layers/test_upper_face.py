"""The learned upper face: alive, smooth, another one for another seed, the same one for the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("scipy")
pytest.importorskip("safetensors")

from soliloquy.inference.arkit import ARKIT_INDEX, ARKIT_NAMES, region_of_coefficient
from soliloquy.inference.audio import read_audio
from soliloquy.inference.errors import SoliloquyError
from soliloquy.inference.layers import upper_face
from soliloquy.inference.layers.speech_features import FEATURES, speech_features
from soliloquy.inference.layers.upper_face import UpperFace, load_upper_face, upper_face_layer
from soliloquy.inference.prosody import Prosody, analyse
from soliloquy.inference.settings import AudioRange

BROWS = [ARKIT_INDEX[name] for name in ARKIT_NAMES if name.startswith("brow")]


@pytest.fixture(scope="module")
def speech(speech_wav: Path) -> tuple[np.ndarray, Prosody]:
    """The recording three times over and 10 s of silence."""
    once = read_audio(AudioRange(str(speech_wav))).samples
    samples = np.concatenate([np.tile(once, 3), np.zeros(160_000, np.float32)])
    return samples, analyse(samples)


def layer(speech: tuple[np.ndarray, Prosody], fps: float = 30.0, **options: float) -> UpperFace:
    samples, prosody = speech
    times = np.arange(round(len(samples) / 16000 * fps)) / fps
    chosen = {"strength": 1.0, "head_strength": 1.0, "seed": 0, **options}
    return upper_face_layer(times, samples, prosody, chosen["strength"], chosen["head_strength"], int(chosen["seed"]))


def test_moves_brows_lids_and_head_and_never_the_lips(speech) -> None:
    face = layer(speech)
    assert face.head is not None
    assert face.arkit.shape == (len(face.head), 52)
    assert face.arkit.min() >= 0
    assert face.arkit.max() <= 0.8
    moving = {ARKIT_NAMES[column] for column in np.flatnonzero(np.ptp(face.arkit, axis=0) > 0.02)}
    assert {"browInnerUp", "browOuterUpLeft", "browDownRight", "eyeSquintLeft", "eyeWideRight"} <= moving
    assert not any(region_of_coefficient(name) == "lips" or "Blink" in name or "Look" in name for name in moving)
    degrees = np.degrees(face.head)
    assert 0.5 < degrees.std() < 4
    assert np.abs(degrees).max() < 20


def test_another_seed_is_another_face_and_the_same_seed_the_same(speech) -> None:
    first, again, other = layer(speech), layer(speech), layer(speech, seed=1)
    np.testing.assert_array_equal(first.arkit, again.arkit)
    np.testing.assert_array_equal(first.head, again.head)
    for one, two in ((first.arkit[:, BROWS], other.arkit[:, BROWS]), (first.head, other.head)):
        apart = np.sqrt(((one - two) ** 2).mean())
        assert apart > 0.8 * one.std(0).mean()


def test_the_voice_changes_what_is_drawn(speech) -> None:
    samples, prosody = speech
    times = np.arange(300) / 30
    own = upper_face_layer(times, samples, prosody, 1.0, 1.0, 0)
    silent = upper_face_layer(times, samples, analyse(np.zeros(160_000, np.float32)), 1.0, 1.0, 0)
    assert np.abs(own.arkit - silent.arkit).max() > 0.05


@pytest.mark.parametrize("fps", [24.0, 30.0, 120.0])
def test_is_the_same_smooth_curve_at_any_frame_rate(speech, fps: float) -> None:
    fine, face = layer(speech, 240.0), layer(speech, fps)
    step = round(240 / fps)
    np.testing.assert_allclose(face.arkit, fine.arkit[::step][: len(face.arkit)], atol=1e-4)
    speed = np.abs(np.diff(fine.arkit[:, BROWS], axis=0)) * 240
    assert speed.max() < 6
    # No kinks or steps between the network's frames: a second difference at 240 fps is a small part of a first.
    assert np.abs(np.diff(fine.arkit[:, BROWS], 2, axis=0)).max() * 240 < 0.5 * speed.max()
    assert fine.head is not None
    assert np.degrees(np.abs(np.diff(fine.head, axis=0))).max() * 240 < 110


def test_silence_is_calm_and_alive(speech) -> None:
    face = layer(speech)
    assert face.head is not None
    quiet, talk = slice(-240, None), slice(0, 400)
    speed = np.degrees(np.linalg.norm(np.diff(face.head, axis=0), axis=1)) * 30
    assert 0.05 < np.median(speed[quiet]) < 0.8 * np.median(speed[talk])
    brow = np.abs(np.diff(face.arkit[:, BROWS], axis=0)).sum(1)
    assert 0 < brow[quiet].mean() < brow[talk].mean()


def test_strengths_scale_and_switch_off(speech) -> None:
    one, two = layer(speech), layer(speech, strength=2.0, head_strength=2.0)
    off = layer(speech, strength=0.0, head_strength=0.0)
    assert off.arkit.max() == 0
    assert off.head is None
    ratio = two.arkit[:, BROWS].std(0) / one.arkit[:, BROWS].std(0)
    assert ratio.min() > 1.4
    assert ratio.max() < 2.4
    assert one.head is not None
    assert two.head is not None
    assert 1.5 < two.head.std() / one.head.std() < 2.1


def test_pieces_do_not_show(speech, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = layer(speech)
    monkeypatch.setattr(upper_face, "_CHUNK", 37)
    cut = layer(speech)
    np.testing.assert_allclose(cut.arkit, whole.arkit, atol=1e-3)
    np.testing.assert_allclose(cut.head, whole.head, atol=1e-4)


def test_one_frame_and_an_empty_voice_are_enough() -> None:
    face = upper_face_layer(np.zeros(1), np.zeros(0, np.float32), analyse(np.zeros(0, np.float32)), 1.0, 1.0, 0)
    assert face.arkit.shape == (1, 52)
    assert np.isfinite(face.arkit).all()


def test_the_networks_see_each_frame_little_more_than_once(speech, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upper_face, "_CHUNK", 256)
    network = load_upper_face()
    heard: list[int] = []
    drawn: list[int] = []
    hooks = [
        network.speech.register_forward_hook(lambda _module, _given, made: heard.append(made.shape[1])),
        network.decoder.register_forward_hook(lambda _module, _given, made: drawn.append(made.shape[1])),
    ]
    samples = np.tile(speech[0], 5)
    layer((samples, analyse(samples)))
    for hook in hooks:
        hook.remove()
    frames = len(samples) / 16000 * 25
    assert frames / 2 <= sum(heard) < 1.2 * frames / 2
    assert frames <= sum(drawn) < 1.2 * frames
    assert max(heard) < 0.2 * frames / 2, "a long recording is heard in pieces"


def test_features_are_those_of_the_voice_whatever_its_level(speech) -> None:
    samples, prosody = speech
    features = speech_features(prosody, 800)
    assert features.shape == (800, len(FEATURES))
    assert np.abs(features).max() < 2.5
    quieter = speech_features(analyse(0.2 * samples), 800)
    assert np.abs(features[:300] - quieter[:300]).mean() < 0.05
    phrase = prosody.phrases[0]
    since = features[:, FEATURES.index("since")]
    start = round(phrase[0] * 25)
    assert since[start + 1] < 0.2
    assert since[min(start + 25, round(phrase[1] * 25) - 1)] > 0.3


def test_bad_weights_are_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SoliloquyError, match="missing"):
        upper_face.load_upper_face(tmp_path / "upper_face.safetensors")
    broken = tmp_path / "upper_face.safetensors"
    broken.write_bytes(upper_face.WEIGHTS.read_bytes()[:5000])
    with pytest.raises(SoliloquyError, match="damaged"):
        upper_face.load_upper_face(broken)
