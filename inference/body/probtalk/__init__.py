"""ProbTalk as a body engine, with the authors' weights."""

from ...engine_spec import EngineSpec
from .system import SYSTEM

SPEC = EngineSpec(
    name="probtalk",
    kind="body",
    title="ProbTalk",
    description="Gestures by ProbTalk with the authors' weights.",
    loader=".engine:load",
    abilities=frozenset({"gesture", "seed"}),
    packages=("torch", "scipy", "transformers", "safetensors"),
    published=SYSTEM,
    number=3,
)
