"""Soliloquy: an artist selects a speech strip, and the character speaks it.

In a script::

    import soliloquy

    performance = soliloquy.animate("speech.wav", emotion="happy", intensity=0.6, output="speech.npz")

Nothing is imported here at module level: in Blender the add-on is there at once, elsewhere ``soliloquy.inference``
works where there is no Blender, and the names below come when they are asked for.
"""

from __future__ import annotations

TYPE_CHECKING = False  # a type checker reads the branch below, Python never does
if TYPE_CHECKING:
    from .inference import errors
    from .inference.api import animate, craft, idle, regenerate
    from .inference.errors import SoliloquyError
    from .inference.performance import Performance
    from .inference.settings import AnimateSettings

__all__ = ["AnimateSettings", "Performance", "SoliloquyError", "animate", "craft", "errors", "idle", "regenerate"]

_PLACES = {
    "AnimateSettings": "settings",
    "Performance": "performance",
    "SoliloquyError": "errors",
    "animate": "api",
    "craft": "api",
    "idle": "api",
    "errors": "errors",
    "regenerate": "api",
}


def __getattr__(name: str) -> object:
    """Return a public name, imported when it is first asked for."""
    if name not in _PLACES:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    from importlib import import_module

    module = import_module(f".inference.{_PLACES[name]}", __name__)
    value = module if name == "errors" else getattr(module, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Return what is here, the names that were not asked for yet included."""
    return sorted({*globals(), *__all__})


def register() -> None:
    """Register operators, panels, properties and preferences with Blender."""
    import atexit

    import bpy

    from . import operators, panels

    operators.register()
    panels.register()
    if getattr(bpy.app, "module", not bpy.app.binary_path):  # Blender 4.2 does not say it
        # Blender 4.2 and 4.5 as Python modules free what is registered after Python has ended, and fall or never end.
        atexit.register(unregister)


def unregister() -> None:
    """Take everything back and stop the worker."""
    import atexit

    from . import operators, panels

    atexit.unregister(unregister)

    panels.unregister()
    operators.unregister()
