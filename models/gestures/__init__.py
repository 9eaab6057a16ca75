"""The vocabulary of gestures: a network that gives a short code back as motion."""
