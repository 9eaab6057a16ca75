"""Every file that ships is the one that was shipped, or is refused in one sentence wherever it is loaded."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from soliloquy.inference import shipped
from soliloquy.inference.character import read_character
from soliloquy.inference.errors import MissingFiles
from soliloquy.inference.runtime import doctor


@pytest.fixture
def copy(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of everything on the list, which passes for the installation."""
    for place in (*shipped.read_manifest(), shipped.MANIFEST):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(root / place, tmp_path / place)
    if importlib.util.find_spec("torch"):
        _loaders()  # whose modules ask for the true places when they are imported
    monkeypatch.setattr(shipped, "ROOT", tmp_path)
    return tmp_path


def _flip(path: Path) -> None:
    """Turn over one bit that leaves the file readable: among the numbers, at two thirds."""
    content = bytearray(path.read_bytes())
    content[2 * len(content) // 3] ^= 1
    path.write_bytes(content)


def test_everything_that_ships_is_on_the_list(root: Path) -> None:
    places = {path.relative_to(root).as_posix() for pattern in shipped.SHIPPED for path in root.glob(pattern)}
    assert {"assets/character.npz", "models/weights/face.safetensors"} <= places
    assert set(shipped.read_manifest()) == places
    for place in places:
        shipped.check_shipped(root / place)


def test_the_command_writes_the_list_that_ships(copy: Path) -> None:
    before = (copy / shipped.MANIFEST).read_text()
    assert shipped.write_manifest(copy).read_text() == before


def _loaders() -> dict[str, list[Callable[[Path], Any]]]:
    from soliloquy.inference.body.masked.networks import load_masked_networks
    from soliloquy.inference.body.sampled.networks import read_networks
    from soliloquy.inference.emotion.voice import load_encoder, load_listener
    from soliloquy.inference.face.default.engine import load_network
    from soliloquy.inference.gestures.library import load_library
    from soliloquy.inference.layers.upper_face import load_upper_face

    return {
        "face": [lambda path: load_network(path, "cpu"), lambda path: load_encoder("cpu", path)],
        "emotion": [lambda path: load_listener("cpu", path)],
        "upper_face": [load_upper_face],
        "gestures": [lambda path: load_library(path=path)],
        "probtalk": [load_masked_networks],
        "talkshow_body": [read_networks],
    }


def test_one_flipped_bit_in_any_weights_is_one_sentence(copy: Path) -> None:
    pytest.importorskip("torch")
    loaders = _loaders()
    # The phones' are what training starts from; nothing that ships reads them.
    assert {path.stem for path in (copy / "models" / "weights").glob("*.safetensors")} == {*loaders, "phones"}
    for name, loads in loaders.items():
        path = copy / "models" / "weights" / f"{name}.safetensors"
        whole = path.read_bytes()
        _flip(path)
        for load in loads:
            with pytest.raises(MissingFiles, match="are damaged: this is not the file that was shipped") as caught:
                load(path)
            assert f"'{name}.safetensors'" in caught.value.message
            assert "Install Soliloquy again" in caught.value.hint
        path.write_bytes(whole)


def test_one_flipped_bit_in_the_character_is_one_sentence(copy: Path) -> None:
    path = copy / "assets" / "character.npz"
    read_character(path)
    _flip(path)
    with pytest.raises(
        MissingFiles, match="'character.npz' are damaged: this is not the file that was shipped"
    ) as caught:
        read_character(path)
    assert caught.value.hint


def test_a_missing_list_is_one_sentence(copy: Path) -> None:
    (copy / shipped.MANIFEST).unlink()
    with pytest.raises(MissingFiles, match="'manifest.json', is missing"):
        read_character(copy / "assets" / "character.npz")


def test_files_from_elsewhere_are_let_through(tmp_path: Path) -> None:
    (tmp_path / "mine.safetensors").write_bytes(b"trained by myself")
    shipped.check_shipped(tmp_path / "mine.safetensors")


def test_the_doctor_names_every_file_that_was_changed(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "ROOT", copy)
    assert all(finding.ok for finding in doctor._shipped())
    for place in shipped.read_manifest():
        _flip(copy / place)
    findings = {finding.name: finding for finding in doctor._shipped()}
    assert set(findings) == {Path(place).name for place in shipped.read_manifest()}
    for finding in findings.values():
        assert not finding.ok
        assert "is damaged" in finding.message
        assert finding.mend
    assert findings["face.safetensors"].needed
    assert not findings["probtalk.safetensors"].needed
