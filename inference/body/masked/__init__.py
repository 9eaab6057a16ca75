"""The body engine of ProbTalk's networks with our weights."""

from ...engine_spec import EngineSpec

SPEC = EngineSpec(
    name="masked",
    kind="body",
    title="Masked gestures",
    description="Gestures drawn by ProbTalk's networks, trained by us.",
    licence="GPL-3.0-or-later; trained on clips of SmartBody, LGPL-2.1, and Amazon Sumerian Hosts, CC-BY-SA-4.0",
    loader=".engine:MaskedGesturesEngine",
    abilities=frozenset({"gesture", "infill", "rate", "seed"}),
    packages=("torch", "safetensors", "scipy"),
    files=("models/weights/probtalk.safetensors",),
    number=1,
)
