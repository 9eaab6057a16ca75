"""Emotion over time: directed, read from words and files, heard in the voice."""
