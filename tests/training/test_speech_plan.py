"""The plan of the synthetic corpus: every sound is said, and nothing held out is heard in training."""

from __future__ import annotations

import csv
import json
import shutil
from importlib import resources
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("soundfile")
pytest.importorskip("pocketsphinx")
import soundfile
from pocketsphinx import get_model_path

from soliloquy.training.face.alignment import Aligner
from soliloquy.training.face.corpora import load_grid
from soliloquy.training.speech.align import LOOKALIKES, lookalike
from soliloquy.training.speech.foreign import foreign_phones
from soliloquy.training.speech.plan import HELD_OUT_VOICES, Utterance, plan
from soliloquy.training.speech.sentences import LANGUAGES, spelled, texts

VOICES = [
    *(f"{language}{sex}_{name}" for language in "abefhipz" for sex in "fm" for name in ("one", "two")),
    *HELD_OUT_VOICES,
]
COLOURS, LETTERS = ("blue", "green", "red", "white"), "abcdefghijklmnopqrstuvxyz"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus in the layout of the real one: 100 clips of one second, 10 transcripts."""
    folder = tmp_path_factory.mktemp("data")
    (folder / "grid_s1" / "audio").mkdir(parents=True)
    (folder / "ljspeech").mkdir()
    names = []
    with open(folder / "grid_s1" / "words.csv", "w", newline="", encoding="utf-8") as lines:
        rows = csv.writer(lines)
        for colour in COLOURS:
            for letter in LETTERS:
                name = f"b{colour[0]}a{letter}2n"
                names.append(name)
                for word in ("sil", "bin", colour, "at", letter, "two", "now"):
                    rows.writerow([name, 0.0, 0.1, word])
                soundfile.write(folder / "grid_s1" / "audio" / f"{name}.flac", np.zeros(1600), 16_000)
    ids = [13, 14, 61, 291, 152]
    np.savez(
        folder / "grid_s1" / "tracks.npz",
        clip=names,
        start=np.arange(len(names)) * 4,
        stop=np.arange(1, len(names) + 1) * 4,
        ok=np.ones(4 * len(names), bool),
        landmarks=np.random.default_rng(0).normal(size=(4 * len(names), 5, 3)).astype(np.float16),
        landmark_ids=ids,
    )
    transcripts = [f"x-{i}|Printing number {chr(97 + i)} is an old art, and a fine one, as we know." for i in range(10)]
    (folder / "ljspeech" / "transcripts.csv").write_text("\n".join(transcripts), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def utterances(data: Path) -> list[Utterance]:
    return plan(data, VOICES)


def test_held_out_voices_and_sentences_are_never_heard_in_training(data: Path, utterances: list[Utterance]) -> None:
    validation = {clip.name for clip in load_grid(data) if clip.held_out}
    training = [utterance for utterance in utterances if not utterance.held_out]
    checks = [utterance for utterance in utterances if utterance.held_out]
    assert len(validation) == 90
    assert {utterance.source for utterance in checks} == validation
    assert not {utterance.source for utterance in training} & validation
    assert not {utterance.text for utterance in training} & {utterance.text for utterance in checks}
    assert not {voice for utterance in training for voice in utterance.voice} & set(HELD_OUT_VOICES)
    assert {voice for utterance in checks for voice in utterance.voice} == set(HELD_OUT_VOICES)
    assert all(len(utterance.voice) == 1 for utterance in checks)


def test_every_tracked_training_sentence_is_said_by_two_voices(data: Path, utterances: list[Utterance]) -> None:
    training = {clip.name for clip in load_grid(data) if not clip.held_out}
    for clip in training:
        said = [utterance for utterance in utterances if utterance.source == clip]
        assert len(said) == 2
        assert said[0].voice != said[1].voice


def test_the_plan_is_the_same_every_time_and_names_are_unique(data: Path, utterances: list[Utterance]) -> None:
    assert plan(data, reversed(VOICES)) == utterances
    assert len({utterance.name for utterance in utterances}) == len(utterances)
    assert all(0.8 <= utterance.speed <= 1.3 for utterance in utterances)
    assert all(abs(sum(utterance.voice.values()) - 1) < 1e-3 for utterance in utterances)


def test_stopping_early_leaves_every_set_equally_far(utterances: list[Utterance]) -> None:
    half = utterances[: len(utterances) // 2]
    for kind in ("en", "reader", *LANGUAGES):
        share = sum(u.name.startswith(f"{kind}-") for u in half) / sum(
            u.name.startswith(f"{kind}-") for u in utterances
        )
        assert 0.4 < share < 0.6


def test_held_out_transcripts_are_not_read(utterances: list[Utterance]) -> None:
    said = " ".join(utterance.text for utterance in utterances if utterance.name.startswith("reader"))
    assert "number b" in said
    assert "number a" not in said
    assert "number f" not in said


def test_english_sentences_hold_every_phone_often_and_can_be_aligned() -> None:
    pronunciations: dict[str, list[str]] = {}
    with open(get_model_path("en-us/cmudict-en-us.dict"), encoding="utf-8") as lines:
        for line in lines:
            word, *phones = line.split()
            pronunciations[word] = phones
    aligner = Aligner()
    counts: dict[str, int] = {}
    for text in texts("en"):
        words = aligner.words(text)
        assert words is not None, text
        for word in words:
            for phone in pronunciations[word]:
                counts[phone] = counts.get(phone, 0) + 1
    every = {phone for phones in pronunciations.values() for phone in phones}
    assert len(texts("en")) >= 150
    assert len(every) == 39
    assert {phone: counts.get(phone, 0) for phone in every if counts.get(phone, 0) < 20} == {}
    for phone in ("SH", "OY", "UH", "NG", "HH", "P", "B", "M", "F", "V", "W"):
        assert counts[phone] >= 30, phone


def test_alignments_are_read_while_they_are_there() -> None:
    hiss = np.random.default_rng(0).normal(0, 0.1, 16_000).astype(np.float32)
    aligner = Aligner()
    for _ in range(3):
        phones = aligner.align(hiss, "one two")
        assert [phone for _, _, phone in phones if phone != "SIL"] == ["W", "AH", "N", "T", "UW"]
        assert all(start < stop for start, stop, _ in phones)
    assert aligner.align(hiss, "qzx") == []


def test_letters_are_read_as_letters() -> None:
    assert spelled("bin blue at a two now") == "bin blue at [a](/ˈA/) two now"
    assert spelled("lay red by zed four soon") == "lay red by [zed](/zˈɛd/) four soon"
    assert spelled("set white in q one again") == "set white in Q one again"


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_every_sound_of_the_other_languages_has_a_look(language: str) -> None:
    if shutil.which("espeak-ng") is None:
        pytest.skip("espeak-ng is not installed: phones of other languages are not checked")
    assert len(texts(language)) >= 30
    symbols = {symbol for text in texts(language) for symbol in foreign_phones(text, language)}
    sounds = {symbol for symbol in symbols if symbol not in " ,;:.!?ˈˌː\u0303"}
    assert len(sounds) > 20
    assert {symbol for symbol in sounds if symbol not in LOOKALIKES} == set()
    hibari = pytest.importorskip("hibari", reason="hibari-tts is not installed: Kokoro's alphabet is not checked")
    vocabulary = json.loads((resources.files(hibari) / "assets" / "vocab.json").read_text(encoding="utf-8"))
    assert symbols <= set(vocabulary)


def test_looks_of_sounds_english_lacks() -> None:
    looks = {symbol: lookalike(symbol) for symbol in ("yː", "ø", "ɔ̃", "ʁ", "ɲ", "x", "ʎ", "ˈa")}
    assert looks == {"yː": "UW", "ø": "UW", "ɔ̃": "AO", "ʁ": "G", "ɲ": "N", "x": "HH", "ʎ": "L", "ˈa": "AA"}
    assert lookalike("β") == "?"
