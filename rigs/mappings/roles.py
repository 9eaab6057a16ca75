"""What a key, or several together, can show beside ARKit's coefficients: visemes, whole faces, directions of gaze."""

from __future__ import annotations

VISEMES = ("sil", "PP", "FF", "TH", "DD", "kk", "CH", "SS", "nn", "RR", "aa", "E", "I", "O", "U")
"""Mouths of speech, as Oculus names them; the last five are the vowels."""
VOWELS = VISEMES[-5:]
EXPRESSIONS = ("smile", "frown", "happy", "angry", "sad", "relaxed", "surprised", "blink", "blinkLeft", "blinkRight")
GAZES = ("lookUp", "lookDown", "lookLeft", "lookRight")
ROLES = (*(role for role in VISEMES if role != "sil"), *EXPRESSIONS)
"""Visemes and whole faces that a key may be given by hand."""
