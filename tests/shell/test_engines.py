"""``soliloquy engines`` and ``--face``: what a person reads in the shell."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from soliloquy.inference.engines import engines_of
from soliloquy.shell.cli import main


@pytest.fixture(autouse=True)
def _models(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SOLILOQUY_MODELS", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "80")


def test_the_list_names_every_engine_its_licence_and_where_files_belong(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["engines"]) == 0
    text = capsys.readouterr().out
    for word in ("default", "emote", "talkshow", "meshtalk", "CC BY-NC 4.0", "SOLILOQUY_MODELS"):
        assert word in text
    # Addresses and folders stay in one piece.
    assert f"'{tmp_path}'" in text
    body = text[text.index("body engines (--body NAME)") :]
    for engine in engines_of("body"):
        assert f"\n  {engine.spec.name} " in body
    assert "The default" in " ".join(body.split())
    assert main(["engines", "--json"]) == 0
    engines = json.loads(capsys.readouterr().out)
    assert {engine["name"] for engine in engines if engine["kind"] == "face"} == {
        "default", "emote", "talkshow", "meshtalk",
    }  # fmt: skip


def test_an_engine_without_its_weights_is_refused_in_one_line(
    capsys: pytest.CaptureFixture[str], speech_wav: Path, tmp_path: Path
) -> None:
    pytest.importorskip("torch")
    pytest.importorskip("transformers")
    output = tmp_path / "performance.npz"
    assert main(["animate", str(speech_wav), "-o", str(output), "--face", "talkshow"]) == 2
    error = capsys.readouterr().err.strip()
    assert "https://github.com/yhw-yhw/TalkSHOW" in error
    assert "Traceback" not in error
    assert not output.exists()
