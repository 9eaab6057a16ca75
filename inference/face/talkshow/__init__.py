"""TalkSHOW's face as a face engine, with the authors' weights."""

from ...engine_spec import EngineSpec
from .system import SYSTEM

SPEC = EngineSpec(
    name="talkshow",
    kind="face",
    title=SYSTEM.title,
    description="Jaw and face from speech, in SMPL-X's expressions.",
    loader=".engine:load",
    packages=("torch", "scipy", "transformers"),
    published=SYSTEM,
    expression_space="smplx",
    number=2,
)
