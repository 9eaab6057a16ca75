"""Torch networks, one folder per published system."""
