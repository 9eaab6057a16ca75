"""What keeps a body's motion possible: joint limits, no hand inside the body, no jitter."""

from __future__ import annotations

from .settle import settle

__all__ = ["settle"]
