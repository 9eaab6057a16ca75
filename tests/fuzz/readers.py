"""Every reader of files that nobody vouches for: good inputs, the ways to damage them, and the reading itself."""

from __future__ import annotations

import io
import json
import pickle
import sys
import types
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mutations as by
import numpy as np

from soliloquy.inference.arkit import ARKIT_NAMES

Read = Callable[[Path], Any]


@dataclass(frozen=True)
class Reader:
    """One reader."""

    name: str
    share: int
    """How many of 20,000 inputs it gets."""
    suffix: str
    seeds: Callable[[Path], list[bytes]]
    """Makes good inputs; a folder to work in is given."""
    ways: tuple[by.Mutation, ...]
    read: Read
    needs: str = ""
    """A package without which it is left out."""


def _performance(folder: Path) -> list[bytes]:
    from soliloquy.inference.performance import Performance

    frames = 4
    meta = {
        "seed": 4, "settings": {"emotion": "happy", "fps": 30.0, "gestures": {"style": "calm"}}, "range": [0.0, 1.0],
        "audio": {"name": "a.wav", "path": "/a.wav", "sha256": "0" * 64}, "warnings": ["x"], "engines": {"face": "default"},
        "regenerated": [{"seed": 5, "ranges": [[0.1, 0.9]], "joints": ["neck"]}],
    }  # fmt: skip
    made = Performance(
        30.0, np.zeros((frames, 165), np.float32), np.zeros((frames, 3), np.float32),
        np.zeros((frames, len(ARKIT_NAMES)), np.float32), np.zeros(frames, np.float32), meta=meta,
    )  # fmt: skip
    return [made.save(folder / "seed.npz").read_bytes()]


def _read_performance(path: Path) -> None:
    from soliloquy.inference.craft import LipCraft, apply_craft
    from soliloquy.inference.performance import Performance

    performance = Performance.load(path)
    apply_craft(performance, LipCraft(jaw=1.2))
    assert performance.duration > 0
    _use_notes(performance.meta)


def _use_notes(meta: dict[str, Any]) -> None:
    from soliloquy.inference.notes import heard_in
    from soliloquy.inference.regenerate_job import next_seed
    from soliloquy.inference.settings import AnimateSettings

    heard_in(meta)
    next_seed(1, meta.get("regenerated", []))
    if "settings" in meta:
        AnimateSettings.from_json(meta["settings"])


def _lips(folder: Path) -> list[bytes]:
    from soliloquy.inference.performance import Performance
    from soliloquy.rigs.takes.lips_record import LipsRecord

    (folder / "p.npz").write_bytes(_performance(folder)[0])
    record = LipsRecord.of(
        Performance.load(folder / "p.npz"), first=1.5, step=0.8, interpolation="BEZIER",
        tolerance={"rotation": 0.001, "coefficient": 0.003},
    )  # fmt: skip
    return [record.to_bytes()]


def _read_lips(path: Path) -> None:
    from soliloquy.rigs.takes.lips_record import PROPERTY, read

    record = read({PROPERTY: path.read_bytes()})
    if record is not None:
        record.performance()
        assert np.isfinite(record.frames).all()


def _notes(folder: Path) -> list[bytes]:
    info = {
        "take": "a1", "name": "Take 1", "region": "lips", "made": "2026", "fingerprint": "x", "craft": {"jaw": 1.2},
        "meta": {
            "fps": 30.0, "frames": 12, "first_frame": 1.0, "seed": 4, "keys": 80, "range": [0, 1.5], "performance": "/p.npz",
            "settings": {"emotion": "sad", "intensity": 0.5, "body": "phrases", "emotion_curves": [[0.0, *[0.5] * 8]]},
            "audio": {"name": "a", "path": "/a.wav", "sha256": "0"}, "max_error": {"radians": 0.01}, "warnings": [],
            "regenerated": [{"seed": 1, "ranges": [[0.0, 1.0]]}],
        },
    }  # fmt: skip
    return [json.dumps(info).encode()]


def _read_notes(path: Path) -> None:
    from soliloquy.inference.craft import LipCraft
    from soliloquy.rigs.takes.nla import PROPERTY, read_info

    info = read_info({PROPERTY: path.read_bytes().decode("utf-8", "replace")})
    if info is not None:
        LipCraft.from_json(info.get("craft", {}))
        _use_notes(info["meta"])


def _track(_: Path) -> list[bytes]:
    keys = [
        {"time": 0.0, "emotion": "neutral"}, {"time": 2.5, "emotion": "happy", "intensity": 0.8},
        {"time": 4.0, "emotions": {"happy": 0.4, "surprised": 0.5}}, {"time": 6.0, "valence": -0.6, "arousal": 0.7},
    ]  # fmt: skip
    return [json.dumps({"keys": keys}).encode()]


def _read_track(path: Path) -> None:
    from soliloquy.inference.emotion.curves import emotion_weights
    from soliloquy.inference.emotion.track import read_emotion_track, thinned
    from soliloquy.inference.settings import AnimateSettings

    rows = thinned(read_emotion_track(path))
    emotion_weights(np.arange(10) / 30, AnimateSettings(emotion_curves=rows), None)


def _read_words(path: Path) -> None:
    from soliloquy.inference.emotion.words import read_mixture, resembles_emotion

    text = path.read_bytes().decode("utf-8", "replace")
    resembles_emotion(text)
    read_mixture(text)


def _order(_: Path) -> list[bytes]:
    from soliloquy.inference.orders.animate import AnimateJob
    from soliloquy.inference.orders.regenerate import RegenerateJob
    from soliloquy.inference.settings import AnimateSettings, AudioRange

    audio, settings = AudioRange("/a.wav", 0.5, 2.0), AnimateSettings(emotion_track=((0.0, "happy", 0.5),))
    orders = (
        AnimateJob(audio, settings, "/o.npz"),
        RegenerateJob(audio, settings, "/o.npz", keep="/k.npz", ranges=((0.2, 1.0),)),
    )
    return [json.dumps({"kind": order.kind, "payload": order.to_json()}).encode() for order in orders]


def _read_order(path: Path) -> None:
    from soliloquy.inference.errors import BadFile
    from soliloquy.inference.orders.register import read_order
    from soliloquy.inference.plain_json import parse_object

    try:
        message = parse_object(path.read_bytes())
    except ValueError as error:
        raise BadFile(str(error)) from error
    read_order(str(message.get("kind")), message.get("payload"))  # pyright: ignore[reportArgumentType]


def _messages(_: Path) -> list[bytes]:
    from soliloquy.inference.worker.protocol import encode

    hello = {"type": "hello", "protocol": 2, "version": "1", "python": "3.11", "pid": 3, "devices": [], "engines": []}
    progress = {"type": "progress", "id": 1, "stage": "Lips", "fraction": 0.5, "eta": 3.0}
    return [encode(hello) + encode(progress) + encode({"type": "done", "id": 1, "result": {"output": "/a"}})]


def _read_messages(path: Path) -> None:
    from soliloquy.inference.errors import WorkerFault
    from soliloquy.inference.worker.protocol import Decoder, ProtocolError, read_event

    try:
        for message in Decoder(1 << 20).feed(path.read_bytes()):
            read_event(message)
    except ProtocolError as error:  # what the client turns into the end of this worker
        raise WorkerFault(str(error)) from error


def _runtime(_: Path) -> list[bytes]:
    return [json.dumps({"environment": "venv-1", "torch": "2.13.0"}).encode()]


def _read_runtime(path: Path) -> None:
    from soliloquy.inference.runtime.check import CHECKS_NAME
    from soliloquy.inference.runtime.locate import POINTER_NAME, find_runtime

    for name in (POINTER_NAME, CHECKS_NAME):
        (path.parent / name).write_bytes(path.read_bytes())
    find_runtime(sys.executable, path.parent)
    find_runtime(None, path.parent)


def _manifest(_: Path) -> list[bytes]:
    from soliloquy.inference import shipped

    return [(shipped.ROOT / shipped.MANIFEST).read_bytes()]


def _read_manifest(path: Path) -> None:
    from soliloquy.inference import shipped

    root, shipped.ROOT = shipped.ROOT, path.parent
    manifest, shipped.MANIFEST = shipped.MANIFEST, path.name
    try:
        shipped.check_shipped(path.parent / "assets" / "x.npz")
    finally:
        shipped.ROOT, shipped.MANIFEST = root, manifest


def _head_arrays(joints: int) -> dict[str, np.ndarray]:
    random, count = np.random.default_rng(3), 6
    shapes = 400 if joints == 5 else 20
    return {
        "v_template": random.normal(size=(count, 3)), "shapedirs": random.normal(size=(count, 3, shapes)).astype(np.float32),
        "posedirs": np.zeros((count, 3, 9 * (joints - 1)), np.float32), "J_regressor": np.zeros((joints, count)),
        "weights": random.dirichlet(np.ones(joints), count),
    }  # fmt: skip


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
    np.savez_compressed(folder / "seed.npz", **_head_arrays(55), joint2num=np.array({"Jaw": 22}, dtype=object))
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

    texts = {name: np.array(["a"]) for name in ("names", "sets", "tags", "kinds", "licences", "sources")}
    np.savez_compressed(
        folder / "seed.npz", **texts, format=np.int32(1), fps=np.float64(30), joints=np.array(UPPER_BODY),
        frames=np.array([6], np.int32), rotations=np.zeros((6, 41, 3), np.int16), phases=np.ones((1, 5)),
        travel=np.ones((1, 2)), wrists=np.ones((1, 2, 3)), elbows=np.ones((1, 2)), rest=np.ones((1, 2, 3)),
        speed=np.ones(1), halfway=np.ones(1),
    )  # fmt: skip
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
    from soliloquy.models.checkpoint import load_strict, read_checkpoint
    from soliloquy.models.talkshow.body.checkpoint import load_motion_codes

    with refusing_bad_checkpoints():
        content = read_checkpoint(path, system="TalkSHOW")
        state = content.get("generator")
        load_strict(nn.ModuleDict({"layer": nn.Linear(3, 2)}), state if isinstance(state, dict) else content, system="x")
        load_motion_codes(path)


def _settings_file(_: Path) -> list[bytes]:
    from emote_files import CFG

    return [CFG.encode()]


def _read_settings_file(path: Path) -> None:
    from soliloquy.inference.published import refusing_bad_checkpoints
    from soliloquy.models.emote.checkpoint import read_config, read_settings

    with refusing_bad_checkpoints():
        read_config(read_settings(path), {}, path.name)


def _weights(_: Path) -> list[bytes]:
    import safetensors.torch
    import torch

    tensors = {"a": torch.ones(2, 3), "encoder.b": torch.zeros(4, dtype=torch.float16)}
    return [safetensors.torch.save(tensors, {"network": '{"width": 4}', "tuning": "{}"})]


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


_SOUNDS = (
    ("wav", "pcm_s16le"), ("wav", "pcm_f32le"), ("wav", "pcm_u8"), ("flac", "flac"), ("mp3", "libmp3lame"), ("ogg", "libopus"),
    ("ogg", "libvorbis"), ("mp4", "aac"), ("matroska", "aac"), ("matroska", "pcm_s16le"), ("aiff", "pcm_s16be"),
    ("au", "pcm_mulaw"), ("w64", "pcm_s16le"), ("caf", "alac"), ("mpegts", "ac3"), ("tta", "tta"), ("wv", "wavpack"),
    ("asf", "wmav2"), ("avi", "pcm_s16le"), ("flv", "aac"), ("amr", "libopencore_amrnb"), ("voc", "pcm_u8"),
)  # fmt: skip


def _sounds(_: Path) -> list[bytes]:
    import av

    made = []
    time = np.arange(9600) / 48000
    samples = (0.3 * np.sin(2 * np.pi * 200 * time) * (1 + np.sin(2 * np.pi * 20 * time))).astype(np.float32)
    for container, codec in _SOUNDS:
        stream = io.BytesIO()
        try:
            with av.open(stream, "w", format=container) as output:
                track = output.add_stream(codec, rate=48000, layout="stereo")
                frame = av.AudioFrame.from_ndarray(np.stack([samples, 0.5 * samples]), format="fltp", layout="stereo")
                frame.sample_rate = 48000
                size = track.codec_context.frame_size or 1024
                for part in (*av.AudioResampler(track.format.name, "stereo", 48000, size).resample(frame), None):
                    for packet in track.encode(part):
                        output.mux(packet)
        except Exception:  # not every FFmpeg has every encoder
            continue
        made.append(stream.getvalue())
    return made


def _read_sound(path: Path) -> None:
    from soliloquy.inference.audio import read_audio
    from soliloquy.inference.settings import AudioRange

    clip = read_audio(AudioRange(str(path)))
    assert np.isfinite(clip.samples).all()
    if len(path.name) % 2:
        read_audio(AudioRange(str(path), 0.05, 0.1, channel=2))


_ARCHIVE = (by.by_members, by.by_members, by.by_bytes)
_JSON = (by.by_json, by.by_json, by.by_json, by.by_bytes)
READERS: tuple[Reader, ...] = (
    Reader("performance", 3000, "npz", _performance, _ARCHIVE, _read_performance),
    Reader("lips record", 1200, "bin", _lips, _ARCHIVE, _read_lips, "bpy"),
    Reader("take notes", 1500, "json", _notes, _JSON, _read_notes, "bpy"),
    Reader("emotion track", 1200, "json", _track, _JSON, _read_track),
    Reader("emotion words", 400, "txt", lambda _: [b"happy 0.5 + surprised 30%"], (by.by_bytes, by.by_lines), _read_words),
    Reader("order", 1200, "json", _order, _JSON, _read_order),
    Reader("messages", 600, "bin", _messages, (by.by_bytes,), _read_messages),
    Reader("runtime", 300, "json", _runtime, _JSON, _read_runtime),
    Reader("manifest", 200, "json", _manifest, _JSON, _read_manifest),
    Reader("head pickle", 2500, "pkl", _heads, (by.by_opcodes, by.by_opcodes, by.by_bytes), _read_head, "scipy"),
    Reader("head archive", 600, "npz", _head_archives, _ARCHIVE, _read_head, "torch"),
    Reader("motion statistics", 300, "npy", _statistics, (by.by_npy,), _read_statistics),
    Reader("gesture library", 700, "npz", _library, _ARCHIVE, _read_library, "scipy"),
    Reader("character", 100, "npz", _character, (by.by_members, by.by_bytes), _read_character),
    Reader("checkpoint", 1500, "pth", _checkpoints, (by.by_members, by.by_opcodes, by.by_bytes), _read_checkpoint, "torch"),
    Reader("network settings", 700, "yaml", _settings_file, (by.by_lines, by.by_bytes), _read_settings_file, "transformers"),
    Reader("weights", 700, "safetensors", _weights, (by.by_header, by.by_bytes), _read_weights, "torch"),
    Reader("face template", 300, "obj", _template, (by.by_lines, by.by_bytes), _read_template, "scipy"),
    Reader("sound", 3000, "wav", _sounds, (by.by_bytes,), _read_sound, "av"),
)
