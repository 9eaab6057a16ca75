"""Performances, takes, tracks, orders and what else is made of numbers and JSON."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import mutations as by
import numpy as np
from reader import ARCHIVE, JSON, Reader

from soliloquy.inference.arkit import ARKIT_NAMES


def _performance(folder: Path) -> list[bytes]:
    from soliloquy.inference.label_track import LabelTrack
    from soliloquy.inference.performance import Performance

    frames = 4
    meta = {
        "seed": 4,
        "settings": {"emotion": "happy", "fps": 30.0, "gestures": {"style": "calm"}},
        "range": [0.0, 1.0],
        "audio": {"name": "a.wav", "path": "/a.wav", "sha256": "0" * 64},
        "warnings": ["x"],
        "engines": {"face": "default"},
        "regenerated": [{"seed": 5, "ranges": [[0.1, 0.9]], "joints": ["neck"]}],
    }
    made = Performance(
        30.0,
        np.zeros((frames, 165), np.float32),
        np.zeros((frames, 3), np.float32),
        np.zeros((frames, len(ARKIT_NAMES)), np.float32),
        np.zeros(frames, np.float32),
        tracks={"visemes": LabelTrack(("PP", "aa"), np.array([[0.02, 0.05], [0.05, 0.1]]))},
        meta=meta,
    )
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
        Performance.load(folder / "p.npz"),
        first=1.5,
        step=0.8,
        interpolation="BEZIER",
        tolerance={"rotation": 0.001, "coefficient": 0.003},
    )
    return [record.to_bytes()]


def _read_lips(path: Path) -> None:
    from soliloquy.rigs.takes.lips_record import PROPERTY, read

    record = read({PROPERTY: path.read_bytes()})
    if record is not None:
        record.performance()
        assert np.isfinite(record.frames).all()


def _notes(folder: Path) -> list[bytes]:
    info = {
        "take": "a1",
        "name": "Take 1",
        "region": "lips",
        "made": "2026",
        "fingerprint": "x",
        "craft": {"jaw": 1.2},
        "meta": {
            "fps": 30.0,
            "frames": 12,
            "first_frame": 1.0,
            "seed": 4,
            "keys": 80,
            "range": [0, 1.5],
            "performance": "/p.npz",
            "settings": {"emotion": "sad", "intensity": 0.5, "body": "phrases", "emotion_curves": [[0.0, *[0.5] * 8]]},
            "audio": {"name": "a", "path": "/a.wav", "sha256": "0"},
            "max_error": {"radians": 0.01},
            "warnings": [],
            "regenerated": [{"seed": 1, "ranges": [[0.0, 1.0]]}],
        },
    }
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
        {"time": 0.0, "emotion": "neutral"},
        {"time": 2.5, "emotion": "happy", "intensity": 0.8},
        {"time": 4.0, "emotions": {"happy": 0.4, "surprised": 0.5}},
        {"time": 6.0, "valence": -0.6, "arousal": 0.7},
    ]
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
        shipped.read_manifest()
    finally:
        shipped.ROOT, shipped.MANIFEST = root, manifest


READERS: tuple[Reader, ...] = (
    Reader("performance", 3000, "npz", _performance, ARCHIVE, _read_performance),
    Reader("lips record", 1200, "bin", _lips, ARCHIVE, _read_lips, "bpy"),
    Reader("take notes", 1500, "json", _notes, JSON, _read_notes, "bpy"),
    Reader("emotion track", 1200, "json", _track, JSON, _read_track, "scipy"),
    Reader(
        "emotion words", 400, "txt", lambda _: [b"happy 0.5 + surprised 30%"], (by.by_bytes, by.by_lines), _read_words
    ),
    Reader("order", 1200, "json", _order, JSON, _read_order),
    Reader("messages", 600, "bin", _messages, (by.by_bytes,), _read_messages),
    Reader("runtime", 300, "json", _runtime, JSON, _read_runtime),
    Reader("manifest", 200, "json", _manifest, JSON, _read_manifest),
)
