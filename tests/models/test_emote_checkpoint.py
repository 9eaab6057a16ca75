"""EMOTE's official files: the layout as released loads strictly, everything else is refused in one sentence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from emote_files import CFG, released, small_network, write_folder

from soliloquy.models.checkpoint import CheckpointError
from soliloquy.models.emote.checkpoint import load_emote, read_config, read_settings
from soliloquy.models.emote.condition import condition_rows
from soliloquy.models.emote.flint import FlintConfig
from soliloquy.models.emote.talking_head import EmoteConfig, TalkingHead

LAYOUT = Path(__file__).parent / "fixtures" / "emote_layout.json"


def _layout(channels: int) -> dict[str, tuple[int, ...]]:
    keys = json.loads(LAYOUT.read_text(encoding="utf-8"))["keys"]
    return {key: tuple(channels if size == "channels" else size for size in shape) for key, shape in keys.items()}


@pytest.mark.parametrize("channels", [53, 103])
def test_network_has_the_released_names_and_shapes(channels: int) -> None:
    with torch.device("meta"):
        network = TalkingHead(EmoteConfig(flint=FlintConfig(channels=channels)))
    ours = {
        key: tuple(tensor.shape)
        for key, tensor in released(network.state_dict()).items()
        if not key.startswith(("renderer", "sequence_decoder.flame", "sequence_decoder.motion_prior.motion_encoder"))
    }
    assert ours == _layout(channels)


def test_a_file_of_the_released_layout_loads_strictly(tmp_path: Path) -> None:
    # Every tensor repeats one number, so that the file stays small while names and shapes are the real ones.
    state = {
        key: torch.full((1,) * len(shape), number % 7 + 0.5).expand(shape)
        if not key.endswith("num_batches_tracked")
        else torch.tensor(9)
        for number, (key, shape) in enumerate(_layout(103).items())
    }
    (tmp_path / "checkpoints").mkdir()
    torch.save({"state_dict": state}, tmp_path / "checkpoints" / "last.ckpt")
    (tmp_path / "cfg.yaml").write_text(CFG, encoding="utf-8")
    network, path = load_emote(tmp_path)
    assert path.name == "last.ckpt"
    assert network.config == EmoteConfig(flint=FlintConfig(channels=103))
    assert not network.training
    loaded = released(network.state_dict())
    for key, value in state.items():
        assert loaded[key].shape == value.shape
        assert loaded[key].flatten()[0] == value.flatten()[0]


@pytest.mark.parametrize("channels", [53, 103])
@pytest.mark.parametrize("post_bug_fix", [True, False])
def test_release_is_read_from_weights_and_settings(tmp_path: Path, channels: int, post_bug_fix: bool) -> None:
    network = small_network(channels, post_bug_fix=post_bug_fix)
    cfg = CFG if post_bug_fix else CFG.replace("    post_bug_fix: true\n", "")  # the older settings do not name it
    folder = write_folder(tmp_path, network, cfg)
    loaded, _ = load_emote(folder)
    assert loaded.config == network.config
    samples = torch.randn(1, 640 * 20)
    condition = condition_rows(torch.full((20, 8), 0.1), 3)[None]
    with torch.inference_mode():
        assert torch.allclose(loaded(samples, condition), network(samples, condition), atol=1e-5)


def test_settings_with_objects_and_references_are_read_as_plain_values(tmp_path: Path) -> None:
    path = tmp_path / "cfg.yaml"
    path.write_text(CFG, encoding="utf-8")
    settings = read_settings(path)
    assert settings["data"]["path"] == ["/", "a", "b"]
    assert settings["model"]["sequence_decoder"]["flame"]["flame_model_path"].startswith("${inout.assets}")


def test_settings_run_nothing(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    path = tmp_path / "cfg.yaml"
    path.write_text(CFG + f"evil: !!python/object/apply:os.mkdir ['{victim}']\n", encoding="utf-8")
    read_settings(path)
    assert not victim.exists()


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [x, x]\nmodel: {b: *a}\n",
        "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nmodel: {d: *c}\n",
        "model: {a: " + "[" * 3000 + "]" * 3000 + "}\n",
        "model: {a: " + "9" * 5000 + "}\n",
        "model: {a: 2026-99-99}\n",
        "model: {? [a] : b}\n",
        "model: {a: !!binary x}\n",
        "x" * (2 << 20),
    ],
)
def test_settings_that_would_break_their_reader_are_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "cfg.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CheckpointError, match="damaged"):
        read_settings(path)


@pytest.mark.parametrize("change", ["n_expression: 1000000000", "n_expression: -8", "n_expression: .inf"])
def test_sizes_that_no_network_has_are_refused(tmp_path: Path, change: str) -> None:
    assert _refused(_broken(tmp_path, CFG.replace("n_expression: 8", change)))


def _broken(tmp_path: Path, cfg: str = CFG, **changes: Any) -> Path:
    network = small_network()
    folder = write_folder(tmp_path, network, cfg)
    state = released(network.state_dict())
    for key, value in changes.items():
        name = key.replace("__", ".")
        if value is None:
            del state[name]
        else:
            state[name] = value
    torch.save({"state_dict": state}, folder / "checkpoints" / "last.ckpt")
    return folder


def _refused(folder: Path) -> CheckpointError:
    with pytest.raises(CheckpointError) as caught:
        load_emote(folder)
    error = caught.value
    for part in (error.message, error.hint):
        assert part.endswith(".")
        assert "\n" not in part
        assert "Traceback" not in part
    return error


def test_missing_key_is_named(tmp_path: Path) -> None:
    error = _refused(_broken(tmp_path, sequence_decoder__decoder__bias=None))
    assert "sequence_decoder.decoder.bias" in error.message


def test_lost_weight_norm_is_named(tmp_path: Path) -> None:
    error = _refused(_broken(tmp_path, audio_model__model__encoder__pos_conv_embed__conv__weight_g=None))
    assert "pos_conv_embed" in error.message


@pytest.mark.parametrize("name", ["sequence_decoder.squasher.linear.weight", "surprise", "audio_model.model.lm_head"])
def test_unknown_key_is_named(tmp_path: Path, name: str) -> None:
    error = _refused(_broken(tmp_path, **{name.replace(".", "__"): torch.zeros(2)}))
    assert name in error.message


def test_other_shape_is_named(tmp_path: Path) -> None:
    error = _refused(_broken(tmp_path, sequence_decoder__squasher_2__linear__weight=torch.zeros(128, 512)))
    assert "128x512 instead of 128x1024" in error.message


def test_unused_embedding_may_be_absent(tmp_path: Path) -> None:
    network, _ = load_emote(_broken(tmp_path, audio_model__model__masked_spec_embed=None))
    assert network.audio_model.model.masked_spec_embed.isfinite().all()


def test_condition_that_settings_do_not_describe_is_refused(tmp_path: Path) -> None:
    error = _refused(_broken(tmp_path, CFG.replace("n_identities: 32", "n_identities: 31")))
    assert "43 numbers" in error.message
    assert "42" in error.message


@pytest.mark.parametrize(
    ("line", "other"),
    [
        ("type: BertPriorDecoder", "type: FlameBertDecoder"),
        ("temporal_bias_type: faceformer_future", "temporal_bias_type: faceformer"),
        ("style_op: cat", "style_op: add"),
        ("squash_type: stack_linear", "squash_type: conv"),
        ("target_fps: 25", "target_fps: 30"),
        ("positional_encoding: {type: none}", "positional_encoding: {type: PositionalEncoding}"),
    ],
)
def test_other_networks_of_the_same_authors_are_refused(tmp_path: Path, line: str, other: str) -> None:
    assert line in CFG
    error = _refused(_broken(tmp_path, CFG.replace(line, other)))
    assert other.split(": ")[0].split(" ")[0] in error.message


def test_sizes_come_from_the_weights() -> None:
    state = {key: torch.empty(shape, device="meta") for key, shape in _layout(53).items()}
    config = read_config({"model": {"sequence_decoder": _decoder()}}, state, "last.ckpt")
    assert config == EmoteConfig(flint=FlintConfig(channels=53), post_bug_fix=False)


def _decoder() -> dict[str, Any]:
    import yaml

    text = CFG.replace("!!python/object/apply:pathlib.PosixPath ", "")
    decoder = yaml.safe_load(text)["model"]["sequence_decoder"]
    del decoder["post_bug_fix"]
    return decoder


def test_settings_missing(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, small_network())
    (folder / "cfg.yaml").unlink()
    error = _refused(folder)
    assert "no cfg.yaml" in error.message
    assert "EMOTE_v2" in error.hint


@pytest.mark.parametrize("text", ["", "model: [", "a: 1", "\x00\x01", "model: 3", "- a\n- b"])
def test_settings_damaged(tmp_path: Path, text: str) -> None:
    folder = write_folder(tmp_path, small_network(), text)
    assert "cfg.yaml" in _refused(folder).message


def test_checkpoint_missing(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, small_network())
    (folder / "checkpoints" / "last.ckpt").unlink()
    assert "no EMOTE checkpoint" in _refused(folder).message


def test_one_of_several_checkpoints_is_the_last(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, small_network(seed=1))
    other = write_folder(tmp_path / "other", small_network(seed=2))
    last = folder / "checkpoints" / "last.ckpt"
    best = other / "checkpoints" / "last.ckpt"
    best.rename(folder / "checkpoints" / "model-0005-val_loss=0.1.ckpt")
    assert load_emote(folder)[1] == last
    last.rename(folder / "checkpoints" / "model-0006-val_loss=0.2.ckpt")
    assert "none is called last.ckpt" in _refused(folder).message


@pytest.mark.parametrize("kept", [0, 100, 0.3, 0.97])
def test_truncated_checkpoint(tmp_path: Path, kept: float) -> None:
    folder = write_folder(tmp_path, small_network())
    path = folder / "checkpoints" / "last.ckpt"
    content = path.read_bytes()
    path.write_bytes(content[: int(kept if kept > 1 else kept * len(content))])
    assert "damaged" in _refused(folder).message


def test_checkpoint_of_another_system(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, small_network())
    path = folder / "checkpoints" / "last.ckpt"
    torch.save({"state_dict": torch.nn.Linear(3, 4).state_dict()}, path)
    assert "another system" in _refused(folder).message
    torch.save({"generator": {}}, path)
    assert "holds no EMOTE weights" in _refused(folder).message
    torch.save([1, 2], path)
    assert "holds no EMOTE weights" in _refused(folder).message


class _Evil:
    def __init__(self, victim: Path) -> None:
        self.victim = str(victim)

    def __reduce__(self) -> tuple[Any, ...]:
        import os

        return os.mkdir, (self.victim,)


def test_code_in_a_checkpoint_is_refused_and_not_run(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    folder = write_folder(tmp_path, small_network(), callbacks=_Evil(victim))
    error = _refused(folder)
    assert "carries code" in error.message
    assert not victim.exists()
