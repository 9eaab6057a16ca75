"""The body engine that lays recorded gesture phrases over the accents of a speech."""

from ...engine_spec import EngineSpec

SPEC = EngineSpec(
    name="phrases",
    kind="body",
    title="Gesture phrases",
    description="Gestures out of a learned vocabulary, laid over the accents of the speech.",
    licence="GPL-3.0-or-later; trained on clips of SmartBody, LGPL-2.1",
    loader=".engine:PhrasesEngine",
    abilities=frozenset({"gesture", "plan", "rate", "seed"}),
    packages=("torch|onnxruntime", "safetensors", "scipy"),
    files=("models/weights/gestures.safetensors",),
    number=0,
)
