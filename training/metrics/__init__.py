"""Measures of motion that know nothing of where it came from."""
