"""Why a button is disabled: what operators say about themselves, for their tooltips and for the panels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any


class Reasoned:
    """An operator that says why it cannot be pressed. Goes before ``bpy.types.Operator`` among a class's bases."""

    @classmethod
    def disabled_reason(cls, context: Any) -> str:
        """Return why the button in the panel is disabled, empty when it is not."""
        return ""

    @classmethod
    def call_reason(cls, context: Any) -> str:
        """Return why the operator cannot be called at all, empty when it can.

        A script may name in the call what the panel lacks; operators that can be told more override this.
        """
        return cls.disabled_reason(context)

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Enabled where nothing speaks against it; the tooltip says what does."""
        reason = cls.call_reason(context)
        cls.poll_message_set(reason)
        return not reason

    if TYPE_CHECKING:

        @classmethod
        def poll_message_set(cls, message: str) -> None:
            """Say in the tooltip why the button is disabled; Blender's."""
