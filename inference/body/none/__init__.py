"""No body: it stays in its rest pose."""

from ...engine_spec import EngineSpec

SPEC = EngineSpec(
    name="none",
    kind="body",
    title="No body",
    description="The body stays in its rest pose.",
    licence="GPL-3.0-or-later",
    number=6,
)
