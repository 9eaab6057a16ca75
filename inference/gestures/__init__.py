"""Gesture phrases: recorded strokes laid over the accents of a speech."""
