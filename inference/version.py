"""The version of Soliloquy, known to both sides of the worker's pipe."""

VERSION = "0.1.0"
"""The same as in ``blender_manifest.toml`` and ``pyproject.toml``; a test compares them."""
