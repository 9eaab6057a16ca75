"""What the pages tell a reader to type is typed here: every block runs, or says in the page why the tests cannot."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shlex
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from body_model_files import smplx_arrays, write_smplx_model
from kept_worker import SESSION, SHELL, kept_workers
from pages import Block, blocks, pages, prose

from soliloquy.inference.emotion.track import read_track
from soliloquy.rigs.mappings.saved import read_mapping
from soliloquy.shell.cli import build_parser, main

ROOT = Path(__file__).resolve().parents[2]
PAGES = [page.as_posix() for page in pages(ROOT)]
LANGUAGES = {"python", "sh", "json", "toml", "text"}
NOT_RUN = 28
"""Blocks that the tests cannot run, each with its reason in the page; a smaller number is better."""
HAS_TORCH = importlib.util.find_spec("torch") is not None
HAS_BPY = importlib.util.find_spec("bpy") is not None


def example_blocks(language: str) -> list[Block]:
    return [block for page in PAGES for block in blocks(ROOT, Path(page)) if block.language == language]


def commands(block: Block) -> list[list[str]]:
    """Return the words of every line of a shell block, comments left out, continued lines joined."""
    lines = block.text.replace("\\\n", " ").splitlines()
    return [words for line in lines if (words := shlex.split(line, comments=True))]


def write_files(page: str, folder: Path) -> None:
    """Write the files that a page shows under their names."""
    for block in blocks(ROOT, Path(page)):
        if block.file:
            path = folder / block.file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, encoding="utf-8")


def plain(words: list[str]) -> list[str]:
    """Return a command without the variables set before it."""
    while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
        words = words[1:]
    return words


def test_every_block_says_its_language() -> None:
    for page in PAGES:
        indented = re.search(r"\n\n {4}[\w{].*", prose(ROOT, Path(page)))
        assert indented is None, f"{page} holds an indented block; fence it and say its language: {indented[0].strip()}"
        for block in blocks(ROOT, Path(page)):
            assert block.language in LANGUAGES, f"{page}:{block.line}"


def test_blocks_that_cannot_run_are_few_and_say_why() -> None:
    marked = [f"{block.page}:{block.line}: {block.not_run}" for block in example_blocks("sh") if block.not_run]
    marked += [f"{block.page}:{block.line}: {block.not_run}" for block in example_blocks("python") if block.not_run]
    assert len(marked) == NOT_RUN, "\n".join(marked)


def test_files_on_pages_are_used_there_or_by_a_named_test() -> None:
    for block in [block for block in example_blocks("python") if block.file]:
        text = (ROOT / block.page).read_text(encoding="utf-8")
        tests = [ROOT / name for name in re.findall(r"`(tests/[\w/]+\.py)`", text)]
        typed = [other for other in blocks(ROOT, Path(block.page)) if other.language == "sh" and not other.not_run]
        assert typed or (tests and all(path.is_file() for path in tests)), f"{block.page}:{block.line}"


def test_json_blocks_are_json_that_is_read(tmp_path: Path) -> None:
    found = example_blocks("json")
    assert found
    for block in found:
        values = json.loads(block.text)
        if "soliloquy_mapping" in values:
            assert read_mapping(block.text).joints == values["joints"]
        elif "keys" in values:
            path = tmp_path / "track.json"
            path.write_text(block.text, encoding="utf-8")
            track = read_track(path)
            assert len(track.emotion) + len(track.direction) >= len(values["keys"])


def test_commands_name_what_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also in blocks that are not run: options that parse, targets and modules and scripts that exist."""
    monkeypatch.chdir(tmp_path)
    for page in PAGES:
        write_files(page, tmp_path)
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for block in example_blocks("sh"):
        for words in map(plain, commands(block)):
            where = f"{block.page}:{block.line}: {' '.join(words)}"
            if words[0] == "soliloquy":
                build_parser().parse_args(words[1:])
            elif words[0] == "make":
                assert {word for word in words[1:] if "=" not in word} <= targets, where
            elif words[:2] == ["python", "-m"] and words[2].startswith("soliloquy."):
                place = ROOT.joinpath(*words[2].split(".")[1:])
                assert place.with_suffix(".py").is_file() or (place / "__main__.py").is_file(), where
            elif words[0] == "python" and words[1].endswith(".py"):
                assert (ROOT / words[1]).is_file(), where
            else:
                assert block.not_run, f"{where}: the tests do not know how to run this"


@pytest.fixture(scope="module")
def performance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's performance: what a reader has made before."""
    if not HAS_TORCH:
        pytest.skip("needs torch")
    from soliloquy import animate

    path = tmp_path_factory.mktemp("made") / "performance.npz"
    animate(ROOT / "assets" / "demo_speech.flac", output=path)
    return path


@pytest.fixture(scope="module")
def second(performance: Path) -> Path:
    """The first second of it: enough for what Blender is asked to do with it."""
    from soliloquy import animate

    path = performance.with_name("second.npz")
    animate(ROOT / "assets" / "demo_speech.flac", stop=1.0, output=path)
    return path


@pytest.fixture(scope="module")
def short_speech(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its first two seconds: what a page that names no time asks of Blender is shown by them as well."""
    soundfile = pytest.importorskip("soundfile")
    samples, rate = soundfile.read(ROOT / "assets" / "demo_speech.flac", stop=32_000)
    path = tmp_path_factory.mktemp("short") / "speech.wav"
    soundfile.write(path, samples, rate)
    return path


@pytest.fixture(scope="module")
def one_worker() -> Iterator[None]:
    """One worker for all pages."""
    with kept_workers(SESSION, SHELL):
        yield


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, performance: Path, one_worker: None) -> Path:
    """A folder with what the pages take for granted: recordings, a performance, a character."""
    for name in ("speech.wav", "speech.mp3", "take3.wav", "line.wav"):
        shutil.copy(ROOT / "assets" / "demo_speech.flac", tmp_path / name)
    for name in ("performance.npz", "take_1.npz"):
        shutil.copy(performance, tmp_path / name)
    write_smplx_model(tmp_path / "SMPLX_NEUTRAL.npz", smplx_arrays())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOLILOQUY_RUNTIME", str(tmp_path / "runtime"))
    monkeypatch.setenv("SOLILOQUY_WORKER_PYTHON", os.environ.get("SOLILOQUY_WORKER_PYTHON") or sys.executable)
    return tmp_path


def without_pictures(words: list[str]) -> list[str]:
    """Return a command without its preview: twelve pictures by Cycles take minutes; tests/rigs/render makes some."""
    if "--preview" in words:
        place = words.index("--preview")
        words = words[:place] + words[place + 2 :]
    return words


def pages_with(language: str, *words: str) -> list[str]:
    found = [block for block in example_blocks(language) if not (block.not_run or block.file)]
    return sorted({block.page for block in found if any(word in block.text for word in words)})


_ran: set[tuple[str, ...]] = set()
"""Commands that ran; several pages name the same."""


@pytest.mark.parametrize("page", pages_with("sh", "soliloquy "))
def test_shell_lines_run(page: str, desk: Path, performance: Path, second: Path) -> None:
    write_files(page, desk)
    for block in blocks(ROOT, Path(page)):
        if block.language != "sh" or block.not_run:
            continue
        for words in map(plain, commands(block)):
            needs_bpy = words[0] == "soliloquy" and words[1] in ("bake", "rig")
            if words[0] != "soliloquy" or (needs_bpy and not HAS_BPY) or tuple(words) in _ran:
                continue
            _ran.add(tuple(words))
            shutil.copy(second if words[1] == "bake" else performance, desk / "performance.npz")
            if words[1] == "rig":
                _save_character(desk / words[2])
            if "--rig" in words:
                _save_character(desk / words[words.index("--rig") + 1])
            assert main(without_pictures(words)[1:]) == 0, f"{page}:{block.line}: {' '.join(words)}"
            for option in ("-o", "--fbx", "--glb"):
                if option in words and "--takes" not in words:
                    assert (desk / words[words.index(option) + 1]).stat().st_size > 0


@pytest.mark.parametrize(
    "page", [page for page in pages_with("python", "soliloquy") if page not in pages_with("python", "import bpy")]
)
def test_python_blocks_run(page: str, desk: Path) -> None:
    _run_python(page, desk, bpy_too=False)


@pytest.mark.skipif(not HAS_BPY, reason="needs bpy")
@pytest.mark.parametrize("page", pages_with("python", "import bpy"))
def test_blocks_for_blender_run(page: str, desk: Path, extension: Any, second: Path, short_speech: Path) -> None:
    import bpy

    from soliloquy.inference.performance import Performance
    from soliloquy.rigs.rig import find_rig
    from soliloquy.rigs.takes import kept
    from soliloquy.rigs.takes.bake import bake
    from soliloquy.rigs.takes.bake_options import BakeOptions

    text = "\n".join(block.text for block in blocks(ROOT, Path(page)) if block.language == "python")
    if "add_character" not in text:  # the page goes on from a character with takes
        bpy.ops.soliloquy.add_character()
        rig = find_rig(bpy.context.object)
        assert rig is not None
        for name in ("Take 1", "Take 2"):
            if name in text or "craft" in text:
                bake(Performance.load(second), rig, BakeOptions(name=name, meta=kept.remember(second)))
    # In frames of 30 a second: a page that names some needs the whole recording.
    shutil.copy(ROOT / "assets" / "demo_speech.flac" if "first=" in text else short_speech, desk / "line.wav")
    _run_python(page, desk, bpy_too=True)


@pytest.fixture
def extension(monkeypatch: pytest.MonkeyPatch, desk: Path) -> Iterator[None]:
    """The extension registered, its files in the test's folder, in an empty scene."""
    import bpy

    import soliloquy
    from soliloquy.operators import session

    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    soliloquy.register()

    def folder(*parts: str) -> Path:
        made = desk.joinpath("user", *parts)
        made.mkdir(parents=True, exist_ok=True)
        return made

    monkeypatch.setattr(session, "data_folder", folder)
    session.runtime_status(refresh=True)
    yield
    soliloquy.unregister()
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)


def _run_python(page: str, desk: Path, bpy_too: bool) -> None:
    names: dict[str, Any] = {"__name__": "example"}
    ran = 0
    for block in blocks(ROOT, Path(page)):
        if block.language != "python" or block.not_run or block.file or ("bpy" in block.text and not bpy_too):
            continue
        text = block.text.replace("/path/to/python", os.environ["SOLILOQUY_WORKER_PYTHON"])
        text = re.sub(r"/path/to/[\w.]+\.(?:wav|mp3)", (desk / "line.wav").as_posix(), text)
        text = text.replace("/path/to", desk.as_posix())
        exec(compile("\n" * block.line + text, f"{page}", "exec"), names)
        ran += 1
    assert ran
    exported = re.findall(r"/path/to/([\w.]+\.fbx)", "".join(block.text for block in blocks(ROOT, Path(page))))
    assert all((desk / name).stat().st_size > 100_000 for name in exported if bpy_too)


def _save_character(path: Path) -> None:
    import bpy

    from soliloquy.rigs.character.default_character import add_character

    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    add_character(bpy.context)
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
