"""Figures that must hold, measured by scripts."""
