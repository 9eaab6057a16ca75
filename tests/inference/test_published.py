"""Finding the official files that a user brings along."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from soliloquy.inference import engines, published
from soliloquy.inference.body.probtalk.system import SYSTEM as PROBTALK
from soliloquy.inference.body.talkshow.system import SYSTEM as TALKSHOW_BODY
from soliloquy.inference.errors import SoliloquyError
from soliloquy.inference.face.emote.system import SYSTEM as EMOTE
from soliloquy.inference.face.flame import head_models
from soliloquy.inference.face.meshtalk.system import SYSTEM as MESHTALK
from soliloquy.inference.face.talkshow.system import SYSTEM as TALKSHOW


def _touch(*paths: Path) -> None:
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")


@pytest.mark.parametrize("system", engines.published_systems(), ids=lambda system: system.title)
def test_an_empty_folder_says_what_to_put_where(tmp_path: Path, system: published.PublishedSystem) -> None:
    found = published.find_published(system, tmp_path)
    assert not found.complete
    assert found.files == ()
    assert str(tmp_path / system.folder) in found.missing
    assert "https://" in found.missing
    assert found.missing.count(". ") == 0
    assert found.missing.endswith(".")


def test_emote_as_unpacked_prefers_the_second_version_and_skips_the_prior(tmp_path: Path) -> None:
    models = tmp_path / "emote" / "TalkingHead" / "models"
    priors = tmp_path / "emote" / "MotionPrior" / "models"
    for folder in (models / "EMOTE", models / "EMOTE_v2", priors / "FLINTv2"):
        _touch(folder / "cfg.yaml", folder / "checkpoints" / "last.ckpt")
    found = published.find_published(EMOTE, tmp_path)
    assert found.folder == models / "EMOTE_v2"
    assert found.files == (models / "EMOTE_v2" / "checkpoints" / "last.ckpt",)
    _touch(tmp_path / "b" / "emote" / "last.ckpt")
    assert not published.find_published(EMOTE, tmp_path / "b").complete
    _touch(tmp_path / "b" / "emote" / "cfg.yaml")
    assert published.find_published(EMOTE, tmp_path / "b").folder == tmp_path / "b" / "emote"


def test_talkshow_takes_the_face_not_the_body(tmp_path: Path) -> None:
    experiments = tmp_path / "talkshow" / "experiments"
    _touch(experiments / "2022-10-31-smplx_S2G-body-vq-3d" / "ckpt-99.pth")
    assert not published.find_published(TALKSHOW, tmp_path).complete
    face = experiments / "2022-10-15-smplx_S2G-face-3d" / "ckpt-99.pth"
    _touch(face)
    assert published.find_published(TALKSHOW, tmp_path).files == (face,)


def test_meshtalk_needs_all_three_files_in_one_folder(tmp_path: Path) -> None:
    folder = tmp_path / "meshtalk"
    _touch(folder / "a" / "encoder.pkl", folder / "a" / "context_model.pkl", folder / "vertex_unet.pkl")
    assert not published.find_published(MESHTALK, tmp_path).complete
    _touch(folder / "a" / "vertex_unet.pkl")
    assert published.find_published(MESHTALK, tmp_path).folder == folder / "a"


def test_head_models_are_told_apart(tmp_path: Path) -> None:
    folder = tmp_path / "flame"
    _touch(folder / "FLAME2023" / "flame2023_Open.pkl", folder / "flame_static_embedding.pkl", folder / "notes.txt")
    assert head_models.find_head_model("flame2020", tmp_path) is None
    assert head_models.find_head_model("flame2023", tmp_path) == folder / "FLAME2023" / "flame2023_Open.pkl"
    _touch(folder / "SMPLX_NEUTRAL_2020.npz")
    assert head_models.find_head_model("flame2020", tmp_path) == folder / "SMPLX_NEUTRAL_2020.npz"
    _touch(folder / "female_model.pkl", folder / "generic_model.pkl")
    assert head_models.find_head_model("flame2020", tmp_path) == folder / "generic_model.pkl"
    _touch(folder / "a" / "SMPLX_NEUTRAL.npz", folder / "SMPLX_MALE.npz")
    assert head_models.find_head_model("smplx", tmp_path) == folder / "SMPLX_NEUTRAL_2020.npz"
    assert head_models.missing_head_model("smplx", tmp_path) == ""


def test_a_missing_head_model_is_one_sentence(tmp_path: Path) -> None:
    for space in ("flame2020", "smplx", "flame2023"):
        sentence = head_models.missing_head_model(space, tmp_path)
        assert sentence.startswith("Only the jaw speaks")
        assert str(tmp_path / "flame") in sentence


def test_folder_is_chosen_by_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(published.FOLDER_VARIABLE, raising=False)
    assert published.default_models_folder().parts[-2:] == ("soliloquy", "models")
    monkeypatch.setenv(published.FOLDER_VARIABLE, str(tmp_path))
    assert published.default_models_folder() == tmp_path
    _touch(tmp_path / "talkshow" / "face.pth")
    assert published.find_published(TALKSHOW).complete


def test_bad_checkpoints_reach_the_user_in_words() -> None:
    pytest.importorskip("torch")
    from soliloquy.models.checkpoint import CheckpointError

    with (
        pytest.raises(SoliloquyError, match="It is torn. Get another.") as refused,
        published.refusing_bad_checkpoints(),
    ):
        raise CheckpointError("It is torn.", "Get another.")
    assert refused.value.kind == "bad_checkpoint"


def test_looking_needs_no_torch(root: Path) -> None:
    code = "import sys, soliloquy.inference.engines as e; e.published_systems(); print('torch' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root.parent)
    assert answer.stdout.strip() == "False"


def test_talkshow_body_as_unpacked_is_the_pair_of_its_two_stages(tmp_path: Path) -> None:
    folder = tmp_path / "talkshow" / "experiments"
    pixel = folder / "2022-11-02-smplx_S2G-body-pixel-3d" / "ckpt-99.pth"
    vq = folder / "2022-10-31-smplx_S2G-body-vq-3d" / "ckpt-99.pth"
    _touch(folder / "2022-10-15-smplx_S2G-face-3d" / "ckpt-99.pth", pixel)
    assert not published.find_published(TALKSHOW_BODY, tmp_path).complete
    _touch(vq)
    assert published.find_published(TALKSHOW_BODY, tmp_path).files == (vq, pixel)


def test_probtalk_as_unpacked_needs_all_its_stages_and_the_speech_encoder(tmp_path: Path) -> None:
    folder = tmp_path / "probtalk"
    stages = [
        folder / "experiments" / name / checkpoint
        for name, checkpoint in (
            ("2023-09-24-smplx_S2G-new_vqt_fbhe1024_size8_newpq128_d128_group4", "ckpt-99.pth"),
            ("2023-11-06-smplx_S2G-predictor-audio-mocon_v2", "ckpt-99.pth"),
            ("2023-11-25-smplx_S2G-hf_vqaug_win15_r0.5_smooth", "ckpt-179.pth"),
        )
    ]
    _touch(*stages, folder / "norm_stats.npy")
    assert not published.find_published(PROBTALK, tmp_path).complete
    _touch(folder / "wav2vec2-base-960h" / "model.safetensors")
    assert published.find_published(PROBTALK, tmp_path).files == (*stages, folder / "norm_stats.npy")
