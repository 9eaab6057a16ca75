"""What a key, or several together, can show beside ARKit's coefficients: visemes, whole faces, directions of gaze."""

from __future__ import annotations

VISEMES = ("sil", "PP", "FF", "TH", "DD", "kk", "CH", "SS", "nn", "RR", "aa", "E", "I", "O", "U")
"""Mouths of speech, as Oculus names them; the last five are the vowels."""
VOWELS = VISEMES[-5:]
EMOTIONS = ("happy", "angry", "sad", "relaxed", "surprised")
EXPRESSIONS = ("smile", "frown", *EMOTIONS, "blink", "blinkLeft", "blinkRight")
GAZES = ("lookUp", "lookDown", "lookLeft", "lookRight")
ROLES = (*(role for role in VISEMES if role != "sil"), *EXPRESSIONS)
"""Visemes and whole faces that a key may be given by hand."""
