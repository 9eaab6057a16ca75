"""The face engine that comes with Soliloquy."""

from ...engine_spec import EngineSpec

SPEC = EngineSpec(
    name="default",
    kind="face",
    title="Soliloquy face",
    description="Lips, jaw and a directed emotion from any voice.",
    licence="GPL-3.0-or-later; phone encoder from hama, Apache-2.0; trained on GRID, CC BY 4.0",
    loader=".engine:DefaultFaceEngine",
    abilities=frozenset({"emotion", "early"}),
    packages=("torch|onnxruntime", "safetensors", "scipy"),
    files=("models/weights/face.safetensors",),
    number=0,
)
