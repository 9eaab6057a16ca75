"""The body engine of TalkSHOW's networks with our weights."""

from ...engine_spec import EngineSpec

SPEC = EngineSpec(
    name="sampled",
    kind="body",
    title="Sampled gestures",
    description="Gestures drawn token by token by TalkSHOW's networks, trained by us.",
    licence="GPL-3.0-or-later; trained on clips of SmartBody, LGPL-2.1, and Amazon Sumerian Hosts, CC-BY-SA-4.0",
    loader=".engine:SampledGesturesEngine",
    abilities=frozenset({"gesture", "rate", "seed"}),
    packages=("torch", "safetensors", "scipy"),
    files=("models/weights/talkshow_body.safetensors",),
    number=2,
)
