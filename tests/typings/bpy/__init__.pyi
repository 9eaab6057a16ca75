"""Blender: its classes differ between the versions that are supported, so that a stub of one would be wrong for two."""

from typing import Any

def __getattr__(name: str) -> Any: ...
