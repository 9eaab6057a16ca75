"""Body models, checkpoints, weights and what else belongs to networks."""

from __future__ import annotations

import contextlib
import io
import pickle
import sys
import types
from pathlib import Path
from typing import Any

import mutations as by
import numpy as np
from reader import ARCHIVE, Reader


def _head_arrays(joints: int) -> dict[str, np.ndarray]:
    random, count = np.random.default_rng(3), 6
    shapes = 400 if joints == 5 else 20
    return {
        "v_template": random.normal(size=(count, 3)),
        "shapedirs": random.normal(size=(count, 3, shapes)).astype(np.float32),
        "posedirs": np.zeros((count, 3, 9 * (joints - 1)), np.float32),
        "J_regressor": np.zeros((joints, count)),
        "weights": random.dirichlet(np.ones(joints), count),
    }


class _Ch:
    def __init__(self, x: np.ndarray) -> None:
        self.x = x


_Ch.__module__, _Ch.__qualname__ = "chumpy.ch", "Ch"


def _heads(_: Path) -> list[bytes]:
    from scipy.sparse import csc_matrix

    module = types.ModuleType("chumpy.ch")
    module.Ch = _Ch  # type: ignore[attr-defined]
    sys.modules.update({"chumpy": types.ModuleType("chumpy"), "chumpy.ch": module})
    arrays: dict[str, Any] = {**_head_arrays(5), "f": np.zeros((1, 3), np.uint32), "bs_type": "lrotmin"}
    old = {**arrays, "J_regressor": csc_matrix(arrays["J_regressor"]), "v_template": _Ch(arrays["v_template"])}
    made = [pickle.dumps(content, protocol) for content in (arrays, old) for protocol in (0, 2, 4)]
    del sys.modules["chumpy"], sys.modules["chumpy.ch"]
    return made


def _head_archives(folder: Path) -> list[bytes]:
    arrays: dict[str, Any] = {**_head_arrays(55), "joint2num": np.array({"Jaw": 22}, dtype=object)}
    np.savez_compressed(folder / "seed.npz", **arrays)
    return [(folder / "seed.npz").read_bytes()]


def _read_head(path: Path) -> None:
    from soliloquy.inference.face.flame.head_file import read_head_model

    read_head_model(path)


def _statistics(folder: Path) -> list[bytes]:
    np.save(folder / "seed.npy", np.ones((2, 430)))
    return [(folder / "seed.npy").read_bytes()]


def _read_statistics(path: Path) -> None:
    from soliloquy.inference.body.probtalk.files import read_statistics

    read_statistics(path)


def _library(folder: Path) -> list[bytes]:
    from soliloquy.inference.body.upper_body import UPPER_BODY

    texts: dict[str, Any] = {
        name: np.array(["a"]) for name in ("names", "sets", "tags", "kinds", "licences", "sources")
    }
    np.savez_compressed(
        folder / "seed.npz",
        **texts,
        format=np.int32(1),
        fps=np.float64(30),
        joints=np.array(UPPER_BODY),
        frames=np.array([6], np.int32),
        rotations=np.zeros((6, 41, 3), np.int16),
        phases=np.ones((1, 5)),
        travel=np.ones((1, 2)),
        wrists=np.ones((1, 2, 3)),
        elbows=np.ones((1, 2)),
        rest=np.ones((1, 2, 3)),
        speed=np.ones(1),
        halfway=np.ones(1),
    )
    return [(folder / "seed.npz").read_bytes()]


def _read_library(path: Path) -> None:
    from soliloquy.inference.gestures import library

    library._load.cache_clear()
    found = library.load_library(path=path)
    found.sample(found.clips[0], [0.0, 0.1])


def _character(_: Path) -> list[bytes]:
    from soliloquy.inference.character import PACK

    return [PACK.read_bytes()]


def _read_character(path: Path) -> None:
    from soliloquy.inference.character import read_character

    read_character(path)


def _part(_: Path) -> list[bytes]:
    from soliloquy.inference.cast import PARTS

    return [(PARTS / "beard_moustache.npz").read_bytes()]


def _read_part(path: Path) -> None:
    from soliloquy.inference.cast import assemble, read_part
    from soliloquy.inference.character_pack import load_pack

    assemble(load_pack(), None, set(), [read_part(path, load_pack())])


def _people(_: Path) -> list[bytes]:
    from soliloquy.inference.person import PEOPLE

    return [PEOPLE.read_bytes()]


def _read_people(path: Path) -> None:
    from soliloquy.inference.cast import assemble
    from soliloquy.inference.character_pack import load_pack
    from soliloquy.inference.person import read_people

    assemble(load_pack(), next(iter(read_people(path, load_pack()).values())), set(), [])


def _checkpoints(_: Path) -> list[bytes]:
    import torch

    state = {"layer.weight": torch.ones(2, 3), "layer.bias": torch.zeros(2, dtype=torch.float16)}
    content = {"generator": {"generator": state, "generator_optim": {"state": {0: {"step": 1}}}}, "epoch": 99}
    made = []
    for zipped in (True, False):
        stream = io.BytesIO()
        torch.save(content, stream, _use_new_zipfile_serialization=zipped)
        made.append(stream.getvalue())
    return made


def _read_checkpoint(path: Path) -> None:
    from torch import nn

    from soliloquy.inference.published import refusing_bad_checkpoints
    from soliloquy.models.checkpoint import CheckpointError, load_strict, read_checkpoint
    from soliloquy.models.talkshow.body.checkpoint import load_motion_codes

    with refusing_bad_checkpoints():
        state: Any = read_checkpoint(path, system="TalkSHOW")
        with contextlib.suppress(CheckpointError):  # nothing here is the whole of a network
            load_motion_codes(path)
        for _ in range(2):
            state = state.get("generator", state) if isinstance(state, dict) else state
        load_strict(nn.ModuleDict({"layer": nn.Linear(3, 2)}), state, system="x")


def _settings_file(_: Path) -> list[bytes]:
    from emote_files import CFG

    return [CFG.encode()]


def _read_settings_file(path: Path) -> None:
    from soliloquy.inference.published import refusing_bad_checkpoints
    from soliloquy.models.checkpoint import CheckpointError
    from soliloquy.models.emote.checkpoint import read_config, read_settings

    with refusing_bad_checkpoints():
        settings = read_settings(path)
        with contextlib.suppress(CheckpointError):  # there are no weights beside it
            read_config(settings, {}, path.name)


def _weights(_: Path) -> list[bytes]:
    import safetensors.torch
    import torch

    tensors = {"a": torch.ones(2, 3), "encoder.b": torch.zeros(4, dtype=torch.float16)}
    return [safetensors.torch.save(tensors, {"network": "{}", "tuning": "{}"})]


def _read_weights(path: Path) -> None:
    from soliloquy.inference.published import refusing_bad_checkpoints
    from soliloquy.inference.shipped_weights import read_weights, refusing_damaged
    from soliloquy.models.emotion.network import EmotionNetworkConfig
    from soliloquy.models.probtalk.speech import _safetensors

    with refusing_bad_checkpoints():
        _safetensors(path)
    with refusing_damaged(path, "The weights"):
        _, metadata = read_weights(path)
        EmotionNetworkConfig.from_json(metadata["network"])


def _template(_: Path) -> list[bytes]:
    return [b"# face\nv 0.1 0.2 0.3\nv 1 2 3\nvn 0 0 1\nf 1 2 1\n"]


def _read_template(path: Path) -> None:
    from soliloquy.inference.face.meshtalk.engine import read_template

    read_template(path, 2)


def _read_mask(path: Path) -> None:
    from soliloquy.inference.face.meshtalk.engine import read_mask

    read_mask(path, 4)


def _hands(folder: Path) -> list[bytes]:
    np.savez(folder / "seed.npz", hands_meanl=np.ones(45), hands_meanr=np.ones(45), v_template=np.zeros((9, 3)))
    return [(folder / "seed.npz").read_bytes()]


def _read_hands(path: Path) -> None:
    from soliloquy.inference.body.mano_mean_hand import mean_hands

    home = path.parent / "flame"
    home.mkdir(exist_ok=True)
    (home / "SMPLX_NEUTRAL_2020.npz").write_bytes(path.read_bytes())
    hands, warning = mean_hands(path.parent)
    assert warning or np.isfinite(hands).all()


READERS: tuple[Reader, ...] = (
    Reader("head pickle", 2500, "pkl", _heads, (by.by_opcodes, by.by_opcodes, by.by_bytes), _read_head, "scipy"),
    Reader("head archive", 600, "npz", _head_archives, ARCHIVE, _read_head, "torch"),
    Reader("motion statistics", 300, "npy", _statistics, (by.by_npy,), _read_statistics),
    Reader("gesture library", 700, "npz", _library, ARCHIVE, _read_library, "scipy"),
    Reader("character", 100, "npz", _character, (by.by_members, by.by_bytes), _read_character),
    Reader("cast part", 200, "npz", _part, (by.by_members, by.by_bytes), _read_part),
    Reader("people", 60, "npz", _people, (by.by_members, by.by_bytes), _read_people),
    Reader(
        "checkpoint", 1500, "pth", _checkpoints, (by.by_members, by.by_opcodes, by.by_bytes), _read_checkpoint, "torch"
    ),
    Reader(
        "network settings", 700, "yaml", _settings_file, (by.by_lines, by.by_bytes), _read_settings_file, "transformers"
    ),
    Reader("weights", 700, "safetensors", _weights, (by.by_header, by.by_bytes), _read_weights, "torch"),
    Reader("face template", 300, "obj", _template, (by.by_lines, by.by_bytes), _read_template, "scipy"),
    Reader("face mask", 200, "txt", lambda _: [b"0.5 1 0\n0.25\n"], (by.by_lines, by.by_bytes), _read_mask, "scipy"),
    Reader("mean hands", 300, "npz", _hands, ARCHIVE, _read_hands, "scipy"),
)
