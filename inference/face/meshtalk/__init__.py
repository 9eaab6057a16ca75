"""MeshTalk as a face engine, with the authors' weights."""

from ...engine_spec import EngineSpec
from .system import SYSTEM

SPEC = EngineSpec(
    name="meshtalk",
    kind="face",
    title=SYSTEM.title,
    description="Whole face from speech; another seed, another upper face.",
    loader=".engine:load",
    abilities=frozenset({"seed"}),
    packages=("torch", "scipy"),
    published=SYSTEM,
    number=3,
)
