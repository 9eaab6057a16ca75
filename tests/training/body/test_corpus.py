"""Speech joined into stretches, and the gestures paired with it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("scipy")
pytest.importorskip("soundfile")
import soundfile

from soliloquy.inference.body.upper_body import SIX, UPPER_BODY, from_six, with_upper_body
from soliloquy.inference.gestures.features import FEATURES
from soliloquy.inference.gestures.settings import STYLES, GestureSettings
from soliloquy.inference.gestures.strokes import wrist_speed
from soliloquy.inference.prosody import analyse
from soliloquy.training.body import corpus
from soliloquy.training.body.recordings import Stretch, join
from soliloquy.training.body.split import HELD_OUT_SETS
from soliloquy.training.face.corpora import EMODB_HELD_OUT, Clip, load_emodb, load_ljspeech

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
SETS = {"Gestures", "Gestures2", "FemaleGestures", "PNGestures", "ChrRachel", "adult_male"}
needs_data = pytest.mark.skipif(not (DATA / "emodb").is_dir(), reason="the speech is not here")


@pytest.fixture(scope="module")
def stretch(speech_wav) -> Stretch:
    samples, _ = soundfile.read(speech_wav, dtype="float32")
    clips = [Clip(f"part{number}", "ljspeech", "lj", samples, False) for number in range(4)]
    return join(clips, 3)[0]


def take(style: str = "explaining", *, mirrored: bool = False, seed: int = 5, **asked) -> corpus.Take:
    return corpus.Take(0, GestureSettings(style=style, **asked), 0.1, seed, mirrored)


def clip(name: str, corpus_: str, speaker: str, seconds: float) -> Clip:
    sound = np.random.default_rng(len(name)).normal(0, 0.01, int(16_000 * seconds)).astype(np.float32)
    return Clip(name, corpus_, speaker, sound, False)


def test_sentences_are_joined_with_pauses_and_none_is_lost():
    clips = [clip(f"a{n}", "ljspeech", "lj", 8.0) for n in range(9)] + [clip("b", "kokoro", "x", 3.0)]
    stretches = join(clips, 0)
    names = sorted(name for stretch in stretches for _, _, name in stretch.sentences)
    assert names == sorted(clip.name for clip in clips)
    for stretch in stretches:
        assert stretch.seconds < 55
        edges = [edge for start, stop, _ in stretch.sentences for edge in (start, stop)]
        assert edges == sorted(edges)
        loud = np.abs(stretch.samples[: int(16_000 * (edges[0] - 0.01))]).max()
        assert loud < 0.001, "before the first sentence it is quiet"
        start, stop, _ = stretch.sentences[0]
        spoken = stretch.samples[int(16_000 * start) : int(16_000 * stop)]
        assert np.sqrt(np.mean(spoken**2)) == pytest.approx(10 ** (-23 / 20), rel=0.02), "all are equally loud"


def test_takes_cover_every_style_posture_and_hand():
    stretches = [Stretch(f"s{n}", "ljspeech", "lj", np.zeros(16_000 * 30, np.float32), ()) for n in range(30)]
    takes = corpus.plan_takes(stretches, 2.0, 1)
    assert takes == corpus.plan_takes(stretches, 2.0, 1)
    assert 2.0 <= sum(stretches[one.stretch].seconds for one in takes) / 3600 < 2.05
    counts = [sum(one.settings.style == style for one in takes) for style in STYLES]
    assert min(counts) > 0.8 * len(takes) / len(STYLES)
    assert 0.1 < np.mean([one.settings.posture == "seated" for one in takes]) < 0.4
    assert {-1.0, 0.0, 1.0} <= {one.settings.handedness for one in takes}
    assert {(one.settings.energy, one.settings.rest) for one in takes} == {(1.0, "sides")}, "what engines are asked for"
    assert 0.35 < np.mean([one.mirrored for one in takes]) < 0.65
    pairs = {(one.stretch, one.settings.style) for one in takes}
    assert len(pairs) == len(stretches) * len(STYLES), "a stretch comes back in another style until it had them all"


def test_neither_side_may_use_a_set_of_the_other():
    train, held_out = corpus.excluded_sets("train", SETS), corpus.excluded_sets("held_out", SETS)
    assert set(HELD_OUT_SETS) <= set(train)
    assert set(held_out) & SETS == SETS - set(HELD_OUT_SETS)
    assert not (SETS - set(train)) & (SETS - set(held_out))


def test_a_take_is_the_same_every_time_and_its_strokes_land_on_accents(stretch):
    prosody = analyse(stretch.samples)
    first = corpus.pair(stretch, prosody, take(), HELD_OUT_SETS)
    again = corpus.pair(stretch, prosody, take(), HELD_OUT_SETS)
    other = corpus.pair(stretch, prosody, take(seed=6), HELD_OUT_SETS)
    assert np.array_equal(first.motion, again.motion)
    assert not np.array_equal(first.motion, other.motion)
    assert first.motion.shape == (int(stretch.seconds * 30), SIX)
    assert first.features.shape == (len(first.motion), len(FEATURES))
    assert len(first.strokes) >= 3
    gaps = np.abs(first.strokes[:, :1] - prosody.accent_times).min(1)
    assert gaps.max() < 0.05, "every stroke is on an accent"
    # The hands really move before the strokes, and more than elsewhere.
    rotations = from_six(first.motion.astype(np.float32).reshape(-1, len(UPPER_BODY), 6))
    poses = with_upper_body(np.zeros((len(first.motion), 165)), rotations)
    speed = wrist_speed(poses, 30)
    before = [speed[max(0, int(30 * second) - 12) : int(30 * second) + 1].max() for second in first.strokes[:, 0]]
    assert np.median(before) > 2 * np.median(speed)


def test_a_mirrored_take_moves_the_other_hand_and_says_so(stretch):
    prosody = analyse(stretch.samples)
    plain = corpus.pair(stretch, prosody, take(handedness=1.0), HELD_OUT_SETS)
    mirrored = corpus.pair(stretch, prosody, take(handedness=1.0, mirrored=True), HELD_OUT_SETS)

    def moving(one: corpus.Paired) -> np.ndarray:
        rows = [UPPER_BODY.index(f"{side}_elbow") for side in ("left", "right")]
        six = one.motion.astype(np.float32).reshape(len(one.motion), -1, 6)
        return np.abs(np.diff(six[:, rows], axis=0)).mean((0, 2))  # where a hand rests does not count

    several = [moving(corpus.pair(stretch, prosody, take(handedness=1.0, seed=n), HELD_OUT_SETS)) for n in range(8)]
    more = np.mean([right / left for left, right in several])  # a single variation may favour either
    assert more > 1.3, "the wanted hand makes more of them; the other one is held back after the networks"
    left, right = moving(plain)
    assert moving(mirrored) == pytest.approx([right, left], rel=0.02)
    wanted = [FEATURES.index(side) for side in ("left", "right")]
    assert plain.features[0, wanted].tolist() == [0, 1]
    assert mirrored.features[0, wanted].tolist() == [1, 0]


def test_what_is_saved_is_what_is_loaded(stretch, tmp_path):
    pairs = list(corpus.pair_takes([stretch], [take(), take("shy", seed=9)], HELD_OUT_SETS))
    report = corpus.save_corpus(pairs, [stretch], tmp_path / "train")
    assert set(report["styles"]) == {"explaining", "shy"}
    assert report["all"]["takes"] == 2
    recordings = corpus.load_corpus(tmp_path, "train")
    assert recordings.hours == pytest.approx(report["all"]["hours"], abs=0.001)
    assert [STYLES[style] for style in recordings.style] == ["explaining", "shy"]
    assert np.array_equal(recordings.motion[recordings.starts[1] :], pairs[1].motion)
    with pytest.raises(FileNotFoundError):
        corpus.load_corpus(tmp_path, "held_out")


@needs_data
def test_held_out_speakers_are_in_no_training_stretch():
    clips = [*load_emodb(DATA), *load_ljspeech(DATA)]
    train = join([clip for clip in clips if not clip.held_out], 0)
    held_out = join([clip for clip in clips if clip.held_out], 0)
    names = [{name for stretch in some for _, _, name in stretch.sentences} for some in (train, held_out)]
    assert not names[0] & names[1]
    assert {stretch.speaker for stretch in held_out if stretch.corpus == "emodb"} == set(EMODB_HELD_OUT)
    assert not {stretch.speaker for stretch in train} & set(EMODB_HELD_OUT)
