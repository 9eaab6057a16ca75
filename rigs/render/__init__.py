"""Pictures and movies of a character."""
