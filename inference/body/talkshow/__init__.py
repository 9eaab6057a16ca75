"""TalkSHOW's body as a body engine, with the authors' files."""

from ...engine_spec import EngineSpec
from .system import SYSTEM

SPEC = EngineSpec(
    name="talkshow",
    kind="body",
    title="TalkSHOW body",
    description="Gestures by TalkSHOW with the authors' weights.",
    loader=".engine:load",
    abilities=frozenset({"gesture", "seed"}),
    packages=("torch", "scipy"),
    published=SYSTEM,
    number=4,
)
