"""Reading checkpoints that people bring along."""

from __future__ import annotations

import os
import subprocess
import sys
import types
import zipfile
from argparse import Namespace
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from soliloquy.models.checkpoint import CheckpointError, load_strict, read_checkpoint


class _Bomb:
    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return os.mkdir, (str(self.trace),)


def _linear() -> Any:
    return torch.nn.Linear(3, 2)


@pytest.mark.parametrize("zipped", [True, False])
def test_weights_and_optimizer_state_come_back(tmp_path: Path, zipped: bool) -> None:
    network = _linear()
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1, momentum=0.9)
    network(torch.ones(1, 3)).sum().backward()
    optimizer.step()
    path = tmp_path / "ckpt-99.pth"
    content = {"generator": {"generator": network.state_dict(), "generator_optim": optimizer.state_dict()}, "epoch": 99}
    torch.save(content, path, _use_new_zipfile_serialization=zipped)
    read = read_checkpoint(path, system="TalkSHOW")
    assert read["epoch"] == 99
    assert torch.equal(read["generator"]["generator"]["weight"], network.weight)


@pytest.mark.parametrize("zipped", [True, False])
def test_code_is_refused_and_not_run(tmp_path: Path, zipped: bool) -> None:
    path, trace = tmp_path / "evil.pth", tmp_path / "it-ran"
    torch.save({"state_dict": _linear().state_dict(), "x": _Bomb(trace)}, path, _use_new_zipfile_serialization=zipped)
    with pytest.raises(CheckpointError, match="carries code") as refused:
        read_checkpoint(path, system="EMOTE")
    assert refused.value.kind == "bad_checkpoint"
    assert refused.value.hint
    assert "\n" not in str(refused.value)
    assert not trace.exists()


@pytest.mark.parametrize("zipped", [True, False])
def test_a_checkpoint_that_holds_itself_is_refused(tmp_path: Path, zipped: bool) -> None:
    for number, wrap in enumerate((lambda inner: inner, lambda inner: [inner], lambda inner: {"a": (inner,)})):
        content: dict[str, Any] = {}
        content["generator"] = wrap(content)
        path = tmp_path / f"{number}.pth"
        torch.save(content, path, _use_new_zipfile_serialization=zipped)
        with pytest.raises(CheckpointError, match="holds itself"):
            read_checkpoint(path, system="TalkSHOW")
    shared = {"a": torch.ones(2)}
    path = tmp_path / "shared.pth"
    torch.save({"one": shared, "other": [shared, shared]}, path, _use_new_zipfile_serialization=zipped)
    assert read_checkpoint(path, system="TalkSHOW")["other"][1]["a"].sum() == 2


_BREAKING = {
    "key": b"}N" + b"\x85" * 300_000 + b"Ns.",  # a key that hashes beyond the stack
    "deep": b"}" + b"]a" * 0 + b"".join(b"X\x01\x00\x00\x00a}" for _ in range(5000)) + b"s" * 5000 + b".",
    "memo": b"}r\xff\xff\xff\x7f.",
}


def test_a_pickle_that_would_break_its_reader_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ckpt-99.pth"
    torch.save({"a": torch.ones(2)}, path)
    with zipfile.ZipFile(path) as archive:
        members = {item.filename: archive.read(item) for item in archive.infolist()}
    for kind, pickle in _BREAKING.items():
        with zipfile.ZipFile(tmp_path / f"{kind}.pth", "w") as archive:
            for name, content in members.items():
                archive.writestr(name, b"\x80\x02" + pickle if name.endswith("data.pkl") else content)
    code = (
        "import sys; from soliloquy.models.checkpoint import *\n"
        "for path in sys.argv[1:]:\n"
        "    try: read_checkpoint(path, system='TalkSHOW')\n"
        "    except CheckpointError: print('refused', flush=True)"
    )
    files = [str(tmp_path / f"{kind}.pth") for kind in _BREAKING]
    ended = subprocess.run([sys.executable, "-c", code, *files], capture_output=True, text=True, timeout=120)
    assert (ended.returncode, ended.stdout) == (0, "refused\n" * len(files)), ended.stderr


def test_code_under_a_framework_name_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trace = tmp_path / "it-ran"
    framework = types.ModuleType("omegaconf")

    def make(place: str) -> None:
        Path(place).mkdir()

    make.__module__, make.__qualname__ = "omegaconf", "make"
    framework.make = make  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "omegaconf", framework)

    class Config:
        def __reduce__(self) -> tuple[Any, tuple[str]]:
            return make, (str(trace),)

    torch.save({"state_dict": _linear().state_dict(), "hyper_parameters": Config()}, tmp_path / "last.ckpt")
    assert set(read_checkpoint(tmp_path / "last.ckpt", system="EMOTE")["state_dict"]) == {"weight", "bias"}
    assert not trace.exists()


def test_settings_of_training_frameworks_do_not_stand_in_the_way(tmp_path: Path) -> None:
    settings = defaultdict(list, {"lr": [1e-4]})
    content = {
        "state_dict": _linear().state_dict(),
        "hyper_parameters": Namespace(lr=1e-4, place=Path("a/b")),
        "callbacks": settings,
        "best": np.float64(0.5),
    }
    torch.save(content, tmp_path / "last.ckpt")
    assert set(read_checkpoint(tmp_path / "last.ckpt", system="EMOTE")["state_dict"]) == {"weight", "bias"}


@pytest.mark.parametrize("content", [b"", b"not a checkpoint", b"PK\x03\x04 cut", b"\x80\x02}q\x00."])
def test_other_files_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "ckpt.pth"
    path.write_bytes(content)
    with pytest.raises(CheckpointError, match="ckpt.pth"):
        read_checkpoint(path, system="MeshTalk")


@pytest.mark.parametrize("zipped", [True, False])
@pytest.mark.parametrize("part", [0.3, 0.9, 0.999])
def test_truncated_files_are_refused(tmp_path: Path, part: float, zipped: bool) -> None:
    path = tmp_path / "ckpt.pth"
    torch.save({"weight": torch.zeros(5000)}, path, _use_new_zipfile_serialization=zipped)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * part)])
    with pytest.raises(CheckpointError, match="damaged"):
        read_checkpoint(path, system="MeshTalk")


def test_missing_file_and_plain_tensor(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="no TalkSHOW checkpoint at"):
        read_checkpoint(tmp_path / "none.pth", system="TalkSHOW")
    torch.save(torch.zeros(3), tmp_path / "tensor.pth")
    with pytest.raises(CheckpointError, match="holds no TalkSHOW weights"):
        read_checkpoint(tmp_path / "tensor.pth", system="TalkSHOW")


def test_prefix_ignored_keys_and_doubles() -> None:
    network = _linear()
    state = {"module.weight": torch.ones(2, 3, dtype=torch.float64), "module.bias": torch.ones(2), "stats.mean": None}
    load_strict(network, state, system="TalkSHOW", ignored=("stats.",))
    assert network.weight.dtype == torch.float32
    assert float(network.weight.detach().sum()) == 6.0


def test_both_names_of_a_weight_norm_load() -> None:
    new = torch.nn.utils.parametrizations.weight_norm(_linear())
    state = {name: torch.randn_like(value) for name, value in new.state_dict().items()}
    old = {
        name.replace("parametrizations.weight.original0", "weight_g").replace(
            "parametrizations.weight.original1", "weight_v"
        ): value
        for name, value in state.items()
    }
    assert set(old) == {"weight_g", "weight_v", "bias"}
    load_strict(new, old, system="EMOTE")
    assert torch.equal(
        new.state_dict()["parametrizations.weight.original0"], state["parametrizations.weight.original0"]
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda state: state.pop("bias"), "1 weights are missing \\('bias'\\)"),
        (lambda state: state.update(extra=torch.zeros(1)), "1 are unknown \\('extra'\\)"),
        (lambda state: state.update(weight=torch.zeros(3, 3)), "'weight' is 3x3 instead of 2x3"),
        (lambda state: state.update(bias=torch.full((2,), float("nan"))), "not numbers"),
        (lambda state: state.update(bias="x"), "no tensor"),
        (lambda state: (state.clear(), state.update(other=torch.zeros(1))), "another system"),
        (lambda state: state.clear(), "holds no EMOTE weights"),
    ],
)
def test_nothing_unmatched_is_loaded(change: Any, words: str) -> None:
    network = _linear()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    state = _linear().state_dict()
    change(state)
    with pytest.raises(CheckpointError, match=words) as refused:
        load_strict(network, state, system="EMOTE", source="last.ckpt")
    assert "last.ckpt" in refused.value.message
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())
