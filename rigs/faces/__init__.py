"""Faces that need more than one shape key per coefficient: visemes, components without names, bones."""
