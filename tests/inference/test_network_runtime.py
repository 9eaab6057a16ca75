"""A Python without torch, but with ONNX Runtime, makes the same performances."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("onnxruntime")

from soliloquy.inference import network_runtime
from soliloquy.inference.emotion.voice import hear
from soliloquy.inference.face.default.engine import WEIGHTS, listen, load_network
from soliloquy.inference.layers import upper_face
from soliloquy.inference.network_runtime import ENGINE_VARIABLE, open_graph, power_spectrum
from soliloquy.inference.shipped import ROOT, weights_path
from soliloquy.inference.words.align import phone_likelihoods
from soliloquy.models.phones.encoder import LogMel, PhoneEncoderConfig

Floats = np.ndarray


@pytest.fixture(scope="module")
def speech() -> Floats:
    import soundfile

    return soundfile.read(ROOT / "assets" / "demo_speech.flac", dtype="float32")[0][: 4 * 16_000]


def test_power_is_what_the_encoder_hears(speech: Floats) -> None:
    mel = LogMel(PhoneEncoderConfig())
    mel.filters.fill_(0.01)
    for samples in (speech[:16_000], speech[:1_000], speech[:150]):
        ours = mel.of_power(torch.from_numpy(power_spectrum(samples))[None])
        assert torch.allclose(ours, mel(torch.from_numpy(samples)[None]), atol=1e-3)


def test_faces_emotions_and_phones_are_the_same(speech: Floats, monkeypatch: pytest.MonkeyPatch) -> None:
    network, _ = load_network(WEIGHTS, "cpu")
    felt = np.zeros((len(speech) // 320 + 1, 8), np.float32)
    felt[:, 2] = 0.7
    for emotion in (None, felt):
        by_torch = listen(network, speech, lambda _: None, lambda: False, emotion)
        by_graph = listen(open_graph("face", WEIGHTS), speech, lambda _: None, lambda: False, emotion)
        np.testing.assert_allclose(by_graph, by_torch, atol=3e-5)
    times = np.arange(0, 4, 0.25)
    heard, phones = hear(speech, times), phone_likelihoods(speech)
    monkeypatch.setenv(ENGINE_VARIABLE, "onnx")
    np.testing.assert_allclose(hear(speech, times).weights, heard.weights, atol=1e-5)
    np.testing.assert_allclose(np.exp(phone_likelihoods(speech)), np.exp(phones), atol=3e-5)


_ALONE = """
import importlib.util, sys

class NoTorch:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "torch":
            raise ModuleNotFoundError("no torch here", name="torch")

sys.meta_path.insert(0, NoTorch())
find = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name == "torch" else find(name, *rest)
import soliloquy
soliloquy.animate(sys.argv[1], emotion="happy", seed=7, output=sys.argv[2])
assert "torch" not in sys.modules
"""


def test_a_performance_without_torch_is_the_same(tmp_path: Path) -> None:
    import soliloquy

    sound = ROOT / "assets" / "demo_speech.flac"
    done = soliloquy.animate(sound, emotion="happy", seed=7)
    path = tmp_path / "alone.npz"
    # The child finds the package where this process found it.
    place = os.pathsep.join(entry for entry in (*sys.path, str(ROOT.parent)) if entry)
    subprocess.run([sys.executable, "-c", _ALONE, str(sound), str(path)], check=True, timeout=300,
                   env={**os.environ, "PYTHONPATH": place})  # fmt: skip
    alone = soliloquy.Performance.load(path)
    for name in ("arkit", "poses", "trans", "lip_aperture"):
        np.testing.assert_allclose(getattr(alone, name), getattr(done, name), atol=1e-5, err_msg=name)


def test_a_damaged_graph_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ENGINE_VARIABLE, "onnx")
    for item in weights_path("face").parent.glob("upper_face*"):
        (tmp_path / item.name).write_bytes(item.read_bytes())
    (tmp_path / "upper_face_motion.onnx").write_bytes(b"no graph")
    with pytest.raises(Exception, match=r"upper_face.safetensors' are damaged"):
        upper_face.GraphVoice(tmp_path / "upper_face.safetensors")
    assert network_runtime.has_torch() is False
