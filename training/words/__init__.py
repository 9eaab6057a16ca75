"""Poses of the signs that no recorded clip shows: numbers on fingers, sizes, shapes."""
