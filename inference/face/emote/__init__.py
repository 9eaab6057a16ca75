"""EMOTE as a face engine, with the authors' weights."""

from ...engine_spec import EngineSpec
from .system import SYSTEM

SPEC = EngineSpec(
    name="emote",
    kind="face",
    title=SYSTEM.title,
    description="Emotional face from speech, in FLAME's expressions.",
    loader=".engine:load",
    abilities=frozenset({"emotion"}),
    packages=("torch", "scipy", "transformers", "yaml"),
    published=SYSTEM,
    expression_space="flame2020",
    number=1,
)
