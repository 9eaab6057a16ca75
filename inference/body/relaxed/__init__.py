"""The body at rest: no gestures."""

from ...engine_spec import EngineSpec

SPEC = EngineSpec(
    name="relaxed",
    kind="body",
    title="Relaxed",
    description="Arms at rest, breathing and shifts of weight.",
    licence="GPL-3.0-or-later",
    number=5,
)
