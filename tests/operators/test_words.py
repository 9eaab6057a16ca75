"""Words in Blender: text in the panel, strips in the Sequencer that an artist corrects, and what reaches the order."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("bpy")

import bpy

from soliloquy.inference.words.word import Word
from soliloquy.operators import request
from soliloquy.rigs import compat
from soliloquy.rigs.word_strips import read_words, word_strips, write_words

WORDS = (Word("That", 0.211, 0.405, 0.8), Word("is", 0.405, 0.52), Word("not", 0.52, 0.9), Word("big.", 0.95, 1.4))


def _editor(scene: Any) -> Any:
    return scene.sequence_editor or scene.sequence_editor_create()


def _move(strip: Any, frames: int) -> None:
    name = "content_start" if "content_start" in strip.bl_rna.properties else "frame_start"
    setattr(strip, name, getattr(strip, name) + frames)


def test_words_come_back_from_the_sequencer_as_they_were(blank_scene: Any) -> None:
    editor = _editor(blank_scene)
    assert write_words(editor, WORDS, 31.0, 24.0) == 4
    assert read_words(editor, 31.0, 24.0, 5.0) == WORDS
    assert all(strip.mute for strip in word_strips(editor, 0, 100))
    assert read_words(editor, 500.0, 24.0, 5.0) == ()


def test_what_an_artist_corrects_is_what_is_read(blank_scene: Any) -> None:
    editor = _editor(blank_scene)
    write_words(editor, WORDS, 1.0, 24.0)
    _, being, negated, big = word_strips(editor, 0, 100)
    negated.text = "never"
    _move(big, 12)
    compat.remove_strip(editor, being)
    found = read_words(editor, 1.0, 24.0, 5.0)
    assert [word.text for word in found] == ["That", "never", "big."]
    assert found[0] == WORDS[0]
    assert found[2].start == pytest.approx(0.95 + 0.5, abs=0.03)
    assert found[1].confidence == found[2].confidence == 1.0


def test_words_in_the_sequencer_direct_the_next_take(blank_scene: Any, client: Any, speech_wav: Path) -> None:
    blank_scene.soliloquy.transcript = "Something else."
    given = {"filepath": str(speech_wav), "first_frame": 50.0}
    assert request.build(bpy.context, given).order.settings.words.transcript == "Something else."
    write_words(_editor(blank_scene), WORDS, 50.0, request.scene_fps(blank_scene))
    words = request.build(bpy.context, given).order.settings.words
    assert [row[2] for row in words.timed] == ["That", "is", "not", "big."]
    assert words.timed[0][:2] == (0.211, 0.405)
    # What a script says goes first.
    said = request.build(bpy.context, {**given, "transcript": "Not at all."}).order.settings.words
    assert (said.transcript, said.timed) == ("Not at all.", ())


def test_the_button_puts_the_words_into_the_sequencer(
    blank_scene: Any, client: Any, speech_wav: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer() -> None:
        for order, handle in zip(client.orders, client.handles, strict=True):
            rows = [list(word.to_row()) for word in WORDS]
            Path(order.output).write_text(json.dumps({"language": "en", "rows": rows}), encoding="utf-8")
            handle.state = "done"

    monkeypatch.setattr(client, "tick", answer)
    assert bpy.ops.soliloquy.align_words.get_rna_type().properties["transcript"].name == "Text"
    blank_scene.soliloquy.transcript = "That is not big."
    for _ in range(2):  # a second time replaces the first
        bpy.ops.soliloquy.align_words(filepath=str(speech_wav), first_frame=10)
        assert [strip.text for strip in word_strips(_editor(blank_scene), 0, 100)] == ["That", "is", "not", "big."]
    assert client.orders[-1].settings.words.transcript == "That is not big."
    assert client.orders[-1].settings.words.timed == ()


def test_the_panel_says_that_words_stand_there(blank_scene: Any, client: Any, speech_wav: Path) -> None:
    from fake_layout import draw

    blank_scene.soliloquy.source, blank_scene.soliloquy.filepath = "FILE", str(speech_wav)
    assert draw("SOLILOQUY_PT_words").properties == ["transcript", "transcript_file", "recognise", "language"]
    write_words(_editor(blank_scene), WORDS, float(blank_scene.frame_current), request.scene_fps(blank_scene))
    assert any("4 words in the Sequencer" in text for text in draw("SOLILOQUY_PT_words").labels)
