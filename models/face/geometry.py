"""What the face network says about the mouth, by name; needs no torch."""

from __future__ import annotations

GEOMETRY: tuple[str, ...] = ("aperture", "width", "upper", "lower", "jaw")
"""Mouth geometry in outer eye-corner distances: inner-lip distance; then, from the closed mouth at rest, growth of the
corner distance, rise of the upper lip, drop of the lower lip, drop of the chin."""
GEOMETRY_SCALE: tuple[float, ...] = (0.05, 0.02, 0.015, 0.04, 0.03)
"""Typical spread of each, which brings them to one scale."""
