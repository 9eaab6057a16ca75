"""Features of motion windows, their autoencoder, and how motion goes with speech."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from soliloquy.inference.body.upper_body import UPPER_BODY
from soliloquy.inference.character import load_character
from soliloquy.training.body.clips import mirror_rotations
from soliloquy.training.metrics.frechet import fit_gaussian, relative_distance
from soliloquy.training.metrics.motion_autoencoder import (
    FEATURES,
    WINDOW,
    cached_autoencoder,
    train_autoencoder,
)
from soliloquy.training.metrics.motion_features import CHANNELS, group_scales, motion_channels, windows
from soliloquy.training.metrics.recombination import recombined
from soliloquy.training.metrics.speech_motion import (
    block_scales,
    joint_blocks,
    joint_features,
    relation,
    relation_error,
    speech_curves,
)

JOINTS = load_character().joints


def _clip(frames: int, seed: int = 0, width: float = 0.3) -> np.ndarray:
    """(T, 41, 3) arms that hang and swing slowly."""
    rng = np.random.default_rng(seed)
    times = np.arange(frames)[:, None, None] / 30
    shape = (1, len(UPPER_BODY), 3)
    clip = width * rng.standard_normal(shape) * np.sin(times * rng.uniform(1, 4, shape) + rng.uniform(0, 6, shape))
    for side, sign in (("left", 1), ("right", -1)):
        clip[:, UPPER_BODY.index(f"{side}_shoulder"), 2] -= 1.2 * sign
    return clip


def test_a_mirrored_motion_has_its_sides_exchanged():
    clip = _clip(20)
    plain, mirrored = motion_channels(clip, JOINTS), motion_channels(mirror_rotations(clip), JOINTS)
    assert plain.shape == (20, 2, CHANNELS)
    # The character's own left and right differ by a fraction of a millimetre.
    np.testing.assert_allclose(mirrored, plain[:, ::-1], atol=2e-3)


def test_fingers_count_by_their_bend_not_by_where_the_arm_is():
    clip = _clip(10)
    other = clip.copy()
    other[:, UPPER_BODY.index("left_shoulder")] += 0.5
    np.testing.assert_allclose(
        motion_channels(other, JOINTS)[:, 0, -15:], motion_channels(clip, JOINTS)[:, 0, -15:], atol=1e-5
    )
    other[:, UPPER_BODY.index("left_index1"), 2] -= 0.7
    assert (
        np.abs(motion_channels(other, JOINTS)[:, 0, -15:-12] - motion_channels(clip, JOINTS)[:, 0, -15:-12]).max()
        > 0.02
    )


def test_groups_get_their_share_of_the_variance():
    channels = motion_channels(_clip(300), JOINTS).reshape(-1, CHANNELS)
    scaled = (channels * group_scales(channels)).var(0)
    parts = scaled[:12].sum(), scaled[12:18].sum(), scaled[18:].sum()
    np.testing.assert_allclose(np.array(parts) / sum(parts), (0.5, 0.25, 0.25), rtol=1e-3)


def test_windows_cover_a_stretch_and_a_short_one_holds_its_end():
    values = np.arange(60, dtype=np.float32)[:, None]
    found = windows(values, 48, 6)
    assert found.shape == (3, 48, 1)
    assert found[2, 0, 0] == 12
    short = windows(values[:30], 48, 6)
    assert short.shape == (1, 48, 1)
    assert (short[0, 30:, 0] == 29).all()


def test_recombined_windows_take_hands_from_one_clip_and_arms_from_another():
    clips = [_clip(60, seed) for seed in range(4)]
    found = recombined(clips, 40, 48, np.random.default_rng(0))
    assert found.shape == (40, 48, 41, 3)
    collar, thumb = UPPER_BODY.index("left_collar"), UPPER_BODY.index("left_thumb1")

    def owner(window, joint):
        starts = [np.abs(clip[s : s + 48, joint] - window[:, joint]).max() for clip in clips for s in range(13)]
        assert min(starts) < 1e-9
        return int(np.argmin(starts)) // 13

    pairs = [(owner(window, collar), owner(window, thumb)) for window in found]
    assert 10 < sum(a != b for a, b in pairs) < 40


@pytest.fixture(scope="module")
def network():
    return train_autoencoder([_clip(120, seed) for seed in range(6)], JOINTS, steps=120, recombinations=40)


def test_the_autoencoder_learns_and_tells_motion_apart(network):
    def some(width: float, seeds: range) -> np.ndarray:
        return np.concatenate([windows(motion_channels(_clip(150, seed, width), JOINTS), WINDOW, 6) for seed in seeds])

    known, alike, wild = some(0.3, range(6)), some(0.3, range(10, 22)), some(0.9, range(10, 22))
    assert network.error(known) < 0.5
    reference = fit_gaussian(network.features(known), 8)
    near, far = (relative_distance(reference, fit_gaussian(network.features(part), 8)) for part in (alike, wild))
    assert network.features(known).shape == (len(known), FEATURES)
    assert near < 0.5 * far


def test_the_autoencoder_is_kept_and_the_same_again(tmp_path):
    clips = [_clip(60, seed) for seed in range(2)]
    first = cached_autoencoder(clips, JOINTS, tmp_path, steps=3, recombinations=8)
    motion = windows(motion_channels(clips[0], JOINTS), WINDOW, 6)
    np.testing.assert_array_equal(
        first.features(motion), cached_autoencoder(clips, JOINTS, tmp_path, steps=3, recombinations=8).features(motion)
    )
    assert len(list(tmp_path.iterdir())) == 1
    cached_autoencoder(clips[:1], JOINTS, tmp_path, steps=3, recombinations=8)
    assert len(list(tmp_path.iterdir())) == 2


def test_motion_on_its_own_speech_keeps_the_relation_and_on_other_speech_does_not():
    rng = np.random.default_rng(4)
    frames, fps = 9000, 30.0
    times = np.arange(frames * 10 // 3) / 100
    accent = np.convolve(rng.random(len(times)) < 0.008, np.hanning(30), "same")
    prosody = SimpleNamespace(times=times, accent=accent, speaking=np.convolve(accent, np.ones(200) / 40, "same"))
    speech = speech_curves(prosody, frames, fps)
    speed = np.stack([speech[:, 0] + 0.05 * rng.standard_normal(frames)] * 2, 1)
    features = rng.standard_normal(((frames - 48) // 6 + 1, 4))

    def joined(heard):
        blocks = joint_blocks(features, speed, heard, 48, 6)
        return joint_features(blocks, block_scales([blocks]))

    own, shifted = joined(speech), joined(np.roll(speech, 3000, axis=0))
    assert own.shape[1] == 4 + 12 + 12
    np.testing.assert_allclose([own[:, :4].var(0).sum(), own[:, 16:22].var(0).sum()], 1, rtol=1e-6)
    reference = relation(own, 16)
    assert relation_error(reference, reference) == 0
    assert 0.7 < relation_error(reference, relation(shifted, 16)) < 1.5
